"""The doors: every route has one, and lets in nobody whom it must not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from layouts.phone.document import MANIFEST, WORKER
from scoring.roles import Capability
from tests.people.served import Served, served
from tests.support.routes import every_route, filled
from tests.support.signed_in import bearer, cookies
from wall.people.doors import DOORS, ELSEWHERE, Door, door_of
from wall.people.viewer import NOBODY, Viewer
from wall.sight.look import EVERYTHING
from wall.wall_pages import SCRIPTS, STYLES, asset

#: What Dash and the API answer for whatever is left.
LEFT = {"/{path*}", "/{_path*}", "/api/{_*}"}


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("doors")) as one:
        cookies(one.site)
        yield one


def test_every_route_has_a_door_of_its_own(wall: Served) -> None:
    routes = every_route(wall.site)
    assert len(routes) > 60
    for method, path in routes:
        door = door_of(method, filled(path))
        assert door is not None, (method, path)
        own = door not in (ELSEWHERE, next(one for one in DOORS if one.path == "/api/{rest*}"))
        assert own or path in LEFT, f"{method} {path} has no door of its own; add one to wall/people/doors.py"


def test_every_door_leads_to_a_route(wall: Served) -> None:
    routes = every_route(wall.site)
    for door in DOORS:
        if door.path.startswith(("/assets/", "/desk/", "/explain/", "/push/wall/")):
            continue  # one route answers several of these
        for method in door.methods.split():
            led = [path for one, path in routes if one == method and door_of(one, filled(path)) is door]
            assert led, (method, door.path)


def test_only_what_signing_in_and_pairing_need_is_open() -> None:
    is_open = {door.path for door in DOORS if door.permit is None}
    pages = {path for path in is_open if not path.startswith("/assets/")}
    assert pages == {
        "/healthz", "/readyz", "/sign-in", "/sign-in/{provider}", "/sign-in/{provider}/{step}", "/setup", "/screen",
        MANIFEST, WORKER, *(f"/api/v1/screens/{one}" for one in ("pairing", "claim", "resume")),
    }  # fmt: skip
    assert {f"/assets/{name}" for name in (*STYLES, *SCRIPTS)} <= is_open


def test_strangers_come_in_by_open_doors_only(wall: Served) -> None:
    for method, path in every_route(wall.site):
        door = door_of(method, filled(path))
        assert door is not None
        if door.permit is None:
            continue
        asked = filled(path)
        program = {"Accept": "application/json", "Sec-Fetch-Mode": "", "Content-Type": "application/json"}
        assert wall.ask(method, asked, {} if method == "POST" else None, program).status == 401, (method, asked)
        if method == "GET":
            page = wall.ask(method, asked)
            assert page.status == 401 or page.to.startswith("/sign-in"), (method, asked)


@pytest.mark.parametrize("forged", ["Bearer kpw_0_0", "Bearer ", "Bearer x", "Basic eDp5", "kpw_0_0"])
def test_forged_credentials_come_in_by_open_doors_only(wall: Served, forged: str) -> None:
    for path in ("/api/v1/board", "/metrics", "/_dash-layout", "/desk/screens", "/assets/desk.css", "/nowhere"):
        for headers in ({"Authorization": forged}, {"Cookie": f"kpiwall_session={forged}"}):
            assert wall.ask("GET", path, headers={**headers, "Accept": ""}).status == 401, (path, headers)


def test_somebody_without_a_capability_is_told_so_and_comes_no_further(wall: Served) -> None:
    worker = cookies(wall.site, "worker", person="ann")
    for path in ("/metrics", "/api/v1/screens", "/desk/history", "/desk/periods", "/desk/scenes", "/api/v1/history"):
        page = wall.ask("GET", f"{path}?lang=en", headers=worker)
        assert (page.status, "Your role" in page.text) == (403, True), path
    sends = {**worker, "Content-Type": "application/json"}
    assert wall.ask("POST", "/api/v1/events", {}, sends).status == 403
    assert wall.ask("GET", "/phone/ann", headers=worker).status == 200


def test_a_hidden_unit_is_answered_like_one_that_does_not_exist(wall: Served) -> None:
    worker = {**cookies(wall.site, "worker", person="ann"), "Accept": "application/json"}
    for path in ("/api/v1/board?unit={}", "/push/phone/{}", "/push/wall/anywhere?unit={}"):
        hidden, unknown = (wall.ask("GET", path.format(unit), headers=worker) for unit in ("blue", "moon"))
        assert hidden.status == unknown.status == 404, path
        assert hidden.text.replace("blue", "moon") == unknown.text


@pytest.mark.parametrize("path", ["/assets/fonts/../desk.css", "/assets/people/./../desk.css", "//account", "/Account",
                                  "/account/", "/assets/", "/sign-in/", "/healthz/x", "/screen/../account",
                                  "/%2e%2e/account", "/assets/glyphs/%2e%2e/%2e%2e/x", "/;/account"])  # fmt: skip
def test_tricks_with_paths_open_no_door(wall: Served, path: str) -> None:
    assert wall.ask("GET", path, headers={"Accept": ""}).status in (401, 404), path


def test_what_an_asset_page_loads_is_open(wall: Served) -> None:
    page = wall.ask("GET", "/sign-in").text + wall.ask("GET", "/screen").text
    loaded = {part.split('"')[0] for mark in ('href="/assets', 'src="/assets') for part in page.split(mark)[1:]}
    assert len(loaded) > 10
    for path in loaded:
        assert wall.ask("GET", f"/assets{path}", headers={"Accept": ""}).status == 200, path
    assert wall.ask("GET", asset("desk.css"), headers={"Accept": ""}).status == 401


def test_a_method_without_a_door_is_refused(wall: Served) -> None:
    admin = {**bearer(wall.site), "Accept": ""}
    for method, path in (
        ("DELETE", "/account"),
        ("PUT", "/"),
        ("POST", "/nowhere"),
        ("PATCH", "/desk"),
        ("POST", "/metrics"),
    ):
        assert wall.ask(method, path, headers={**admin, "Accept": ""}).status == 404, (method, path)
        assert wall.ask(method, path, headers={"Accept": ""}).status == 401, (method, path)


def test_readiness_tells_strangers_no_reasons(wall: Served) -> None:
    assert "faults" not in wall.ask("GET", "/readyz").text
    assert "faults" in wall.ask("GET", "/readyz", headers=bearer(wall.site)).text


def test_a_door_needs_what_it_says() -> None:
    able = Viewer("person", "a", "A", {Capability.VIEW: EVERYTHING[Capability.VIEW]})
    viewing = next(one for one in DOORS if one.path == "/phone/{unit}")
    metering = next(one for one in DOORS if one.path == "/metrics")
    assert (viewing.admits(able), metering.admits(able), viewing.admits(NOBODY)) == (True, False, False)
    assert Door("GET", "/", None).admits(NOBODY)
