"""Closing a period: its values, versions and scores frozen in the journal, signed with a digest, and provable."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.board import KpiResult, UnitScore
from scoring.calendar import BusinessCalendar, Period
from scoring.counters import Increments, merge_into
from scoring.evaluator import Evaluator
from scoring.forms import PeriodKind
from scoring.rescore import Scores
from streams.decode import CORRECTED
from streams.fold import Fold, Folded, PartitionState
from streams.records import Batch, Record
from streams.redis_adapters.site import AppliedModel

from ..definitions.history import applications
from ..journal import Entry, Journal
from ..refusal import Refused
from ..wiring import Site, fold_of
from .frozen import digest, plain, restored
from .past import Past, counted_to, fresh_evaluator
from .period_names import period_name

#: Counters that lag behind the log are waited for this long.
AWAIT_S = 10
#: Hears how many records were read.
Progress = Callable[[int], None]
CLOSED, REOPENED = "period.closed", "period.reopened"


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A frozen period: what it froze, under which application of the model, and how far the log was read.

    `digest` signs everything else but who closed it, when and why.
    """

    period: str
    kind: PeriodKind
    start_ms: int
    end_ms: int
    model: int
    model_version: str
    generation: str
    positions: Mapping[str, str]
    kpis: tuple[KpiResult, ...]
    units: tuple[UnitScore, ...]
    digest: str
    author: str
    reason: str
    at_ms: int
    reopened: str = ""

    @property
    def scores(self) -> Scores:
        """The frozen results."""
        return Scores({(one.unit, one.kpi): one for one in self.kpis}, {one.unit: one for one in self.units})


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A frozen result that would be another today, because of events that came after the freeze."""

    unit: str
    kpi: str
    frozen: KpiResult | None
    now: KpiResult | None


@dataclass(frozen=True, slots=True)
class LateEvent:
    """An event of a closed period that the log took in after the freeze."""

    partition: str
    position: str
    log_ms: int
    event_ms: int
    id: str
    source: str
    type: str


def closed_periods(journal: Journal) -> dict[str, ClosedPeriod]:
    """Every period that was ever closed, by name, as it stands now; `reopened` has the reason of one open again."""
    found: dict[str, ClosedPeriod] = {}
    for entry in journal.entries("period."):
        body = dict(entry.body)
        if entry.kind == CLOSED:
            about = {"author": entry.author, "at_ms": entry.at_ms}
            found[body["period"]] = restored({**body, **about}, ClosedPeriod)
        elif entry.kind == REOPENED and body["period"] in found:
            held = found[body["period"]]
            found[held.period] = restored({**plain(held), "reopened": body["reason"]}, ClosedPeriod)
    return found


def close_period(
    site: Site, applied: AppliedModel, period: Period, now_ms: int, author: str, reason: str
) -> ClosedPeriod:
    """Freeze a period that is over; raises `Refused` for one that still runs or is closed already."""
    calendar = BusinessCalendar(applied.model.calendar)
    name = period_name(period, calendar)
    if period.end_ms > now_ms:
        raise Refused(f"{name} still runs; close it when it is over")
    held = closed_periods(site.journal).get(name)
    if held is not None and not held.reopened:
        raise Refused(
            f"{name} is closed since {calendar.local(held.at_ms):%Y-%m-%d %H:%M}; reopen it with a reason first"
        )
    _await_counters(site, name)
    evaluator = fresh_evaluator(applied.model, calendar, period.end_ms)
    positions, increments = Past(site, applied).counted(evaluator.first_day_ms(), period.end_ms)
    evaluator.apply(increments)
    evaluator.tick(period.end_ms)
    content = _content(name, period, applied, positions, evaluator)
    body = {**content, "digest": digest(content), "reason": reason}
    entry = site.journal.append(Entry(CLOSED, time.time_ns() // 1_000_000, author, body))
    return restored({**body, "author": author, "at_ms": entry.at_ms}, ClosedPeriod)


def _await_counters(site: Site, name: str) -> None:
    """What the log holds now must be counted before it is frozen."""
    ends, deadline = {one: site.log.end(one) for one in site.log.partitions()}, time.monotonic() + AWAIT_S
    while not counted_to(site, ends):
        if time.monotonic() > deadline:
            raise Refused(f"the log is not counted to its end; close {name} when kpiwall ingest has caught up")
        time.sleep(0.1)


def _content(
    name: str, period: Period, applied: AppliedModel, positions: Mapping[str, str], evaluator: Evaluator
) -> dict[str, Any]:
    """What is signed: nothing of when or by whom it was evaluated."""
    kpis = [_timeless(plain(result)) for _, result in sorted(evaluator.kpis.items())]
    units = [_timeless(plain(score)) for _, score in sorted(evaluator.units.items())]
    return {
        "period": name, "kind": period.kind, "start_ms": period.start_ms, "end_ms": period.end_ms,
        "model": applied.number, "model_version": applied.model.version, "generation": applied.generation,
        "positions": dict(positions), "kpis": kpis, "units": units,
    }  # fmt: skip


def _timeless(result: dict[str, Any]) -> dict[str, Any]:
    return {**result, "since_ms": None}


def reopen_period(site: Site, name: str, author: str, reason: str) -> None:
    """Open a closed period again; the reason stays in the journal, as does what was frozen."""
    held = closed_periods(site.journal).get(name)
    if held is None or held.reopened:
        raise Refused(f"{name} is not closed")
    site.journal.append(Entry(REOPENED, time.time_ns() // 1_000_000, author, {"period": name, "reason": reason}))


def adjustments(
    site: Site, applied: AppliedModel, closed: ClosedPeriod, recount: Progress | None = None
) -> list[Adjustment]:
    """What a closed period would show otherwise today, under the model it was closed with.

    Where other counters are in force by now, the log is counted anew for it if `recount` hears of it, else refused.
    """
    under = _application(site, closed)
    if under.generation == applied.generation:
        evaluator = Past(site, under).at(closed.end_ms)
    elif recount is None:
        raise Refused(f"other counters are in force by now; run: kpiwall adjustments {closed.period}")
    else:
        ends = {partition: site.log.end(partition) for partition in site.log.partitions()}
        evaluator = _from_log(site, under, ends, closed.end_ms, recount)
    frozen, found = closed.scores.kpis, []
    for key in sorted(frozen.keys() | evaluator.kpis.keys()):
        before, now = frozen.get(key), evaluator.kpis.get(key)
        if before is None or now is None or (before.value, before.score) != (now.value, now.score):
            found.append(Adjustment(*key, before, now))
    return found


def late_events(site: Site, closed: ClosedPeriod, progress: Progress = lambda _: None) -> Iterator[LateEvent]:
    """The events of a closed period that came after the freeze; reads the whole log, as duplicates don't count."""
    fold = fold_of(_application(site, closed).model)
    for partition, position in closed.positions.items():
        state, late = PartitionState(), _Late(fold, closed, partition)

        def skip(batch: Batch, state: PartitionState = state) -> None:
            fold.batch(state, batch.records, batch.next_position)
            progress(len(batch.records))

        def look(batch: Batch, state: PartitionState = state, late: _Late = late) -> None:
            for record in batch.records:
                late.take(record, fold.batch(state, [record], ""))
            progress(len(batch.records))

        if position:
            site.log.read(partition, "", position, skip)
        site.log.read(partition, position, None, look)
        yield from late.found


