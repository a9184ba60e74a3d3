"""A day of readings that flap around thresholds, through the real service: killed at random, as its receiver is."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from layouts.words import Words
from scoring.definitions import Model
from streams.redis_adapters.alerts import AlertStore
from streams.redis_adapters.boards import BoardMeta
from streams.redis_adapters.outbox import Outbox
from tests.alerts.boards import model_with, result, rule
from tests.alerts.declared import MINUTE, Declared, Watched
from tests.alerts.receiver import Receiver
from tests.scoring.models import JUNE
from tests.support.servers import RedisNode, Service, wait_until
from wall.definitions.apply import put_in_force
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.settings import Settings
from wall.wiring import Site, open_site

STEP = 10 * MINUTE
STEPS = 144
LINES = ("a1", "a2", "b1", "b2")
WATCHED = (
    Watched("low", 80, 85, 0, STEP),
    Watched("long", 75, 75, 2 * STEP, 0),
    Watched("night", 78, 78, 0, 0, (22, 6)),
)
#: Line a1 has a head of its own, a2 that of its plant; those of b are told through their plant's head.
HEADS = {"a1": "ann", "a": "bob", "b": "cem"}
PLACES = {"a1": ("a", ("ann",)), "a2": ("a", ("bob",)), "b1": ("b", ("cem",)), "b2": ("b", ("cem",))}


def _model() -> Model:
    below = {"kind": "threshold", "of": "value"}
    shared = {"units": ["line"], "notify": ["head"], "fold": False}
    model = model_with(
        rule("low", {**below, "below": 80, "leave": 85}, group_wait=600, **shared),
        rule("long", {**below, "below": 75}, hold=1200, group_wait=0, severity="critical", **shared),
        rule("night", {**below, "below": 78}, group_wait=0, quiet={"hours": ["22:00", "06:00"]}, **shared),
    )
    units = [unit.model_copy(update={"owner": HEADS.get(unit.id, "")}) for unit in model.units]
    return model.model_copy(update={"units": units})


@contextmanager
def _stage(redis: RedisNode, receiver: Receiver, folder: Path) -> Iterator[tuple[Site, Model]]:
    channels = folder / "channels.toml"
    how = f'secret = "whsec_{"a" * 32}"\npersonal = true\nrate = 0\ntimeout = 2'
    channels.write_text(f'[channels.hook]\nwebhook = "{receiver.url}"\n{how}\n')
    name = f"alerts{uuid.uuid4().hex[:8]}"
    settings = Settings(site=name, redis=redis.url, topic=name, group=name, partitions=1, channels=str(channels))
    site, model = open_site(settings), _model()
    put_in_force(site, model, "test", "test")
    accounts = Accounts(site.journal, real_ms)
    for one in HEADS.values():
        accounts.add(one, {"title": one.title(), "grants": ["admin"]}, "test", Words.of("en"))
    site.store.set_clock(replace(site.store.clock(), event_ms=JUNE, real_ms=1, speed=0.0))
    yield site, model
    site.close()


class _Day:
    """Publishes the day step by step; a step is over when the service has dealt with it."""

    def __init__(self, site: Site, model: Model, chance: random.Random) -> None:
        self._site = site
        self._model = model
        self._store = AlertStore(site.redis, site.settings.site)
        self._chance = chance
        self._values: dict[str, int] = dict.fromkeys(LINES, 80)
        self.declared = Declared(WATCHED, PLACES, "hook")

    def run(self, steps: int) -> None:
        for number in range(1, steps + 1):
            now_ms = JUNE + number * STEP
            self._publish(number, now_ms, self._readings())

    def end(self, steps: int) -> None:
        """Everything recovers, and what waits for its group or for the morning is told."""
        for number in range(steps + 1, steps + 60):
            self._publish(number, JUNE + number * STEP, dict.fromkeys(LINES, 100))

    def _readings(self) -> dict[str, int | None]:
        for line, value in self._values.items():
            drawn = value + self._chance.randint(-6, 6)
            self._values[line] = min(95, max(66, drawn))
        return {line: None if self._chance.random() < 0.03 else value for line, value in self._values.items()}

    def _publish(self, number: int, now_ms: int, values: dict[str, int | None]) -> None:
        kpis = {(line, "k"): result((line, "k"), None if one is None else Fraction(one), event_ms=now_ms)
                for line, one in values.items()}  # fmt: skip
        meta = BoardMeta(number, now_ms, self._model.version, "test")
        self._site.boards.publish(meta, {"kpis": kpis}, whole=number == 1)
        self.declared.step(now_ms, values)
        wait_until(lambda: self._dealt_with(number), 120, f"step {number} was dealt with")

    def _dealt_with(self, number: int) -> bool:
        figures = self._store.figures()
        return figures is not None and figures.board >= number


class _Havoc(threading.Thread):
    """Kills the service and the receiver at random, and slows the receiver."""

    def __init__(self, site: Site, service: Service, receiver: Receiver, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self._store = AlertStore(site.redis, site.settings.site)
        self._service, self._receiver, self._chance = service, receiver, chance
        self._over = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self._over.wait(self._chance.uniform(1.5, 6.0)):
            match self._chance.choice(["service", "service", "receiver", "slow"]):
                case "service":
                    self._kill()
                    if self._chance.random() < 0.2:
                        self._over.wait(self._chance.uniform(0.1, 3.0))
                        self._kill()
                    self._await_work()
                case "receiver":
                    self._receiver.kill()
                    self._over.wait(self._chance.uniform(0.1, 2.0))
                    self._receiver.start()
                case "slow":
                    self._receiver.slow_s = self._chance.choice([0.0, 0.3, 2.5])
        self._receiver.slow_s = 0.0

    def _kill(self) -> None:
        self._service.kill()
        self.kills += 1
        self._service.start()

    def _await_work(self) -> None:
        """On a busy machine starting takes longer than the next kill does: let it get somewhere first."""
        started_ms = real_ms()
        while not self._over.wait(0.1):
            figures = self._store.figures()
            if figures is not None and figures.real_ms > started_ms:
                return

    def stop(self) -> None:
        self._over.set()
        self.join(10)


@pytest.mark.parametrize("seed", [1])
def test_a_day_of_flapping_gives_exactly_the_declared_messages(seed: int, tmp_path: Path) -> None:
    receiver = Receiver()
    receiver.start()
    with RedisNode(appendfsync="no") as redis, _stage(redis, receiver, tmp_path) as (site, model):
        day = _Day(site, model, random.Random(seed))
        with Service("alert", site.settings) as service:
            havoc = _Havoc(site, service, receiver, random.Random(seed))
            havoc.start()
            day.run(STEPS)
            havoc.stop()
            day.end(STEPS)
            outbox = Outbox(site.redis, site.settings.site)
            wait_until(lambda: not sum(outbox.waiting().values()), 120, "everything was delivered")
    received = {name for name, _ in receiver.received}
    assert havoc.kills >= 5
    assert day.declared.fired > 40
    assert day.declared.untold > 0
    assert received == day.declared.ids
    bodies = {name: {(one["kind"], one["title"], *one["alerts"]) for other, one in receiver.received if other == name}
              for name in received}  # fmt: skip
    assert all(len(one) == 1 for one in bodies.values())
