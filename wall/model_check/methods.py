"""The scoring methods: curves that rise with what is better, without gaps, over what their formula can give."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.definitions import Aggregate, EventType, Metric, Model
from scoring.expressions import ExpressionError, names
from scoring.methods import (
    Bands,
    Binary,
    Bonus,
    Deduct,
    Efficacy,
    Graded,
    Interpolate,
    PlusMinus,
    Ratio,
    RedGoal,
    Stabilise,
    WorstBest,
)

from .finding import Finding
from .versions import KpiVersion

#: A step above this share (percent) of the weight is a cliff that invites gaming.
CLIFF = Decimal(5)
#: What the event of a picked grade must name.
PICKED_BY = ("author", "evidence", "reviewer")


@dataclass(frozen=True, slots=True)
class Counted:
    """The metrics and event types that formulas are over."""

    metrics: Mapping[str, Metric]
    events: Mapping[str, EventType]

    @staticmethod
    def of(model: Model) -> Counted:
        """Those of a model."""
        return Counted({one.id: one for one in model.metrics}, {one.type: one for one in model.events})


def check_method(version: KpiVersion, counted: Counted) -> Iterator[Finding]:
    """What is wrong with one version's method, its own parameters and its targets."""
    method = version.kpi.method
    over_value = getattr(method, "over", "value") == "value"
    if (isinstance(method, Ratio) or not over_value) and any(target <= 0 for target in version.targets()):
        yield version.wrong(
            "target", "a target of zero or less can't be divided by", "use a target above 0, or a curve over values"
        )
    if version.kpi.accrues and over_value and not isinstance(method, Ratio | PlusMinus | Binary):
        yield version.doubtful(
            "accrues",
            f"accrues, but {method.name} judges the value itself, low at first",
            "drop accrues, or use a method over attainment",
        )
    check = _CHECKS.get(type(method))
    if check is not None:
        yield from check(version, method, counted)


def _rising(version: KpiVersion) -> bool:
    """Whether more of what the curve runs over is better."""
    return getattr(version.kpi.method, "over", "value") == "attainment" or version.kpi.direction == "higher"


def _share(points: Decimal, out_of: Decimal) -> Decimal:
    """Points as percent of the weight, without needless zeros.

    >>> str(_share(Decimal(3), Decimal(20)))
    '15'
    """
    share = (points * 100 / out_of).normalize()
    return share.quantize(Decimal(1)) if share == share.to_integral_value() else share


def _cliff(version: KpiVersion, points: Decimal, out_of: Decimal, at: object) -> Iterator[Finding]:
    share = _share(abs(points), out_of)
    if share > CLIFF:
        yield version.doubtful(
            "method", f"a cliff of {share} points (of 100) at {at}", "use smaller steps or a straight line"
        )


def _ratio(version: KpiVersion, method: Ratio, _: Counted) -> Iterator[Finding]:
    if (method.inverse is None) != (version.kpi.direction == "higher"):
        yield version.wrong(
            "method",
            "lower is better says its inverse, higher has none",
            "inverse: reciprocal or symmetric with direction: lower",
        )
    if method.floor >= method.cap:
        yield version.wrong("method", "floor is not below cap", "use floor: 0 and cap: 120, say")


def _interpolate(version: KpiVersion, method: Interpolate, _: Counted) -> Iterator[Finding]:
    for one, two in itertools.pairwise(method.points):
        if one.at == two.at:
            yield version.wrong("method", f"two points at {one.at}", "keep one of them")
        elif one.at > two.at:
            yield version.wrong("method", f"points not sorted: {one.at} before {two.at}", "sort them by at")
    ordered = sorted(method.points, key=lambda point: point.at, reverse=not _rising(version))
    if any(one.points > two.points for one, two in itertools.pairwise(ordered)):
        yield version.wrong("method", "points fall as the value gets better", "let better values earn more")
    worst, best = ordered[0], ordered[-1]
    if method.floor > worst.points:
        yield version.wrong("method", f"floor {method.floor} is above the worst point's {worst.points}", "lower floor")
    if method.cap is not None and method.cap < best.points:
        yield version.wrong("method", f"cap {method.cap} is under the best point's {best.points}", "raise or drop cap")
    yield from _cliff(version, max(worst.points - method.floor, Decimal(0)), method.out_of, worst.at)
    if method.cap is not None:
        yield from _cliff(version, max(method.cap - best.points, Decimal(0)), method.out_of, best.at)


def _bands(version: KpiVersion, method: Bands, _: Counted) -> Iterator[Finding]:
    rows = sorted(method.table, key=lambda row: (row.from_ is not None, row.from_ or 0))
    for row in rows:
        if row.from_ is not None and row.to is not None and row.from_ >= row.to:
            yield version.wrong("method", f"band {row.from_} to {row.to} is empty", "let from be below to")
    if rows[0].from_ is not None or rows[-1].to is not None:
        yield version.wrong(
            "method",
            f"bands end at {rows[0].from_} and {rows[-1].to}, and nothing is said of values beyond",
            "leave out from of the lowest band and to of the highest",
        )
    for row, following in itertools.pairwise(rows):
        if row.to != following.from_ or following.from_ is None:
            yield version.wrong(
                "method",
                f"bands meet badly at {row.to} and {following.from_}",
                "let each band begin where the one before ends",
            )
        step = following.points - row.points
        if step and (step < 0) == _rising(version):
            yield version.wrong("method", "points fall as the value gets better", "sort the points by direction")
        yield from _cliff(version, step, method.out_of, row.to)


