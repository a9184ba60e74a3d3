"""What walls promise beside their picture: calm numbers, no unwanted motion, the server's time, and the truth."""

from __future__ import annotations

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser import fit
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.support.signed_in import put_cookie
from wall.bench.screen import browser

_ZONE = ZoneInfo("Asia/Shanghai")
#: Business time all but stands still, so that an age is the same on two pages.
_STILL = 0.001
_OVERVIEW = "/wall/overview?lang=zh-CN"
#: Where the numbers and what stands beside them are, by their order in the document.
_BOXES = """() => [...document.querySelectorAll(".wall .number")].flatMap((number) => {
  return [number, ...number.parentElement.children].map((one) => {
    const box = one.getBoundingClientRect();
    return [one.className, box.x, box.y, box.width, box.height].join(" ");
  });
})"""
#: Every digit of every number becomes another one, as a frame of the server would have it.
_DIGITS = """(digit) => {
  const all = [...document.querySelectorAll(".wall [data-digits][data-text]")];
  const view = all.map((one) => [one.dataset.text, one.dataset.shown.replace(/\\d/g, digit)]);
  const binder = kpiwall.bind(document.querySelector("[data-push]"));
  binder.apply(Object.fromEntries(view));
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(all.length))));
}"""
#: Numbers, bars and statuses change; the most animations that run at once in the second after it.
_CHANGE = """async () => {
  const keys = (name) => [...document.querySelectorAll(`.wall [data-${name}]`)].map((one) => one.dataset[name]);
  const one = (name, value) => keys(name).map((key) => [key, value]);
  const binder = kpiwall.bind(document.querySelector("[data-push]"));
  const changed = (status, share) => Object.fromEntries([...one("status", status), ...one("fill", share), ...one("at", share)]);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  binder.apply({ ...changed("good", 0.2), "hero.score": "11.1" });
  for (let frames = 0; frames < 40; frames += 1) await frame();
  binder.apply({ ...changed("bad", 0.9), "hero.score": "88.8" });
  let most = 0;
  for (const until = performance.now() + 1000; performance.now() < until; await frame()) {
    most = Math.max(most, document.getAnimations().filter((one) => one.playState === "running").length);
  }
  return most;
}"""  # noqa: E501
#: Notes, frame by frame from now on, which numbers or neighbours of one have moved; rows of a ranking swap on purpose.
_WATCH = """() => {
  const numbers = [...document.querySelectorAll(".wall .number")].filter((number) => !number.closest(".rank-row"));
  const watched = numbers.flatMap((number) => [...number.parentElement.children]);
  const places = () => watched.map((one) => [one.getBoundingClientRect().x, one.getBoundingClientRect().y].join());
  const first = places();
  window.moved = [];
  const look = () => {
    const now = places();
    window.moved.push(...watched.filter((_, index) => now[index] !== first[index]).map(kpiwallFit.name));
    requestAnimationFrame(look);
  };
  look();
}"""
#: Elements that say a status and have no glyph in them; of a part of a drawing: in its panel.
_WITHOUT_GLYPH = """() => kpiwallFit.look() || [...document.querySelectorAll(".wall [data-is]")].filter((one) => {
  const box = kpiwallFit.both(one.getBoundingClientRect(), kpiwallFit.clipOf(one));
  const seen = box.right - box.left > 1 && box.bottom - box.top > 1 && kpiwallFit.visible(one);
  const place = one instanceof SVGElement ? one.closest(".panel") : one;
  return one.dataset.is && seen && !kpiwallFit.glyphs(place).length;
}).map(kpiwallFit.name)"""
#: Which picture stands for which status.
_SHAPES = """() => {
  kpiwallFit.look();
  const glyphs = [...document.querySelectorAll(".wall [data-is] .glyph")].filter(kpiwallFit.visible);
  const picture = (glyph) => kpiwallFit.glyphs(glyph.parentElement).map((one) => one.address)[0];
  // News on another page of their line are out of sight.
  return glyphs.map((glyph) => [glyph.closest("[data-is]").dataset.is, picture(glyph)]).filter(([, shape]) => shape);
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def factory(chromium: Any) -> Iterator[Stage]:
    with staged("factory", chromium, speed=_STILL) as stage:
        yield stage


def _at_rest(stage: Stage, path: str = _OVERVIEW, **context: Any) -> Any:
    page = stage.open(path, 1920, 1080, **context)
    fit.settle(page, SEEN_MS)
    return page


def _text(page: Any, selector: str) -> str:
    return str(page.text_content(selector)).strip()


def _tile(kpi: str) -> str:
    return f'.tile:has([data-text="kpi.{kpi}.value"])'


@pytest.mark.slow
def test_a_number_and_its_neighbours_keep_their_place_when_its_digits_change(factory: Stage) -> None:
    page = _at_rest(factory)
    before = page.evaluate(_BOXES)
    assert len(before) > 40
    for digit in "1478":
        assert page.evaluate(_DIGITS, digit) > 15
        assert digit * 2 in _text(page, '[data-text="hero.score"]')
        assert page.evaluate(_BOXES) == before, f"with the digit {digit}"
    page.close()


@pytest.mark.slow
def test_events_that_come_change_numbers_and_move_none(factory: Stage) -> None:
    page = _at_rest(factory)
    page.evaluate(_WATCH)
    shown = f'{_tile("output_today")} [data-text="kpi.output_today.value"]'
    for count in range(1, 6):
        before = _text(page, shown)
        _report(factory, count)
        page.wait_for_function("([path, before]) => document.querySelector(path).textContent.trim() !== before",
                               arg=[shown, before], timeout=10_000)  # fmt: skip
    assert page.evaluate("window.moved") == []
    page.evaluate("document.querySelectorAll('.tile .value').forEach((one) => { one.style.paddingRight = '3rem'; })")
    page.wait_for_function("() => window.moved.length > 0", timeout=SEEN_MS)
    page.close()


def _report(stage: Stage, count: int) -> None:
    """A line of the assembly reports a few machines."""
    now = stage.site.store.clock().now_ms() - 1000
    data = {"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360, "produced": 1, "first_pass": 1,
            "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0}  # fmt: skip
    event = {"specversion": "1.0", "id": f"calm-{count}", "source": "/test", "type": "production.reported",
             "time": dt.datetime.fromtimestamp(now / 1000, dt.UTC).isoformat(), "data": data}  # fmt: skip
    request = urllib.request.Request(
        stage.root + "/api/v1/events", json.dumps(event).encode(), {"Content-Type": "application/json", **stage.headers}
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"accepted": 1, "rejected": []}


@pytest.mark.slow
def test_changes_move_for_a_moment_and_nothing_at_all_where_motion_is_unwanted(factory: Stage) -> None:
    moving = _at_rest(factory)
    assert moving.evaluate(_CHANGE) > 0, "the change is one that moves"
    fit.settle(moving)
    moving.close()
    calm = _at_rest(factory, reduced_motion="reduce")
    assert calm.evaluate(_CHANGE) == 0
    calm.close()


@pytest.mark.slow
def test_scenes_change_without_motion_where_it_is_unwanted(factory: Stage) -> None:
    page = _at_rest(factory, reduced_motion="reduce")
    most = page.evaluate("""async () => {
      let most = 0;
      let over = false;
      const count = () => {
        most = Math.max(most, document.getAnimations().length);
        if (!over) requestAnimationFrame(count);
      };
      count();
      const shown = await kpiwall.stage.show("/wall/overview?lang=en");
      over = true;
      return shown ? most : -1;
    }""")
    assert most == 0
    assert _text(page, ".wall .live-word") == "Live"
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("days", [-365, 365])
def test_the_time_and_every_age_are_the_servers_whatever_the_screen_believes(factory: Stage, days: int) -> None:
    ages = "() => [...document.querySelectorAll('.wall [data-age]')].map((one) => one.textContent)"
    page = _at_rest(factory)
    right, time = page.evaluate(ages), _text(page, ".clock")
    page.close()
    wrong = factory.chromium.new_page(viewport={"width": 1920, "height": 1080})
    put_cookie(wrong, factory.site, factory.admin)
    wrong.clock.install(time=dt.datetime.now(dt.UTC) + dt.timedelta(days=days))
    wrong.goto(factory.root + _OVERVIEW)
    fit.settle(wrong, SEEN_MS)
    believed = wrong.evaluate("Date.now()") / 1000 - dt.datetime.now(dt.UTC).timestamp()
    assert abs(believed - days * 86_400) < 3600, "the screen is wrong"
    assert time == "14:24" == _text(wrong, ".clock")
    assert any(right)
    assert wrong.evaluate(ages) == right
    wrong.close()


def _without_glyph(page: Any) -> list[str]:
    """Segments of the hero only repeat the status that stands with its glyph at the objective of the same name."""
    found: list[str] = page.evaluate(_WITHOUT_GLYPH)
    return [one for one in found if not one.startswith("div.segment")]


def _shapes(page: Any) -> dict[str, str]:
    shapes: dict[str, str] = dict(page.evaluate(_SHAPES))
    assert len(set(shapes.values())) == len(shapes), "a shape of its own for each status"
    return shapes


@pytest.mark.slow
def test_a_status_is_told_by_a_shape_and_in_a_tile_by_a_word_too(factory: Stage) -> None:
    page = _at_rest(factory)
    for scene in factory.model.scenes:
        unit = "" if scene.unit else "&unit=assembly"
        assert page.evaluate("address => kpiwall.stage.show(address)", f"/wall/{scene.id}?lang=en{unit}")
        fit.settle(page)
        assert _without_glyph(page) == [], scene.id
        words = page.eval_on_selector_all(".tile .status .word", "all => all.map(one => one.textContent.trim())")
        assert all(words), scene.id
    page.close()


@pytest.mark.slow
def test_a_quiet_source_is_told_by_its_own_tiles_which_keep_their_last_good_numbers(factory: Stage) -> None:
    page = _at_rest(factory)
    page.evaluate("window.sameDocument = true")
    quiet, other = _tile("output_today"), _tile("revenue")
    value = _text(page, f"{quiet} .value")
    live = _shapes(page)
    # The plant's system is declared stale after 10 minutes and silent after 30.
    for minute, state in ((36, "stale"), (59, "silent")):
        factory.set_time(_moment(18, 14, minute), _STILL)
        page.wait_for_selector(f"{quiet}[data-is={state}]", timeout=SEEN_MS)
        board = factory.site.boards.load()
        assert board is not None
        heard_ms = board[0].sources["mes"].event_ms or 0
        span = (factory.site.store.clock().now_ms() - heard_ms) // 60_000
        since = f"自 {dt.datetime.fromtimestamp(heard_ms / 1000, _ZONE):%H:%M} · {span} 分钟"
        page.wait_for_function("([path, text]) => document.querySelector(path).textContent === text",
                               arg=[f"{quiet} .since", since], timeout=SEEN_MS)  # fmt: skip
        assert page.is_visible(f"{quiet} .since")
        assert not page.is_visible(f"{quiet} .age")
        assert _text(page, f"{quiet} .value") == value, "the last good number stays"
        assert page.get_attribute(other, "data-is") in ("good", "watch", "bad"), "another source speaks"
        assert not page.is_visible(f"{other} .since")
        fit.settle(page)
        assert _without_glyph(page) == []
        assert state in _shapes(page).keys() - live.keys()
    assert page.get_attribute(".live", "data-is") == "stale"
    assert page.evaluate("window.sameDocument") is True
    page.close()


def _moment(day: int, hour: int, minute: int, second: int = 0) -> int:
    """A moment of March 2026 on the factory's clock."""
    return int(dt.datetime(2026, 3, day, hour, minute, second, tzinfo=_ZONE).timestamp() * 1000)


