"""Counters in Redis: the offset-guarded apply, a partition's state, and reads that are one moment's truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

import msgspec

from scoring.counters import AS_TEXT, EXACT_LIMIT, Amount, Increments

from ..fold import Folded, PartitionState
from .connection import Redis, reaching, text_map
from .keys import PartitionKeys

#: Batches of increments kept for the scorer; one that falls further behind reads the counters again.
MOVED_LENGTH = 256
#: Dead letters kept per partition; the records themselves stay in the log, their count in the state.
DEAD_LENGTH = 100_000


#: The names to read of the counters of a business day under an operation, of which there are so many; None for all.
Names = Callable[[str, str, int], Sequence[str] | None]


class OffsetConflict(Exception):
    """The stored position is not the expected one: another reader has gone on, or Redis lost its tail."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The increments of one applied batch, and the positions they lead from and to."""

    entry_id: bytes
    start: str
    end: str
    increments: Increments


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A dead letter as stored."""

    partition: str
    entry_id: str
    position: str
    timestamp_ms: int
    code: str
    reason: str
    excerpt: bytes


class CounterStore:
    """The counters of one site in one generation of definitions."""

    def __init__(self, redis: Redis, site: str, generation: str) -> None:
        self._redis = redis
        self._site = site
        self.generation = generation
        self._apply = redis.register_script(files(__package__).joinpath("apply.lua").read_text())

    def keys(self, partition: str) -> PartitionKeys:
        """The keys of a partition."""
        return PartitionKeys(self._site, partition, self.generation)

    def state(self, partition: str) -> PartitionState:
        """What the fold remembers of a partition."""
        keys = self.keys(partition)
        with reaching():
            held = text_map(self._redis.hgetall(keys.state))
            buckets = sorted(int(one) for one in _members(self._redis.smembers(keys.id_buckets)))
            ids = {bucket: _unpacked(self._redis.lrange(keys.ids(bucket), 0, -1)) for bucket in buckets}
        return PartitionState(
            position=held.get("position", ""),
            log_ms=int(held.get("log_ms", 0)),
            newest_ms=int(held.get("newest_ms", 0)),
            ids=ids,
            seen={one for bucket in ids.values() for one in bucket},
        )

    def apply(self, partition: str, folded: Folded) -> None:
        """Apply a batch whole; raises `OffsetConflict` and does nothing if the stored position is another."""
        keys = self.keys(partition)
        groups = [(day, operation, _wire(amounts)) for (day, operation), amounts in folded.increments.items()]
        new_ids = [(bucket, msgspec.json.encode(ids).decode()) for bucket, ids in folded.new_ids.items() if ids]
        names = [keys.state, keys.days, keys.moved, keys.dead, keys.id_buckets]
        names += [keys.day(day, operation) for day, operation, _ in groups]
        names += [keys.ids(bucket) for bucket, _ in new_ids] + [keys.ids(bucket) for bucket in folded.forget]
        counts = {name: amount for name, amount in asdict(folded.counts).items() if amount}
        letters = [
            ["position", one.position, "timestamp_ms", str(one.timestamp_ms), "code", one.code,
             "reason", one.reason, "excerpt", one.excerpt.decode("latin-1")]
            for one in folded.dead
        ]  # fmt: skip
        pack = msgspec.msgpack.encode
        state = {"log_ms": folded.log_ms, "newest_ms": folded.newest_ms}
        arguments: list[Any] = [
            folded.expected,
            folded.next_position,
            pack(state),
            pack(counts),
            pack(groups),
            pack(new_ids),
        ]
        arguments += [pack(folded.forget), pack(letters), MOVED_LENGTH, DEAD_LENGTH]
        with reaching():
            done = self._apply(names, arguments)
        if done != 1:
            raise OffsetConflict(f"{partition}: stored position is {done!r}, expected {folded.expected!r}")

    def days(self, partition: str) -> list[str]:
        """The business days that have counters, as YYYYMMDD, oldest first."""
        with reaching():
            return sorted({one.split(":")[0] for one in _members(self._redis.smembers(self.keys(partition).days))})

    def snapshot(
        self, partition: str, first_day: str = "", last_day: str = "99991231", rows_from: str | None = None
    ) -> tuple[str, bytes, Increments]:  # fmt: skip
        """Position, newest entry of the moved stream and counters of these days, all of one moment.

        Rows of tables only if asked for, from a day of their own on.
        """
        keys = self.keys(partition)

        def within(found: Any) -> list[str]:
            groups = [(one, *one.split(":")) for one in _members(found)]
            days = [one for one, day, operation in groups if operation != "row" and first_day <= day <= last_day]
            rows = [one for one, day, operation in groups if operation == "row" and _asked(day, rows_from)]
            return sorted(days + rows)

        while True:
            with reaching():
                groups = within(self._redis.smembers(keys.days))
                pipe = self._redis.pipeline(transaction=True)
                pipe.hget(keys.state, "position").xrevrange(keys.moved, count=1).smembers(keys.days)
                for group in groups:
                    pipe.hgetall(keys.day(*group.split(":")))
                position, newest, days, *hashes = pipe.execute()
            if groups == within(days):
                break
        increments: Increments = {}
        for group, found in zip(groups, hashes, strict=True):
            day, operation = group.split(":")
            increments[(day, operation)] = {  # type: ignore[index]
                name.decode(): value.decode() if operation in AS_TEXT else int(value) for name, value in found.items()
            }
        return (position or b"").decode(), newest[0][0] if newest else b"0-0", increments

    def selected(self, partition: str, days: Iterable[str], names: Names) -> Increments:
        """Counters of these business days by name, all of one moment."""
        keys, asked = self.keys(partition), frozenset(days)
        with reaching():
            held = _members(self._redis.smembers(keys.days))
            groups = sorted((day, operation) for day, operation in (one.split(":") for one in held) if day in asked)
            groups = [group for group in groups if group[1] != "row"]
            pipe = self._redis.pipeline(transaction=False)
            for group in groups:
                pipe.hlen(keys.day(*group))
            asked_for = {group: names(*group, held) for group, held in zip(groups, pipe.execute(), strict=True)}
            wanted = {group: asks for group, asks in asked_for.items() if asks is None or asks}
            pipe = self._redis.pipeline(transaction=True)
            for group, asks in wanted.items():
                name = keys.day(*group)
                pipe.hgetall(name) if asks is None else pipe.hmget(name, list(asks))
            found = pipe.execute()
        increments: Increments = {}
        for (day, operation), answer in zip(wanted, found, strict=True):
            asks = wanted[day, operation]
            items = answer.items() if isinstance(answer, dict) else zip(asks or (), answer, strict=True)
            increments[(day, operation)] = {  # type: ignore[index]
                _text(name): value.decode() if operation in AS_TEXT else int(value)
                for name, value in items if value is not None
            }  # fmt: skip
        return increments

    def counts(self, partition: str) -> dict[str, str]:
        """The state's fields: position, log_ms, newest_ms, records, counted, duplicates, dead, late, corrections."""
        with reaching():
            return text_map(self._redis.hgetall(self.keys(partition).state))

    def positions(self, partitions: Iterable[str]) -> dict[str, str]:
        """How far each partition is counted; '' where nothing was yet."""
        with reaching():
            pipe = self._redis.pipeline(transaction=False)
            names = list(partitions)
            for partition in names:
                pipe.hget(self.keys(partition).state, "position")
            return {name: (found or b"").decode() for name, found in zip(names, pipe.execute(), strict=True)}

    def drop(self, partition: str) -> None:
        """Delete all counters of a partition; the server frees their memory in the background."""
        keys = self.keys(partition)
        with reaching():
            groups = [one.split(":") for one in _members(self._redis.smembers(keys.days))]
            buckets = [int(one) for one in _members(self._redis.smembers(keys.id_buckets))]
            names = [*(keys.day(*group) for group in groups), *(keys.ids(bucket) for bucket in buckets)]
            self._redis.unlink(*names, keys.moved, keys.dead, keys.state, keys.days, keys.id_buckets)

    def moved(self, after: dict[str, bytes], timeout_ms: int) -> dict[str, list[Moved]]:
        """Batches applied since the given entries, by partition; waits up to `timeout_ms` for the first."""
        names = {self.keys(partition).moved.encode(): partition for partition in after}
        wanted: Any = {self.keys(partition).moved: entry for partition, entry in after.items()}
        with reaching():
            found: Any = self._redis.xread(wanted, block=timeout_ms, count=MOVED_LENGTH) or []
        return {names[key]: [_moved(entry, fields) for entry, fields in entries] for key, entries in found}

    def dead_letters(self, partition: str, after: str = "-", count: int = 1000) -> list[StoredLetter]:
        """Dead letters of a partition in order, from the entry `after` on, exclusive."""
        with reaching():
            start = after if after == "-" else f"({after}"
            found: Any = self._redis.xrange(self.keys(partition).dead, min=start, count=count)
        return [_letter(partition, entry, fields) for entry, fields in found]

    def forget_letter(self, letter: StoredLetter) -> None:
        """Delete a dead letter whose record was appended to the log again."""
        with reaching():
            self._redis.xdel(self.keys(letter.partition).dead, letter.entry_id)


