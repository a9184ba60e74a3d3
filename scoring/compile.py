"""Compiling: from a checked model to the scorecard of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .active_gates import active_gates, kpi_gates, unit_gates
from .board import WEIGHT
from .calendar import BusinessCalendar
from .curves import curve_of
from .definitions import Kpi, Model, RollUp, Unit
from .editions import edition
from .expressions import formula, names
from .gates import Gate
from .placements import Parents, ancestors, moves
from .scorecard import LAST_DAY, Cell, Node, Rule, Scorecard, by_unit, rollup_at, stands_at

#: The units and the KPIs that each change in force touches.
_Touched = Sequence[tuple[frozenset[str], frozenset[str]]]


@dataclass(frozen=True, slots=True)
class _Tree:
    units: Mapping[str, Unit]
    parents: Parents
    children: Mapping[str, list[str]]
    cards: Mapping[str, tuple[Cell, ...]]
    scored: set[str]


def compile_scorecard(model: Model, date: dt.date = LAST_DAY, former: Scorecard | None = None) -> Scorecard:
    """The scorecard of a checked model on a business day.

    What is the same in `former` is taken from it, so that comparing the two by identity shows what changed.
    """
    calendar = BusinessCalendar(model.calendar)
    standing = edition(model, date)
    gates = active_gates(standing, calendar, date)
    units = {unit.id: unit for unit in standing.units}
    children: dict[str, list[str]] = {unit.id: [] for unit in standing.units}
    for unit in standing.units:
        if unit.parent is not None:
            children[unit.parent].append(unit.id)
    on_place: dict[str, list[Rule]] = {}
    for rule in _rules(standing, former):
        for place in rule.kpi.applies_to:
            on_place.setdefault(place, []).append(rule)
    below = {unit: [units[child] for child in found] for unit, found in children.items()}
    cards = {
        unit.id: _cells(unit, below[unit.id], on_place, gates, _former_cells(former, unit.id))
        for unit in standing.units
    }
    tree = _Tree(units, {unit.id: unit.parent for unit in standing.units}, children, cards, _scored(standing, cards))
    touched = [(frozenset(change.units), frozenset(change.kpis)) for change in standing.changes]
    nodes = {}
    for unit in _top_down(units, children):
        node = _node(unit, tree, gates, touched)
        held = former.nodes.get(unit.id) if former else None
        nodes[unit.id] = held if held is not None and held == node else node
    return Scorecard(nodes, moves(model, calendar), date)


def _rules(model: Model, former: Scorecard | None) -> list[Rule]:
    metrics = {metric.id: metric for metric in model.metrics}
    held = {cell.rule.kpi.id: cell.rule for cell in former.cells()} if former else {}
    rules = []
    for kpi in model.kpis:
        used = tuple(metrics[name] for name in names(kpi.value))
        types = tuple(dict.fromkeys(metric.event for metric in used))
        version = 1 + sum(kpi.id in change.kpis for change in model.changes)
        before = held.get(kpi.id)
        if before is not None and (before.kpi, before.metrics, before.version) == (kpi, used, version):
            rules.append(before)
        else:
            rules.append(Rule(kpi, used, types, formula(kpi.value), curve_of(kpi), version))
    return rules


def _former_cells(former: Scorecard | None, unit: str) -> tuple[Cell, ...]:
    node = former.nodes.get(unit) if former else None
    return node.cells if node else ()


def _rollup(kpi: Kpi, unit: Unit, below: Sequence[Unit]) -> RollUp:
    """As declared; a unit below which nobody has the KPI is scored by its own values."""
    declared = rollup_at(kpi, unit)
    return declared if declared == "values" or any(stands_at(kpi, child) for child in below) else "values"


def _cells(
    unit: Unit, below: Sequence[Unit], on: Mapping[str, list[Rule]], gates: Sequence[Gate], former: tuple[Cell, ...]
) -> tuple[Cell, ...]:  # fmt: skip
    found = {rule.kpi.id: rule for rule in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}
    cells = []
    for rule in found.values():
        target, weight = by_unit(rule.kpi.target, unit), by_unit(rule.kpi.weight, unit)
        if target is None or weight is None:
            continue
        own = kpi_gates(gates, rule.kpi, unit, target) if gates else ()
        cell = Cell(unit.id, rule, Fraction(target), int(weight * WEIGHT), _rollup(rule.kpi, unit, below), own)
        cells.append(next((held for held in former if held.rule is rule and held == cell), cell))
    return tuple(cells)


def _scored(model: Model, cards: Mapping[str, tuple[Cell, ...]]) -> set[str]:
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


def _node(unit: Unit, tree: _Tree, gates: Sequence[Gate], touched: _Touched) -> Node:
    below = tuple(child for child in tree.children[unit.id] if child in tree.scored)
    cells, above = tree.cards[unit.id], ancestors(unit.id, tree.parents)
    share = Decimal(0) if not below else unit.child_share if cells else Decimal(100)
    kpis = {cell.rule.kpi.id for cell in cells} if touched else set()
    return Node(
        unit=unit,
        depth=len(above),
        ancestors=above,
        children=below,
        cells=cells,
        weight=int(unit.weight * WEIGHT),
        child_share=int(share * WEIGHT),
        child_weight=sum(int(tree.units[child].weight * WEIGHT) for child in below),
        gates=unit_gates(gates, unit) if gates else (),
        version=1 + sum(unit.id in own or not kpis.isdisjoint(used) for own, used in touched),
    )
