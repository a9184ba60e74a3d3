"""Explaining a score: every part of it down to the curve piece, with parts that sum to the score exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .board import POINT, KpiResult, UnitScore
from .curves import Piece, shares, to_points
from .rescore import CellKey, Scored, child_sums, rolled_up
from .scorecard import Cell, Node, Scorecard
from .scores import child_part, curve_position

#: The id of several parts that stand together because whoever reads may not see them one by one.
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class GateEffect:
    """A gate that bit: the points before and after it."""

    gate: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a KPI adds to the base score of a unit, its own or one above it."""

    unit: str
    points: int
    base: int


@dataclass(frozen=True, slots=True)
class KpiExplanation:
    """The chain from metric values to the contribution of one KPI at one unit.

    `position` is where on its curve the value lies, `piece` what it fell on, `curve_points` the points (grid of
    `POINT`) before gates, `shares` what it adds to its unit and to every unit above, nearest first.
    """

    cell: Cell
    result: KpiResult
    position: Fraction | None
    piece: Piece | None
    curve_points: int | None
    gates: tuple[GateEffect, ...]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a unit's base score: a KPI, a bonus on top, or a child unit; `weight` is its share of the whole."""

    kind: Literal["kpi", "bonus", "unit"]
    id: str
    weight: Fraction
    score: int | None
    points: int

    @property
    def key(self) -> str:
        """Its name among all parts: `kpi:...` or `unit:...`, as a unit may be called like a KPI."""
        return f"{'unit' if self.kind == 'unit' else 'kpi'}:{self.id}"


@dataclass(frozen=True, slots=True)
class UnitExplanation:
    """A unit's score as its parts and gates: the points of the parts sum to `base`, with the gates to the score."""

    node: Node
    score: UnitScore
    parts: tuple[Part, ...]
    gates: tuple[GateEffect, ...]


def explain_kpi(scorecard: Scorecard, scored: Scored, key: CellKey) -> KpiExplanation:
    """The explanation of one KPI; KeyError where the scorecard or the results don't have it."""
    node, result = scorecard.nodes[key[0]], scored.kpis[key]
    cell = next(cell for cell in node.cells if cell.key == key)
    position = piece = points = None
    if cell.rollup == "values":
        position = curve_position(cell.rule, result.value, result.due, result.attainment)
        if position is not None:
            piece, points = cell.rule.curve.piece(position), cell.rule.curve.at(position)
    else:
        mean = rolled_up(scorecard, node, cell.rule.kpi.id, scored.kpis.get).score
        points = None if mean is None else Fraction(mean, POINT)
    return KpiExplanation(
        cell=cell,
        result=result,
        position=position,
        piece=piece,
        curve_points=None if points is None else to_points(points),
        gates=_kpi_gate_effects(cell, points),
        shares=tuple(_shares_above(scorecard, scored, node, result)),
    )


def _kpi_gate_effects(cell: Cell, points: Fraction | None) -> tuple[GateEffect, ...]:
    effects = []
    for gate in cell.gates if points is not None else ():
        assert points is not None
        after = gate.act(points)
        if after != points:
            effects.append(GateEffect(gate.id, to_points(points), to_points(after)))
        points = after
    return tuple(effects)


def _shares_above(scorecard: Scorecard, scored: Scored, node: Node, result: KpiResult) -> list[Share]:
    """What the KPI adds to its unit and each unit above, while these have scores."""
    if result.contribution is None:
        return []
    found: list[Share] = []
    trail = [node.unit.id, *node.ancestors]
    for at, unit in enumerate(trail):
        base = scored.units[unit].base if unit in scored.units else None
        if base is None:
            break
        points = base
        down = trail[at::-1]
        for place, part in zip(down, [*(f"unit:{below}" for below in down[1:]), f"kpi:{result.kpi}"], strict=True):
            given = _split(scorecard, scored, scorecard.nodes[place], points, part)
            if given is None:
                return found
            points = given
        found.append(Share(unit, points, base))
    return found


def _split(scorecard: Scorecard, scored: Scored, node: Node, points: int, part: str) -> int | None:
    """What one part of a unit gets of points that are split in proportion to all its parts; None if it has none."""
    parts = [*_kpi_parts(node, scored), *_unit_parts(scorecard, scored, node)]
    at = next((place for place, one in enumerate(parts) if one.key == part), None)
    return None if at is None else shares(points, [one.points for one in parts])[at]


