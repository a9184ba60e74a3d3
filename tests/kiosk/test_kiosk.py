"""The kiosk program with a real Chromium: a wall that lives is left alone, one that does not is started again."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from tests.support.servers import wait_until

from .kiosk import BOUND_S, STALE_S, Kiosk
from .wall_server import WallServer

_BEATS_A_SECOND = 5


def _beats(server: WallServer, visit: int, at_least: int = 1) -> bool:
    seen = server.visit(visit)
    return seen is not None and seen.beats >= at_least


@pytest.mark.slow
def test_a_page_whose_title_moves_is_left_alone(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(server.url, tmp_path) as kiosk:
        wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
        browser = kiosk.chromium("browser")
        wait_until(lambda: _beats(server, 1, 3 * STALE_S * _BEATS_A_SECOND), BOUND_S, "thrice the limit has gone by")
        assert kiosk.restarts == []
        assert kiosk.chromium("browser") == browser


@pytest.mark.slow
def test_a_frozen_page_is_started_again_with_its_profile(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(f"{server.url}?freeze=3000", tmp_path) as kiosk:
        wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
        wait_until(lambda: _beats(server, 2, 2 * STALE_S * _BEATS_A_SECOND), BOUND_S, "it is there again and stays")
        assert len(kiosk.restarts) == 1
        assert kiosk.restarts[0].startswith("the title has been 'wall · ")
        seen = server.visit(2)
        assert seen is not None
        assert seen.cookie == 2, "cookies survive, too"
        assert len({one.beats for one in server.seen if one.stored == 1}) < 4 * _BEATS_A_SECOND


@pytest.mark.slow
def test_a_page_whose_process_is_killed_is_started_again(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(server.url, tmp_path) as kiosk:
        wait_until(lambda: _beats(server, 1, 2 * _BEATS_A_SECOND), BOUND_S, "the page is there")
        for renderer in kiosk.chromium("renderer"):
            renderer.kill()
        wait_until(lambda: _beats(server, 2), BOUND_S, "it is there again")
        assert [one.partition(";")[0] for one in kiosk.restarts] == ["the page's process is gone"]


@pytest.mark.slow
def test_a_killed_chromium_is_started_again(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(server.url, tmp_path) as kiosk:
        wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
        for browser in kiosk.chromium("browser"):
            browser.kill()
        heard = len(server.seen)
        wait_until(lambda: len(server.seen) > heard + _BEATS_A_SECOND, BOUND_S, "it is there again")
        assert kiosk.restarts == ["it ended with code -9"]


@pytest.mark.slow
def test_too_much_memory_is_a_reason_to_start_again_but_not_too_often(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(server.url, tmp_path, "--memory", "0.01", "--pause", "600") as kiosk:
        wait_until(lambda: len(kiosk.restarts) == 1, BOUND_S, "the ceiling is noticed")
        assert "MB; 0.01 % are" in kiosk.restarts[0]
        wait_until(lambda: kiosk.chromium() == [], BOUND_S, "Chromium has ended")
        kiosk.send(signal.SIGTERM)
        assert kiosk.ended() == 0, "a signal ends the pause, too"
        assert len(kiosk.restarts) == 1


@pytest.mark.slow
def test_sigterm_leaves_nothing_behind(tmp_path: Path) -> None:
    with WallServer() as server, Kiosk(server.url, tmp_path) as kiosk:
        wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
        assert len(kiosk.chromium()) > 2
        kiosk.send(signal.SIGTERM)
        assert kiosk.ended() == 0
        assert kiosk.chromium() == []
        assert [one.name for one in kiosk.temporary.iterdir() if one.name.startswith("kpiwall")] == []


@pytest.mark.slow
def test_a_killed_kiosk_takes_its_chromium_along_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with WallServer() as server:
        first = Kiosk(server.url, tmp_path).start()
        wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
        first.send(signal.SIGKILL)
        assert first.ended() == -signal.SIGKILL
        with Kiosk(server.url, tmp_path) as second:
            wait_until(lambda: _beats(server, 2), BOUND_S, "the page is there with what it remembers")
            assert len(second.chromium("browser")) == 1


@pytest.mark.slow
def test_a_server_that_is_not_there_yet_is_waited_for_and_then_opened(tmp_path: Path) -> None:
    server = WallServer()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(BOUND_S)
        server.unready = True
        with Kiosk(server.url, tmp_path, environment={"NOTIFY_SOCKET": str(tmp_path / "notify")}) as kiosk:
            wait_until(lambda: "can't be reached" in kiosk.log, BOUND_S, "it says what it waits for")
            with server:
                wait_until(lambda: "answers 503" in kiosk.log, BOUND_S, "an error is no page to show")
                assert server.seen == []
                server.unready = False
                wait_until(lambda: _beats(server, 1), BOUND_S, "the page is there")
                assert kiosk.restarts == []
                told = "".join(systemd.recv(4096).decode() + "\n" for _ in range(20))
    assert told.startswith("READY=1\n")
    assert f"WATCHDOG=1\nSTATUS=waits for {server.url}\n" in told


@pytest.mark.slow
def test_waiting_longer_than_a_title_may_stand_still_restarts_nothing(tmp_path: Path) -> None:
    with WallServer() as server:
        server.unready = True
        with Kiosk(server.url, tmp_path, "--stale", "2") as kiosk:
            wait_until(lambda: len(server.asked) == 4, BOUND_S, "asked with pauses of 1, 2 and 4 s")
            assert kiosk.restarts == []
            assert len(kiosk.chromium("browser")) == 1


@pytest.mark.slow
def test_a_wall_that_moved_to_another_server_is_found_there_by_the_next_start(tmp_path: Path) -> None:
    with WallServer() as new:
        with WallServer() as old:
            url = f"{old.url}?move={new.url}"
            with Kiosk(url, tmp_path) as kiosk:
                wait_until(lambda: f"the wall has moved to {new.url}" in kiosk.log, BOUND_S, "the move is noticed")
        with Kiosk(url, tmp_path):
            wait_until(lambda: _beats(new, 2), BOUND_S, "the new server is opened; the old one is gone")
        with old, Kiosk(old.url + "?x", tmp_path):
            wait_until(lambda: _beats(old, 2), BOUND_S, "an address that is asked for anew holds again")


@pytest.mark.slow
def test_a_refusal_is_shown_not_waited_for_and_secrets_are_not(tmp_path: Path) -> None:
    with WallServer() as server:
        url = server.url.replace("wall.html", "missing.html?token=secret")
        with Kiosk(url, tmp_path) as kiosk:
            wait_until(lambda: "opening" in kiosk.log, BOUND_S, "the refusal is opened")
            assert "missing.html answers 404" in kiosk.log
            assert "secret" not in kiosk.log


@pytest.mark.slow
def test_a_profile_in_use_is_refused(tmp_path: Path) -> None:
    server = WallServer()
    with Kiosk(server.url, tmp_path) as first:
        wait_until(lambda: first.chromium() != [], BOUND_S, "the first runs")
        second = Kiosk(server.url, tmp_path).start()
        assert second.ended() == 1
        assert f"another kpiwall-kiosk uses {first.profile}" in second.log
        assert first.chromium() != []
