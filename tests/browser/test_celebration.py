"""The celebration of a target in a real browser: once, for six seconds at most, and never again after a reload."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from wall.bench.screen import browser

SCRIPT = Path(__file__).parents[2] / "layouts" / "assets" / "walls" / "celebration.js"
ADDRESS = "http://wall.invalid/"
PAGE = """<body><div class="stage"><div data-push="/push/wall/one"><div data-scope="t0">
<section class="reached"></section></div></div></div></body>"""
_CELEBRATE = """ids => kpiwall.celebrate(document.querySelector(".reached"), ids.map((id) => ({
  id, words: "Target reached", name: "Output", goal: "500", measure: "pcs", em: 2, unit: "D0",
})))"""
_CLOCK = """() => {
  const waiting = [];
  window.setTimeout = (act, ms) => { waiting.push({ act, at: window.elapsed + ms }); return waiting.length; };
  window.elapsed = 0;
  window.pass = async (ms) => {
    window.elapsed += ms;
    for (const one of waiting.filter((one) => !one.done && one.at <= window.elapsed)) { one.done = true; one.act(); }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  };
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(reduced_motion="reduce")
    found = context.new_page()
    found.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    _open(found)
    yield found
    context.close()


def _open(page: Any) -> None:
    page.goto(ADDRESS)
    page.evaluate(_CLOCK)
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))


def _celebrate(page: Any, *ids: str) -> int:
    page.evaluate(_CELEBRATE, list(ids))
    return _shown(page)


def _shown(page: Any) -> int:
    return int(page.locator(".celebration").count())


def test_what_stood_reached_on_the_first_load_is_not_celebrated(page: Any) -> None:
    assert _celebrate(page, "a", "b") == 0
    assert _celebrate(page, "a", "b") == 0


def test_a_new_target_is_celebrated_once_and_gone_after_six_seconds(page: Any) -> None:
    _celebrate(page, "a")
    assert _celebrate(page, "b", "a") == 1
    assert page.locator(".celebration").inner_text().split("\n") == ["Target reached", "Output", "500", "pcs", "D0"]
    page.evaluate("pass(6000)")
    assert _shown(page) == 0
    assert _celebrate(page, "b", "a") == 0
    assert _celebrate(page, "a") == 0
    assert _celebrate(page, "b", "a") == 0


def test_a_reload_celebrates_nothing_again_but_what_came_meanwhile(page: Any) -> None:
    _celebrate(page, "a")
    assert _celebrate(page, "b", "a") == 1
    _open(page)
    assert _celebrate(page, "b", "a") == 0
    _open(page)
    assert _celebrate(page, "c", "b", "a") == 1


def test_several_at_once_follow_one_another(page: Any) -> None:
    _celebrate(page)
    assert _celebrate(page, "e", "d", "c", "b", "a") == 1
    seen = 0
    while _shown(page) and seen < 9:
        seen += 1
        page.evaluate("pass(6000)")
    assert seen == 3


def test_a_scene_that_is_not_in_front_waits_for_its_turn(page: Any) -> None:
    _celebrate(page, "a")
    page.evaluate("document.querySelector('.stage').classList.add('unseen')")
    assert _celebrate(page, "b", "a") == 0
    page.evaluate("pass(500)")
    assert _shown(page) == 0
    page.evaluate("document.querySelector('.stage').classList.remove('unseen')")
    page.evaluate("pass(500)")
    assert _shown(page) == 1


def test_a_scene_that_left_before_its_turn_celebrates_nothing(page: Any) -> None:
    _celebrate(page, "a")
    page.evaluate("document.querySelector('.stage').classList.add('unseen')")
    _celebrate(page, "b", "a")
    page.evaluate("document.querySelector('.stage').remove()")
    page.evaluate("pass(1000)")
    assert _shown(page) == 0
