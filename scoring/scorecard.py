"""The compiled scorecard: which KPI stands at which unit, with its target, weight, curve and metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .board import WEIGHT
from .curves import Curve, curve_of
from .definitions import Kpi, Metric, Model, Unit
from .expressions import Formula, formula, names
from .forms import BucketKind, PeriodKind


@dataclass(frozen=True, slots=True)
class Rule:
    """A KPI's rule, shared by all its cells."""

    kpi: Kpi
    metrics: tuple[Metric, ...]
    event_types: tuple[str, ...]
    formula: Formula
    curve: Curve


@dataclass(frozen=True, slots=True)
class Cell:
    """One KPI at one unit."""

    unit: str
    rule: Rule
    target: Fraction
    weight: int

    @property
    def key(self) -> tuple[str, str]:
        """(unit, kpi)."""
        return self.unit, self.rule.kpi.id

    @property
    def period(self) -> PeriodKind:
        """The kind of period it runs over."""
        return self.rule.kpi.period

    @property
    def trend(self) -> BucketKind | None:
        """The buckets of its series."""
        return self.rule.kpi.trend


@dataclass(frozen=True, slots=True)
class Node:
    """A unit with its cells and child units; `depth` counts from the root."""

    unit: Unit
    depth: int
    ancestors: tuple[str, ...]
    children: tuple[str, ...]
    cells: tuple[Cell, ...]
    weight: int
    child_share: int
    child_weight: int


def by_unit(setting: Decimal | Mapping[str, Decimal], unit: Unit) -> Decimal | None:
    """What a setting says for a unit: by its id, else by its kind; None where it says nothing.

    >>> by_unit({"line": Decimal(3)}, Unit(id="l1", title="", kind="line"))
    Decimal('3')
    """
    if isinstance(setting, Decimal):
        return setting
    return setting.get(unit.id, setting.get(unit.kind))


def applies(kpi: Kpi, unit: Unit) -> bool:
    """Whether a KPI stands on a unit's scorecard."""
    return unit.kind in kpi.applies_to or unit.id in kpi.applies_to


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All nodes by unit id, parents before children."""

    nodes: Mapping[str, Node]

    def cells(self) -> list[Cell]:
        """Every cell."""
        return [cell for node in self.nodes.values() for cell in node.cells]


def compile_scorecard(model: Model) -> Scorecard:
    """The scorecard of a checked model."""
    rules = _rules(model)
    units = {unit.id: unit for unit in model.units}
    children: dict[str, list[str]] = {unit.id: [] for unit in model.units}
    for unit in model.units:
        if unit.parent is not None:
            children[unit.parent].append(unit.id)
    on_kind: dict[str, list[Rule]] = {}
    for rule in rules:
        for place in rule.kpi.applies_to:
            on_kind.setdefault(place, []).append(rule)
    cards = {unit.id: _cells(unit, on_kind) for unit in model.units}
    scored = _scored(model, children, cards)
    return Scorecard({unit.id: _node(unit, units, children, cards, scored) for unit in _top_down(units, children)})


def _rules(model: Model) -> list[Rule]:
    metrics = {metric.id: metric for metric in model.metrics}
    rules = []
    for kpi in model.kpis:
        used = tuple(metrics[name] for name in names(kpi.value))
        types = tuple(dict.fromkeys(metric.event for metric in used))
        rules.append(Rule(kpi, used, types, formula(kpi.value), curve_of(kpi.method)))
    return rules


def _cells(unit: Unit, on: Mapping[str, list[Rule]]) -> tuple[Cell, ...]:
    found = {rule.kpi.id: rule for rule in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}
    cells = []
    for rule in found.values():
        target, weight = by_unit(rule.kpi.target, unit), by_unit(rule.kpi.weight, unit)
        if target is not None and weight is not None:
            cells.append(Cell(unit.id, rule, Fraction(target), int(weight * WEIGHT)))
    return tuple(cells)


def _scored(model: Model, children: Mapping[str, list[str]], cards: Mapping[str, tuple[Cell, ...]]) -> set[str]:
    """The units that have a score: KPIs of their own, or a child that has one."""
    parents = {unit.id: unit.parent for unit in model.units}
    found: set[str] = set()
    for unit, cells in cards.items():
        above: str | None = unit
        while cells and above is not None and above not in found:
            found.add(above)
            above = parents[above]
    return found


def _top_down(units: Mapping[str, Unit], children: Mapping[str, list[str]]) -> list[Unit]:
    ordered = [unit for unit in units.values() if unit.parent is None]
    for unit in ordered:
        ordered.extend(units[child] for child in children[unit.id])
    return ordered


def _node(
    unit: Unit,
    units: Mapping[str, Unit],
    children: Mapping[str, list[str]],
    cards: Mapping[str, tuple[Cell, ...]],
    scored: set[str],
) -> Node:
    ancestors, above = [], unit.parent
    while above is not None:
        ancestors.append(above)
        above = units[above].parent
    below = tuple(child for child in children[unit.id] if child in scored)
    share = Decimal(0) if not below else unit.child_share if cards[unit.id] else Decimal(100)
    return Node(
        unit=unit,
        depth=len(ancestors),
        ancestors=tuple(ancestors),
        children=below,
        cells=cards[unit.id],
        weight=int(unit.weight * WEIGHT),
        child_share=int(share * WEIGHT),
        child_weight=sum(int(units[child].weight * WEIGHT) for child in below),
    )
