"""The scorer: follows the counters, evaluates what moved, publishes the board."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scoring.board import SourceState
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments
from scoring.editions import edition_dates
from scoring.evaluator import Changes, Evaluator
from scoring.freshness import source_state
from scoring.scorecard import Scorecard
from scoring.tables import TableRows, kept_from_ms
from streams.records import Log, caught_up
from streams.redis_adapters.boards import BoardMeta, BoardStore, Parts
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.counters import CounterStore
from streams.redis_adapters.site import AppliedModel, Clock, SiteStore

from .forecaster import Forecaster
from .memory import settle

log = logging.getLogger(__name__)

#: The slot of a tick: everything that moved within it is evaluated together.
TICK_MS = 100
#: A board is published at least this often, so that its age tells whether the scorer lives.
HEARTBEAT_MS = 1000
#: Fresh counters are waited for this long; what they lack after that comes as increments like everything else.
AWAIT_S = 15


class _LostTrack(Exception):
    """The increments at hand do not follow on from the counters read; they must be read again."""


@dataclass(slots=True)
class TickFigures:
    """What ticks have cost, for the metrics page."""

    ticks: int = 0
    missed: int = 0
    last_ms: float = 0.0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one load built: evaluators for now and for yesterday's end, the rows of tables, and what forecasts."""

    now: Evaluator
    yesterday: Evaluator
    tables: TableRows
    forecaster: Forecaster


