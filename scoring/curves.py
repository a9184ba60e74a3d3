"""The kernel of scoring: a piecewise curve, linear or step, clamped at floor and cap; methods construct it.

Every constructor gives points of 100; a KPI's weight turns them into points of its unit's score.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from .board import POINT
from .definitions import Kpi
from .methods import (
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

_LOWEST = Fraction(-(10**18))
FULL = Fraction(100)


class Over(StrEnum):
    """What a curve runs over; the last two are positive where the value is better than the target due."""

    VALUE = "value"
    ATTAINMENT = "attainment"
    DEVIATION = "deviation"  # relative to the target due
    MARGIN = "margin"  # in the value's own unit


@dataclass(frozen=True, slots=True)
class Piece:
    """The piece of a curve that a number fell on: from (x0, y0) to (x1, y1), and what clamped its points, if anything.

    An open side is None; a step has y0 == y1.
    """

    x0: Fraction | None
    x1: Fraction | None
    y0: Fraction
    y1: Fraction
    clamp: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of score (of 100) over a number.

    A linear curve goes on at the slope of its outer piece unless `below` or `above` says what stands there; a step
    curve holds each y from its x on. With a `quantum` only whole multiples of it count, towards zero. Where it is
    `listed`, only its own xs mean anything.
    """

    xs: tuple[Fraction, ...]
    ys: tuple[Fraction, ...]
    floor: Fraction
    cap: Fraction
    over: Over = Over.VALUE
    step: bool = False
    below: Fraction | None = None
    above: Fraction | None = None
    quantum: Fraction | None = None
    listed: bool = False

    def at(self, x: Fraction) -> Fraction:
        """The points at x, exact."""
        return min(max(self._unclamped(x), self.floor), self.cap)

    def _unclamped(self, x: Fraction) -> Fraction:
        if self.quantum is not None:
            x = int(x / self.quantum) * self.quantum
        piece = bisect_right(self.xs, x) - 1
        if piece < 0 and (self.step or self.below is not None):
            return self.floor if self.below is None else self.below
        if self.step:
            return self.ys[piece]
        if self.above is not None and x > self.xs[-1]:
            return self.above
        piece = min(max(piece, 0), len(self.xs) - 2)
        slope = (self.ys[piece + 1] - self.ys[piece]) / (self.xs[piece + 1] - self.xs[piece])
        return self.ys[piece] + slope * (x - self.xs[piece])

    def piece(self, x: Fraction) -> Piece:
        """The piece that x falls on, for an explanation."""
        raw = self._unclamped(x)
        clamp = "floor" if raw < self.floor else "cap" if raw > self.cap else ""
        at = bisect_right(self.xs, x) - 1
        outside = at < 0 or (not self.step and x > self.xs[-1])
        if self.step or (outside and (self.below if at < 0 else self.above) is not None):
            left = self.xs[at] if at >= 0 and self.xs[at] != _LOWEST else None
            right = self.xs[at + 1] if at + 1 < len(self.xs) else None
            return Piece(left, right, raw, raw, clamp)
        at = min(max(at, 0), len(self.xs) - 2)
        return Piece(self.xs[at], self.xs[at + 1], self.ys[at], self.ys[at + 1], clamp)


def _points(values: Sequence[Decimal], out_of: Decimal = Decimal(100)) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) * 100 / Fraction(out_of) for value in values)


def _line(points: Sequence[tuple[Fraction, Fraction]], **more: Any) -> Curve:
    """A linear curve through points, sorted by x and clamped at its lowest and highest y unless told otherwise."""
    xs, ys = zip(*sorted(points), strict=True)
    return Curve(xs, ys, **{"floor": min(ys), "cap": max(ys), **more})


def ratio(method: Ratio) -> Curve:
    """完成率法: 100 points per whole attainment.

    >>> ratio(Ratio(name="ratio")).at(Fraction(70, 80)) * 50 / 100
    Fraction(175, 4)
    """
    straight = [(Fraction(0), Fraction(0)), (Fraction(1), FULL)]
    return _line(straight, over=Over.ATTAINMENT, floor=Fraction(method.floor), cap=Fraction(method.cap))


