"""The scene editor in a real browser: composed by pointer and keyboard, seen at once, saved, and shown on its wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from scoring.definitions import Model
from scoring.scenes import Scene
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import enter
from wall.bench.push import await_port
from wall.bench.screen import browser
from wall.definitions.apply import put_in_force
from wall.definitions.history import applications
from wall.ports import free_port
from wall.samples import Replay, samples
from wall.settings import Settings
from wall.wiring import Site, open_site

pytestmark = pytest.mark.slow

_SEEN_MS = 30_000
_SIZES = [(1920, 1080), (1280, 800), (1080, 1920), (390, 844)]
#: Boxes of the editor that do not lie on their tile in the picture, by more than a pixel.
_APART = """() => {
  const frame = document.querySelector(".board .scene-frame");
  const scale = frame.getBoundingClientRect().width / frame.offsetWidth;
  const origin = frame.getBoundingClientRect();
  return [...document.querySelectorAll(".box")].map((box, index) => {
    const cell = frame.contentDocument.querySelector(`.stage:not(.unseen) [data-scope=t${index}]`)?.getBoundingClientRect() || new DOMRect();
    const shown = box.getBoundingClientRect();
    return Math.max(Math.abs(origin.left + cell.left * scale - shown.left), Math.abs(origin.top + cell.top * scale - shown.top),
      Math.abs(cell.width * scale - shown.width), Math.abs(cell.height * scale - shown.height));
  }).filter((gap) => gap > 1);
}"""  # noqa: E501
_OVERFLOW = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push("the page scrolls sideways");
  for (const one of document.querySelectorAll(".room-scenes *")) {
    if (!one.checkVisibility() || one.closest(".unseen, option, .box")) continue;
    const box = one.getBoundingClientRect();
    if (box.width && box.right > window.innerWidth + 1 && !one.matches(".scene-frame")) found.push(`outside: ${one.className}`);
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (text && parseFloat(getComputedStyle(one).fontSize) < 12) found.push(`small: ${one.textContent.slice(0, 30)}`);
    if (text && one.scrollWidth > one.clientWidth + 1 && one.clientWidth) found.push(`cut: ${one.textContent.slice(0, 30)}`);
  }
  return found;
}"""  # noqa: E501


OVERVIEW = Scene.model_validate(
    {
        "id": "overview",
        "title": {"zh-CN": "经营总览", "en": "Overview"},
        "unit": "group",
        "kpis": [
            "revenue",
            "new_orders",
            "on_time_delivery",
            "output_today",
            "first_pass_yield",
            "complaints_ppm",
            "oee",
        ],
        "ranking": "department",
        "trend": "output_today",
    }
)


def factory() -> Model:
    """The factory with one arranged scene and no playlist, whatever scenes the sample ships with."""
    return read("factory").model_copy(update={"scenes": [OVERVIEW], "playlists": [], "version": "2026.1"})


@dataclass
class Room:
    """The scenes of a factory site in a browser of its own, so that drafts don't meet."""

    site: Site
    chromium: Any
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/desk/scenes?lang=en", width: int = 1920, height: int = 1080) -> Any:
        page = self.chromium.new_context(viewport={"width": width, "height": height}).new_page()
        enter(page, self.site)
        page.on("console", lambda one: self.faults.append(f"console: {one.text}") if one.type == "error" else None)
        page.on("pageerror", lambda one: self.faults.append(f"error: {one}"))
        page.goto(f"http://127.0.0.1:{self.site.settings.port}{path}")
        page.wait_for_selector("#scene-room .draft-bar", timeout=_SEEN_MS)
        return page


