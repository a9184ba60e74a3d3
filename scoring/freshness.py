"""Whether a source still speaks: quiet time is measured in the hours it is expected to send in."""

from __future__ import annotations

import datetime as dt

from .board import Freshness, SourceState
from .calendar import BusinessCalendar
from .definitions import Source

#: Quiet time is measured back this far; every source is silent long before.
_LOOK_BACK_MS = 40 * 86_400_000


def source_state(source: Source, calendar: BusinessCalendar, event_ms: int | None, now_ms: int) -> SourceState:
    """The state of a source whose newest event happened at `event_ms`; one never heard of is silent."""
    if event_ms is None:
        return SourceState(source.id, None, Freshness.SILENT)
    quiet_s = expected_ms(source, calendar, max(event_ms, now_ms - _LOOK_BACK_MS), now_ms) / 1000
    if quiet_s > source.silent_after:
        return SourceState(source.id, event_ms, Freshness.SILENT)
    return SourceState(source.id, event_ms, Freshness.STALE if quiet_s > source.stale_after else Freshness.LIVE)


def expected_ms(source: Source, calendar: BusinessCalendar, start_ms: int, end_ms: int) -> int:
    """How much of a span lies in the hours and days a source is expected to send in."""
    if source.hours is None and not source.working_days_only:
        return max(0, end_ms - start_ms)
    day, last, total = dt.timedelta(days=1), calendar.business_date(end_ms), 0
    date = calendar.business_date(start_ms) - day
    while date <= last:
        if not source.working_days_only or calendar.works(date):
            whole = calendar.day_start_ms(date), calendar.day_start_ms(date + day)
            opens, closes = calendar.clock_span(date, source.hours) if source.hours else whole
            total += max(0, min(closes, end_ms) - max(opens, start_ms))
        date += day
    return total
