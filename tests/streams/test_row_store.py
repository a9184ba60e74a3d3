"""Rows in a store: what comes out of any server is what the increments merge to, whatever the batches were."""

from __future__ import annotations

import itertools
import shutil
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.counters import Increments, merge_into
from streams.fold import Counts, Folded, PartitionState
from streams.redis_adapters.connection import Redis, connect
from streams.redis_adapters.counters import CounterStore
from tests.support.servers import RedisNode

from .logs import DAY, JUNE, MINUTE, envelope, folded, record, sale, totals

#: Payloads of one moment, told apart by their bytes alone: case, length, and what a locale orders otherwise.
PAYLOADS = ['["a"]', '["B"]', '["a",1]', '["é"]', '["z"]', '["酒"]', '["a:b"]', '["%\\n"]']
ROWS = st.tuples(
    st.sampled_from([-1, 9, 10, 1_780_000_000_000]), st.sampled_from([0, 9, 10]), st.sampled_from(PAYLOADS)
)
BATCH = st.dictionaries(
    st.sampled_from(["20260531", "20260601"]),
    st.dictionaries(
        st.sampled_from(["t|a", "t|a|b", "t|酒", "t|"]), ROWS.map(lambda row: ":".join(map(str, row))), min_size=1
    ),
)


@pytest.fixture(scope="module", params=["valkey", "redis"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    with RedisNode(shutil.which("redis-server") if request.param == "redis" else None, "no") as node:
        yield connect(node.url)


def applied(store: CounterStore, batches: list[Increments]) -> None:
    for number, increments in enumerate(batches):
        start, end = str(number) if number else "", str(number + 1)
        store.apply("p", Folded(start, end, increments, [], Counts(), {}, [], 0, 0))


def stored(store: CounterStore, rows_from: str | None = "") -> Increments:
    return store.snapshot("p", rows_from=rows_from)[2]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(BATCH, min_size=1, max_size=6))
def test_stored_rows_are_what_the_batches_merge_to(redis: Redis, batches: list[dict[str, dict[str, str]]]) -> None:
    store, whole = CounterStore(redis, uuid.uuid4().hex, "g"), {}
    increments: list[Increments] = [{(day, "row"): dict(rows) for day, rows in batch.items()} for batch in batches]
    applied(store, increments)
    for one in increments:
        merge_into(whole, one)
    assert stored(store) == whole
    moved: Increments = {}
    for one in store.moved({"p": b"0-0"}, 100)["p"]:
        merge_into(moved, one.increments)
    assert moved == whole


def test_a_batch_that_comes_again_is_refused_and_changes_no_row(redis: Redis) -> None:
    store = CounterStore(redis, uuid.uuid4().hex, "g")
    first, second = (folded(record(envelope(sale(pieces=count), str(count)))) for count in (1, 2))
    first.expected, first.next_position, second.expected, second.next_position = "", "1", "1", "2"
    store.apply("p", first)
    store.apply("p", second)
    held = stored(store)
    with pytest.raises(Exception, match="stored position"):
        store.apply("p", first)
    assert stored(store) == held == totals([first, second])


def test_rows_are_read_only_where_asked_for_and_from_a_day_of_their_own(redis: Redis) -> None:
    store = CounterStore(redis, uuid.uuid4().hex, "g")
    events = [envelope(sale(), f"{ago}", JUNE + 12 * 60 * MINUTE - ago * DAY) for ago in range(4)]
    effect = folded(*(record(one) for one in events))
    effect.expected = ""
    store.apply("p", effect)
    assert {operation for _, operation in stored(store, None)} == {"add", "max"}
    only = store.snapshot("p", "20260601", rows_from="20260530")[2]
    assert sorted(day for day, operation in only if operation == "row") == ["20260530", "20260531", "20260601"]
    assert {day for day, operation in only if operation == "add"} == {"20260601"}
    store.drop("p")
    assert stored(store) == {}


def test_a_state_read_back_goes_on_without_doubling_rows(redis: Redis) -> None:
    """The fold that starts from what is stored comes to the rows of one that never stopped."""
    store, whole = CounterStore(redis, uuid.uuid4().hex, "g"), PartitionState()
    entries = [record(envelope(sale(kind="酒", gift=True, till=till), f"{n}", JUNE + n * MINUTE))
               for n, till in enumerate([1, 2, 1, 1, 2])]  # fmt: skip
    everything = [folded(*entries, *entries[:3], state=whole)]
    for start, end in itertools.pairwise([0, 2, 3, 5]):
        effect = folded(*entries[max(0, start - 1) : end], state=store.state("p"))
        effect.next_position = f"{end}"
        store.apply("p", effect)
    assert stored(store) == totals(everything)
