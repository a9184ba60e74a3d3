"""The incremental evaluation: increments in, changed results out, at a cost that follows what moved.

An evaluator stands for the periods that run when it is made. When one of them ends (`ends_ms`) its maker builds a
new one and feeds it the counters of the new periods, so that an online result is a from-scratch result by design.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache, partial

from .board import KpiResult, Series, UnitScore
from .calendar import DAY_MS, MINUTE_MS, BusinessCalendar, Period
from .compile import compile_scorecard
from .counters import Increments
from .definitions import Model
from .forms import BucketKind
from .readings import CellReadings, Readings
from .scorecard import Cell, Node, Scorecard
from .scores import (
    ChildSums,
    Mean,
    elapsed_share,
    kpi_result,
    mean_of,
    pace_moment_ms,
    unit_score,
    with_contributions,
)

CellKey = tuple[str, str]
#: A series shows at most this many points, the newest.
SERIES_POINTS = 48


@dataclass(frozen=True, slots=True)
class Changes:
    """What one tick moved."""

    kpis: Mapping[CellKey, KpiResult] = field(default_factory=dict)
    units: Mapping[str, UnitScore] = field(default_factory=dict)
    series: Mapping[CellKey, Series] = field(default_factory=dict)


class Evaluator:
    """Holds readings, results and sums of one scorecard; `apply` and `tick` are its only ways in."""

    def __init__(
        self, model: Model, calendar: BusinessCalendar, now_ms: int, *, until_ms: int | None = None,
        scorecard: Scorecard | None = None,
    ) -> None:  # fmt: skip
        self._scorecard = scorecard or compile_scorecard(model, calendar.business_date(now_ms))
        self._calendar = calendar
        self._readings = Readings(self._scorecard, calendar, now_ms, until_ms or now_ms + 400 * DAY_MS)
        self._cells = {cell.key: cell for cell in self._scorecard.cells()}
        self._accruing = {key for key, cell in self._cells.items() if cell.rule.kpi.accrues}
        self._dirty: set[CellKey] = set(self._cells)
        self._queue: dict[int, set[str]] = {}
        self._pace: dict[Period, tuple[int, Fraction]] = {}
        self._elapsed = lru_cache(4096)(partial(elapsed_share, calendar))
        self._bucket_starts = lru_cache(256)(self._starts_of)
        self._sums = {unit: ChildSums() for unit in self._scorecard.nodes}
        self._means = {key: ChildSums() for key, cell in self._cells.items() if cell.rollup == "scores"}
        for unit, node in self._scorecard.nodes.items():
            if node.cells or node.children:
                self._touch(unit)
        self.kpis: dict[CellKey, KpiResult] = {}
        self.units: dict[str, UnitScore] = {}
        self.series: dict[CellKey, Series] = {}

    @property
    def ends_ms(self) -> int:
        """When the first of its periods ends and a new evaluator is due."""
        return self._readings.ends_ms

    @property
    def scorecard(self) -> Scorecard:
        """The compiled scorecard, to be shared by evaluators of the same model."""
        return self._scorecard

    @property
    def readings(self) -> Mapping[CellKey, CellReadings]:
        """What each cell reads."""
        return self._readings.by_cell

    def first_day_ms(self) -> int:
        """The start of the earliest period that it reads."""
        return min((one.period.start_ms for one in self._readings.by_cell.values()), default=0)

    def apply(self, increments: Increments) -> None:
        """Take in what the log has folded to."""
        self._dirty |= self._readings.apply(increments)

    def adopt(self, scorecard: Scorecard) -> bool:
        """Go on under another scorecard; what it changes is evaluated at the next tick.

        False, and nothing done, if it reads other counters or another tree: then a new evaluator is due.
        """
        former = self._scorecard
        changed = [(former.nodes.get(unit), node) for unit, node in scorecard.nodes.items()]
        changed = [(old, new) for old, new in changed if old is not new]
        same_units = former.nodes.keys() == scorecard.nodes.keys() and former.moves == scorecard.moves
        if not same_units or any(old is None or _reads(old) != _reads(new) for old, new in changed):
            return False
        self._scorecard = scorecard
        for old, new in changed:
            if old is not None:
                self._exchange(old, new)
        return True

    def _exchange(self, old: Node, new: Node) -> None:
        if not new.cells and not new.children:
            return  # it has no score
        for before, cell in zip(old.cells, new.cells, strict=True):
            if cell is not before:
                self._cells[cell.key] = cell
                self._readings.exchange(cell)
                self._dirty.add(cell.key)
                (self._accruing.add if cell.rule.kpi.accrues else self._accruing.discard)(cell.key)
            elif cell.key in self._means and old.unit.missing != new.unit.missing:
                self._dirty.add(cell.key)
        self._touch(new.unit.id)
        if old.weight != new.weight and new.ancestors:
            self._reweigh(old, new, new.ancestors[0])

    def _reweigh(self, old: Node, new: Node, parent: str) -> None:
        """Let a unit's scores count with its new weight in its parent's sums."""
        held = self.units.get(new.unit.id)
        if held is not None:
            gone = self._sums[parent].replaced(old.weight, held.score, None)
            self._sums[parent] = gone.replaced(new.weight, None, held.score)
        for cell in new.cells:
            above, result = (parent, cell.rule.kpi.id), self.kpis.get(cell.key)
            if above in self._means and result is not None:
                gone = self._means[above].replaced(old.weight, result.score, None)
                self._means[above] = gone.replaced(new.weight, None, result.score)
                self._dirty.add(above)
        self._touch(parent)

    def tick(self, now_ms: int, before: Changes | None = None) -> Changes:
        """Evaluate what moved since the last tick, as of `now_ms`.

        `before` gives the results of a former evaluator, from which unchanged statuses keep their `since`.
        """
        self._move_pace(now_ms)
        kpis: dict[CellKey, KpiResult] = {}
        series: dict[CellKey, Series] = {}
        dirty, self._dirty = self._dirty, set()
        for key in dirty:
            if key not in self._means:
                self._evaluate(key, now_ms, before, kpis)
            if self._cells[key].trend is not None:
                shown = self._series(self._readings.by_cell[key], now_ms)
                if shown != self.series.get(key):
                    self.series[key] = series[key] = shown
        for key in dirty & self._means.keys():  # rolled-up scores wait for those below
            self._dirty.add(key)
            self._touch(key[0])
        units = self._roll_up(now_ms, before, kpis)
        return Changes(kpis, units, series)

    def _evaluate(self, key: CellKey, now_ms: int, before: Changes | None, kpis: dict[CellKey, KpiResult]) -> None:
        """Evaluate one cell; a new result dirties its unit, and the mean that its parent may make of it."""
        cell, reading = self._cells[key], self._readings.by_cell[key]
        mean = self._mean(cell) if key in self._means else None
        elapsed = self._pace[reading.period][1]
        new = kpi_result(cell, reading.values(), reading.event_ms(), reading.period, elapsed, mean)
        old = self.kpis.get(key)
        if old is not None and replace(new, contribution=old.contribution, since_ms=old.since_ms) == old:
            return
        former = old or (before.kpis.get(key) if before else None)
        kept = former.since_ms if former and former.status == new.status else now_ms
        self.kpis[key] = kpis[key] = replace(new, contribution=old.contribution if old else None, since_ms=kept)
        self._touch(key[0])
        node = self._scorecard.nodes[key[0]]
        above = (node.ancestors[0], key[1]) if node.ancestors else key
        if above != key and above in self._means:
            scores = old.score if old else None, new.score
            self._means[above] = self._means[above].replaced(node.weight, *scores)
            self._dirty.add(above)
            self._touch(above[0])

    def _mean(self, cell: Cell) -> Mean:
        """The weighted mean of the child units' scores of the same KPI."""
        node = self._scorecard.nodes[cell.unit]
        having = [child for child in node.children if (child, cell.rule.kpi.id) in self._cells]
        whole = sum(self._scorecard.nodes[child].weight for child in having)
        return mean_of(self._means[cell.key], whole, node.unit.missing)

    def _move_pace(self, now_ms: int) -> None:
        """Recompute the elapsed share of periods whose pace step has come; accruing cells then move."""
        periods = {self._readings.by_cell[key].period for key in self._dirty}
        for period in periods | self._pace.keys():
            moment_ms = pace_moment_ms(period, now_ms)
            held = self._pace.get(period)
            if held is not None and held[0] == moment_ms:
                continue
            share = elapsed_share(self._calendar, period, moment_ms)
            self._pace[period] = (moment_ms, share)
            if held is not None and held[1] != share:
                self._dirty.update(key for key in self._accruing if self._readings.by_cell[key].period == period)

    def _touch(self, unit: str) -> None:
        """Have a unit scored in this or the next roll-up."""
        self._queue.setdefault(self._scorecard.nodes[unit].depth, set()).add(unit)

    def _roll_up(self, now_ms: int, before: Changes | None, kpis: dict[CellKey, KpiResult]) -> dict[str, UnitScore]:
        """Score the units that moved, deepest first, each handing its change to its parent."""
        changed: dict[str, UnitScore] = {}
        while self._queue:
            for unit in self._queue.pop(max(self._queue)):
                node = self._scorecard.nodes[unit]
                for cell in node.cells if self._dirty else ():
                    if cell.key in self._dirty:
                        self._dirty.discard(cell.key)
                        self._evaluate(cell.key, now_ms, before, kpis)
                self._dequeue(unit)
                new = self._score(node, now_ms, before, kpis)
                if new is not None:
                    changed[unit] = new
        return changed

    def _dequeue(self, unit: str) -> None:
        """What was evaluated just now is scored just now."""
        depth = self._scorecard.nodes[unit].depth
        again = self._queue.get(depth)
        if again is not None:
            again.discard(unit)
            if not again:
                del self._queue[depth]

    def _score(
        self, node: Node, now_ms: int, before: Changes | None, kpis: dict[CellKey, KpiResult]
    ) -> UnitScore | None:
        """Score one unit; None if nothing of its score moved."""
        unit, sums = node.unit.id, self._sums[node.unit.id]
        results = [self.kpis[cell.key] for cell in node.cells]
        new = unit_score(node, results, sums)
        for result, settled in zip(results, with_contributions(node, results, sums, new), strict=True):
            if settled is not result:
                key = (unit, result.kpi)
                self.kpis[key] = kpis[key] = settled
        old = self.units.get(unit)
        if old is not None and replace(new, since_ms=old.since_ms) == old:
            return None
        former = old or (before.units.get(unit) if before else None)
        kept = former.since_ms if former and former.status == new.status else now_ms
        new = self.units[unit] = replace(new, since_ms=kept)
        if node.ancestors:
            parent = node.ancestors[0]
            self._sums[parent] = self._sums[parent].replaced(node.weight, old.score if old else None, new.score)
            self._touch(parent)
        return new

    def _series(self, reading: CellReadings, now_ms: int) -> Series:
        kind, kpi = reading.cell.trend, reading.cell.rule.kpi
        assert kind is not None
        starts = self._bucket_starts(kind, reading.period, now_ms - now_ms % MINUTE_MS)
        values = tuple(reading.cell.rule.formula(running) for running in reading.running_values(starts))
        if not kpi.accrues:
            return Series(starts, values, (reading.cell.target,) * len(starts))
        ends = [*starts[1:], pace_moment_ms(reading.period, now_ms)]
        due = tuple(reading.cell.target * self._elapsed(reading.period, end) for end in ends)
        return Series(starts, values, due)

    def _starts_of(self, kind: BucketKind, period: Period, now_ms: int) -> tuple[int, ...]:
        at = min(now_ms, period.end_ms - 1)
        starts: list[int] = []
        while at >= period.start_ms and len(starts) < SERIES_POINTS:
            starts.append(self._calendar.slot(at).bucket_ms(kind))
            at = starts[-1] - 1
        return tuple(reversed(starts))


def _reads(node: Node) -> tuple[object, ...]:
    """What of a node decides which counters are read and where its score goes."""
    cells = tuple((one.key, one.rule.metrics, one.period, one.trend, one.rollup) for one in node.cells)
    return node.ancestors, node.children, cells
