"""What 10,000 firing units cost: the judgement, what is told of them, and the scorer's ticks beside the service."""

from __future__ import annotations

import base64
import os
import random
import signal
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scoring.alerts.rules import AlertRule
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, counter_name
from scoring.definitions import Model
from scoring.evaluator import Evaluator
from streams.redis_adapters.alerts import AlertFigures, AlertStore
from streams.redis_adapters.boards import BoardMeta, Parts
from streams.redis_adapters.outbox import Outbox
from wall.definitions.apply import put_in_force
from wall.settings import Settings
from wall.supervisor import Supervisor
from wall.wiring import Site, open_site

from .figures import Figure, paired
from .site_model import tree_model
from .ticks import NOW_MS

_UNITS = 10_000
_CHANGED = 100
#: Ticks of one reading: shorter than the lease of the service, which is stopped meanwhile.
_TICKS = 25
_TICK_S = 0.1
_WAIT_S = 60.0


def measure(url: str) -> Iterator[Figure]:
    """Judging all and some units, how many messages 10,000 firing units make, and ticks with ÷ without the service."""
    random.seed(1)
    name = f"bench{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory() as folder:
        channels = Path(folder) / "channels.toml"
        # Nobody listens there: messages stay where they are counted.
        secret = f"whsec_{base64.b64encode(os.urandom(24)).decode()}"
        channels.write_text(f'[channels.team]\nwebhook = "http://127.0.0.1:9/"\nsecret = "{secret}"\nunit = "u"\n')
        settings = Settings(site=name, redis=url, topic=name, group=name, partitions=1, channels=str(channels))
        site, model = open_site(settings), _model()
        put_in_force(site, model, "bench", "bench")
        site.store.set_clock(replace(site.store.clock(), event_ms=NOW_MS, real_ms=1, speed=0.0))
        stage = _Stage.of(site, model)
        stage.publish(stage.leaves, whole=True)
        supervisor = Supervisor(settings, ["alert"])
        try:
            yield from _measured(stage, supervisor.pids()["alert"])
        finally:
            supervisor.stop()
            site.close()


def _model() -> Model:
    """A tree with 10,000 leaves, all below their target: one rule watches leaves, the other folds the whole tree."""
    below = {"kind": "threshold", "below": 50}
    shared = {"title": "", "on": below, "notify": ["channel:team"], "group_wait": 0}
    rules = [
        {"id": "leaves", "units": ["leaf"], "fold": False, "group_by": ["rule"], **shared},
        {"id": "tree", **shared},
    ]
    return tree_model(2 * _UNITS).model_copy(update={"alerts": [AlertRule.model_validate(one) for one in rules]})


@dataclass(slots=True)
class _Stage:
    """The scorer's part of a site: an evaluator and the boards that it publishes."""

    site: Site
    model: Model
    evaluator: Evaluator
    leaves: Sequence[str]
    version: int = 0

    @classmethod
    def of(cls, site: Site, model: Model) -> _Stage:
        scorecard = compile_scorecard(model)
        leaves = [node.unit.id for node in scorecard.nodes.values() if node.cells]
        evaluator = Evaluator(model, BusinessCalendar(model.calendar), NOW_MS, scorecard=scorecard)
        return cls(site, model, evaluator, leaves)

    def publish(self, units: Sequence[str], *, whole: bool = False) -> float:
        """One tick in which these units move, published; what both cost in ms."""
        moved, self.version = self._increments(units), self.version + 1
        meta = BoardMeta(self.version, NOW_MS + self.version, self.model.version, "bench")
        begun = time.perf_counter()
        self.evaluator.apply(moved)
        changes = self.evaluator.tick(NOW_MS + self.version)
        parts: Parts = {"kpis": changes.kpis, "units": changes.units, "series": changes.series}
        self.site.boards.publish(meta, parts, whole=whole)
        return (time.perf_counter() - begun) * 1000

    def ticks(self) -> float:
        """The median of some ticks, each in its slot."""
        costs = []
        for _ in range(_TICKS):
            begun = time.monotonic()
            costs.append(self.publish(random.sample(list(self.leaves), _CHANGED // 2)))
            time.sleep(max(0.0, _TICK_S - (time.monotonic() - begun)))
        return statistics.median(costs)

    def _increments(self, units: Sequence[str]) -> Increments:
        slot = BusinessCalendar(self.model.calendar).slot(NOW_MS)
        amounts: dict[str, int | str] = {}
        for unit in units:
            amounts[counter_name("good", unit, slot.hour)] = random.randint(0, 9)
            amounts[counter_name("total", unit, slot.hour)] = 50
        return {(slot.day, "add"): amounts}


def _measured(stage: _Stage, pid: int) -> Iterator[Figure]:
    settings = stage.site.settings
    store, outbox = AlertStore(stage.site.redis, settings.site), Outbox(stage.site.redis, settings.site)
    figures = _judged(store, stage.version)
    detail = f"{figures.standing} alerts stand"
    yield Figure(f"judging {_UNITS} units for the first time", figures.evaluation_ms, "ms", detail=detail)
    messages = sum(outbox.waiting().values())
    yield Figure(f"messages of {_UNITS} firing units", messages, "", at_most=10)
    costs = []
    for _ in range(5):
        stage.publish(random.sample(list(stage.leaves), _CHANGED // 2))
        costs.append(_judged(store, stage.version).evaluation_ms)
    yield Figure(f"judging when {_CHANGED // 2} of them moved", statistics.median(costs), "ms")
    yield _beside(stage, pid)


def _beside(stage: _Stage, pid: int) -> Figure:
    def without() -> float:
        os.kill(pid, signal.SIGSTOP)
        try:
            return stage.ticks()
        finally:
            os.kill(pid, signal.SIGCONT)

    ratio, ours, bare = paired(stage.ticks, without)
    detail = f"{statistics.median(ours):.1f} ms beside {statistics.median(bare):.1f} ms"
    return Figure("ticks with ÷ without the alert service", ratio, "x", at_most=1.5, detail=detail)


def _judged(store: AlertStore, board: int) -> AlertFigures:
    """How the service did with a board, once it has dealt with it."""
    deadline = time.monotonic() + _WAIT_S
    while time.monotonic() < deadline:
        figures = store.figures()
        if figures is not None and figures.board >= board:
            return figures
        time.sleep(0.02)
    raise TimeoutError(f"the alert service did not deal with board {board} within {_WAIT_S:g} s")
