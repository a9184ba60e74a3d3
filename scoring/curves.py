"""The kernel of scoring: a piecewise curve, linear or step, clamped at floor and cap; methods construct it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .board import POINT
from .methods import Bands, Method, Ratio


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of score (of 100) over a number: the attainment or, where `over_value`, the KPI's value itself.

    A linear curve goes on at the slope of its last piece; a step curve holds each y from its x on.
    """

    xs: tuple[Fraction, ...]
    ys: tuple[Fraction, ...]
    step: bool
    over_value: bool
    floor: Fraction
    cap: Fraction

    def at(self, x: Fraction) -> Fraction:
        """The points at x, exact."""
        piece = bisect_right(self.xs, x) - 1
        if self.step:
            points = self.ys[piece] if piece >= 0 else self.floor
        else:
            piece = min(max(piece, 0), len(self.xs) - 2)
            slope = (self.ys[piece + 1] - self.ys[piece]) / (self.xs[piece + 1] - self.xs[piece])
            points = self.ys[piece] + slope * (x - self.xs[piece])
        return min(max(points, self.floor), self.cap)


def ratio(method: Ratio) -> Curve:
    """完成率法: 100 points per whole attainment.

    >>> ratio(Ratio(name="ratio")).at(Fraction(70, 80)) * 50 / 100
    Fraction(175, 4)
    """
    straight = (Fraction(0), Fraction(1)), (Fraction(0), Fraction(100))
    return Curve(*straight, step=False, over_value=False, floor=Fraction(method.floor), cap=Fraction(method.cap))


def bands(method: Bands) -> Curve:
    """区间赋分: a step table over the value; below its first bound the lowest points of the table.

    >>> table = [{"to": 90, "points": 60}, {"from": 90, "points": 100}]
    >>> [int(bands(Bands(name="bands", table=table)).at(Fraction(x))) for x in (89, 90, 91)]
    [60, 100, 100]
    """
    rows = sorted(method.table, key=lambda band: (band.from_ is not None, band.from_ or 0))
    xs = tuple(Fraction(band.from_) if band.from_ is not None else Fraction(-(10**18)) for band in rows)
    ys = tuple(Fraction(band.points) for band in rows)
    return Curve(xs, ys, step=True, over_value=True, floor=min(ys), cap=max(ys))


def curve_of(method: Method) -> Curve:
    """The curve of a KPI's method."""
    return ratio(method) if isinstance(method, Ratio) else bands(method)  # type: ignore[arg-type]


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
