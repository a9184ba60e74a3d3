"""Fill the counters of the next model from the log's beginning, and put it in force once they are as far as the old.

Runs in a thread beside the live ingest, in a consumer group of its own, so that several processes share the work.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from streams.ingest import Ingest
from streams.records import LogUnavailable, caught_up
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import AppliedModel

from .wiring import Site, fold_of

log = logging.getLogger(__name__)

_ASK_S = 0.3
#: Counters that reach, within so long, the positions of the live ones count as caught up; both move on all the time.
_CLOSE_S = 2.0
#: After the switch the filling goes on until the live ingest of this process reads the new generation, at most so long.
_HANDOVER_S = 15.0
_TELL_S = 5.0


@dataclass(frozen=True, slots=True)
class Filling:
    """How far one partition of the next generation is filled, in records; `total` is what the one in force counted."""

    partition: str
    done: int
    total: int


def filling(site: Site) -> list[Filling]:
    """How far the next generation is filled, by partition; empty where there is none."""
    following, in_force = site.store.following(), site.store.model()
    if following is None or in_force is None:
        return []
    fresh, old = site.counters(following.generation), site.counters(in_force.generation)
    found = []
    for partition in site.log.partitions():
        done, total = (int(one.counts(partition).get("records", 0)) for one in (fresh, old))
        found.append(Filling(partition, done, max(done, total)))
    return found


class Backfill:
    """The filling thread of one ingest process."""

    def __init__(self, site: Site, stopping: Callable[[], bool]) -> None:
        self._site = site
        self._stopping = stopping
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backfill", daemon=True)
        self.live_generation = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def ending(self) -> bool:
        """Whether the process ends."""
        return self._ended.is_set() or self._stopping()

    def _run(self) -> None:
        while not self.ending():
            try:
                following = self._site.store.following()
                if following is None:
                    self._ended.wait(_ASK_S)
                else:
                    self._fill(following)
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("backfill: %s; trying again", outage)
                self._ended.wait(1)
            except Exception:
                log.exception("backfill failed; it starts again where its counters stand")
                self._ended.wait(5)

    def _fill(self, following: AppliedModel) -> None:
        log.info("backfill: counting the log for model %s", following.model.version)
        source = self._site.source(self._site.group_of(following.generation))
        counters = self._site.counters(following.generation)
        run = Ingest(source, fold_of(following.model), counters, _Until(self._site, following, self))
        try:
            run.run(_Promoter(self._site, following))
        finally:
            with contextlib.suppress(StoreUnavailable, LogUnavailable):
                source.close()


class _Until:
    """Turns true when the filling is over: the process ends, another model is next, or the live ingest took over."""

    def __init__(self, site: Site, following: AppliedModel, backfill: Backfill) -> None:
        self._site = site
        self._filled = following
        self._backfill = backfill
        self._asked = time.monotonic()
        self._over = False
        self._switched: float | None = None

    def __call__(self) -> bool:
        if not self._over and time.monotonic() - self._asked > _ASK_S:
            self._asked = time.monotonic()
            with contextlib.suppress(StoreUnavailable):
                self._over = self._look()
        return self._over or self._backfill.ending()

    def _look(self) -> bool:
        following, in_force = self._site.store.following(), self._site.store.model()
        if following is not None and following.number == self._filled.number:
            return False
        if in_force is None or in_force.generation != self._filled.generation:
            return True
        self._switched = self._switched or time.monotonic()
        taken_over = self._backfill.live_generation == self._filled.generation
        return taken_over or time.monotonic() - self._switched > _HANDOVER_S


class _Promoter:
    """Between batches looks whether the next generation is as far as the one in force, and switches over.

    The live counters move on while one looks, so the positions to reach are asked first, and the reaching counts only
    if it came soon after.
    """

    def __init__(self, site: Site, following: AppliedModel) -> None:
        self._site = site
        self._following = following
        self._targets: Mapping[str, str] = {}
        self._targets_at = self._looked = self._told = float("-inf")
        self._done = False

    def __call__(self) -> None:
        now = time.monotonic()
        if self._done or now - self._looked < _ASK_S:
            return
        self._looked = now
        with contextlib.suppress(StoreUnavailable, LogUnavailable):
            in_force = self._site.store.model()
            if in_force is None or in_force.number >= self._following.number:
                return
            if self._reached():
                if now - self._targets_at < _CLOSE_S:
                    self._switch(in_force)
                self._ask(in_force)
            elif now - self._told > _TELL_S:
                self._tell(now)

    def _reached(self) -> bool:
        positions = self._site.counters(self._following.generation).positions(self._targets)
        return caught_up(self._site.log, positions, self._targets)

    def _ask(self, in_force: AppliedModel) -> None:
        self._targets_at = time.monotonic()
        self._targets = self._site.counters(in_force.generation).positions(self._site.log.partitions())

    def _switch(self, in_force: AppliedModel) -> None:
        if not self._site.store.promote(in_force, self._following):
            return
        self._done = True
        log.info("model %s is in force: its counters are filled", self._following.model.version)
        drop_generations(self._site, former=False)

    def _tell(self, now: float) -> None:
        self._told = now
        found = filling(self._site)
        done, total = sum(one.done for one in found), sum(one.total for one in found)
        log.info("backfill: %s of %s records", done, total)


def drop_generations(site: Site, *, former: bool) -> list[str]:
    """Delete the counters of generations that nothing needs any more; of the one in force before, only if asked to."""
    in_force, following = site.store.model(), site.store.following()
    if in_force is None:
        return []
    kept = {in_force.generation, following.generation if following else "", "" if former else in_force.former}
    dropped = [one for one in site.store.generations() if one not in kept]
    for generation in dropped:
        for partition in site.log.partitions():
            site.counters(generation).drop(partition)
        site.store.forget_generation(generation, site.group_of(generation))
    return dropped
