"""Scenes: the page on which walls are composed; its scripts work with the routes of `scene_routes`."""

from __future__ import annotations

from dash import html

from layouts.desk.scenes_page import scenes_page
from wall.wall_pages import asset

from .desk import Desk
from .permits import MODEL

#: In this order: each uses what those before it gave.
SCRIPTS = ("dom", "icons", "grid", "draft", "frame", "dialogs", "panel", "board", "editor", "list", "room")


def scenes_room(desk: Desk, language: str) -> html.Div:
    """The page."""
    return scenes_page(desk.lookup(language, MODEL), [asset(f"scenes/{name}.js") for name in SCRIPTS])
