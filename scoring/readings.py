"""Readings: counters summed up the unit tree into the running periods, kept exact as increments arrive.

A metric is summed once per unit and period, however many KPIs read it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from .calendar import MINUTE_MS, BusinessCalendar, Period
from .counters import OPERATION, Amount, Increments, distinct, merged, quantile
from .definitions import Aggregate, Metric
from .forms import BucketKind
from .scorecard import Cell, Scorecard

CellKey = tuple[str, str]
_ADDITIVE = {Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT, Aggregate.SUM_OF_MAX}


@dataclass(slots=True)
class Total:
    """One metric at one unit in one span of time: a number, or parts by name (distinct, quantile)."""

    amount: Amount | None = None
    parts: dict[str, int] = field(default_factory=dict)

    def add(self, metric: Metric, part: str, amount: Amount) -> None:
        """Fold one increment in."""
        if part and isinstance(amount, int):
            held = self.parts.get(part)
            self.parts[part] = amount if held is None else int(merged(OPERATION[metric.aggregate], held, amount))
        elif self.amount is None:
            self.amount = amount
        else:
            self.amount = merged(OPERATION[metric.aggregate], self.amount, amount)

    def merge(self, metric: Metric, other: Total) -> None:
        """Fold another total of the same metric in."""
        if other.amount is not None:
            self.add(metric, "", other.amount)
        for part, amount in other.parts.items():
            self.add(metric, part, amount)

    def value(self, metric: Metric) -> Fraction | None:
        """The metric's value, unscaled; None where nothing was counted."""
        match metric.aggregate:
            case Aggregate.DISTINCT:
                return Fraction(distinct(self.parts)) if self.parts else None
            case Aggregate.QUANTILE:
                whole = quantile(self.parts, metric.quantile) if metric.quantile else None
            case Aggregate.SUM_OF_MAX:
                whole = sum(self.parts.values()) if self.parts else None
            case Aggregate.LAST:
                whole = int(str(self.amount).split(":")[1]) if self.amount is not None else None
            case _:
                whole = int(self.amount) if self.amount is not None else None
        return None if whole is None else Fraction(whole, 10**metric.decimals)


@dataclass(slots=True)
class MetricReading:
    """One metric at one unit over a running period and over the buckets of a trend; `cells` read it."""

    metric: Metric
    period: Period
    trend: BucketKind | None
    cells: list[CellKey] = field(default_factory=list)
    total: Total = field(default_factory=Total)
    buckets: dict[int, Total] = field(default_factory=dict)


@dataclass(slots=True)
class EventReading:
    """The newest event of one type at one unit in a running period."""

    period: Period
    cells: list[CellKey] = field(default_factory=list)
    newest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class CellReadings:
    """All that one cell reads."""

    cell: Cell
    period: Period
    metrics: tuple[MetricReading, ...]
    events: Mapping[str, EventReading]

    def event_ms(self) -> int | None:
        """The newest event that concerns the cell."""
        return max((one.newest_ms for one in self.events.values() if one.newest_ms is not None), default=None)

    def values(self) -> dict[str, Fraction | None]:
        """Metric values over the period."""
        return {one.metric.id: self._value(one.metric, one.total) for one in self.metrics}

    def running_values(self, starts: Sequence[int]) -> Iterator[dict[str, Fraction | None]]:
        """Metric values from the start of the period to the end of each of these buckets of the trend."""
        running = {one.metric.id: Total() for one in self.metrics}
        left = {one.metric.id: sorted(one.buckets, reverse=True) for one in self.metrics}
        for start in starts:
            for one in self.metrics:
                held, pending = running[one.metric.id], left[one.metric.id]
                while pending and pending[-1] <= start:
                    held.merge(one.metric, one.buckets[pending.pop()])
            yield {one.metric.id: self._value(one.metric, running[one.metric.id]) for one in self.metrics}

    def values_between(self, start_ms: int, end_ms: int) -> dict[str, Fraction | None]:
        """Metric values of the buckets of the trend that begin in [start, end)."""
        found = {}
        for one in self.metrics:
            total = Total()
            for start in one.buckets:
                if start_ms <= start < end_ms:
                    total.merge(one.metric, one.buckets[start])
            found[one.metric.id] = self._value(one.metric, total)
        return found

    def _value(self, metric: Metric, held: Total | None) -> Fraction | None:
        """Nothing counted is zero once the event type was seen here, else unknown (or as declared)."""
        value = held.value(metric) if held else None
        if value is None and metric.aggregate in _ADDITIVE:
            seen = self.events[metric.event].newest_ms is not None
            return Fraction(0) if seen or metric.absent == "zero" else None
        return value