class _Late:
    """Collects what counted for a period among records that came after its freeze."""

    def __init__(self, fold: Fold, closed: ClosedPeriod, partition: str) -> None:
        self._fold, self._closed, self._partition = fold, closed, partition
        self.found: list[LateEvent] = []

    def take(self, record: Record, folded: Folded) -> None:
        """Keep a record that was counted and lies in the period."""
        if not folded.counts.counted:
            return
        event: Any = self._fold.decode(record.value, record.headers)
        event_ms = int(event.time.timestamp() * 1000 + 0.5)
        if self._closed.start_ms <= event_ms < self._closed.end_ms:
            plan, corrects = self._fold.by_struct[type(event)]
            kind = plan.name + (CORRECTED if corrects else "")
            where = self._partition, str(record.offset), record.timestamp
            self.found.append(LateEvent(*where, event_ms, event.id, event.source, kind))


def verify_period(site: Site, closed: ClosedPeriod, progress: Progress = lambda _: None) -> str:
    """Count a closed period anew from log and history; the digest of what comes out, to be compared with its own."""
    applied = _application(site, closed)
    evaluator = _from_log(site, applied, closed.positions, closed.end_ms, progress)
    period = Period(closed.kind, closed.start_ms, closed.end_ms)
    return digest(_content(closed.period, period, applied, closed.positions, evaluator))


def _from_log(
    site: Site, applied: AppliedModel, ends: Mapping[str, str], end_ms: int, progress: Progress
) -> Evaluator:  # fmt: skip
    """Results as of a moment, from the log up to these positions and not from Redis."""
    fold, whole = fold_of(applied.model), Increments()
    for partition, position in ends.items():
        state = PartitionState()

        def take(batch: Batch, state: PartitionState = state) -> None:
            merge_into(whole, fold.batch(state, batch.records, batch.next_position).increments)
            progress(len(batch.records))

        if position:
            site.log.read(partition, "", position, take)
    evaluator = fresh_evaluator(applied.model, BusinessCalendar(applied.model.calendar), end_ms)
    evaluator.apply(whole)
    evaluator.tick(end_ms)
    return evaluator


def _application(site: Site, closed: ClosedPeriod) -> AppliedModel:
    return next(one for one in applications(site.journal) if one.number == closed.model)