@pytest.fixture(scope="module")
def serving() -> Iterator[Room]:
    with RedisNode(appendfsync="everysec") as redis, browser() as chromium, ExitStack() as running:
        site = open_site(Settings(site="scenes", redis=redis.url, topic="scenes", port=free_port()))
        put_in_force(site, factory(), "test", "first")
        replay = Replay(samples()["factory"], site.log, 1.0)
        site.store.set_clock(replay.clock)
        replay.history(lambda _: None)
        site.store.set_clock(replay.restart_clock())
        for name in ("ingest", "score", "serve"):
            running.enter_context(Service(name, site.settings))
        await_port(site.settings.port)
        wait_until(lambda: _counted(site), 90, "everything is counted")
        yield Room(site, chromium)


@pytest.fixture
def room(serving: Room) -> Iterator[Room]:
    """The room with the factory's own scenes in force."""
    if serving.site.store.model() and _scenes(serving.site) != factory().scenes:
        put_in_force(serving.site, factory(), "test", "as at first")
    yield serving
    assert serving.faults == []


def _counted(site: Site) -> bool:
    reports, board = site.store.reader_reports(), site.boards.load()
    return bool(reports) and reports[0].lag == 0 and board is not None and bool(board[0].units.get("group"))


def _scenes(site: Site) -> list[Scene]:
    applied = site.store.model()
    assert applied is not None
    return applied.model.scenes


def _new(page: Any, title: str, begin: str = "empty") -> None:
    page.click("#scene-new")
    page.fill("dialog label:has-text('Title in English') input", title)
    page.select_option("dialog select", begin)
    page.click("dialog .button.main")
    page.wait_for_selector(".board[data-drawn='1']", timeout=_SEEN_MS)


def _add(page: Any, *kinds: str) -> None:
    for kind in kinds:
        before = page.locator(".box").count()
        page.click(f".kind[data-kind={kind}]")
        page.wait_for_function("(n) => document.querySelectorAll('.box').length > n", arg=before)


def _place(page: Any, tile: int) -> list[int]:
    """Column, row, columns and rows of a tile, as its numbers at the right say."""
    page.focus(f".box[data-tile='{tile}']")
    return [int(one) for one in page.eval_on_selector_all(".place-fields input", "all => all.map((one) => one.value)")]


def _drawn(page: Any, script: str, arg: Any = None) -> None:
    """Until something holds of the picture's document."""
    asked = (
        f"(arg) => {{ const wall = document.querySelector('.board .scene-frame').contentDocument; return {script}; }}"
    )
    page.wait_for_function(asked, arg=arg, timeout=_SEEN_MS)


def _shown_place(page: Any, tile: int, place: str) -> None:
    """Until the picture has a tile at this place: row/column/span rows/span columns below the header's row."""
    cell = f"wall.querySelector('.stage:not(.unseen) [data-scope=t{tile}]')"
    _drawn(page, f"{cell} && {cell}.style.getPropertyValue('--place') === arg", place)


def test_a_scene_is_made_from_empty_moved_saved_and_seen_on_its_wall(room: Room) -> None:
    page = room.open()
    _new(page, "Shop floor")
    _add(page, "hero", "kpi", "trend")
    _shown_place(page, 2, "2/8/span 5/span 6")
    assert page.evaluate(_APART) == []

    page.focus(".box[data-tile='1']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    assert _place(page, 1) == [5, 3, 3, 4]
    _shown_place(page, 1, "4/5/span 4/span 3")
    assert page.evaluate("document.activeElement.dataset.tile") == "1"

    box = page.locator(".box[data-tile='2']").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 40 + box["width"] / 3, box["y"] + 60 + box["height"], steps=6)
    page.mouse.up()
    assert _place(page, 2) == [10, 6, 6, 5]
    _shown_place(page, 2, "7/10/span 5/span 6")
    page.keyboard.press("Control+z")
    assert _place(page, 2) == [8, 1, 6, 5]
    page.keyboard.press("Control+y")
    assert _place(page, 2) == [10, 6, 6, 5]

    page.focus(".box[data-tile='1']")
    page.select_option("[data-field=kpi] select", "oee")
    _drawn(page, "wall.querySelector('.cell-kpi').textContent.includes('OEE')")
    assert "Overall equipment effectiveness · month" in page.inner_text("[data-field=kpi]")

    number = applications(room.site.journal)[-1].number
    page.click("#scene-save:not([disabled])")
    page.wait_for_selector("dialog .differences")
    assert page.inner_text("dialog .differences").split("\n") == ["+", "Shop floor", "tiles: 3"]
    page.fill("dialog .wide input", "a wall for the shop floor")
    page.click("dialog .button.main")
    page.wait_for_selector("#scene-saved", timeout=_SEEN_MS)
    newest = applications(room.site.journal)[-1]
    who = page.inner_text(".account-menu summary")
    assert (newest.number, newest.author) == (number + 1, who)
    assert newest.model.version.startswith("2026.1-scenes.")
    assert page.is_disabled("#scene-save")
    page.click("#scene-saved a >> nth=0")
    page.wait_for_selector(".wall.composed .cell-trend", timeout=_SEEN_MS)
    assert page.locator(".cell").count() == 3
    assert "OEE" in page.inner_text(".cell-kpi")
    page.close()


