"""Who keeps which screens and announcements in order: routes asked by people who don't see everything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from scoring.roles import Capability
from tests.desk.viewers import ADMIN, able, sight_of
from tests.server.teams import NOW_MS, company
from wall.people.viewer import NOBODY, VIEWER, Viewer
from wall.screens.routes import screen_routes
from wall.screens.service import Fleet
from wall.sight.look import Look
from wall.sight.visible import Sights

from .fleets import fleet_of, paired, screens_model

BOTH = (Capability.MANAGE_SCREENS, Capability.ANNOUNCE)
#: Keeps the screens of the team red and announces there.
RED = able(*BOTH, sight=sight_of("red"))
#: Sees the company's own numbers, not those of the teams that its screens show, too.
TOTAL = able(*BOTH, sight=sight_of(Look("company", "total")))


@dataclass(frozen=True, slots=True)
class Office:
    """The routes of a fleet."""

    fleet: Fleet
    app: Starlette

    def ask(self, method: str, path: str, who: Viewer, content: Any = None) -> tuple[int, Any]:
        """Status and answer."""
        return asyncio.run(self._asked(method, path, who, json.dumps(content).encode()))

    async def _asked(self, method: str, path: str, who: Viewer, body: bytes) -> tuple[int, Any]:
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"lang=en",
                 "headers": [(b"content-type", b"application/json"), (b"host", b"walls")], "scheme": "http",
                 "server": ("walls", 80), "client": ("10.0.0.9", 1), "root_path": "", VIEWER: who}  # fmt: skip
        await self.app(scope, receive, send)
        answer = b"".join(one.get("body", b"") for one in told)
        return told[0]["status"], json.loads(answer)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    model, sights = screens_model(), Sights()
    with company(model) as site, fleet_of(site) as fleet:
        yield Office(fleet, Starlette(routes=screen_routes(fleet, lambda sight: sights.visible(model, sight, NOW_MS))))


def test_screens_out_of_reach_are_answered_like_ones_that_do_not_exist(office: Office) -> None:
    red, _ = paired(office.fleet, "Red", "red")
    blue, _ = paired(office.fleet, "Blue", "blue")
    office.fleet.register()
    for who, seen in ((ADMIN, {red.id, blue.id}), (RED, {red.id}), (TOTAL, set())):
        told = office.ask("GET", "/api/v1/screens", who)[1]
        assert {one["id"] for one in told["screens"]} >= seen
        assert (blue.id in {one["id"] for one in told["screens"]}) == (blue.id in seen)
    for step, content in (("", {"name": "x"}), ("/remote", {"command": "next"}), ("/revoke", {})):
        hidden, unknown = (
            office.ask("POST", f"/api/v1/screens/{name}{step}", RED, content) for name in (blue.id, "s00000000")
        )
        assert unknown[0] == 400
        assert (hidden[0], str(hidden[1]).replace(blue.id, "s00000000")) == (unknown[0], str(unknown[1]))
        assert office.ask("POST", f"/api/v1/screens/{red.id}{step}", RED, content)[0] == 200
    assert office.fleet.register().screens[blue.id].revoked_ms is None


def test_a_screen_is_paired_and_moved_within_reach_only(office: Office) -> None:
    def pair(who: Viewer, unit: str, playlist: str = "team") -> tuple[int, Any]:
        code = office.fleet.open_code("10.0.0.1").code
        wanted = {"code": code, "name": "TV", "unit": unit, "playlist": playlist}
        return office.ask("POST", "/api/v1/screens", who, wanted)

    status, made = pair(RED, "")
    assert status == 201
    assert office.fleet.register().screens[made["screen"]].unit == "red", "the top of what is seen"
    hidden, unknown = pair(RED, "blue"), pair(RED, "none")
    assert hidden[0] == unknown[0] == 400
    assert str(hidden[1]).replace("blue", "none") == str(unknown[1])
    assert pair(TOTAL, "company")[0] == 400, "a screen shows what is below, too"
    foreign = pair(RED, "red", "company")
    assert foreign[0] == 400
    assert "company" not in str(foreign[1]).replace("'company'", "").replace("playlist company", "")
    moved = office.ask("POST", f"/api/v1/screens/{made['screen']}", RED, {"unit": "blue"})
    assert moved[0] == 400
    assert office.fleet.register().screens[made["screen"]].unit == "red"


def test_announcements_are_made_seen_and_ended_within_reach_only(office: Office) -> None:
    status, own = office.ask("POST", "/api/v1/announcements", RED, {"text": "tea"})
    assert status == 201
    _, other = office.ask("POST", "/api/v1/announcements", ADMIN, {"text": "coffee", "unit": "blue"})
    assert office.fleet.register().announced[own["id"]].unit == "red"
    assert office.fleet.register().announced[own["id"]].author == "Bob (bob)"
    told = office.ask("GET", "/api/v1/announcements", RED)[1]["announcements"]
    assert [one["text"] for one in told] == ["tea"]
    hidden, unknown = (
        office.ask("POST", "/api/v1/announcements", RED, {"text": "x", "unit": unit}) for unit in ("blue", "none")
    )
    assert hidden[0] == unknown[0] == 400
    assert str(hidden[1]).replace("blue", "none") == str(unknown[1])
    ended = [office.ask("POST", f"/api/v1/announcements/{name}/end", RED, {}) for name in (other["id"], "none")]
    assert ended[0] == ended[1]
    assert ended[0][0] == 400
    assert office.ask("POST", f"/api/v1/announcements/{own['id']}/end", RED, {})[0] == 200


def test_who_may_not_is_told_that_there_is_no_such_route(office: Office) -> None:
    announcer = able(Capability.ANNOUNCE, sight=sight_of("red"))
    for who in (NOBODY, announcer):
        for method, path in (("GET", "/api/v1/screens"), ("POST", "/api/v1/screens"), ("POST", "/api/v1/screens/s1")):
            assert office.ask(method, path, who, {}) == (404, {"error": f"there is no {method} {path}"})
    assert office.ask("POST", "/api/v1/screens/move", RED, {"url": ""})[0] == 404, "it concerns all screens"
    assert office.ask("POST", "/api/v1/screens/move", ADMIN, {"url": ""})[0] == 200