def _wire(amounts: dict[str, Amount]) -> dict[str, Amount]:
    """Amounts as msgpack for Lua; what a double can't hold goes as text."""
    if all(isinstance(one, str) or -EXACT_LIMIT < one < EXACT_LIMIT for one in amounts.values()):
        return amounts
    return {name: str(one) if isinstance(one, int) else one for name, one in amounts.items()}


def _asked(day: str, rows_from: str | None) -> bool:
    return rows_from is not None and day >= rows_from


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _members(found: Any) -> list[str]:
    return [one.decode() for one in found]


def _unpacked(blobs: Any) -> list[str]:
    return [one for blob in blobs for one in msgspec.json.decode(blob)]


def _moved(entry: bytes, fields: dict[bytes, bytes]) -> Moved:
    groups = msgspec.msgpack.decode(fields[b"groups"])
    increments: Increments = {
        (day, operation): {
            name: amount if operation in AS_TEXT else int(amount) for name, amount in amounts.items()
        }
        for day, operation, amounts in groups
    }  # fmt: skip
    return Moved(entry, fields[b"from"].decode(), fields[b"to"].decode(), increments)


def _letter(partition: str, entry: bytes, fields: dict[bytes, bytes]) -> StoredLetter:
    return StoredLetter(
        partition=partition,
        entry_id=entry.decode(),
        position=fields[b"position"].decode(),
        timestamp_ms=int(fields[b"timestamp_ms"]),
        code=fields[b"code"].decode(),
        reason=fields[b"reason"].decode(),
        excerpt=fields[b"excerpt"].decode().encode("latin-1"),
    )