def test_an_overlap_is_named_at_its_tiles_and_refuses_saving(room: Room) -> None:
    page = room.open()
    _new(page, "Crowded")
    _add(page, "hero", "kpi")
    page.wait_for_selector("#scene-save:not([disabled])")
    page.focus(".box[data-tile='1']")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".box[data-tile='1'][data-faulty=error]", timeout=_SEEN_MS)
    assert "Overlaps “Hero”" in page.inner_text(".box[data-tile='1'] .box-fault")
    assert "Overlaps “KPI" in page.inner_text(".box[data-tile='0'] .box-fault")
    assert "Overlaps “Hero”" in page.inner_text(".own-faults")
    assert page.is_disabled("#scene-save")
    page.keyboard.press("Control+z")
    page.wait_for_selector("#scene-save:not([disabled])", timeout=_SEEN_MS)
    page.keyboard.press("Delete")
    assert page.locator(".box").count() == 1
    page.keyboard.press("Escape")
    assert page.inner_text(".properties h2") == "Scene"
    page.close()


def test_an_arranged_scene_is_turned_into_tiles_and_each_screen_has_its_boxes_on_them(room: Room) -> None:
    page = room.open()
    _new(page, "Overview in tiles", "tiles overview")
    page.wait_for_function("() => document.querySelectorAll('.box').length === 12")
    for screen, ratio in (("wide", 16 / 9), ("ultra", 21 / 9), ("old", 4 / 3), ("portrait", 9 / 16)):
        page.click(f".segment[data-value={screen}]")
        page.wait_for_function(f"() => ({_APART})().length === 0", timeout=_SEEN_MS)
        box = page.locator(".board").bounding_box()
        assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.01)
    page.close()


def test_portrait_places_are_packed_until_one_is_placed_by_hand(room: Room) -> None:
    page = room.open()
    _new(page, "Upright")
    _add(page, "hero", "kpi", "ranking")
    page.click(".segment[data-value=portrait]")
    page.wait_for_function(f"() => ({_APART})().length === 0", timeout=_SEEN_MS)
    hero, kpi, ranking = (_place(page, tile) for tile in range(3))
    page.focus(".box[data-tile='2']")
    page.keyboard.press("Shift+ArrowUp")
    assert _place(page, 2) == [*ranking[:3], ranking[3] - 1]
    assert (_place(page, 0), _place(page, 1)) == (hero, kpi)
    page.wait_for_selector("text=Placed by hand")
    _add(page, "changes")
    page.wait_for_function(f"() => ({_APART})().length === 0", timeout=_SEEN_MS)
    page.click("text=Pack by itself")
    page.wait_for_function("(n) => Number(document.querySelector('.box').offsetHeight) !== n", arg=0)
    page.wait_for_selector("text=Packed by itself")
    page.click(".segment[data-value=wide]")
    assert page.inner_text(".board-tools").find("Packed") == -1
    page.close()


