"""A tile for something that the unit does not have."""

from __future__ import annotations

from dash import html

from ..bindings import text
from ..lookup import View


def missing_tile(view: View, key: str) -> html.Section:
    """A quiet panel with a word on what is not there."""
    return html.Section(text(view, key, "missing-word"), className="missing panel")
