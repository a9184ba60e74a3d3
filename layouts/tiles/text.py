"""A text of the model."""

from __future__ import annotations

from dash import html

from scoring.scenes import TextTile

from ..bindings import hidden_without, text
from ..lookup import Lookup, ShownScene, View
from ..text_view import text_sizes


def text_tile(found: Lookup, view: View, scene: ShownScene, tile: TextTile) -> html.Section:
    """Title and text."""
    landscape, upright = text_sizes(found, tile)
    return html.Section(
        [
            html.Div(html.H2(text(view, "text.title", "")), className="panel-head",
                     **hidden_without(view, "text.title")),
            html.Div(text(view, "text.text", "text-words"), className="text-body"),
        ],
        className="text panel",
        style={"--size": f"{landscape / 10:g}rem", "--size-upright": f"{upright / 10:g}rem"},
    )  # fmt: skip