def test_a_draft_survives_a_reload_goes_to_a_file_and_is_discarded(room: Room) -> None:
    page = room.open()
    _new(page, "Kept")
    _add(page, "hero")
    page.reload()
    page.wait_for_selector(".box[data-tile='0']", timeout=_SEEN_MS)
    assert "Your draft from last time" in page.inner_text(".draft-notes")
    with page.expect_download() as saved:
        page.click("#scene-file")
    written = yaml.safe_load(Path(saved.value.path()).read_text("utf-8"))["scenes"]
    assert [one["id"] for one in written] == ["overview", "kept"]
    page.click("#scene-discard")
    page.wait_for_selector(".scene-card", timeout=_SEEN_MS)
    assert page.locator(".scene-card").count() == 1
    page.reload()
    page.wait_for_selector(".scene-card", timeout=_SEEN_MS)
    assert page.inner_text(".draft-notes") == ""
    page.close()


def test_a_model_applied_meanwhile_is_met_and_the_draft_goes_on_from_it(room: Room) -> None:
    page = room.open()
    _new(page, "Mine")
    _add(page, "hero")
    page.wait_for_selector("#scene-save:not([disabled])")
    theirs = Scene.model_validate({"id": "theirs", "title": "Theirs", "unit": "group", "kpis": ["oee"], "trend": "oee"})
    model = factory()
    changed = {"scenes": [*model.scenes, theirs], "version": "2026.2"}
    put_in_force(room.site, model.model_copy(update=changed), "Bo", "meanwhile")
    page.wait_for_selector("text=Model 2026.2 came in force", timeout=_SEEN_MS)
    assert page.is_disabled("#scene-save")
    page.click("text=Go on with my draft")
    page.wait_for_selector("#scene-save:not([disabled])", timeout=_SEEN_MS)
    page.click("text=All scenes")
    page.wait_for_selector(".scene-card")
    assert page.eval_on_selector_all(".scene-card", "all => all.map((one) => one.dataset.scene)") == [
        "overview", "theirs", "mine",
    ]  # fmt: skip
    page.close()


def test_scenes_of_the_list_are_live_pictures_and_deleting_is_undone(room: Room) -> None:
    page = room.open()
    page.wait_for_selector(".card-picture[data-drawn='1']", timeout=_SEEN_MS)
    frame = page.frames[1]
    assert frame.locator(".wall.arranged .tile").count() == 7
    page.click("text=Delete")
    page.wait_for_selector("text=The model has no scenes")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".scene-card")
    assert page.is_disabled("#scene-save")
    page.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_room_fits_every_screen(room: Room, language: str) -> None:
    for width, height in _SIZES:
        page = room.open(f"/desk/scenes?lang={language}", width, height)
        page.wait_for_selector(".card-picture[data-drawn='1']", timeout=_SEEN_MS)
        assert page.evaluate(_OVERFLOW) == [], (width, height)
        if width > 700:
            page.click(".card-link")
            page.click(".turn .button")
            page.wait_for_selector(".box[data-tile='1']")
            page.focus(".box[data-tile='1']")
            page.wait_for_timeout(300)
            assert page.evaluate(_OVERFLOW) == [], (width, height)
        page.close()


def test_what_both_sides_changed_is_merged_scene_by_scene(room: Room) -> None:
    page = room.open()
    merged = page.evaluate("""() => {
      const scene = (id, title) => ({ id, title });
      const base = [scene("a", "1"), scene("b", "1"), scene("c", "1"), scene("d", "1")];
      const mine = [scene("a", "mine"), scene("b", "1"), scene("c", "mine"), scene("new", "1")];
      const theirs = [scene("a", "1"), scene("b", "theirs"), scene("c", "theirs"), scene("d", "1"), scene("more", "1")];
      const { scenes, both } = kpiwall.scenes.merged(base, mine, theirs);
      return [scenes.map((one) => `${one.id} ${one.title}`), both];
    }""")
    assert merged == [["a mine", "b theirs", "c mine", "more 1", "new 1"], ["c"]]
    page.close()
