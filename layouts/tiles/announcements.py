"""What is announced."""

from __future__ import annotations

from dash import html

from scoring.scenes import AnnouncementsTile

from ..announcements_view import announcement_slots
from ..bindings import data, hidden_without, string, text
from ..lookup import Lookup, ShownScene, View


def announcements_tile(found: Lookup, view: View, scene: ShownScene, tile: AnnouncementsTile) -> html.Section:
    """As many announcements as there is room for; they share it."""
    rows = [_row(view, f"ann.{index}") for index in range(announcement_slots(tile).most)]
    none = html.Div(found.words("ann.none"), className="announcements-none", **hidden_without(view, "ann.none"))
    return html.Section(
        [
            html.Div([html.H2(text(view, "ann.title", "")), text(view, "ann.more", "note")], className="panel-head"),
            html.Div(rows, className="announcement-rows"),
            none,
        ],
        className="announcements panel",
        **data(size_key="ann.size", size=string(view, "ann.size")),
    )


def _row(view: View, prefix: str) -> html.Article:
    meta = [text(view, f"{prefix}.author", ""), text(view, f"{prefix}.until", "")]
    return html.Article(
        [text(view, f"{prefix}.text", "announcement-words"), html.Div(meta, className="announcement-meta")],
        className="announcement",
        **hidden_without(view, f"{prefix}.shown"),
    )
