"""Kafka as the log, through kafka-python; the only module that imports it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
    from kafka.errors import KafkaError, TopicAlreadyExistsError

from .decode import Headers
from .records import BATCH_RECORDS, Batch, LogUnavailable, Record
from .redis_adapters.log import partition_name

log = logging.getLogger(__name__)

#: Large fetches keep the fold busy; the consumer's memory stays below partitions x fetch size.
FETCH_BYTES = 4 << 20
POLL_RECORDS = 8000
_READ_TIMEOUT_S = 30.0
#: How long brokers are looked for before they count as lost; the caller tries again.
_BOOTSTRAP_MS = 5000
#: Duplicates and absurd times are judged by the log's own time, so the broker must stamp the records.
_LOG_TIME = {"message.timestamp.type": "LogAppendTime"}
_KEEP = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise LogUnavailable(f"Kafka can't be reached: {error!r}") from error


def _consumer(servers: str, **settings: Any) -> KafkaConsumer:
    with _reaching():
        return KafkaConsumer(
            bootstrap_servers=servers.split(","),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=POLL_RECORDS,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_bytes=4 * FETCH_BYTES,
            fetch_max_wait_ms=100,
            check_crcs=True,
            bootstrap_timeout_ms=_BOOTSTRAP_MS,
            **settings,
        )


def _number(partition: str) -> int:
    return int(partition.rsplit("-", 1)[1])


class KafkaSource:
    """Reads its share of a topic in a consumer group; where to read is the counters' to say, not the group's."""

    def __init__(self, servers: str, topic: str, group: str) -> None:
        self._topic = topic
        self._consumer = _consumer(servers, group_id=group, session_timeout_ms=10_000, heartbeat_interval_ms=1000)
        self._learn_partitions()
        self._consumer.subscribe([topic])
        self._paused = False
        self._positions: dict[str, str] = {}

    def _learn_partitions(self) -> None:
        """A group whose leader does not know the topic's partitions may assign none until its metadata is old."""
        try:
            with _reaching():
                self._consumer.partitions_for_topic(self._topic)
        except LogUnavailable:
            self._consumer.close()
            raise

    def assigned(self) -> frozenset[str]:
        """The partitions that the group gives this reader."""
        return frozenset(partition_name(self._topic, one.partition) for one in self._consumer.assignment())

    def poll(self, timeout_s: float) -> list[Batch]:
        """The next records of the assigned partitions."""
        with _reaching():
            if self._paused:
                self._consumer.pause(*self._consumer.assignment())
            found = self._consumer.poll(timeout_ms=int(timeout_s * 1000))
        return [
            self._batch(partition_name(self._topic, one.partition), records[at : at + BATCH_RECORDS])
            for one, records in found.items()
            for at in range(0, len(records), BATCH_RECORDS)
        ]

    def _batch(self, partition: str, records: Sequence[Record]) -> Batch:
        """A batch that starts where this reader was, unless a rebalance took the client back to before that."""
        first, expected = int(records[0].offset), self._positions.get(partition, "")
        start = expected if first >= int(expected or 0) else str(first)
        self._positions[partition] = str(int(records[-1].offset) + 1)
        return Batch(partition, start, records, self._positions[partition])

    def seek(self, partition: str, position: str) -> None:
        """Read on at this offset."""
        where = TopicPartition(self._topic, _number(partition))
        with _reaching():
            begins = self._consumer.beginning_offsets([where])[where]
            if position and int(position) < begins:
                log.error(
                    "%s: the log begins at %s but the counters stand at %s; what lies between is not counted. "
                    "Keep the log for longer than readers may be away (retention.ms)", partition, begins, position,
                )  # fmt: skip
            self._consumer.seek(where, max(begins, int(position or 0)))
        self._positions[partition] = position

    def pause(self) -> None:
        """Stay in the group, read nothing."""
        self._paused = True

    def resume(self) -> None:
        """Read again."""
        self._paused = False
        self._consumer.resume(*self._consumer.assignment())

    def lag(self) -> int:
        """Records behind the end, as of the last fetches."""
        behind = 0
        for one in self._consumer.assignment():
            end = self._consumer.highwater(one)
            if end is not None:
                with _reaching():
                    behind += max(0, end - (self._consumer.position(one, timeout_ms=1000) or 0))
        return behind

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close(autocommit=False, timeout_ms=3000)


class _Clients:
    """The producer, and a consumer kept for reading back page by page; made when first used, shared by all topics."""

    def __init__(self, servers: str) -> None:
        self.servers = servers
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._producer: KafkaProducer | None = None
        self._reader: KafkaConsumer | None = None

    def producer(self) -> KafkaProducer:
        """The producer; it serves any number of threads."""
        with self._lock, _reaching():
            if self._producer is None:
                self._producer = KafkaProducer(
                    bootstrap_servers=self.servers.split(","), acks="all", linger_ms=5, max_request_size=16 << 20,
                    bootstrap_timeout_ms=_BOOTSTRAP_MS,
                )  # fmt: skip
            return self._producer

    @contextmanager
    def reader(self) -> Iterator[KafkaConsumer]:
        """The consumer, for one thread at a time; made anew after a failure."""
        with self._reading:
            if self._reader is None:
                self._reader = _consumer(self.servers)
            try:
                with _reaching():
                    yield self._reader
            except BaseException:
                self._close_reader()
                raise

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close(autocommit=False)

    def close(self) -> None:
        """Close both; used again, they are made again."""
        with self._reading:
            self._close_reader()
        with self._lock:
            producer, self._producer = self._producer, None
            if producer is not None:
                producer.close(timeout=5)


