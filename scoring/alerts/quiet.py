"""Quiet hours: when nobody is told of a rule's alerts, and until when."""

from __future__ import annotations

import datetime as dt

from ..calendar import DAY_MS, BusinessCalendar
from .rules import AlertRule, Quiet

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Quiet times that follow each other without a gap are followed so far; a rule quiet for longer is never told.
_LONGEST_MS = 31 * DAY_MS


def quiet_until_ms(rule: AlertRule, calendar: BusinessCalendar, now_ms: int) -> int | None:
    """When people may be told again, business time; None where they may be told now.

    Quiet times that overlap or follow each other are one.
    """
    if rule.quiet is None:
        return None
    until_ms = now_ms
    while (later := _ends_ms(rule.quiet, calendar, until_ms)) is not None and until_ms < now_ms + _LONGEST_MS:
        until_ms = later
    return until_ms if until_ms > now_ms else None


def _ends_ms(quiet: Quiet, calendar: BusinessCalendar, ms: int) -> int | None:
    """When the quiet times that hold at a moment end, the last of them; None where none holds."""
    date, day = calendar.business_date(ms), dt.timedelta(days=1)
    ends = [end for start, end in _spans(quiet, calendar, date) if start <= ms < end]
    off_day = quiet.outside_working_days and not calendar.works(date)
    if off_day or _WEEKDAYS[date.weekday()] in quiet.weekdays:
        ends.append(calendar.day_start_ms(date + day))
    return max(ends, default=None)


def _spans(quiet: Quiet, calendar: BusinessCalendar, date: dt.date) -> list[tuple[int, int]]:
    """The hours and shifts of a business day, and those of the day before, which may run into it."""
    spans = []
    for one in (date - dt.timedelta(days=1), date):
        if quiet.hours is not None:
            spans.append(calendar.clock_span(one, quiet.hours))
        for shift in calendar.definition.shifts if calendar.works(one) else ():
            if shift.id in quiet.shifts:
                spans.append(calendar.clock_span(one, (shift.start, shift.end)))
    return spans
