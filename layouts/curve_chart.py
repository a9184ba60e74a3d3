"""A scoring curve as a small picture: shapes only, stretched to their box; labels stand beside it as text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from urllib.parse import quote

from scoring.curves import Curve, Over

#: Samples across the picture; breakpoints are added, so that corners and steps are sharp.
SAMPLES = 96
#: Empty space left of, right of and above what must be seen, as a share of it.
MARGIN = Fraction(1, 7)
#: Bounds below this stand for "no bound".
_OPEN = -(10**17)
#: Colours of the tokens sheet, which a picture cannot ask; assets/tokens.css holds the same.
_LINE, _GRID, _TARGET = "#B9C4CF", "#27313B", "#8F9CA9"


@dataclass(frozen=True, slots=True)
class CurveChart:
    """The picture and where, as shares of its width and height from the lower left, the point and the target lie."""

    picture: str
    x: float
    y: float
    target: float | None
    low: Fraction
    high: Fraction


def curve_chart(curve: Curve, at: Fraction, target: Fraction | None) -> CurveChart:
    """The curve around its corners, the target and the point that is explained."""
    corners = [x for x in curve.xs if x > _OPEN]
    left, right = _range(curve, corners, at, target)
    xs = _samples([*corners, *_steps(curve, left, right)], left, right)
    ys = [curve.at(x) for x in xs]
    low, high = min(*ys, curve.at(at)), max(*ys, curve.at(at))
    span_y = high - low or Fraction(1)

    def across(x: Fraction) -> float:
        return round(float((x - left) / (right - left)), 4)

    def up(y: Fraction) -> float:
        return round(float((y - low) / span_y) if high != low else 0.5, 4)

    points = [(across(x), up(y)) for x, y in zip(xs, ys, strict=True)]
    goal = None if target is None else across(target)
    return CurveChart(
        _picture(points, across(at), up(curve.at(at)), goal), across(at), up(curve.at(at)), goal, low, high
    )


def target_position(curve: Curve, due: Fraction | None) -> Fraction | None:
    """Where the target lies on what a curve runs over."""
    match curve.over:
        case Over.VALUE:
            return due
        case Over.ATTAINMENT:
            return Fraction(1)
    return Fraction(0)


def _range(curve: Curve, corners: list[Fraction], at: Fraction, target: Fraction | None) -> tuple[Fraction, Fraction]:
    seen = [*corners, at, *([] if target is None else [target]), *_reaches(curve, corners)]
    low, high = min(seen), max(seen)
    space = (high - low or abs(high) or Fraction(1)) * MARGIN
    floor = Fraction(0) if low >= 0 and curve.over in (Over.VALUE, Over.ATTAINMENT) else low - space
    return max(low - space, floor) if low > floor else floor, high + space


def _reaches(curve: Curve, corners: list[Fraction]) -> list[Fraction]:
    """Where the outer pieces of a line that goes on reach floor and cap."""
    if curve.step or len(corners) < 2:
        return []
    outer = [] if curve.below is not None else [(0, 1)]
    outer += [] if curve.above is not None else [(-1, -2)]
    found = []
    for end, inner in outer:
        slope = (curve.ys[inner] - curve.ys[end]) / (corners[inner] - corners[end])
        rises_outwards = (slope > 0) == (end == -1)
        if slope:
            bound = curve.cap if rises_outwards else curve.floor
            found.append(corners[end] + (bound - curve.ys[end]) / slope)
    return found


def _steps(curve: Curve, left: Fraction, right: Fraction) -> list[Fraction]:
    """Where a curve of whole steps jumps."""
    if curve.quantum is None or (right - left) / curve.quantum > SAMPLES:
        return []
    first, last = ceil(left / curve.quantum), int(right / curve.quantum)
    return [step * curve.quantum for step in range(first, last + 1)]


def _samples(corners: list[Fraction], left: Fraction, right: Fraction) -> list[Fraction]:
    """Even samples, and both sides of each corner."""
    hair = (right - left) / 10**6
    even = [left + (right - left) * step / SAMPLES for step in range(SAMPLES + 1)]
    beside = [x + side for x in corners for side in (-hair, Fraction(0), hair) if left <= x + side <= right]
    return sorted({*even, *beside})


def _picture(points: list[tuple[float, float]], x: float, y: float, target: float | None) -> str:
    """An SVG of 100 x 100 units, stretched by the page; its strokes are not."""
    path = " ".join(f"{100 * px:.2f},{100 - 100 * py:.2f}" for px, py in _corners_only(points))
    still = 'vector-effect="non-scaling-stroke"'
    goal = "" if target is None else (
        f'<line x1="{100 * target:.2f}" x2="{100 * target:.2f}" y1="0" y2="100" stroke="{_TARGET}" '
        f'stroke-width="1.5" stroke-dasharray="4 4" {still}/>'
    )  # fmt: skip
    drop = (
        f'<polyline points="{100 * x:.2f},100 {100 * x:.2f},{100 - 100 * y:.2f} 0,{100 - 100 * y:.2f}" fill="none" '
        f'stroke="{_TARGET}" stroke-width="1" {still}/>'
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<line x1="0" x2="100" y1="100" y2="100" stroke="{_GRID}" stroke-width="1.5" {still}/>{goal}{drop}'
        f'<polyline points="{path}" fill="none" stroke="{_LINE}" stroke-width="2.2" stroke-linejoin="round" {still}/>'
        "</svg>"
    )
    return "data:image/svg+xml," + quote(svg)


def _corners_only(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those on a level or straight line between their neighbours."""
    points = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    kept = points[:1]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        cross = (here[0] - before[0]) * (after[1] - here[1]) - (here[1] - before[1]) * (after[0] - here[0])
        if abs(cross) > 1e-7:
            kept.append(here)
    return [*kept, *points[1:][-1:]]
