"""The head over an objective's KPI tiles."""

from __future__ import annotations

from dash import html

from ..bindings import glyph, number, status, text
from ..lookup import View
from ..words import Words


def objective_head(view: View, objective: str, words: Words) -> html.Header:
    """Title, weight, and the objective's own score; on a portrait wall also what it adds to the unit's score."""
    prefix = f"objective.{objective}"
    adds = [html.Span(words("objective.adds") + " "), text(view, f"part.{objective}.points", "strong")]
    return html.Header(
        [
            html.H2(text(view, f"{prefix}.title", ""), className="objective-title"),
            text(view, f"{prefix}.weight", "objective-weight"),
            glyph(),
            number(view, f"{prefix}.score", "objective-score"),
            html.Span(adds, className="objective-adds"),
        ],
        className="objective",
        **status(view, f"{prefix}.status"),
    )