class KafkaLog:
    """Writes to and reads back from a topic."""

    def __init__(self, servers: str, topic: str, clients: _Clients | None = None) -> None:
        self._servers = servers
        self._topic = topic
        self._clients = clients or _Clients(servers)

    def beside(self, topic: str) -> KafkaLog:
        """Another topic through the same connections; closing one closes them for both."""
        return KafkaLog(self._servers, topic, self._clients)

    def partitions(self) -> list[str]:
        """All partitions of the topic."""
        consumer = _consumer(self._servers)
        try:
            with _reaching():
                numbers = consumer.partitions_for_topic(self._topic) or set()
        finally:
            consumer.close(autocommit=False)
        return [partition_name(self._topic, number) for number in sorted(numbers)]

    def create(self, partitions: int, *, keep: bool = False) -> None:
        """Create the topic if it does not exist, as replicated as the broker's default says; `keep` for ever."""
        if self.partitions():
            return
        configs = {**_LOG_TIME, **(_KEEP if keep else {})}
        with _reaching():
            admin = KafkaAdminClient(
                bootstrap_servers=self._servers.split(","), bootstrap_timeout_ms=_BOOTSTRAP_MS
            )  # fmt: skip
            try:
                with contextlib.suppress(TopicAlreadyExistsError):
                    admin.create_topics(
                        {self._topic: {"num_partitions": partitions, "replication_factor": -1, "configs": configs}}
                    )
            finally:
                admin.close()
        self._await_topic()

    def _await_topic(self) -> None:
        """A new topic is known to all brokers a moment after its creation."""
        deadline = time.monotonic() + _READ_TIMEOUT_S
        while not self.partitions():
            if time.monotonic() > deadline:
                raise LogUnavailable(f"topic {self._topic!r} was created but does not show")
            time.sleep(0.05)

    def append(self, entries: Sequence[tuple[str, bytes]], headers: Headers = ()) -> None:
        """Append (key, value) pairs; returns when the brokers have acknowledged all."""
        producer = self._clients.producer()
        with _reaching():
            sent = [
                producer.send(self._topic, value=value, key=key.encode(), headers=list(headers))
                for key, value in entries
            ]
            producer.flush()
            for one in sent:
                one.get(timeout=_READ_TIMEOUT_S)

    def read(self, partition: str, start: str, end: str | None, handle: Callable[[Batch], None]) -> None:
        """Hand out records from the offset `start` up to the offset `end`, exclusive (the log's end if None)."""
        consumer = _consumer(self._servers)
        where = TopicPartition(self._topic, _number(partition))
        try:
            with _reaching():
                consumer.assign([where])
                begins, ends = consumer.beginning_offsets([where])[where], consumer.end_offsets([where])[where]
                consumer.seek(where, max(begins, int(start or 0)))
                stop = min(ends, int(end)) if end else ends
                self._read_until(consumer, where, stop, partition, handle)
        finally:
            consumer.close(autocommit=False)

    def fetch(self, partition: str, offset: str) -> Record | None:
        """One record, if the topic still holds it."""
        found: list[Record] = []
        self.read(partition, offset, str(int(offset) + 1), lambda batch: found.extend(batch.records))
        return next((one for one in found if str(one.offset) == offset), None)

    def read_back(self, partition: str, before: str, count: int) -> Sequence[Record]:
        """Up to `count` records before the offset `before` ('' is the end), newest first.

        Offsets have gaps (transactions, compaction), so the window grows until it holds enough.
        """
        where, window = TopicPartition(self._topic, _number(partition)), count
        found: list[Record] = []
        with self._clients.reader() as consumer:
            consumer.assign([where])
            begins, ends = consumer.beginning_offsets([where])[where], consumer.end_offsets([where])[where]
            stop = min(ends, int(before)) if before else ends
            while len(found) < count and stop > begins:
                start = max(begins, stop - window)
                found = [*self._between(consumer, where, start, stop), *found]
                stop, window = start, 2 * window
        return found[: -count - 1 : -1]

    def end(self, partition: str) -> str:
        """The offset that the next record will get."""
        where = TopicPartition(self._topic, _number(partition))
        consumer = _consumer(self._servers)
        try:
            with _reaching():
                return str(consumer.end_offsets([where])[where])
        finally:
            consumer.close(autocommit=False)

    def reached(self, position: str, target: str) -> bool:
        """Whether an offset is at or past another."""
        return int(position or 0) >= int(target or 0)

    def _between(self, consumer: KafkaConsumer, where: TopicPartition, start: int, stop: int) -> list[Record]:
        found: list[Record] = []
        consumer.seek(where, start)
        self._read_until(consumer, where, stop, "", lambda batch: found.extend(batch.records))
        return found

    def _read_until(
        self, consumer: KafkaConsumer, where: TopicPartition, stop: int, partition: str, handle: Callable[[Batch], None]
    ) -> None:
        heard = time.monotonic()
        while consumer.position(where) < stop:
            records = [one for one in consumer.poll(timeout_ms=500).get(where, []) if one.offset < stop]
            if records:
                heard = time.monotonic()
                handle(Batch(partition, str(records[0].offset), records, str(records[-1].offset + 1)))
            elif time.monotonic() - heard > _READ_TIMEOUT_S:
                raise LogUnavailable(f"{partition}: nothing came for {_READ_TIMEOUT_S:.0f} s before offset {stop}")

    def close(self) -> None:
        """Close the connections."""
        self._clients.close()
