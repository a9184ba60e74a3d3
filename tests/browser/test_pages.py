"""Walls and explain pages in a real browser: moving, leading on, and honest when the server is gone."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.staging import SEEN_MS, Stage, staged
from tests.support.signed_in import put_cookie
from wall.bench.screen import browser

_OVERFLOW = (Path(__file__).parent / "overflow.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def factory(chromium: Any) -> Iterator[Stage]:
    with staged("factory", chromium) as stage:
        yield stage


@pytest.fixture(scope="module")
def airline(chromium: Any) -> Iterator[Stage]:
    with staged("airline", chromium) as stage:
        yield stage


def _faults_of(page: Any, stage: Stage) -> list[str]:
    return [*page.evaluate(_OVERFLOW + "; kpiwallOverflow()"), *stage.complaints()]


#: Explain pages of units with every kind of part, and of KPIs that accrue, step and run over a ratio.
_EXPLAINED = [
    ("factory", "marketing"),
    ("factory", "assembly/on_time_delivery"),
    ("factory", "east/revenue"),
    ("airline", "EWR"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what"), _EXPLAINED)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_explain_page_fits_the_hand_the_wall_and_the_desk(
    name: str, what: str, language: str, request: pytest.FixtureRequest
) -> None:
    stage: Stage = request.getfixturevalue(name)
    for width, height in [(320, 720), (390, 844), (1080, 1920), (1920, 1080), (3840, 2160)]:
        page = stage.open(f"/explain/{what}?lang={language}", width, height)
        page.wait_for_selector(".explain h1", timeout=SEEN_MS)
        if "/" in what:
            page.wait_for_selector(".event", timeout=SEEN_MS)
        page.wait_for_timeout(500)
        assert _faults_of(page, stage) == [], (width, height)
        if width < 600:
            small = page.eval_on_selector_all(
                "a, button, summary",
                "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)"
                ".map(one => one.textContent)",
            )
            assert small == [], "targets under 44 px"
        page.close()


@pytest.mark.slow
def test_two_taps_on_the_phone_lead_to_the_events_behind_a_kpi_and_a_button_to_older_ones(factory: Stage) -> None:
    page = factory.open("/phone/assembly", 390, 844)
    page.click(".kpi-card", timeout=SEEN_MS)
    page.click('.main-act[href^="/explain/"]', timeout=SEEN_MS)
    page.wait_for_url("**/explain/assembly/*", timeout=SEEN_MS)
    page.wait_for_selector(".event", timeout=SEEN_MS)
    first = page.locator(".event").count()
    page.click("#events-older")
    page.wait_for_function("before => document.querySelectorAll('.event').length > before", arg=first, timeout=SEEN_MS)
    places = page.eval_on_selector_all(".event-when span:last-child", "all => all.map(one => one.textContent)")
    assert len(set(places)) == len(places), "no event twice"
    page.locator(".event-line").first.click()
    assert page.locator(".event-whole").first.is_visible()
    page.close()


@pytest.mark.slow
def test_a_unit_page_tells_what_moved_the_score_since_longer_ago(factory: Stage) -> None:
    page = factory.open("/explain/assembly", 390, 844)
    page.wait_for_selector("#moved-body >> text=昨日以来", timeout=SEEN_MS)
    page.click("#moved-since >> text=上周末")
    page.wait_for_selector("#moved-body >> text=上周末以来", timeout=SEEN_MS)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#moved-body >> text=/没有得分|上月末以来/", timeout=SEEN_MS)
    assert _faults_of(page, factory) == []
    page.close()


@pytest.mark.slow
def test_an_exception_on_a_wall_leads_to_the_explanation_of_its_kpi(factory: Stage) -> None:
    page = factory.open("/wall/overview", 1920, 1080)
    page.wait_for_selector('[data-text="hero.score"]:not(:empty)', timeout=SEEN_MS)
    assert page.get_attribute("a.exception", "href").startswith("/explain/group/")
    page.click("a.exception")
    page.wait_for_selector(".explain .step", timeout=SEEN_MS)
    page.close()


@pytest.mark.slow
def test_a_tile_is_reached_by_keyboard_shows_it_and_leads_to_its_explanation(factory: Stage) -> None:
    page = factory.open("/wall/overview", 1920, 1080)
    page.wait_for_selector('[data-text="hero.score"]:not(:empty)', timeout=SEEN_MS)
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('tile')"):
            break
    href = page.evaluate("document.activeElement.getAttribute('href')")
    assert href.startswith("/explain/group/")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".explain .step", timeout=SEEN_MS)
    page.close()


@pytest.mark.slow
def test_events_that_do_not_come_are_said_and_asked_for_again(factory: Stage) -> None:
    def without_events(route: Any) -> None:
        if "events-rows" in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    page = factory.chromium.new_page(viewport={"width": 390, "height": 844})
    put_cookie(page, factory.site, factory.admin)
    page.route("**/_dash-update-component*", without_events)
    page.goto(f"{factory.root}/explain/assembly/on_time_delivery")
    page.wait_for_selector(".events:not(.loading) #events-older", timeout=SEEN_MS)
    assert page.inner_text("#events-foot") == "没有读到日志"
    assert page.locator(".step").count() > 5, "the chain stands without them"
    page.unroute("**/_dash-update-component*")
    page.click("#events-older")
    page.wait_for_selector(".event", timeout=SEEN_MS)
    page.close()


@pytest.mark.slow
def test_the_landing_page_leads_to_the_wall(factory: Stage) -> None:
    page = factory.open("/", 1280, 800)
    page.click('a[href^="/wall/overview"]', timeout=SEEN_MS)
    page.wait_for_selector('[data-text="hero.score"]:not(:empty)', timeout=SEEN_MS)
    page.close()


@pytest.mark.slow
def test_an_unknown_scene_says_so_and_offers_the_way_on(factory: Stage) -> None:
    page = factory.open("/wall/nowhere?lang=en", 1280, 800)
    page.wait_for_selector("text=nowhere", timeout=SEEN_MS)
    assert page.query_selector('a[href^="/wall/overview"]') is not None
    page.close()


@pytest.mark.slow
def test_an_event_moves_the_wall_without_a_reload(factory: Stage) -> None:
    page = factory.open("/wall/overview", 1920, 1080)
    tile = page.wait_for_selector('[data-text="kpi.output_today.value"]:not(:empty)', timeout=SEEN_MS)
    before = int(tile.text_content().replace(",", ""))
    page.evaluate("window.sameDocument = true")
    now = factory.site.store.clock().now_ms() - 1000
    data = {"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360, "produced": 7, "first_pass": 7,
            "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0}  # fmt: skip
    time = dt.datetime.fromtimestamp(now / 1000, dt.UTC).isoformat()
    event = {"specversion": "1.0", "id": f"browser-{now}", "source": "/test", "type": "production.reported",
             "time": time, "data": data}  # fmt: skip
    request = urllib.request.Request(
        factory.root + "/api/v1/events",
        json.dumps(event).encode(),
        {"Content-Type": "application/json", **factory.headers},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"accepted": 1, "rejected": []}
    page.wait_for_function(
        "before => Number(document.querySelector('[data-text=\"kpi.output_today.value\"]')"
        ".textContent.replace(/,/g, '')) >= before + 7",
        arg=before,
        timeout=10_000,
    )
    assert page.evaluate("window.sameDocument") is True
    page.close()


@pytest.mark.slow
def test_a_lost_server_is_shown_and_its_return_needs_no_hand(factory: Stage) -> None:
    page = factory.open("/wall/overview", 1920, 1080)
    page.wait_for_selector('[data-text="hero.score"]:not(:empty)', timeout=SEEN_MS)
    score = page.text_content('[data-text="hero.score"]')
    factory.serve.kill()
    page.wait_for_selector("html[data-offline]", timeout=40_000)
    assert page.text_content('[data-text="hero.score"]') == score, "the last good number stays"
    factory.serve.start()
    page.wait_for_selector("html:not([data-offline])", state="attached", timeout=40_000)
    factory.faults.clear()
    page.close()
