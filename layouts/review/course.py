"""The course of the period as a line, with a numbered mark for everything that was tried."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from dash import html

from .. import formats
from ..bindings import data
from ..lookup import Lookup
from ..phone.icons import aria
from .facts import ReviewFacts

#: Air above and below the line, as a share of its span; and the least span in points, so that noise stays flat.
_AIR, _LEAST = Fraction(1, 6), Fraction(4)
#: Marks that are nearer to each other, in percent of the width, are one.
_NEAR = 4.0


def course_chart(found: Lookup, facts: ReviewFacts, target: Decimal) -> html.Div:
    """Columns of the score over the parts of the period, the target as a line, and marks below by number."""
    known = [one for one in facts.course if one.score is not None]
    points = [formats.points(one.score) or Fraction(0) for one in known]
    low, high = _span([*points, Fraction(target)])
    columns = [_column(found, one.label, formats.points(one.score), low, high, target) for one in facts.course]
    grid = _lines(low, high, Fraction(target), found)
    marks = [
        html.Span(text, className="course-mark number", style={"left": f"{at:.2f}%"}) for text, at in _marks(facts)
    ]
    axis = [
        html.Span(facts.course[at].label) for at in dict.fromkeys((0, len(facts.course) // 2, len(facts.course) - 1))
    ]
    plot = html.Div([*grid, html.Div(columns, className="course-columns")], className="course-plot")
    return html.Div([plot, html.Div(marks, className="course-marks"), html.Div(axis, className="course-axis")],
                    className="course", role="img", **aria(label=found.words("review.course.note")))  # fmt: skip


def _span(points: list[Fraction]) -> tuple[Fraction, Fraction]:
    low, high = min(points), max(points)
    span = max(high - low, _LEAST)
    return max(Fraction(0), low - span * _AIR), high + span * _AIR


def _share(value: Fraction, low: Fraction, high: Fraction) -> float:
    return round(float((value - low) / (high - low)) * 100, 2)


def _column(
    found: Lookup, label: str, score: Fraction | None, low: Fraction, high: Fraction, target: Decimal
) -> html.Div:  # fmt: skip
    """A dot at its height on a stem; the scale is broken, so nothing is filled from a zero that is not there."""
    if score is None:
        return html.Div(className="course-column")
    state = "good" if score >= Fraction(target) else "bad"
    dot: Any = html.I(style={"bottom": f"{_share(score, low, high)}%"}, **data(**{"is": state}))
    title = f"{label}: {formats.fixed(score, 1)}"
    return html.Div(dot, className="course-column", title=title)


def _lines(low: Fraction, high: Fraction, target: Fraction, found: Lookup) -> list[html.Div]:
    """The target, and the ends of the scale, which does not begin at 0."""
    ends = [(formats.fixed(one, 1), one, "course-end") for one in (low, high)]
    aim = (found.words("review.target", target=formats.fixed(target, 1)), target, "course-target")
    return [
        html.Div(html.Span(text), className=css, style={"bottom": f"{_share(at, low, high)}%"})
        for text, at, css in (*ends, aim)
    ]


def _marks(facts: ReviewFacts) -> list[tuple[str, float]]:
    """The numbers of moments and where they stand; those that would lie on each other are one, such as 6–11."""
    width, found = max(1, facts.end_ms - facts.start_ms), list[tuple[int, int, float]]()
    for number, one in enumerate(facts.tried, 1):
        at = min(1.0, max(0.0, (one.at_ms - facts.start_ms) / width)) * 100
        if found and at - found[-1][2] < _NEAR:
            found[-1] = found[-1][0], number, found[-1][2]
        else:
            found.append((number, number, at))
    return [(str(first) if first == last else f"{first}–{last}", at) for first, last, at in found]
