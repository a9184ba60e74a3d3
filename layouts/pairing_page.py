"""What a screen shows before it is paired."""

from __future__ import annotations

from dash import html

from .bindings import data
from .words import Words

#: A screen without anything to show asks so often whether that is still so.
LOOK_AGAIN_MS = 30_000


def pairing_page(words: Words, company: str, server: str) -> html.Div:
    """A code and what to do with it; `server` is the address that the screen reached."""
    texts = {state: words(f"pairing.{state}") for state in ("waiting", "away", "crowded")}
    return html.Div(
        [
            html.H1(company),
            html.Div("––– –––", className="pairing-code"),
            html.Div([words("pairing.how"), html.Br(), html.Strong(f"{server}/desk/screens")], className="pairing-how"),
            html.Div(className="pairing-note"),
        ],
        className="pairing",
        **data(**texts),
    )


def without_scenes(words: Words, company: str) -> html.Div:
    """What a paired screen shows of a model that has no scene; it looks again by itself."""
    return html.Div([html.H1(company), html.Div(words("screen.no_scene"), className="pairing-how")],
                    className="pairing", **data(again=LOOK_AGAIN_MS))  # fmt: skip