def explain_unit(scorecard: Scorecard, scored: Scored, unit: str) -> UnitExplanation:
    """The explanation of a unit's score; KeyError for a unit without one."""
    node, score = scorecard.nodes[unit], scored.units[unit]
    parts = (*_kpi_parts(node, scored), *_unit_parts(scorecard, scored, node))
    return UnitExplanation(node, score, parts, _unit_gate_effects(node, score))


def _kpi_parts(node: Node, scored: Scored) -> list[Part]:
    whole = node.child_share + sum(cell.weight for cell in node.cells if not cell.rule.adds)
    found = []
    for cell in node.cells:
        result = scored.kpis[cell.key]
        weight = Fraction(cell.weight, whole) if whole and not cell.rule.adds else Fraction(0)
        kind: Literal["kpi", "bonus"] = "bonus" if cell.rule.adds else "kpi"
        found.append(Part(kind, cell.rule.kpi.id, weight, result.score, result.contribution or 0))
    return found


def _unit_parts(scorecard: Scorecard, scored: Scored, node: Node) -> list[Part]:
    """What each child unit adds; together what the contributions of the unit's own KPIs leave of the base."""
    own = scored.units.get(node.unit.id)
    if own is None or own.base is None or not node.child_share:
        return []
    sums = child_sums(scorecard, {child: scored.units.get(child) for child in node.children})
    if not child_part(node, sums):
        return []
    rest = own.base - sum(scored.kpis[cell.key].contribution or 0 for cell in node.cells)
    below = [(scorecard.nodes[child], scored.units.get(child)) for child in node.children]
    given = shares(rest, [one.weight * (score.score or 0) if score else 0 for one, score in below])
    whole = node.child_share + sum(cell.weight for cell in node.cells if not cell.rule.adds)
    return [
        Part(
            "unit",
            one.unit.id,
            Fraction(node.child_share * one.weight, whole * node.child_weight),
            score.score if score else None,
            points,
        )
        for (one, score), points in zip(below, given, strict=True)
    ]


def _unit_gate_effects(node: Node, score: UnitScore) -> tuple[GateEffect, ...]:
    """The gates that bit, in their order; one that touches only grade or pay has equal points before and after."""
    effects: list[GateEffect] = []
    points = score.base
    for gate in node.gates:
        if points is None or gate.id not in score.gates:
            continue
        after = points if gate.ceiling is None else min(points, to_points(gate.ceiling))
        effects.append(GateEffect(gate.id, points, after))
        points = after
    return tuple(effects)


def gate_points(effects: Sequence[GateEffect]) -> int:
    """What gates take away or give, in points."""
    return sum(effect.after - effect.before for effect in effects)


def points_lost(result: KpiResult, results: Sequence[KpiResult]) -> Fraction | None:
    """What a KPI's score lacks to 100, as points of its unit's score; None while it has no score.

    `results` are those of its unit.
    """
    if result.score is None or result.contribution is None:
        return None
    if result.score:
        return Fraction(result.contribution * (100 * POINT - result.score), result.score * POINT)
    return 100 * result.weight / _known_weight(results)


def _known_weight(results: Sequence[KpiResult]) -> Fraction:
    """The weight that a unit's score is divided by: of what is known, as any contribution tells."""
    for other in results:
        if other.weight and other.score and other.contribution:
            return Fraction(other.weight * other.score, other.contribution)
    return Fraction(sum(other.weight for other in results if other.score is not None))


def possible_shares(explanation: UnitExplanation) -> dict[str, Fraction]:
    """What share of 100 points each part could earn, by key: what is unknown leaves its share to the rest.

    Where the unit counts what is missing as zero, every part keeps its share.
    """
    parts = [part for part in explanation.parts if part.kind != "bonus"]
    if explanation.node.unit.missing == "zero":
        return {part.key: part.weight for part in parts}
    children = [part for part in parts if part.kind == "unit"]
    below = sum((part.weight for part in children), Fraction(0))
    below_known = sum((part.weight for part in children if part.score is not None), Fraction(0))
    own = sum((part.weight for part in parts if part.kind == "kpi" and part.score is not None), Fraction(0))
    whole = own + (below if below_known else Fraction(0))
    stretch = below / below_known if below_known else Fraction(0)
    return {part.key: _possible(part, whole, stretch) for part in parts}


def _possible(part: Part, whole: Fraction, stretch: Fraction) -> Fraction:
    if part.score is None or not whole:
        return Fraction(0)
    return part.weight * (stretch if part.kind == "unit" else 1) / whole
