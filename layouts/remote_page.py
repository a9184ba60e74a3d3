"""The remote of a screen, held in the hand: what it shows, and large buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from .bindings import data, glyph
from .desk.facts import Choice
from .words import Words

_STEPS = ("previous", "hold", "next")


def remote_page(
    words: Words, screen: str, name: str, place: str, scenes: Sequence[Choice], cells: Mapping[str, str], held: bool
) -> html.Main:
    """The page; its values are kept up to date by `assets/walls/remote.js`."""
    texts = {
        "send": f"/api/v1/screens/{quote(screen)}/remote?lang={words.language}",
        "ask": f"/remote/{quote(screen)}/now?lang={words.language}",
        "held": str(int(held)),
        "hold": words("remote.hold"),
        "resume": words("remote.resume"),
        "lost": words("screens.lost"),
        "asked": words("remote.asked"),
    }
    rooms = f"/desk/screens?lang={words.language}"
    back = html.A([html.I(className="chevron"), words("desk.room.screens")], href=rooms, className="up")
    head = html.Header([back, html.H1(name), html.Div(place, className="remote-place")])
    chosen = [_scene(one, cells.get("key", "")) for one in scenes]
    listed = html.Section([html.H2(words("remote.scenes")), html.Div(chosen, className="remote-scenes")])
    parts = [head, _now(words, cells), _steps(words, held), html.Div(className="remote-told", role="status"), listed]
    identify = _button("identify", words("remote.identify"), "remote-identify")
    return html.Main([*parts, identify], className="remote", **data(**texts))


def _now(words: Words, cells: Mapping[str, str]) -> html.Div:
    state = html.Div([glyph(), _cell("state", cells), _cell("heard", cells, "remote-heard")], className="status")
    shows = html.Div([html.Div(words("remote.shows"), className="label"), _cell("shows", cells, "remote-shows")])
    return html.Div([shows, state], className="card remote-now", **data(**{"is": cells["is"]}))


def _cell(name: str, cells: Mapping[str, str], css: str = "") -> html.Div:
    return html.Div(cells[name], className=css, **data(cell=name))


def _steps(words: Words, held: bool) -> html.Div:
    texts = {one: words(f"remote.{one}") for one in _STEPS} | ({"hold": words("remote.resume")} if held else {})
    buttons = [_button(one, texts[one], f"remote-{one}") for one in _STEPS]
    return html.Div(buttons, className="remote-steps")


def _scene(scene: Choice, key: str) -> html.Button:
    marks: dict[str, Any] = {"aria-current": "true"} if scene.value == key else {}
    return html.Button(
        scene.title, type="button", className="remote-scene", **data(command="show", key=scene.value), **marks
    )


def _button(command: str, text: str, css: str) -> html.Button:
    return html.Button(
        [html.I(className="sign"), html.Span(text)],
        type="button",
        className=f"remote-button {css}",
        **data(command=command),
    )
