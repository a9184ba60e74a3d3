"""The page of a paired screen: its stage, and what may lie over it."""

from __future__ import annotations

from typing import Any

from dash import html


def screen_content(stage: html.Div) -> list[Any]:
    """The stage, the dimming of the night, and the name that answers "which screen is this?"."""
    name = [html.Div(className="identify-name"), html.Div(className="identify-place")]
    return [
        html.Div(stage, className="stages"),
        html.Div(className="night"),
        html.Div(html.Div(name), className="identify", hidden=True),
    ]
