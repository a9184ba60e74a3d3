"""Forecast to the end of a period: a middle and an 80 % range, hidden until enough of the period has passed.

Middles are exact. The spread is an estimate in floats, of the same bits for the same inputs in any order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

#: Less of a period's working time than this says nothing about its end.
LEAST_ELAPSED = Fraction(1, 5)
#: A spread of fewer working days (in periods of one day: hours) is chance.
LEAST_PARTS = 5
#: The normal quantile that 90 % lie below: 80 % lie between it and its negative.
_Z90 = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Part:
    """A past day of the period (of a period of one day: an hour): its own value and the working time that passed.

    The value of a KPI that accrues is what the day added; of a rate, the rate of that day alone. None: no data.
    """

    value: Fraction | None
    working_ms: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a value (or score) will be at the end of its period: the middle, and the range for 80 of 100 cases."""

    low: Fraction
    mid: Fraction
    high: Fraction


def t90(freedom: int) -> float:
    """The 90 % quantile of Student's t, for 4 or more degrees of freedom within 0.001.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.

    >>> round(t90(4), 2), round(t90(10), 3), round(t90(1000), 3)
    (1.53, 1.372, 1.282)
    """
    z, n = _Z90, freedom
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + terms[0] / n + terms[1] / n**2 + terms[2] / n**3 + terms[3] / n**4


def forecast_sum(
    so_far: Fraction | None, parts: Sequence[Part], elapsed: Fraction, remaining_ms: int
) -> Forecast | None:
    """The forecast of a KPI that accrues: value so far + remaining working time x mean rate; None while hidden.

    Range: t(0.9, n-1) x sd x sqrt(m + m^2/n), with n past and m remaining days: the prediction interval of a sum of m
    new draws (Hahn and Meeker, Statistical Intervals, 4.8). Days of unequal length weigh by their working time (least
    squares through the origin with variance proportional to it), which is the same formula for equal ones.

    >>> days = [Part(Fraction(v), 100) for v in (9, 11, 10, 9, 11)]
    >>> found = forecast_sum(Fraction(50), days, Fraction(1, 2), 500)
    >>> found.mid, round(float(found.low), 1), round(float(found.high), 1)
    (Fraction(100, 1), 95.2, 104.8)
    """
    known, working = _known(parts)
    if so_far is None or not _enough(working, elapsed):
        return None
    time = sum(span for _, span in working)
    mid = so_far + sum(known) * Fraction(remaining_ms, time)
    rate = sum((value for value, _ in working), Fraction(0)) / time
    squares = sum(((value - rate * span) ** 2 / span for value, span in working), Fraction(0))
    half = _half(squares, len(working), remaining_ms + Fraction(remaining_ms**2, time))
    return _possible(mid, half, so_far if min(known) >= 0 else None, so_far if max(known) <= 0 else None)


def forecast_rate(
    value: Fraction | None, parts: Sequence[Part], elapsed: Fraction, remaining_ms: int, most: Fraction | None = None
) -> Forecast | None:
    """The forecast of a rate or level: the elapsed share keeps its value, the rest is like the mean day.

    With e elapsed, mid = e x value + (1 - e) x mean of the days; range (1 - e) x t(0.9, n-1) x sd x sqrt(1/m + 1/n),
    the prediction interval of the mean of m new draws (Hahn and Meeker, 4.8). `most` is the largest value a day can
    have, such as 1 for a share.

    >>> days = [Part(Fraction(v, 100), 100) for v in (90, 92, 91, 90, 92)]
    >>> found = forecast_rate(Fraction(91, 100), days, Fraction(1, 2), 500)
    >>> found.mid, round(float(found.high - found.low), 4)
    (Fraction(91, 100), 0.0097)
    """
    known, working = _known(parts)
    if value is None or not _enough(working, elapsed):
        return None
    time, rest = sum(span for _, span in working), 1 - elapsed
    mean = sum((one * span for one, span in working), Fraction(0)) / time
    mid = elapsed * value + rest * mean
    if remaining_ms <= 0:
        return Forecast(mid, mid, mid)
    squares = sum((span * (one - mean) ** 2 for one, span in working), Fraction(0))
    half = rest * _half(squares, len(working), Fraction(1, remaining_ms) + Fraction(1, time))
    least = elapsed * value if min(known) >= 0 else None
    return _possible(mid, half, least, None if most is None else max(mid, elapsed * value + rest * most))


def _known(parts: Sequence[Part]) -> tuple[list[Fraction], list[tuple[Fraction, int]]]:
    """All values, days off too; and those of working time, with it."""
    known = [(part.value, part.working_ms) for part in parts if part.value is not None]
    return [value for value, _ in known], [(value, span) for value, span in known if span > 0]


def _enough(working: Sequence[tuple[Fraction, int]], elapsed: Fraction) -> bool:
    return len(working) >= LEAST_PARTS and elapsed >= LEAST_ELAPSED


def _half(squares: Fraction, count: int, growth: Fraction) -> Fraction:
    """Half the range: t x standard deviation x root of how much of it the remaining time gathers."""
    return Fraction(t90(count - 1) * math.sqrt(squares / (count - 1) * growth))


def _possible(mid: Fraction, half: Fraction, least: Fraction | None, most: Fraction | None) -> Forecast:
    low, high = mid - half, mid + half
    return Forecast(low if least is None else max(low, least), mid, high if most is None else min(high, most))


@dataclass(frozen=True, slots=True)
class Weighted:
    """A KPI's or child unit's forecast score with its weight."""

    weight: Fraction
    score: Forecast


def score_forecast(kpis: Sequence[Weighted], children: Sequence[Weighted], child_share: Fraction) -> Forecast | None:
    """The forecast score of a unit: the weighted mean of the middles; None without any weight.

    KPI weights and `child_share` are parts of the same whole; the children share theirs by their own weights. Ranges
    combine as independent deviations, half = sqrt(sum (w x half)^2) / sum w (propagation of uncertainty, GUM 5.1.2),
    for each side of its own because floors and caps make sides unequal. KPIs that move together make the true range
    wider.

    >>> one = Weighted(Fraction(50), Forecast(Fraction(77), Fraction(80), Fraction(83)))
    >>> two = Weighted(Fraction(50), Forecast(Fraction(96), Fraction(100), Fraction(104)))
    >>> found = score_forecast([one, two], [], Fraction(0))
    >>> float(found.low), float(found.mid), float(found.high)
    (87.5, 90.0, 92.5)
    """
    below = sum((child.weight for child in children), Fraction(0))
    shares = [(child_share * child.weight / below, child.score) for child in children if below]
    parts = [*((kpi.weight, kpi.score) for kpi in kpis), *shares]
    whole = sum((weight for weight, _ in parts), Fraction(0))
    if not whole:
        return None
    mid = sum((weight * score.mid for weight, score in parts), Fraction(0)) / whole
    down = _root([weight * (score.mid - score.low) for weight, score in parts]) / whole
    up = _root([weight * (score.high - score.mid) for weight, score in parts]) / whole
    return Forecast(mid - down, mid, mid + up)


def _root(halves: Sequence[Fraction]) -> Fraction:
    return Fraction(math.sqrt(sum((half**2 for half in halves), Fraction(0))))
