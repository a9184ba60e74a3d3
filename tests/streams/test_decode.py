"""What the log may hold: events in their three forms, and everything else as one dead letter with its reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring.calendar import BusinessCalendar
from streams.fold import EXCERPT_BYTES, REASON_CHARACTERS, Fold

from .logs import DAY, FOLD, HOUR, JUNE, Entry, envelope, folded, model_of, moment, record, sale, totals

BINARY = [("ce_specversion", b"1.0"), ("ce_id", b"7"), ("ce_source", b"/till"), ("ce_type", b"sale"),
          ("ce_time", moment(JUNE).encode()), ("traceparent", b"x")]  # fmt: skip
RECEIPT: dict[str, Any] = {"doc": "receipt", "no": 7, "head": {"shop": "a", "at": moment(JUNE)}, "n": 2, "each": 1.25}


def text(event: object) -> str:
    return json.dumps(event)


def test_a_structured_event_counts() -> None:
    effect = folded(record(envelope(sale())))
    assert (effect.counts.counted, effect.dead) == (1, [])
    day = ("20260531", "add")
    assert effect.increments[day]["turnover|a.1|29670720"] == 250


def test_a_binary_event_counts_the_same() -> None:
    binary = folded(record(sale(), headers=BINARY))
    assert binary.increments == folded(record(envelope(sale()))).increments
    assert binary.counts.counted == 1


def test_a_header_without_content_is_as_none() -> None:
    headers = [*BINARY, ("ce_subject", None), ("other", None)]
    assert folded(record(sale(), headers=headers)).counts.counted == 1
    assert folded(record(sale(), headers=[("ce_id", None)])).dead[0].code == "unknown_type"


def test_mapped_plain_json_counts_the_same() -> None:
    plain = folded(record(RECEIPT))
    without_till = {name: value for name, value in sale().items() if name != "till"}
    assert totals([plain]) == totals([folded(record(envelope(without_till)))])


def test_plain_json_may_write_numbers_as_text() -> None:
    assert totals([folded(record({**RECEIPT, "n": "2", "each": "1.25"}))]) == totals([folded(record(RECEIPT))])


def test_plain_json_without_an_id_never_passes_for_a_duplicate() -> None:
    nameless = {name: value for name, value in RECEIPT.items() if name != "no"}
    effect = folded(record(nameless), record(nameless))
    assert (effect.counts.dead, effect.counts.duplicates, effect.counts.counted) == (2, 0, 0)


def test_unknown_attributes_and_fields_are_let_through() -> None:
    assert folded(record(envelope(sale(colour="red"), traceparent="x"))).counts.counted == 1


DEEP = "[" * 5000 + "]" * 5000
BAD: dict[str, tuple[object, str]] = {
    "no value": (None, "empty"),
    "no bytes": (b"", "not_json"),
    "not JSON": (b"sale!", "not_json"),
    "half of it": (text(envelope(sale())).encode()[:-3], "not_json"),
    "two of them": (text(envelope(sale())).encode() * 2, "not_json"),
    "invalid UTF-8": (text(envelope(sale(kind="@"))).encode().replace(b"@", b"\xff\xfe"), "not_json"),
    "half a surrogate": (text(envelope(sale(kind="@"))).encode().replace(b"@", b"\\ud800"), "not_json"),
    "NaN": (text(envelope(sale(price=float("nan")))).encode(), "not_json"),
    "Infinity": (text(envelope(sale(price=float("inf")))).encode(), "not_json"),
    "a list": ([envelope(sale())], "invalid"),
    "a number": (5, "invalid"),
    "null": (b"null", "invalid"),
    "no type": ({"id": "1", "data": {}}, "unknown_type"),
    "unknown type": (envelope(sale(), kind="theft"), "unknown_type"),
    "type of another type": (envelope(sale(), type=5), "unknown_type"),
    "no id": ({k: v for k, v in envelope(sale()).items() if k != "id"}, "invalid"),
    "empty id": (envelope(sale(), ""), "invalid"),
    "long id": (envelope(sale(), "x" * 257), "invalid"),
    "number as id": (envelope(sale(), id=5), "invalid"),
    "no source": ({k: v for k, v in envelope(sale()).items() if k != "source"}, "invalid"),
    "no time": ({k: v for k, v in envelope(sale()).items() if k != "time"}, "invalid"),
    "naive time": (envelope(sale(), time="2026-06-01T00:00:00"), "invalid"),
    "no such day": (envelope(sale(), time="2026-06-31T00:00:00Z"), "invalid"),
    "time as number": (envelope(sale(), time=1_780_243_200), "invalid"),
    "year one": (envelope(sale(), time="0001-01-01T00:00:00+14:00"), "absurd_time"),
    "year 9999": (envelope(sale(), time="9999-12-31T23:59:59-14:00"), "absurd_time"),
    "before acceptance": (envelope(sale(), time="2025-12-31T23:59:59Z"), "absurd_time"),
    "ahead of the log": (envelope(sale(), ms=JUNE + 2 * DAY + 1), "absurd_time"),
    "no data": ({k: v for k, v in envelope(sale()).items() if k != "data"}, "invalid"),
    "null data": (envelope(None), "invalid"),
    "list as data": (envelope([]), "invalid"),
    "missing field": (envelope({"shop": "a", "pieces": 1}), "invalid"),
    "null in a field that must be": (envelope(sale(pieces=None)), "invalid"),
    "text as number": (envelope(sale(pieces="2")), "invalid"),
    "NaN as text": (envelope(sale(price="NaN")), "invalid"),
    "Infinity as text": (envelope(sale(price="Infinity")), "invalid"),
    "number too large for a double": (text(envelope(sale(price=0.5))).encode().replace(b"0.5", b"1e999"), "not_json"),
    "fraction of a piece": (envelope(sale(pieces=1.5)), "invalid"),
    "negative quantity": (envelope(sale(pieces=-1)), "invalid"),
    "too many pieces": (envelope(sale(pieces=1001)), "invalid"),
    "too many decimals": (envelope(sale(price=1.255)), "invalid"),
    "negative price": (envelope(sale(price=-0.01)), "invalid"),
    "huge integer": (text(envelope(sale(pieces=777))).replace("777", "7" * 999).encode(), "invalid"),
    "pattern": (envelope(sale(shop="A")), "invalid"),
    "long text": (envelope(sale(kind="x" * 1025)), "invalid"),
    "unknown unit": (envelope(sale(shop="z")), "unknown_unit"),
    "oversize": (envelope(sale(kind="x" * 20_000)), "oversize"),
    "deep in a field": (text(envelope(sale(extra="@"))).replace('"@"', DEEP).encode(), "invalid"),
    "deep": (DEEP.encode(), "invalid"),
    "correction of an extreme": (
        envelope({"before": {"shop": "a", "level": 1}, "after": None}, kind="level.corrected"), "not_correctable"),
    "correction without before": (envelope({"after": sale()}, kind="sale.corrected"), "invalid"),
    "correction without after": (envelope({"before": sale()}, kind="sale.corrected"), "invalid"),
    "correction to an unknown unit": (
        envelope({"before": sale(), "after": sale(shop="z")}, kind="sale.corrected"), "unknown_unit"),
    "correction to too many decimals": (
        envelope({"before": sale(), "after": sale(price=1.255)}, kind="sale.corrected"), "invalid"),
    "receipt without a time": ({**RECEIPT, "head": {"shop": "a"}}, "invalid"),
    "receipt with NaN as text": ({**RECEIPT, "each": "NaN"}, "invalid"),
    "receipt of no known kind": ({**RECEIPT, "doc": "letter"}, "unknown_type"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_becomes_one_dead_letter_and_is_never_counted(case: str) -> None:
    content, code = BAD[case]
    good = record(envelope(sale(), "good"))
    effect = folded(good, record(content, offset=41), record(envelope(sale(), "better")))
    assert [(letter.position, letter.code) for letter in effect.dead] == [("41", code)]
    assert (effect.counts.records, effect.counts.counted, effect.counts.dead) == (3, 2, 1)
    assert totals([effect]) == totals([folded(good, record(envelope(sale(), "better")))])


@pytest.mark.parametrize("case", BAD)
def test_a_dead_letter_is_short_and_says_something(case: str) -> None:
    (letter,) = folded(record(BAD[case][0])).dead
    assert 10 < len(letter.reason) <= REASON_CHARACTERS
    assert len(letter.excerpt) <= EXCERPT_BYTES
    letter.reason.encode()


def test_a_dead_event_does_not_use_up_its_id() -> None:
    effect = folded(record(envelope(sale(pieces=-1))), record(envelope(sale())))
    assert (effect.counts.dead, effect.counts.counted, effect.counts.duplicates) == (1, 1, 0)


def test_the_same_key_twice_takes_the_last_and_counts_once() -> None:
    twice = text(envelope(sale())).replace('"pieces": 2', '"pieces": 9, "pieces": 2').encode()
    assert totals([folded(record(twice))]) == totals([folded(record(envelope(sale())))])


def test_event_time_may_run_ahead_of_the_log_as_far_as_declared() -> None:
    fold = Fold(model_of(ahead="1h"), BusinessCalendar(model_of().calendar))
    for late, dead in ((HOUR, 0), (HOUR + 1, 1)):
        assert folded(record(envelope(sale(), ms=JUNE + late), log_ms=JUNE), fold=fold).counts.dead == dead


@given(st.binary(max_size=200), st.lists(st.tuples(st.sampled_from(["ce_id", "ce_type", "x"]), st.binary(max_size=9))))
@example(b"{}", [])
@example(b'{"type":"sale"}', [])
def test_any_bytes_make_one_dead_letter(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    effect = folded(Entry(0, JUNE, value, headers))
    assert (effect.counts.dead, effect.counts.counted, len(effect.dead)) == (1, 0, 1)
    assert isinstance(FOLD.key(Entry(0, JUNE, value, headers)), str)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["id", "source", "type", "time", "data", "before", "after", *sale()])
SEEDS = [envelope(sale()), envelope({"before": sale(), "after": sale(pieces=3)}, kind="sale.corrected"), RECEIPT,
         envelope({"shop": "a", "level": 1.5}, kind="level")]  # fmt: skip


def changed(event: Any, path: list[str], value: object) -> Any:
    if not path or not isinstance(event, dict):
        return value
    return {**event, path[0]: changed(event.get(path[0]), path[1:], value)}


@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.lists(KEYS, min_size=1, max_size=3), VALUES), max_size=3))
def test_any_change_of_a_good_event_is_counted_or_refused_whole(event: Any, edits: list[Any]) -> None:
    for path, value in edits:
        event = changed(event, path, value)
    entry = record(json.dumps(event).encode())
    effect = folded(entry)
    assert effect.counts.counted + effect.counts.dead == 1
    assert all(
        type(amount) is int or ":" in str(amount) for held in effect.increments.values() for amount in held.values()
    )
    assert bool(totals([effect])) <= bool(effect.counts.counted)
    FOLD.key(entry)


@settings(max_examples=300)
@given(st.sampled_from(SEEDS), st.integers(0, 300), st.binary(max_size=3), st.integers(0, 3))
def test_any_damage_to_the_bytes_is_counted_or_refused_whole(event: Any, at: int, put: bytes, cut: int) -> None:
    value = json.dumps(event).encode()
    entry = record(value[:at] + put + value[at + cut :])
    effect = folded(entry)
    assert effect.counts.counted + effect.counts.dead == 1
    FOLD.key(entry)
