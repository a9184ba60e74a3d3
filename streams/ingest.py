"""The ingest loop: poll, fold, apply. One batch is applied while the next is polled and folded."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from .fold import Counts, Fold, PartitionState
from .records import LogUnavailable, Source
from .redis_adapters.connection import StoreUnavailable
from .redis_adapters.counters import CounterStore, OffsetConflict

log = logging.getLogger(__name__)

_POLL_S = 0.1
_FIRST_BACKOFF_S = 0.2
_LONGEST_BACKOFF_S = 5.0


@dataclass(slots=True)
class Progress:
    """What this reader has done since it started."""

    counts: Counts = field(default_factory=Counts)
    batches: int = 0
    conflicts: int = 0
    outages: int = 0


class Ingest:
    """Reads a source into a counter store until told to stop; survives the loss of either."""

    def __init__(self, source: Source, fold: Fold, store: CounterStore, stopping: Callable[[], bool]) -> None:
        self._source = source
        self._fold = fold
        self._store = store
        self._stopping = stopping
        self._states: dict[str, PartitionState] = {}
        self._applier = ThreadPoolExecutor(max_workers=1, thread_name_prefix="apply")
        self._applying: tuple[Counts, Future[None]] | None = None
        self._backoff_s = _FIRST_BACKOFF_S
        self.progress = Progress()

    def run(self, each_round: Callable[[], None] = lambda: None) -> None:
        """Ingest until `stopping`; a graceful end applies what was folded."""
        try:
            while not self._stopping():
                self._guarded(self._round)
                each_round()
            self._guarded(self._settle)
        finally:
            self._applier.shutdown()

    def _round(self) -> None:
        batches = self._source.poll(_POLL_S)
        adopted = self._adopt()
        for batch in batches:
            state = self._states.get(batch.partition)
            if batch.partition in adopted or state is None:
                continue
            if batch.start != state.position:
                raise OffsetConflict(f"{batch.partition}: read from {batch.start!r}, counted to {state.position!r}")
            folded = self._fold.batch(state, batch.records, batch.next_position)
            self._settle()
            applying = self._applier.submit(self._store.apply, batch.partition, folded)
            self._applying = (folded.counts, applying)
        if not batches:
            self._settle()

    def _adopt(self) -> set[str]:
        """Take over new partitions where the counters stand; records polled before that are not theirs."""
        assigned = self._source.assigned()
        for gone in self._states.keys() - assigned:
            del self._states[gone]
        fresh = set(assigned - self._states.keys())
        if fresh:
            self._settle()
        for partition in fresh:
            state = self._store.state(partition)
            self._source.seek(partition, state.position)
            self._states[partition] = state
        return fresh

    def _settle(self) -> None:
        """Wait for the batch being applied."""
        if self._applying is None:
            return
        counts, applying = self._applying
        self._applying = None
        applying.result()
        self.progress.batches += 1
        self._backoff_s = _FIRST_BACKOFF_S
        for name in Counts.__slots__:
            total = self.progress.counts
            setattr(total, name, getattr(total, name) + getattr(counts, name))

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except OffsetConflict as conflict:
            self.progress.conflicts += 1
            self._forget()
            log.warning("refused: %s; reading on from there", conflict)
        except (StoreUnavailable, LogUnavailable) as outage:
            self._back_off(outage)

    def _forget(self) -> None:
        """Drop all that was read or folded and may not have been applied; every partition is adopted anew."""
        if self._applying is not None:
            self._applying[1].exception()
            self._applying = None
        self._states.clear()

    def _back_off(self, outage: Exception) -> None:
        """Wait, and start from the stored positions again."""
        self.progress.outages += 1
        wait_s = self._backoff_s * random.uniform(0.5, 1.5)
        log.warning("%s; trying again in %.1f s", outage, wait_s)
        self._forget()
        self._backoff_s = min(2 * self._backoff_s, _LONGEST_BACKOFF_S)
        self._source.pause()
        until = time.monotonic() + wait_s
        while time.monotonic() < until and not self._stopping():
            self._idle(min(0.2, until - time.monotonic()))
        self._source.resume()

    def _idle(self, seconds: float) -> None:
        """Keep the group's membership alive while nothing can be applied."""
        begun = time.monotonic()
        with contextlib.suppress(StoreUnavailable, LogUnavailable):
            self._source.poll(0)
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
