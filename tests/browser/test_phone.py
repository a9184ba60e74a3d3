"""Phones in a real browser: quick on a slow network, moved by thumb or keys, honest offline, closed after sign-out."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import playwright.sync_api
import pytest

from tests.browser import fit
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.support.signed_in import put_cookie, signed_in
from wall.bench.push import await_port
from wall.bench.screen import browser

_PROBE = Path(__file__).parent / "phone_probe.js"
_PAGES = (
    "/phone/assembly", "/phone/group", "/phone/assembly/kpi/on_time_delivery", "/phone/assembly/peers",
    "/phone/assembly/peers?by=on_time_delivery", "/phone/assembly/trend?by=day", "/phone/-/pinned", "/phone/nowhere",
)  # fmt: skip
#: A phone on "Fast 3G" with a slow processor, as audits of pages take it.
_DOWN_BYTES, _UP_BYTES, _ROUND_TRIP_MS, _SLOWER = 1.6e6 / 8, 0.75e6 / 8, 150, 4
_FIRST_NUMBERS_MS, _LONGEST_MS, _MOST_SHIFT = 3000, 20_000, 0.05
_SMALL = """all => all.filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return one.checkVisibility() && (height < 43.5 || width < 43.5);
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def factory(chromium: Any) -> Iterator[Stage]:
    with staged("factory", chromium) as stage:
        yield stage


def _phone(stage: Stage, path: str, width: int = 390, height: int = 844, **context: Any) -> Any:
    page = stage.open(path, width, height, has_touch=True, is_mobile=True, **context)
    page.wait_for_selector(".page h1", timeout=SEEN_MS)
    return page


def _kept(page: Any) -> list[str]:
    """The addresses of pages that the worker keeps, but for what it knows of their owner."""
    found: list[str] = page.evaluate(
        "async () => (await (await caches.open('kpiwall-pages')).keys()).map(one => new URL(one.url).pathname)"
    )
    return [one for one in found if one not in ("/phone/-/owner", "/phone/-/offline")]


def _keeps(page: Any, path: str) -> None:
    page.wait_for_function(
        "async path => (await (await caches.open('kpiwall-pages')).keys())"
        ".some(one => new URL(one.url).pathname === path)",
        arg=path,
        timeout=SEEN_MS,
    )


def _swipe(page: Any, start: tuple[int, int], end: tuple[int, int]) -> None:
    tools = page.context.new_cdp_session(page)
    steps = 8
    tools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for step in range(1, steps + 1):
        x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        tools.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    tools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    tools.detach()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [320, 390, 430, 820])
def test_every_page_fits_the_hand_and_the_thumb(factory: Stage, width: int, scheme: str, language: str) -> None:
    for path in _PAGES:
        joined = "&" if "?" in path else "?"
        page = _phone(factory, f"{path}{joined}lang={language}", width, 844, color_scheme=scheme)
        if "trend" in path:
            page.wait_for_selector(".trend-card", timeout=SEEN_MS)
        page.wait_for_timeout(300)
        assert page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]") == [width, width], path
        assert page.eval_on_selector_all("a, button", _SMALL) == [], f"{path}: targets under 44 px"
        # What scrolls below the bar at the foot, or out of the strip of chips, is out of sight on purpose.
        page.add_style_tag(content=".bottom{position:static!important}.chips{flex-wrap:wrap!important}")
        assert fit.faults(page) == [], path
        complaints = [one for one in factory.complaints() if "404" not in one or path != "/phone/nowhere"]
        assert complaints == [], path
        page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/phone", "/phone/assembly"])
def test_first_numbers_stand_in_three_seconds_on_a_slow_phone_and_nothing_jumps(factory: Stage, path: str) -> None:
    took_ms = []
    # A busy machine only adds time, so the quickest of three counts; nothing may jump in any.
    while len(took_ms) < 3 and min(took_ms, default=_FIRST_NUMBERS_MS) >= _FIRST_NUMBERS_MS:
        found = _slow_load(factory, path)
        took_ms.append(round(found["numbers"] or _LONGEST_MS))
        shift = round(found["shift"], 4)
        sys.stdout.write(f"{path}: first numbers after {took_ms[-1]} ms, layout shift {shift}\n")
        assert shift <= _MOST_SHIFT, found["moved"]
    assert min(took_ms) < _FIRST_NUMBERS_MS


