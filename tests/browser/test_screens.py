"""Paired screens: rotation without a blank, the remote, and what happens when credential or server are lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from scoring.definitions import Model
from tests.browser.paired import Paired, ask, open_screen
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.samples.folders import read
from wall.bench.screen import browser
from wall.definitions.apply import put_in_force

_SCENES = ("overview", "department", "short")


def rotating(dwell_s: int = 3) -> Model:
    """The factory with three scenes that change quickly, two of them of the screen's unit."""
    content = read("factory").model_dump(mode="json", by_alias=True)
    shared = {"kpis": ["oee", "first_pass_yield", "energy_intensity"], "trend": "oee"}
    content["scenes"] = [
        content["scenes"][0],
        {"id": "department", "title": "Department", **shared},
        {"id": "short", "title": "In short", **shared, "kpis": ["oee"]},
    ]
    items: list[dict[str, Any]] = [{"scene": scene, "dwell": f"{dwell_s}s"} for scene in _SCENES]
    content["playlists"] = [
        {"id": "quick", "title": "Quick", "items": items},
        {"id": "light", "title": "Light", "items": items[:1], "theme": "light"},
    ]
    return Model.model_validate(content)


@pytest.fixture(scope="module")
def factory() -> Iterator[Stage]:
    with browser() as chromium, staged("factory", chromium, rotating()) as stage:
        yield stage


@pytest.fixture
def screen(factory: Stage) -> Iterator[Paired]:
    found = open_screen(factory)
    found.pair("Hall", "quick")
    yield found
    found.page.context.clear_cookies()
    found.page.close()
    factory.faults.clear()


@pytest.mark.slow
def test_a_paired_screen_shows_its_playlist_in_turn_and_never_a_blank(screen: Paired, factory: Stage) -> None:
    screen.await_scene("overview")
    screen.watch()
    for scene in itertools.islice(itertools.cycle(("department", "short", "overview")), 6):
        screen.await_scene(scene)
        assert screen.page.text_content(f'[data-scene="{scene}"] [data-text="hero.score"]').strip() not in ("", "–")
    assert screen.longest_blank_ms() == 0
    assert screen.page.locator(".stage").count() <= 2
    assert factory.complaints() == []


@pytest.mark.slow
def test_the_remote_holds_steps_and_jumps(screen: Paired) -> None:
    screen.await_scene("department", 15_000)
    screen.command("hold")
    screen.page.wait_for_timeout(5000)
    assert screen.scene() == "department"
    screen.command("next")
    screen.await_scene("short", 3000)
    screen.command("previous")
    screen.await_scene("department", 3000)
    screen.command("show", scene="overview")
    screen.await_scene("overview", 3000)
    screen.command("resume")
    screen.await_scene("department", 8000)


@pytest.mark.slow
def test_a_screen_that_is_asked_tells_its_name(screen: Paired) -> None:
    screen.command("identify")
    screen.page.wait_for_selector(".identify:not([hidden]) >> text=Hall", timeout=3000)


@pytest.mark.slow
def test_a_screen_outlives_a_reload_and_the_loss_of_its_cookie_without_a_hand(screen: Paired) -> None:
    screen.page.reload()
    screen.page.wait_for_function("id => document.body.dataset.screen === id", arg=screen.id, timeout=SEEN_MS)
    screen.page.context.clear_cookies()
    screen.page.reload()
    screen.page.wait_for_function("id => document.body.dataset.screen === id", arg=screen.id, timeout=SEEN_MS)
    assert any(one["name"] == "kpiwall_screen" for one in screen.page.context.cookies())


@pytest.mark.slow
def test_a_revoked_screen_shows_a_code_again(screen: Paired, factory: Stage) -> None:
    ask(factory, f"/{screen.id}/revoke", reason="moved")
    screen.page.wait_for_selector(".pairing-code", timeout=SEEN_MS)
    before = screen.id
    screen.pair("Hall again", "quick")
    assert screen.id != before


@pytest.mark.slow
def test_another_playlist_and_theme_reach_the_screen_by_themselves(screen: Paired, factory: Stage) -> None:
    ask(factory, f"/{screen.id}", playlist="light", margin=3)
    screen.page.wait_for_selector("html[data-theme=light][data-ink=dark]", timeout=SEEN_MS)
    screen.page.wait_for_function(
        "() => document.documentElement.style.getPropertyValue('--margin') === '3'", timeout=SEEN_MS
    )


@pytest.mark.slow
def test_a_server_that_answers_with_faults_ends_no_screen(screen: Paired) -> None:
    screen.await_scene("overview", 15_000)
    for path in ("**/wall/department*", "**/api/v1/screens/heartbeat", "**/lib/*"):
        screen.page.route(path, lambda route: route.fulfill(status=500, body="a fault"))
    screen.watch()
    screen.page.wait_for_timeout(12_000)
    assert screen.longest_blank_ms() == 0
    assert screen.scene() in _SCENES, "what was seen before comes from memory, what was not is passed over"
    screen.page.unroute_all()
    screen.await_scene("department", 20_000)


@pytest.mark.slow
def test_rotation_goes_on_without_the_server_and_says_so(factory: Stage) -> None:
    screen = open_screen(factory)
    screen.pair("Yard", "quick")
    for scene in ("department", "short", "overview"):
        screen.await_scene(scene, 15_000)
    screen.watch()
    factory.serve.kill()
    screen.page.wait_for_selector("html[data-offline]", timeout=40_000)
    for scene in ("department", "short", "overview"):
        screen.await_scene(scene, 30_000)
        assert screen.page.text_content(f'[data-scene="{scene}"] .offline-word').strip()
    factory.serve.start()
    screen.page.wait_for_selector("html:not([data-offline])", state="attached", timeout=60_000)
    assert screen.longest_blank_ms() == 0
    screen.page.close()
    factory.faults.clear()


@pytest.mark.slow
def test_another_model_reaches_a_screen_without_a_blank_or_a_reload(screen: Paired, factory: Stage) -> None:
    screen.await_scene("overview", 15_000)
    screen.command("hold")
    screen.watch()
    screen.page.evaluate("window.sameDocument = true")
    content = rotating().model_dump(mode="json", by_alias=True)
    content["version"] = "renamed"
    content["scenes"][0]["title"] = "Another title"
    put_in_force(factory.site, Model.model_validate(content), "test", "another title")
    screen.page.wait_for_selector("text=Another title", timeout=SEEN_MS)
    assert screen.longest_blank_ms() == 0
    assert screen.page.evaluate("window.sameDocument") is True
    screen.command("resume")
