"""What was counted on past days, in the order in which it happened: from the counters, or finer from the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from scoring.calendar import DAY_MS, HOUR_MS, MINUTE_MS, BusinessCalendar
from scoring.counters import Amount, Group, Increments, merge_into, merged
from scoring.definitions import Model
from scoring.forms import BucketKind
from streams.fold import PartitionState
from streams.records import Batch, Log
from streams.redis_adapters.counters import CounterStore

from ..wiring import fold_of

#: From the finest.
_KINDS: tuple[BucketKind, ...] = ("minute", "hour", "day")
LENGTH_MS: Mapping[BucketKind, int] = {"minute": MINUTE_MS, "hour": HOUR_MS, "day": DAY_MS}


class PastCounts(Protocol):
    """The counters of past days; rows of tables and what dimensions keep apart may be among them."""

    @property
    def model(self) -> Model:
        """The model whose buckets the counters are kept in."""
        ...

    def days(self) -> list[str]:
        """The business days that have counters, as YYYYMMDD, oldest first."""
        ...

    def of(self, day: str) -> Increments:
        """The counters of a business day."""
        ...


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """The counters as they are kept, in the buckets that the model declares."""

    store: CounterStore
    partitions: Collection[str]
    model: Model

    def days(self) -> list[str]:
        """The business days that have counters."""
        accepted = f"{self.model.accept.after:%Y%m%d}"
        found = {day for one in self.partitions for day in self.store.days(one)}
        return sorted(day for day in found if day >= accepted)

    def of(self, day: str) -> Increments:
        """The counters of a business day, of all partitions."""
        whole: Increments = {}
        for partition in self.partitions:
            merge_into(whole, self.store.snapshot(partition, day, day)[2])
        return whole


@dataclass(frozen=True, slots=True)
class RecountedCounts:
    """The log counted anew by the minute, under any model."""

    model: Model
    by_day: Mapping[str, Increments] = field(default_factory=dict)

    def days(self) -> list[str]:
        """The business days that have counters."""
        return sorted(self.by_day)

    def of(self, day: str) -> Increments:
        """The counters of a business day."""
        return self.by_day.get(day, {})


def recount(log: Log, model: Model, progress: Callable[[int], None] = lambda _: None) -> RecountedCounts:
    """Count the whole log by the minute; `progress` hears of every batch how many records it had."""
    fine = model.model_copy(
        update={"metrics": [one.model_copy(update={"bucket": "minute"}) for one in model.metrics], "tables": []}
    )
    fold = fold_of(fine)
    by_day: dict[str, Increments] = {}
    for partition in log.partitions():
        state = PartitionState()

        def take(batch: Batch, state: PartitionState = state) -> None:
            found = fold.batch(state, batch.records, batch.next_position).increments
            for group, amounts in found.items():
                merge_into(by_day.setdefault(group[0], {}), {group: amounts})
            progress(len(batch.records))

        log.read(partition, "", log.end(partition), take)
    return RecountedCounts(fine, by_day)


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter's amount, known once its bucket is over."""

    start_ms: int
    end_ms: int
    group: Group
    name: str
    amount: Amount


class Buckets:
    """When the buckets of a model's counters begin and end."""

    def __init__(self, model: Model, calendar: BusinessCalendar) -> None:
        self._calendar = calendar
        self._kinds: dict[str, BucketKind] = {one.id: one.bucket for one in model.metrics}
        for event in {one.event for one in model.metrics}:
            kinds = {one.bucket for one in model.metrics if one.event == event}
            self._kinds[f"@{event}"] = min(kinds, key=_KINDS.index)
        self._end = lru_cache(1 << 14)(self._end_of)

    def coarsest(self, metrics: Iterable[str]) -> BucketKind:
        """The coarsest bucket among metrics: what they count is not known more finely than this."""
        return max((self._kinds[one] for one in metrics), key=_KINDS.index, default="minute")

    def counted(self, increments: Increments) -> list[Counted]:
        """Counters of one business day in the order in which their buckets end; none of tables and dimensions."""
        return sorted(self._each(increments), key=lambda one: one.end_ms)

    def _each(self, increments: Increments) -> Iterator[Counted]:
        for group, amounts in increments.items():
            for counter, amount in amounts.items() if group[1] != "row" else ():
                name, _, minutes, *rest = counter.split("|", 3)
                kind = self._kinds.get(name)
                if kind is not None and not (rest and rest[0].startswith("#")):
                    start_ms = int(minutes) * MINUTE_MS
                    yield Counted(start_ms, self._end(kind, start_ms), group, counter, amount)

    def _end_of(self, kind: BucketKind, start_ms: int) -> int:
        if kind == "minute":
            return start_ms + MINUTE_MS
        day = self._calendar.business_date(start_ms)
        day_end_ms = self._calendar.day_start_ms(day + dt.timedelta(days=1))
        if kind == "day":
            return day_end_ms
        following_ms = self._calendar.slot(start_ms + HOUR_MS).hour  # the first hour of a day may be a shorter one
        return min(following_ms if following_ms > start_ms else start_ms + HOUR_MS, day_end_ms)


def increments_of(counted: Iterable[Counted]) -> Increments:
    """Counters as increments again."""
    found: Increments = {}
    for one in counted:
        found.setdefault(one.group, {})[one.name] = one.amount
    return found


def joined(day_start_ms: int, increments: Iterable[Increments]) -> Increments:
    """Counters of whole days as those of one bucket at the beginning of a day; less work to take in again."""
    minute = day_start_ms // MINUTE_MS
    whole: Increments = {}
    for one in increments:
        for (_, operation), amounts in one.items():
            held = whole.setdefault((str(minute), operation), {})
            for counter, amount in amounts.items():
                name, unit, _, *rest = counter.split("|", 3)
                named = "|".join((name, unit, str(minute), *rest))
                former = held.get(named)
                held[named] = amount if former is None else merged(operation, former, amount)
    return whole