def interpolate(method: Interpolate, higher: bool = True) -> Curve:
    """线性插值: lines between points; `floor` on the worse side, `cap` (or the best point) on the better one.

    >>> points = [{"at": 10, "points": 60}, {"at": 20, "points": 80}]
    >>> [int(interpolate(Interpolate(name="interpolate", points=points)).at(Fraction(x))) for x in (9, 15, 21)]
    [0, 70, 80]
    """
    better_is_more = higher or method.over == "attainment"
    xs = [Fraction(point.at) for point in method.points]
    ys = _points([point.points for point in method.points], method.out_of)
    (floor,) = _points([method.floor], method.out_of)
    cap = max(ys) if method.cap is None else _points([method.cap], method.out_of)[0]
    below, above = (floor, cap) if better_is_more else (cap, floor)
    outside = {"below": below, "above": above, "floor": min(floor, *ys), "cap": max(cap, *ys)}
    return _line(list(zip(xs, ys, strict=True)), over=Over(method.over), **outside)


def bands(method: Bands) -> Curve:
    """区间赋分: a step table; below its first bound the lowest points of the table.

    >>> table = [{"to": 90, "points": 60}, {"from": 90, "points": 100}]
    >>> [int(bands(Bands(name="bands", table=table)).at(Fraction(x))) for x in (89, 90, 91)]
    [60, 100, 100]
    """
    rows = sorted(method.table, key=lambda band: (band.from_ is not None, band.from_ or 0))
    xs = tuple(Fraction(band.from_) if band.from_ is not None else _LOWEST for band in rows)
    ys = _points([band.points for band in rows], method.out_of)
    return Curve(xs, ys, step=True, over=Over(method.over), floor=min(ys), cap=max(ys))


def plus_minus(method: PlusMinus) -> Curve:
    """加减分法: base and `per_step` points per step of deviation, whole steps towards the target or parts of them.

    >>> whole = PlusMinus(name="plus_minus", base=30, per_step=1, step=3, most=6, steps="whole")
    >>> [int(plus_minus(whole).at(Fraction(x, 1000))) for x in (45, -45, 180, 300, -200)]
    [31, 29, 36, 36, 24]
    """
    step = Fraction(method.step) / (100 if method.step_in == "percent" else 1)
    base, rise, most = _points([method.base, method.per_step, method.most], method.out_of)
    return _line(
        [(Fraction(0), base), (step, base + rise)],
        over=Over.DEVIATION if method.step_in == "percent" else Over.MARGIN,
        floor=base - most,
        cap=base + most,
        quantum=step if method.steps == "whole" else None,
    )


def deduct(method: Deduct) -> Curve:
    """减分法: full points less the value, never below 0.

    >>> [int(deduct(Deduct(name="deduct", policy="sum", out_of=20)).at(Fraction(x))) for x in (0, 5, 30)]
    [100, 75, 0]
    """
    return _line([(Fraction(0), FULL), (Fraction(method.out_of), Fraction(0))])


def bonus(method: Bonus) -> Curve:
    """加分项: the value itself, up to the cap.

    >>> [int(bonus(Bonus(name="bonus", cap=5)).at(Fraction(x))) for x in (-1, 3, 9)]
    [0, 3, 5]
    """
    straight = [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))]
    return _line(straight, floor=Fraction(0), cap=Fraction(method.cap))


def binary(_: Binary) -> Curve:
    """非此即彼法: 100 on target or better, else 0.

    >>> [int(binary(Binary(name="binary")).at(Fraction(x))) for x in (-1, 0)]
    [0, 100]
    """
    return Curve((Fraction(0),), (FULL,), Fraction(0), FULL, Over.MARGIN, step=True, below=Fraction(0))


def graded(method: Graded) -> Curve:
    """说明法: what the picked grade is worth.

    >>> grades = [{"value": 1, "title": "", "points": 60}, {"value": 2, "title": "", "points": 100}]
    >>> int(graded(Graded(name="graded", grades=grades)).at(Fraction(2)))
    100
    """
    rows = sorted(method.grades, key=lambda grade: grade.value)
    ys = _points([grade.points for grade in rows], method.out_of)
    return Curve(tuple(Fraction(grade.value) for grade in rows), ys, min(ys), max(ys), step=True, listed=True)


