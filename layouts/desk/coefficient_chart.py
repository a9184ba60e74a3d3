"""The curve of a coefficient table with the units as marks: shapes as a stretched picture, words as text beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from urllib.parse import quote

from dash import html

from .. import formats
from .facts import CurvePoint

#: Colours of the tokens sheet, which a picture cannot ask.
_LINE, _GRID = "#B9C4CF", "#27313B"
#: Empty space left and right of what must be seen, as a share of it.
_MARGIN = Fraction(1, 16)
#: Names nearer than this share of the width stand one above the other.
_NEAR = 0.19

Mark = tuple[str, Fraction, Fraction]
Place = Callable[[Fraction], float]


def coefficient_chart(table: Sequence[CurvePoint], marks: Sequence[Mark]) -> html.Div:
    """The curve; a unit's name stands above its mark, its score below the axis is the reader's to see."""
    seen = [*(point.score for point in table), *(score for _, score, _ in marks)]
    low, high = min(seen), max(seen)
    space = (high - low or Fraction(1)) * _MARGIN
    left, right = low - space, high + space
    top = max(point.coefficient for point in table) or Fraction(1)

    def across(score: Fraction) -> float:
        return float((score - left) / (right - left))

    def up(factor: Fraction) -> float:
        return float(factor / top)

    inner = [(across(point.score), up(point.coefficient)) for point in table]
    path = [(0.0, inner[0][1]), *inner, (1.0, inner[-1][1])]
    picture = html.Img(src=_picture(path, [x for x, _ in inner]), alt="", className="coefficient-line")
    axis = [
        html.Span(formats.plain(point.score), style={"left": f"{100 * across(point.score):.2f}%"})
        for point, other in pairwise([*table, None])
        if point is not None and (other is None or other.score != point.score)
    ]
    sides = [
        html.Span(formats.plain(point.coefficient), style={"bottom": f"{100 * up(point.coefficient):.2f}%"})
        for point in table
    ]
    levels, dots = _marks(marks, across, up)
    body = html.Div([picture, *dots], className="coefficient-body")
    return html.Div(
        [
            html.Div(sides, className="coefficient-sides"),
            body,
            html.Div(axis, className="coefficient-axis"),
        ],
        className="coefficient",
        style={"--levels": levels},
    )


def _marks(marks: Sequence[Mark], across: Place, up: Place) -> tuple[int, list[html.Div]]:
    """Dots with their names as flags above the picture: a name is to the right of its line and crossed by none."""
    shown: list[html.Div] = []
    placed: list[tuple[float, int]] = []
    for title, score, factor in sorted(marks, key=lambda one: -one[1]):
        x, y = across(score), up(factor)
        level = 1 + max((level for other, level in placed if other < x + _NEAR), default=-1)
        placed.append((x, level))
        style = {"left": f"{100 * x:.2f}%", "bottom": f"{100 * y:.2f}%", "--level": level}
        shown.append(
            html.Div(
                [html.I(className="mark-dot"), html.Span(title, className="mark-name")],
                className="dot-mark",
                style=style,
            )
        )
    return 1 + max((level for _, level in placed), default=-1), shown


def _picture(path: Sequence[tuple[float, float]], corners: Sequence[float]) -> str:
    points = " ".join(f"{100 * x:.2f},{100 - 100 * y:.2f}" for x, y in path)
    still = 'vector-effect="non-scaling-stroke"'
    grid = "".join(
        f'<line x1="{100 * x:.2f}" x2="{100 * x:.2f}" y1="0" y2="100" stroke="{_GRID}" stroke-width="1" {still}/>'
        for x in corners
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'{grid}<line x1="0" x2="100" y1="100" y2="100" stroke="{_GRID}" stroke-width="2" {still}/>'
        f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-width="2.4" stroke-linejoin="round" {still}/>'
        "</svg>"
    )
    return "data:image/svg+xml," + quote(svg)
