"""Parts of the kiosk program that need no browser, and the files around it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.docs.documents import ROOT

from .kiosk import PROGRAM, program

_FOLDER = ROOT / "deploy" / "kiosk"
_UNIT = _FOLDER / "linux" / "kpiwall-kiosk.service"
_WALL = ("tab", "http://wall/screen")
#: When, the titles of the pages, and the processes that are there.
Look = tuple[float, dict[tuple[str, str], str] | None, set[int]]
kiosk = program()


def _looks(watch: object, looks: Sequence[Look]) -> list[str | None]:
    return [kiosk.Watch.fault(watch, now, pages, frozenset(pids)) for now, pages, pids in looks]


def test_a_title_may_stand_still_as_long_as_allowed() -> None:
    watch = kiosk.Watch(90)
    found = _looks(watch, [(0, {_WALL: "a 1"}, {7}), (90, {_WALL: "a 1"}, {7}), (91, {_WALL: "a 1"}, {7})])
    assert found == [None, None, "the title has been 'a 1' for 91 s"]


def test_a_page_whose_process_is_gone_is_not_given_as_long() -> None:
    moves = [
        (0, {_WALL: "a 1"}, {7, 8}),
        (10, {_WALL: "a 3"}, {8}),
        (40, {_WALL: "a 3"}, {8}),
        (41, {_WALL: "a 3"}, {8}),
    ]
    assert _looks(kiosk.Watch(90), moves)[2:] == [None, "the page's process is gone; the title has been 'a 3' for 31 s"]


def test_a_page_that_follows_another_may_load_as_long_as_allowed() -> None:
    dark = ("tab", "file:///waiting.html")
    moves = [(0, {dark: "k 1"}, {7}), (10, {_WALL: "wall"}, {8}), (100, {_WALL: "wall"}, {8})]
    assert _looks(kiosk.Watch(90), moves) == [None, None, None]


def test_a_page_that_moves_does_not_hide_one_that_does_not() -> None:
    popup = ("other", "http://wall/popup")
    moves = [(now, {_WALL: "a 1", popup: str(now)}, {7}) for now in (0, 50, 100)]
    assert _looks(kiosk.Watch(90), moves) == [None, None, "the title has been 'a 1' for 100 s"]


def test_a_browser_that_answers_late_is_not_taken_for_dead() -> None:
    moves = [(0, None, set()), (80, None, set()), (85, {_WALL: "a 1"}, {7}), (170, None, {7}), (176, None, {7})]
    assert _looks(kiosk.Watch(90), moves) == [None, None, None, None, "Chromium has not answered for 91 s"]


def test_a_missing_page_is_noticed_at_the_second_look() -> None:
    assert _looks(kiosk.Watch(90), [(0, {}, set()), (10, {}, set())]) == [None, "no page is left"]


def test_shared_memory_counts_once() -> None:
    alone = kiosk.memory_kb([os.getpid()])
    twice = kiosk.memory_kb([os.getpid(), os.getpid()])
    assert 0 < alone < twice < 2 * alone
    assert kiosk.memory_kb([]) == 0


def test_the_size_of_the_connected_screen_is_told_to_chromium(tmp_path: Path) -> None:
    for name, status, modes in (
        ("card0-DP-1", "disconnected", ""),
        ("card0-HDMI-A-1", "connected", "3840x2160\n1920x1080\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status + "\n")
        (tmp_path / name / "modes").write_text(modes)
    assert kiosk.screen_flags(tmp_path) == ["--window-position=0,0", "--window-size=3840,2160"]
    assert kiosk.screen_flags(tmp_path / "none") == []


def test_each_display_has_its_command_line() -> None:
    assert kiosk.command(["/c"], "here", "PAGE", "1") == ["/c", "PAGE"]
    assert kiosk.command(["/c"], "wayland", "PAGE", "1")[:4] == ["cage", "-d", "--", "/c"]
    x11 = kiosk.command(["/c", "--window-size=1080,1920"], "x11", "PAGE", "7")
    assert x11[:2] == ["xinit", "/c"]
    assert [one for one in x11 if one.startswith("--window-size")][-1] == "--window-size=1080,1920"
    assert {":0", "vt7", "-nocursor", "-dpms"} <= set(x11[x11.index("--") :])


def test_a_command_can_be_run_on_the_display_first() -> None:
    line = kiosk.command(["/bin/echo", "two words"], "here", "PAGE", "1", "echo turned")
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout == "turned\ntwo words PAGE\n"
    assert kiosk.command(["/c"], "x11", "PAGE", "1", "true")[1] == "/bin/sh", "xinit wants a path"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give one such as http://SERVER:8050/screen"),
        (["server/screen"], "address 'server/screen'"),
        (["http://server/screen", "--memory", "120"], "memory is 120 %: use more than 0"),
        (["http://server/screen", "--stale", "15"], "use at least twice the 10 s between two looks"),
    ],
)
def test_a_wrong_call_says_what_to_give(arguments: list[str], said: str) -> None:
    ran = subprocess.run([sys.executable, str(PROGRAM), *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert said in ran.stderr


def test_a_missing_browser_is_named_with_its_remedy(tmp_path: Path) -> None:
    places = ["--profile", str(tmp_path), "--chromium", "no-such-browser"]
    command = [sys.executable, str(PROGRAM), "http://server/screen", *places]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "no no-such-browser here; run: apt install chromium" in ran.stderr


def test_variables_do_what_flags_do() -> None:
    given = {
        "KPIWALL_KIOSK_URL": "http://a/screen",
        "KPIWALL_KIOSK_STALE": "60",
        "KPIWALL_KIOSK_CHROMIUM_FLAG": "--x --y",
    }
    found = kiosk.parsed(["--chromium-flag=--z"], given)
    assert (found.url, found.stale, found.chromium_flag) == ("http://a/screen", 60.0, ["--x", "--y", "--z"])
    assert kiosk.parsed(["http://b/screen", "--stale", "70"], given).stale == 70.0


def test_every_variable_in_the_recipes_is_an_option() -> None:
    known = {f"KPIWALL_KIOSK_{name.upper()}" for name in kiosk.Options.__dataclass_fields__}
    files = [*_FOLDER.rglob("*.md"), *_FOLDER.rglob("*.service"), ROOT / "docs" / "operations.md"]
    named = {name for file in files for name in re.findall(r"KPIWALL_KIOSK_[A-Z_]+", file.read_text("utf-8"))}
    assert {"KPIWALL_KIOSK_URL", "KPIWALL_KIOSK_PROFILE"} <= named <= known


def test_the_watchdog_of_the_unit_is_slower_than_the_program() -> None:
    unit = _UNIT.read_text("utf-8")
    watchdog_s, stop_s = (
        int(re.findall(rf"^{key}=(\d+)$", unit, re.MULTILINE)[0]) for key in ("WatchdogSec", "TimeoutStopSec")
    )
    assert watchdog_s > 10 * kiosk.ANSWER_S
    assert stop_s > 18 + 2 * kiosk.ANSWER_S, "what stopping Chromium may take, and an answer that is being waited for"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    installed = "/usr/local/lib/kpiwall-kiosk/kpiwall-kiosk"
    text = _UNIT.read_text("utf-8")
    assert f"ExecStart={installed}\n" in text
    unit = tmp_path / _UNIT.name
    unit.write_text(text.replace(installed, str(PROGRAM)), "utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in ran.stderr.splitlines() if _UNIT.name in line] == []
    assert ran.returncode == 0, ran.stderr
