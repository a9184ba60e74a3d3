"""Which address leads to which page of the desk, and everything that makes the pages work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask
from dash import html

from layouts.desk.shell import desk_page, start_page
from layouts.desk.trial_view import trial_refused
from layouts.reader import Reader
from wall.board_follower import BoardView
from wall.dash_app import PageApp
from wall.followup.ledger import Ledger
from wall.people.acts import Acts
from wall.people.permits import SIGNED_IN
from wall.results.explaining import Explainer
from wall.results.kpi_reading import KpiReader
from wall.results.timeline import Timelines
from wall.review.gather import Book, Reviews
from wall.review.ledger import ReviewLedger
from wall.review.room import add_review, review_room
from wall.screens.service import Fleet, open_fleet
from wall.sight.visible import Sights
from wall.wiring import Site

from .alert_replays import Replays
from .alerts import Alerting, AlertRoom, add_alerts, alerts_room
from .analysis import Analysis, add_analysis, analysis_room
from .audit import add_audit, audit_room
from .desk import EXPECTED, Desk, faults_of
from .history import add_history, history_room
from .incentive import add_incentive, incentive_room
from .jobs import Recounts
from .periods import add_periods, periods_room
from .permits import ROOMS, WHAT_IF
from .remote import add_remote
from .routes import add_routes
from .scene_routes import add_scene_routes
from .scenes import scenes_room
from .screens import add_screens, screens_room, silent_screens
from .targets import add_targets, targets_room
from .what_if import add_what_if, what_if_room


class Rooms:
    """The pages of one site's desk, each for those whom its permit admits."""

    def __init__(
        self,
        site: Site,
        view: BoardView,
        fleet: Fleet | None = None,
        sights: Sights | None = None,
        timelines: Timelines | None = None,
        book: Book | None = None,
        alerting: Alerting | None = None,
    ) -> None:
        self._desk = Desk(site, view, sights or Sights())
        self._alerts = AlertRoom(self._desk, alerting, Replays(site)) if alerting is not None else None
        self._fleet = fleet or open_fleet(site, self._desk)
        self._recounts = Recounts()
        self._analysis = Analysis(self._desk, timelines or Timelines(site, view), KpiReader(site, view))
        self._acts = Acts(site)
        self._reviews = Reviews(
            self._desk, Explainer(site, view), self._analysis.timelines, Ledger(site.journal),
            ReviewLedger(site.journal), book,
        )  # fmt: skip

    def page(self, name: str, asked: Mapping[str, str], language: str) -> html.Div | None:
        """The page of an address after /desk/; what can't be shown says why.

        None for an address that leads nowhere, and for a room that is closed to the viewer.
        """
        room = name.split("/")[0]
        if room not in self._desk.reader().rooms and not (name == "" and self._desk.reader().rooms):
            return None
        try:
            return self._room(name.split("/"), asked, language)
        except EXPECTED as error:
            found = self._desk.lookup(language, ROOMS.get(room, SIGNED_IN))
            return desk_page(found, room, name, found.words("desk.title"), trial_refused(found, faults_of(error)))

    def reader(self) -> Reader:
        """Who reads."""
        return self._desk.reader()

    def _room(self, parts: list[str], asked: Mapping[str, str], language: str) -> html.Div | None:
        desk = self._desk
        match parts:
            case [""]:
                return start_page(desk.lookup(language, SIGNED_IN))
            case ["analysis", *rest] if len(rest) <= 1:
                return analysis_room(self._analysis, rest[0] if rest else "matrix", asked, language)
            case ["review", *rest] if len(rest) <= 2:
                return review_room(self._reviews, rest, language)
            case ["what-if", *rest] if len(rest) <= 1 and (not rest or desk.visible(WHAT_IF).has_unit(rest[0])):
                return what_if_room(desk, rest[0] if rest else "", language, asked)
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
            case ["alerts", *rest] if len(rest) <= 1 and self._alerts is not None:
                return alerts_room(self._alerts, rest[0] if rest else "rules", asked, language)
            case ["audit"]:
                return audit_room(desk, self._acts, asked, language)
        return None

    def alarms(self, language: str) -> list[Any]:
        """What the landing page says of screens that are silent."""
        return silent_screens(self._desk, self._fleet, language)

    def add_to(self, app: PageApp, server: flask.Flask) -> None:
        """The callbacks and routes of all pages."""
        add_analysis(server, self._analysis)
        add_audit(server, self._desk, self._acts)
        add_review(app, server, self._reviews)
        add_what_if(app, self._desk)
        add_targets(app, self._desk)
        add_history(app, self._desk)
        add_periods(app, self._desk, self._recounts)
        add_incentive(app, self._desk)
        if self._alerts is not None:
            add_alerts(app, server, self._alerts)
        add_routes(server, self._desk, self._recounts)
        add_screens(app, server, self._desk, self._fleet)
        add_remote(server, self._desk, self._fleet)
        add_scene_routes(server, self._desk, self._fleet.announcements)
