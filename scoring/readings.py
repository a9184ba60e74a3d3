"""Readings: counters summed up the unit tree into the running periods, kept exact as increments arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from .calendar import MINUTE_MS, BusinessCalendar, Period
from .counters import OPERATION, Amount, Increments, distinct, merged, quantile
from .definitions import Aggregate, BucketKind, Metric
from .scorecard import Cell, Scorecard


@dataclass(slots=True)
class Total:
    """One metric at one unit in one span of time: a number, or parts by name (distinct, quantile)."""

    amount: Amount | None = None
    parts: dict[str, int] = field(default_factory=dict)

    def add(self, metric: Metric, part: str, amount: Amount) -> None:
        """Fold one increment in."""
        if part and isinstance(amount, int):
            self.parts[part] = self.parts.get(part, 0) + amount
        else:
            operation = OPERATION[metric.aggregate]
            self.amount = amount if self.amount is None else merged(operation, self.amount, amount)

    def value(self, metric: Metric) -> Fraction | None:
        """The metric's value, unscaled; None where nothing was counted."""
        match metric.aggregate:
            case Aggregate.DISTINCT:
                return Fraction(distinct(self.parts)) if self.parts else None
            case Aggregate.QUANTILE:
                whole = quantile(self.parts, metric.quantile) if metric.quantile else None
            case Aggregate.LAST:
                whole = int(str(self.amount).split(":")[1]) if self.amount is not None else None
            case _:
                whole = int(self.amount) if self.amount is not None else None
        return None if whole is None else Fraction(whole, 10**metric.decimals)


@dataclass(slots=True)
class CellReadings:
    """All that one cell reads: its metrics over the period, over each bucket of its trend, and its newest event."""

    cell: Cell
    period: Period
    totals: dict[str, Total] = field(default_factory=dict)
    buckets: dict[int, dict[str, Total]] = field(default_factory=dict)
    event_ms: int | None = None

    def values(self) -> dict[str, Fraction | None]:
        """Metric values over the period."""
        return self._values(self.totals)

    def bucket_values(self, start_ms: int) -> dict[str, Fraction | None]:
        """Metric values over one bucket of the trend."""
        return self._values(self.buckets.get(start_ms, {}))

    def _values(self, totals: dict[str, Total]) -> dict[str, Fraction | None]:
        return {metric.id: self._value(totals, metric) for metric in self.cell.rule.metrics}

    def _value(self, totals: dict[str, Total], metric: Metric) -> Fraction | None:
        """Nothing counted is zero once the event type was seen here, else unknown (or as declared)."""
        held = totals.get(metric.id)
        value = held.value(metric) if held else None
        additive = metric.aggregate in (Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT)
        if value is None and additive and (metric.absent == "zero" or f"@{metric.event}" in totals):
            return Fraction(0)
        return value


@dataclass(frozen=True, slots=True)
class _Feed:
    """Where a counter of one metric at one unit goes: the readings of each cell above it that uses the metric."""

    metric: Metric | None
    name: str
    readings: tuple[CellReadings, ...]


class Readings:
    """The readings of all cells of a scorecard in the periods that run at one moment.

    Increments outside those periods, or in buckets from `until_ms` on, do not concern it.
    """

    def __init__(
        self, scorecard: Scorecard, metrics: dict[str, Metric], calendar: BusinessCalendar, now_ms: int, until_ms: int
    ) -> None:
        self.by_cell = {
            cell.key: CellReadings(cell, calendar.period_at(cell.period, now_ms)) for cell in scorecard.cells()
        }
        self.ends_ms = min((one.period.end_ms for one in self.by_cell.values()), default=until_ms)
        self._scorecard = scorecard
        self._metrics = metrics
        self._calendar = calendar
        self._until_ms = until_ms
        self._feeds: dict[tuple[str, str], _Feed] = {}

    def apply(self, increments: Increments) -> set[tuple[str, str]]:
        """Fold increments in; returns the keys of the cells they moved."""
        moved: set[tuple[str, str]] = set()
        for _, amounts in increments.items():
            for name, amount in amounts.items():
                moved.update(self._apply_one(name, amount))
        return moved

    def _apply_one(self, counter: str, amount: Amount) -> Iterator[tuple[str, str]]:
        name, unit, minutes, *rest = counter.split("|")
        part = rest[0] if rest else ""
        feed = self._feeds.get((name, unit)) or self._feed(name, unit)
        if not feed.readings or part.startswith("#"):
            return
        bucket_ms = int(minutes) * MINUTE_MS
        for reading in feed.readings:
            if feed.metric is None:
                yield from self._seen(reading, feed.name, int(amount))
            elif reading.period.start_ms <= bucket_ms < min(reading.period.end_ms, self._until_ms):
                reading.totals.setdefault(name, Total()).add(feed.metric, part, amount)
                if reading.cell.trend is not None:
                    trend_ms = self._trend_bucket(reading.cell.trend, bucket_ms)
                    reading.buckets.setdefault(trend_ms, {}).setdefault(name, Total()).add(feed.metric, part, amount)
                yield reading.cell.key

    def _seen(self, reading: CellReadings, name: str, event_ms: int) -> Iterator[tuple[str, str]]:
        if event_ms >= self._until_ms or event_ms < reading.period.start_ms:
            return
        reading.totals.setdefault(name, Total())
        if reading.event_ms is None or event_ms > reading.event_ms:
            reading.event_ms = event_ms
            yield reading.cell.key

    def _trend_bucket(self, kind: BucketKind, bucket_ms: int) -> int:
        return self._calendar.slot(bucket_ms).bucket_ms(kind)

    def _feed(self, name: str, unit: str) -> _Feed:
        """The feed of a counter, found once; a unit or metric that no cell uses feeds nothing."""
        node = self._scorecard.nodes.get(unit)
        metric = self._metrics.get(name)
        readings = []
        for place in [unit, *node.ancestors] if node else []:
            for cell in self._scorecard.nodes[place].cells:
                rule = cell.rule
                if metric in rule.metrics if metric else name[1:] in rule.event_types:
                    readings.append(self.by_cell[cell.key])
        feed = _Feed(metric, name, tuple(readings))
        self._feeds[(name, unit)] = feed
        return feed
