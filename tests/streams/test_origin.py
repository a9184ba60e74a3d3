"""The newest events behind a counter, against a filter over everything that was appended."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.counters import Increments, merge_into
from streams.fold import PartitionState
from streams.origin import Added, Origin, Wanted, newest_origins
from streams.records import Record
from streams.redis_adapters.connection import Redis, connect
from streams.redis_adapters.keys import SiteKeys
from streams.redis_adapters.log import RedisLog
from tests.support.servers import RedisNode

from .logs import DAY, FOLD, HOUR, JUNE, MINUTE, envelope, sale
from .test_fold import CONTENTS, EVENTS, FORGETFUL

ALL = Wanted(frozenset({"sales", "turnover", "kinds", "best_of", "newest", "by_kind"}),
             frozenset({"a", "a.1", "a.2", "b"}), 0, JUNE + 100 * DAY)  # fmt: skip


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with RedisNode() as node:
        yield connect(node.url)


class Written:
    """A log of two partitions whose records have the log times that a test gives them."""

    def __init__(self, redis: Redis, entries: list[tuple[int, int, Any]], start_ms: int = JUNE + DAY) -> None:
        name = uuid.uuid4().hex[:8]
        self.log = RedisLog(redis, name, name, 2)
        at_ms = start_ms
        pipe = redis.pipeline(transaction=False)
        for number, (partition, gap_ms, content) in enumerate(entries):
            at_ms += gap_ms
            value = content if isinstance(content, bytes) else json.dumps(content).encode()
            pipe.xadd(
                SiteKeys(name).log(self.log.partitions()[partition]), {"value": value}, id=f"{at_ms}-{number + 1}"
            )
        pipe.execute()
        self.ends = dict.fromkeys(self.log.partitions(), "")

    def counted(self, wanted: Wanted, fold: Any = FOLD) -> dict[tuple[str, str], set[Added]]:
        """By partition and position, what each record adds to the wanted counters; read forwards, filtered plainly."""
        found: dict[tuple[str, str], set[Added]] = {}
        for partition in self.log.partitions():
            records: list[Record] = []
            self.log.read(partition, "", None, lambda batch, to=records: to.extend(batch.records))  # type: ignore[misc]
            state = PartitionState()
            for record in records:
                added = set()
                for (_, operation), amounts in fold.batch(state, [record], "").increments.items():
                    for name, amount in amounts.items() if operation != "row" else ():
                        metric, unit, minutes, part = (*name.split("|"), "")[:4]
                        bucket_ms = int(minutes) * MINUTE
                        within = wanted.start_ms <= bucket_ms < wanted.end_ms
                        if metric in wanted.metrics and unit in wanted.units and part[:1] != "#" and within:
                            value = str(amount).split(":")[-1] if operation == "last" else amount
                            added.add(Added(metric, unit, bucket_ms, part, int(value)))
                if added:
                    found[partition, str(record.offset)] = added
        return found


def shown(events: Any) -> dict[tuple[str, str], set[Added]]:
    return {(one.partition, one.position): set(one.added) for one in events}


GAPS = st.sampled_from([0, 1, MINUTE, HOUR, 3 * HOUR, 20 * HOUR])
WANTED = st.builds(
    lambda metrics, units, start, hours: Wanted(metrics, units, JUNE + start * HOUR, JUNE + (start + hours) * HOUR),
    st.frozensets(st.sampled_from(sorted(ALL.metrics)), min_size=1),
    st.frozensets(st.sampled_from(sorted(ALL.units)), min_size=1),
    st.integers(-80, 30),
    st.integers(0, 100),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 1), GAPS, CONTENTS.filter(lambda one: one is not None)), max_size=40), WANTED)
def test_all_events_behind_a_counter_are_those_a_plain_filter_finds(
    redis: Redis, entries: list[tuple[int, int, Any]], wanted: Wanted
) -> None:
    """Duplicates, with ids forgotten after four hours, refused records and corrections among them."""
    written = Written(redis, entries)
    for one in (wanted, ALL):
        found = newest_origins(written.log, FORGETFUL, one, written.ends, 1000, 1000)
        assert shown(found.events) == written.counted(one, FORGETFUL)
        assert [event.event_ms for event in found.events] == sorted((e.event_ms for e in found.events), reverse=True)
        assert (found.cursor, found.bounded) == ({}, False)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 1), GAPS, EVENTS), max_size=30), st.integers(1, 7), st.integers(1, 9))
def test_pages_go_on_where_the_one_before_ended(
    redis: Redis, entries: list[tuple[int, int, Any]], limit: int, most: int
) -> None:
    named = [(at, gap, {**event, "id": str(number)}) for number, (at, gap, event) in enumerate(entries)]
    written = Written(redis, named)
    pages, cursor = [], written.ends
    while cursor:
        page = newest_origins(written.log, FOLD, ALL, cursor, limit, most)
        assert len(page.events) <= limit
        assert page.scanned <= most
        assert page.bounded == (len(page.events) < limit and bool(page.cursor))
        cursor = dict(page.cursor)
        pages.append(page.events)
    together = [event for page in pages for event in page]
    assert len(together) == len(shown(together))
    assert shown(together) == written.counted(ALL)


def test_the_first_page_holds_the_newest_events_of_all_partitions(redis: Redis) -> None:
    written = Written(redis, [(n % 2, MINUTE, envelope(sale(), str(n), JUNE + n * MINUTE)) for n in range(1200)])
    found = newest_origins(written.log, FOLD, ALL, written.ends, 5, 5000)
    assert [one.id for one in found.events] == ["1199", "1198", "1197", "1196", "1195"]
    assert found.scanned < 10
    newest: Origin = found.events[0]
    assert (newest.type, newest.unit, newest.source) == ("sale", "a.1", "/till")
    assert newest.event_ms == JUNE + 1199 * MINUTE
    assert newest.log_ms == JUNE + DAY + 1200 * MINUTE
    assert newest.data["price"] == 1.25
    assert {(one.metric, one.amount) for one in newest.added} == {("sales", 1), ("turnover", 250)}


def test_what_events_added_sums_to_the_counter(redis: Redis) -> None:
    events = [envelope(sale(pieces=n), str(n), JUNE + n * MINUTE) for n in range(50)]
    events += [envelope({"before": sale(pieces=n), "after": sale(till=2)}, f"c{n}", JUNE + n * MINUTE, "sale.corrected")
               for n in range(0, 50, 7)]  # fmt: skip
    written = Written(redis, [(n % 2, MINUTE, event) for n, event in enumerate(events)])
    counters: Increments = {}
    for partition in written.log.partitions():
        written.log.read(partition, "", None, lambda batch: merge_into(
            counters, FOLD.batch(PartitionState(), batch.records, "").increments))  # fmt: skip
    found = newest_origins(written.log, FOLD, ALL, written.ends, 1000, 1000)
    sums: dict[str, int] = defaultdict(int)
    for one in (added for event in found.events for added in event.added if not added.part):
        sums[f"{one.metric}|{one.unit}|{one.bucket_ms // MINUTE}"] += one.amount
    plain = {name: amount for amounts in counters.values() for name, amount in amounts.items()
             if name.count("|") == 2 and name.split("|")[0] in ALL.metrics and amount}  # fmt: skip
    assert {name: amount for name, amount in sums.items() if amount} == plain


def test_the_scan_ends_where_no_older_record_may_matter(redis: Redis) -> None:
    written = Written(redis, [(0, HOUR, envelope(sale(), str(n), JUNE + n * HOUR)) for n in range(300)])
    last_day = Wanted(ALL.metrics, ALL.units, JUNE + 290 * HOUR, JUNE + 400 * HOUR)
    found = newest_origins(written.log, FOLD, last_day, written.ends, 1000, 10_000)
    assert len(found.events) == 10
    assert found.cursor == {}
    assert found.scanned < 100


def test_a_scan_that_gives_up_says_so_and_where_to_go_on(redis: Redis) -> None:
    written = Written(redis, [(0, MINUTE, envelope(sale(), str(n))) for n in range(30)])
    nothing = Wanted(frozenset({"newest"}), ALL.units, 0, ALL.end_ms)
    found = newest_origins(written.log, FOLD, nothing, written.ends, 5, 10)
    assert (found.events, found.scanned, found.bounded) == ((), 10, True)
    rest = newest_origins(written.log, FOLD, nothing, found.cursor, 5, 1000)
    assert (rest.scanned, rest.cursor, rest.bounded) == (20, {}, False)
