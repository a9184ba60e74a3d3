"""The stand-up of the factory in a real browser: from agenda to minutes, on a screen and in a hand."""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.staging import SEEN_MS, Stage, staged
from tests.support.signed_in import account
from wall.bench.screen import browser

#: What no page may do: text cut off, or wider than the page. Names wrap, numbers never leave their panel.
_CUT = """() => [...document.querySelectorAll('.standup .panel *, .su-head *')].filter((one) => {
  const free = one.closest('svg, .track, .tick, .glyph, .su-segments, .su-word p, .su-controls');
  if (free || !one.checkVisibility()) return false;
  const panel = one.closest('.panel, .su-head').getBoundingClientRect(), own = one.getBoundingClientRect();
  return own.width > 0 && (own.right > panel.right + 1 || own.bottom > panel.bottom + 1 || own.left < panel.left - 1);
}).map((one) => one.outerHTML.slice(0, 160))"""
_SMALL = """() => [...document.querySelectorAll('.standup button, .standup a')].filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return one.checkVisibility() && !one.disabled && !one.closest('h2') && (height < 43.5 || width < 43.5);
}).map((one) => one.outerHTML.slice(0, 120))"""
_SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160), "upright": (1080, 1920), "phone": (390, 844)}
#: Another viewer sees a step within a second of the presenter; a busy machine is given more.
_FOLLOWS_MS = 10_000


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with browser() as chromium, staged("factory", chromium) as found:
        yield found


def _picture(page: Any, name: str) -> None:
    """Keep a picture where somebody asked for it."""
    if folder := os.environ.get("PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"standup-{name}.png"))


def _begun(stage: Stage, unit: str, width: int = 1920, height: int = 1080) -> Any:
    page = stage.open(f"/standup/{unit}?lang=zh-CN", width, height)
    if page.get_attribute("#standup", "data-runs") == "0":
        page.click("[data-post=begin]")
        page.wait_for_selector('#standup[data-runs="1"]', timeout=SEEN_MS)
    return page


def _write(page: Any, key: str, dialog: str, field: str, text: str) -> None:
    page.keyboard.press(key)
    page.fill(f"#su-{dialog} {field}", text)
    page.click(f"#su-{dialog} [type=submit]")
    page.wait_for_selector(f"#su-{dialog}[open]", state="hidden")


def _ended(page: Any) -> None:
    page.keyboard.press("e")
    page.click("#su-end [type=submit]")
    page.wait_for_url("**/minutes/*", timeout=SEEN_MS)


def _file(stage: Stage, url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=stage.headers), timeout=60) as answer:
        content: bytes = answer.read()
        return content


def test_a_stand_up_goes_from_agenda_to_minutes(stage: Stage) -> None:
    boss = account(stage.site, "boss", unit="group")
    before = stage.open("/standup/assembly?lang=zh-CN", 1920, 1080)
    assert "准时交付率" in before.inner_text(".su-item h2")
    _picture(before, "before")
    before.close()
    page = _begun(stage, "assembly")
    order = page.get_attribute("#standup", "data-order").split()
    assert order[0] == "new:assembly:on_time_delivery"
    assert order[-1] == "green"
    remote = stage.open("/standup/assembly?lang=en", 390, 844)
    _write(page, "a", "action", "[name=title]", "螺栓安全库存提到 3 天")
    page.wait_for_selector('.su-task[data-fresh="1"]')
    _write(page, "n", "note", "textarea", "M8×30 螺栓缺料，二线等料两小时。")
    _write(page, "d", "decide", "textarea", "晚单先发华岳、中澜。")
    page.locator(".su-word").nth(1).wait_for()
    _picture(page, "written")
    assert any(one.text_content() == boss.name for one in page.query_selector_all("#su-action option"))
    remote.click("[data-go='1']")
    page.wait_for_selector(f'#standup[data-at="{order[1]}"]', timeout=_FOLLOWS_MS)
    page.keyboard.press("ArrowLeft")
    remote.wait_for_selector(f'#standup[data-at="{order[0]}"]', timeout=_FOLLOWS_MS)
    _write(page, "n", "note", "textarea", "写错了")
    page.keyboard.press("u")
    page.get_by_text("写错了").wait_for(state="detached", timeout=_FOLLOWS_MS)
    for _ in order:
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    page.keyboard.press("1")
    page.wait_for_selector(f'#standup[data-at="{order[0]}"]', timeout=_FOLLOWS_MS)
    _ended(page)
    remote.wait_for_url("**/minutes/*", timeout=_FOLLOWS_MS)
    told = page.inner_text("main")
    for one in ("准时交付率", "螺栓安全库存提到 3 天", "M8×30 螺栓缺料", "晚单先发华岳、中澜", "数据快照"):
        assert one in told
    assert "写错了" not in told
    _picture(page, "minutes")
    address = page.url.split("?")[0]
    assert "# 总装事业部 · 站会纪要" in _file(stage, f"{address}.md?lang=zh-CN").decode()
    assert _file(stage, f"{address}.pdf?lang=zh-CN").startswith(b"%PDF-")
    page.goto(f"{stage.root}/standup/assembly/minutes?lang=zh-CN&q=华岳")
    assert page.locator(".su-line-row").count() == 1
    page.close()
    remote.close()
    assert stage.complaints() == []


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_step_is_cut_off_at_any_size(stage: Stage, size: str, language: str) -> None:
    lead = _begun(stage, "group")
    width, height = _SIZES[size]
    page = stage.open(f"/standup/group?lang={language}", width, height)
    for key in lead.get_attribute("#standup", "data-order").split():
        lead.evaluate(
            """(to) => fetch('/standup/group/move', { method: 'POST', body: JSON.stringify(
            { from: document.getElementById('standup').dataset.at, to }) })""",
            key,
        )
        page.wait_for_selector(f'#standup[data-at="{key}"]', timeout=_FOLLOWS_MS)
        lead.wait_for_selector(f'#standup[data-at="{key}"]', timeout=_FOLLOWS_MS)
        _picture(page, f"{size}-{language}-{key.split(':')[0]}-{key.split(':')[-1]}")
        assert page.evaluate(_CUT) == [], key
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if size == "phone":
            assert page.evaluate(_SMALL) == [], key
    page.close()
    lead.close()
    assert stage.complaints() == []


def test_what_could_not_be_solved_rises_and_minutes_lead_there(stage: Stage) -> None:
    for unit in ("assembly", "group"):
        page = stage.open(f"/standup/{unit}?lang=zh-CN", 1920, 1080)
        if page.get_attribute("#standup", "data-runs") == "1":
            _ended(page)
        page.close()
    page = _begun(stage, "assembly")
    _ended(page)
    below = page.url.split("/minutes/")[1].split("?")[0]
    page.close()
    page = _begun(stage, "group")
    raised = [one for one in page.get_attribute("#standup", "data-order").split() if one.startswith("raised:assembly")]
    assert raised
    _ended(page)
    assert below in page.content()
    above = page.url.split("/minutes/")[1].split("?")[0]
    page.goto(f"{stage.root}/standup/assembly/minutes/{below}?lang=zh-CN")
    assert above in page.content()
    page.close()


def test_somebody_without_a_meeting_or_reds_is_told_so(stage: Stage) -> None:
    page = stage.open("/standup/svc-parts/minutes?lang=en", 390, 844)
    assert "No meeting yet." in page.inner_text("main")
    page.goto(f"{stage.root}/standup/svc-parts?lang=en")
    assert "No open actions." in page.inner_text(".su-aside")
    page.close()
