"""Screens over HTTP: the guard's matrix, pairing, heartbeats, remotes, and two servers of one site."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from streams.redis_adapters.screens import ScreenStore
from tests.screens.fleets import screens_model
from tests.server.teams import NOW_MS
from tests.support.routes import every_route, filled
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import OWN, bearer, cookies
from wall.bench.push import await_port
from wall.definitions.apply import put_in_force
from wall.people.doors import door_of
from wall.ports import free_port
from wall.settings import Settings
from wall.wiring import Site, open_site

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request brought."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def cookie(self) -> str:
        """The cookie that was set, as a browser sends it back."""
        return self.headers.get("set-cookie", "").split(";")[0]


class Servers:
    """A site with two servers."""

    def __init__(self, site: Site, ports: tuple[int, int]) -> None:
        self.site = site
        self.ports = ports
        self.admin = {**bearer(site), **JSON}

    def ask(
        self, method: str, path: str, content: Any = None, headers: dict[str, str] | None = None, at: int = 0
    ) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[at], timeout=15)
        body = content if isinstance(content, bytes) else None if content is None else json.dumps(content).encode()
        connection.request(method, path, body, headers if headers is not None else JSON)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        is_stream = told.get("content-type", "").startswith("text/event-stream")
        text = b"" if is_stream else answer.read()
        connection.close()
        try:
            return Answered(answer.status, json.loads(text or b"null"), told)
        except ValueError:
            return Answered(answer.status, text, told)

    def pair(self, name: str, unit: str, playlist: str = "team") -> tuple[str, str]:
        """A paired screen and its credential."""
        opened = self.ask("POST", "/api/v1/screens/pairing", {}).body
        wanted = {"code": opened["code"], "name": name, "unit": unit, "playlist": playlist}
        done = self.ask("POST", "/api/v1/screens", wanted, self.admin)
        assert done.status == 201, done
        claimed = self.ask("POST", "/api/v1/screens/claim", {"claim": opened["claim"]})
        assert claimed.status == 200, claimed
        assert claimed.body["screen"] == done.body["screen"]
        return claimed.body["screen"], claimed.body["credential"]


def as_screen(credential: str) -> dict[str, str]:
    """The headers of a screen."""
    return {"Cookie": f"kpiwall_screen={credential}", **JSON, **OWN}


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with RedisNode(appendfsync="everysec") as redis, ExitStack() as running:
        settings = Settings(site="screens", redis=redis.url, topic="screens", port=free_port())
        site = open_site(settings)
        put_in_force(site, screens_model(), "test", "test")
        site.store.set_clock(replace(site.store.clock(), event_ms=NOW_MS, real_ms=int(time.time() * 1000)))
        other = replace(settings, port=free_port())
        for one in (settings, other):
            running.enter_context(Service("serve", one))
            await_port(one.port)
        yield Servers(site, (settings.port, other.port))


SCENES = ("/wall/anywhere", "/push/wall/anywhere")
OPEN = {("GET", "/healthz"), ("GET", "/screen")}
OPEN |= {("POST", f"/api/v1/screens/{one}") for one in ("pairing", "claim", "resume")}
OF_SCREENS = {("POST", "/api/v1/screens/heartbeat"), ("GET", "/lib/plotly.min.js")}


def _filled(path: str) -> str:
    """A path with names that exist in the model."""
    path = path.replace("/wall/{scene}", "/wall/anywhere").replace("/push/{page}/{name}", "/push/wall/anywhere")
    return filled(path)


def test_every_route_lets_in_whom_it_must_and_nobody_else(servers: Servers) -> None:
    _, inside = servers.pair("in scope", "red")
    _, outside = servers.pair("out of scope", "blue")
    gone, revoked = servers.pair("revoked", "red")
    servers.ask("POST", f"/api/v1/screens/{gone}/revoke", {}, servers.admin)
    routes = [(method, _filled(path)) for method, path in every_route(servers.site)]
    admin = {**cookies(servers.site), **JSON}
    assert len(routes) > 50
    assert {("GET", path) for path in SCENES} | OPEN | OF_SCREENS <= set(routes)
    for method, path in routes:
        asked = method, path
        if asked == ("POST", "/sign-out"):
            continue  # or nobody would be signed in
        is_scene = asked[0] == "GET" and path in SCENES
        address = f"{path}?unit=red" if path in SCENES else path
        content = None if asked[0] == "GET" else {}
        who = {
            "anonymous": JSON,
            "admin": admin,
            "inside": as_screen(inside),
            "outside": as_screen(outside),
            "revoked": as_screen(revoked),
            "nonsense": as_screen("s1.nonsense"),
        }
        found = {name: servers.ask(method, address, content, headers).status for name, headers in who.items()}
        door = door_of(*asked)
        if door is not None and door.permit is None:
            assert set(found.values()) <= {200, 201, 303, 400, 401, 404, 429, 503}, (method, path, found)
            assert path.endswith(("resume", "sign-in")) or 401 not in found.values(), (method, path, found)
            continue
        assert asked not in OPEN, asked
        assert (found["anonymous"], found["nonsense"], found["revoked"]) == (401, 401, 403), (method, path, found)
        own = {("POST", "/api/v1/screens/heartbeat")}
        assert asked in own or found["admin"] not in (401, 403), (method, path, found)
        allowed = is_scene or asked in OF_SCREENS
        assert (found["inside"] not in (401, 403)) is allowed, (method, path, found)
        assert (found["outside"] not in (401, 403)) is (asked in OF_SCREENS), (method, path, found)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/wall/anywhere?unit=red", 200),
        ("/wall/anywhere?unit=ann&lang=zh-CN&part=1", 200),
        ("/wall/red_only", 200),
        ("/wall/anywhere", 403),
        ("/wall/anywhere?unit=blue", 403),
        ("/wall/anywhere?unit=red&unit=blue", 403),
        ("/wall/anywhere?unit=blue&unit=red", 403),
        ("/wall/anywhere?unit=&unit=red", 403),
        ("/wall/all_teams?unit=red", 403),
        ("/wall/peeping?unit=red", 403),
        ("/wall/nowhere?unit=red", 403),
        ("/wall/anywhere/?unit=red", 403),
        ("/wall/..%2fapi%2fv1%2fboard?unit=red", 403),
        ("/wall/../api/v1/board?unit=red", 403),
        ("/assets/../api/v1/board", 403),
        ("/assets/..%2f..%2fapi%2fv1%2fboard", 403),
        ("//api/v1/board", 403),
        ("/push/wall/anywhere?unit=red", 200),
        ("/push/wall/anywhere?unit=blue", 403),
        ("/push/phone/red", 403),
        ("/phone/red", 403),
        ("/api/v1/board?unit=red", 403),
    ],
)
def test_a_screen_sees_its_unit_and_what_is_below_however_it_asks(servers: Servers, path: str, status: int) -> None:
    credential = _red_screen(servers)
    found = servers.ask("GET", path, None, as_screen(credential))
    assert found.status == status, found.body
    evil = {**as_screen(credential), "Host": "host/assets/"}
    assert servers.ask("GET", path, None, evil).status in (status, 400)
    if status == 403 and path.startswith("/wall"):
        assert "'red'" in found.body["error"]


_red: list[str] = []


def _red_screen(servers: Servers) -> str:
    if not _red:
        _red.append(servers.pair("red screen", "red")[1])
    return _red[0]


def test_a_screen_pairs_beats_and_is_revoked(servers: Servers) -> None:
    opened = servers.ask("POST", "/api/v1/screens/pairing", {})
    assert opened.status == 201
    assert re.fullmatch(r"\d{6}", opened.body["code"])
    assert 290 <= opened.body["expires_in_s"] <= 300
    waiting = servers.ask("POST", "/api/v1/screens/claim", {"claim": opened.body["claim"]}, at=1)
    assert (waiting.status, waiting.body["waiting"]) == (202, True)
    wanted = {"code": opened.body["code"], "name": "TV", "unit": "red", "margin": 2.5}
    assert servers.ask("POST", "/api/v1/screens", wanted, servers.admin).status == 201
    claimed = servers.ask("POST", "/api/v1/screens/claim", {"claim": opened.body["claim"]}, at=1)
    assert claimed.status == 200
    told = claimed.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert f"max-age={400 * 86400}" in told
    assert claimed.cookie == f"kpiwall_screen={claimed.body['credential']}"
    assert servers.ask("POST", "/api/v1/screens/claim", {"claim": opened.body["claim"]}).status == 410
    screen, headers = claimed.body["screen"], {"Cookie": claimed.cookie, **JSON, **OWN}
    beat = {
        "scene": "anywhere", "key": 0, "width": 3840, "height": 2160, "ratio": 2, "version": "1", "data_age_ms": 1200,
        "heap_mb": 86, "nodes": 900, "frozen_ms": -3, "clock_ms": 4e12, "uptime_s": 60, "mood": "good",
    }  # fmt: skip
    for at in (0, 1):
        wait_until(lambda at=at: _beats(servers, beat, headers, at) == 200, 3, "both servers know the screen")
    wait_until(lambda: _told(servers, screen)["beat"] is not None, 3, "the other server sees the heartbeat")
    seen = _told(servers, screen)
    assert (seen["presence"], seen["beat"]["width"], seen["beat"]["scene"], seen["margin"]) == (
        "live", 3840, "anywhere", 2.5,
    )  # fmt: skip
    revoked = servers.ask("POST", f"/api/v1/screens/{screen}/revoke", {"reason": "sold"}, servers.admin)
    assert revoked.status == 200
    for at in (0, 1):
        wait_until(lambda at=at: _beats(servers, beat, headers, at) == 403, 3, "both servers know that it is revoked")
    refused = servers.ask("POST", "/api/v1/screens/resume", {"credential": claimed.body["credential"]})
    assert (refused.status, refused.body["error"]) == (403, "this screen was revoked; pair it again")
    assert servers.ask("GET", f"/api/v1/screens/{screen}", None, servers.admin).status == 400


def _beats(servers: Servers, beat: dict[str, Any], headers: dict[str, str], at: int) -> int:
    return servers.ask("POST", "/api/v1/screens/heartbeat", beat, headers, at).status


def _told(servers: Servers, screen: str) -> dict[str, Any]:
    found: dict[str, Any] = servers.ask("GET", f"/api/v1/screens/{screen}", None, servers.admin, at=1).body
    return found


def test_a_lost_cookie_is_set_again_by_the_credential(servers: Servers) -> None:
    screen, credential = servers.pair("TV", "red")
    resumed = servers.ask("POST", "/api/v1/screens/resume", {"credential": credential}, at=1)
    assert (resumed.status, resumed.body) == (200, {"screen": screen})
    assert resumed.cookie == f"kpiwall_screen={credential}"
    wrong = servers.ask("POST", "/api/v1/screens/resume", {"credential": credential + "x"})
    assert wrong.status == 401
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        ({"width": -1}, 400),
        ({"scene": "x" * 300}, 400),
        ({"heap_mb": "much"}, 400),
        ({"scene": "x" * 9000}, 413),
        (b"{}" + b" " * 8300, 413),
        ({}, 200),
        (b"", 200),
    ],
)
def test_a_heartbeat_is_bounded(servers: Servers, content: Any, status: int) -> None:
    found = servers.ask("POST", "/api/v1/screens/heartbeat", content, as_screen(_red_screen(servers)))
    assert found.status == status, found.body


@pytest.mark.parametrize("path", ["pairing", "claim", "resume"])
def test_what_is_open_to_everybody_takes_little_and_only_json(servers: Servers, path: str) -> None:
    address = f"/api/v1/screens/{path}"
    assert servers.ask("POST", address, b"x" * 9000).status == 413
    assert servers.ask("POST", address, b"{}", {"Content-Type": "text/plain"}).status == 415
    assert path == "pairing" or servers.ask("POST", address, {"claim": 7}).status == 400
    assert servers.ask("PUT", address, {}).status == 401


def test_too_many_codes_are_refused_with_when_to_come_again(servers: Servers) -> None:
    key = f"kpiwall:{{{servers.site.settings.site}}}:screens:codes"
    try:
        found = [servers.ask("POST", "/api/v1/screens/pairing", {}, at=n % 2) for n in range(22)]
        refused = [one for one in found if one.status != 201]
        assert refused
        assert {one.status for one in refused} == {429}
        assert 0 < int(refused[0].headers["retry-after"]) <= 300
        assert "wait" in refused[0].body["error"]
    finally:
        servers.site.redis.delete(key)


def test_the_remote_needs_json_and_reaches_the_other_server(servers: Servers) -> None:
    screen, credential = servers.pair("TV", "red")
    remote = f"/api/v1/screens/{screen}/remote"
    assert servers.ask("POST", remote, {"command": "next"}, as_screen(credential)).status == 403
    form = {**servers.admin, "Content-Type": "application/x-www-form-urlencoded"}
    assert servers.ask("POST", remote, b"command=next", form).status == 415
    for content, status in [
        ({"command": "next"}, 200),
        ({"command": "hold"}, 200),
        ({"command": "show", "scene": "anywhere"}, 200),
        ({"command": "show", "key": 1}, 200),
        ({"command": "show", "scene": "all_teams"}, 400),
        ({"command": "explode"}, 400),
        ({"command": "next", "more": 1}, 400),
    ]:
        assert servers.ask("POST", remote, content, servers.admin).status == status, content
    wait_until(lambda: _told(servers, screen)["goto"] == {"key": 1, "number": 2}, 3, "the other server knows")
    seen = _told(servers, screen)
    assert (seen["hold"], seen["step"]) == (True, 1)
    assert servers.ask("POST", "/api/v1/screens/s0/remote", {"command": "next"}, servers.admin).status == 400


def test_all_screens_can_be_sent_to_another_server_of_the_site(servers: Servers) -> None:
    screen, credential = servers.pair("TV", "red")
    there = f"http://127.0.0.1:{servers.ports[1]}"
    assert servers.ask("POST", "/api/v1/screens/move", {"url": "http://127.0.0.1:1"}, servers.admin).status == 400
    assert servers.ask("POST", "/api/v1/screens/move", {"url": there}, servers.admin).status == 200
    wait_until(
        lambda: servers.ask("GET", "/api/v1/screens", None, servers.admin).body["move"] == there, 3, "it is known"
    )
    resumed = servers.ask("POST", "/api/v1/screens/resume", {"credential": credential}, at=1)
    assert resumed.body == {"screen": screen}
    assert servers.ask("POST", "/api/v1/screens/move", {"url": ""}, servers.admin).status == 200
    wait_until(
        lambda: servers.ask("GET", "/api/v1/screens", None, servers.admin).body["move"] is None, 3, "it has ended"
    )


def test_who_has_signed_in_is_kept_as_who_acts(servers: Servers) -> None:
    screen, _ = servers.pair("TV", "red")
    bob = {**cookies(servers.site, name="bob"), **JSON}
    path = f"/api/v1/screens/{screen}"
    assert servers.ask("POST", path, {"name": "TV 2"}, bob).status == 200
    newest = servers.site.journal.entries("screen.changed")[-1]
    assert (newest.author, newest.body["changes"]) == ("bob", {"name": "TV 2"})
    assert servers.ask("POST", path, {"name": "TV 3", "author": "somebody else"}, bob).status == 400
    assert servers.ask("POST", path, {"name": "TV 3"}, cookies(servers.site, "employee")).status == 403


def test_announcements_are_made_listed_and_ended(servers: Servers) -> None:
    made = servers.ask("POST", "/api/v1/announcements", {"text": "drill", "unit": "red", "minutes": 30}, servers.admin)
    assert made.status == 201
    listed = servers.ask("GET", "/api/v1/announcements", None, servers.admin, at=1).body["announcements"]
    assert [(one["text"], one["unit"]) for one in listed] == [("drill", "red")]
    assert 29 * 60_000 < listed[0]["until_ms"] - listed[0]["from_ms"] <= 30 * 60_000
    for wrong in ({"text": ""}, {"text": "x" * 501}, {"text": "x", "unit": "green"}, {"text": "x", "minutes": 0}):
        assert servers.ask("POST", "/api/v1/announcements", wrong, servers.admin).status == 400
    end = f"/api/v1/announcements/{made.body['id']}/end"
    assert servers.ask("POST", end, {}, servers.admin).status == 200
    assert servers.ask("POST", end, {}, servers.admin).status == 400
    assert servers.ask("GET", "/api/v1/announcements", None, servers.admin, at=1).body["announcements"] == []


def test_paired_screens_are_counted_by_state(servers: Servers) -> None:
    servers.pair("TV", "red")
    text = servers.ask("GET", "/metrics", None, servers.admin).body.decode()
    found = dict(re.findall(r'^kpiwall_screens\{state="(\w+)"\} ([\d.]+)', text, re.MULTILINE))
    assert float(found["live"]) >= 1
    assert float(found["silent"]) == 0
    assert "kpiwall_connections " in text


def test_a_code_store_is_shared_by_all_servers_of_a_site(servers: Servers) -> None:
    opened = servers.ask("POST", "/api/v1/screens/pairing", {}, at=1)
    store = ScreenStore(servers.site.redis, servers.site.settings.site)
    assert store.reserve_code(opened.body["code"], "test")
    store.free_code(opened.body["code"], "test")
