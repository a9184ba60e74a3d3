"""Courses: how a KPI's value came to be within its period, against how it came to be in earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import KpiResult
from scoring.calendar import BusinessCalendar, Period
from scoring.forms import BucketKind, PeriodKind
from scoring.scores import elapsed_share

from .kpi_reading import KpiReader, KpiReading

#: The buckets of a course by the kind of its period.
_BUCKETS: dict[PeriodKind, BucketKind] = {"shift": "hour", "day": "hour"}


@dataclass(frozen=True, slots=True)
class Step:
    """The value at the end of a bucket, and the share of the period's working time that had passed by then."""

    end_ms: int
    share: Fraction
    value: Fraction | None


@dataclass(frozen=True, slots=True)
class Course:
    """A KPI over one period, with its result at the end of it or now."""

    period: Period
    running: bool
    result: KpiResult
    steps: tuple[Step, ...]

    def at(self, share: Fraction) -> Fraction | None:
        """The value when a share of the working time had passed; that of the last bucket that had ended by then."""
        passed = [step for step in self.steps if step.share <= share]
        return passed[-1].value if passed else None


def courses(
    reader: KpiReader, calendar: BusinessCalendar, unit: str, kpi: str, periods: Sequence[Period], now_ms: int
) -> list[Course]:
    """The courses of a KPI in periods of its own kind, where it stood at the unit; oldest first as they are given."""
    found = []
    for period in periods:
        reading = reader.read(unit, kpi, period, now_ms, _BUCKETS.get(period.kind, "day"))
        if reading is not None:
            steps = _steps(reading, calendar, now_ms)
            found.append(Course(period, period.end_ms > now_ms, reading.result, steps))
    return found


def _steps(reading: KpiReading, calendar: BusinessCalendar, now_ms: int) -> tuple[Step, ...]:
    period, cell = reading.period, reading.evaluator.readings[reading.cell.key]
    kind = _BUCKETS.get(period.kind, "day")
    starts = _starts(calendar, period, kind, min(now_ms, period.end_ms))
    ends = [*starts[1:], min(now_ms, period.end_ms)]
    values = [reading.cell.rule.formula(values) for values in cell.running_values(starts)]
    return tuple(
        Step(end, elapsed_share(calendar, period, end), value) for end, value in zip(ends, values, strict=True)
    )


def _starts(calendar: BusinessCalendar, period: Period, kind: BucketKind, end_ms: int) -> list[int]:
    """The starts of all buckets of a period up to a moment, oldest first."""
    found, at = [], end_ms - 1
    while at >= period.start_ms:
        found.append(max(period.start_ms, calendar.slot(at).bucket_ms(kind)))
        at = found[-1] - 1
    return found[::-1]
