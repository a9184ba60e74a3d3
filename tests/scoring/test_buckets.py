"""A period in buckets: amounts and plans add up, and each bucket is judged by its own part."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from scoring.board import KpiResult, Series, Status
from scoring.buckets import buckets
from scoring.calendar import HOUR_MS, BusinessCalendar
from scoring.definitions import Calendar, Kpi
from scoring.scores import elapsed_share

EIGHT_MS = 1_773_792_000_000  # 2026-03-18 08:00 in Shanghai
SHIFT_MS = 8 * HOUR_MS
CALENDAR = BusinessCalendar(
    Calendar.model_validate({
        "zone": "Asia/Shanghai",
        "shifts": [{"id": "early", "title": "Early", "start": "08:00", "end": "16:00"}],
    })
)  # fmt: skip


def _kpi(**more: Any) -> Kpi:
    given = {"id": "k", "title": "K", "value": "m", "applies_to": ["x"], "target": 500, "accrues": True, "weight": 1}
    return Kpi.model_validate({**given, "period": "shift", "trend": "hour", **more})


def _result(value: int, now_ms: int) -> KpiResult:
    period = CALENDAR.period("shift", EIGHT_MS)
    elapsed = elapsed_share(CALENDAR, period, now_ms)
    due = 500 * elapsed
    return KpiResult("u", "k", period.start_ms, period.end_ms, elapsed, Fraction(value), Fraction(500), due,
                     Fraction(value) / due, 0, 0, 0, Status.GOOD, now_ms)  # fmt: skip


def _series(reached: list[int | None], now_ms: int) -> Series:
    period = CALENDAR.period("shift", EIGHT_MS)
    starts = tuple(EIGHT_MS + hour * HOUR_MS for hour in range(len(reached)))
    ends = [*starts[1:], now_ms]
    due = tuple(500 * elapsed_share(CALENDAR, period, end) for end in ends)
    return Series(starts, tuple(None if one is None else Fraction(one) for one in reached), due)


def test_amounts_add_up_to_the_value_and_plans_to_the_target() -> None:
    now = EIGHT_MS + 6 * HOUR_MS + 24 * 60_000
    found = buckets(_kpi(), _result(376, now), _series([62, 126, 187, 243, 298, 354, 376], now), CALENDAR)
    assert [bucket.amount for bucket in found] == [62, 64, 61, 56, 55, 56, 22, None]
    assert sum(bucket.plan for bucket in found) == 500
    assert sum(bucket.due or 0 for bucket in found) == 400
    assert [bucket.running for bucket in found] == [False] * 6 + [True, False]


def test_a_bucket_is_judged_by_its_own_part_of_the_plan() -> None:
    now = EIGHT_MS + 4 * HOUR_MS
    found = buckets(_kpi(), _result(170, now), _series([62, 112, 150, 170], now), CALENDAR)
    assert [str(bucket.status) for bucket in found[:5]] == ["good", "watch", "bad", "bad", "unknown"]


def test_a_series_that_does_not_reach_back_lacks_the_amount_of_its_first_point() -> None:
    now = EIGHT_MS + 6 * HOUR_MS
    series = _series([62, 126, 187, 243, 298, 354], now)
    later = replace(series, bucket_start_ms=series.bucket_start_ms[2:], values=series.values[2:], due=series.due[2:])
    found = buckets(_kpi(), _result(354, now), later, CALENDAR)
    assert [bucket.amount for bucket in found] == [56, 55, 56]


def test_hours_before_the_first_event_are_unknown_not_zero() -> None:
    now = EIGHT_MS + 3 * HOUR_MS
    found = buckets(_kpi(), _result(60, now), _series([None, None, 60], now), CALENDAR)
    assert [bucket.amount for bucket in found[:3]] == [None, None, 60]
    assert found[0].status is Status.UNKNOWN


def test_a_rate_shows_its_value_at_each_bucket_against_the_target() -> None:
    now = EIGHT_MS + 2 * HOUR_MS
    rate = _kpi(accrues=False, target=50)
    series = replace(_series([60, 40], now), due=(Fraction(50), Fraction(50)))
    found = buckets(rate, _result(40, now), series, CALENDAR)
    assert [bucket.amount for bucket in found] == [60, 40]
    assert [str(bucket.status) for bucket in found] == ["good", "bad"]
    assert not any(bucket.running for bucket in found)
