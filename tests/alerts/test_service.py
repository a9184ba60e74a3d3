"""The alert service as a process: what it tells whom, and that nothing that happens to it repeats or loses anything."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest

from layouts.words import Words
from scoring.definitions import Model
from streams.redis_adapters.alerts import AlertStore
from streams.redis_adapters.boards import BoardMeta
from tests.alerts.boards import model_with, result, rule
from tests.alerts.receiver import Receiver
from tests.alerts.staged import ROLES
from tests.scoring.models import HOUR, JUNE
from tests.support.servers import RedisNode, Service, wait_until
from wall.alerts.handling import ACKNOWLEDGED
from wall.definitions.apply import put_in_force
from wall.journal import Entry
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.results.past import counted_to
from wall.settings import Settings
from wall.wiring import Site, open_site

MINUTE = 60_000
NOON = JUNE + 12 * HOUR
BELOW = {"kind": "threshold", "of": "value", "below": 80}


@dataclass
class Stage:
    """A site whose scorer the test plays: it publishes boards and waits until the service has dealt with them."""

    site: Site
    model: Model
    receiver: Receiver
    version: int = 0
    now_ms: int = NOON
    values: dict[tuple[str, str], int] = field(default_factory=dict)

    def publish(self, later_ms: int = 0, wait_s: float = 60, **values: int) -> None:
        """A board so much later, with these values of `k` by unit; waited for so long at most (0: not at all)."""
        self.now_ms, self.version = self.now_ms + later_ms, self.version + 1
        self.values |= {(unit, "k"): value for unit, value in values.items()}
        kpis = {place: result(place, Fraction(value), event_ms=self.now_ms) for place, value in self.values.items()}
        meta = BoardMeta(self.version, self.now_ms, self.model.version, "test")
        self.site.boards.publish(meta, {"kpis": kpis}, whole=self.version == 1)
        if wait_s:
            wait_until(self._is_dealt_with, wait_s, f"board {self.version} was dealt with")

    def _is_dealt_with(self) -> bool:
        figures = AlertStore(self.site.redis, self.site.settings.site).figures()
        return figures is not None and figures.board >= self.version

    def apply(self, model: Model) -> None:
        """Put another model in force."""
        self.model = model
        put_in_force(self.site, model, "test", "another")

    def told(self, count: int) -> Mapping[tuple[str, str], int]:
        """How many messages came by kind and recipient, once so many did."""
        wait_until(lambda: len({one for one, _ in self.receiver.received}) >= count, 20, f"{count} messages came")
        bodies = dict(self.receiver.received)
        return Counter((body["kind"], (body["recipient"] or {}).get("account", "")) for body in bodies.values())


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="no") as node:
        yield node


@pytest.fixture
def stage(redis: RedisNode, tmp_path: Path) -> Iterator[Stage]:
    receiver = Receiver()
    receiver.start()
    how = f'webhook = "{receiver.url}"\nsecret = "whsec_{"a" * 32}"\nrate = 0'
    channels = tmp_path / "channels.toml"
    channels.write_text(f'[channels.hook]\npersonal = true\n{how}\n[channels.team]\nunit = "a"\n{how}\n')
    name = f"alerts{uuid.uuid4().hex[:8]}"
    site = open_site(
        Settings(site=name, redis=redis.url, topic=name, group=name, partitions=1, channels=str(channels))
    )  # fmt: skip
    model = _model("1")
    put_in_force(site, model, "test", "test")
    accounts = Accounts(site.journal, real_ms)
    for account, grant in (("ann", "head@a1"), ("ada", "head@a"), ("top", "admin"), ("bob", "money@b")):
        accounts.add(account, {"grants": [grant]}, "test", Words.of("en"))
    site.store.set_clock(replace(site.store.clock(), event_ms=NOON, real_ms=1, speed=0.0))
    yield Stage(site, model, receiver)
    receiver.kill()
    site.close()


def _model(version: str, **settings: object) -> Model:
    named = {"notify": ["head", "channel:team"], "group_wait": 0, "fold": False, "units": ["line"], **settings}
    model = model_with(rule("low", BELOW, escalation={"after": "15m"}, **named), roles=ROLES)
    heads = {"a1": "ann", "a": "ada", "top": "top", "b": "bob"}
    units = [unit.model_copy(update={"owner": heads.get(unit.id, "")}) for unit in model.units]
    return model.model_copy(update={"units": units, "version": version})


def test_readers_are_told_of_what_they_see_and_of_nothing_else(stage: Stage) -> None:
    with Service("alert", stage.site.settings):
        stage.publish(a1=70, b1=70, b2=90)
        assert stage.told(3) == {("fired", "ann"): 1, ("fired", "bob"): 1, ("fired", ""): 1}
        group = next(body for _, body in stage.receiver.received if body["recipient"] is None)
        assert "a1" in group["title"] + group["text"]
        assert "b1" not in group["title"] + group["text"]
        stage.publish(MINUTE, a1=90, b1=90)
        assert stage.told(6)["recovered", ""] == 1


def test_what_the_log_held_is_counted_before_anything_is_judged(stage: Stage) -> None:
    site = stage.site
    site.log.append([("x", b"no event at all")])
    known = AlertStore(site.redis, site.settings.site)
    with Service("alert", site.settings):
        with pytest.raises(AssertionError, match="board 1 was"):
            stage.publish(a1=70, wait_s=4)
        assert known.figures() is None
        with Service("ingest", site.settings):
            wait_until(
                lambda: counted_to(site, {one: site.log.end(one) for one in site.log.partitions()}), 60, "counted"
            )
        for _ in range(3):
            stage.publish(wait_s=0)
        stage.publish()
        assert stage.told(2)["fired", "ann"] == 1


def test_what_is_acknowledged_goes_no_further_up(stage: Stage) -> None:
    with Service("alert", stage.site.settings):
        stage.publish(a1=70, a2=70)
        stage.told(3)
        store = AlertStore(stage.site.redis, stage.site.settings.site)
        (seen,) = (one for one in store.load().alerts if one.key.unit == "a1")
        body = {"alert": seen.id, "by": "ann", "by_title": "Ann", "business_ms": NOON}
        stage.site.journal.append(Entry(ACKNOWLEDGED, real_ms(), "Ann", body))
        wait_until(lambda: any(one.acknowledged_ms for one in store.load().alerts), 10, "the service knows of it")
        stage.publish(20 * MINUTE)
        # The head above both is ada; a2 is hers, so that the next one up is told of it.
        assert stage.told(4)["escalated", "top"] == 1
        assert stage.told(4)["escalated", "ada"] == 0


def test_another_model_and_another_process_repeat_nothing(stage: Stage) -> None:
    with Service("alert", stage.site.settings) as service:
        stage.publish(a1=70)
        stage.told(2)
        stage.apply(_model("2", group_wait=60))
        stage.publish(MINUTE, a1=71)
        service.kill()
        stage.apply(_model("3", group_wait=0))
        service.start()
        stage.publish(MINUTE, a1=72)
        assert stage.told(2) == {("fired", "ann"): 1, ("fired", ""): 1}
        stage.publish(MINUTE, a1=90)
        assert stage.told(4) == {(kind, who): 1 for kind in ("fired", "recovered") for who in ("ann", "")}


def test_a_rule_that_leaves_the_model_ends_its_alerts_and_says_so(stage: Stage) -> None:
    with Service("alert", stage.site.settings):
        stage.publish(a1=70)
        stage.told(2)
        stage.apply(_model("2").model_copy(update={"alerts": []}))
        stage.publish(MINUTE, a1=70)
        assert stage.told(4)["recovered", "ann"] == 1
        assert AlertStore(stage.site.redis, stage.site.settings.site).load().cases == {}


def test_a_second_process_stands_by_and_takes_over(stage: Stage) -> None:
    with Service("alert", stage.site.settings) as first, Service("alert", stage.site.settings):
        stage.publish(a1=70)
        stage.publish(MINUTE, a1=71)
        first.kill()
        stage.publish(MINUTE, a1=90)
        assert stage.told(4) == {(kind, who): 1 for kind in ("fired", "recovered") for who in ("ann", "")}


def test_a_receiver_that_hangs_delays_no_judgement(stage: Stage) -> None:
    stage.receiver.slow_s = 3.0
    with Service("alert", stage.site.settings):
        stage.publish(a1=70)
        begun = real_ms()
        for at in range(4):
            stage.publish(MINUTE, a1=70 + at)
        assert real_ms() - begun < 3000
        stage.told(2)