def _slow_load(factory: Stage, path: str) -> dict[str, Any]:
    """What the probe saw of a load with an empty cache, a slow network and a slow processor."""
    page = factory.chromium.new_context(viewport={"width": 390, "height": 844}, is_mobile=True).new_page()
    put_cookie(page, factory.site, factory.admin)
    page.add_init_script(path=str(_PROBE))
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    tools.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": _ROUND_TRIP_MS,
        "downloadThroughput": _DOWN_BYTES, "uploadThroughput": _UP_BYTES,
    })  # fmt: skip
    tools.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    # Now and then a throttled browser on a busy machine does not end a load at all; that is a slow one.
    with suppress(playwright.sync_api.TimeoutError):
        page.goto(factory.root + path, timeout=_LONGEST_MS)
        page.wait_for_function("() => window.phoneProbe.numbers !== null", timeout=_LONGEST_MS)
        page.wait_for_timeout(5000)
    found: dict[str, Any] = page.evaluate("window.phoneProbe")
    page.context.close()
    return found


@pytest.mark.slow
def test_taps_swipes_keys_and_back_move_between_pages_without_a_load(factory: Stage) -> None:
    page = _phone(factory, "/phone/assembly?lang=en")
    page.evaluate("window.sameDocument = true")
    page.evaluate("window.scrollTo(0, 400)")
    page.locator(".kpi-card:visible").nth(1).tap()
    page.wait_for_url("**/phone/assembly/kpi/*", timeout=SEEN_MS)
    assert page.evaluate("document.activeElement.tagName") == "H1", "who listens hears where they are"
    assert page.evaluate("window.scrollY") == 0
    first = page.url
    _swipe(page, (330, 420), (60, 430))
    page.wait_for_function("before => location.href !== before", arg=first, timeout=SEEN_MS)
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(first, timeout=SEEN_MS)
    page.wait_for_timeout(400)
    _swipe(page, (200, 200), (205, 560))
    page.wait_for_url("**/phone/assembly?lang=en", timeout=SEEN_MS)
    page.go_back()
    page.wait_for_url(first, timeout=SEEN_MS)
    for _ in range(3):
        page.go_back()
    page.wait_for_url("**/phone/assembly?lang=en", timeout=SEEN_MS)
    page.wait_for_function("() => Math.abs(window.scrollY - 400) < 3", timeout=SEEN_MS)
    assert page.title() == "Final assembly"
    assert page.evaluate("window.sameDocument") is True
    page.context.close()


