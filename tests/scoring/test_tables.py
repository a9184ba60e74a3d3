"""Which rows of a table stand: the newest of each key, while it is open and not too old."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.board import Row
from scoring.counters import Increments
from scoring.definitions import Table
from scoring.tables import TableRows, decimal_text, kept_from_ms, row_text

TABLES = [
    Table(id="quick", title="", event="e", key="k", fields={"what": "", "how": ""}, keep=60),
    Table(id="slow", title="", event="e", key="k", fields={"what": ""}, keep=3600),
]
KEEP_MS = {"quick": 60_000, "slow": 3_600_000}
NOW = 1_780_000_000_000

#: (table, key, seconds before now, rank, open, what)
SAID = st.tuples(
    st.sampled_from(["quick", "slow"]), st.sampled_from(["a", "b|c", ""]),
    st.sampled_from([0, 1, 59, 60, 61, 3599, 3600, 5000]), st.integers(0, 2), st.booleans(), st.sampled_from("xyz"),
)  # fmt: skip
Said = tuple[str, str, int, int, bool, str]


def increments(said: list[Said]) -> Increments:
    """Each as a batch of its own would bring it, on the day of its event."""
    found: Increments = {("20260528", "add"): {"metric|unit|1": 1}}
    for table, key, ago_s, rank, shown, what in said:
        fields = (None, what) if table == "quick" else (what,)
        text = row_text("u", (NOW - ago_s * 1000, rank, shown, fields))
        group = found.setdefault((f"day {ago_s} {rank} {what} {shown}", "row"), {})
        group[f"{table}|{key}"] = text
    return found


def expected(said: list[Said], now_ms: int) -> dict[tuple[str, str], Row]:
    found = {}
    for table, key in {one[:2] for one in said}:
        rows = [(NOW - ago_s * 1000, rank, shown, what) for *at, ago_s, rank, shown, what in said if at == [table, key]]
        event_ms, _, shown, what = max(rows)
        if shown and event_ms > now_ms - KEEP_MS[table]:
            fields: dict[str, Any] = {"how": None} if table == "quick" else {}
            found[table, key] = Row("u", event_ms, True, {**fields, "what": what})
    return found


@given(st.lists(SAID, max_size=20), st.randoms(), st.integers(1, 5))
def test_rows_are_the_same_in_any_order_any_split_and_with_repetitions(
    said: list[Said], random: Any, pieces: int
) -> None:
    shuffled = [*said, *random.choices(said, k=5)] if said else []
    random.shuffle(shuffled)
    rows = TableRows(TABLES)
    for piece in range(pieces):
        rows.apply(increments(shuffled[piece::pieces]))
        rows.tick(NOW - 1)
    rows.tick(NOW)
    assert rows.rows == expected(said, NOW)


@given(st.lists(st.tuples(st.lists(SAID, max_size=4), st.sampled_from([0, 1, 59_000, 3_600_000])), max_size=8))
def test_what_ticks_say_adds_up_to_the_rows_that_stand(steps: list[tuple[list[Said], int]]) -> None:
    """A row that left is told once, as not open, and with what it last said."""
    rows, told, said, now_ms = TableRows(TABLES), {}, [], NOW
    for more, passed_ms in steps:
        said += more
        now_ms += passed_ms
        rows.apply(increments(more))
        before = dict(rows.rows)
        changes = rows.tick(now_ms)
        assert {key for key, row in changes.items() if not row.open} == before.keys() - rows.rows.keys()
        assert all(before.get(key) != row for key, row in changes.items())
        told.update(changes)
        assert {key: row for key, row in told.items() if row.open} == rows.rows == expected(said, now_ms)
    assert rows.tick(now_ms) == {}


def test_a_row_leaves_at_the_moment_it_becomes_too_old() -> None:
    rows = TableRows(TABLES)
    rows.apply(increments([("quick", "a", 0, 0, True, "x")]))
    assert set(rows.tick(NOW + 59_999)) == {("quick", "a")}
    gone = rows.tick(NOW + 60_000)
    assert gone == {("quick", "a"): Row("u", NOW, False, {"how": None, "what": "x"})}
    assert (rows.rows, rows.tick(NOW + 60_001)) == ({}, {})


def test_an_older_event_does_not_bring_back_what_is_closed() -> None:
    rows = TableRows(TABLES)
    rows.apply(increments([("slow", "a", 1, 0, False, "x")]))
    assert rows.tick(NOW) == {}
    rows.apply(increments([("slow", "a", 59, 0, True, "y")]))
    assert rows.tick(NOW) == {}
    rows.apply(increments([("slow", "a", 0, 0, True, "z")]))
    assert [row.open for row in rows.tick(NOW).values()] == [True]


def test_a_table_that_is_no_longer_declared_has_no_rows() -> None:
    rows = TableRows(TABLES[:1])
    rows.apply(increments([("slow", "a", 0, 0, True, "x")]))
    assert rows.tick(NOW) == {}


def test_counters_are_read_back_as_far_as_the_longest_table_keeps() -> None:
    assert kept_from_ms(TABLES, NOW) == NOW - 3_600_000
    assert kept_from_ms([], NOW) == NOW


@given(st.integers(-(2**53), 2**53), st.integers(0, 9))
def test_decimals_are_written_with_the_digits_they_have(whole: int, decimals: int) -> None:
    text = decimal_text(whole, decimals)
    assert int(text.replace(".", "")) == whole
    assert len(text.partition(".")[2]) == decimals
