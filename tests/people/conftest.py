"""A company on a real Redis, with an entrance whose clock the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from layouts.words import Words
from tests.server.teams import company, teams
from wall.people.entrance import Entrance, open_entrance
from wall.wiring import Site

WORDS = Words.of("en")
PASSWORD = "three tired owls"
ROLES = [
    {"id": "lead", "title": "Lead", "scope": "subtree", "capabilities": ["view", "explain", "export"]},
    {"id": "worker", "title": "Worker", "scope": "own_person", "capabilities": ["view"]},
]


@dataclass
class Clock:
    """Real time and steady time that move together when the test says so."""

    ms: int = 1_800_000_000_000
    steady: float = field(default=5000.0)

    def now_ms(self) -> int:
        return self.ms

    def seconds(self) -> float:
        return self.steady

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self.ms += round(seconds * 1000)
        self.steady += seconds


@pytest.fixture(scope="module")
def shared() -> Iterator[Site]:
    with company(teams(roles=ROLES)) as site:
        yield site


@pytest.fixture
def site(shared: Site) -> Site:
    """A site without any account: journal and Redis are as new."""
    for key in shared.redis.scan_iter("*people*"):
        shared.redis.delete(key)
    return shared


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entrance(site: Site, clock: Clock) -> Entrance:
    return open_entrance(site, clock.now_ms)
