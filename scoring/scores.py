"""Pure formulas from readings to results: value, attainment, score, status of a KPI, and the score of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from .active_gates import gated
from .board import POINT, KpiResult, Status, UnitScore
from .calendar import MINUTE_MS, BusinessCalendar, Period
from .curves import Over, half_even, shares, to_points
from .definitions import Kpi
from .methods import Ratio, Stabilise
from .scorecard import Cell, Node, Rule

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


def margin(kpi: Kpi, value: Fraction, due: Fraction) -> Fraction:
    """By how much a value is better than the target due, in its own unit."""
    return value - due if kpi.direction == "higher" else due - value


def _none_at_all(kpi: Kpi, value: Fraction) -> bool:
    """Whether target ÷ value has no bound: better than any point of a curve over it."""
    return kpi.direction == "lower" and value <= 0 and not isinstance(kpi.method, Ratio)


def curve_position(
    rule: Rule, value: Fraction | None, due: Fraction | None, reached: Fraction | None
) -> Fraction | None:
    """Where on its KPI's curve a value lies; None where that is not known."""
    match rule.curve.over:
        case Over.VALUE:
            return value if not rule.curve.listed or value in rule.curve.xs else None
        case Over.ATTAINMENT:
            if reached is None or value is None or not _none_at_all(rule.kpi, value):
                return reached
            return max(reached, rule.curve.xs[-1] + 1)
    if value is None or due is None:
        return None
    ahead = margin(rule.kpi, value, due)
    if rule.curve.over is Over.MARGIN:
        return ahead
    return ahead / abs(due) if due else None


def status_of(reached: Fraction | None, good: Decimal, watch: Decimal) -> Status:
    """The status band of an attainment."""
    if reached is None:
        return Status.UNKNOWN
    return Status.GOOD if reached >= Fraction(good) else Status.WATCH if reached >= Fraction(watch) else Status.BAD


def _kpi_status(
    cell: Cell, value: Fraction | None, due: Fraction | None, reached: Fraction | None, points: Fraction | None
) -> Status:
    """By attainment; by the score where that is rolled up; a target of 0 has no attainment, only met or not."""
    bands = cell.rule.kpi.status
    if cell.rollup == "scores":
        return status_of(None if points is None else points / 100, bands.good, bands.watch)
    if reached is None and value is not None and due is not None and cell.target == 0:
        return Status.GOOD if margin(cell.rule.kpi, value, due) >= 0 else Status.BAD
    return status_of(reached, bands.good, bands.watch)


def kpi_result(
    cell: Cell,
    values: Mapping[str, Fraction | None],
    event_ms: int | None,
    period: Period,
    elapsed: Fraction,
    mean: Mean | None = None,
) -> KpiResult:
    """The result of one cell; its contribution is settled with its unit.

    `mean` is the weighted mean of the child units' scores, for a KPI that rolls up scores.
    """
    kpi = cell.rule.kpi
    value = cell.rule.formula(values)
    due = cell.target * elapsed if kpi.accrues else cell.target
    reached, points = judged(cell, value, due)
    if mean is not None:
        points = None if mean.score is None else Fraction(mean.score, POINT)
    after, bit = gated_points(cell, points)
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
        score=None if after is None else to_points(after),
        weight=cell.weight,
        contribution=None,
        status=_kpi_status(cell, value, due, reached, points),
        event_ms=event_ms,
        metrics=tuple(values[metric.id] for metric in cell.rule.metrics),
        definition=cell.version,
        gates=bit,
        coverage=Fraction(1) if mean is None else mean.coverage,
    )


def judged(cell: Cell, value: Fraction | None, due: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """Attainment and points, before gates, of a value against the target due."""
    rule = cell.rule
    if isinstance(rule.kpi.method, Stabilise):
        reached = None if value is None else rule.curve.at(value) / 100
    else:
        reached = attainment(rule.kpi, value, due)
    over = curve_position(rule, value, due, reached)
    return reached, None if over is None else rule.curve.at(over)


def gated_points(cell: Cell, points: Fraction | None) -> tuple[Fraction | None, tuple[str, ...]]:
    """A KPI's points after its gates, and the ids of those that bit."""
    bit = []
    for gate in cell.gates:
        after = None if points is None else gate.act(points)
        if after != points:
            bit.append(gate.id)
        points = after
    return points, tuple(bit)


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


@dataclass(frozen=True, slots=True)
class Mean:
    """The weighted mean of the child units' scores of one KPI; `coverage` is the share of weight that is known."""

    score: int | None
    coverage: Fraction


def mean_of(sums: ChildSums, whole_weight: int, missing: str) -> Mean:
    """The mean that sums make, by the unit's policy for what is missing; an unknown score where there is none."""
    coverage = Fraction(sums.weight, whole_weight) if whole_weight else Fraction(0)
    if not sums.weight or (missing == "block" and coverage < 1):
        return Mean(None, coverage)
    return Mean(half_even(sums.weighted, whole_weight if missing == "zero" else sums.weight), coverage)


def unit_score(node: Node, results: Sequence[KpiResult], children: ChildSums) -> UnitScore:
    """S = sum of weight x score / sum of weight, over KPIs and, by its declared share, the child units; then bonus
    points, then the unit's gates.

    What is missing follows the unit's policy: `renormalise` over what is known, count as `zero`, or `block`.
    """
    weighted = child_part(node, children)
    known = node.child_share if children.weight else 0
    total = node.child_share
    coverage = Fraction(node.child_share * children.weight, node.child_weight) if known else Fraction(0)
    for cell, result in zip(node.cells, results, strict=True):
        if cell.rule.adds:
            continue
        total += result.weight
        if result.score is not None:
            weighted += result.weight * result.score
            known += result.weight
            coverage += result.weight * result.coverage
    coverage = coverage / total if total else Fraction(0)
    blocked = node.unit.missing == "block" and coverage < 1
    base: int | None = None
    score: int | None = None
    bit: tuple[str, ...] = ()
    if known and not blocked:
        base = half_even(weighted, total if node.unit.missing == "zero" else known) + added_points(node, results)
        score, bit = gated(base, node.gates, {one.kpi: one.value for one in results}) if node.gates else (base, ())
    reached = None if score is None else Fraction(score, POINT) / Fraction(node.unit.target_score)
    status = status_of(reached, Decimal(1), Decimal("0.9"))
    return UnitScore(node.unit.id, score, status, coverage, base=base, definition=node.version, gates=bit)


def added_points(node: Node, results: Sequence[KpiResult]) -> int:
    """What bonus KPIs add on top of the weighted score."""
    pairs = zip(node.cells, results, strict=True)
    return sum(result.score or 0 for cell, result in pairs if cell.rule.adds)


def with_contributions(
    node: Node, results: Sequence[KpiResult], children: ChildSums, unit: UnitScore
) -> list[KpiResult]:
    """The results with what each adds to the unit's base score; with the child units' part they sum to it exactly."""
    adds = [cell.rule.adds for cell in node.cells]
    parts = [0 if on_top else result.weight * (result.score or 0) for on_top, result in zip(adds, results, strict=True)]
    given: list[int] | None = None
    if unit.base is not None:
        given = shares(unit.base - added_points(node, results), [*parts, child_part(node, children)])
    settled = []
    for at, result in enumerate(results):
        part = None
        if given is not None and result.score is not None:
            part = result.score if adds[at] else given[at]
        settled.append(result if part == result.contribution else replace(result, contribution=part))
    return settled
