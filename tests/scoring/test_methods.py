"""Scoring methods: the vectors of the design, and every method against its formula written out naively in fractions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring.board import POINT

from .models import judged, on_grid

LOWER = {"direction": "lower"}


def grounds(name: str, **parameters: Any) -> dict[str, Any]:
    return {"method": {"name": name, **parameters}}


def rows(title: str, more: dict[str, Any], values: str, expected: str, out_of: int = 100) -> list[Any]:
    """One vector for each value; what is expected is in points of `out_of`."""
    pairs = zip(values.split(), expected.split(), strict=True)
    return [pytest.param(more, value, Fraction(want) * 100 / out_of, id=f"{title} {value}") for value, want in pairs]


TEN_TWENTY = [{"at": 10, "points": 60}, {"at": 20, "points": 80}]
STEPS = {"base": 30, "per_step": 1, "step": 3, "most": 6}
LADDER = [{"at": at, "points": points} for at, points in [(70, 0), (100, 1), (110, "1.5"), (125, 2), (140, 3)]]
INVERSE = {**LOWER, "target": 100}

VECTORS = [
    *rows("ratio", {"target": 80}, "70", "43.75", out_of=50),
    *rows("interpolate", grounds("interpolate", points=TEN_TWENTY), "15", "70"),
    *rows("whole", grounds("plus_minus", **STEPS, steps="whole"), "104.5 95.5 118 130 80", "31 29 36 36 24"),
    *rows("parts", grounds("plus_minus", **STEPS, steps="pro_rata"), "104.5 95.5 118 130 80", "31.5 28.5 36 36 24"),
    *rows(
        "red and goal", grounds("red_goal", goal=700, red=500), "250 300 500 600 700 900 950", "0 0 10/3 5 20/3 10 10",
        out_of=10,
    ),
    *rows(
        "red and goal, lower", {**LOWER, **grounds("red_goal", goal=3, red=5)}, "1 3 4 5 7", "10 20/3 5 10/3 0",
        out_of=10,
    ),
    *rows("worst and best", {**LOWER, **grounds("worst_best", worst=600, best=300)}, "420 700", "12 0", out_of=20),
    *rows(
        "efficacy", grounds("efficacy", standards=[20, 15, 10, 5, 0]), "22 17.5 10 6 0 -1", "20 18 12 8.8 4 0",
        out_of=20,
    ),
    *rows(
        "reciprocal", {**INVERSE, **grounds("ratio", inverse="reciprocal", cap=200)}, "50 80 120 150 200",
        "2 1.25 5/6 2/3 0.5", out_of=1,
    ),
    *rows(
        "symmetric", {**INVERSE, **grounds("ratio", inverse="symmetric", cap=200)}, "50 80 120 150 200",
        "1.5 1.2 0.8 0.5 0", out_of=1,
    ),
    *rows(
        "ladder", grounds("interpolate", points=LADDER), "60 85 100 105 110 117 125 140", "0 .5 1 1.25 1.5 26/15 2 3"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("more", "value", "expected"), VECTORS)
def test_a_vector_of_the_design_is_met(more: dict[str, Any], value: str, expected: Fraction) -> None:
    assert judged(value, **more).score == on_grid(expected)


# Below: one oracle for each method. It draws parameters and returns them with their formula and interesting values.

Formula = Callable[[Fraction, Fraction], Fraction | None]
Case = tuple[dict[str, Any], Formula, list[Fraction]]
DIRECTIONS = st.sampled_from(["higher", "lower"])
OUT_OF = st.sampled_from(["100", "50", "20", "7", "0.3"])


def written(number: Fraction | int) -> str:
    """An exact decimal text of a number with a power of ten below."""
    ten_thousandths = Fraction(number) * 10_000
    assert ten_thousandths.denominator == 1
    sign, digits = ("-" if ten_thousandths < 0 else ""), abs(int(ten_thousandths))
    return f"{sign}{digits // 10_000}.{digits % 10_000:04d}"


def decimals(low: int, high: int) -> st.SearchStrategy[Fraction]:
    """Numbers with up to four digits after the point."""
    return st.integers(low * 10_000, high * 10_000).map(lambda n: Fraction(n, 10_000)) | st.integers(low, high).map(
        Fraction
    )


def ladder(size: int, low: int = -500, high: int = 500) -> st.SearchStrategy[list[Fraction]]:
    """Rising numbers without doubles."""
    return st.lists(decimals(low, high), min_size=size, max_size=size, unique=True).map(sorted)


def clamped(number: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return low if number < low else high if number > high else number


def position(over: str, direction: str, value: Fraction, target: Fraction) -> Fraction | None:
    """What a method that runs over the attainment looks at; None: better than anything."""
    if over == "value":
        return value
    if direction == "higher":
        return value / target
    return None if value <= 0 else target / value


def between(points: list[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Straight lines between points, x not outside them."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise AssertionError(f"{x} is outside {points}")


@st.composite
def ratio(draw: st.DrawFn) -> Case:
    direction = draw(DIRECTIONS)
    inverse = None if direction == "higher" else draw(st.sampled_from(["reciprocal", "symmetric"]))
    floor, cap = draw(decimals(-50, 60)), draw(decimals(60, 200))

    def score(value: Fraction, target: Fraction) -> Fraction:
        if inverse is None:
            return clamped(100 * value / target, floor, cap)
        if inverse == "symmetric":
            return clamped(100 * (2 - value / target), floor, cap)
        return cap if value <= 0 else clamped(100 * target / value, floor, cap)

    method = {"name": "ratio", "floor": written(floor), "cap": written(cap), "inverse": inverse}
    return {"direction": direction, "method": method}, score, [Fraction(0)]


@st.composite
def interpolate(draw: st.DrawFn) -> Case:
    direction, over = draw(DIRECTIONS), draw(st.sampled_from(["value", "attainment"]))
    size, out_of = draw(st.integers(2, 5)), draw(OUT_OF)
    at, earned = draw(ladder(size)), sorted(draw(st.lists(decimals(0, 120), min_size=size, max_size=size)))
    if over == "value" and direction == "lower":
        earned.reverse()
    worst, best = min(earned), max(earned)
    floor, cap = worst - draw(decimals(0, 30)), draw(st.none() | decimals(0, 30).map(lambda more: best + more))
    points = list(zip(at, earned, strict=True))

    def score(value: Fraction, target: Fraction) -> Fraction:
        x = position(over, direction, value, target)
        falling = over == "value" and direction == "lower"
        top = best if cap is None else cap
        if x is None:
            found = top
        elif x < at[0]:
            found = top if falling else floor
        elif x > at[-1]:
            found = floor if falling else top
        else:
            found = between(points, x)
        return found * 100 / Fraction(out_of)

    table = [{"at": written(x), "points": written(y)} for x, y in points]
    method = {"name": "interpolate", "over": over, "points": table, "floor": written(floor), "out_of": out_of}
    if cap is not None:
        method["cap"] = written(cap)
    return {"direction": direction, "method": method}, score, at


@st.composite
def bands(draw: st.DrawFn) -> Case:
    direction, over, out_of = draw(DIRECTIONS), draw(st.sampled_from(["value", "attainment"])), draw(OUT_OF)
    bounds = draw(ladder(draw(st.integers(1, 5))))
    earned = sorted(draw(st.lists(decimals(0, 100), min_size=len(bounds) + 1, max_size=len(bounds) + 1)))
    if over == "value" and direction == "lower":
        earned.reverse()
    table = []
    for number, points in enumerate(earned):
        row = {"points": written(points)}
        if number:
            row["from"] = written(bounds[number - 1])
        if number < len(bounds):
            row["to"] = written(bounds[number])
        table.append(row)
    table = draw(st.permutations(table))

    def score(value: Fraction, target: Fraction) -> Fraction:
        x = position(over, direction, value, target)
        found = earned[-1] if x is None else earned[sum(bound <= x for bound in bounds)]
        return found * 100 / Fraction(out_of)

    return (
        {"direction": direction, "method": {"name": "bands", "over": over, "table": table, "out_of": out_of}},
        score,
        bounds,
    )


@st.composite
def plus_minus(draw: st.DrawFn) -> Case:
    direction, out_of = draw(DIRECTIONS), draw(OUT_OF)
    kind, steps = draw(st.sampled_from(["percent", "value"])), draw(st.sampled_from(["whole", "pro_rata"]))
    base, each, step, most = (draw(decimals(*span)) for span in ((0, 100), (1, 9), (1, 30), (1, 40)))

    def score(value: Fraction, target: Fraction) -> Fraction:
        better = value - target if direction == "higher" else target - value
        count = (better * 100 / target if kind == "percent" else better) / step
        if steps == "whole":
            count = Fraction(abs(count) // 1) * (1 if count > 0 else -1)
        return (base + clamped(each * count, -most, most)) * 100 / Fraction(out_of)

    method = {
        "name": "plus_minus", "base": written(base), "per_step": written(each), "step": written(step),
        "most": written(most), "step_in": kind, "steps": steps, "out_of": out_of,
    }  # fmt: skip
    return {"direction": direction, "method": method}, score, [Fraction(n) for n in (-200, 0, 94, 97, 100, 103, 106)]


@st.composite
def deduct(draw: st.DrawFn) -> Case:
    out_of, policy = draw(OUT_OF), draw(st.sampled_from(["sum", "largest"]))

    def score(value: Fraction, _: Fraction) -> Fraction:
        full = Fraction(out_of)
        return min(max(Fraction(0), full - value), full) * 100 / full

    method = {"name": "deduct", "policy": policy, "out_of": out_of}
    return {"direction": "lower", "method": method}, score, [Fraction(0), Fraction(out_of)]


@st.composite
def bonus(draw: st.DrawFn) -> Case:
    cap = draw(decimals(1, 50))
    return (
        {"method": {"name": "bonus", "cap": written(cap)}},
        lambda value, _: clamped(value, Fraction(0), cap),
        [Fraction(0), cap],
    )


@st.composite
def binary(draw: st.DrawFn) -> Case:
    direction = draw(DIRECTIONS)

    def score(value: Fraction, target: Fraction) -> Fraction:
        met = value >= target if direction == "higher" else value <= target
        return Fraction(100 if met else 0)

    return {"direction": direction, "method": {"name": "binary"}}, score, []


@st.composite
def graded(draw: st.DrawFn) -> Case:
    out_of = draw(OUT_OF)
    grades = draw(st.dictionaries(st.integers(-5, 9), decimals(0, 100), min_size=2, max_size=6))
    rows = [{"value": value, "title": "g", "points": written(points)} for value, points in grades.items()]
    method = {"name": "graded", "grades": rows, "out_of": out_of}

    def score(value: Fraction, _: Fraction) -> Fraction | None:
        return grades[int(value)] * 100 / Fraction(out_of) if value in grades else None

    return {"method": method}, score, [Fraction(value) for value in grades]


@st.composite
def efficacy(draw: st.DrawFn) -> Case:
    direction, over = draw(DIRECTIONS), draw(st.sampled_from(["value", "attainment"]))
    standards = draw(ladder(5))
    falling = over == "value" and direction == "lower"
    if not falling:
        standards.reverse()
    parts = draw(
        st.just([Fraction(n, 5) for n in (5, 4, 3, 2, 1)])
        | ladder(4, 0, 1).map(lambda four: [Fraction(1), *four[::-1]])
    )

    def score(value: Fraction, target: Fraction) -> Fraction:
        x = position(over, direction, value, target)
        if x is None:
            return Fraction(100)
        reached = [n for n in range(5) if (x <= standards[n] if falling else x >= standards[n])]
        if not reached:
            return Fraction(0)
        level = reached[0]
        if level == 0:
            return Fraction(100)
        towards = (x - standards[level]) / (standards[level - 1] - standards[level])
        return 100 * (parts[level] + towards * (parts[level - 1] - parts[level]))

    method = {
        "name": "efficacy", "over": over, "standards": [written(n) for n in standards],
        "coefficients": [written(n) for n in parts],
    }  # fmt: skip
    return {"direction": direction, "method": method}, score, standards


@st.composite
def worst_best(draw: st.DrawFn) -> Case:
    low, high = draw(ladder(2))
    direction = draw(DIRECTIONS)
    worst, best = (low, high) if direction == "higher" else (high, low)
    method = {"name": "worst_best", "worst": written(worst), "best": written(best)}
    return (
        {"direction": direction, "method": method},
        lambda value, _: 100 * (worst - clamped(value, low, high)) / (worst - best),
        [worst, best],
    )


@st.composite
def red_goal(draw: st.DrawFn) -> Case:
    low, high = draw(ladder(2))
    direction = draw(DIRECTIONS)
    red, goal = (low, high) if direction == "higher" else (high, low)
    best, zero = goal + (goal - red), red - (goal - red)

    def score(value: Fraction, _: Fraction) -> Fraction:
        return 100 * (clamped(value, min(best, zero), max(best, zero)) - zero) / (best - zero)

    method = {"name": "red_goal", "red": written(red), "goal": written(goal)}
    return {"direction": direction, "method": method}, score, [red, goal, best, zero]


@st.composite
def stabilise(draw: st.DrawFn) -> Case:
    zero_below, low, high, zero_above = draw(ladder(4))
    if draw(st.booleans()):
        high = low

    def score(value: Fraction, _: Fraction) -> Fraction:
        if value <= zero_below or value >= zero_above:
            return Fraction(0)
        if value < low:
            return 100 * (value - zero_below) / (low - zero_below)
        return Fraction(100) if value <= high else 100 * (zero_above - value) / (zero_above - high)

    method = {
        "name": "stabilise", "low": written(low), "high": written(high), "zero_below": written(zero_below),
        "zero_above": written(zero_above),
    }  # fmt: skip
    return {"method": method}, score, [zero_below, low, high, zero_above]


ORACLES = [
    ratio, interpolate, bands, plus_minus, deduct, bonus, binary, graded, efficacy, worst_best, red_goal, stabilise,
]  # fmt: skip
FEW = settings(max_examples=120, deadline=None)
ANY_VALUE = st.fractions(-2000, 2000, max_denominator=10_000)


def draw_value(data: st.DataObject, name: str, edges: list[Fraction], target: Fraction) -> Fraction:
    if name == "graded":
        return data.draw(st.sampled_from(edges))
    near = [target, *edges, *(edge * target for edge in edges), *(target / edge for edge in edges if edge)]
    close = st.tuples(st.sampled_from(near), st.sampled_from([-1, 0, 0, 1])).map(
        lambda pair: pair[0] + Fraction(pair[1], 10**9)
    )
    return data.draw(close | ANY_VALUE)


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.__name__)
@FEW
@given(st.data())
def test_a_method_gives_what_its_formula_gives(
    oracle: Callable[[], st.SearchStrategy[Case]], data: st.DataObject
) -> None:
    more, formula, edges = data.draw(oracle())
    target = data.draw(decimals(1, 500))
    value = draw_value(data, oracle.__name__, edges, target)
    expected = formula(value, target)
    assert expected is not None
    assert judged(value, target=written(target), **more).score == on_grid(expected)


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.__name__)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_an_unknown_value_has_no_points_under_any_method(
    oracle: Callable[[], st.SearchStrategy[Case]], data: st.DataObject
) -> None:
    more, _, _ = data.draw(oracle())
    result = judged(None, **more)
    assert (result.value, result.attainment, result.score) == (None, None, None)


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.__name__)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_target_that_accrues_is_judged_by_the_part_that_is_due(
    oracle: Callable[[], st.SearchStrategy[Case]], data: st.DataObject
) -> None:
    more, formula, edges = data.draw(oracle())
    target, elapsed = data.draw(decimals(1, 500)), data.draw(st.fractions("1/100", 1, max_denominator=100))
    value = draw_value(data, oracle.__name__, edges, target * elapsed)
    result = judged(value, elapsed, target=written(target), accrues=True, **more)
    assert result.due == target * elapsed
    expected = formula(value, target * elapsed)
    assert expected is not None
    assert result.score == on_grid(expected)


@FEW
@given(st.lists(decimals(0, 100), min_size=2, max_size=2), st.sampled_from(["binary", "plus_minus"]))
@example([Fraction(0), Fraction(0)], "plus_minus")
def test_margins_and_met_or_not_need_no_target_above_zero(numbers: list[Fraction], name: str) -> None:
    value, low = numbers[0], -numbers[1]
    more = grounds(name)
    if name == "plus_minus":
        more = grounds(name, base=50, per_step=1, step=1, step_in="value", steps="pro_rata", most=50)
    expected = Fraction(100) if name == "binary" else min(50 + value - low, Fraction(100))
    assert judged(value, target=written(low), **more).score == on_grid(expected)


def test_a_percent_of_a_target_of_zero_is_unknown() -> None:
    assert judged(5, target=0, **grounds("plus_minus", **STEPS, steps="whole")).score is None


@pytest.mark.parametrize("value", ["0", "-3"])
@pytest.mark.parametrize(
    "more",
    [
        grounds("interpolate", over="attainment", points=[{"at": "0.5", "points": 0}, {"at": 2, "points": 150}]),
        grounds("bands", over="attainment", table=[{"to": 2, "points": 60}, {"from": 2, "points": 150}]),
        grounds("ratio", inverse="reciprocal", cap=150),
    ],
    ids=["interpolate", "bands", "ratio"],
)
def test_nothing_at_all_where_lower_is_better_earns_the_most_there_is(more: dict[str, Any], value: str) -> None:
    assert judged(value, **INVERSE, **more).score == 150 * POINT


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_points_out_of_fewer_are_points_of_a_hundred_in_proportion(data: st.DataObject) -> None:
    value, out_of = data.draw(decimals(-10, 60)), data.draw(st.integers(1, 1000))
    table = [{"at": written(Fraction(x)), "points": written(Fraction(x * out_of, 50))} for x in (0, 50)]
    scaled = judged(value, **grounds("interpolate", points=table, out_of=out_of))
    plain = judged(value, **grounds("interpolate", points=[{"at": 0, "points": 0}, {"at": 50, "points": 100}]))
    assert scaled.score == plain.score
