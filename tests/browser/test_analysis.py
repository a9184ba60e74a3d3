"""Analysis in a real browser: every room at every size in both languages, sorted, switched, drilled and taken away."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.signed_in import cookies, enter
from wall.bench.screen import browser

from .staging import SEEN_MS, Stage, staged

_SIZES = [(1920, 1080), (3840, 2160), (390, 844)]
_ROOMS = {
    "matrix": "/desk/analysis",
    "compare": "/desk/analysis/compare",
    "timeline": "/desk/analysis/timeline?units=assembly,machining&kpis=-score,oee&kind=day",
    "course": "/desk/analysis/timeline?units=assembly&kpis=output_today&kind=day",
    "groups": "/desk/analysis/groups?unit=asm-1&kpi=downtime",
}
_OVERFLOW = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push("the page scrolls sideways");
  for (const one of document.querySelectorAll(".desk *")) {
    if (!one.checkVisibility() || one.closest(".unseen, .rooms, .an-sheet, .an-chart")) continue;
    const box = one.getBoundingClientRect();
    if (box.width && box.right > window.innerWidth + 1) found.push(`outside: ${one.className} ${one.textContent.slice(0, 30)}`);
  }
  for (const one of document.querySelectorAll(".analysis *")) {
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (text && one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 12) found.push(`small: ${one.textContent}`);
  }
  return found;
}"""  # noqa: E501


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with browser() as chromium, staged("factory", chromium) as staged_:
        yield staged_


def open_room(stage: Stage, path: str, width: int = 1920, height: int = 1080, language: str = "en") -> Any:
    page = stage.chromium.new_page(viewport={"width": width, "height": height})
    page.on("console", lambda one: stage.faults.append(f"console: {one.text}") if one.type == "error" else None)
    page.on("pageerror", lambda one: stage.faults.append(f"error: {one.stack}"))
    enter(page, stage.site)
    page.goto(f"{stage.root}{path}{'&' if '?' in path else '?'}lang={language}")
    page.wait_for_selector(".an-table tbody tr", timeout=SEEN_MS)
    return page


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("room", _ROOMS)
def test_a_room_fits_every_screen(stage: Stage, room: str, language: str) -> None:
    pictures = os.environ.get("KPIWALL_PICTURES")
    for width, height in _SIZES:
        page = open_room(stage, _ROOMS[room], width, height, language)
        page.wait_for_timeout(300)
        if pictures:
            page.screenshot(path=Path(pictures) / f"{room}-{language}-{width}.png", full_page=True)
        assert page.evaluate(_OVERFLOW) == [], (width, height)
        page.close()
    assert stage.complaints() == []


def first_column(page: Any) -> list[str]:
    return [one.strip() for one in page.locator(".an-table tbody tr > th.an-first").all_inner_texts()]


@pytest.mark.slow
def test_order_and_mode_are_in_the_address_and_a_copy_of_it_shows_the_same(stage: Stage) -> None:
    page = open_room(stage, "/desk/analysis?unit=assembly")
    page.click(".an-sort[data-sort=oee]")
    page.click(".an-mode[data-name=attained]")
    assert "sort=oee" in page.url
    assert "mode=attained" in page.url
    cells = page.locator(".an-table tbody td").all_inner_texts()
    assert any(one.endswith("%") for one in cells)
    other = open_room(stage, page.url.removeprefix(stage.root).removesuffix("&lang=en"))
    assert first_column(other) == first_column(page)
    assert other.locator(".an-table tbody td").all_inner_texts() == cells
    other.close()
    page.close()


@pytest.mark.slow
def test_a_file_has_the_rows_that_are_seen_in_their_order(stage: Stage) -> None:
    page = open_room(stage, "/desk/analysis?unit=assembly")
    page.click(".an-sort[data-sort=points]")
    address = page.locator(".an-export").first.get_attribute("href")
    headers = cookies(stage.site)
    answer = page.request.get(address if address.startswith("http") else stage.root + address, headers=headers)
    assert answer.status == 200
    text = answer.body().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    at = next(at for at, row in enumerate(rows) if row and row[0] == "Unit" and len(row) > 2)
    assert [row[0] for row in rows[at + 1 :]] == first_column(page)
    page.close()


@pytest.mark.slow
def test_a_table_is_one_stop_of_the_tab_key_and_arrows_lead_on_to_explanations(stage: Stage) -> None:
    page = open_room(stage, "/desk/analysis?unit=assembly")
    assert page.locator(".an-table tbody a[tabindex='0']").count() == 1
    page.locator(".an-table tbody a[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    href = page.evaluate("document.activeElement.getAttribute('href')")
    assert href.startswith("/explain/")
    assert page.locator(".an-table tbody a[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/explain/**")
    page.close()


@pytest.mark.slow
def test_picked_units_become_the_address(stage: Stage) -> None:
    page = open_room(stage, "/desk/analysis/compare?units=assembly,machining")
    assert page.locator(".an-group").count() > 0
    page.click(".an-several[data-key=units] > summary")
    page.click(".an-chip[data-value=casting]")
    page.click(".an-show")
    page.wait_for_url("**units=assembly%2Cmachining%2Ccasting**", timeout=SEEN_MS)
    page.wait_for_selector(".an-table tbody tr")
    assert "Foundry" in first_column(page)
    page.close()
