"""The fold against a brute-force recount, and its promises about splits, duplicates, lateness and corrections."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import defaultdict
from dataclasses import asdict
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, counter_name, quantile_bin, sum_of_max
from streams.fold import Fold, PartitionState
from streams.plans import plans

from .logs import DAY, FOLD, HOUR, JUNE, MINUTE, Entry, envelope, folded, model_of, record, sale, summed, totals

SALES = st.builds(
    lambda till, pieces, cents, kind, gift: {
        **sale(pieces=pieces, price=cents / 100, till=till),
        **({} if kind is None else {"kind": kind}),
        **({} if gift is None else {"gift": gift}),
    },
    st.sampled_from([None, 1, 2]),
    st.integers(0, 1000),
    st.integers(0, 999_900) | st.sampled_from([49, 50, 51]),
    st.sampled_from([None, "", "sale", "rest", "a|b", "a%7Cb", "酒"]),
    st.sampled_from([None, True, False]),
)
LEVELS = st.builds(
    lambda shop, tenth, shelf: {"shop": shop, "level": tenth / 10, **({} if shelf is None else {"shelf": shelf})},
    st.sampled_from("ab"),
    st.integers(-1000, 1000),
    st.sampled_from([None, "", "top", "a|b", "a%7Cb"]),
)
TIMES = st.integers(-3 * 24 * 60, 24 * 60).map(lambda minute: JUNE + minute * MINUTE)
IDS = st.integers(0, 12).map(str)
EVENTS = st.one_of(
    st.builds(lambda data, name, ms: envelope(data, name, ms), SALES, IDS, TIMES),
    st.builds(lambda data, name, ms: envelope(data, name, ms, kind="level"), LEVELS, IDS, TIMES),
    st.builds(
        lambda one, other, name, ms: envelope({"before": one, "after": other}, name, ms, kind="sale.corrected"),
        SALES, SALES | st.none(), IDS, TIMES,
    ),
)  # fmt: skip
CONTENTS = EVENTS | st.sampled_from([b"{}", b"x", None, envelope(sale(shop="z")), envelope(sale(pieces=-1))])


@st.composite
def logs(draw: st.DrawFn, contents: st.SearchStrategy[Any] = CONTENTS, size: int = 25) -> list[Entry]:
    """Records whose log time mostly grows."""
    at, entries = JUNE + DAY, []
    for offset, content in enumerate(draw(st.lists(contents, max_size=size))):
        at += draw(st.sampled_from([0, 1, MINUTE, HOUR, 9 * HOUR, 20 * HOUR, -HOUR]))
        entries.append(record(content, offset, at))
    return entries


@st.composite
def splits(draw: st.DrawFn) -> tuple[list[Entry], list[list[Entry]]]:
    log = draw(logs())
    cuts = sorted(draw(st.lists(st.integers(0, len(log)), max_size=5)))
    return log, [log[start:end] for start, end in zip([0, *cuts], [*cuts, len(log)], strict=True)]


@given(splits())
def test_any_split_into_batches_gives_the_same_totals_ids_and_counts(
    split: tuple[list[Entry], list[list[Entry]]],
) -> None:
    log, batches = split
    whole, parts = PartitionState(), PartitionState()
    one = [folded(*log, state=whole)]
    many = [folded(*batch, state=parts) for batch in batches]
    assert totals(many) == totals(one)
    assert summed(many) == summed(one)
    assert [letter for part in many for letter in part.dead] == one[0].dead
    assert without_empty(parts) == without_empty(whole)


def without_empty(state: PartitionState) -> dict[str, Any]:
    return {**asdict(state), "ids": {bucket: ids for bucket, ids in state.ids.items() if ids}}


@given(splits())
def test_what_a_batch_stores_is_enough_to_go_on_from(split: tuple[list[Entry], list[list[Entry]]]) -> None:
    """The state rebuilt from each batch's effect, as a store does it, is the state in memory."""
    state, stored = PartitionState(), PartitionState()
    for batch in split[1]:
        effect = folded(*batch, state=state)
        for bucket, ids in effect.new_ids.items():
            stored.ids.setdefault(bucket, []).extend(ids)
        for bucket in effect.forget:
            stored.ids.pop(bucket, None)
        stored.log_ms, stored.newest_ms, stored.position = effect.log_ms, effect.newest_ms, effect.next_position
        stored.seen = {one for ids in stored.ids.values() for one in ids}
        assert without_empty(stored) == without_empty(state)


