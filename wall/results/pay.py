"""Grades and trial pay of units: from their scores, under the gates that bit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from scoring.board import POINT, UnitScore
from scoring.definitions import Model
from scoring.grades import Incentive
from scoring.grading import Line, grade_of, incentive_lines, worst_grade
from scoring.rescore import Scored
from scoring.scorecard import Node, Scorecard


def unit_grade(model: Model, node: Node, score: UnitScore | None) -> str | None:
    """The grade of a unit's score, no better than the ceilings that gates put on it; None while unknown."""
    if score is None or score.score is None:
        return None
    ceilings = [gate.grade for gate in node.gates if gate.id in score.gates and gate.grade is not None]
    return grade_of(Fraction(score.score, POINT), model.grades, worst_grade(model.grades, ceilings))


def unpaid(scorecard: Scorecard, units: Mapping[str, UnitScore]) -> frozenset[str]:
    """The units whose coefficient a gate makes 0."""
    return frozenset(
        unit
        for unit, score in units.items()
        if unit in scorecard.nodes
        and any(gate.no_pay and gate.id in score.gates for gate in scorecard.nodes[unit].gates)
    )


def pay_lines(model: Model, incentive: Incentive, scorecard: Scorecard, scored: Scored) -> list[Line]:
    """The trial calculation of an incentive over these scores, in the model's order of units."""
    scores = {unit: score.score for unit, score in scored.units.items()}
    nodes = scorecard.nodes
    grades = {unit: unit_grade(model, nodes[unit], score) for unit, score in scored.units.items() if unit in nodes}
    units = [nodes[unit.id].unit for unit in model.units if unit.id in nodes]
    return incentive_lines(incentive, units, scores, grades, unpaid(scorecard, scored.units))