def efficacy(method: Efficacy) -> Curve:
    """功效系数法: from one standard's coefficient to the next; at or above the best 100, worse than the worst 0.

    >>> curve = efficacy(Efficacy(name="efficacy", standards=[20, 15, 10, 5, 0]))
    >>> [str(curve.at(Fraction(x)) * 20 / 100) for x in (22, "17.5", 10, 6, 0, -1)]
    ['20', '18', '12', '44/5', '4', '0']
    """
    xs = [Fraction(standard) for standard in method.standards]
    ys = [100 * Fraction(coefficient) for coefficient in method.coefficients]
    below, above = (Fraction(0), ys[0]) if xs[0] > xs[-1] else (ys[0], Fraction(0))
    points = list(zip(xs, ys, strict=True))
    return _line(points, over=Over(method.over), below=below, above=above, floor=Fraction(0), cap=ys[0])


def worst_best(method: WorstBest) -> Curve:
    """极值归一法: straight from the worst to the best value.

    >>> curve = worst_best(WorstBest(name="worst_best", worst=600, best=300))
    >>> [int(curve.at(Fraction(x)) * 20 / 100) for x in (420, 700)]
    [12, 0]
    """
    return _line([(Fraction(method.worst), Fraction(0)), (Fraction(method.best), FULL)])


def red_goal(method: RedGoal) -> Curve:
    """红线目标法: a third at the red line, two thirds at the goal.

    >>> curve = red_goal(RedGoal(name="red_goal", goal=3, red=5))
    >>> [str(curve.at(Fraction(x)) / 10) for x in (1, 3, 4, 5, 7)]
    ['10', '20/3', '5', '10/3', '0']
    """
    points = [(Fraction(method.red), FULL / 3), (Fraction(method.goal), FULL * 2 / 3)]
    return _line(points, floor=Fraction(0), cap=FULL)


def stabilise(method: Stabilise) -> Curve:
    """区间型: 100 inside the band, falling straight to 0 on both sides.

    >>> curve = stabilise(Stabilise(name="stabilise", low=4, high=6, zero_below=2, zero_above=10))
    >>> [int(curve.at(Fraction(x))) for x in (1, 3, 5, 8, 11)]
    [0, 50, 100, 50, 0]
    """
    corners = {method.zero_below: 0, method.low: 100, method.high: 100, method.zero_above: 0}
    points = [(Fraction(x), Fraction(y)) for x, y in corners.items()]
    return _line(points, below=Fraction(0), above=Fraction(0))


_CURVES: dict[type, Callable[[Any], Curve]] = {
    Ratio: ratio, Bands: bands, PlusMinus: plus_minus, Deduct: deduct, Bonus: bonus, Binary: binary, Graded: graded,
    Efficacy: efficacy, WorstBest: worst_best, RedGoal: red_goal, Stabilise: stabilise,
}  # fmt: skip


def curve_of(kpi: Kpi) -> Curve:
    """The curve of a KPI's method, in its direction."""
    if isinstance(kpi.method, Interpolate):
        return interpolate(kpi.method, kpi.direction == "higher")
    return _CURVES[type(kpi.method)](kpi.method)


def to_points(score: Fraction) -> int:
    """A score on the grid of `POINT`, rounded once, half to even.

    >>> to_points(Fraction(175, 4)) / POINT
    43.75
    """
    return round(score * POINT)


def half_even(numerator: int, denominator: int) -> int:
    """An integer quotient, rounded half to even.

    >>> half_even(5, 2), half_even(7, 2), half_even(-5, 2)
    (2, 4, -2)
    """
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2))


def shares(total: int, parts: Sequence[int]) -> list[int]:
    """`total` split in proportion to `parts`, so that the shares sum to it exactly (largest remainder).

    >>> shares(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(parts)
    if whole == 0:
        return [0] * len(parts)
    split = [total * part // whole for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda i: (-abs(total * parts[i] % whole), i))
    for i in by_rest[: total - sum(split)]:
        split[i] += 1
    return split
