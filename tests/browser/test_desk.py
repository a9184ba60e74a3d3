"""The desk in a real browser: tried, applied, closed, proposed and approved; with keyboard; at every size."""

from __future__ import annotations

import datetime as dt
import http.client
import io
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import cookies, put_cookie, signed_in
from wall.bench.push import await_port
from wall.bench.screen import browser
from wall.definitions.apply import put_in_force
from wall.definitions.history import applications
from wall.ports import free_port
from wall.results.closing import closed_periods
from wall.results.incentives import Stage, calculations
from wall.samples import Replay, Sample, samples
from wall.settings import Settings
from wall.wiring import Site, open_site

_SIZES = [(1920, 1080), (3840, 2160), (1080, 1920), (390, 844)]
_ROOMS = ["", "/what-if/assembly", "/what-if/group", "/targets", "/history", "/periods", "/incentive"]
_SEEN_MS = 30_000
_OVERFLOW = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push("the page scrolls sideways");
  for (const one of document.querySelectorAll(".desk *")) {
    if (!one.checkVisibility() || one.closest(".unseen, .sentence, .rooms")) continue;
    const box = one.getBoundingClientRect();
    if (box.width && box.right > window.innerWidth + 1) found.push(`outside: ${one.className} ${one.textContent.slice(0, 30)}`);
    const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (text && parseFloat(getComputedStyle(one).fontSize) < 12) found.push(`small: ${one.textContent.slice(0, 30)}`);
  }
  return found;
}"""  # noqa: E501


@dataclass
class DeskStage:
    """A factory site on 2 April, March being over, and a browser."""

    site: Site
    chromium: Any
    faults: list[str]
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.site.settings.port}"

    def open(self, path: str, width: int = 1920, height: int = 1080, who: str = "hejing", shows: str = ".desk") -> Any:
        """A page of an admin."""
        page = self.chromium.new_page(viewport={"width": width, "height": height})
        self.enter(page, who)
        page.on("console", lambda one: self.faults.append(f"console: {one.text}") if one.type == "error" else None)
        page.on("pageerror", lambda one: self.faults.append(f"error: {one}"))
        page.goto(self.root + path)
        page.wait_for_selector(shows, timeout=_SEEN_MS)
        return page

    def enter(self, page: Any, who: str) -> None:
        """Let a page be that of an admin who has signed in."""
        if who not in self.cookies:
            self.cookies[who] = signed_in(self.site, name=who)
        put_cookie(page, self.site, self.cookies[who])

    def get(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and content disposition of a download."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.settings.port, timeout=20)
        connection.request("GET", path, headers=cookies(self.site))
        answer = connection.getresponse()
        found = answer.status, answer.read(), answer.getheader("Content-Disposition") or ""
        connection.close()
        return found


@pytest.fixture(scope="module")
def stage() -> Iterator[DeskStage]:
    with RedisNode(appendfsync="everysec") as redis, browser() as chromium, ExitStack() as running:
        site = open_site(Settings(site="desk", redis=redis.url, topic="desk", port=free_port()))
        put_in_force(site, read("factory"), "test", "test")
        replay = Replay(_until_april(samples()["factory"]), site.log, 1.0)
        site.store.set_clock(replay.clock)
        replay.history(lambda _: None)
        site.store.set_clock(replay.restart_clock())
        for name in ("ingest", "score", "serve"):
            running.enter_context(Service(name, site.settings))
        await_port(site.settings.port)
        wait_until(lambda: _counted(site), 90, "everything is counted")
        yield DeskStage(site, chromium, [])


def _until_april(sample: Sample) -> Sample:
    moment = dt.datetime(2026, 4, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    return replace(sample, sets_in_ms=int(moment.timestamp() * 1000))


def _counted(site: Site) -> bool:
    reports, board = site.store.reader_reports(), site.boards.load()
    return bool(reports) and reports[0].lag == 0 and board is not None and bool(board[0].units.get("group"))


def _entry(kpi: str, field: str) -> str:
    return f'[id=\'{{"field":"{field}","kpi":"{kpi}","n":0,"type":"wi"}}\']'


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("room", _ROOMS)
def test_a_room_fits_every_screen(stage: DeskStage, room: str, language: str) -> None:
    for width, height in _SIZES:
        page = stage.open(f"/desk{room}?lang={language}", width, height)
        page.wait_for_timeout(300)
        assert page.evaluate(_OVERFLOW) == [], (width, height)
        page.close()
    assert stage.faults == []


@pytest.mark.slow
def test_what_is_tried_is_applied_and_the_board_follows(stage: DeskStage) -> None:
    number = applications(stage.site.journal)[-1].number
    page = stage.open("/desk/what-if/assembly?lang=en")
    page.fill("#wi-from", "2026-04-02")
    page.fill(_entry("on_time_delivery", "weight"), "40")
    page.wait_for_function("() => document.getElementById('wi-sum').textContent.includes('10 too many')")
    page.click("#wi-try")
    page.wait_for_selector(".findings", timeout=_SEEN_MS)
    assert "weights sum to 110" in page.inner_text(".findings")
    assert page.query_selector("#trial-do") is None
    page.fill(_entry("output_today", "weight"), "10")
    page.wait_for_function("() => document.getElementById('wi-sum').classList.contains('right')")
    page.fill("#wi-reason", "delivery first")
    page.click("#wi-periods label")
    page.click("#wi-try")
    page.wait_for_selector("#trial-do", timeout=_SEEN_MS)
    rows = page.inner_text(".effects >> nth=0")
    assert "Final assembly" in rows
    assert page.locator(".effects").count() == 2, "the running period and the one that was chosen"
    with page.expect_download() as saved:
        page.click("text=Download as YAML")
    assert "on_time_delivery" in Path(saved.value.path()).read_text("utf-8")
    page.click("#trial-do")
    page.wait_for_selector('#trial-told [data-is="good"]', timeout=_SEEN_MS)
    newest = applications(stage.site.journal)[-1]
    assert (newest.number, newest.author, newest.reason) == (number + 1, "hejing", "delivery first")
    weight = 40 * 10_000

    def on_the_board() -> bool:
        board = stage.site.boards.load()
        return board is not None and board[0].kpis["assembly", "on_time_delivery"].weight == weight

    wait_until(on_the_board, 10, "the board has the new weight")
    page.click("#trial-do")
    page.wait_for_selector('#trial-told [data-is="bad"]', timeout=_SEEN_MS)
    assert applications(stage.site.journal)[-1].number == number + 1, "a trial is applied once"
    page.close()


@pytest.mark.slow
def test_a_file_of_changes_is_tried_like_the_form(stage: DeskStage, tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    page = stage.open("/desk/what-if/assembly?lang=en")
    file.write_text("changes:\n  - {from: 2026-05-01, reason: r, kpis: {oee: {target: {machining: 0.99}}}}\n", "utf-8")
    page.set_input_files('#wi-file input[type="file"]', file)
    page.wait_for_selector("#trial-do", timeout=_SEEN_MS)
    assert "Machining plant" in page.inner_text(".effects")
    file.write_text("changes: 3", "utf-8")
    with page.expect_file_chooser() as chooser:
        page.click("#wi-file button")
    chooser.value.set_files(file)
    page.wait_for_selector("text=The file has no changes", timeout=_SEEN_MS)
    page.close()


@pytest.mark.slow
def test_trying_what_changes_nothing_says_so(stage: DeskStage) -> None:
    page = stage.open("/desk/what-if/assembly?lang=en")
    page.click("#wi-try")
    page.wait_for_selector("text=Nothing differs", timeout=_SEEN_MS)
    page.close()


@pytest.mark.slow
def test_a_change_to_come_is_made_by_keyboard_and_taken_out_again(stage: DeskStage) -> None:
    page = stage.open("/desk/what-if/service?lang=en", who="liang")
    page.focus(_entry("first_fix", "weight"))
    page.keyboard.press("Control+A")
    page.keyboard.type("20")
    page.focus(_entry("service_response", "weight"))
    page.keyboard.press("Control+A")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    page.wait_for_selector("#trial-do", timeout=_SEEN_MS)
    page.focus("#trial-reason")
    page.keyboard.press("Enter")
    page.wait_for_selector('#trial-told [data-is="bad"]', timeout=_SEEN_MS)
    page.keyboard.type("answers first")
    page.keyboard.press("Enter")
    page.wait_for_selector('#trial-told [data-is="good"]', timeout=_SEEN_MS)
    held = len(applications(stage.site.journal)[-1].model.changes)
    page.click("#trial-told a")
    page.wait_for_selector(".timeline", timeout=_SEEN_MS)
    page.focus(".undo summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("too early")
    page.keyboard.press("Enter")
    page.wait_for_selector('.undo [data-is="good"]', timeout=_SEEN_MS)
    newest = applications(stage.site.journal)[-1]
    assert (len(newest.model.changes), newest.author, newest.reason) == (held - 1, "liang", "too early")
    page.close()


@pytest.mark.slow
def test_a_faulty_workbook_shows_its_cells_and_a_good_one_is_applied(stage: DeskStage, tmp_path: Path) -> None:
    status, content, disposition = stage.get("/desk/targets/targets.xlsx")
    assert status == 200
    assert "attachment" in disposition
    book = load_workbook(io.BytesIO(content))
    sheet = book["targets"]
    row = next(
        n for n in range(2, 300) if [sheet.cell(n, one).value for one in (1, 3)] == ["quality", "complaint_closure"]
    )
    sheet.cell(row, 9).value = "a lot"
    faulty, good = tmp_path / "faulty.xlsx", tmp_path / "good.xlsx"
    book.save(faulty)
    sheet.cell(row, 9).value = 0.97
    book.save(good)
    page = stage.open("/desk/targets?lang=en")
    page.fill("#tg-from", "2026-05-01")
    page.set_input_files('#tg-file input[type="file"]', faulty)
    page.wait_for_selector(".faults", timeout=_SEEN_MS)
    assert f"targets!I{row}" in page.inner_text(".faults")
    page.set_input_files('#tg-file input[type="file"]', good)
    page.wait_for_selector("#trial-do", timeout=_SEEN_MS)
    assert "95% → 97%" in page.inner_text(".moves >> nth=0")
    page.fill("#trial-reason", "closing faster")
    page.click("#trial-do")
    page.wait_for_selector('#trial-told [data-is="good"]', timeout=_SEEN_MS)
    newest = applications(stage.site.journal)[-1].model.changes[-1]
    assert (newest.reason, newest.author, newest.from_) == ("closing faster", "hejing", dt.date(2026, 5, 1))
    page.close()


@pytest.mark.slow
def test_a_period_is_closed_proved_paid_by_two_people_and_exported(stage: DeskStage) -> None:
    page = stage.open("/desk/periods?lang=en&period=2026-03")
    page.click("#close-do")
    page.wait_for_selector('#close-told [data-is="bad"]', timeout=_SEEN_MS)
    assert "2026-03" not in closed_periods(stage.site.journal), "nobody said why"
    page.fill("#close-reason", "March is over")
    page.click("#close-do")
    page.wait_for_selector("#verify-do", timeout=_SEEN_MS)
    page.click("#verify-do")
    page.wait_for_selector("text=to the last digit", timeout=120_000)
    status, content, _ = stage.get("/desk/periods/2026-03.xlsx")
    assert status == 200
    assert load_workbook(io.BytesIO(content)).sheetnames == ["units", "kpis", "about"]
    page.goto(stage.root + "/desk/incentive/monthly_bonus/2026-03?lang=en")
    page.fill("#propose-reason", "March bonus")
    page.click("#propose-do")
    page.wait_for_selector("#approve-do", timeout=_SEEN_MS)
    page.click("#approve-do")
    page.wait_for_selector('#approve-told [data-is="bad"]', timeout=_SEEN_MS)
    assert calculations(stage.site.journal)["monthly_bonus", "2026-03"].stage is Stage.PROPOSED
    stage.enter(page, "chen")
    page.click("#approve-do")
    page.wait_for_function("() => !document.getElementById('approve-do')")
    assert calculations(stage.site.journal)["monthly_bonus", "2026-03"].stage is Stage.APPROVED
    status, content, disposition = stage.get("/desk/incentive/monthly_bonus/2026-03.xlsx")
    assert status == 200
    assert "approved" in disposition
    page.goto(stage.root + "/desk/periods?lang=en&period=2026-03")
    page.click("text=Reopen this period")
    page.fill("#reopen-reason", "a late invoice")
    page.click("#reopen-do")
    page.wait_for_selector("#close-do", timeout=_SEEN_MS)
    assert closed_periods(stage.site.journal)["2026-03"].reopened == "a late invoice"
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status"),
    [("/desk/periods/2025-01.xlsx", 404), ("/desk/incentive/none/2026-03.xlsx", 400),
     ("/desk/incentive/monthly_bonus/March.xlsx", 400), ("/desk/what-if/changes.yaml?trial=x", 400)],
)  # fmt: skip
def test_a_download_of_what_is_not_there_says_why(stage: DeskStage, path: str, status: int) -> None:
    found = stage.get(path)
    assert found[0] == status
    assert b"Traceback" not in found[1]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/desk/nowhere", "/desk/what-if/nobody"])
def test_an_address_of_the_desk_that_leads_nowhere_says_so(stage: DeskStage, path: str) -> None:
    stage.open(path, shows=".home .notice").close()
    assert stage.faults == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        "/desk/incentive/none",
        "/desk/incentive/a/b",
        "/desk/history?kpi=x&unit=y&on=z&a=9&b=8",
        "/desk/periods?period=never",
    ],
)
def test_a_wrong_address_of_the_desk_says_so(stage: DeskStage, path: str) -> None:
    page = stage.open(path)
    assert page.query_selector(".rooms") is not None
    page.close()
    assert stage.faults == []
