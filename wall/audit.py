"""The audit: recount the log with the model in force and compare every counter and row, count for count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scoring.counters import Increments, merge_into
from scoring.definitions import Model
from streams.fold import PartitionState
from streams.records import Batch, Log
from streams.redis_adapters.counters import CounterStore

from .wiring import fold_of


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not what the log says; None where one side does not have it."""

    partition: str
    day: str
    counter: str
    stored: int | str | None
    recounted: int | str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome of one partition's audit, as of the position at which its counters stood."""

    partition: str
    position: str
    records: int
    counters: int
    differences: list[Difference]


def audit_partition(
    log: Log, store: CounterStore, model: Model, partition: str, progress: Callable[[int], None] = lambda _: None
) -> Audit:
    """Recount one partition up to where its counters stand; `progress` hears the records read so far."""
    position, _, stored = store.snapshot(partition, rows_from="")
    recounted: Increments = {}
    fold, state, records = fold_of(model), PartitionState(), 0

    def take(batch: Batch) -> None:
        nonlocal records
        records += len(batch.records)
        merge_into(recounted, fold.batch(state, batch.records, batch.next_position).increments)
        progress(records)

    if position:
        log.read(partition, "", position, take)
    counters = sum(len(amounts) for amounts in stored.values())
    return Audit(partition, position, records, counters, _differences(partition, stored, recounted))


def _differences(partition: str, stored: Increments, recounted: Increments) -> list[Difference]:
    """Where the two differ; an additive counter of zero is the same as none."""
    found = []
    for group in sorted(stored.keys() | recounted.keys()):
        one, other = stored.get(group, {}), recounted.get(group, {})
        none = 0 if group[1] == "add" else None
        for name in sorted(one.keys() | other.keys()):
            if one.get(name, none) != other.get(name, none):
                found.append(Difference(partition, group[0], name, one.get(name), other.get(name)))
    return found
