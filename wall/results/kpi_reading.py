"""One KPI at one unit over one of its periods, read from the counters that concern it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.board import KpiResult
from scoring.branch import branch, only
from scoring.calendar import MINUTE_MS, BusinessCalendar, Period
from scoring.compile import compile_scorecard
from scoring.counters import Increments
from scoring.evaluator import Evaluator
from scoring.forms import BucketKind
from scoring.scorecard import Cell, Scorecard

from ..board_follower import BoardView
from ..wiring import Site
from .selected import Selection, join


@dataclass(frozen=True, slots=True)
class KpiReading:
    """A KPI at a unit in a period: its cell, what was counted for it, and the evaluator that read it."""

    cell: Cell
    card: Scorecard
    period: Period
    counted: Increments
    evaluator: Evaluator

    @property
    def result(self) -> KpiResult:
        """The KPI's result at the end of the period, or now."""
        return self.evaluator.kpis[self.cell.key]

    def counts_for(self, unit: str, ms: int) -> bool:
        """Whether what happened at a unit at a moment counts for the KPI."""
        if not self.period.start_ms <= ms < self.period.end_ms:
            return False
        placed, node = self.card.moves.get(unit), self.card.nodes.get(unit)
        if node is None:
            return False
        above = placed.ancestors[placed.era(ms)] if placed else node.ancestors
        return unit == self.cell.unit or self.cell.unit in above

    def counters(self, metrics: frozenset[str]) -> Iterator[tuple[str, str, int]]:
        """Metric, part and amount of every whole number counted for the KPI by one of some metrics."""
        for amounts in self.counted.values():
            for counter, amount in amounts.items():
                name, unit, minutes, *rest = counter.split("|")
                if name in metrics and isinstance(amount, int) and self.counts_for(unit, int(minutes) * MINUTE_MS):
                    yield name, rest[0] if rest else "", amount


class KpiReader:
    """Reads KPIs of one site, with nothing hidden; for any number of threads."""

    def __init__(self, site: Site, view: BoardView) -> None:
        self._site = site
        self._view = view

    def read(
        self, unit: str, kpi: str, period: Period, now_ms: int, trend: BucketKind | None = None, parts: bool = False
    ) -> KpiReading | None:
        """The KPI in a period up to now, with what dimensions keep apart if `parts` are asked for.

        None where it did not stand at the unit at the period's end.
        """
        applied = self._view.applied
        below, calendar = branch(applied.model, unit), BusinessCalendar(applied.model.calendar)
        model, moment = below.model, min(period.end_ms, now_ms) - 1
        card = compile_scorecard(model, calendar.business_date(moment))
        cell = next((one for one in card.nodes[unit].cells if one.rule.kpi.id == kpi), None)
        if cell is None:
            return None
        selection = Selection(model, below.homes, cell.rule.metrics)
        counters, counted = self._site.counters(applied.generation), Increments()
        first, last = calendar.slot(period.start_ms).day, calendar.slot(period.end_ms - 1).day
        for partition in self._site.log.partitions():
            days = [day for day in counters.days(partition) if first <= day <= last]
            names = (lambda day, operation, held: None) if parts else selection.names
            found = counters.selected(partition, days, names)
            join(found, selection, lambda ms: ms, below.homes, counted, parts=parts)
        evaluator = Evaluator(
            model, calendar, moment, until_ms=period.end_ms, scorecard=only(card, cell, trend)
        )  # fmt: skip
        evaluator.apply(counted)
        evaluator.tick(min(period.end_ms, now_ms))
        return KpiReading(cell, card, period, counted, evaluator)
