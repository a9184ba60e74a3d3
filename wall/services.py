"""The long-running services: ingest and score; each follows the model in force and ends gracefully."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from streams.ingest import Ingest
from streams.records import LogUnavailable, Source
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import AppliedModel, ReaderReport

from .backfill import Backfill
from .scorer import Scorer
from .wiring import Site, fold_of

log = logging.getLogger(__name__)

_REPORT_S = 1.0


def stop_on_signals() -> Callable[[], bool]:
    """A question that turns true once SIGTERM or SIGINT has come."""
    stop = threading.Event()

    def handle(number: int, _: FrameType | None) -> None:
        log.info("%s: finishing", signal.Signals(number).name)
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, handle)
    return stop.is_set


class _Followed:
    """Turns true when the service should stop, or the model in force is another one; asks at most once a second.

    A model that Redis has lost is another one, too: the service then gets it from the journal.
    """

    def __init__(self, site: Site, applied: AppliedModel, stopping: Callable[[], bool]) -> None:
        self._site = site
        self._applied = applied
        self._stopping = stopping
        self._asked = time.monotonic()
        self._changed = False

    def __call__(self) -> bool:
        if not self._changed and time.monotonic() - self._asked > _REPORT_S:
            self._asked = time.monotonic()
            with contextlib.suppress(StoreUnavailable):
                current = self._site.store.model()
                self._changed = current is None or current.number != self._applied.number
        return self._changed or self._stopping()


def ingest(site: Site, stopping: Callable[[], bool]) -> None:
    """Fold the log into counters until told to stop; beside it fill those of the next model, if there is one."""
    with Backfill(site, stopping) as backfill:
        while (applied := site.applied(stopping)) is not None:
            source = _source(site, stopping)
            if source is None:
                return
            _ingest(site, applied, source, backfill)


def _ingest(site: Site, applied: AppliedModel, source: Source, backfill: Backfill) -> None:
    """Fold the log for one model in force."""
    followed = _Followed(site, applied, backfill.ending)
    run = Ingest(source, fold_of(applied.model), site.counters(applied.generation), followed)
    log.info("ingest: model %s %s", applied.model.name, applied.model.version)
    report = _Reporter(site, source, run)

    def each_round() -> None:
        report()
        if source.assigned():
            backfill.live_generation = applied.generation

    try:
        run.run(each_round)
    finally:
        with contextlib.suppress(StoreUnavailable, LogUnavailable):
            source.close()


def _source(site: Site, stopping: Callable[[], bool]) -> Source | None:
    while not stopping():
        try:
            return site.source()
        except (StoreUnavailable, LogUnavailable) as outage:
            log.warning("%s; trying again", outage)
            time.sleep(1)
    return None


class _Reporter:
    """Once a second tells the site how this reader does."""

    def __init__(self, site: Site, source: Source, run: Ingest) -> None:
        self._site = site
        self._source = source
        self._run = run
        self._at = time.monotonic()
        self._records = 0
        self._member = f"{id(self):x}-{time.time_ns():x}"

    def __call__(self) -> None:
        passed_s = time.monotonic() - self._at
        if passed_s < _REPORT_S:
            return
        progress = self._run.progress
        rate = (progress.counts.records - self._records) / passed_s
        self._at, self._records = time.monotonic(), progress.counts.records
        with contextlib.suppress(StoreUnavailable, LogUnavailable):
            now_ms = time.time_ns() // 1_000_000
            self._site.store.report_reader(
                ReaderReport(self._member, now_ms, self._source.lag(), rate, progress.conflicts, progress.outages)
            )


def score(site: Site, stopping: Callable[[], bool]) -> None:
    """Keep the board current until told to stop."""
    applied = site.applied(stopping)
    if applied is not None:
        partitions = site.partitions(stopping)
        log.info("score: model %s %s", applied.model.name, applied.model.version)
        Scorer(site.store, site.counters, site.boards, applied, partitions, site.log, stopping).run()
