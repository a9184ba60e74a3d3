"""Forecasts of a board, a slice at each tick, so that none of them delays it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from scoring.calendar import BusinessCalendar
from scoring.evaluator import CellKey, Evaluator
from scoring.forecast import Forecast
from scoring.outlook import kpi_forecast, unit_forecast

#: Forecasts are made anew this often (business time), and so many at a time (about 10 ms).
AGAIN_MS = 60_000
SLICE = 20


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Forecasts of KPIs and of units that are new or other."""

    kpis: dict[CellKey, Forecast] = field(default_factory=dict)
    units: dict[str, Forecast] = field(default_factory=dict)


class Forecaster:
    """Goes through the KPIs that keep a trend, then through the units above them, deepest first, and over again."""

    def __init__(self, evaluator: Evaluator, calendar: BusinessCalendar) -> None:
        self._evaluator = evaluator
        self._calendar = calendar
        self._kpis: deque[CellKey] = deque()
        self._units: deque[str] = deque()
        self._begun_ms: int | None = None
        self._known = Forecasts()

    def step(self, now_ms: int) -> Forecasts:
        """The next slice."""
        if not self._kpis and not self._units:
            if self._begun_ms is not None and abs(now_ms - self._begun_ms) < AGAIN_MS:
                return Forecasts()
            self._begin(now_ms)
        fresh = Forecasts()
        for _ in range(SLICE):
            if self._kpis:
                self._kpi(self._kpis.popleft(), now_ms, fresh)
            elif self._units:
                self._unit(self._units.popleft(), fresh)
        return fresh

    def _begin(self, now_ms: int) -> None:
        self._begun_ms = now_ms
        self._kpis.extend(key for key, reading in self._evaluator.readings.items() if reading.cell.trend is not None)
        nodes = self._evaluator.scorecard.nodes
        above = {unit for key in self._kpis for unit in (key[0], *nodes[key[0]].ancestors)}
        self._units.extend(sorted(above, key=lambda unit: -nodes[unit].depth))

    def _kpi(self, key: CellKey, now_ms: int, fresh: Forecasts) -> None:
        found = kpi_forecast(self._evaluator, self._calendar, key, now_ms)
        if found is not None and found != self._known.kpis.get(key):
            self._known.kpis[key] = fresh.kpis[key] = found

    def _unit(self, unit: str, fresh: Forecasts) -> None:
        node = self._evaluator.scorecard.nodes[unit]
        found = unit_forecast(self._evaluator, node, self._known.kpis, self._known.units)
        if found is not None and found != self._known.units.get(unit):
            self._known.units[unit] = fresh.units[unit] = found