@given(logs())
def test_every_record_is_counted_or_a_duplicate_or_dead(log: list[Entry]) -> None:
    counts = folded(*log).counts
    assert counts.records == len(log) == counts.counted + counts.duplicates + counts.dead
    assert counts.corrections <= counts.counted
    assert counts.late <= counts.counted


def test_a_replayed_batch_does_not_count_twice() -> None:
    state = PartitionState()
    batch = [record(envelope(sale(), str(number))) for number in range(5)]
    first, again = folded(*batch, state=state), folded(*batch, state=state)
    assert (first.counts.counted, again.counts.counted, again.counts.duplicates) == (5, 0, 5)
    assert totals([again]) == {}


@given(logs(contents=EVENTS), st.randoms())
def test_order_does_not_matter_where_no_id_repeats(log: list[Entry], random: Any) -> None:
    named = [rename(entry, str(number)) for number, entry in enumerate(log)]
    shuffled = random.sample(named, len(named))
    assert totals([folded(*named)]) == totals([folded(*shuffled)])


def rename(entry: Entry, name: str, log_ms: int = JUNE + 2 * DAY) -> Entry:
    assert entry.value is not None
    start, end = entry.value.index(b'"id": "'), entry.value.index(b'", "source"')
    return Entry(entry.offset, log_ms, entry.value[:start] + b'"id": "' + name.encode() + entry.value[end:])


WINDOW = 4 * HOUR
FORGETFUL = Fold(model_of(duplicate_window="4h"), BusinessCalendar(model_of().calendar))


@given(st.integers(0, 24 * 60))
def test_a_duplicate_counts_once_within_the_window_of_log_time(minutes: int) -> None:
    state, first_ms = PartitionState(), JUNE + DAY + 17 * MINUTE
    folded(record(envelope(sale()), log_ms=first_ms), fold=FORGETFUL, state=state)
    second_ms = first_ms + minutes * MINUTE
    second = folded(record(envelope(sale()), log_ms=second_ms), fold=FORGETFUL, state=state)
    quarter = WINDOW // 4
    remembered = second_ms // quarter - first_ms // quarter <= 4
    assert second.counts.duplicates == remembered
    assert remembered or minutes * MINUTE > WINDOW


def test_an_id_belongs_to_its_source() -> None:
    pairs = [("a", "b c"), ("a b", "c"), ("a b ", "c"), ("a", "b  c")]
    effect = folded(*(record(envelope(sale(), name, source=source)) for source, name in pairs))
    assert effect.counts.counted == len(pairs)


def test_log_time_that_steps_back_forgets_nothing() -> None:
    state = PartitionState()
    moments = [JUNE + DAY, JUNE + DAY - 9 * HOUR, JUNE + DAY]
    results = [folded(record(envelope(sale()), log_ms=ms), fold=FORGETFUL, state=state).counts for ms in moments]
    assert [counts.duplicates for counts in results] == [0, 1, 1]
    assert state.log_ms == JUNE + DAY


def test_a_late_event_lands_in_its_own_bucket_and_is_counted_as_late() -> None:
    new, late = envelope(sale(), "new", JUNE + 12 * HOUR), envelope(sale(), "late", JUNE + 7 * HOUR)
    effect = folded(record(new), record(late))
    assert effect.counts.late == 1
    assert effect.increments["20260601", "add"][counter_name("sales", "a.1", JUNE + 7 * HOUR)] == 1
    assert folded(record(late), record(new)).counts.late == 0


def test_the_business_day_of_a_counter_is_that_of_the_event() -> None:
    effect = folded(record(envelope(sale(), "1", JUNE + 6 * HOUR + 29 * MINUTE)),
                    record(envelope(sale(), "2", JUNE + 6 * HOUR + 45 * MINUTE)))  # fmt: skip
    assert effect.increments["20260531", "add"][counter_name("sales", "a.1", JUNE + 6 * HOUR)] == 1
    assert effect.increments["20260601", "add"][counter_name("sales", "a.1", JUNE + 6 * HOUR + 30 * MINUTE)] == 1


@given(st.lists(st.tuples(SALES, SALES | st.none()), min_size=1, max_size=8), TIMES, st.randoms())
def test_corrections_equal_the_log_with_the_corrected_events_in_place(pairs: list[Any], ms: int, random: Any) -> None:
    corrected, in_place = [], []
    for number, (before, after) in enumerate(pairs):
        corrected.append(record(envelope(before, f"{number}", ms)))
        corrected.append(record(envelope({"before": before, "after": after}, f"c{number}", ms, "sale.corrected")))
        in_place.append(record(envelope(after if after is not None else before, f"{number}", ms)))
        if after is None:
            in_place.pop()
    random.shuffle(corrected)
    assert additive(totals([folded(*corrected)])) == additive(totals([folded(*in_place)]))


