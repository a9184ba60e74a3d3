"""Fold a batch of records into increments: pure, deterministic, the same online, in an audit and in a rebuild.

What a record counts for depends on the model and on the records before it in its partition, never on a clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoring.calendar import MINUTE_MS, BusinessCalendar
from scoring.counters import Increments, merged
from scoring.definitions import Model

from .decode import Decoder, Event, Refused
from .plans import Plan, plans
from .records import Record

#: Ids are remembered in this many buckets of the duplicate window (and forgotten a whole bucket at a time).
ID_BUCKETS = 4
#: How much of a refused record a dead letter keeps; the whole of it stays in the log at its position.
EXCERPT_BYTES = 2048


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A refused record: where it is, why, and how it begins."""

    position: str
    timestamp_ms: int
    code: str
    reason: str
    excerpt: bytes


@dataclass(slots=True)
class Counts:
    """What became of records; every record is in exactly one of counted, duplicates and dead."""

    records: int = 0
    counted: int = 0
    duplicates: int = 0
    dead: int = 0
    late: int = 0
    corrections: int = 0


@dataclass(slots=True)
class PartitionState:
    """What the fold remembers of a partition; stored with the counters in the same atomic step."""

    position: str = ""
    log_ms: int = 0
    newest_ms: int = 0
    ids: dict[int, list[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Folded:
    """The effect of one batch: to be applied whole or not at all."""

    expected: str
    next_position: str
    increments: Increments
    dead: list[DeadLetter]
    counts: Counts
    new_ids: dict[int, list[str]]
    forget: list[int]
    log_ms: int
    newest_ms: int


class Fold:
    """Folds records of one model; holds no partition's state, only caches of the model."""

    def __init__(self, model: Model, calendar: BusinessCalendar) -> None:
        decoder = Decoder(model)
        self.decode = decoder.decode
        self._calendar = calendar
        self._plans = plans(model)
        self._by_struct = {
            struct: (self._plans[declared.type], corrects) for struct, (declared, corrects) in decoder.types.items()
        }
        self._units = frozenset(unit.id for unit in model.units)
        accept = model.accept
        self._after_ms, self._before_ms = _midnight_ms(accept.after), _midnight_ms(accept.before)
        self._ahead_ms = accept.ahead * 1000
        self._late_ms = accept.late_after * 1000
        self._id_bucket_ms = max(1, accept.duplicate_window * 1000 // ID_BUCKETS)

    def batch(self, state: PartitionState, records: Sequence[Record], next_position: str) -> Folded:
        """The effect of `records` after `state`; `state` becomes the state after them."""
        run = _Run(self, state, next_position)
        for record in records:
            run.take(record)
        return run.finish(len(records))


class _Run:
    """One pass over a batch."""

    def __init__(self, fold: Fold, state: PartitionState, next_position: str) -> None:
        self._fold = fold
        self._state = state
        self._groups: dict[tuple[str, str, int], list[Any]] = {}
        self._out = Folded(state.position, next_position, {}, [], Counts(), {}, [], state.log_ms, state.newest_ms)
        self._id_bucket = state.log_ms // fold._id_bucket_ms
        self._fresh = self._out.new_ids.setdefault(self._id_bucket, [])

    def take(self, record: Record) -> None:
        """Count one record, or keep it as a dead letter."""
        state = self._state
        if record.timestamp > state.log_ms:
            self._advance(record.timestamp)
        try:
            event = self._fold.decode(record.value, record.headers)
            event_ms = self._accepted_ms(event, record)
            identity = f"{event.source} {event.id}"
            if identity in state.seen:
                self._out.counts.duplicates += 1
                return
            self._count(event, event_ms)
        except Refused as refused:
            self._bury(record, refused)
        else:
            state.seen.add(identity)
            self._fresh.append(identity)
            if event_ms > state.newest_ms:
                state.newest_ms = event_ms
            elif event_ms < state.newest_ms - self._fold._late_ms:
                self._out.counts.late += 1

    def _accepted_ms(self, event: Event, record: Record) -> int:
        fold, event_ms = self._fold, round(event.time.timestamp() * 1000)
        if not fold._after_ms <= event_ms < fold._before_ms:
            raise Refused("absurd_time", f"time {event.time.isoformat()} is outside accept.after to accept.before")
        if event_ms > record.timestamp + fold._ahead_ms:
            raise Refused("absurd_time", f"time {event.time.isoformat()} lies ahead of its entry into the log")
        return event_ms

    def _count(self, event: Event, event_ms: int) -> None:
        plan, corrects = self._fold._by_struct[type(event)]
        data: Any = event.data  # type: ignore[attr-defined]
        if not corrects:
            held = self._held(plan, data, event_ms)
            try:
                plan.add(data, held, 1, event_ms)
            except (ValueError, ArithmeticError) as error:
                raise Refused("invalid", str(error)) from None
            return
        self._correct(plan, data, event_ms)

    def _correct(self, plan: Plan, data: Any, event_ms: int) -> None:
        """Take `before` back and count `after`; tried on copies, so that a refused correction leaves nothing."""
        if not plan.correctable:
            raise Refused(
                "not_correctable", f"{plan.event_type.type} feeds a min, max or last metric; these can't be taken back"
            )
        sides = [(data.before, -1)] + ([(data.after, 1)] if data.after is not None else [])
        try:
            for side, sign in sides:
                self._known_unit(plan, side)
                plan.add(side, plan.new(), sign, event_ms)
        except (ValueError, ArithmeticError) as error:
            raise Refused("invalid", str(error)) from None
        for side, sign in sides:
            plan.add(side, self._held(plan, side, event_ms), sign, event_ms)
        self._out.counts.corrections += 1

    def _held(self, plan: Plan, data: Any, event_ms: int) -> list[Any]:
        """The accumulator of the event's type, unit and bucket."""
        unit = self._known_unit(plan, data)
        slot = self._fold._calendar.slot(event_ms - event_ms % MINUTE_MS)
        key = (plan.event_type.type, unit, slot.bucket_ms(plan.bucket))
        held = self._groups.get(key)
        if held is None:
            held = self._groups[key] = plan.new()
        return held

    def _known_unit(self, plan: Plan, data: Any) -> str:
        unit = plan.unit(data)
        if unit not in self._fold._units:
            raise Refused("unknown_unit", f"unit {unit!r} is not in the model (org.yaml)")
        return unit

    def _advance(self, log_ms: int) -> None:
        """Move the log's clock; ids older than the window are forgotten a bucket at a time."""
        state = self._state
        state.log_ms = log_ms
        bucket = log_ms // self._fold._id_bucket_ms
        if bucket == self._id_bucket:
            return
        self._keep_fresh()
        self._id_bucket = bucket
        for old in [held for held in state.ids if held < bucket - ID_BUCKETS]:
            state.seen.difference_update(state.ids.pop(old))
            self._out.forget.append(old)
        self._fresh = self._out.new_ids.setdefault(bucket, [])

    def _keep_fresh(self) -> None:
        self._state.ids.setdefault(self._id_bucket, []).extend(self._fresh)

    def _bury(self, record: Record, refused: Refused) -> None:
        excerpt = (record.value or b"")[:EXCERPT_BYTES]
        self._out.dead.append(DeadLetter(str(record.offset), record.timestamp, refused.code, str(refused), excerpt))

    def finish(self, records: int) -> Folded:
        """The batch's effect, and the state moved on past it."""
        self._keep_fresh()
        out, state = self._out, self._state
        counts = out.counts
        counts.records, counts.dead = records, len(out.dead)
        counts.counted = records - counts.dead - counts.duplicates
        for (event_type, unit, bucket_ms), held in self._groups.items():
            slot = self._fold._calendar.slot(bucket_ms)
            for group, name, amount in self._fold._plans[event_type].counters(unit, slot, held):
                amounts = out.increments.setdefault(group, {})
                former = amounts.get(name)
                amounts[name] = amount if former is None else merged(group[1], former, amount)
        state.position, out.log_ms, out.newest_ms = out.next_position, state.log_ms, state.newest_ms
        return out


def _midnight_ms(date: dt.date) -> int:
    return int(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp() * 1000)
