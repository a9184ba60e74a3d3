"""A scoring method in one sentence, with its parameters."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from scoring.curves import Over
from scoring.definitions import Kpi
from scoring.methods import (
    Band,
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
from scoring.scorecard import Rule

from . import formats
from .formats import Form
from .lookup import Lookup

#: A table of more bands or points is told by its ends; the chart has the rest.
MOST_TOLD = 4


def number(value: Decimal | Fraction | int) -> str:
    """Points or a coefficient, without trailing zeros."""
    return formats.plain(Fraction(value))


def abscissa(form: Form, over: Over, at: Fraction) -> str:
    """A number that a curve runs over: a value in the KPI's own form, else percent."""
    if over is Over.VALUE:
        return form.target(at)
    if over is Over.MARGIN:
        sign = "+" if at > 0 else ""
        return sign + form.target(at)
    sign = "+" if over is Over.DEVIATION and at > 0 else ""
    return f"{sign}{formats.plain(at * 100)}%"


def method_sentence(found: Lookup, rule: Rule, form: Form) -> str:
    """What the method of a KPI does, in words."""
    return _Teller(found, rule, form).sentence()


class _Teller:
    def __init__(self, found: Lookup, rule: Rule, form: Form) -> None:
        self._found, self._rule, self._form = found, rule, form

    def sentence(self) -> str:
        words, method = self._found.words, self._rule.kpi.method
        match method:
            case Ratio():
                return words("method.ratio", floor=number(method.floor), cap=number(method.cap))
            case Interpolate():
                points = sorted(method.points, key=lambda point: point.at)
                told = [words("method.at", x=self._x(point.at), points=number(point.points)) for point in points]
                cap = max(point.points for point in points) if method.cap is None else method.cap
                text = words("method.interpolate", points=self._ends(told), floor=number(method.floor), cap=number(cap))
                return text + self._out_of(method.out_of)
            case Bands():
                told = [self._band(band) for band in method.table]
                return words("method.bands", n=len(told), table=self._ends(told)) + self._out_of(method.out_of)
            case PlusMinus():
                return self._plus_minus(method)
            case Deduct():
                how = words(f"method.deduct.{method.policy}")
                return words("method.deduct", full=number(method.out_of), how=how)
            case Bonus():
                return words("method.bonus", cap=number(method.cap))
            case Binary():
                return words("method.binary")
            case Graded():
                told = [
                    words("method.grade", title=self._found.text(grade.title), points=number(grade.points))
                    for grade in method.grades
                ]
                return words("method.graded", grades=self._all(told)) + self._out_of(method.out_of)
            case Efficacy():
                standards = self._all([self._x(standard) for standard in method.standards])
                coefficients = self._all([number(one) for one in method.coefficients])
                return words("method.efficacy", standards=standards, coefficients=coefficients)
            case WorstBest():
                return words("method.worst_best", worst=self._x(method.worst), best=self._x(method.best))
            case RedGoal():
                return words("method.red_goal", red=self._x(method.red), goal=self._x(method.goal))
            case Stabilise():
                low, high = self._x(method.low), self._x(method.high)
                below, above = self._x(method.zero_below), self._x(method.zero_above)
                return words("method.stabilise", low=low, high=high, below=below, above=above)

    def _x(self, at: Decimal) -> str:
        return abscissa(self._form, self._rule.curve.over, Fraction(at))

    def _all(self, told: list[str]) -> str:
        return self._found.words("and.between").join(told)

    def _ends(self, told: list[str]) -> str:
        if len(told) <= MOST_TOLD:
            return self._all(told)
        return self._found.words("method.ends", first=told[0], last=told[-1])

    def _out_of(self, out_of: Decimal) -> str:
        return "" if out_of == 100 else self._found.words("method.out_of", full=number(out_of))

    def _band(self, band: Band) -> str:
        words, points = self._found.words, number(band.points)
        if band.from_ is None and band.to is None:
            return words("method.band.any", points=points)
        if band.from_ is None:
            assert band.to is not None
            return words("method.band.under", to=self._x(band.to), points=points)
        if band.to is None:
            return words("method.band.over", x=self._x(band.from_), points=points)
        return words("method.band", x=self._x(band.from_), to=self._x(band.to), points=points)

    def _plus_minus(self, method: PlusMinus) -> str:
        step = self._form.target(Fraction(method.step)) if method.step_in == "value" else f"{number(method.step)}%"
        text = self._found.words(
            "method.plus_minus",
            base=number(method.base),
            step=step,
            points=number(method.per_step),
            most=number(method.most),
            steps=self._found.words(f"method.steps.{method.steps}"),
        )
        return text + self._out_of(method.out_of)


def attainment_key(kpi: Kpi) -> str:
    """Which formula makes the attainment of a KPI: its texts are under this key."""
    if isinstance(kpi.method, Stabilise):
        return "explain.attained.stabilise"
    if kpi.direction == "higher":
        return "explain.attained.higher"
    if isinstance(kpi.method, Ratio) and kpi.method.inverse == "symmetric":
        return "explain.attained.symmetric"
    return "explain.attained.reciprocal"
