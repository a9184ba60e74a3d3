"""A site with alerts in a real Redis, and the book and steps of a server on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from layouts.words import Words
from scoring.alerts.alert import Alert, AlertKey, Phase
from scoring.alerts.record import AlertEvent, Record
from streams.redis_adapters.alerts import AlertStore, Step
from tests.alerts.boards import model_with, rule
from tests.scoring.models import HOUR, JUNE
from tests.support.servers import RedisNode
from wall.alerts.book import AlertBook
from wall.alerts.shown import record_of
from wall.alerts.steps import AlertSteps
from wall.board_follower import BoardFollower
from wall.definitions.apply import put_in_force
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.people.reach import viewer_of
from wall.people.viewer import Viewer
from wall.settings import Settings
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible
from wall.wiring import Site, open_site

NOON = JUNE + 12 * HOUR
ROLES = [
    {"id": "head", "title": "Head", "scope": "subtree", "capabilities": ["view", "acknowledge", "assign"]},
    {"id": "reader", "title": "Reader", "scope": "subtree", "capabilities": ["view"]},
    {"id": "money", "title": "Money", "scope": "subtree", "kpi_tags": ["money"], "capabilities": ["view"]},
    {"id": "own", "title": "Own", "scope": "own_unit", "capabilities": ["view", "acknowledge"]},
]
RULES: Sequence[dict[str, Any]] = (
    rule("r", severity="warning"),
    rule("q", kpis=["q"], severity="info"),
    rule("score", {"kind": "threshold", "below": 80}, kpis=[], severity="critical"),
    rule("rank", {"kind": "rank", "of": "attainment", "from": 2, "at_least": 2}, units=["line"]),
    rule("mute", {"kind": "silence", "after": "1h", "source": "s"}, kpis=[]),
)


@dataclass
class Staged:
    """A site, and what a server knows of its alerts."""

    site: Site
    follower: BoardFollower
    sights: Sights
    accounts: Accounts
    store: AlertStore
    book: AlertBook
    steps: AlertSteps
    records: dict[str, Record] = field(default_factory=dict)

    def person(self, name: str, *grants: str, unit: str = "") -> Viewer:
        """Somebody who has signed in; a new account."""
        about = {"title": name.title(), "grants": list(grants), "unit": unit, "language": "en"}
        self.accounts.add(name, about, "test", Words.of("en"))
        return viewer_of(self.accounts.people().accounts[name], self.visible())

    def visible(self, viewer: Viewer | None = None) -> Visible:
        """What somebody sees; everything where nobody is named."""
        sight = WHOLE if viewer is None else viewer.sight()
        return self.sights.visible(self.follower.model, sight, self.follower.now_ms())

    def fire(self, name: str, unit: str, kpi: str = "", at_ms: int = NOON) -> str:
        """Keep an alert that fires, as the service does."""
        named = next(one for one in self.follower.model.alerts if one.id == name)
        alert = Alert(AlertKey(name, unit, kpi), named.severity, Phase.FIRING, at_ms, at_ms)
        self._keep(record_of(alert, named, at_ms))
        return alert.id

    def resolve(self, alert: str, at_ms: int) -> None:
        """Keep its end."""
        held = self.records[alert]
        over = replace(held.alert, phase=Phase.RESOLVED, resolved_ms=at_ms)
        self._keep(replace(held, alert=over).then(AlertEvent(at_ms, "resolved")))

    def _keep(self, record: Record) -> None:
        self.records[record.alert.id] = record
        alert = record.alert
        self.store.hold("test")
        self.store.commit("test", Step({alert.key: alert if alert.stands else None}, records={alert.id: record}))


@contextmanager
def staged(redis: RedisNode) -> Iterator[Staged]:
    """A site whose business clock stands at noon, and whose book follows."""
    name = f"alerts{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=redis.url, topic=name, group=name, partitions=1))
    put_in_force(site, model_with(*RULES, roles=ROLES), "test", "test")
    site.store.set_clock(replace(site.store.clock(), event_ms=NOON, real_ms=1, speed=0.0))
    applied = site.store.model()
    assert applied is not None
    follower, sights = BoardFollower(site, applied, "test"), Sights()
    accounts = Accounts(site.journal, real_ms)
    book = AlertBook(site, follower, sights)
    steps = AlertSteps(site, follower, sights, accounts, book)
    book.start()
    try:
        yield Staged(site, follower, sights, accounts, AlertStore(site.redis, name), book, steps)
    finally:
        book.stop()
        site.close()
