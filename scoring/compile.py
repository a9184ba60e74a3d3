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
from .definitions import Change, Kpi, Model, RollUp, Unit
from .differences import same_rule, touched_places
from .editions import changes_card, changes_kpi, edition
from .expressions import formula, names
from .gates import Gate
from .placements import Parents, ancestors, moves
from .scorecard import LAST_DAY, Cell, Node, Rule, Scorecard, by_unit, rollup_at, stands_at


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
    touched = touched_places(former, standing, gates) if former else None
    rules = _rules(standing, former)
    on_place: dict[str, list[tuple[Kpi, Rule]]] = {}
    for kpi, rule in rules:
        for place in kpi.applies_to:
            on_place.setdefault(place, []).append((kpi, rule))
    kept: dict[str, Node] = {}
    if former is not None and touched is not None:
        kept = {one.id: former.nodes[one.id] for one in standing.units if touched.isdisjoint((one.id, one.kind))}
    below = {unit: [units[child] for child in found] for unit, found in children.items()}
    cards = {
        unit.id: kept[unit.id].cells
        if unit.id in kept
        else _cells(unit, below[unit.id], on_place, standing, gates, _former_cells(former, unit.id))
        for unit in standing.units
    }
    tree = _Tree(units, {unit.id: unit.parent for unit in standing.units}, children, cards, _scored(standing, cards))
    nodes = {}
    for unit in _top_down(units, children):
        held = kept.get(unit.id)
        if held is None or held.children != _scored_below(unit, tree):
            held = _node_or_former(_node(unit, tree, gates, standing.changes), former)
        nodes[unit.id] = held
    return Scorecard(nodes, moves(model, calendar), date, standing, gates)


def _node_or_former(node: Node, former: Scorecard | None) -> Node:
    held = former.nodes.get(node.unit.id) if former else None
    return held if held is not None and held == node else node


def _rules(model: Model, former: Scorecard | None) -> list[tuple[Kpi, Rule]]:
    """Every KPI with its rule; a rule of the former scorecard serves on where its KPI differs only by place."""
    metrics = {metric.id: metric for metric in model.metrics}
    held = {cell.rule.kpi.id: cell.rule for cell in former.cells()} if former else {}
    rules = []
    for kpi in model.kpis:
        used = tuple(metrics[name] for name in names(kpi.value))
        types = tuple(dict.fromkeys(metric.event for metric in used))
        rule = held.get(kpi.id)
        if rule is None or rule.metrics != used or not same_rule(rule.kpi, kpi):
            rule = Rule(kpi, used, types, formula(kpi.value), curve_of(kpi))
        rules.append((kpi, rule))
    return rules


def _former_cells(former: Scorecard | None, unit: str) -> tuple[Cell, ...]:
    node = former.nodes.get(unit) if former else None
    return node.cells if node else ()


def _rollup(kpi: Kpi, unit: Unit, below: Sequence[Unit]) -> RollUp:
    """As declared; a unit below which nobody has the KPI is scored by its own values."""
    declared = rollup_at(kpi, unit)
    return declared if declared == "values" or any(stands_at(kpi, child) for child in below) else "values"


def _cells(
    unit: Unit, below: Sequence[Unit], on: Mapping[str, list[tuple[Kpi, Rule]]], model: Model, gates: Sequence[Gate],
    former: tuple[Cell, ...],
) -> tuple[Cell, ...]:  # fmt: skip
    found = {kpi.id: (kpi, rule) for kpi, rule in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}
    cells = []
    for kpi, rule in found.values():
        target, weight = by_unit(kpi.target, unit), by_unit(kpi.weight, unit)
        if target is None or weight is None:
            continue
        cell = Cell(
            unit=unit.id,
            rule=rule,
            target=Fraction(target),
            weight=int(weight * WEIGHT),
            rollup=_rollup(kpi, unit, below),
            gates=kpi_gates(gates, kpi, unit, target) if gates else (),
            version=1 + sum(changes_kpi(change, kpi.id, unit) for change in model.changes),
        )
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


def _scored_below(unit: Unit, tree: _Tree) -> tuple[str, ...]:
    return tuple(child for child in tree.children[unit.id] if child in tree.scored)


def _node(unit: Unit, tree: _Tree, gates: Sequence[Gate], changes: Sequence[Change]) -> Node:
    below = _scored_below(unit, tree)
    cells, above = tree.cards[unit.id], ancestors(unit.id, tree.parents)
    share = Decimal(0) if not below else unit.child_share if cells else Decimal(100)
    kpis = {cell.rule.kpi.id for cell in cells} if changes else set()
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
        version=1 + sum(changes_card(change, unit, kpis) for change in changes),
    )
