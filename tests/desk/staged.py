"""The small company of the server's tests with a board, its Flask server in-process, asked by anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import flask
from werkzeug.test import TestResponse

from scoring.definitions import Model
from streams.redis_adapters.outbox import Outbox
from tests.server.teams import FEBRUARY, MARCH, company, count
from tests.support.servers import Service, wait_until
from wall.alerts.book import AlertBook
from wall.alerts.steps import AlertSteps
from wall.api import create_api
from wall.board_follower import BoardFollower
from wall.dash_app import PageApp, create_dash
from wall.desk.alerts import Alerting
from wall.desk.desk import Desk
from wall.desk.rooms import Rooms
from wall.messages.channels import open_channels
from wall.messages.testing import ChannelTest
from wall.metrics import Screens
from wall.people.entrance import open_entrance
from wall.people.viewer import Viewer
from wall.push import Hub
from wall.pushed import Pushed
from wall.results.explaining import Explainer
from wall.screens.service import open_fleet
from wall.sight.seen_site import SeenSite
from wall.sight.seen_stories import SeenStories
from wall.sight.visible import Sights
from wall.wall_pages import add_wall_pages
from wall.wiring import Site

from .viewers import ADMIN, scope_of


@dataclass(frozen=True, slots=True)
class Stage:
    """A site with its server and pages."""

    site: Site
    follower: BoardFollower
    server: flask.Flask
    app: PageApp
    rooms: Rooms
    desk: Desk

    def get(self, path: str, who: Viewer = ADMIN) -> TestResponse:
        """The answer to a GET."""
        return self.server.test_client().get(path, environ_overrides=scope_of(who))

    def post(self, path: str, content: Any, who: Viewer = ADMIN) -> TestResponse:
        """The answer to a POST of JSON."""
        return self.server.test_client().post(path, json=content, environ_overrides=scope_of(who))

    def call(self, output: str, who: Viewer = ADMIN, **given: Any) -> TestResponse:
        """The answer to a callback, its inputs and states by their ids; what is not given is None."""
        held = self.app.callback_map[output]
        values = {part: [_filled(one, given) for one in held[part]] for part in ("inputs", "state")}
        outs = [_output(one) for one in output.strip(".").split("...")]
        body = {
            "output": output,
            "outputs": outs if output.startswith("..") else outs[0],
            "changedPropIds": [_changed(held["inputs"][0])],
            **values,
        }
        return self.post("/_dash-update-component", body, who)


def _changed(one: Mapping[str, Any]) -> str:
    name = str(one["id"])
    shown = json.dumps(_one_of(name), separators=(",", ":"), sort_keys=True) if name.startswith("{") else name
    return f"{shown}.{one['property']}"


def _one_of(name: str) -> dict[str, Any]:
    """A component that a pattern of ids fits."""
    return {key: "x" if isinstance(value, list) else value for key, value in json.loads(name).items()}


def _filled(one: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """An input with what is given for it; one of many ids has those that are given, none otherwise."""
    name = str(one["id"])
    if not name.startswith("{"):
        return {"id": name, "property": one["property"], "value": given.get(name.replace("-", "_"))}
    pattern = json.loads(name)
    if ["ALL"] not in pattern.values():
        return {"id": _one_of(name), "property": one["property"], "value": None}
    return [
        {"id": at, "property": one["property"], "value": at if one["property"] == "id" else value}
        for at, value in given.get(pattern["type"].replace("-", "_"), [])
        if all(value == ["ALL"] or at.get(key) == value for key, value in pattern.items())
    ]


def _output(one: str) -> Any:
    name, _, prop = one.partition("@")[0].rpartition(".")
    if not name.startswith("{"):
        return {"id": name, "property": prop}
    return [] if ["ALL"] in json.loads(name).values() else {"id": _one_of(name), "property": prop}


@contextmanager
def staged(model: Model) -> Iterator[Stage]:
    """A company with the events of February and March counted and scored."""
    with company(model) as site:
        applied = count(site, FEBRUARY + MARCH)
        with Service("score", site.settings):
            follower = BoardFollower(site, applied, "test")
            follower.start(lambda: None)
            wait_until(lambda: bool(follower.board().units), 20, "the board is there")
            yield _stage(site, follower)
            follower.stop()


def _stage(site: Site, follower: BoardFollower) -> Stage:
    """The server as `create_server` puts it together, without what is not Flask."""
    sights, fleet = Sights(), open_fleet(site, follower)
    seen = SeenSite(follower, sights)
    stories = SeenStories(Explainer(site, follower), seen)
    pushed = Pushed(follower, fleet, sights)
    server = flask.Flask("test")
    create_api(server, site, follower, Screens(Hub(pushed.view, pushed.head, pushed.stamp), fleet), seen, stories)
    rooms = Rooms(site, follower, fleet, sights, alerting=_alerting(site, follower, sights))
    add_wall_pages(server, seen, fleet)
    app = create_dash(server, seen, stories, rooms)
    rooms.add_to(app, server)
    return Stage(site, follower, server, app, rooms, Desk(site, follower, sights))


def _alerting(site: Site, follower: BoardFollower, sights: Sights) -> Alerting:
    """Alerts as nobody works them out, and no channels."""
    entrance, outbox = open_entrance(site), Outbox(site.redis, site.settings.site)
    book = AlertBook(site, follower, sights)
    steps = AlertSteps(site, follower, sights, entrance.accounts, book)
    test = ChannelTest(open_channels(site.settings.channels), entrance.accounts, outbox, entrance.trail)
    return Alerting(book, steps, outbox, test)
