"""Grades, incentive coefficients and the lines of a trial calculation: tables over a unit's score, exact."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .board import POINT
from .definitions import Unit
from .grades import CoefficientPoint, GradeBand, Incentive
from .scorecard import by_unit


def grade_of(points: Fraction | None, bands: Sequence[GradeBand], ceiling: str | None = None) -> str | None:
    """The grade of a score by bands from best to worst, no better than the ceiling; None for an unknown score.

    A score under every band gets the worst grade.

    >>> bands = [GradeBand.model_validate(one) for one in ({"grade": "A", "from": 90}, {"grade": "B"})]
    >>> grade_of(Fraction(90), bands), grade_of(Fraction(89), bands), grade_of(Fraction(95), bands, "B")
    ('A', 'B', 'B')
    """
    if points is None or not bands:
        return None
    reached = (at for at, band in enumerate(bands) if band.from_ is None or points >= Fraction(band.from_))
    rank = next(reached, len(bands) - 1)
    return bands[max(rank, _rank(bands, ceiling))].grade


def _rank(bands: Sequence[GradeBand], grade: str | None) -> int:
    """The place of a grade, 0 for the best; 0 too where there is no such grade."""
    return next((at for at, band in enumerate(bands) if band.grade == grade), 0)


def worst_grade(bands: Sequence[GradeBand], grades: Iterable[str]) -> str | None:
    """The worst of several grades, such as the ceilings of several gates; None for none."""
    return max(grades, key=lambda grade: _rank(bands, grade), default=None)


@dataclass(frozen=True, slots=True)
class Crowded:
    """A grade that more units got than its `most_share` percent: a warning, nobody is regraded."""

    grade: str
    count: int
    whole: int
    most_share: Decimal


def crowded_grades(bands: Sequence[GradeBand], grades: Iterable[str | None]) -> list[Crowded]:
    """The grades whose forced ratio is exceeded among the units that have a grade.

    >>> bands = [GradeBand(grade="A", most_share=20), GradeBand(grade="B")]
    >>> [one.grade for one in crowded_grades(bands, ["A", "A", "B", "B", "B", None])]
    ['A']
    """
    counted = Counter(grade for grade in grades if grade is not None)
    whole = counted.total()
    return [
        Crowded(band.grade, counted[band.grade], whole, band.most_share)
        for band in bands
        if band.most_share is not None and counted[band.grade] * 100 > band.most_share * whole
    ]


def coefficient(table: Sequence[CoefficientPoint], score: Fraction) -> Fraction:
    """The coefficient at a score: straight between points, level outside; of two points at one score the later holds.

    >>> ladder = [CoefficientPoint(score=70, coefficient=0), CoefficientPoint(score=100, coefficient=1)]
    >>> coefficient(ladder, Fraction(85)), coefficient(ladder, Fraction(60)), coefficient(ladder, Fraction(120))
    (Fraction(1, 2), Fraction(0, 1), Fraction(1, 1))
    """
    points = [(Fraction(point.score), Fraction(point.coefficient)) for point in table]
    before = [point for point in points if point[0] <= score]
    after = [point for point in points if point[0] > score]
    if not before or not after:
        return before[-1][1] if before else after[0][1]
    (x0, y0), (x1, y1) = before[-1], after[0]
    return y0 + (y1 - y0) * (score - x0) / (x1 - x0)


@dataclass(frozen=True, slots=True)
class Jump:
    """A score at which a coefficient jumps: a hair's breadth of score decides pay."""

    score: Decimal
    below: Decimal
    above: Decimal


def jumps(table: Sequence[CoefficientPoint]) -> list[Jump]:
    """The cliffs of a coefficient table: two points at the same score."""
    return [
        Jump(one.score, one.coefficient, two.coefficient)
        for one, two in itertools.pairwise(table)
        if one.score == two.score and one.coefficient != two.coefficient
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's trial calculation; None is not known, never 0."""

    unit: str
    score: int | None
    grade: str | None
    coefficient: Fraction | None
    unit_coefficient: Fraction | None
    company_coefficient: Fraction | None
    base: Decimal | None
    amount: Decimal | None


def incentive_lines(
    incentive: Incentive,
    units: Sequence[Unit],
    scores: Mapping[str, int | None],
    grades: Mapping[str, str | None],
    no_pay: Collection[str] = (),
) -> list[Line]:
    """The lines of all units that an incentive is for: amount = base x coefficients of score, unit and company.

    Scores are in 10^-12 points (`POINT`); `no_pay` are the units whose coefficient a gate makes 0. An amount is
    rounded once, half up.
    """
    company: Fraction | None = Fraction(1)
    if incentive.company is not None:
        company = _coefficient_of(incentive, incentive.company, scores, no_pay)
    return [
        _line(incentive, unit, scores, grades, no_pay, company)
        for unit in units
        if unit.id in incentive.units or unit.kind in incentive.units
    ]


def _coefficient_of(
    incentive: Incentive, unit: str, scores: Mapping[str, int | None], no_pay: Collection[str]
) -> Fraction | None:
    if unit in no_pay:
        return Fraction(0)
    score = scores.get(unit)
    return None if score is None else coefficient(incentive.table, Fraction(score, POINT))


def _line(
    incentive: Incentive,
    unit: Unit,
    scores: Mapping[str, int | None],
    grades: Mapping[str, str | None],
    no_pay: Collection[str],
    company: Fraction | None,
) -> Line:
    own = _coefficient_of(incentive, unit.id, scores, no_pay)
    base, factor = by_unit(incentive.base, unit), by_unit(incentive.unit_coefficient, unit)
    of_unit = None if factor is None else Fraction(factor)
    amount: Decimal | None = None
    if base is not None and own is not None and of_unit is not None and company is not None:
        amount = _half_up(Fraction(base) * own * of_unit * company, incentive.decimals)
    return Line(unit.id, scores.get(unit.id), grades.get(unit.id), own, of_unit, company, base, amount)


def _half_up(amount: Fraction, decimals: int) -> Decimal:
    """Rounded to decimals, halves away from zero.

    >>> str(_half_up(Fraction(1, 8), 2)), str(_half_up(Fraction(-1, 8), 2)), str(_half_up(Fraction(5), 2))
    ('0.13', '-0.13', '5.00')
    """
    whole = (abs(amount) * 10**decimals + Fraction(1, 2)).__floor__()
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(amount < 0), digits, -decimals))
