"""One contract for every log: what was appended is read forwards, backwards and by position."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from deploy.kafka.node import KafkaNode
from streams.kafka_log import KafkaLog
from streams.records import Log, Record
from streams.redis_adapters.connection import connect
from streams.redis_adapters.log import RedisLog
from tests.support.servers import RedisNode

_VALUES = [f"{number}".encode() for number in range(257)]


@pytest.fixture(params=["kafka", "redis streams"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """An empty log of two partitions."""
    name = f"log{uuid.uuid4().hex[:8]}"
    if request.param == "kafka":
        node: KafkaNode = request.getfixturevalue("kafka_node")
        kafka = KafkaLog(node.servers, name)
        kafka.create(2)
        yield kafka
        kafka.close()
    else:
        redis: RedisNode = request.getfixturevalue("redis_node")
        yield RedisLog(connect(redis.url), name, name, 2)


def forwards(log: Log, partition: str) -> list[Record]:
    found: list[Record] = []
    log.read(partition, "", None, lambda batch: found.extend(batch.records))
    return found


def filled(log: Log) -> str:
    """Appends everything under one key; the partition it is on."""
    for value in _VALUES:
        log.append([("key", value)])
    return next(one for one in log.partitions() if forwards(log, one))


def backwards(log: Log, partition: str, count: int) -> list[Record]:
    found: list[Record] = []
    before = ""
    while page := log.read_back(partition, before, count):
        assert len(page) <= count
        found.extend(page)
        before = str(page[-1].offset)
    return found


def test_reading_back_by_pages_is_reading_forwards_turned_round(log: Log) -> None:
    partition = filled(log)
    ahead = [(one.offset, one.value) for one in forwards(log, partition)]
    assert [value for _, value in ahead] == _VALUES
    for count in (1000, 100, 257):
        assert [(one.offset, one.value) for one in backwards(log, partition, count)] == ahead[::-1]
    before = str(ahead[5][0])
    assert [(one.offset, one.value) for one in log.read_back(partition, before, 3)] == ahead[4:1:-1]
    assert log.read_back(partition, str(ahead[0][0]), 3) == []
    empty = next(one for one in log.partitions() if one != partition)
    assert log.read_back(empty, "", 3) == []


def test_reading_back_passes_over_the_gaps_that_transactions_leave(kafka_node: KafkaNode) -> None:
    name = f"log{uuid.uuid4().hex[:8]}"
    kafka = KafkaLog(kafka_node.servers, name)
    kafka.create(1)
    producer = Producer({"bootstrap.servers": kafka_node.servers, "transactional.id": name})
    producer.init_transactions(30)
    for value in _VALUES[:20]:
        producer.begin_transaction()
        producer.produce(name, value, "key")
        producer.commit_transaction(30)
    offsets = [one.offset for one in backwards(kafka, f"{name}-0", 3)]
    assert [one.value for one in backwards(kafka, f"{name}-0", 3)] == _VALUES[:20][::-1]
    assert int(offsets[0]) - int(offsets[-1]) > 20
    kafka.close()


def test_what_is_appended_meanwhile_does_not_disturb_reading_back(log: Log) -> None:
    partition = filled(log)
    newest = log.read_back(partition, "", 2)
    log.append([("key", b"later")])
    older = log.read_back(partition, str(newest[-1].offset), 2)
    assert [one.value for one in [*newest, *older]] == _VALUES[:-5:-1]
    assert log.read_back(partition, "", 1)[0].value == b"later"


def test_positions_are_compared_in_the_log_s_own_order(log: Log) -> None:
    partition = filled(log)
    positions: list[str] = [""]
    log.read(partition, "", None, lambda batch: positions.append(batch.next_position))
    log.append([("key", b"more")])
    log.read(partition, positions[-1], None, lambda batch: positions.append(batch.next_position))
    offsets = [str(one.offset) for one in forwards(log, partition)]
    for ordered in (positions, offsets):
        for at, one in enumerate(ordered):
            assert all(log.reached(one, earlier) for earlier in ordered[: at + 1])
            assert not any(log.reached(one, later) for later in ordered[at + 1 :])
    assert log.reached("", "")


def test_the_end_is_reached_once_everything_is_read(log: Log) -> None:
    partition = filled(log)
    ends: list[str] = []
    log.read(partition, "", None, lambda batch: ends.append(batch.next_position))
    end = log.end(partition)
    assert log.reached(ends[-1], end)
    assert not log.reached("", end)
    log.append([("key", b"one more")])
    assert not log.reached(ends[-1], log.end(partition))
