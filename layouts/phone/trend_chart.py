"""One line of the past periods with its target, drawn as a small SVG, and its numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from dash import html

from ..bindings import data
from ..markup import Element, svg
from .icons import aria

#: The drawing is stretched to its place; strokes are not.
_WIDTH, _HEIGHT = 1000, 100
#: Above and below the line, so that a dot at the edge is whole.
_AIR = Fraction(1, 8)
#: Fewer periods have no shape.
_LEAST = 6


@dataclass(frozen=True, slots=True)
class Point:
    """A period: its name, its value and what the value is judged by; None where nothing is known."""

    label: str
    value: Fraction | None
    target: Fraction | None
    status: str
    text: str
    running: bool = False


def trend_chart(points: Sequence[Point], summary: str) -> html.Div:
    """The line through what is known, a dot in the colour of its status on each, and the first and last label."""
    low, high = scale(points)
    places = [(_across(at, len(points)), point) for at, point in enumerate(points)]
    drawing: Any = svg(
        "svg",
        *_targets(places, low, high),
        *_lines(places, low, high),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        className="trend-lines",
        **aria(hidden="true"),
    )
    dots = [_dot(x, _share(point.value, low, high), point) for x, point in places if point.value is not None]
    labels = [html.Span(points[at].label) for at in dict.fromkeys((0, len(points) // 2, len(points) - 1))]
    return html.Div(
        [html.Div([drawing, *dots], className="trend-plot"), html.Div(labels, className="trend-axis")],
        className="trend-chart",
        role="img",
        **aria(label=summary),
    )


def from_first_known(points: Sequence[Point]) -> Sequence[Point]:
    """Without the periods before anything was known; a handful stays, so that two points are not a whole past.

    >>> known, unknown = Point("", Fraction(1), None, "good", ""), Point("", None, None, "unknown", "")
    >>> len(from_first_known([unknown] * 10 + [known])), len(from_first_known([unknown] + [known] * 9))
    (6, 9)
    """
    first = next((at for at, point in enumerate(points) if point.value is not None), len(points))
    return points[min(first, max(0, len(points) - _LEAST)) :]


def scale(points: Sequence[Point]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest of what is drawn, with air around it.

    >>> scale([Point("", Fraction(4), Fraction(8), "good", "")])
    (Fraction(7, 2), Fraction(17, 2))
    """
    known = [one for point in points for one in (point.value, point.target) if one is not None] or [Fraction(0)]
    low, high = min(known), max(known)
    air = (high - low) * _AIR or abs(high) * _AIR or Fraction(1)
    return low - air, high + air


def _across(at: int, count: int) -> Fraction:
    return Fraction(1, 2) if count < 2 else Fraction(at, count - 1)


def _share(value: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return (value - low) / (high - low)


def _y(value: Fraction, low: Fraction, high: Fraction) -> str:
    return f"{float((1 - _share(value, low, high)) * _HEIGHT):.2f}"


def _targets(places: Sequence[tuple[Fraction, Point]], low: Fraction, high: Fraction) -> list[Element]:
    """A dashed level per run of equal targets."""
    half = Fraction(1, 2 * max(len(places) - 1, 1))
    found = []
    for target, run in groupby(places, key=lambda one: one[1].target):
        members = [x for x, _ in run]
        if target is not None:
            left, right = max(members[0] - half, Fraction(0)), min(members[-1] + half, Fraction(1))
            y = _y(target, low, high)
            x1, x2 = (f"{float(x * _WIDTH):.1f}" for x in (left, right))
            found.append(svg("line", className="trend-target", x1=x1, x2=x2, y1=y, y2=y))
    return found


def _lines(places: Sequence[tuple[Fraction, Point]], low: Fraction, high: Fraction) -> list[Element]:
    """A line per run of known values: a gap in the data is a gap in the line."""
    runs: list[list[str]] = [[]]
    for x, point in places:
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append(f"{float(x * _WIDTH):.1f},{_y(point.value, low, high)}")
    return [svg("polyline", points=" ".join(run)) for run in runs if len(run) > 1]


def _dot(x: Fraction, y: Fraction, point: Point) -> html.I:
    place = {"left": f"{float(x) * 100:.2f}%", "bottom": f"{float(y) * 100:.2f}%"}
    return html.I(style=place, className="trend-dot running" if point.running else "trend-dot",
                  **data(**{"is": point.status}))  # fmt: skip
