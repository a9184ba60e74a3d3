"""A small company on a real Redis, and its outbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streams.redis_adapters.outbox import Outbox
from tests.server.teams import company, teams
from wall.wiring import Site

ROLES = [
    {"id": "lead", "title": "Lead", "scope": "subtree", "capabilities": ["view", "acknowledge"]},
    {"id": "worker", "title": "Worker", "scope": "own_person", "capabilities": ["view"]},
]


@pytest.fixture(scope="module")
def shared() -> Iterator[Site]:
    with company(teams(roles=ROLES)) as site:
        yield site


@pytest.fixture
def site(shared: Site) -> Site:
    """The site with an empty outbox."""
    for key in shared.redis.scan_iter("*outbox*"):
        shared.redis.delete(key)
    return shared


@pytest.fixture
def outbox(site: Site) -> Outbox:
    return Outbox(site.redis, site.settings.site)
