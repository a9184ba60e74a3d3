"""The pages of walls: the stage, and what may lie over it on a paired screen."""

from __future__ import annotations

from typing import Any

from dash import html


def wall_content(stage: html.Div) -> html.Div:
    """The stage of a wall that anyone may open."""
    return html.Div(stage, className="stages")


def screen_content(stage: html.Div) -> list[Any]:
    """The stage, the dimming of the night, and the name that answers "which screen is this?"."""
    name = [html.Div(className="identify-name"), html.Div(className="identify-place")]
    return [
        wall_content(stage),
        html.Div(className="night"),
        html.Div(html.Div(name), className="identify", hidden=True),
    ]
