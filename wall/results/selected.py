"""Counters of some units and metrics, read from Redis by name, and joined where that changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from scoring.calendar import MINUTE_MS, BusinessCalendar
from scoring.counters import OPERATION, Amount, Increments, counter_name, merged
from scoring.definitions import Aggregate, Metric, Model
from scoring.forms import BucketKind

#: Aggregates that keep parts, whose names only the counters themselves tell.
_IN_PARTS = {Aggregate.DISTINCT, Aggregate.QUANTILE, Aggregate.SUM_OF_MAX}
#: No bucket begins between two of these: clocks are shifted by quarters of an hour.
_STEP_MS = 15 * MINUTE_MS


class Selection:
    """The counters of some units and metrics, and the newest events of the types that these metrics count."""

    def __init__(self, model: Model, units: Iterable[str], metrics: Iterable[Metric]) -> None:
        self._calendar = BusinessCalendar(model.calendar)
        self._units = frozenset(units)
        self._metrics = {metric.id: metric for metric in metrics}
        types = {metric.event for metric in self._metrics.values()}
        self._types = {
            type_: {metric.bucket for metric in model.metrics if metric.event == type_} for type_ in sorted(types)
        }
        self._starts = lru_cache(1024)(self._starts_of)

    def names(self, day: str, operation: str, held: int) -> list[str] | None:
        """What to ask for of a business day under an operation; None for everything, where that is not more."""
        metrics = [one for one in self._metrics.values() if OPERATION[one.aggregate] == operation]
        if any(metric.aggregate in _IN_PARTS for metric in metrics):
            return None
        kinds = [(metric.id, metric.bucket) for metric in metrics]
        if operation == "max":
            kinds += [(f"@{type_}", kind) for type_, buckets in self._types.items() for kind in buckets]
        if sum(len(self._starts(day, kind)) for _, kind in kinds) * len(self._units) >= held:
            return None if kinds else []
        return [
            counter_name(name, unit, start)
            for name, kind in kinds
            for start in self._starts(day, kind)
            for unit in self._units
        ]

    def _starts_of(self, day: str, kind: BucketKind) -> tuple[int, ...]:
        """The starts of the buckets of a business day."""
        date = dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
        start, end = (self._calendar.day_start_ms(one) for one in (date, date + dt.timedelta(days=1)))
        step = MINUTE_MS if kind == "minute" else end - start if kind == "day" else _STEP_MS
        return tuple(dict.fromkeys(self._calendar.slot(ms).bucket_ms(kind) for ms in range(start, end, step)))

    def holds(self, name: str, unit: str) -> bool:
        """Whether a counter belongs to the selection, whichever its bucket and part."""
        return unit in self._units and (name in self._metrics or name[1:] in self._types)


def join(
    found: Increments, selection: Selection, start_of: Callable[[int], int], homes: Mapping[str, str],
    into: Increments, parts: bool = False,
) -> None:  # fmt: skip
    """Fold selected counters in: into buckets that begin at `start_of` them, at the units in `homes` they count at.

    What dimensions keep apart is left out unless asked for with `parts`.
    """
    for group, amounts in found.items():
        held = into.setdefault(group, {})
        for name, amount in _selected(amounts, selection, start_of, homes, parts):
            former = held.get(name)
            held[name] = amount if former is None else merged(group[1], former, amount)


def _selected(
    amounts: Mapping[str, Amount],
    selection: Selection,
    start_of: Callable[[int], int],
    homes: Mapping[str, str],
    parts: bool,
) -> Iterator[tuple[str, Amount]]:
    for counter, amount in amounts.items():
        name, unit, minutes, *rest = counter.split("|")
        part = rest[0] if rest else ""
        if selection.holds(name, unit) and (parts or not part.startswith("#")):
            yield counter_name(name, homes.get(unit, unit), start_of(int(minutes) * MINUTE_MS), part), amount
