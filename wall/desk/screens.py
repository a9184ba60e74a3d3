"""The room of screens: its facts, the cells that it asks for every few seconds, and its lists made anew."""

from __future__ import annotations

import hashlib
from typing import Any

import flask
import msgspec
from dash import Input, Output, State, html

from layouts.desk.facts import Choice
from layouts.desk.history_page import moment
from layouts.desk.parts import PAGE, notice
from layouts.desk.screen_facts import AnnouncedRow, ScreenRow, ScreensFacts
from layouts.desk.screens_page import AGAIN, FLEET, fleet_lists, screens_alarm, screens_page
from layouts.desk.what_if_page import unit_choices
from layouts.lookup import Lookup
from layouts.words import Words
from scoring.programme import playlist_of, playlists_of
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.dash_app import PageApp
from wall.people.permits import route_for
from wall.people.viewer import current_viewer, language_for
from wall.screens.fleet import Announced
from wall.screens.heard import Seen
from wall.screens.service import Fleet, real_ms
from wall.screens.told import screen_cells
from wall.screens.watch import Presence

from .desk import Desk, answering
from .permits import ANNOUNCE, SCREENS, SCREENS_ROOM


def screens_room(desk: Desk, fleet: Fleet, language: str) -> html.Div:
    """The page."""
    found = desk.lookup(language, SCREENS_ROOM)
    return screens_page(found, screens_facts(desk, fleet, found))


def screens_facts(desk: Desk, fleet: Fleet, found: Lookup) -> ScreensFacts:
    """What the room shows; while the journal can't be read, what is known of it."""
    trouble, register = "", fleet.known
    try:
        register = fleet.register()
    except (StoreUnavailable, LogUnavailable) as outage:
        trouble = str(outage)
    now_ms, reach, viewer = desk.now_ms, desk.reach(), current_viewer()
    rows = tuple(_row(fleet, found, one) for one in fleet.seen() if reach.keeps(one.screen.unit))
    standing = (one for one in register.announced.values() if one.until_ms is None or one.until_ms > now_ms)
    announced = [one for one in standing if reach.announces_at(one.unit)]
    choices = unit_choices(found, "")
    return ScreensFacts(
        rows=rows,
        announced=tuple(_announced(found, one) for one in announced),
        units=tuple(one for one in choices if reach.keeps(one.value)),
        announces=tuple(one for one in choices if reach.announces_at(one.value)),
        may_manage=SCREENS.admits(viewer),
        may_announce=ANNOUNCE.admits(viewer),
        playlists=tuple(Choice(one.id, found.text(one.title)) for one in playlists_of(found.model)),
        address=flask.request.host_url.rstrip("/") if flask.has_request_context() else "http://SERVER",
        digest=_digest(rows, announced),
        trouble=trouble,
    )


def _digest(rows: tuple[ScreenRow, ...], announced: list[Announced]) -> str:
    """Another as soon as a list, its order or what stands in its forms is another."""
    lists = [[one.id, one.name, one.place, one.unit, one.playlist, one.theme, one.margin, one.language] for one in rows]
    content = msgspec.json.encode([lists, [row.cells["is"] == "silent" for row in rows], [one.id for one in announced]])
    return hashlib.sha256(content).hexdigest()[:16]


def _row(fleet: Fleet, found: Lookup, seen: Seen) -> ScreenRow:
    screen, model = seen.screen, found.model
    playlist = playlist_of(model, screen.playlist)
    unit = found.units.get(screen.unit)
    titles = {one.id: found.text(one.title) for one in model.scenes}
    return ScreenRow(
        id=screen.id,
        name=screen.name,
        place=screen.place,
        unit=screen.unit,
        playlist=playlist.id,
        theme=screen.theme,
        margin=screen.margin,
        language=screen.language,
        unit_title=found.text(unit.title) if unit else screen.unit,
        playlist_title=found.text(playlist.title),
        scenes=tuple(Choice(str(at), titles.get(item.scene, item.scene)) for at, item in enumerate(playlist.items)),
        cells=screen_cells(seen, bool(fleet.remote(screen.id).hold), model, found.words, real_ms()),
    )


def _announced(found: Lookup, one: Announced) -> AnnouncedRow:
    words, unit = found.words, found.units.get(one.unit)
    until = words("screens.until.ended")
    if one.until_ms is not None:
        until = words("screens.until.time", time=moment(found, one.until_ms))
    return AnnouncedRow(one.id, one.text, found.text(unit.title) if unit else one.unit, until, one.author)


def silent_screens(desk: Desk, fleet: Fleet, language: str) -> list[Any]:
    """The line that the landing page has while screens are silent, from memory; of those that the viewer keeps."""
    if not SCREENS.admits(current_viewer()):
        return []
    reach, silent = desk.reach(), [one.screen for one in fleet.known_seen() if one.presence is Presence.SILENT]
    names = [one.name for one in silent if reach.keeps(one.unit)]
    return screens_alarm(Words.of(language), names)


def add_screens(app: PageApp, server: flask.Flask, desk: Desk, fleet: Fleet) -> None:
    """The callback that makes the lists anew, and the route of their cells."""

    @app.callback(
        Output(FLEET, "children"),
        Input(AGAIN, "data"),
        State(PAGE, "data"),
        permit=SCREENS_ROOM,
        prevent_initial_call=True,
    )
    def anew(_: int, page: dict[str, str]) -> list[Any]:
        found = desk.lookup(desk.words(page).language, SCREENS_ROOM)

        @answering(lambda why: [notice("bad", why)])
        def answer() -> list[Any]:
            return fleet_lists(found, screens_facts(desk, fleet, found))

        lists: list[Any] = answer()
        return lists

    @server.get("/desk/screens/now")
    @route_for(SCREENS_ROOM)
    def screens_now() -> flask.Response:
        try:
            language = language_for(flask.request.args.get("lang"), desk.model.language)
            found = desk.lookup(language, SCREENS_ROOM)
            facts = screens_facts(desk, fleet, found)
        except (StoreUnavailable, LogUnavailable) as outage:
            return json_of({"error": str(outage)}, 503)
        return json_of({"digest": facts.digest, "screens": {row.id: row.cells for row in facts.rows}})


def json_of(content: Any, status: int = 200) -> flask.Response:
    """JSON that nobody keeps."""
    headers = {"Cache-Control": "no-store"}
    return flask.Response(msgspec.json.encode(content), status, headers, mimetype="application/json")
