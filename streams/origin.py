"""The newest events behind a counter: read the log backwards, and ask the fold what each record adds.

What an event is said to add is what the fold adds for it, so the two can't differ.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from scoring.calendar import MINUTE_MS
from scoring.counters import Increments

from .decode import CORRECTED
from .fold import ID_BUCKETS, Fold, PartitionState
from .records import Log, Record

#: Records read back at once: enough that a page costs little more than its round trip.
PAGE_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Counters to explain: these metrics at these units, in buckets from `start_ms` up to `end_ms`, exclusive."""

    metrics: frozenset[str]
    units: frozenset[str]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Added:
    """What an event added to one counter; `part` as in a counter's name; of `last` its value."""

    metric: str
    unit: str
    bucket_ms: int
    part: str
    amount: int


@dataclass(frozen=True, slots=True)
class Origin:
    """An event that counted, where it stands in the log, and what it added."""

    partition: str
    position: str
    log_ms: int
    event_ms: int
    id: str
    source: str
    type: str
    unit: str
    data: Mapping[str, Any]
    added: tuple[Added, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """Events found, newest first by their own time; `cursor` says where to go on, `bounded` that the scan gave up.

    A partition missing in the cursor has nothing more to offer; an empty cursor is the end.
    """

    events: tuple[Origin, ...]
    cursor: Mapping[str, str]
    scanned: int
    bounded: bool


def newest_origins(
    log: Log, fold: Fold, wanted: Wanted, before: Mapping[str, str], limit: int, most_scanned: int
) -> Origins:
    """Up to `limit` events behind the wanted counters, latest in the log first, all partitions taken together.

    `before` gives each partition's position to read back from ('' is the end), or is the cursor of the call before.
    Of one id within the duplicate window only the oldest that was scanned counts.
    """
    scan, cursor, found = _Scan(fold, wanted), dict(before), 0
    oldest_ms = wanted.start_ms - fold.ahead_ms
    streams = [_backwards(log, partition, at, oldest_ms) for partition, at in before.items()]
    for record, partition in heapq.merge(*streams, key=lambda pair: -pair[0].timestamp if pair[0] else _LAST):
        if record is None:
            del cursor[partition]
            continue
        if found >= limit or scan.scanned >= most_scanned:
            break
        cursor[partition] = str(record.offset)
        found += scan.take(partition, record)
    events = sorted(scan.counted(), key=lambda one: one.event_ms, reverse=True)
    return Origins(tuple(events), cursor, scan.scanned, bool(cursor) and found < limit)


#: Sorts a partition's end behind every record.
_LAST = float("inf")


def _backwards(log: Log, partition: str, before: str, oldest_ms: int) -> Iterator[tuple[Record | None, str]]:
    """A partition's records, newest first, and None where there are no more or none that may matter.

    What the log took in before `oldest_ms` would be refused for lying too far ahead of its entry.
    """
    while page := log.read_back(partition, before, PAGE_RECORDS):
        for record in page:
            if record.timestamp < oldest_ms:
                yield None, partition
                return
            yield record, partition
        before = str(page[-1].offset)
    yield None, partition


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record that the fold accepts, with the id bucket of its log time; `origin` if it adds to what is wanted."""

    id_bucket: int
    origin: Origin | None


class _Scan:
    """What was read so far, by partition and event id, newest first."""

    def __init__(self, fold: Fold, wanted: Wanted) -> None:
        self._fold = fold
        self._wanted = wanted
        self._seen: dict[tuple[str, str], list[_Seen]] = {}
        self.scanned = 0

    def take(self, partition: str, record: Record) -> int:
        """Take in the next older record; by how much the number of events found changes, -1 to 1."""
        self.scanned += 1
        folded = self._fold.batch(PartitionState(), [record], "")
        if folded.dead:
            return 0
        bucket, identity = next((bucket, ids[0]) for bucket, ids in folded.new_ids.items() if ids)
        added = _added(folded.increments, self._wanted)
        origin = self._origin(partition, record, added) if added else None
        same = self._seen.setdefault((partition, identity), [])
        before = len(list(_counted(same)))
        same.append(_Seen(bucket, origin))
        return len(list(_counted(same))) - before

    def counted(self) -> Iterator[Origin]:
        """The events that counted."""
        for same in self._seen.values():
            yield from _counted(same)

    def _origin(self, partition: str, record: Record, added: tuple[Added, ...]) -> Origin:
        event: Any = self._fold.decode(record.value, record.headers)
        plan, corrects = self._fold.by_struct[type(event)]
        side = (event.data.after or event.data.before) if corrects else event.data
        return Origin(
            partition=partition,
            position=str(record.offset),
            log_ms=record.timestamp,
            event_ms=int(event.time.timestamp() * 1000 + 0.5),
            id=event.id,
            source=event.source,
            type=plan.name + (CORRECTED if corrects else ""),
            unit=plan.unit(side),
            data=msgspec.to_builtins(event.data),
            added=added,
        )


def _counted(same: Sequence[_Seen]) -> Iterator[Origin]:
    """Of records with one id, newest first, those that counted: not within the window of one that did before."""
    remembered: int | None = None
    for seen in reversed(same):
        if remembered is None or seen.id_bucket - remembered > ID_BUCKETS:
            remembered = seen.id_bucket
            if seen.origin is not None:
                yield seen.origin


def _added(increments: Increments, wanted: Wanted) -> tuple[Added, ...]:
    """The part of an event's increments that is wanted; dimensions repeat what the plain counter says."""
    found = []
    for (_, operation), amounts in increments.items():
        for name, amount in amounts.items() if operation != "row" else ():
            metric, unit, minutes, *rest = name.split("|")
            part, bucket_ms = rest[0] if rest else "", int(minutes) * MINUTE_MS
            if (
                metric in wanted.metrics
                and unit in wanted.units
                and wanted.start_ms <= bucket_ms < wanted.end_ms
                and not part.startswith("#")
            ):
                value = int(str(amount).split(":")[1]) if operation == "last" else int(amount)
                found.append(Added(metric, unit, bucket_ms, part, value))
    return tuple(found)