def additive(whole: Increments) -> Increments:
    return {group: amounts for group, amounts in whole.items() if group[1] == "add"}


def test_a_refused_correction_leaves_nothing() -> None:
    bad = envelope({"before": sale(), "after": sale(price=1.255)}, "c", kind="sale.corrected")
    effect = folded(record(bad))
    assert (totals([effect]), effect.counts.dead, effect.counts.corrections) == ({}, 1, 0)


@settings(max_examples=200)
@given(logs(contents=EVENTS))
def test_every_aggregate_is_what_a_recount_gives(log: list[Entry]) -> None:
    named = [rename(entry, str(number), JUNE + 9 * DAY) for number, entry in enumerate(log)]
    effect = folded(*named)
    assert effect.counts.dead == sum(b"level.corrected" in (entry.value or b"") for entry in named) == 0
    events = [FOLD.decode(entry.value) for entry in named]
    assert totals([effect]) == recount(events) | recounted_rows(events, JUNE + 9 * DAY)


SHANGHAI = ZoneInfo("Asia/Shanghai")


def recount(events: list[Any]) -> Increments:
    """Each metric by its definition, from the decoded events; a list of amounts for each counter first."""
    held: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        local = event.time.astimezone(SHANGHAI)
        ms = int(event.time.timestamp() * 1000)
        shift = local - dt.timedelta(hours=6, minutes=30)
        day_start = dt.datetime.combine(shift.date(), dt.time(6, 30), SHANGHAI)
        starts = {"minute": local, "hour": max(local.replace(minute=0), day_start), "day": day_start}
        sides = [(event.data, 1)]
        if hasattr(event.data, "before"):
            sides = [(event.data.before, -1), *([(event.data.after, 1)] if event.data.after is not None else [])]
        for data, sign in sides:
            for metric, bucket, operation, part, amount in contributions(data, sign, ms):
                start_ms = int(starts[bucket].timestamp() * 1000)
                name = counter_name(metric, unit_of(data), start_ms, part)
                held[f"{shift:%Y%m%d}", operation][name].append(amount)
    reduce: dict[str, Any] = {"add": sum, "min": min, "max": max, "last": lambda pairs: "{}:{}".format(*max(pairs))}
    whole = {
        group: {name: reduce[group[1]](amounts) for name, amounts in counters.items()}
        for group, counters in held.items()
    }
    return {
        group: kept
        for group, counters in whole.items()
        if (kept := {name: amount for name, amount in counters.items() if group[1] != "add" or amount})
    }  # type: ignore[return-value]


def recounted_rows(events: list[Any], log_ms: int) -> Increments:
    """The newest row of each key and day; a correction stands above the events of its moment, `after` on top."""
    held: dict[str, dict[str, tuple[int, int, str]]] = defaultdict(dict)
    for event in events:
        day = f"{event.time.astimezone(SHANGHAI) - dt.timedelta(hours=6, minutes=30):%Y%m%d}"
        sides = [(event.data, 0)]
        if hasattr(event.data, "before"):
            sides = [(event.data.before, 2 * log_ms), (event.data.after, 2 * log_ms + 1)]
        for data, rank in sides:
            for name, shown, fields in rows_of(data) if data is not None else ():
                said = [unit_of(data), shown and (rank % 2 == 1 or rank == 0), *fields]
                text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
                row = (int(event.time.timestamp() * 1000), rank, text)
                held[day][name] = max(row, held[day].get(name, row))
    return {
        (day, "row"): {name: f"{ms}:{rank}:{text}" for name, (ms, rank, text) in rows.items()}
        for day, rows in held.items()
    }


def rows_of(data: Any) -> list[tuple[str, bool, list[Any]]]:
    """Name, whether shown, and kept fields in the order of their names."""
    if hasattr(data, "level"):
        return [] if data.shelf is None else [(f"shelves|{data.shelf}", True, [f"{data.level:.1f}", data.shop])]
    found: list[Any] = []
    if data.kind is not None and data.pieces > 0:
        shown = data.price > 0.5 and bool(data.gift)
        found.append((f"kinds_sold|{data.kind}", shown, [data.gift, data.kind, data.pieces, f"{data.price:.2f}"]))
    if data.till is not None:
        found.append((f"tills|{data.till}", data.kind is not None and data.kind != "rest", [data.kind]))
    return found


def unit_of(data: Any) -> str:
    return data.shop if getattr(data, "till", None) is None else f"{data.shop}.{data.till}"