class Readings:
    """The readings of all cells of a scorecard in the periods that run at one moment.

    Increments outside those periods, or in buckets from `until_ms` on, do not concern it.
    """

    def __init__(self, scorecard: Scorecard, calendar: BusinessCalendar, now_ms: int, until_ms: int) -> None:
        self._scorecard = scorecard
        self._calendar = calendar
        self._until_ms = until_ms
        self._metrics: dict[tuple[str, str], dict[tuple[Period, BucketKind | None], MetricReading]] = {}
        self._events: dict[tuple[str, str], dict[Period, EventReading]] = {}
        self._feeds: dict[tuple[str, str, int], tuple[MetricReading, ...]] = {}
        self._event_feeds: dict[tuple[str, str, int], tuple[EventReading, ...]] = {}
        self.by_cell = {
            cell.key: self._read_by(cell, calendar.period_at(cell.period, now_ms)) for cell in scorecard.cells()
        }
        periods = {one.period for one in self.by_cell.values()}
        self.ends_ms = min((calendar.stands_until_ms(period, now_ms) for period in periods), default=until_ms)

    def _read_by(self, cell: Cell, period: Period) -> CellReadings:
        """The shared readings of a cell, made where it is the first to read them."""
        metrics = []
        for metric in cell.rule.metrics:
            shared = self._metrics.setdefault((metric.id, cell.unit), {})
            reading = shared.setdefault((period, cell.trend), MetricReading(metric, period, cell.trend))
            reading.cells.append(cell.key)
            metrics.append(reading)
        events = {}
        for event_type in cell.rule.event_types:
            seen = self._events.setdefault((event_type, cell.unit), {}).setdefault(period, EventReading(period))
            seen.cells.append(cell.key)
            events[event_type] = seen
        return CellReadings(cell, period, tuple(metrics), events)

    def apply(self, increments: Increments) -> set[CellKey]:
        """Fold increments in; returns the keys of the cells they moved."""
        moved: set[CellKey] = set()
        for (_, operation), amounts in increments.items():
            for counter, amount in amounts.items() if operation != "row" else ():
                name, unit, minutes, *rest = counter.split("|")
                if name[0] == "@":
                    self._see(name[1:], unit, int(amount), moved)
                elif not rest or rest[0][0] != "#":
                    self._add(name, unit, int(minutes) * MINUTE_MS, rest[0] if rest else "", amount, moved)
        return moved

    def _add(self, name: str, unit: str, bucket_ms: int, part: str, amount: Amount, moved: set[CellKey]) -> None:
        era = self._era(unit, bucket_ms)
        feed = self._feeds.get((name, unit, era))
        if feed is None:
            feed = self._feeds[(name, unit, era)] = tuple(
                reading
                for place in self._places(unit, era)
                for reading in self._metrics.get((name, place), {}).values()
            )
        if not feed or bucket_ms >= self._until_ms:
            return
        for reading in feed:
            if not reading.period.start_ms <= bucket_ms < reading.period.end_ms:
                continue
            reading.total.add(reading.metric, part, amount)
            if reading.trend is not None:
                start = self._calendar.slot(bucket_ms).bucket_ms(reading.trend)
                held = reading.buckets.get(start)
                if held is None:
                    held = reading.buckets[start] = Total()
                held.add(reading.metric, part, amount)
            moved.update(reading.cells)

    def _see(self, event_type: str, unit: str, event_ms: int, moved: set[CellKey]) -> None:
        era = self._era(unit, event_ms)
        feed = self._event_feeds.get((event_type, unit, era))
        if feed is None:
            feed = self._event_feeds[(event_type, unit, era)] = tuple(
                reading
                for place in self._places(unit, era)
                for reading in self._events.get((event_type, place), {}).values()
            )
        for reading in feed:
            if not reading.period.start_ms <= event_ms < min(reading.period.end_ms, self._until_ms):
                continue
            if reading.newest_ms is None or event_ms > reading.newest_ms:
                reading.newest_ms = event_ms
                moved.update(reading.cells)

    def _era(self, unit: str, ms: int) -> int:
        """Which placement of a unit that moves counts at a moment; 0 for one that stays."""
        moves = self._scorecard.moves
        placed = moves.get(unit) if moves else None
        return placed.era(ms) if placed else 0

    def _places(self, unit: str, era: int) -> tuple[str, ...]:
        """The unit and all that stood above it then; none for a unit that the model does not have."""
        placed, node = self._scorecard.moves.get(unit), self._scorecard.nodes.get(unit)
        if node is None:
            return ()
        return (unit, *(placed.ancestors[era] if placed else node.ancestors))

    def exchange(self, cell: Cell) -> None:
        """Let a cell that reads the same counters take the place of the one of its key."""
        self.by_cell[cell.key] = replace(self.by_cell[cell.key], cell=cell)
