"""Scoring what was read before under another scorecard: the ground of waterfalls and what-ifs.

It uses the formulas of `scores` on values that a board already holds, for the units asked for and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from .board import KpiResult, UnitScore
from .calendar import Period
from .scorecard import Cell, Node, Scorecard
from .scores import ChildSums, Mean, kpi_result, mean_of, unit_score, with_contributions

CellKey = tuple[str, str]


class Scored(Protocol):
    """Anything that holds results: a board, an evaluator, the scores made here."""

    @property
    def kpis(self) -> Mapping[CellKey, KpiResult]:
        """Results by (unit, KPI)."""

    @property
    def units(self) -> Mapping[str, UnitScore]:
        """Scores by unit."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Results and unit scores at one moment under one scorecard."""

    kpis: Mapping[CellKey, KpiResult] = field(default_factory=dict)
    units: Mapping[str, UnitScore] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a cell was judged by: metric values, the newest event, the period and how much of it had passed."""

    values: Mapping[str, Fraction | None]
    event_ms: int | None
    period: Period
    elapsed: Fraction


def observe(scorecard: Scorecard, scored: Scored, units: Iterable[str]) -> dict[CellKey, Observation]:
    """The observations behind the results of units, by cell; `scorecard` is the one that they were made under."""
    nodes = [scorecard.nodes[unit] for unit in units if unit in scorecard.nodes]
    cells = [cell for node in nodes for cell in node.cells if cell.key in scored.kpis]
    return {cell.key: observation(cell, scored.kpis[cell.key]) for cell in cells}


def observation(cell: Cell, result: KpiResult) -> Observation:
    """The observation behind one result of a cell."""
    names = (metric.id for metric in cell.rule.metrics)
    period = Period(cell.period, result.period_start_ms, result.period_end_ms)
    return Observation(dict(zip(names, result.metrics, strict=True)), result.event_ms, period, result.elapsed)


def subtree(scorecard: Scorecard, unit: str) -> list[str]:
    """A unit and all scored units below it, parents first."""
    found = [unit]
    for one in found:
        found.extend(scorecard.nodes[one].children)
    return found


def rescore(
    scorecard: Scorecard, observed: Mapping[CellKey, Observation], units: Iterable[str], known: Scored
) -> Scores:
    """Score these units anew, deepest first; the scores of all other units are taken as `known`."""
    kpis: dict[CellKey, KpiResult] = {}
    scores: dict[str, UnitScore] = {}
    nodes = [scorecard.nodes[unit] for unit in set(units)]
    for node in sorted(nodes, key=lambda node: (-node.depth, node.unit.id)):
        below = {child: scores.get(child, known.units.get(child)) for child in node.children}
        sums = child_sums(scorecard, below)
        results = [_result(scorecard, node, cell, observed, kpis, known) for cell in node.cells]
        scores[node.unit.id] = score = unit_score(node, results, sums)
        for result in with_contributions(node, results, sums, score):
            kpis[result.unit, result.kpi] = result
    return Scores(kpis, scores)


def child_sums(scorecard: Scorecard, below: Mapping[str, UnitScore | None]) -> ChildSums:
    """What these child units' scores add up to."""
    sums = ChildSums()
    for child, scored in below.items():
        sums = sums.replaced(scorecard.nodes[child].weight, None, scored.score if scored else None)
    return sums


def rolled_up(scorecard: Scorecard, node: Node, kpi: str, result_of: Callable[[CellKey], KpiResult | None]) -> Mean:
    """The mean of the child units' scores of a KPI."""
    sums, whole = ChildSums(), 0
    for child in node.children:
        below = result_of((child, kpi))
        if below is not None:
            weight = scorecard.nodes[child].weight
            sums, whole = sums.replaced(weight, None, below.score), whole + weight
    return mean_of(sums, whole, node.unit.missing)


def _result(
    scorecard: Scorecard, node: Node, cell: Cell, observed: Mapping[CellKey, Observation],
    fresh: Mapping[CellKey, KpiResult], known: Scored,
) -> KpiResult:  # fmt: skip
    seen = observed[cell.key]
    mean = None
    if cell.rollup == "scores":
        mean = rolled_up(scorecard, node, cell.rule.kpi.id, lambda key: fresh.get(key) or known.kpis.get(key))
    return kpi_result(cell, seen.values, seen.event_ms, seen.period, seen.elapsed, mean)
