"""The drill of a paired screen at full length: server away, Redis away, network cut, a clock a year off, revoked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.paired import Paired, ask, open_screen
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.browser.test_screens import rotating
from wall.bench.screen import browser

_SERVER_S, _REDIS_S, _NETWORK_S = 240, 120, 60
_RECOVERS_MS = 60_000
_YEAR_OFF = "(() => { const now = Date.now.bind(Date); Date.now = () => now() + 366 * 86400000; })()"


def _is_live(page: Any) -> None:
    page.wait_for_selector("html:not([data-offline])", state="attached", timeout=_RECOVERS_MS)
    page.wait_for_selector(".stage:last-child .live:not([data-is=offline])", state="attached", timeout=_RECOVERS_MS)


def _says_offline(page: Any) -> None:
    page.wait_for_selector("html[data-offline]", state="attached", timeout=30_000)
    assert page.text_content(".stage:last-child .offline-word").strip()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_screen_recovers_from_everything_without_a_hand() -> None:
    with browser() as chromium, staged("factory", chromium, rotating(20)) as stage:
        screen = open_screen(stage)
        screen.page.add_init_script(_YEAR_OFF)
        screen.pair("Drill", "quick")
        screen.watch()
        _server(stage, screen)
        _redis(stage, screen)
        _network(stage, screen)
        _lost_cookie(stage, screen)
        ask(stage, f"/{screen.id}/revoke", reason="the drill is over")
        screen.page.wait_for_selector(".pairing-code", timeout=SEEN_MS)


def _server(stage: Stage, screen: Paired) -> None:
    stage.serve.kill()
    _says_offline(screen.page)
    screen.page.wait_for_timeout(_SERVER_S * 1000)
    assert screen.longest_blank_ms() == 0
    stage.serve.start()
    _is_live(screen.page)


def _redis(stage: Stage, screen: Paired) -> None:
    """Without Redis the server has the last board; it says as of when through the age of its sources."""
    score = screen.page.text_content('.stage:last-child [data-text="hero.score"]')
    stage.redis.kill()
    screen.page.wait_for_timeout(_REDIS_S * 1000)
    assert score.strip() not in ("", "–")
    assert screen.page.text_content('.stage:last-child [data-text="hero.score"]').strip() not in ("", "–")
    stage.redis.start()
    before = stage.site.boards.meta()
    assert before is not None
    screen.page.wait_for_timeout(10_000)
    after = stage.site.boards.meta()
    assert after is not None
    assert after.version > before.version
    _is_live(screen.page)


def _network(stage: Stage, screen: Paired) -> None:
    screen.page.context.set_offline(True)
    _says_offline(screen.page)
    screen.page.wait_for_timeout(_NETWORK_S * 1000)
    assert screen.longest_blank_ms() == 0
    screen.page.context.set_offline(False)
    _is_live(screen.page)


def _lost_cookie(stage: Stage, screen: Paired) -> None:
    screen.page.context.clear_cookies()
    screen.page.reload()
    screen.page.wait_for_function("id => document.body.dataset.screen === id", arg=screen.id, timeout=_RECOVERS_MS)
    _is_live(screen.page)
