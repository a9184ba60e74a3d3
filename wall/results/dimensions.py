"""A KPI by the values of a dimension: what each value of a field of the events has part in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import KpiResult
from scoring.calendar import Period
from scoring.definitions import Kpi, Metric, Model
from scoring.expressions import names

from .kpi_reading import KpiReader, KpiReading


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a dimension: the amounts of the metrics that it keeps apart, and what the KPI is with these."""

    value: str
    amounts: Mapping[str, Fraction]
    result: Fraction | None


@dataclass(frozen=True, slots=True)
class Grouping:
    """A KPI in a period by a dimension, the largest group first.

    `metrics` are those that the dimension keeps apart, in the formula's order; their amounts in the groups sum exactly
    to those in `whole`. Of the KPI's other metrics every group has the whole. `adds`: the groups' results sum to the
    KPI's value, so that each has a share of it.
    """

    kpi: Kpi
    metrics: tuple[Metric, ...]
    whole: Mapping[str, Fraction]
    result: KpiResult
    groups: tuple[Group, ...]
    adds: bool


def dimensions_of(model: Model, kpi: Kpi) -> list[str]:
    """The dimensions that keep one of a KPI's metrics apart, in the order in which they are declared."""
    used = set(names(kpi.value))
    return list(dict.fromkeys(one for metric in model.metrics if metric.id in used for one in metric.dimensions))


class Dimensions:
    """Groups KPIs of one site, with nothing hidden."""

    def __init__(self, reader: KpiReader) -> None:
        self._reader = reader

    def of(self, unit: str, kpi: str, dimension: str, period: Period, now_ms: int) -> Grouping | None:
        """The KPI by a dimension in a period up to now; None where it does not stand at the unit, or has not such."""
        reading = self._reader.read(unit, kpi, period, now_ms, parts=True)
        if reading is None:
            return None
        apart = tuple(one for one in reading.cell.rule.metrics if dimension in one.dimensions)
        return _grouped(reading, dimension, apart) if apart else None


def _grouped(reading: KpiReading, dimension: str, apart: tuple[Metric, ...]) -> Grouping:
    result, rule = reading.result, reading.cell.rule
    whole = dict(zip((metric.id for metric in rule.metrics), result.metrics, strict=True))
    scale = {metric.id: 10**metric.decimals for metric in apart}
    amounts: dict[str, dict[str, int]] = {}
    for metric, value, amount in _apart(reading, dimension, frozenset(scale)):
        held = amounts.setdefault(value, dict.fromkeys(scale, 0))
        held[metric] += amount
    groups = []
    for value, found in amounts.items():
        scaled = {metric: Fraction(amount, scale[metric]) for metric, amount in found.items()}
        groups.append(Group(value, scaled, rule.formula({**whole, **scaled})))
    groups.sort(key=lambda one: ([-one.amounts[metric.id] for metric in apart], one.value))
    known = [one.result for one in groups if one.result is not None]
    adds = len(known) == len(groups) and bool(groups) and sum(known, Fraction(0)) == result.value
    return Grouping(
        rule.kpi, apart, {metric.id: whole[metric.id] or Fraction(0) for metric in apart}, result, tuple(groups), adds
    )


def _apart(reading: KpiReading, dimension: str, metrics: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    """Metric, value of the dimension and amount of each counter that the dimension keeps apart."""
    start = f"#{dimension}="
    for metric, part, amount in reading.counters(metrics):
        if part.startswith(start):
            yield metric, unescaped(part[len(start) :]), amount


def unescaped(text: str) -> str:
    """A value as it was before it became a part of a counter's name.

    >>> unescaped("a%7Cb%257C")
    'a|b%7C'
    """
    return text.replace("%7C", "|").replace("%25", "%")
