"""The remote's page and what it asks for every two seconds."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any

import flask

from layouts.desk.facts import Choice
from layouts.markup import markup
from layouts.remote_page import remote_page
from layouts.words import Words
from scoring.forms import text_in
from scoring.programme import playlist_of
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.people.permits import no_such_page, route_for
from wall.people.viewer import language_for
from wall.refusal import Refused
from wall.screens.heard import Seen
from wall.screens.service import Fleet, real_ms
from wall.screens.told import screen_cells
from wall.wall_pages import asset

from .desk import Desk
from .permits import SCREENS
from .screens import json_of

STYLES, SCRIPTS = ("tokens.css", "walls/remote.css"), ("walls/remote.js",)


def add_remote(server: flask.Flask, desk: Desk, fleet: Fleet) -> None:
    """Add the page, and what it shows as JSON."""

    @server.get("/remote/<screen>")
    @route_for(SCREENS)
    def remote(screen: str) -> Any:
        words = _words(desk)
        try:
            seen = _seen(desk, fleet, screen, words)
        except Refused:
            return no_such_page()
        return _document(words, seen.screen.name, markup(_page(desk, fleet, seen, words)))

    @server.get("/remote/<screen>/now")
    @route_for(SCREENS)
    def remote_now(screen: str) -> flask.Response:
        words = _words(desk)
        try:
            seen = _seen(desk, fleet, screen, words)
        except Refused as error:
            return json_of({"error": str(error)}, 404)
        return json_of({"cells": _cells(desk, fleet, seen, words), "held": bool(fleet.remote(screen).hold)})


def _words(desk: Desk) -> Words:
    return Words.of(language_for(flask.request.args.get("lang"), desk.view.applied.model.language))


def _seen(desk: Desk, fleet: Fleet, name: str, words: Words) -> Seen:
    """A screen of the viewer's as it was last seen by any server; from memory where nothing can be asked."""
    try:
        fleet.steps.screen(name, words)
        seen = fleet.seen()
    except (StoreUnavailable, LogUnavailable):
        seen = fleet.known_seen()
    found = next((one for one in seen if one.screen.id == name), None)
    if found is None or not desk.reach().keeps(found.screen.unit):
        raise Refused(words("screens.refused.unknown", id=name))
    return found


def _cells(desk: Desk, fleet: Fleet, seen: Seen, words: Words) -> dict[str, str]:
    held = bool(fleet.remote(seen.screen.id).hold)
    return screen_cells(seen, held, desk.view.applied.model, words, real_ms())


def _page(desk: Desk, fleet: Fleet, seen: Seen, words: Words) -> Any:
    model, screen = desk.view.applied.model, seen.screen
    titles = {one.id: text_in(one.title, words.language) for one in model.scenes}
    items = playlist_of(model, screen.playlist).items
    scenes = [Choice(str(at), titles.get(item.scene, item.scene)) for at, item in enumerate(items)]
    held = bool(fleet.remote(screen.id).hold)
    return remote_page(words, screen.id, screen.name, screen.place, scenes, _cells(desk, fleet, seen, words), held)


def _document(words: Words, title: str, content: str) -> flask.Response:
    page = files("layouts").joinpath("remote.html").read_text("utf-8").format(
        lang=words.language,
        title=escape(title),
        icon=asset("glyphs/live.svg"),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS),
        content=content,
    )  # fmt: skip
    return flask.Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})
