"""A company of three tiers with its server, asked in-process by whoever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from layouts.words import Words
from scoring.roles import Capability
from tests.security.organisation import Organisation, organisation
from tests.security.ways import Answer, Premises, premises
from tests.support.servers import RedisNode
from wall.people.entrance import open_entrance
from wall.people.viewer import Viewer
from wall.sight.look import EVERYTHING, Look, Sight

WORDS = Words.of("en")


def leader(name: str = "ann") -> Viewer:
    """Somebody who sees and may do everything."""
    return Viewer("person", name, name.title(), EVERYTHING)


def reader(unit: str, *tags: str) -> Viewer:
    """Somebody who only sees a unit and what is below it."""
    return Viewer("person", "max", "Max", {Capability.VIEW: Sight(frozenset({Look(unit, "everything", tags)}))})


def reddened(seed: int) -> Organisation:
    """A generated organisation whose KPIs, sums that accrue, are all far from their targets."""
    made = organisation(seed)
    far = {"target": Decimal(10**9), "direction": "higher", "accrues": True}
    kpis = [one.model_copy(update=far) for one in made.model.kpis]
    return replace(made, model=made.model.model_copy(update={"kpis": kpis, "changes": []}))


class Room:
    """The stand-up of one unit over its routes."""

    def __init__(self, place: Premises, unit: str) -> None:
        self.place, self.unit = place, unit

    def step(self, step: str, who: Viewer, **content: Any) -> Answer:
        """Take a step."""
        return self.place.send("POST", f"/standup/{self.unit}/{step}", who, content)

    def page(self, who: Viewer, **asked: str) -> Answer:
        """The page."""
        return self.place.get(f"/standup/{self.unit}", who, lang="en", **asked)

    def about(self, who: Viewer, name: str) -> str:
        """An attribute of the page's root."""
        found = re.search(rf'data-{name}="([^"]*)"', self.page(who).text)
        assert found is not None
        return found[1]


@contextmanager
def staged(redis: RedisNode, made: Organisation) -> Iterator[Premises]:
    """The server of an organisation; `ann` and `bob` have accounts."""
    with premises(redis.url, made) as place:
        accounts = open_entrance(place.site).accounts
        for name in ("ann", "bob"):
            accounts.add(name, {"title": name.title(), "grants": ["admin"]}, "test", WORDS)
        yield place
