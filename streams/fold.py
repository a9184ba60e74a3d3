"""Fold a batch of records into increments: pure, deterministic, the same online, in an audit and in a rebuild.

What a record counts for depends on the model and on the records before it in its partition, never on a clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoring.calendar import MINUTE_MS, BusinessCalendar
from scoring.counters import Increments
from scoring.definitions import Model

from .decode import Decoder, Event, Refused
from .plans import Plan, plans
from .records import Record
from .rows import correction_rank

#: Ids are remembered in this many buckets of the duplicate window (and forgotten a whole bucket at a time).
ID_BUCKETS = 4
#: How much of a refused record a dead letter keeps; the whole of it stays in the log at its position.
EXCERPT_BYTES = 2048
#: How much of a reason it keeps: a reason may quote what was sent.
REASON_CHARACTERS = 500
#: Minutes whose buckets are remembered: two months, about 10 MB.
_MINUTES_KEPT = 100_000


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
    """Folds records of one model; holds no partition's state, only what follows from the model."""

    def __init__(self, model: Model, calendar: BusinessCalendar) -> None:
        decoder = Decoder(model)
        self.decode = decoder.decode
        self.calendar = calendar
        self.plans = plans(model)
        self.by_struct = {
            struct: (self.plans[declared.type], corrects) for struct, (declared, corrects) in decoder.types.items()
        }
        self.buckets: dict[int, tuple[int, int, int]] = {}
        self.units = frozenset(unit.id for unit in model.units)
        accept = model.accept
        self.after_ms, self.before_ms = _midnight_ms(accept.after), _midnight_ms(accept.before)
        self.ahead_ms = accept.ahead * 1000
        self.late_ms = accept.late_after * 1000
        self.id_bucket_ms = max(1, accept.duplicate_window * 1000 // ID_BUCKETS)

    def batch(self, state: PartitionState, records: Sequence[Record], next_position: str) -> Folded:
        """The effect of `records` after `state`; `state` becomes the state after them."""
        run = _Run(self, state, next_position)
        run.take(records)
        return run.finish()

    def slot(self, minute: int) -> tuple[int, int, int]:
        """The buckets of a minute since the epoch (minute, hour, day), remembered for the minutes at hand."""
        if len(self.buckets) > _MINUTES_KEPT:
            self.buckets.clear()
        slot = self.calendar.slot(minute * MINUTE_MS)
        self.buckets[minute] = found = (slot.minute, slot.hour, slot.day_start)
        return found

    def key(self, record: Record) -> str:
        """The key under which a record belongs into the log: its unit, so that a unit's events stay in order.

        What can't be decoded goes by its own bytes; a repeated one then still meets the first on its partition.
        """
        try:
            event: Any = self.decode(record.value, record.headers)
            plan, corrects = self.by_struct[type(event)]
            return plan.unit(event.data.before if corrects else event.data)
        except Refused:
            return hashlib.sha256(record.value or b"").hexdigest()


class _Run:
    """One pass over a batch."""

    def __init__(self, fold: Fold, state: PartitionState, next_position: str) -> None:
        self._fold = fold
        self._state = state
        self._groups: dict[tuple[str, str, int], list[Any]] = {}
        self._out = Folded(state.position, next_position, {}, [], Counts(), {}, [], state.log_ms, state.newest_ms)
        self._id_bucket = state.log_ms // fold.id_bucket_ms
        self._fresh = self._out.new_ids.setdefault(self._id_bucket, [])

    def take(self, records: Sequence[Record]) -> None:
        """Count each record, or keep it as a dead letter."""
        fold, state, groups, seen = self._fold, self._state, self._groups, self._state.seen
        decode, by_struct, units, buckets = fold.decode, fold.by_struct, fold.units, fold.buckets
        after_ms, before_ms, ahead_ms, late_ms = fold.after_ms, fold.before_ms, fold.ahead_ms, fold.late_ms
        fresh = self._fresh
        duplicates = late = 0
        for record in records:
            try:
                if record.timestamp > state.log_ms:
                    fresh = self._advance(record.timestamp)
                event: Any = decode(record.value, record.headers)
                event_ms = int(event.time.timestamp() * 1000 + 0.5)
                if not after_ms <= event_ms < before_ms or event_ms > record.timestamp + ahead_ms:
                    raise _absurd(event)
                identity = f"{len(event.source)} {event.source} {event.id}"
                if identity in seen:
                    duplicates += 1
                    continue
                plan, corrects = by_struct[type(event)]
                if corrects:
                    self._correct(plan, event.data, event_ms, record.timestamp)
                else:
                    unit = plan.unit(event.data)
                    if unit not in units:
                        raise _unknown(unit)
                    minute = event_ms // MINUTE_MS
                    slot = buckets.get(minute)
                    if slot is None:
                        slot = fold.slot(minute)
                    key = (plan.name, unit, slot[plan.fineness])
                    held = groups.get(key)
                    if held is None:
                        held = groups[key] = plan.new()
                    plan.add(event.data, held, 1, event_ms)
            except Refused as refused:
                self._bury(record, refused.code, str(refused))
            except (ValueError, ArithmeticError) as error:
                self._bury(record, "invalid", str(error))
            else:
                seen.add(identity)
                fresh.append(identity)
                if event_ms > state.newest_ms:
                    state.newest_ms = event_ms
                elif event_ms < state.newest_ms - late_ms:
                    late += 1
        counts = self._out.counts
        counts.records, counts.duplicates, counts.late = len(records), duplicates, late

    def _correct(self, plan: Plan, data: Any, event_ms: int, log_ms: int) -> None:
        """Take `before` back and count `after`; tried on scratch first, so that a refused correction leaves nothing.

        Of a table `before` closes its row and `after` takes its place.
        """
        if not plan.correctable:
            raise Refused(
                "not_correctable", f"{plan.name} feeds a min, max, last or sum_of_max metric; these can't be taken back"
            )
        slot = self._fold.calendar.slot(event_ms)
        sides = [(data.before, -1)] + ([(data.after, 1)] if data.after is not None else [])
        for side, sign in sides:
            if plan.unit(side) not in self._fold.units:
                raise _unknown(plan.unit(side))
            plan.add(side, plan.new(), sign, event_ms)
        for side, sign in sides:
            key = (plan.name, plan.unit(side), slot.bucket_ms(plan.bucket))
            plan.add(side, self._groups.setdefault(key, plan.new()), sign, event_ms, correction_rank(log_ms, sign))
        self._out.counts.corrections += 1

    def _advance(self, log_ms: int) -> list[str]:
        """Move the log's clock, forget ids older than the window a bucket at a time; the list for ids from now on."""
        state = self._state
        state.log_ms = log_ms
        bucket = log_ms // self._fold.id_bucket_ms
        if bucket == self._id_bucket:
            return self._fresh
        self._keep_fresh()
        self._id_bucket = bucket
        for old in [held for held in state.ids if held < bucket - ID_BUCKETS]:
            state.seen.difference_update(state.ids.pop(old))
            self._out.forget.append(old)
        self._fresh = self._out.new_ids.setdefault(bucket, [])
        return self._fresh

    def _keep_fresh(self) -> None:
        self._state.ids.setdefault(self._id_bucket, []).extend(self._fresh)

    def _bury(self, record: Record, code: str, reason: str) -> None:
        reason, excerpt = reason[:REASON_CHARACTERS], (record.value or b"")[:EXCERPT_BYTES]
        self._out.dead.append(DeadLetter(str(record.offset), record.timestamp, code, reason, excerpt))

    def finish(self) -> Folded:
        """The batch's effect, and the state moved on past it."""
        self._keep_fresh()
        out, state = self._out, self._state
        for (event_type, unit, bucket_ms), held in self._groups.items():
            self._fold.plans[event_type].emit(unit, self._fold.calendar.slot(bucket_ms), held, out.increments)
        out.counts.dead = len(out.dead)
        out.counts.counted = out.counts.records - out.counts.dead - out.counts.duplicates
        state.position, out.log_ms, out.newest_ms = out.next_position, state.log_ms, state.newest_ms
        return out


def _absurd(event: Event) -> Refused:
    return Refused(
        "absurd_time",
        f"time {event.time.isoformat()} is outside accept.after to accept.before, or ahead of its entry into the log",
    )


def _unknown(unit: str) -> Refused:
    return Refused("unknown_unit", f"unit {unit!r} is not in the model (org.yaml)")


def _midnight_ms(date: dt.date) -> int:
    return int(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp() * 1000)
