"""Business time: event time becomes buckets and periods in the company's calendar and zone.

Moments are integer milliseconds since the epoch; days and periods are half-open, [start, end).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from .definitions import Calendar, Shift
from .forms import BucketKind, PeriodKind

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Period:
    """A running period of one kind."""

    kind: PeriodKind
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a minute of event time is counted: its business day and the start of its bucket of each kind."""

    day: str
    minute: int
    hour: int
    day_start: int

    def bucket_ms(self, kind: BucketKind) -> int:
        """The start of the bucket of this kind."""
        return self.hour if kind == "hour" else self.minute if kind == "minute" else self.day_start


class BusinessCalendar:
    """The questions that buckets, periods and pace ask of a `Calendar`; answers depend on nothing else."""

    def __init__(self, calendar: Calendar) -> None:
        self.definition = calendar
        self.zone = ZoneInfo(calendar.zone)
        self._day_starts = _clock_ms(calendar.day_starts)
        self._holidays = frozenset(calendar.holidays)
        self._working_dates = frozenset(calendar.working_dates)
        self.day_start_ms = lru_cache(maxsize=4096)(self._day_start_ms)
        self.working_spans = lru_cache(maxsize=4096)(self._working_spans)
        self._hour = lru_cache(maxsize=1 << 14)(self._plain_hour)
        self._slot = lru_cache(maxsize=1 << 16)(self._slot_of_minute)
        self.period = lru_cache(maxsize=512)(self._period_by_minute)

    def local(self, ms: int) -> dt.datetime:
        """The moment on the company's clock."""
        return dt.datetime.fromtimestamp(ms / 1000, self.zone)

    def business_date(self, ms: int) -> dt.date:
        """The business day a moment belongs to."""
        date = self.local(ms).date()
        return date if ms >= self.day_start_ms(date) else date - dt.timedelta(days=1)

    def _day_start_ms(self, date: dt.date) -> int:
        return self._at(date, self._day_starts)

    def _at(self, date: dt.date, clock_ms: int) -> int:
        """The moment the company's clock shows `clock_ms` after midnight of `date`."""
        days, rest = divmod(clock_ms, DAY_MS)
        moment = dt.datetime.combine(date + dt.timedelta(days=days), dt.time(), self.zone)
        return int((moment + dt.timedelta(milliseconds=rest)).timestamp() * 1000)

    def slot(self, ms: int) -> Slot:
        """The day and buckets of a moment."""
        return self._slot(ms - ms % MINUTE_MS)

    def _slot_of_minute(self, ms: int) -> Slot:
        hour = self._hour(ms // HOUR_MS)
        if hour is None:
            return self._slot_by_the_clock(ms)
        day, day_start, shift = hour
        return Slot(day, ms, max(ms - (ms + shift) % HOUR_MS, day_start), day_start)

    def _plain_hour(self, hour: int) -> tuple[str, int, int] | None:
        """Day, its start and the clock's shift against full hours, if no day and no clock changes within the hour."""
        first, last = hour * HOUR_MS, hour * HOUR_MS + HOUR_MS - 1
        date, offset = self.business_date(first), self.local(first).utcoffset()
        if offset is None or offset != self.local(last).utcoffset() or date != self.business_date(last):
            return None
        return f"{date:%Y%m%d}", self.day_start_ms(date), int(offset.total_seconds()) * 1000 % HOUR_MS

    def _slot_by_the_clock(self, ms: int) -> Slot:
        date = self.business_date(ms)
        into_hour, day_start = self.local(ms).minute * MINUTE_MS, self.day_start_ms(date)
        return Slot(f"{date:%Y%m%d}", ms, max(ms - into_hour, day_start), day_start)

    def works(self, date: dt.date) -> bool:
        """Whether a business date is a working day."""
        if date in self._working_dates:
            return True
        return _WEEKDAYS[date.weekday()] in self.definition.working_days and date not in self._holidays

    def _working_spans(self, date: dt.date) -> tuple[tuple[int, int], ...]:
        if not self.works(date):
            return ()
        if not self.definition.shifts:
            return ((self.day_start_ms(date), self.day_start_ms(date + dt.timedelta(days=1))),)
        return merged([self._shift_span(shift, date) for shift in self.definition.shifts])

    def _shift_span(self, shift: Shift, date: dt.date) -> tuple[int, int]:
        return self.clock_span(date, (shift.start, shift.end))

    def clock_span(self, date: dt.date, clock: tuple[str, str]) -> tuple[int, int]:
        """The moments at which the company's clock shows the two times, the first of them on a business day.

        An end that is not after the start is the next time the clock shows it.
        """
        start, end = _clock_ms(clock[0]), _clock_ms(clock[1])
        if start < self._day_starts:
            start, end = start + DAY_MS, end + DAY_MS
        return self._at(date, start), self._at(date, end if end > start else end + DAY_MS)

    def working_ms(self, start_ms: int, end_ms: int) -> int:
        """The working time between two moments; time that shifts of two days share counts once."""
        date, last, total = self.business_date(start_ms) - dt.timedelta(days=1), self.business_date(end_ms), 0
        while date <= last:
            for start, end in self.working_spans(date):
                start_ms = max(start, start_ms)
                total += max(0, min(end, end_ms) - start_ms)
                start_ms = max(end, start_ms)
            date += dt.timedelta(days=1)
        return total

    def shift_at(self, ms: int) -> tuple[Shift, int, int] | None:
        """The shift running at a moment with its start and end, if any."""
        today = self.business_date(ms)
        for date in (today, today - dt.timedelta(days=1)):
            for shift in self.definition.shifts if self.works(date) else ():
                start, end = self._shift_span(shift, date)
                if start <= ms < end:
                    return shift, start, end
        return None

    def stands_until_ms(self, period: Period, ms: int) -> int:
        """When a period that `period_at` gave for a moment gives way to another.

        Outside all shifts that is when the next one begins, at the latest with the business day.
        """
        if ms < period.end_ms:
            return period.end_ms
        date = self.business_date(ms)
        spans = [self._shift_span(shift, date) for shift in self.definition.shifts if self.works(date)]
        return min([self.day_start_ms(date + dt.timedelta(days=1)), *(start for start, _ in spans if start > ms)])

    def period_at(self, kind: PeriodKind, ms: int) -> Period:
        """The period of a kind that a moment lies in."""
        return self.period(kind, ms - ms % MINUTE_MS)

    def _period_by_minute(self, kind: PeriodKind, ms: int) -> Period:
        if kind == "shift":
            running = self.shift_at(ms)
            return Period(kind, *running[1:]) if running else self._between_shifts(ms)
        first, following = _date_span(kind, self.business_date(ms), _WEEKDAYS.index(self.definition.week_starts))
        return Period(kind, self.day_start_ms(first), self.day_start_ms(following))

    def _between_shifts(self, ms: int) -> Period:
        """Outside all shifts the last shift of the past two weeks still stands."""
        date = self.business_date(ms)
        for back in range(15):
            spans = [self._shift_span(s, date - dt.timedelta(days=back)) for s in self.definition.shifts
                     if self.works(date - dt.timedelta(days=back))]  # fmt: skip
            ended = [span for span in spans if span[1] <= ms]
            if ended:
                return Period("shift", *max(ended))
        return Period("shift", self.day_start_ms(date), self.day_start_ms(date + dt.timedelta(days=1)))


def _clock_ms(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * HOUR_MS + int(minutes) * MINUTE_MS


def merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Overlapping spans made one.

    >>> merged([(5, 9), (0, 6)])
    ((0, 9),)
    """
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _date_span(kind: PeriodKind, date: dt.date, week_starts: int) -> tuple[dt.date, dt.date]:
    """First date of the period and first date after it.

    >>> _date_span("quarter", dt.date(2026, 5, 4), 0)
    (datetime.date(2026, 4, 1), datetime.date(2026, 7, 1))
    """
    if kind == "day":
        return date, date + dt.timedelta(days=1)
    if kind == "week":
        first = date - dt.timedelta(days=(date.weekday() - week_starts) % 7)
        return first, first + dt.timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = date.replace(month=(date.month - 1) // months * months + 1, day=1)
    following = first + dt.timedelta(days=31 * months)
    return first, following.replace(day=1)
