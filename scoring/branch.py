"""What one unit's results need of a model and of its scorecard: the unit, what ever stood below it, and nothing else.

Results of the unit are those of the whole model; those of units above it are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .definitions import Model
from .forms import BucketKind
from .scorecard import Cell, Node, Scorecard

Links = dict[str, set[str]]


def branch(model: Model, unit: str) -> Model:
    """The model with the units that count for one unit at any time, and the units that ever stood above those."""
    kept = _reached(units_below(model, unit), _parents(model))
    if len(kept) == len(model.units):
        return model
    return model.model_copy(update={"units": [one for one in model.units if one.id in kept]})


def units_below(model: Model, unit: str) -> set[str]:
    """The unit and every unit that stands below it at any time."""
    below: Links = {}
    for child, parents in _parents(model).items():
        for parent in parents:
            below.setdefault(parent, set()).add(child)
    return _reached({unit}, below)


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
