"""The embedded log: one Redis stream per partition, behind the same port as Kafka."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from ..decode import Headers
from ..records import BATCH_RECORDS, Batch, Record
from .connection import Redis, reaching
from .keys import SiteKeys

#: Records read from each partition at once.
READ_COUNT = 8000
#: A reader not heard of for this long has left its group.
MEMBER_TIMEOUT_MS = 3000
_HEARTBEAT_S = 0.5


class StreamRecord(NamedTuple):
    """An entry of a Redis stream; its id holds the time the server took it in."""

    offset: str
    timestamp: int
    value: bytes
    headers: Headers = ()


def partition_name(topic: str, number: int) -> str:
    """The name of a partition, the same for every log."""
    return f"{topic}-{number}"


class RedisLog:
    """A partitioned log on Redis streams; a key always goes to the same partition."""

    def __init__(self, redis: Redis, site: str, topic: str, partitions: int) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._partitions = [partition_name(topic, number) for number in range(partitions)]

    def beside(self, topic: str, partitions: int) -> RedisLog:
        """Another topic of the same site."""
        return RedisLog(self._redis, self._keys.site, topic, partitions)

    def partitions(self) -> list[str]:
        """All partitions."""
        return list(self._partitions)

    def append(self, entries: Sequence[tuple[str, bytes]], headers: Headers = ()) -> None:
        """Append (key, value) pairs in one transaction: all are in the log or none."""
        packed = {"headers": msgspec.msgpack.encode(list(headers))} if headers else {}
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            for key, value in entries:
                number = zlib.crc32(key.encode()) % len(self._partitions)
                pipe.xadd(self._keys.log(self._partitions[number]), {"value": value, **packed})
            pipe.execute()

    def read(self, partition: str, start: str, end: str | None, handle: Callable[[Batch], None]) -> None:
        """Hand out records after the position `start` up to and with the position `end`."""
        at = start
        while True:
            with reaching():
                found: Any = self._redis.xrange(
                    self._keys.log(partition), min=f"({at}" if at else "-", max=end or "+", count=READ_COUNT
                )
            if not found:
                return
            handle(batch_of(partition, at, found))
            at = found[-1][0].decode()

    def fetch(self, partition: str, offset: str) -> StreamRecord | None:
        """One entry, if it is still there."""
        with reaching():
            found: Any = self._redis.xrange(self._keys.log(partition), min=offset, max=offset)
        return batch_of(partition, "", found).records[0] if found else None  # type: ignore[return-value]

    def read_back(self, partition: str, before: str, count: int) -> Sequence[Record]:
        """Up to `count` entries before the one at `before` ('' is the end), newest first."""
        with reaching():
            found: Any = self._redis.xrevrange(
                self._keys.log(partition), max=f"({before}" if before else "+", min="-", count=count
            )
        return batch_of(partition, "", found).records if found else []

    def end(self, partition: str) -> str:
        """The id of the newest entry; '' of an empty stream."""
        with reaching():
            found: Any = self._redis.xrevrange(self._keys.log(partition), count=1)
        return found[0][0].decode() if found else ""

    def reached(self, position: str, target: str) -> bool:
        """Whether a position is at or past another."""
        return _order(position) >= _order(target)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()


def _order(position: str) -> tuple[int, ...]:
    """A stream's ids in their order: milliseconds, and the number within.

    >>> _order("1700-10") > _order("1700-9") > _order("")
    True
    """
    return tuple(int(part) for part in position.split("-")) if position else (0, 0)


def batch_of(partition: str, start: str, entries: Sequence[tuple[bytes, dict[bytes, bytes]]]) -> Batch:
    """A stream's entries as a batch."""
    records = []
    for entry, fields in entries:
        offset = entry.decode()
        headers = msgspec.msgpack.decode(fields[b"headers"]) if len(fields) > 1 else ()
        records.append(StreamRecord(offset, int(offset.split("-")[0]), fields.get(b"value", b""), headers))
    return Batch(partition, start, records, records[-1].offset)


class RedisSource:
    """Reads its share of the partitions; shares follow from who sends heartbeats, overlaps are refused by the guard."""

    def __init__(self, redis: Redis, site: str, log: RedisLog, group: str, member: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._partitions = log.partitions()
        self._readers = self._keys.readers(group)
        self._member = member
        self._positions: dict[str, str] = {}
        self._paused = False
        self._beaten_at = 0.0

    def assigned(self) -> frozenset[str]:
        """The partitions of this reader."""
        return frozenset(self._positions)

    def poll(self, timeout_s: float) -> list[Batch]:
        """The next records of the assigned partitions."""
        with reaching():
            self._share()
            if self._paused or not self._positions:
                time.sleep(timeout_s)
                return []
            names = {self._keys.log(one).encode(): one for one in self._positions}
            wanted: Any = {self._keys.log(one): at or "0-0" for one, at in self._positions.items()}
            found: Any = self._redis.xread(wanted, count=READ_COUNT, block=max(1, int(timeout_s * 1000))) or []
        return [
            self._batch(names[key], entries[at : at + BATCH_RECORDS])
            for key, entries in found
            for at in range(0, len(entries), BATCH_RECORDS)
        ]

    def _batch(self, partition: str, entries: Any) -> Batch:
        batch = batch_of(partition, self._positions[partition], entries)
        self._positions[partition] = batch.next_position
        return batch

    def seek(self, partition: str, position: str) -> None:
        """Read on after this position."""
        self._positions[partition] = position

    def pause(self) -> None:
        """Keep the share, read nothing."""
        self._paused = True

    def resume(self) -> None:
        """Read again."""
        self._paused = False

    def lag(self) -> int:
        """Entries not yet read; counted from the stream's own numbering, so trimmed ones don't count."""
        with reaching():
            pipe = self._redis.pipeline(transaction=False)
            for partition, at in self._positions.items():
                pipe.xrange(self._keys.log(partition), min=f"({at}" if at else "-", count=10_000)
            return sum(len(found) for found in pipe.execute())

    def close(self) -> None:
        """Leave the group, so that the others take over at once."""
        with reaching():
            self._redis.zrem(self._readers, self._member)

    def _share(self) -> None:
        """Send the heartbeat and take the partitions that fall to this member."""
        if time.monotonic() - self._beaten_at < _HEARTBEAT_S:
            return
        seconds, micros = self._redis.time()
        now_ms = seconds * 1000 + micros // 1000
        pipe = self._redis.pipeline(transaction=True)
        pipe.zadd(self._readers, {self._member: now_ms})
        pipe.zremrangebyscore(self._readers, "-inf", now_ms - MEMBER_TIMEOUT_MS)
        pipe.zrange(self._readers, 0, -1)
        members = sorted(one.decode() for one in pipe.execute()[2])
        mine = {one for at, one in enumerate(self._partitions) if members[at % len(members)] == self._member}
        self._positions = {one: self._positions.get(one, "") for one in sorted(mine)}
        self._beaten_at = time.monotonic()
