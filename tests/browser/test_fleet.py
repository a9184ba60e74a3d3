"""The room of screens and the remote in a real browser: pairing, changing, revoking, announcing; on every size."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from layouts.words import LANGUAGES, Words
from scoring.definitions import Model
from streams.redis_adapters.site import Clock
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import enter
from wall.bench.push import await_port
from wall.bench.screen import browser
from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.samples import samples
from wall.screens.beats import Beat
from wall.screens.fleet import Register as FleetRegister
from wall.screens.fleet import folded
from wall.screens.service import Fleet, open_fleet, real_ms
from wall.screens.steps import AsOf
from wall.screens.wanted import Wanted
from wall.settings import Settings
from wall.wiring import Site, open_site

from .test_desk import _OVERFLOW as OVERFLOW

_SEEN_MS = 30_000
_SIZES = [(1920, 1080), (3840, 2160), (1280, 800), (1080, 1920), (390, 844)]

#: What is touched is at least as high as a thumb.
_SMALL = """(selector) => [...document.querySelectorAll(selector)]
  .filter((one) => one.checkVisibility() && Math.round(one.getBoundingClientRect().height) < 44)
  .map((one) => one.textContent.slice(0, 30))"""


def fleet_model() -> Model:
    """The factory with two scenes that any unit can show, and a playlist for each of two kinds of place."""
    content = read("factory").model_dump(mode="json", by_alias=True)
    own = ["on_time_delivery", "output_today", "first_pass_yield", "oee"]
    scene = {**content["scenes"][0], "unit": None, "kpis": own}
    content["scenes"] = [
        content["scenes"][0],
        {**scene, "id": "plant", "title": {"en": "Plant", "zh-CN": "工厂"}},
        {**scene, "id": "brief", "title": {"en": "In brief", "zh-CN": "要点"}, "kpis": own[:2]},
    ]
    floor = {"id": "floor", "title": "Floor", "items": [{"scene": "plant", "dwell": 600}, {"scene": "brief"}]}
    lobby = {"id": "lobby", "title": "Lobby", "items": [{"scene": "overview", "dwell": 600}, {"scene": "brief"}]}
    content["playlists"] = [floor, lobby]
    return Model.model_validate(content)


@dataclass
class FleetStage:
    """A site that serves, a browser, and what it complains of."""

    site: Site
    chromium: Any
    faults: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.site.settings.port}"

    def open(self, path: str, awaited: str, width: int = 1600, height: int = 1000) -> Any:
        page = self.chromium.new_context(viewport={"width": width, "height": height}).new_page()
        if not path.startswith("/screen"):
            enter(page, self.site)
        page.on("pageerror", lambda one: self.faults.append(f"error: {one}"))
        page.goto(self.root + path)
        page.wait_for_selector(awaited, timeout=_SEEN_MS)
        return page

    def room(self, language: str = "en", width: int = 1600, height: int = 1000) -> Any:
        return self.open(f"/desk/screens?lang={language}", ".fleet-panel", width, height)

    def register(self) -> FleetRegister:
        return folded(FleetRegister(), self.site.journal.entries())


@pytest.fixture(scope="module")
def stage() -> Iterator[FleetStage]:
    with RedisNode(appendfsync="everysec") as redis, browser() as chromium, ExitStack() as running:
        site = open_site(Settings(site="room", redis=redis.url, topic="room", port=free_port()))
        put_in_force(site, fleet_model(), "test", "test")
        site.store.set_clock(Clock(samples()["factory"].sets_in_ms, real_ms(), 1.0))
        for name in ("score", "serve"):
            running.enter_context(Service(name, site.settings))
        await_port(site.settings.port)
        yield FleetStage(site, chromium)


@pytest.fixture
def fleet(stage: FleetStage) -> Iterator[Fleet]:
    """Another server of the site, for screens without a browser."""
    found = open_fleet(stage.site, AsOf(fleet_model(), stage.site.store.clock()))
    found.start()
    yield found
    found.stop()


def simulated(fleet: Fleet, name: str) -> str:
    """A paired screen that beats once."""
    opened = fleet.open_code("10.0.0.1")
    screen = fleet.steps.pair(opened.code, Wanted(name, "hall", "group", "floor"), "Ann", Words.of("en"))
    fleet.answer(opened.claim)
    beat = Beat(scene="plant", key=0, width=3840, height=2160, ratio=2.0, version="0.1.0", heap_mb=86.0)
    fleet.heartbeats.take(screen.id, beat, "10.0.0.1")
    fleet.heartbeats.flush()
    return screen.id


def code_on(screen: Any) -> str:
    """The code that an unpaired screen shows."""
    screen.wait_for_function("() => /\\d/.test(document.querySelector('.pairing-code').textContent)", timeout=_SEEN_MS)
    return "".join(one for one in screen.text_content(".pairing-code") if one.isdigit())


@pytest.mark.slow
def test_an_empty_room_says_how_to_pair_and_pairing_starts_the_screen(stage: FleetStage) -> None:
    room = stage.room()
    assert f"{stage.root}/screen" in room.inner_text(".fleet-panel")
    screen = stage.open("/screen", ".pairing", 1280, 720)
    room.fill("#pair-code", code_on(screen))
    room.fill("#pair-margin", "2,5")
    room.click("#pair [data-do]")
    room.wait_for_selector('#pair .told [data-is="bad"]', timeout=_SEEN_MS)
    assert stage.register().screens == {}, "it has no name"
    room.fill("#pair-name", "Hall 3")
    room.select_option('#pair select[name="unit"]', "assembly")
    room.focus("#pair-name")
    room.keyboard.press("Enter")
    room.wait_for_selector('#pair .told [data-is="good"]', timeout=_SEEN_MS)
    room.wait_for_selector(".screen-row", timeout=_SEEN_MS)
    screen.wait_for_selector(".stage .wall", timeout=_SEEN_MS)
    paired = stage.register().standing()[0]
    assert (paired.name, paired.unit, paired.playlist, paired.margin) == ("Hall 3", "assembly", "floor", 2.5)
    assert stage.site.journal.entries("screen.paired")[0].author == room.evaluate(
        "document.querySelector('.account-menu summary').textContent"
    )
    room.wait_for_function(
        "() => document.querySelector('[data-cell=shows]').textContent.startsWith('Plant')", timeout=_SEEN_MS
    )
    row = room.inner_text(".screen-row")
    for part in ("Live", "1280×720", "Final assembly", "Floor", "MB"):
        assert part in row, part
    room.fill("#pair-code", "000 000")
    room.click("#pair [data-do]")
    room.wait_for_function("() => document.querySelector('#pair .told').textContent.includes('000000')")
    screen.context.close()
    room.context.close()
    assert stage.faults == []


@pytest.mark.slow
def test_a_screen_is_changed_shown_another_scene_and_revoked_when_asked_twice(stage: FleetStage, fleet: Fleet) -> None:
    screen = simulated(fleet, "Gate")
    room = stage.room()
    row, more = f'.screen-row[data-screen="{screen}"]', f'.more-row[data-of="{screen}"]'
    room.wait_for_selector(row, timeout=_SEEN_MS)
    room.click(f"{row} [data-opens]")
    room.fill(f"#{screen}-name", "Gate north")
    room.select_option(f'{more} select[name="playlist"]', "lobby")
    room.click(f"{more} .button.main")
    room.wait_for_function(
        "id => document.querySelector(`.screen-row[data-screen=${id}] .kpi-name`).textContent === 'Gate north'",
        arg=screen,
        timeout=_SEEN_MS,
    )
    assert fleet.register().screens[screen].playlist == "lobby"
    room.click(f"{row} [data-opens]")
    room.select_option(f'{more} select[name="key"]', "1")
    room.click(f"{more} .act-row [data-do]")
    wait_until(lambda: fleet.frame(screen)["goto"] == {"key": 1, "number": 1}, 10, "the scene is asked for")
    room.click(f"{row} .quick [data-do]")
    wait_until(lambda: fleet.remote(screen).identify_until > 0, 10, "it shows its name")
    room.click(f"{more} .revoke summary")
    assert screen in {one.id for one in fleet.register().standing()}
    room.click(f"{more} .danger")
    room.wait_for_function("row => !document.querySelector(row)", arg=row, timeout=_SEEN_MS)
    assert screen not in {one.id for one in fleet.register().standing()}
    room.context.close()
    assert stage.faults == []


@pytest.mark.slow
def test_the_room_keeps_itself_up_to_date_but_not_under_somebody_who_works_in_it(
    stage: FleetStage, fleet: Fleet
) -> None:
    first = simulated(fleet, "First")
    room = stage.room()
    row = f'.screen-row[data-screen="{first}"]'
    room.wait_for_selector(row, timeout=_SEEN_MS)
    room.click(f"{row} [data-opens]")
    room.fill(f"#{first}-name", "half typ")
    second = simulated(fleet, "Second")
    fleet.heartbeats.take(first, Beat(scene="brief", width=640, height=480), "10.0.0.1")
    fleet.heartbeats.flush()
    room.wait_for_function(
        "row => document.querySelector(row + ' [data-cell=panel]').textContent === '640×480'", arg=row, timeout=_SEEN_MS
    )
    assert room.input_value(f"#{first}-name") == "half typ"
    assert room.query_selector(f'.screen-row[data-screen="{second}"]') is None
    room.click(f"{row} [data-opens]")
    room.wait_for_selector(f'.screen-row[data-screen="{second}"]', timeout=_SEEN_MS)
    for one in (first, second):
        fleet.steps.revoke(one, "Ann", "", Words.of("en"))
    room.wait_for_function("row => !document.querySelector(row)", arg=row, timeout=_SEEN_MS)
    room.context.close()


@pytest.mark.slow
def test_an_announcement_is_made_listed_and_ended(stage: FleetStage) -> None:
    room = stage.room("zh-CN")
    room.fill('textarea[name="text"]', "15:00 消防演练")
    room.select_option('.halves select[name="minutes"]', "30")
    room.click(".ask:has(textarea) [data-do]")
    room.wait_for_selector(".announced li", timeout=_SEEN_MS)
    made = next(iter(stage.register().announced.values()))
    who = room.inner_text(".account-menu summary")
    assert (made.text, made.unit, made.author) == ("15:00 消防演练", "group", who)
    assert made.until_ms is not None
    assert made.until_ms - made.from_ms == 30 * 60_000
    room.click(".announced [data-do]")
    room.wait_for_function("() => !document.querySelector('.announced')", timeout=_SEEN_MS)
    assert stage.register().announced == {}
    room.context.close()
    assert stage.faults == []


@pytest.mark.slow
def test_a_phone_works_a_screen_as_its_remote(stage: FleetStage, fleet: Fleet) -> None:
    screen = simulated(fleet, "Lobby")
    phone = stage.open(f"/remote/{screen}?lang=en", ".remote", 390, 844)
    for command in ("next", "next", "previous", "hold", "identify"):
        phone.click(f'[data-command="{command}"]')
        phone.wait_for_function("() => [...document.querySelectorAll('button')].every((one) => !one.disabled)")
    phone.click(".remote-scene >> nth=1")
    wait_until(lambda: fleet.frame(screen)["goto"] == {"key": 1, "number": 1}, 10, "the wishes are known")
    assert (fleet.frame(screen)["step"], fleet.frame(screen)["hold"]) == (1, True)
    phone.wait_for_selector('[data-command="resume"][aria-pressed="true"]', timeout=_SEEN_MS)
    fleet.heartbeats.take(screen, Beat(scene="brief", key=1), "10.0.0.1")
    fleet.heartbeats.flush()
    phone.wait_for_function(
        "() => document.querySelector('[data-cell=shows]').textContent.startsWith('In brief')"
        " && document.querySelectorAll('.remote-scene')[1].hasAttribute('aria-current')",
        timeout=_SEEN_MS,
    )
    phone.click('[data-command="resume"]')
    wait_until(lambda: fleet.frame(screen)["hold"] is False, 10, "it rotates again")
    small = phone.evaluate(_SMALL, "button, a")
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    fleet.steps.revoke(screen, "Ann", "", Words.of("en"))
    phone.wait_for_function("() => document.querySelector('.remote-told').dataset.is === 'bad'", timeout=_SEEN_MS)
    phone.context.close()
    assert stage.faults == []


@pytest.mark.slow
def test_a_silent_screen_comes_first_and_is_told_on_the_first_page(stage: FleetStage, fleet: Fleet) -> None:
    live, silent = simulated(fleet, "Alive"), simulated(fleet, "Zombie")
    long_ago = real_ms() - 600_000
    paired = next(one for one in stage.site.journal.entries("screen.paired") if one.body["screen"] == silent)
    stage.site.journal.append(type(paired)(paired.kind, long_ago, "Ann", paired.body))
    heard = json.dumps({"at_ms": long_ago, "address": "", "beat": {"scene": "plant"}})
    key = f"kpiwall:{{{stage.site.settings.site}}}:screens:beats"

    def is_silent() -> bool:
        stage.site.redis.hset(key, silent, heard)
        fleet.heartbeats.take(live, Beat(scene="plant"), "10.0.0.1")
        fleet.heartbeats.flush()
        time.sleep(1)
        room = stage.chromium.new_page()
        enter(room, stage.site)
        room.goto(f"{stage.root}/?lang=en")
        room.wait_for_selector(".home", timeout=_SEEN_MS)
        found = room.query_selector(".notice") is not None
        room.close()
        return found

    wait_until(is_silent, 120, "the server has waited its minute")
    room = stage.room()
    assert "Zombie" in room.inner_text("#screens-fleet > .notice-line")
    rows = room.eval_on_selector_all(".screen-row", "rows => rows.map((row) => [row.dataset.screen, row.dataset.is])")
    assert rows[0] == [silent, "silent"]
    assert [live, "good"] in rows
    for one in (live, silent):
        fleet.steps.revoke(one, "Ann", "", Words.of("en"))
    room.context.close()


@pytest.mark.slow
def test_screens_move_to_another_server_once_and_stay_there(stage: FleetStage, fleet: Fleet) -> None:
    elsewhere = replace(stage.site.settings, port=free_port())
    screen = stage.open("/screen", ".pairing", 1280, 720)
    words = Words.of("en")
    moved = fleet.steps.pair(code_on(screen), Wanted("Mover", "hall", "group", "floor"), "Ann", words)
    screen.wait_for_selector(".stage .wall", timeout=_SEEN_MS)
    with Service("serve", elsewhere):
        await_port(elsewhere.port)
        there = f"http://127.0.0.1:{elsewhere.port}"
        fleet.steps.move(there, words)
        screen.wait_for_url(f"{there}/screen*", timeout=_SEEN_MS)
        screen.wait_for_selector(f'body[data-screen="{moved.id}"] .stage .wall', timeout=_SEEN_MS)
        arrived = screen.evaluate("performance.timeOrigin")
        screen.wait_for_timeout(4000)
        assert screen.evaluate("performance.timeOrigin") == arrived, "it is not sent on to where it is"
        fleet.steps.move("", words)
        fleet.steps.revoke(moved.id, "Ann", "", words)
    screen.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_room_fits_every_screen(stage: FleetStage, fleet: Fleet, language: str) -> None:
    screens = [
        simulated(fleet, name) for name in ("总装车间东门上方的看板", "Machining plant, hall 3, next to the office")
    ]
    fleet.steps.announce("15:00 消防演练，请到 B 集合点", "group", 60, "Ann", Words.of("en"))
    for width, height in _SIZES:
        room = stage.room(language, width, height)
        for screen in screens:
            room.wait_for_selector(f'.screen-row[data-screen="{screen}"]', timeout=_SEEN_MS)
        room.click(f'[data-opens="{screens[0]}"]')
        room.click(f'.more-row[data-of="{screens[0]}"] .revoke summary')
        assert room.evaluate(OVERFLOW) == [], (width, height)
        if width == 390:
            low = room.evaluate(_SMALL, ".desk :is(button, select, summary, .button)")
            assert low == []
        room.context.close()
    for screen in screens:
        fleet.steps.revoke(screen, "Ann", "", Words.of("en"))
    for name in list(fleet.register().announced):
        fleet.steps.end_announcement(name, "Ann", Words.of("en"))
    assert stage.faults == []


@pytest.mark.slow
def test_a_remote_of_a_screen_that_is_not_there_says_so(stage: FleetStage) -> None:
    page = stage.open("/remote/s0?lang=en", ".home .notice")
    assert "s0" in page.inner_text(".notice")
    page.context.close()
