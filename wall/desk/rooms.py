"""Which address leads to which page of the desk, and everything that makes the pages work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask
from dash import Dash, html

from layouts.desk.shell import desk_page, start_page
from layouts.desk.trial_view import trial_refused
from wall.board_follower import BoardView
from wall.screens.service import Fleet, open_fleet
from wall.wiring import Site

from .desk import EXPECTED, Desk, faults_of
from .history import add_history, history_room
from .incentive import add_incentive, incentive_room
from .jobs import Recounts
from .periods import add_periods, periods_room
from .remote import add_remote
from .routes import add_routes
from .scene_routes import add_scene_routes
from .scenes import scenes_room
from .screens import add_screens, screens_room, silent_screens
from .targets import add_targets, targets_room
from .what_if import add_what_if, what_if_room


class Rooms:
    """The pages of one site's desk."""

    def __init__(self, site: Site, view: BoardView, fleet: Fleet | None = None) -> None:
        self._desk = Desk(site, view)
        self._fleet = fleet or open_fleet(site, self._desk)
        self._recounts = Recounts()

    def page(self, name: str, asked: Mapping[str, str], language: str) -> html.Div:
        """The page of an address after /desk/; what can't be shown says why."""
        found = self._desk.lookup(language)
        try:
            page = self._room(name.split("/"), asked, language)
        except EXPECTED as error:
            company = found.text(found.model.title)
            return desk_page(
                found.words,
                company,
                name.split("/")[0],
                name,
                found.words("desk.title"),
                trial_refused(found, faults_of(error)),
            )
        return page or start_page(
            found.words, found.text(found.model.title), found.words("missing.page", id=f"/desk/{name}")
        )

    def _room(self, parts: list[str], asked: Mapping[str, str], language: str) -> html.Div | None:
        desk = self._desk
        match parts:
            case [""]:
                found = desk.lookup(language)
                return start_page(found.words, found.text(found.model.title))
            case ["what-if", *rest] if len(rest) <= 1 and (not rest or self._has(rest[0])):
                return what_if_room(desk, rest[0] if rest else "", language)
            case ["targets"]:
                return targets_room(desk, language)
            case ["scenes"]:
                return scenes_room(desk, language)
            case ["screens"]:
                return screens_room(desk, self._fleet, language)
            case ["history"]:
                return history_room(desk, asked, language)
            case ["periods"]:
                return periods_room(desk, self._recounts, asked, language)
            case ["incentive", *rest] if len(rest) <= 2:
                name, period = [*rest, "", ""][:2]
                return incentive_room(desk, name, period, language)
        return None

    def _has(self, unit: str) -> bool:
        return any(one.id == unit for one in self._desk.model.units)

    def alarms(self, language: str) -> list[Any]:
        """What the landing page says of screens that are silent."""
        return silent_screens(self._fleet, language)

    def add_to(self, app: Dash, server: flask.Flask) -> None:
        """The callbacks and routes of all pages."""
        add_what_if(app, self._desk)
        add_targets(app, self._desk)
        add_history(app, self._desk)
        add_periods(app, self._desk, self._recounts)
        add_incentive(app, self._desk)
        add_routes(server, self._desk, self._recounts)
        add_screens(app, server, self._desk, self._fleet)
        add_remote(server, self._desk, self._fleet)
        add_scene_routes(server, self._desk, self._fleet.announcements)