def _rolls_over(stage: Stage, before_ms: int, selector: str, before: str, after: str) -> None:
    """The text changes as the moment passes, in the same document."""
    page = _at_rest(stage)
    page.evaluate("window.sameDocument = true")
    stage.set_time(before_ms, _STILL)
    changed = "([path, text]) => document.querySelector(path).textContent.trim() === text"
    page.wait_for_function(changed, arg=[selector, before], timeout=SEEN_MS)
    stage.set_time(before_ms)
    page.wait_for_function(changed, arg=[selector, after], timeout=SEEN_MS)
    assert page.evaluate("window.sameDocument") is True
    page.close()


@pytest.mark.slow
def test_the_shift_rolls_over_without_a_reload(factory: Stage) -> None:
    date = '[data-text="header.date"]'
    _rolls_over(factory, _moment(18, 15, 59, 57), date, "3 月 18 日 周三 · 早班", "3 月 18 日 周三 · 中班")


@pytest.mark.slow
def test_the_day_rolls_over_without_a_reload(factory: Stage) -> None:
    page = _at_rest(factory)
    output = '[data-text="kpi.output_today.value"]'
    assert _text(page, output) not in ("", "–", "0")
    date = '[data-text="header.date"]'
    _rolls_over(factory, _moment(18, 23, 59, 57), date, "3 月 18 日 周三 · 中班", "3 月 19 日 周四 · 夜班")
    page.wait_for_function(
        "path => document.querySelector(path).textContent.trim() === '–'", arg=output, timeout=SEEN_MS
    )
    # The clock ticks once a second, and a frame may come before the tick.
    page.wait_for_function("() => document.querySelector('.clock').textContent.trim() === '00:00'", timeout=SEEN_MS)
    page.close()


@pytest.mark.slow
def test_the_month_rolls_over_without_a_reload(factory: Stage) -> None:
    period = '[data-text="header.period"]'
    _rolls_over(factory, _moment(31, 23, 59, 57), period, "2026 年 3 月", "2026 年 4 月")
