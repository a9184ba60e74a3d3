"""Fleets over real servers, with a clock that tests set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from layouts.words import Words
from scoring.definitions import Model
from streams.redis_adapters.screens import ScreenStore
from streams.redis_adapters.site import Clock
from tests.server.teams import teams
from wall.screens.fleet import Screen
from wall.screens.service import Fleet, real_ms
from wall.screens.steps import AsOf
from wall.screens.wanted import Wanted
from wall.wiring import Site, open_site

WORDS = Words.of("en")
DAY_MS = 86_400_000
SCENES: list[dict[str, Any]] = [
    {"id": "anywhere", "title": "Anywhere", "kpis": ["output", "quality"], "trend": "quality"},
    {"id": "red_only", "title": "Red", "unit": "red", "kpis": ["output", "quality"], "trend": "quality"},
    {"id": "all_teams", "title": "All", "unit": "company", "kpis": ["output", "quality"], "trend": "quality"},
    {
        "id": "peeping",
        "title": "Peeping",
        "tiles": [
            {"tile": "hero", "at": {"column": 1, "row": 1, "columns": 4, "rows": 5}},
            {"tile": "kpi", "kpi": "output", "unit": "blue", "at": {"column": 5, "row": 1, "columns": 3, "rows": 3}},
        ],
    },
]
PLAYLISTS: list[dict[str, Any]] = [
    {"id": "team", "title": "Team", "items": [{"scene": "anywhere"}, {"scene": "anywhere", "dwell": 5}]},
    {"id": "red", "title": "Red", "items": [{"scene": "anywhere"}, {"scene": "red_only"}]},
    {"id": "company", "title": "Company", "items": [{"scene": "all_teams"}]},
]


def screens_model() -> Model:
    """The small company with scenes of a unit, of any unit, and one that names another unit's numbers."""
    return teams(scenes=SCENES, playlists=PLAYLISTS)


@dataclass
class Time:
    """Real time, set by hand: it stands still otherwise."""

    ms: int = field(default_factory=real_ms)

    def __call__(self) -> int:
        return self.ms


@contextmanager
def fleet_of(site: Site, time: Time | None = None, renew_s: float = 3600.0, **store: int) -> Iterator[Fleet]:
    """A fleet of a site as another server would hold it, following."""
    own = open_site(site.settings)
    facts = AsOf(screens_model(), Clock())
    fleet = Fleet(
        own.journal, ScreenStore(own.redis, site.settings.site, **store), facts, time or real_ms, renew_s=renew_s
    )
    fleet.start()
    try:
        yield fleet
    finally:
        fleet.stop()
        own.close()


def paired(fleet: Fleet, name: str = "TV", unit: str = "red", playlist: str = "team") -> tuple[Screen, str]:
    """A paired screen and its credential."""
    opened = fleet.open_code("10.0.0.1")
    screen = fleet.steps.pair(opened.code, Wanted(name, "hall", unit, playlist), "Ann", WORDS)
    answer = fleet.answer(opened.claim)
    assert answer.state == "admitted"
    return screen, answer.credential


def standings(fleets: Sequence[Fleet], credential: str) -> list[str]:
    """What each server makes of a credential."""
    return [fleet.judged(credential).standing.value for fleet in fleets]