def _plus_minus(version: KpiVersion, method: PlusMinus, _: Counted) -> Iterator[Finding]:
    if method.step_in == "percent" and any(target == 0 for target in version.targets()):
        yield version.wrong("target", "percent of a target of 0 is nothing", "use step_in: value, or another target")
    if method.steps == "whole":
        yield from _cliff(version, method.per_step, method.out_of, "each step")


def _one_metric(version: KpiVersion, counted: Counted) -> Metric | None:
    """The metric that a KPI's value is, if it is nothing else."""
    try:
        used = names(version.kpi.value)
    except ExpressionError:
        return None
    return counted.metrics.get(used[0]) if used == (version.kpi.value.strip(),) else None


def _deduct(version: KpiVersion, method: Deduct, counted: Counted) -> Iterator[Finding]:
    wanted = Aggregate.SUM if method.policy == "sum" else Aggregate.MAX
    metric = _one_metric(version, counted)
    if metric is None or metric.aggregate is not wanted:
        yield version.wrong(
            "value",
            f"deduct by {method.policy} is the value of one metric with aggregate: {wanted}",
            f"let value be one metric of aggregate: {wanted}",
        )
    if version.kpi.direction == "higher":
        yield version.wrong("direction", "deductions are better when lower", "direction: lower")


def _bonus(version: KpiVersion, _: Bonus, __: Counted) -> Iterator[Finding]:
    if any(version.weights()):
        yield version.wrong("weight", "a bonus comes on top of the hundred", "weight: 0")
    if version.kpi.direction == "lower":
        yield version.wrong("direction", "bonus points are better when higher", "direction: higher")


def _graded(version: KpiVersion, method: Graded, counted: Counted) -> Iterator[Finding]:
    metric = _one_metric(version, counted)
    event = counted.events.get(metric.event) if metric else None
    if metric is None or metric.aggregate is not Aggregate.LAST:
        yield version.wrong(
            "value", "a picked grade is the value of one metric with aggregate: last", "let value be one such metric"
        )
    for name in PICKED_BY if event else ():
        asked = event.fields.get(name) if event else None
        if event and (asked is None or asked.type != "text" or asked.optional):
            yield version.wrong(
                "value",
                f"event {event.type!r} does not ask for {name!r} of who picks a grade",
                f"give it a text field {name}, not optional",
            )
    ordered = sorted(method.grades, key=lambda grade: grade.value, reverse=not _rising(version))
    for one, two in itertools.pairwise(ordered):
        if one.value == two.value:
            yield version.wrong("method", f"two grades of value {one.value}", "give each its own value")
        elif one.points > two.points:
            yield version.wrong("method", "points fall as the grade gets better", "let better grades earn more")


def _efficacy(version: KpiVersion, method: Efficacy, _: Counted) -> Iterator[Finding]:
    falling = method.standards if _rising(version) else method.standards[::-1]
    if any(one <= two for one, two in itertools.pairwise(falling)):
        yield version.wrong(
            "method", "standards are not in order, best first, by direction", "sort them, each once, best first"
        )
    if any(one < two for one, two in itertools.pairwise(method.coefficients)) or method.coefficients[-1] < 0:
        yield version.wrong("method", "coefficients rise towards the worst standard", "let them fall, none below 0")


def _worst_best(version: KpiVersion, method: WorstBest, _: Counted) -> Iterator[Finding]:
    if not _ahead(version, method.worst, method.best):
        yield version.wrong(
            "method", f"best {method.best} is no better than worst {method.worst}", "exchange them, or the direction"
        )


def _red_goal(version: KpiVersion, method: RedGoal, _: Counted) -> Iterator[Finding]:
    if not _ahead(version, method.red, method.goal):
        yield version.wrong(
            "method", f"goal {method.goal} is no better than red {method.red}", "exchange them, or the direction"
        )


def _ahead(version: KpiVersion, worse: Decimal, better: Decimal) -> bool:
    return better > worse if version.kpi.direction == "higher" else better < worse


def _stabilise(version: KpiVersion, method: Stabilise, _: Counted) -> Iterator[Finding]:
    if not method.zero_below < method.low <= method.high < method.zero_above:
        yield version.wrong(
            "method", "bounds are not in order", "let zero_below < low, low ≤ high and high < zero_above"
        )


_CHECKS: dict[type, Callable[[KpiVersion, Any, Counted], Iterator[Finding]]] = {
    Ratio: _ratio, Interpolate: _interpolate, Bands: _bands, PlusMinus: _plus_minus, Deduct: _deduct, Bonus: _bonus,
    Graded: _graded, Efficacy: _efficacy, WorstBest: _worst_best, RedGoal: _red_goal, Stabilise: _stabilise,
}  # fmt: skip