def contributions(data: Any, sign: int, ms: int) -> list[tuple[str, str, str, str, Any]]:
    if hasattr(data, "level"):
        tenths = round(data.level * 10)
        found: list[Any] = [("least", "hour", "min", "", tenths), ("newest", "day", "last", "", (ms, tenths))]
        if tenths > 0:
            found.append(("most", "hour", "max", "", tenths))
        if tenths < 900 and data.shelf is not None:
            shelf = data.shelf.replace("%", "%25").replace("|", "%7C")
            found.append(("best_of", "hour", "max", f"={shelf}", tenths * 10))
        return [*found, ("@level", "hour", "max", "", ms)]
    cents, kind = round(data.price * 100), data.kind
    safe = str(kind).replace("%", "%25").replace("|", "%7C")
    found = [
        ("@sale", "minute", "max", "", ms),
        ("sales", "hour", "add", "", sign),
        ("turnover", "minute", "add", "", sign * data.pieces * cents),
        ("prices", "hour", "add", quantile_bin(cents), sign),
    ]
    if data.gift:
        found.append(("gifts", "hour", "add", "", sign))
    if kind is not None:
        found.append(("kinds", "day", "add", f"={safe}", sign))
        if cents <= 50 or kind in ("sale", "rest"):
            found.append(("cheap", "hour", "add", "", sign * data.pieces))
        if kind != "":
            found += [("by_kind", "hour", "add", part, sign * data.pieces) for part in ("", f"#kind={safe}")]
    return found


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(-1000, 1000)), min_size=1), st.randoms())
def test_the_same_item_counts_once_at_its_highest(seen: list[tuple[str, int]], random: Any) -> None:
    events = [envelope({"shop": "b", "level": tenth / 10, "shelf": item}, str(number), kind="level")
              for number, (item, tenth) in enumerate(seen)]  # fmt: skip
    random.shuffle(events)
    parts = totals([folded(record(one)) for one in events])["20260531", "max"]
    kept = {name: int(amount) for name, amount in parts.items() if name.startswith("best_of|")}
    counted = [(item, tenth) for item, tenth in seen if tenth < 900]
    highest = [max(tenth for other, tenth in counted if other == item) for item in {item for item, _ in counted}]
    assert sum_of_max(kept) == (sum(highest) * 10 if highest else None)


def test_an_item_can_be_a_number() -> None:
    base = model_of().model_dump(mode="json", by_alias=True)
    base["metrics"] = [{"id": "top", "title": "", "event": "sale", "aggregate": "sum_of_max", "item": "till",
                        "value": "pieces"}]  # fmt: skip
    model = type(model_of()).model_validate(base)
    effect = folded(record(envelope(sale(pieces=0))), fold=Fold(model, BusinessCalendar(model.calendar)))
    assert effect.increments["20260531", "max"][counter_name("top", "a.1", JUNE, "=1")] == 0


def test_amounts_beyond_what_counts_exactly_are_refused() -> None:
    free = {"type": "integer"}
    declared = {"type": "big", "source": "pos", "unit": "a", "fields": {"x": free, "y": free}}
    metric = {"id": "product", "title": "", "event": "big", "aggregate": "sum", "value": "x * y"}
    base = model_of().model_dump(mode="json", by_alias=True)
    model = type(model_of()).model_validate({**base, "events": [declared], "metrics": [metric], "mappings": []})
    fold = Fold(model, BusinessCalendar(model.calendar))
    most = math.isqrt(2**53)
    fits, exceeds = ({"x": most, "y": most}, {"x": 2**53, "y": 2})
    effect = folded(record(envelope(fits, "1", kind="big")), record(envelope(exceeds, "2", kind="big")), fold=fold)
    assert [letter.code for letter in effect.dead] == ["invalid"]
    assert Fraction(effect.increments["20260531", "add"][counter_name("product", "a", JUNE)]) == most**2


@pytest.mark.parametrize(
    "template", ["{shop!r}", "{__import__('os')}", "{shop.upper()}", "{{shop}}", "{ shop }", "x'\\"]
)
def test_nothing_in_a_unit_template_is_ever_run(template: str) -> None:
    base = model_of().model_dump(mode="json", by_alias=True)
    base["events"][1]["unit"] = template
    model = type(model_of()).model_validate(base)
    declared = Fold(model, BusinessCalendar(model.calendar)).decode(
        record(envelope({"shop": "b", "level": 1}, kind="level")).value
    )
    named = plans(model)["level"].unit(declared.data)  # type: ignore[attr-defined]
    assert named == template.replace("{shop}", "b")
