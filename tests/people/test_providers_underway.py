"""Sign-ins under way: bound to one browser, ended once, and their cookie locked where people come by https."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from starlette.responses import Response

from streams.redis_adapters.people import PeopleStore
from tests.server.teams import company, teams
from wall.people.cookies import Cookies
from wall.people.providers.underway import KEPT_MS, Trip, Underway, new_state
from wall.people.sessions import hash_of
from wall.settings import Settings
from wall.wiring import Site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with company(teams()) as opened:
        yield opened


def scope(cookie: str = "", scheme: str = "http") -> dict[str, Any]:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    return {"type": "http", "scheme": scheme, "headers": headers}


def trips(site: Site, public_url: str = "") -> Underway:
    store = PeopleStore(site.redis, site.settings.site)
    return Underway(store, Cookies(Settings(public_url=public_url), 3600))


def begun(underway: Underway, asked: dict[str, Any], way: str = "corp") -> tuple[str, SimpleCookie]:
    """A trip's state, and the cookie that the browser got."""
    state, browser, answer = new_state(), underway.browser(asked), Response()
    underway.begin(
        state, Trip(way, hash_of(browser), {"nonce": "n"}, "/back", "/phone/red", "en"), answer, asked, browser
    )
    return state, SimpleCookie(answer.headers["set-cookie"])


def presented(cookie: SimpleCookie) -> str:
    return "; ".join(f"{name}={one.value}" for name, one in cookie.items())


def test_a_trip_ends_once_in_its_browser_with_what_it_began_with(site: Site) -> None:
    underway = trips(site)
    state, cookie = begun(underway, scope())
    trip = underway.end(state, "corp", scope(presented(cookie)))
    assert trip is not None
    assert (trip.kept, trip.onward) == ({"nonce": "n"}, "/phone/red")
    assert underway.end(state, "corp", scope(presented(cookie))) is None


@pytest.mark.parametrize("way", ["corp", "lark"])
def test_a_trip_ends_neither_elsewhere_nor_in_another_browser_and_is_over_then(site: Site, way: str) -> None:
    underway = trips(site)
    state, cookie = begun(underway, scope())
    _, other = begun(underway, scope())
    asked = scope(presented(other if way == "corp" else cookie))
    assert underway.end(state, way, asked) is None
    assert underway.end(state, "corp", scope(presented(cookie))) is None, "whoever tried used it up"


def test_two_pages_of_one_browser_are_two_trips(site: Site) -> None:
    underway = trips(site)
    first, cookie = begun(underway, scope())
    second, again = begun(underway, scope(presented(cookie)))
    assert presented(again) == presented(cookie)
    for state in (first, second):
        assert underway.end(state, "corp", scope(presented(cookie))) is not None


@pytest.mark.parametrize(
    ("public_url", "scheme", "name"),
    [
        ("", "http", "kpiwall_way"),
        ("", "https", "__Host-kpiwall_way"),
        ("https://kpi.example.com", "http", "__Host-kpiwall_way"),
    ],
)
def test_the_cookie_is_locked_where_people_come_by_https(site: Site, public_url: str, scheme: str, name: str) -> None:
    _, cookie = begun(trips(site, public_url), scope(scheme=scheme))
    held = cookie[name]
    assert (bool(held["secure"]), bool(held["httponly"]), held["samesite"], held["path"], held["domain"]) == (
        name.startswith("__Host-"), True, "lax", "/", ""
    )  # fmt: skip
    assert int(held["max-age"]) == KEPT_MS // 1000


def test_what_redis_holds_lets_nobody_end_a_trip(site: Site) -> None:
    """Neither the state nor the cookie can be read there."""
    underway = trips(site)
    state, cookie = begun(underway, scope())
    names = [one.decode() for one in site.redis.keys("*underway*")]
    held = " ".join([*names, *(site.redis.get(one).decode() for one in names)])
    assert state not in held
    assert presented(cookie).partition("=")[2] not in held
