"""How long an alert may be snoozed: an hour, until the shift ends, until the next working morning."""

from __future__ import annotations

import datetime as dt

from scoring.calendar import HOUR_MS, BusinessCalendar

#: Where no shift says when a day begins.
MORNING = ("08:00", "24:00")
#: No calendar has more days off in a row.
_AHEAD_DAYS = 31
_DAY = dt.timedelta(days=1)


def snoozes(calendar: BusinessCalendar, now_ms: int) -> tuple[tuple[str, int], ...]:
    """What is offered at a moment, with the moment at which each ends; the end of the shift only while one runs."""
    running = calendar.shift_at(now_ms)
    shift = () if running is None else (("shift", running[2]),)
    return (("hour", now_ms + HOUR_MS), *shift, ("morning", _morning_ms(calendar, now_ms)))


def _morning_ms(calendar: BusinessCalendar, now_ms: int) -> int:
    """When the next working day begins: with its first shift that starts in daylight, else at eight."""
    today = calendar.business_date(now_ms)
    ahead = [today + n * _DAY for n in range(1, _AHEAD_DAYS)]
    date = next((day for day in ahead if calendar.works(day)), ahead[0])
    starts = sorted(shift.start for shift in calendar.definition.shifts if "05:00" <= shift.start <= "11:00")
    return calendar.clock_span(date, (starts[0] if starts else MORNING[0], MORNING[1]))[0]
