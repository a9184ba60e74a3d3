"""Timelines: how one unit and its KPIs stood at the end of each of the last periods, and how they stand now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from scoring.board import KpiResult, UnitScore
from scoring.branch import branch, narrowed, scored_for
from scoring.calendar import BusinessCalendar, Period
from scoring.compile import compile_scorecard
from scoring.counters import Increments
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard
from streams.redis_adapters.site import AppliedModel

from ..board_follower import BoardView
from ..wiring import Site
from .frozen_results import frozen_results
from .period_names import period_name
from .selected import Selection, join

Kind = Literal["day", "week", "month", "quarter", "year"]
#: Points kept: a unit's KPIs take some kilobytes each.
_KEPT = 8192
#: What of a partition's counters changes when a past period's do.
Mark = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeriodPoint:
    """How a unit stood at the end of a period, or stands in the running one; nothing where nothing is known of it.

    A KPI of a shorter period than the point's stands as its last one did, one of a longer as far as it had come.
    """

    start_ms: int
    end_ms: int
    running: bool
    score: UnitScore | None = None
    kpis: Mapping[str, KpiResult] = field(default_factory=dict)


class Timelines:
    """Timelines of one site, with nothing hidden; for any number of threads.

    A past point is kept until an event comes late or the model is applied anew; a closed period is as it was frozen.
    """

    def __init__(self, site: Site, view: BoardView) -> None:
        self._site = site
        self._view = view
        self._held: OrderedDict[tuple[int, str, int, int], tuple[Mark, PeriodPoint]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, unit: str, kind: Kind, count: int) -> list[PeriodPoint]:
        """The last `count` periods of a kind, oldest first; the last one runs and is as on the board."""
        applied = self._view.applied
        calendar = BusinessCalendar(applied.model.calendar)
        periods = [calendar.period_at(kind, self._view.board().as_of_ms)]
        while len(periods) < count:
            periods.append(calendar.period_at(kind, periods[-1].start_ms - 1))
        running, *past = periods
        return [*self._past(applied, calendar, unit, past[::-1]), self._running(unit, running)]

    def _running(self, unit: str, period: Period) -> PeriodPoint:
        board = self._view.board()
        kpis = {kpi.id: (unit, kpi.id) for kpi in self._view.applied.model.kpis}
        found = {kpi: board.kpis[key] for kpi, key in kpis.items() if key in board.kpis}
        return PeriodPoint(period.start_ms, period.end_ms, True, board.units.get(unit), found)

    def _past(
        self, applied: AppliedModel, calendar: BusinessCalendar, unit: str, periods: Sequence[Period]
    ) -> list[PeriodPoint]:
        frozen = frozen_results(self._site.journal, {period_name(one, calendar): one for one in periods}, unit)
        states = self._states(applied)
        found: dict[Period, PeriodPoint] = {}
        missing: dict[Period, Mark] = {}
        for period in periods:
            if period in frozen:
                found[period] = PeriodPoint(period.start_ms, period.end_ms, False, *frozen[period])
                continue
            mark = states.mark(period.end_ms)
            held = self._known(applied, unit, period)
            if held is not None and held[0] == mark:
                found[period] = held[1]
            else:
                missing[period] = mark
        if missing:
            made = _Reading(self._site, applied, calendar, unit).points(list(missing))
            for period, point in made.items():
                found[period] = point
                self._keep(applied, unit, period, missing[period], point)
        return [found[period] for period in periods]

    def _states(self, applied: AppliedModel) -> _States:
        counters = self._site.counters(applied.generation)
        counts = [counters.counts(one) for one in self._site.log.partitions()]
        return _States(counts, applied.model.accept.late_after * 1000)

    def _known(self, applied: AppliedModel, unit: str, period: Period) -> tuple[Mark, PeriodPoint] | None:
        key = applied.applied_ms, unit, period.start_ms, period.end_ms
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def _keep(self, applied: AppliedModel, unit: str, period: Period, mark: Mark, point: PeriodPoint) -> None:
        with self._lock:
            self._held[applied.applied_ms, unit, period.start_ms, period.end_ms] = mark, point
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _States:
    """How far each partition is counted, with what tells whether an event came for a period that had passed."""

    counts: Sequence[Mapping[str, str]]
    late_ms: int

    def mark(self, end_ms: int) -> Mark:
        """Where events have gone on past the period, one for it counts as late; elsewhere any event may be for it."""
        return tuple(self._mark(one, end_ms) for one in self.counts)

    def _mark(self, state: Mapping[str, str], end_ms: int) -> str:
        passed = int(state.get("newest_ms", 0)) - self.late_ms >= end_ms
        return f"late {state.get('late', 0)}" if passed else f"at {state.get('position', '')}"


class _Reading:
    """Evaluates a unit at the end of periods, from the counters that concern it, read once for all of them."""

    def __init__(self, site: Site, applied: AppliedModel, calendar: BusinessCalendar, unit: str) -> None:
        self._counters = site.counters(applied.generation)
        self._partitions = site.log.partitions()
        self._calendar = calendar
        self._unit = unit
        self._branch = branch(applied.model, unit)
        self._accepted = f"{applied.model.accept.after:%Y%m%d}"
        self._former: Scorecard | None = None

    def points(self, periods: Sequence[Period]) -> dict[Period, PeriodPoint]:
        """A point for each period; an empty one where it ended before anything was counted."""
        days = sorted({day for one in self._partitions for day in self._counters.days(one) if day >= self._accepted})
        counted = [one for one in periods if days and self._calendar.slot(one.end_ms - 1).day >= days[0]]
        empty = {one: PeriodPoint(one.start_ms, one.end_ms, False) for one in periods}
        return {**empty, **self._counted(counted, days)} if counted else empty

    def _counted(self, periods: Sequence[Period], days: Sequence[str]) -> dict[Period, PeriodPoint]:
        cards = {one: self._scorecard(one) for one in periods}
        evaluators = {
            one: Evaluator(self._branch.model, self._calendar, one.end_ms - 1, until_ms=one.end_ms,
                           scorecard=narrowed(card, self._unit))
            for one, card in cards.items()
        }  # fmt: skip
        spans = {
            one: (self._calendar.slot(made.first_day_ms()).day, self._calendar.slot(one.end_ms - 1).day)
            for one, made in evaluators.items()
        }
        first, last = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
        increments = self._increments(cards.values(), [day for day in days if first <= day <= last])
        found = {}
        for period, evaluator in evaluators.items():
            begins, ends = spans[period]
            evaluator.apply({group: one for group, one in increments.items() if begins <= group[0] <= ends})
            evaluator.tick(period.end_ms)
            found[period] = self._point(period, evaluator)
        return found

    def _scorecard(self, period: Period) -> Scorecard:
        """The branch's scorecard of the period's last day; what it shares with another is the same object."""
        self._former = compile_scorecard(
            self._branch.model, self._calendar.business_date(period.end_ms - 1), self._former
        )
        return self._former

    def _increments(self, cards: Iterable[Scorecard], days: Sequence[str]) -> Increments:
        cards = list(cards)
        needed = {unit for card in cards for unit in scored_for(card, self._unit)}
        cells = [cell for card in cards for unit in needed & card.nodes.keys() for cell in card.nodes[unit].cells]
        metrics = {metric.id: metric for cell in cells for metric in cell.rule.metrics}
        selection = Selection(self._branch.model, self._branch.homes, metrics.values())
        shifts = any(cell.period == "shift" for cell in cells)
        start_of = (lambda ms: ms) if shifts else (lambda ms: self._calendar.slot(ms).day_start)
        joining = partial(join, selection=selection, start_of=start_of, homes=self._branch.homes)
        whole: Increments = {}
        for partition in self._partitions:
            joining(self._counters.selected(partition, days, selection.names), into=whole)
        return whole

    def _point(self, period: Period, evaluator: Evaluator) -> PeriodPoint:
        kpis = {kpi: result for (unit, kpi), result in evaluator.kpis.items() if unit == self._unit}
        ordered = {kpi.id: kpis[kpi.id] for kpi in self._branch.model.kpis if kpi.id in kpis}
        return PeriodPoint(period.start_ms, period.end_ms, False, evaluator.units.get(self._unit), ordered)
