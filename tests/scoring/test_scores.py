"""Scores of KPIs and units: the vectors of the design, through the real path."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.board import POINT, Status
from scoring.calendar import BusinessCalendar
from scoring.curves import half_even, shares, to_points
from scoring.definitions import Calendar
from scoring.scores import elapsed_share, pace_moment_ms

from .models import DAY, HOUR, JUNE, evaluated, judged, kpi, model_of, unit

LOWER: dict[str, Any] = {"direction": "lower", "target": 100}


def points(value: object, **settings: Any) -> Decimal | None:
    score = judged(value, **settings).score
    return None if score is None else Decimal(score) / POINT


def test_seventy_of_eighty_earns_43_75_of_50_points() -> None:
    result = judged(70, target=80, weight=50)
    assert result.score is not None
    assert Fraction(result.score * result.weight, 100 * POINT * 10**4) == Fraction("43.75")


@pytest.mark.parametrize(
    ("value", "reciprocal", "symmetric"),
    [(50, "200", "150"), (80, "125", "120"), (120, None, "80"), (150, None, "50"), (200, "50", "0")],
)
def test_lower_is_better_takes_the_declared_inverse(value: int, reciprocal: str | None, symmetric: str) -> None:
    exact = Fraction(10_000, value)
    curve = {"name": "ratio", "cap": 200}
    inverse = judged(value, **LOWER, method={**curve, "inverse": "reciprocal"})
    assert inverse.attainment == exact / 100
    assert inverse.score == to_points(exact)
    assert reciprocal is None or inverse.score == Decimal(reciprocal) * POINT
    assert points(value, **LOWER, method={**curve, "inverse": "symmetric"}) == Decimal(symmetric)


def test_a_reciprocal_of_zero_takes_the_cap() -> None:
    assert points(0, **LOWER, method={"name": "ratio", "inverse": "reciprocal", "cap": 130}) == 130


def test_a_score_stays_between_floor_and_cap() -> None:
    curve = {"name": "ratio", "floor": 20, "cap": 110}
    assert [points(value, method=curve) for value in (-5, 0, 20, 50, 110, 111, 900)] == [20, 20, 20, 50, 110, 110, 110]


def test_attainment_is_not_rounded_before_it_is_scored() -> None:
    result = judged(1, target=3)
    assert result.attainment == Fraction(1, 3)
    assert result.score == 33_333_333_333_333


BANDS = {"name": "bands", "table": [{"to": 90, "points": 60}, {"from": 90, "to": 95, "points": 80},
                                    {"from": 95, "points": 100}]}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "score"),
    [("-7", 60), ("89.9999", 60), ("90", 80), ("94.9999", 80), ("95", 100), ("95.0001", 100), ("1e9", 100)],
)
def test_a_band_begins_at_its_lower_bound(value: str, score: int) -> None:
    assert points(value, method=BANDS) == score


def test_below_the_first_bound_the_lowest_points_hold() -> None:
    table = [{"from": 0, "to": 10, "points": 100}, {"from": 10, "points": 40}]
    assert [points(v, **LOWER, method={"name": "bands", "table": table}) for v in (-1, 0, 9, 10)] == [40, 100, 100, 40]


@pytest.mark.parametrize(
    ("value", "status"), [("100", Status.GOOD), ("99.9999", Status.WATCH), ("90", Status.WATCH), ("89.9", Status.BAD)]
)
def test_status_follows_the_attainment(value: str, status: Status) -> None:
    assert judged(value).status is status


def test_what_is_unknown_has_no_score_no_attainment_and_no_status() -> None:
    result = judged(None)
    assert (result.value, result.attainment, result.score, result.contribution) == (None, None, None, None)
    assert result.status is Status.UNKNOWN


def test_320_of_500_on_day_20_of_30_is_a_pace_of_96_percent() -> None:
    calendar = BusinessCalendar(Calendar(zone="UTC"))
    period = calendar.period_at("month", JUNE)
    elapsed = elapsed_share(calendar, period, JUNE + 20 * DAY)
    result = judged(320, elapsed, target=500, accrues=True)
    assert elapsed == Fraction(20, 30)
    assert result.attainment == Fraction(96, 100)
    assert result.status is Status.WATCH


def test_nothing_is_due_yet_at_the_start_so_nothing_is_judged() -> None:
    result = judged(320, Fraction(0), accrues=True)
    assert (result.due, result.attainment, result.score, result.status) == (0, None, None, Status.UNKNOWN)


@pytest.mark.parametrize("kind", ["shift", "day", "week", "month", "quarter", "year"])
def test_a_period_that_is_over_has_fully_elapsed(kind: Any) -> None:
    shifts = [{"id": "s", "title": "", "start": "06:00", "end": "14:00"}]
    calendar = BusinessCalendar(Calendar.model_validate({"zone": "America/New_York", "shifts": shifts}))
    for month in range(12):
        period = calendar.period_at(kind, JUNE + month * 30 * DAY + 14 * HOUR)
        assert elapsed_share(calendar, period, period.end_ms) == 1
        assert elapsed_share(calendar, period, period.end_ms + 17 * 60_000) == 1
        assert elapsed_share(calendar, period, period.start_ms) == 0


def test_pace_moves_by_whole_steps_from_the_start_of_its_period() -> None:
    period = BusinessCalendar(Calendar(zone="UTC")).period_at("month", JUNE)
    steps = {pace_moment_ms(period, JUNE + minute * 60_000) - JUNE for minute in range(0, 24 * 60)}
    assert steps == {step * 30 * 60_000 for step in range(48)}


THREE = [kpi("a", weight=40), kpi("b", weight=30), kpi("c", weight=30)]


@pytest.mark.parametrize(
    ("missing", "score"), [("renormalise", Fraction(5700, 70)), ("zero", Fraction(57)), ("block", None)]
)
def test_a_missing_child_follows_the_declared_policy(missing: str, score: Fraction | None) -> None:
    model = model_of(THREE, [unit(missing=missing)])
    result = evaluated(model, {("top", "a"): 90, ("top", "c"): 70}).units["top"]
    assert result.score == (None if score is None else to_points(score))
    assert result.coverage == Fraction(70, 100)


@pytest.mark.parametrize(
    ("missing", "score"), [("renormalise", Fraction(5700, 70)), ("zero", Fraction(57)), ("block", None)]
)
def test_a_missing_child_unit_follows_the_same_policy(missing: str, score: Fraction | None) -> None:
    kpis = [kpi("k", applies_to=["x", "y", "z"])]
    places = [unit("x", "top", weight=40), unit("y", "top", weight=30), unit("z", "top", weight=30)]
    model = model_of(kpis, [unit(missing=missing), *places])
    result = evaluated(model, {("x", "k"): 90, ("z", "k"): 70}).units["top"]
    assert result.score == (None if score is None else to_points(score))
    assert result.coverage == Fraction(70, 100)


@pytest.mark.parametrize("missing", ["renormalise", "zero", "block"])
def test_a_unit_of_which_nothing_is_known_is_unknown_under_every_policy(missing: str) -> None:
    result = evaluated(model_of(THREE, [unit(missing=missing)]), {}).units["top"]
    assert (result.score, result.coverage, result.status) == (None, 0, Status.UNKNOWN)


def test_weights_of_0_6_0_3_and_0_1_make_exactly_one() -> None:
    model = model_of([kpi("a", weight="0.6"), kpi("b", weight="0.3"), kpi("c", weight="0.1")])
    evaluator = evaluated(model, {("top", name): 100 for name in "abc"})
    assert evaluator.units["top"].score == 100 * POINT
    assert [evaluator.kpis["top", name].contribution for name in "abc"] == [60 * POINT, 30 * POINT, 10 * POINT]


def test_the_declared_share_of_child_units_is_mixed_in() -> None:
    kpis = [kpi("own", weight=60), kpi("k", applies_to=["x", "y"])]
    model = model_of(kpis, [unit(child_share=40), unit("x", "top", weight=3), unit("y", "top")])
    evaluator = evaluated(model, {("top", "own"): 50, ("x", "k"): 100, ("y", "k"): 20})
    assert evaluator.units["top"].score == (60 * 50 + 40 * 80) * POINT // 100
    assert evaluator.kpis["top", "own"].contribution == 30 * POINT


def test_without_children_that_score_a_declared_share_does_not_count() -> None:
    model = model_of([kpi("own", weight=60)], [unit(child_share=40), unit("bare", "top")])
    evaluator = evaluated(model, {("top", "own"): 50})
    assert (evaluator.units["top"].score, evaluator.units["top"].coverage) == (50 * POINT, 1)
    assert "bare" not in evaluator.units


def test_absent_zero_is_zero_and_absent_unknown_is_unknown() -> None:
    model = model_of([kpi("a", weight=50), kpi("b", weight=50)])
    metrics = [metric.model_copy(update={"absent": "zero"}) if metric.id == "a" else metric for metric in model.metrics]
    evaluator = evaluated(model.model_copy(update={"metrics": metrics}), {})
    assert (evaluator.kpis["top", "a"].value, evaluator.kpis["top", "a"].score) == (0, 0)
    assert (evaluator.kpis["top", "b"].value, evaluator.kpis["top", "b"].score) == (None, None)
    assert evaluator.units["top"].coverage == Fraction(1, 2)


def test_a_metric_without_match_is_zero_once_its_event_was_seen() -> None:
    evaluator = evaluated(model_of([kpi("a")]), {})
    evaluator.apply({("20260601", "max"): {"@e|top|0": JUNE + HOUR}})
    evaluator.tick(JUNE + DAY)
    assert (evaluator.kpis["top", "a"].value, evaluator.kpis["top", "a"].event_ms) == (0, JUNE + HOUR)


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(-9, 9) | st.integers(-(10**18), 10**18), max_size=8))
def test_shares_always_sum_to_the_total(total: int, parts: list[int]) -> None:
    split = shares(total, parts)
    assert sum(split) == (total if sum(parts) else 0)
    for part, given_ in zip(parts, split, strict=True):
        assert not sum(parts) or abs(given_ - Fraction(total * part, sum(parts))) < 1


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**20))
def test_half_even_rounds_as_the_standard_library_does(numerator: int, denominator: int) -> None:
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))
