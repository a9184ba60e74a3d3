"""Results as they stood at the end of a day or period, evaluated from the counters in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, merge_into
from scoring.definitions import Model
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard
from streams.records import caught_up
from streams.redis_adapters.site import AppliedModel

from ..wiring import Site


class Past:
    """Evaluates a site's past under the model in force, or under another one that counts alike."""

    def __init__(self, site: Site, applied: AppliedModel) -> None:
        self._counters = site.counters(applied.generation)
        self._partitions = site.log.partitions()
        self.model = applied.model
        self.calendar = BusinessCalendar(applied.model.calendar)

    def at(self, end_ms: int) -> Evaluator:
        """Results as of a moment, exclusive; of buckets that it cuts through the whole counts."""
        return self.under(end_ms)[0]

    def under(self, end_ms: int, *others: Callable[[Scorecard], Scorecard]) -> list[Evaluator]:
        """Results as of a moment under the model in force, then under other scorecards made from its own.

        The counters are read once, so all of them are of the same events.
        """
        first = fresh_evaluator(self.model, self.calendar, end_ms)
        cards = [make(first.scorecard) for make in others]
        found = [first, *(fresh_evaluator(self.model, self.calendar, end_ms, card) for card in cards)]
        increments = self.counted(min(one.first_day_ms() for one in found), end_ms)[1]
        for one in found:
            one.apply(increments)
            one.tick(end_ms)
        return found

    def counted(self, start_ms: int, end_ms: int) -> tuple[dict[str, str], Increments]:
        """The counters of all business days from one moment up to another, and how far into the log they stand."""
        days = self.calendar.slot(start_ms).day, self.calendar.slot(end_ms - 1).day
        positions: dict[str, str] = {}
        whole: Increments = {}
        for partition in self._partitions:
            positions[partition], _, increments = self._counters.snapshot(partition, *days)
            merge_into(whole, increments)
        return positions, whole

    def last_day(self, end_ms: int) -> dt.date:
        """The last business day before a moment, exclusive."""
        return self.calendar.business_date(end_ms - 1)


def fresh_evaluator(
    model: Model, calendar: BusinessCalendar, end_ms: int, scorecard: Scorecard | None = None
) -> Evaluator:
    """An evaluator for the periods that run just before a moment, without counters yet."""
    return Evaluator(model, calendar, end_ms - 1, until_ms=end_ms, scorecard=scorecard)


def counted_to(site: Site, ends: Mapping[str, str]) -> bool:
    """Whether the counters in force have reached these positions of the log, by partition."""
    applied = site.store.model()
    if applied is None:
        return False
    return caught_up(site.log, site.counters(applied.generation).positions(ends), ends)
