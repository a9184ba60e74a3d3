"""The head over an objective's KPI tiles."""

from __future__ import annotations

from collections.abc import Iterable

from dash import html

from ..bindings import data, glyph, number, status, text
from ..formats import text_width
from ..lookup import View
from ..words import Words

#: Room of a title beside its glyph on a portrait wall, in u.
TITLE_SIZE, PORTRAIT_ROOM = 28, 112


def long_titles(titles: Iterable[str]) -> bool:
    """Whether any title leaves no room for the glyph beside it on a portrait wall."""
    return any(text_width(title, TITLE_SIZE) > PORTRAIT_ROOM for title in titles)


def objective_head(view: View, objective: str, long: bool, words: Words) -> html.Header:
    """Title, weight, and the objective's own score; on a portrait wall also what it adds to the unit's score.

    `long`: some title of the scene leaves no room for the glyph beside it on a portrait wall.
    """
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
        **data(long="1" if long else "0"),
    )