@pytest.mark.slow
def test_an_event_moves_the_number_without_a_reload_and_without_asking(factory: Stage) -> None:
    page = _phone(factory, "/phone/assembly")
    asked: list[str] = []
    tile = page.wait_for_selector('[data-text="kpi.output_today.value"]', state="attached", timeout=SEEN_MS)
    page.wait_for_timeout(3000)
    page.on("request", lambda one: asked.append(one.url))
    before = int(tile.text_content().replace(",", ""))
    now = factory.site.store.clock().now_ms() - 1000
    data = {"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360, "produced": 7, "first_pass": 7,
            "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0}  # fmt: skip
    time = dt.datetime.fromtimestamp(now / 1000, dt.UTC).isoformat()
    event = {"specversion": "1.0", "id": f"phone-{now}", "source": "/test", "type": "production.reported",
             "time": time, "data": data}  # fmt: skip
    headers = {"Content-Type": "application/json", **factory.headers}
    request = urllib.request.Request(factory.root + "/api/v1/events", json.dumps(event).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["accepted"] == 1
    page.wait_for_function(
        "before => Number(document.querySelector('[data-text=\"kpi.output_today.value\"]')"
        ".textContent.replace(/,/g, '')) >= before + 7",
        arg=before,
        timeout=10_000,
    )
    assert asked == [], "a phone asks for nothing"
    page.context.close()


@pytest.mark.slow
def test_a_trend_that_can_t_be_read_says_so_and_is_asked_for_again(factory: Stage) -> None:
    page = factory.chromium.new_context(
        viewport={"width": 390, "height": 844}, service_workers="block", is_mobile=True, has_touch=True
    ).new_page()
    put_cookie(page, factory.site, factory.admin)
    page.route("**/trend?*part=lines*", lambda route: route.abort())
    page.goto(f"{factory.root}/phone/assembly/trend?lang=en")
    page.wait_for_selector("text=could not be read", timeout=SEEN_MS)
    page.unroute("**/trend?*part=lines*")
    page.tap("[data-again]")
    page.wait_for_selector(".trend-card", timeout=SEEN_MS)
    page.tap("[data-by=week]")
    page.wait_for_url("**by=week*", timeout=SEEN_MS)
    page.wait_for_selector('[data-by=week][aria-pressed="true"]')
    page.context.close()


@pytest.mark.slow
def test_pins_are_the_account_s_own_and_keep_the_order_that_it_gives_them(factory: Stage) -> None:
    mine = signed_in(factory.site)
    context = factory.chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    put_cookie(page, factory.site, mine)
    page.goto(f"{factory.root}/phone/-/pinned?lang=en")
    page.wait_for_selector("text=Pin what you look at every day", timeout=SEEN_MS)
    for kpi in ("on_time_delivery", "oee"):
        page.goto(f"{factory.root}/phone/assembly/kpi/{kpi}?lang=en")
        page.tap("[data-pin]")
        page.wait_for_selector('[data-pin][aria-pressed="true"]:enabled', timeout=SEEN_MS)
    page.tap('.tab[href^="/phone/-/pinned"]')
    page.wait_for_selector(".pin", timeout=SEEN_MS)
    order = "() => [...document.querySelectorAll('.pin')].map(one => one.dataset.name)"
    assert page.evaluate(order) == ["assembly/on_time_delivery", "assembly/oee"]
    page.tap("[data-edit]")
    with page.expect_response("**/phone/-/pins"):
        page.locator("[data-tool=up]").nth(1).tap()
    page.reload()
    page.wait_for_selector(".pin", timeout=SEEN_MS)
    assert page.evaluate(order) == ["assembly/oee", "assembly/on_time_delivery"]
    page.tap("[data-edit]")
    with page.expect_response("**/phone/-/pins"):
        page.locator("[data-tool=remove]").nth(0).tap()
    assert page.evaluate(order) == ["assembly/on_time_delivery"]
    other = _phone(factory, "/phone/-/pinned?lang=en")
    assert other.locator(".pin").count() == 0
    other.context.close()
    context.close()


@pytest.mark.slow
def test_the_choice_of_colours_is_kept_on_this_device(factory: Stage) -> None:
    page = _phone(factory, "/phone?lang=en", color_scheme="light")
    assert page.get_attribute("html", "data-ink") == "dark"
    page.tap("[data-more]")
    page.tap("[data-choice=dark]")
    page.reload()
    page.wait_for_selector(".page h1", timeout=SEEN_MS)
    assert page.get_attribute("html", "data-ink") == "light"
    page.emulate_media(color_scheme="dark")
    page.tap("[data-more]")
    page.tap("[data-choice=auto]")
    page.emulate_media(color_scheme="light")
    page.wait_for_selector('html[data-ink="dark"]', state="attached")
    page.context.close()


@pytest.mark.slow
def test_a_hidden_unit_is_answered_like_one_that_does_not_exist(factory: Stage) -> None:
    lead = signed_in(factory.site, "department_manager", unit="assembly")
    page = factory.chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
    put_cookie(page, factory.site, lead)
    answers = []
    for path in ("/phone/foundry", "/phone/nowhere", "/phone/foundry/kpi/oee", "/phone/assembly/peers?by=nothing"):
        answer = page.goto(f"{factory.root}{path}{'&' if '?' in path else '?'}part=1&lang=en")
        answers.append((answer.status, re.sub(r'data-now="\d+"', "", answer.text())))
    assert {status for status, _ in answers} == {404}
    assert len({text for _, text in answers}) == 1
    page.goto(f"{factory.root}/phone?lang=en")
    assert page.inner_text("h1") == "Final assembly"
    assert page.locator(".up").count() == 0, "what stands above is hidden"
    page.context.close()


@pytest.mark.slow
def test_offline_the_last_good_page_says_how_old_it_is_and_is_never_live(factory: Stage) -> None:
    page = _phone(factory, "/phone/assembly?lang=en")
    _keeps(page, "/phone/assembly")
    page.tap('.tab[href*="/peers"]')
    page.wait_for_selector(".peer", timeout=SEEN_MS)
    _keeps(page, "/phone/assembly/peers")
    page.goto(f"{factory.root}/phone/assembly?lang=en")
    score = page.inner_text('[data-text="hero.score"]')
    factory.serve.kill()
    try:
        assert "/phone/assembly/peers" in _kept(page), "kept before, and gone with the load of another page"
        page.goto(f"{factory.root}/phone/assembly?lang=en")
        page.wait_for_selector("html[data-offline]", state="attached", timeout=SEEN_MS)
        assert page.inner_text('[data-text="hero.score"]') == score
        assert "Offline" in page.inner_text(".cut-off")
        age = r"() => /· \d+ (s|min)/.test(document.querySelector('.cut-off').innerText)"
        page.wait_for_function(age, timeout=SEEN_MS)
        assert not page.is_visible(".live")
        page.goto(f"{factory.root}/phone/assembly/peers?lang=en")
        page.wait_for_selector(".peer", timeout=SEEN_MS)
        assert not page.is_visible(".live"), "opened as a part, kept as a page"
        page.goto(f"{factory.root}/phone/foundry?lang=en")
        page.wait_for_selector("text=No connection", timeout=SEEN_MS)
        page.tap('.kept-pages a[href*="/phone/assembly?"]')
        page.wait_for_selector('[data-text="hero.score"]', timeout=SEEN_MS)
    finally:
        factory.serve.start()
        await_port(factory.site.settings.port)
    page.wait_for_selector("html:not([data-offline])", state="attached", timeout=60_000)
    assert page.is_visible(".live")
    factory.faults.clear()
    page.context.close()


@pytest.mark.slow
def test_after_sign_out_and_for_another_account_nothing_kept_is_left(factory: Stage) -> None:
    lead = signed_in(factory.site, "department_manager", unit="assembly")
    page = _phone(factory, "/phone/foundry?lang=en")
    _keeps(page, "/phone/foundry")
    page.context.clear_cookies()
    put_cookie(page, factory.site, lead)
    page.goto(f"{factory.root}/phone?lang=en")
    _keeps(page, "/phone")
    assert _kept(page) == ["/phone"], "what another account saw is gone"
    page.tap("[data-more]")
    page.tap("[data-out] button")
    page.wait_for_url("**/sign-in*", timeout=SEEN_MS)
    assert _kept(page) == []
    page.goto(f"{factory.root}/phone/assembly?lang=en")
    page.wait_for_url(re.compile(r"/sign-in\?next="), timeout=SEEN_MS)
    assert _kept(page) == []
    page.context.close()


@pytest.mark.slow
def test_text_twice_as_large_goes_on_below_and_is_not_cut(factory: Stage) -> None:
    for path in _PAGES:
        page = _phone(factory, f"{path}{'&' if '?' in path else '?'}lang=en", 195, 422)
        page.wait_for_timeout(500)
        assert page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]") == [195, 195], path
        cut = page.eval_on_selector_all(
            ".main :is(span, h1, h2, p)",
            "all => all.filter(one => one.checkVisibility() && one.textContent.trim()"
            " && one.getBoundingClientRect().right > window.innerWidth + 1).map(one => one.outerHTML.slice(0, 120))",
        )
        assert cut == [], path
        page.context.close()
    factory.faults.clear()
