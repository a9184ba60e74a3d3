"""Results as they stood at the end of a day or period, evaluated from the counters in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, merge_into
from scoring.definitions import Model
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard
from streams.redis_adapters.site import AppliedModel

from ..wiring import Site


class Past:
    """Evaluates a site's past under the model in force, or under another one that counts alike."""

    def __init__(self, site: Site, applied: AppliedModel) -> None:
        self._counters = site.counters(applied.generation)
        self._partitions = site.log.partitions()
        self.model = applied.model
        self.calendar = BusinessCalendar(applied.model.calendar)

    def at(self, end_ms: int, scorecard: Scorecard | None = None) -> Evaluator:
        """Results as of a moment, exclusive; of buckets that it cuts through the whole counts."""
        evaluator = fresh_evaluator(self.model, self.calendar, end_ms, scorecard)
        evaluator.apply(self.counted(evaluator.first_day_ms(), end_ms)[1])
        evaluator.tick(end_ms)
        return evaluator

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
    counters = site.counters(applied.generation)
    return all(site.log.reached(counters.counts(one).get("position", ""), end) for one, end in ends.items())
