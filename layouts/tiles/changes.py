"""The line of changes at the foot of a wall."""

from __future__ import annotations

from dash import html

from ..bindings import glyph, hidden_without, status, text
from ..changes_view import ROWS
from ..lookup import View
from ..words import Words


def changes_tile(view: View, words: Words) -> html.Footer:
    """The newest changes, as many at a time as fit on one line, and how the sources are."""
    none = html.Span(words("changes.none"), className="change quiet", **hidden_without(view, "changes.none"))
    rows = [_change(view, f"chg.{index}") for index in range(ROWS)]
    return html.Footer(
        [
            html.Div(html.Div([none, *rows], className="change-pages"), className="change-rows"),
            text(view, "changes.sources", "change-sources"),
        ],
        className="changes panel",
    )


def _change(view: View, prefix: str) -> html.Span:
    return html.Span(
        [
            text(view, f"{prefix}.time", "change-time"),
            glyph(),
            text(view, f"{prefix}.title", "strong"),
            text(view, f"{prefix}.word", "change-word"),
            text(view, f"{prefix}.owner", "change-owner"),
        ],
        className="change",
        **status(view, f"{prefix}.status"),
        **hidden_without(view, f"{prefix}.status"),
    )
