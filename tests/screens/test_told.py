"""What is told of a screen in words."""

from __future__ import annotations

import pytest

from layouts.words import LANGUAGES, Words
from wall.screens.beats import Beat, Heard
from wall.screens.fleet import Screen
from wall.screens.heard import Seen
from wall.screens.told import screen_cells
from wall.screens.watch import Presence

from .fleets import screens_model

NOW_MS = 10_000_000
SCREEN = Screen("s1", "TV", "hall", "red", "team")


def cells(
    heard: Heard | None, presence: Presence = Presence.LIVE, held: bool = False, language: str = "en"
) -> dict[str, str]:
    return screen_cells(Seen(SCREEN, heard, presence), held, screens_model(), Words.of(language), NOW_MS)


@pytest.mark.parametrize(
    ("ago_ms", "presence", "glyph"),
    [
        (4_000, Presence.LIVE, "good"),
        (None, Presence.LIVE, "unknown"),
        (90_000, Presence.LIVE, "unknown"),
        (90_000, Presence.SILENT, "silent"),
        (None, Presence.SILENT, "silent"),
    ],
)
def test_nothing_old_is_told_as_live(ago_ms: int | None, presence: Presence, glyph: str) -> None:
    heard = None if ago_ms is None else Heard(NOW_MS - ago_ms)
    assert cells(heard, presence)["is"] == glyph


def test_a_heartbeat_is_told_as_it_came() -> None:
    beat = Beat(
        scene="red_only", key=1, width=3840, height=2160, ratio=2.0, version="0.1.0", heap_mb=86.4, data_age_ms=7e3
    )
    told = cells(Heard(NOW_MS - 4_000, "10.0.0.1", beat), held=True)
    assert told == {
        "is": "good", "state": "Live", "heard": "4 s ago", "shows": "Red · held", "key": "1", "panel": "3840×2160 · 2×",
        "version": "0.1.0", "heap": "86 MB", "data": "7 s",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_browser_does_not_tell_is_a_dash_and_never_zero(language: str) -> None:
    told = cells(Heard(NOW_MS), language=language)
    assert {told[name] for name in ("shows", "panel", "version", "heap", "data")} == {"–"}
    assert cells(Heard(NOW_MS, "", Beat(scene="gone")), language=language)["shows"] == "gone"
