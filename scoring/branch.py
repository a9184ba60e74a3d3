"""What one unit's results need of a model and of its scorecard: the unit, what ever stood below it, and nothing else.

Results of the unit are those of the whole model; those of units above it are not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from .definitions import Model
from .forms import BucketKind
from .scorecard import Cell, Node, Scorecard, applies, stands_at

Links = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Branch:
    """The model with the units that one unit's results are made of, and where what happens below it counts.

    `homes` has every unit that stands below at any time: itself, or the unit of the model that its counters count at.
    """

    model: Model
    homes: Mapping[str, str]


def branch(model: Model, unit: str) -> Branch:
    """What one unit's results need of a model: units whose scores count for it, those that move, and those above."""
    parents, below = _parents(model), units_below(model, unit)
    children = _turned(parents)
    moving = _reached({one for one in below if len(parents[one]) > 1}, children) & below
    kept = _scored_for(model, unit, children) | moving
    whole = _reached(kept, parents)
    above = {one.id: one.parent for one in model.units}
    homes = {one: _home(one, kept, above) for one in below}
    units = [one for one in model.units if one.id in whole]
    return Branch(model if len(units) == len(model.units) else model.model_copy(update={"units": units}), homes)


def _home(unit: str, kept: Collection[str], above: Mapping[str, str | None]) -> str:
    at: str | None = unit
    while at is not None and at not in kept:
        at = above[at]
    return at or unit


def _scored_for(model: Model, unit: str, children: Mapping[str, set[str]]) -> set[str]:
    """The unit and those whose scores may be part of its own on any day, now and then more than are."""
    changes = [one for change in model.changes for one in change.units.items()]
    sharing = {name for name, one in changes if one.child_share} | {one.id for one in model.units if one.child_share}
    rolling = [kpi.id for kpi in model.kpis if kpi.rollup != "values"]
    rolling += [name for change in model.changes for name, one in change.kpis.items() if one.rollup is not None]
    units = {one.id: one for one in model.units}

    def takes_scores(name: str) -> bool:
        placed = [kpi for kpi in model.kpis if applies(kpi, units[name])]
        # One without a KPI of its own is scored by those below it, if only on days before or after one is in force.
        always = any(kpi.from_ is None and kpi.until is None and stands_at(kpi, units[name]) for kpi in placed)
        return name in sharing or not always or any(kpi.id in rolling for kpi in placed)

    found, pending = {unit}, [unit]
    while pending:
        name = pending.pop()
        new = children.get(name, set()) - found if takes_scores(name) else set()
        found |= new
        pending += new
    return found


def units_below(model: Model, unit: str) -> set[str]:
    """The unit and every unit that stands below it at any time."""
    return _reached({unit}, _turned(_parents(model)))


def _turned(links: Mapping[str, set[str]]) -> Links:
    found: Links = {}
    for one, others in links.items():
        for other in others:
            found.setdefault(other, set()).add(one)
    return found


def _parents(model: Model) -> Links:
    """The units that each unit ever stands directly below."""
    found: Links = {one.id: {one.parent} if one.parent else set() for one in model.units}
    for change in model.changes:
        for moved, one in change.units.items():
            if one.parent and moved in found:
                found[moved].add(one.parent)
    return found


def _reached(start: set[str], links: Mapping[str, set[str]]) -> set[str]:
    found, pending = set(start), list(start)
    while pending:
        new = links.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def narrowed(scorecard: Scorecard, unit: str) -> Scorecard:
    """The scorecard with cells at the unit, and below it only where its score or a KPI of it is made of scores there.

    Trends are left out. Other units keep their place in the tree, as what is counted there counts for the unit.
    """
    needed = scored_for(scorecard, unit)
    nodes = {one: _kept(node) if one in needed else _bare(node) for one, node in scorecard.nodes.items()}
    return replace(scorecard, nodes=nodes)


def scored_for(scorecard: Scorecard, unit: str) -> set[str]:
    """The unit and those below it whose scores its own results are made of."""
    found, pending = set(), [unit] if unit in scorecard.nodes else []
    while pending:
        node = scorecard.nodes[pending.pop()]
        found.add(node.unit.id)
        if node.child_share or any(cell.rollup == "scores" for cell in node.cells):
            pending += node.children
    return found


def _kept(node: Node) -> Node:
    return replace(node, cells=tuple(_without_trend(cell) for cell in node.cells))


def _without_trend(cell: Cell) -> Cell:
    if cell.trend is None:
        return cell
    return replace(cell, rule=replace(cell.rule, kpi=cell.rule.kpi.model_copy(update={"trend": None})))


def _bare(node: Node) -> Node:
    return replace(node, cells=(), children=())


def only(scorecard: Scorecard, cell: Cell, trend: BucketKind | None = None) -> Scorecard:
    """The scorecard with one cell alone, by its own values, with the buckets of a trend or without one."""
    kpi = cell.rule.kpi.model_copy(update={"trend": trend})
    alone = replace(cell, rule=replace(cell.rule, kpi=kpi), rollup="values")
    nodes = {unit: _bare(node) for unit, node in scorecard.nodes.items()}
    nodes[cell.unit] = replace(nodes[cell.unit], cells=(alone,), child_share=0)
    return replace(scorecard, nodes=nodes)
