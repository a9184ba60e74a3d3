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
from .counters import Increments
from .definitions import Model
from .forms import BucketKind
from .readings import CellReadings, Readings
from .scorecard import Node, Scorecard, compile_scorecard
from .scores import ChildSums, elapsed_share, kpi_result, pace_moment_ms, unit_score, with_contributions

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
        self._scorecard = scorecard or compile_scorecard(model)
        self._calendar = calendar
        self._readings = Readings(self._scorecard, calendar, now_ms, until_ms or now_ms + 400 * DAY_MS)
        self._accruing = [cell.key for cell in self._scorecard.cells() if cell.rule.kpi.accrues]
        self._cells = {cell.key: cell for cell in self._scorecard.cells()}
        self._dirty: set[CellKey] = set(self._cells)
        self._dirty_units = {unit for unit, node in self._scorecard.nodes.items() if node.cells or node.children}
        self._pace: dict[Period, tuple[int, Fraction]] = {}
        self._elapsed = lru_cache(4096)(partial(elapsed_share, calendar))
        self._bucket_starts = lru_cache(256)(self._starts_of)
        self._sums = {unit: ChildSums() for unit in self._scorecard.nodes}
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

    def first_day_ms(self) -> int:
        """The start of the earliest period that it reads."""
        return min((one.period.start_ms for one in self._readings.by_cell.values()), default=0)

    def apply(self, increments: Increments) -> None:
        """Take in what the log has folded to."""
        self._dirty |= self._readings.apply(increments)

    def tick(self, now_ms: int, before: Changes | None = None) -> Changes:
        """Evaluate what moved since the last tick, as of `now_ms`.

        `before` gives the results of a former evaluator, from which unchanged statuses keep their `since`.
        """
        self._move_pace(now_ms)
        kpis: dict[CellKey, KpiResult] = {}
        series: dict[CellKey, Series] = {}
        for key in self._dirty:
            reading = self._readings.by_cell[key]
            _, elapsed = self._pace[reading.period]
            new = kpi_result(self._cells[key], reading.values(), reading.event_ms(), reading.period, elapsed)
            old = self.kpis.get(key)
            if old is None or replace(new, contribution=old.contribution, since_ms=old.since_ms) != old:
                former = old or (before.kpis.get(key) if before else None)
                kept = former.since_ms if former and former.status == new.status else now_ms
                self.kpis[key] = kpis[key] = replace(new, contribution=old.contribution if old else None, since_ms=kept)
                self._dirty_units.add(key[0])
            if self._cells[key].trend is not None:
                shown = self._series(reading, now_ms)
                if shown != self.series.get(key):
                    self.series[key] = series[key] = shown
        self._dirty.clear()
        units = self._roll_up(now_ms, before, kpis)
        return Changes(kpis, units, series)

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

    def _roll_up(self, now_ms: int, before: Changes | None, kpis: dict[CellKey, KpiResult]) -> dict[str, UnitScore]:
        """Score the units that moved, deepest first, each handing its change to its parent's sums."""
        changed: dict[str, UnitScore] = {}
        levels: dict[int, list[Node]] = {}
        for unit in self._dirty_units:
            node = self._scorecard.nodes[unit]
            levels.setdefault(node.depth, []).append(node)
        self._dirty_units.clear()
        queued = {node.unit.id for nodes in levels.values() for node in nodes}
        for depth in range(max(levels, default=-1), -1, -1):
            for node in levels.get(depth, ()):
                new = self._score(node, now_ms, before, kpis)
                if new is None:
                    continue
                changed[node.unit.id] = new
                if node.ancestors and node.ancestors[0] not in queued:
                    queued.add(node.ancestors[0])
                    parent = self._scorecard.nodes[node.ancestors[0]]
                    levels.setdefault(parent.depth, []).append(parent)
        return changed

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
