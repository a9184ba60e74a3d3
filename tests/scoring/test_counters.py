"""Counters are commutative monoids: order, splits and replays can't change a digit."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.counters import QUANTILE_ERROR, Increments, distinct, merge_into, merged, quantile, quantile_bin

NUMBERS = st.integers(-(2**53), 2**53)
NEWEST = st.tuples(st.integers(0, 5), st.integers(-20, 20)).map(lambda pair: f"{pair[0]}:{pair[1]}")
ROWS = st.tuples(st.integers(-5, 5), st.integers(0, 2), st.sampled_from(["", "a", "a:b", "B", "é", "酒"])).map(
    lambda row: ":".join(map(str, row))
)
AMOUNTS: dict[Any, st.SearchStrategy[Any]] = {
    "add": NUMBERS, "min": NUMBERS, "max": NUMBERS, "last": NEWEST, "row": ROWS,
}  # fmt: skip


@pytest.mark.parametrize("operation", AMOUNTS)
@given(st.data())
def test_merging_is_commutative_and_associative(operation: Any, data: st.DataObject) -> None:
    a, b, c = (data.draw(AMOUNTS[operation]) for _ in range(3))
    assert merged(operation, a, b) == merged(operation, b, a)
    assert merged(operation, merged(operation, a, b), c) == merged(operation, a, merged(operation, b, c))


@pytest.mark.parametrize("operation", ["min", "max", "last", "row"])
@given(st.data())
def test_merging_an_extreme_or_the_newest_twice_changes_nothing(operation: Any, data: st.DataObject) -> None:
    amount = data.draw(AMOUNTS[operation])
    assert merged(operation, amount, amount) == amount


@given(st.lists(NEWEST, min_size=1))
def test_last_is_the_newest_and_of_equals_the_largest(amounts: list[str]) -> None:
    held = amounts[0]
    for amount in amounts[1:]:
        held = merged("last", held, amount)  # type: ignore[assignment]
    assert held == max(amounts, key=lambda text: [int(part) for part in text.split(":")])


@given(st.lists(ROWS, min_size=1))
def test_the_row_that_stands_is_the_newest_then_of_the_highest_rank_then_the_greatest(amounts: list[str]) -> None:
    held = amounts[0]
    for amount in amounts[1:]:
        held = merged("row", held, amount)  # type: ignore[assignment]
    pairs = [(int(ms), int(rank), payload.encode()) for ms, rank, payload in (one.split(":", 2) for one in amounts)]
    ms, rank, payload = max(pairs)
    assert held == f"{ms}:{rank}:{payload.decode()}"


def increments(operations: list[Any]) -> st.SearchStrategy[Increments]:
    groups = [
        st.dictionaries(st.sampled_from("xyz"), AMOUNTS[operation], min_size=1).map(
            lambda held, op=operation: (op, held)
        )
        for operation in operations
    ]
    return st.lists(st.one_of(groups), max_size=3).map(lambda found: {("day", op): held for op, held in found})


@given(st.lists(increments(list(AMOUNTS)), max_size=6), st.randoms())
def test_increments_fold_to_the_same_total_in_any_order(parts: list[Increments], random: Any) -> None:
    one: Increments = {}
    for part in parts:
        merge_into(one, part)
    other: Increments = {}
    random.shuffle(parts)
    for part in parts:
        merge_into(other, part)
    assert one == other


VALUES = st.one_of(st.integers(-50, 50), st.integers(-(2**53), 2**53))


@given(st.lists(VALUES, min_size=1, max_size=60), st.decimals("0.01", "0.99", places=2))
def test_a_quantile_is_within_its_declared_error(values: list[int], q: Decimal) -> None:
    found = quantile(Counter(quantile_bin(value) for value in values), q)
    exact = sorted(values)[math.floor(Fraction(q) * (len(values) - 1))]
    assert found is not None
    assert abs(found - exact) <= Fraction(QUANTILE_ERROR) * abs(exact) + 1


@given(st.lists(VALUES, min_size=1), VALUES)
def test_a_withdrawn_value_leaves_no_trace_in_a_quantile(values: list[int], withdrawn: int) -> None:
    parts = Counter(quantile_bin(value) for value in values)
    before = quantile(parts, Decimal("0.5"))
    parts[quantile_bin(withdrawn)] += 1
    parts[quantile_bin(withdrawn)] -= 1
    assert quantile(parts, Decimal("0.5")) == before


def test_nothing_has_no_quantile() -> None:
    assert quantile({}, Decimal("0.5")) is None
    assert quantile({"q+3": 0}, Decimal("0.5")) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, -1]))))
def test_distinct_counts_what_was_not_withdrawn_again(seen: list[tuple[str, int]]) -> None:
    parts: Counter[str] = Counter()
    for value, sign in seen:
        parts["=" + value] += sign
    left = {value for value, _ in seen if sum(sign for one, sign in seen if one == value) > 0}
    assert distinct(parts) == len(left)