class Scorer:
    """Keeps one board current until told to stop; any loss of Redis ends in reading the counters again.

    It follows the model in force: a change of weights, targets or methods is scored where it matters, anything that
    reads other counters by reading them anew.
    """

    def __init__(
        self,
        site: SiteStore,
        counters_of: Callable[[str], CounterStore],
        boards: BoardStore,
        applied: AppliedModel,
        partitions: list[str],
        record_log: Log,
        stopping: Callable[[], bool],
    ) -> None:
        self._site = site
        self._counters_of = counters_of
        self._boards = boards
        self._partitions = partitions
        self._log = record_log
        self._stopping = stopping
        self._owner = uuid.uuid4().hex
        self._clock = Clock()
        self._positions: dict[str, str] = {}
        self._entries: dict[str, bytes] = {}
        self._newest: dict[str, int] = {}
        self._day_ends_ms = 0
        self._version = 0
        self._epoch = ""
        self._sources: dict[str, SourceState] = {}
        self.figures = TickFigures()
        self._take_over(applied)

    def _take_over(self, applied: AppliedModel) -> None:
        self._applied = applied
        self._model = applied.model
        self._calendar = BusinessCalendar(applied.model.calendar)
        self._counters = self._counters_of(applied.generation)

    def run(self) -> None:
        """Publish boards until `stopping`."""
        while not self._stopping():
            try:
                if not self._site.hold_lease(self._owner):
                    time.sleep(0.5)
                    continue
                self._take_over(self._site.model() or self._applied)
                self._follow(self._load())
            except _LostTrack as lost:
                log.info("%s; reading the counters again", lost)
            except StoreUnavailable as outage:
                log.warning("%s; trying again", outage)
                time.sleep(0.5)
        try:
            self._site.drop_lease(self._owner)
        except StoreUnavailable as outage:
            log.warning("%s; the lease runs out by itself", outage)

    def _load(self) -> _Standing:
        """Evaluators for now and for yesterday's end, fed from the counters; publishes the whole board."""
        self._await_counters()
        self._clock = self._site.clock()
        now_ms = self._clock.now_ms()
        today = self._calendar.period_at("day", now_ms)
        self._day_ends_ms = today.end_ms
        evaluator = Evaluator(self._model, self._calendar, now_ms)
        before = self._scorecard(today.start_ms - 1, evaluator.scorecard, evaluator.scorecard)
        yesterday = Evaluator(
            self._model, self._calendar, today.start_ms - 1, until_ms=today.start_ms, scorecard=before
        )
        first_ms = min(evaluator.first_day_ms(), yesterday.first_day_ms())
        standing = _Standing(
            evaluator, yesterday, TableRows(self._model.tables), Forecaster(evaluator, self._calendar)
        )  # fmt: skip
        self._read_counters(standing, first_ms, now_ms)
        self._publish_whole(standing, now_ms, today.start_ms)
        settle()
        return standing

    def _read_counters(self, standing: _Standing, first_ms: int, now_ms: int) -> None:
        first_day = self._calendar.slot(first_ms).day
        rows_from = self._calendar.slot(kept_from_ms(self._model.tables, now_ms)).day
        self._newest = {}
        for partition in self._partitions:
            position, entry, increments = self._counters.snapshot(partition, first_day, rows_from=rows_from)
            self._positions[partition], self._entries[partition] = position, entry
            self._take(increments, standing)

    def _scorecard(self, at_ms: int, today: Scorecard, former: Scorecard) -> Scorecard:
        """The scorecard of another day, made from a former one of it; today's while nothing depends on the day."""
        dated = self._model.changes or self._model.gates or edition_dates(self._model)
        return compile_scorecard(self._model, self._calendar.business_date(at_ms), former) if dated else today

    def _await_counters(self) -> None:
        """On other counters than the last board's, wait until they are as far, so that no number goes back."""
        meta = self._boards.meta()
        if meta is None or meta.generation in ("", self._applied.generation):
            return
        deadline = time.monotonic() + AWAIT_S
        while not self._caught_up(meta.positions) and not self._stopping():
            if time.monotonic() > deadline:
                log.warning("the new counters are still behind the last board after %s s", AWAIT_S)
                return
            if not self._site.hold_lease(self._owner):
                raise _LostTrack("another scorer publishes")
            time.sleep(0.1)

    def _caught_up(self, targets: Mapping[str, str]) -> bool:
        return caught_up(self._log, self._counters.positions(targets), targets)

    def _take(self, increments: Increments, standing: _Standing) -> None:
        for (_, operation), amounts in increments.items():
            for name, amount in amounts.items() if operation == "max" else ():
                if name[0] == "@":
                    event_type = name[1:].split("|", 1)[0]
                    self._newest[event_type] = max(self._newest.get(event_type, 0), int(amount))
        standing.now.apply(increments)
        standing.yesterday.apply(increments)
        standing.tables.apply(increments)

    def _publish_whole(self, standing: _Standing, now_ms: int, today_ms: int) -> None:
        former = self._boards.load()
        before = Changes(former[0].kpis, former[0].units) if former else None
        meta = self._boards.meta()
        self._version = meta.version if meta else 0
        self._epoch = uuid.uuid4().hex[:8]
        standing.now.tick(now_ms, before)
        standing.yesterday.tick(today_ms)
        standing.tables.tick(now_ms)
        self._sources = self._source_states(now_ms)
        parts: Parts = {
            "kpis": standing.now.kpis,
            "units": standing.now.units,
            "series": standing.now.series,
            "sources": self._sources,
            "yesterday_kpis": standing.yesterday.kpis,
            "yesterday_units": standing.yesterday.units,
            "rows": standing.tables.rows,
        }
        self._publish(now_ms, parts, whole=True)

    def _follow(self, standing: _Standing) -> None:
        """Tick by slots until a period or the day ends, the track is lost, or the model needs other counters."""
        slot = time.monotonic_ns() // 1_000_000
        beaten_ms = looked_ms = slot
        dirty = False
        while not self._stopping():
            dirty |= self._listen(standing, self._wait_ms(slot, dirty))
            real_ms = time.monotonic_ns() // 1_000_000
            if real_ms - looked_ms >= HEARTBEAT_MS:
                looked_ms = real_ms
                if self._site.clock() != self._clock:
                    return
                if not self._site.hold_lease(self._owner):
                    raise _LostTrack("another scorer publishes")
                applied = self._site.model()
                if applied is not None and applied.applied_ms != self._applied.applied_ms:
                    if not self._adopt(applied, standing):
                        return
                    dirty = True
            now_ms = self._clock.now_ms()
            if now_ms >= min(standing.now.ends_ms, self._day_ends_ms):
                return
            if real_ms < slot + TICK_MS or not (dirty or real_ms - beaten_ms >= HEARTBEAT_MS):
                continue
            self.figures.missed += max(0, (real_ms - slot) // TICK_MS - 1) if dirty else 0
            slot = real_ms - (real_ms - slot) % TICK_MS
            beaten_ms, dirty = real_ms, False
            self._tick(standing, now_ms)

    def _adopt(self, applied: AppliedModel, standing: _Standing) -> bool:
        """Score on under another model that reads the same counters; False if they must be read anew."""
        model = applied.model
        same = model.calendar == self._model.calendar and model.tables == self._model.tables
        if applied.generation != self._applied.generation or not same:
            return False
        self._take_over(applied)
        today_ms = self._day_starts_ms()
        now = compile_scorecard(self._model, self._calendar.business_date(today_ms), standing.now.scorecard)
        before = self._scorecard(today_ms - 1, now, standing.yesterday.scorecard)
        adopted = standing.now.adopt(now) and standing.yesterday.adopt(before)
        log.info("model %s is in force%s", applied.model.version, "" if adopted else "; reading the counters again")
        return adopted

    def _wait_ms(self, slot: int, dirty: bool) -> int:
        """Until the slot ends where something moved, else until the slot after it."""
        left = slot + TICK_MS - time.monotonic_ns() // 1_000_000
        return max(1, left if dirty else left + TICK_MS)

    def _listen(self, standing: _Standing, timeout_ms: int) -> bool:
        """Take in the batches applied since; True if there were any."""
        moved = self._counters.moved(self._entries, timeout_ms)
        for partition, batches in moved.items():
            for batch in batches:
                if batch.start != self._positions[partition]:
                    raise _LostTrack(
                        f"{partition}: increments from {batch.start!r}, read to {self._positions[partition]!r}"
                    )
                self._positions[partition], self._entries[partition] = batch.end, batch.entry_id
                self._take(batch.increments, standing)
        return bool(moved)

    def _tick(self, standing: _Standing, now_ms: int) -> None:
        begun = time.perf_counter()
        changes, former = standing.now.tick(now_ms), standing.yesterday.tick(self._day_starts_ms())
        sources = {key: state for key, state in self._source_states(now_ms).items() if self._sources.get(key) != state}
        self._sources.update(sources)
        self.figures.ticks += 1
        self.figures.changed = len(changes.kpis)
        self.figures.last_ms = (time.perf_counter() - begun) * 1000
        ahead = standing.forecaster.step(now_ms)
        parts: Parts = {
            "kpis": changes.kpis,
            "units": changes.units,
            "series": changes.series,
            "sources": sources,
            "yesterday_kpis": former.kpis,
            "yesterday_units": former.units,
            "forecasts": ahead.kpis,
            "unit_forecasts": ahead.units,
            "rows": standing.tables.tick(now_ms),
        }
        self._publish(now_ms, parts, whole=False)

    def _day_starts_ms(self) -> int:
        return self._calendar.period_at("day", self._day_ends_ms - 1).start_ms

    def _publish(self, now_ms: int, parts: Parts, *, whole: bool) -> None:
        self._version += 1
        meta = BoardMeta(
            self._version, now_ms, self._model.version, self._epoch, self.figures.last_ms,
            self._applied.generation, self._positions,
        )  # fmt: skip
        self._boards.publish(meta, parts, whole=whole)

    def _source_states(self, now_ms: int) -> dict[str, SourceState]:
        newest: dict[str, int] = {}
        for event in self._model.events:
            if event.type in self._newest:
                newest[event.source] = max(newest.get(event.source, 0), self._newest[event.type])
        return {
            source.id: source_state(source, self._calendar, newest.get(source.id), now_ms)
            for source in self._model.sources
        }
