"""Silence: when a source, or what feeds a KPI, has been quiet for so long in the time in which it should speak."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from ..calendar import BusinessCalendar, merged
from ..definitions import Model, Source
from .sources import Sources

#: A silence that would be reached later than this is as good as never.
_LONGEST_DAYS = 400
_DAY = dt.timedelta(days=1)


class Silences:
    """When silences of a model's sources are reached; the spans of a day are worked out once."""

    def __init__(self, model: Model, calendar: BusinessCalendar) -> None:
        self._sources = {source.id: source for source in model.sources}
        self._calendar = calendar
        self._spans = lru_cache(4096)(self._spans_of)

    def reached_ms(self, sources: Sources, event_ms: int, after_s: int) -> int | None:
        """When it will have been quiet for `after_s` since an event: working time in which any of the sources sends.

        None where that is more than 400 days away.
        """
        left_ms, date = after_s * 1000, self._calendar.business_date(event_ms) - _DAY
        at_ms, last = event_ms, date + _LONGEST_DAYS * _DAY
        while date <= last:
            for start_ms, end_ms in self._spans(sources, date):
                start_ms = max(start_ms, at_ms)
                if end_ms - start_ms >= left_ms:
                    return start_ms + left_ms
                left_ms -= max(0, end_ms - start_ms)
                at_ms = max(at_ms, end_ms)
            date += _DAY
        return None

    def _spans_of(self, sources: Sources, date: dt.date) -> tuple[tuple[int, int], ...]:
        """The working time of a business day in which any of the sources sends; without sources all of it."""
        working = self._calendar.working_spans(date)
        if not sources:
            return working
        found = [span for name in sources for span in self._sending(self._sources[name], date, working)]
        return merged(found)

    def _sending(self, source: Source, date: dt.date, working: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
        if source.hours is None:
            return list(working)
        opens, closes = self._calendar.clock_span(date, source.hours)
        cut = [(max(start, opens), min(end, closes)) for start, end in working]
        return [(start, end) for start, end in cut if start < end]
