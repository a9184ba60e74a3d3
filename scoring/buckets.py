"""A KPI's period in buckets: what each brought, against its own part of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .board import KpiResult, Series, Status
from .calendar import HOUR_MS, BusinessCalendar, Period
from .definitions import Kpi
from .forms import BucketKind
from .scores import attainment, pace_moment_ms, status_of

#: A period of more buckets is shown up to now; in a row, its rest would be most of it.
MOST_BUCKETS = 48
#: From the start of a bucket it is this far into the next one, whatever the clocks do.
_INTO_NEXT_MS = {"hour": HOUR_MS, "day": 26 * HOUR_MS}


@dataclass(frozen=True, slots=True)
class Bucket:
    """What accrues: the bucket's own amount; a rate: its value as it stood at the end of the bucket.

    `plan` is of the whole bucket, `due` the part of it that is due by now; both are the target of a rate. A bucket to
    come has no `due`.
    """

    start_ms: int
    amount: Fraction | None
    due: Fraction | None
    plan: Fraction
    status: Status

    @property
    def running(self) -> bool:
        """Whether part of its plan is still to come."""
        return self.due is not None and self.due != self.plan


def buckets(kpi: Kpi, result: KpiResult, series: Series, calendar: BusinessCalendar) -> tuple[Bucket, ...]:
    """The buckets of a series, and those to come until the period ends; a bucket whose amount is not told is left out.

    The first point of a series that does not reach back to the period's start has no own amount.
    """
    if kpi.trend is None or not series.values:
        return ()
    if not kpi.accrues:
        return tuple(_rates(kpi, series))
    whole = series.bucket_start_ms[0] <= result.period_start_ms
    starts = [*series.bucket_start_ms]
    ahead = _to_come(kpi.trend, starts[-1], result, calendar) if whole else []
    if len(starts) + len(ahead) > MOST_BUCKETS:
        ahead = []
    last = ahead[0] if ahead else _next(kpi.trend, starts[-1], calendar)
    found = list(_amounts(kpi, result, series, calendar, min(last, result.period_end_ms)))
    for start, end in zip(ahead, [*ahead, result.period_end_ms][1:], strict=True):
        plan = result.target * _share(calendar, result, start, end)
        found.append(Bucket(start, None, None, plan, Status.UNKNOWN))
    return tuple(found if whole else found[1:])


def _rates(kpi: Kpi, series: Series) -> Iterator[Bucket]:
    for start, value, target in zip(series.bucket_start_ms, series.values, series.due, strict=True):
        status = status_of(attainment(kpi, value, target), kpi.status.good, kpi.status.watch)
        yield Bucket(start, value, target, target, status)


def _amounts(kpi: Kpi, result: KpiResult, series: Series, calendar: BusinessCalendar, end_ms: int) -> Iterator[Bucket]:
    """Differences of what had come in, and had fallen due, by the end of each bucket; the last one ends at `end_ms`."""
    reached, fallen = None, Fraction(0)
    last = len(series.values) - 1
    for at, (start, value, due) in enumerate(zip(series.bucket_start_ms, series.values, series.due, strict=True)):
        amount = None if value is None else value - (reached or 0)
        own = due - fallen
        plan = result.target * _share(calendar, result, start, end_ms) if at == last else own
        yield Bucket(start, amount, own, max(plan, own), bucket_status(kpi, amount, own))
        reached, fallen = value if value is not None else reached, due


def bucket_status(kpi: Kpi, amount: Fraction | None, due: Fraction) -> Status:
    """How one bucket stands: one swings more than its period, so it gets by with what the period is warned for.

    >>> kpi = Kpi(id="k", title="", value="m", applies_to=["x"], target=1, accrues=True, weight=1)
    >>> [str(bucket_status(kpi, Fraction(amount), Fraction(100))) for amount in (90, 89, 70, 69)]
    ['good', 'watch', 'watch', 'bad']
    """
    good, watch = kpi.status.good, kpi.status.watch
    return status_of(attainment(kpi, amount, due), watch, watch - Decimal(2) * (good - watch))


def _share(calendar: BusinessCalendar, result: KpiResult, start_ms: int, end_ms: int) -> Fraction:
    """A span's share of the period's working time, at the steps of pace."""
    period = Period("day", result.period_start_ms, result.period_end_ms)  # the kind does not matter to its steps
    total = calendar.working_ms(period.start_ms, period.end_ms)
    first, last = (pace_moment_ms(period, moment) for moment in (start_ms, end_ms))
    return Fraction(calendar.working_ms(first, last), total) if total else Fraction(0)


def _to_come(kind: BucketKind, start_ms: int, result: KpiResult, calendar: BusinessCalendar) -> list[int]:
    """The starts of the buckets after one, within the period; none of minutes, which would be too many."""
    starts: list[int] = []
    following = _next(kind, start_ms, calendar)
    while kind != "minute" and following < result.period_end_ms and len(starts) <= MOST_BUCKETS:
        starts.append(following)
        following = _next(kind, following, calendar)
    return starts


def _next(kind: BucketKind, start_ms: int, calendar: BusinessCalendar) -> int:
    """The start of the next bucket."""
    if kind == "minute":
        return start_ms + 60_000
    return calendar.slot(start_ms + _INTO_NEXT_MS[kind]).bucket_ms(kind)
