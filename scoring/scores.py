"""Pure formulas from readings to results: value, attainment, score, status of a KPI, and the score of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from .board import POINT, KpiResult, Status, UnitScore
from .calendar import MINUTE_MS, BusinessCalendar, Period
from .curves import half_even, shares, to_points
from .definitions import Kpi
from .methods import Ratio
from .scorecard import Cell, Node

#: Pace moves in 1,440 steps of a period (a minute of a day, half an hour of a month), so that between steps a tick
#: touches only what events moved.
PACE_STEPS = 1440


def pace_step_ms(period: Period) -> int:
    """How often pace moves: whole minutes."""
    return max(MINUTE_MS, (period.end_ms - period.start_ms) // PACE_STEPS // MINUTE_MS * MINUTE_MS)


def pace_moment_ms(period: Period, now_ms: int) -> int:
    """The moment that pace goes by: the last step at or before now, or the end of a period that is over."""
    if now_ms >= period.end_ms:
        return period.end_ms
    return max(period.start_ms, now_ms - (now_ms - period.start_ms) % pace_step_ms(period))


def elapsed_share(calendar: BusinessCalendar, period: Period, now_ms: int) -> Fraction:
    """The share of the period's working time that has passed, at the last pace step; 0 where nothing works."""
    total = calendar.working_ms(period.start_ms, period.end_ms)
    passed = calendar.working_ms(period.start_ms, pace_moment_ms(period, now_ms))
    return Fraction(passed, total) if total else Fraction(0)


def attainment(kpi: Kpi, value: Fraction | None, due: Fraction | None) -> Fraction | None:
    """Value against the target due, 1 = on target, larger is better in either direction; None if unknown.

    >>> lower = Kpi(id="k", title="", value="m", applies_to=["x"], direction="lower", target=100, weight=1,
    ...             method={"name": "ratio", "inverse": "symmetric"})
    >>> attainment(lower, Fraction(80), Fraction(100))
    Fraction(6, 5)
    """
    if value is None or not due:
        return None
    if kpi.direction == "higher":
        return value / due
    if isinstance(kpi.method, Ratio) and kpi.method.inverse == "symmetric":
        return 2 - value / due
    highest = Fraction(kpi.method.cap) / 100 if isinstance(kpi.method, Ratio) else Fraction(6, 5)
    return due / value if value > 0 else highest


def status_of(reached: Fraction | None, good: Decimal, watch: Decimal) -> Status:
    """The status band of an attainment."""
    if reached is None:
        return Status.UNKNOWN
    return Status.GOOD if reached >= Fraction(good) else Status.WATCH if reached >= Fraction(watch) else Status.BAD


def kpi_result(
    cell: Cell, values: Mapping[str, Fraction | None], event_ms: int | None, period: Period, elapsed: Fraction
) -> KpiResult:
    """The result of one cell; its contribution is settled with its unit."""
    kpi = cell.rule.kpi
    value = cell.rule.formula(values)
    due = cell.target * elapsed if kpi.accrues else cell.target
    reached = attainment(kpi, value, due)
    over = value if cell.rule.curve.over_value else reached
    return KpiResult(
        unit=cell.unit,
        kpi=kpi.id,
        period_start_ms=period.start_ms,
        period_end_ms=period.end_ms,
        elapsed=elapsed,
        value=value,
        target=cell.target,
        due=due,
        attainment=reached,
        score=None if over is None else to_points(cell.rule.curve.at(over)),
        weight=cell.weight,
        contribution=None,
        status=status_of(reached, kpi.status.good, kpi.status.watch),
        event_ms=event_ms,
    )


@dataclass(frozen=True, slots=True)
class ChildSums:
    """What the known child scores of a unit add up to: weight x score, and weight. Integers, so exact in any order."""

    weighted: int = 0
    weight: int = 0

    def replaced(self, weight: int, old: int | None, new: int | None) -> ChildSums:
        """The sums after one child's score went from old to new."""
        gone = (0, 0) if old is None else (weight * old, weight)
        come = (0, 0) if new is None else (weight * new, weight)
        return ChildSums(self.weighted - gone[0] + come[0], self.weight - gone[1] + come[1])


def child_part(node: Node, children: ChildSums) -> int:
    """What the child units add to the weighted sum of a unit: their declared share x their weighted mean."""
    if not node.child_share or not children.weight:
        return 0
    base = node.child_weight if node.unit.missing == "zero" else children.weight
    return node.child_share * half_even(children.weighted, base)


def unit_score(node: Node, results: Sequence[KpiResult], children: ChildSums) -> UnitScore:
    """S = sum of weight x score / sum of weight, over KPIs and, by its declared share, the child units.

    What is missing follows the unit's policy: `renormalise` over what is known, count as `zero`, or `block`.
    """
    weighted = child_part(node, children)
    known = node.child_share if children.weight else 0
    total = node.child_share
    coverage = Fraction(node.child_share * children.weight, node.child_weight) if known else Fraction(0)
    for result in results:
        total += result.weight
        if result.score is not None:
            weighted += result.weight * result.score
            known += result.weight
            coverage += result.weight
    coverage = coverage / total if total else Fraction(0)
    blocked = node.unit.missing == "block" and coverage < 1
    score = None if not known or blocked else half_even(weighted, total if node.unit.missing == "zero" else known)
    reached = None if score is None else Fraction(score, POINT) / Fraction(node.unit.target_score)
    return UnitScore(node.unit.id, score, status_of(reached, Decimal(1), Decimal("0.9")), coverage)


def with_contributions(
    node: Node, results: Sequence[KpiResult], children: ChildSums, unit: UnitScore
) -> list[KpiResult]:
    """The results with what each adds to the unit's score; with the child units' part they sum to it exactly."""
    parts = [result.weight * result.score if result.score is not None else 0 for result in results]
    given: list[int] | None = None
    if unit.score is not None:
        given = shares(unit.score, [*parts, child_part(node, children)])
    settled = []
    for at, result in enumerate(results):
        part = given[at] if given is not None and result.score is not None else None
        settled.append(result if part == result.contribution else replace(result, contribution=part))
    return settled
