"""Alerts in Redis: those that are pending or stand, what was told of them, and those that were.

Whoever works them out holds a lease; every step of theirs is one transaction that is refused without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from redis import WatchError

from scoring.alerts.alert import Alert, AlertKey
from scoring.alerts.engine import Memory
from scoring.alerts.record import Case, Record

from ..exact import fraction_read, fraction_text
from .connection import Redis, reaching
from .keys import SiteKeys

#: The service renews its lease twice a second; another takes over when it has been silent for this long.
LEASE_MS = 4000
#: Alerts kept that are over: some 270 a day for a year.
MOST_KEPT = 100_000
#: Words of change kept, and alerts that one of them names; whoever is further behind reads everything.
_CHANGES_LENGTH, _MOST_NAMED = 1024, 500
#: Alerts last at most this long, as far as a search in a span of time is concerned.
LONGEST_MS = 92 * 86_400_000

T = TypeVar("T")


class LostLease(Exception):
    """Another process works alerts out by now; nothing was done."""


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that the service goes on from; `records` are those of open cases and standing alerts."""

    alerts: Sequence[Alert]
    memory: Memory
    cases: Mapping[str, Case]
    records: Mapping[str, Record]


@dataclass(slots=True)
class Step:
    """What changes at once: alerts (None: gone), memory, records, cases (None: closed), and what else belongs to it."""

    alerts: dict[AlertKey, Alert | None] = field(default_factory=dict)
    memory: Memory | None = None
    records: dict[str, Record] = field(default_factory=dict)
    cases: dict[str, Case | None] = field(default_factory=dict)
    also: list[Callable[[Redis], None]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.alerts or self.memory is not None or self.records or self.cases or self.also)


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """How the service does: the board and business moment that it has dealt with, and what that took."""

    board: int = 0
    at_ms: int = 0
    real_ms: int = 0
    evaluation_ms: float = 0.0
    pending: int = 0
    standing: int = 0
    waiting: int = 0


_ENCODER = msgspec.msgpack.Encoder(enc_hook=fraction_text)


def _decoder(kind: type[T]) -> msgspec.msgpack.Decoder[T]:
    return msgspec.msgpack.Decoder(kind, dec_hook=fraction_read)


_ALERT, _MEMORY, _CASE, _RECORD = _decoder(Alert), _decoder(Memory), _decoder(Case), _decoder(Record)
_FIGURES = msgspec.json.Decoder(AlertFigures)


class AlertStore:
    """Reads and writes a site's alerts."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)

    def hold(self, owner: str) -> bool:
        """Take or renew the right to work alerts out; False while another process has it."""
        with reaching():
            if self._redis.set(self._keys.alert_lease, owner, nx=True, px=LEASE_MS):
                return True
            if (self._redis.get(self._keys.alert_lease) or b"").decode() != owner:
                return False
            return bool(self._redis.pexpire(self._keys.alert_lease, LEASE_MS))

    def drop(self, owner: str) -> None:
        """Give the right back, so that another process takes over at once."""
        with reaching():
            if (self._redis.get(self._keys.alert_lease) or b"").decode() == owner:
                self._redis.delete(self._keys.alert_lease)

    def load(self) -> Held:
        """What the former steps left."""
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.hvals(self._keys.alerts).get(self._keys.alert_memory).hgetall(self._keys.alert_cases)
            found, memory, open_cases = pipe.execute()
        alerts = [_ALERT.decode(one) for one in found]
        cases = {name.decode(): _CASE.decode(one) for name, one in open_cases.items()}
        wanted = cases.keys() | {one.id for one in alerts if one.stands}
        return Held(alerts, _MEMORY.decode(memory) if memory else Memory(), cases, self.records(wanted))

    def commit(self, owner: str, step: Step) -> None:
        """Take a step whole; raises `LostLease` if it is no longer the owner's to take."""
        with reaching(), self._redis.pipeline(transaction=True) as pipe:
            try:
                pipe.watch(self._keys.alert_lease)
                if (pipe.get(self._keys.alert_lease) or b"").decode() != owner:
                    raise LostLease("another process works alerts out")
                pipe.multi()
                self._write(pipe, step)
                pipe.execute()
            except WatchError:
                raise LostLease("the lease ran out or was taken meanwhile") from None

    def _write(self, pipe: Redis, step: Step) -> None:
        _put(pipe, self._keys.alerts, {_name(key): alert for key, alert in step.alerts.items()})
        _put(pipe, self._keys.alert_cases, step.cases)
        _put(pipe, self._keys.alert_records, step.records)
        if step.memory is not None:
            pipe.set(self._keys.alert_memory, _ENCODER.encode(step.memory))
        fired = {name: one.alert.fired_ms for name, one in step.records.items() if one.alert.fired_ms is not None}
        if fired:
            pipe.zadd(self._keys.alert_times, fired)
        for add in step.also:
            add(pipe)
        if step.records:
            self._tell(pipe, list(step.records))

    def tell(self, ids: Sequence[str]) -> None:
        """Let every server and the service know that something was done about these alerts."""
        with reaching():
            self._tell(self._redis, ids)

    def _tell(self, redis: Redis, ids: Sequence[str]) -> None:
        named = " ".join(ids) if len(ids) <= _MOST_NAMED else "*"
        redis.xadd(self._keys.alert_changes, {"ids": named}, maxlen=_CHANGES_LENGTH, approximate=True)

    def prune(self, most: int = MOST_KEPT) -> int:
        """Drop the oldest records beyond `most`, but for those of open cases; how many that were."""
        with reaching():
            excess = self._redis.zcard(self._keys.alert_times) - most
            if excess <= 0:
                return 0
            kept = set(self._redis.hkeys(self._keys.alert_cases))
            oldest = [one for one in self._redis.zrange(self._keys.alert_times, 0, excess - 1) if one not in kept]
            if oldest:
                pipe = self._redis.pipeline(transaction=True)
                pipe.hdel(self._keys.alert_records, *oldest).zrem(self._keys.alert_times, *oldest)
                pipe.execute()
        return len(oldest)

    def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """The records of these alerts, as far as there are any."""
        wanted = list(ids)
        if not wanted:
            return {}
        with reaching():
            found = self._redis.hmget(self._keys.alert_records, wanted)
        return {name: _RECORD.decode(one) for name, one in zip(wanted, found, strict=True) if one is not None}

    def newest(self, count: int) -> dict[str, Record]:
        """The records of those that fired last, the newest first."""
        with reaching():
            ids = self._redis.zrevrange(self._keys.alert_times, 0, count - 1)
        return self.records(one.decode() for one in ids)

    def fired_between(self, start_ms: int, end_ms: int) -> dict[str, Record]:
        """The records of those that fired in a span of business time, the oldest first."""
        with reaching():
            ids = self._redis.zrangebyscore(self._keys.alert_times, start_ms, f"({end_ms}")
        return self.records(one.decode() for one in ids)

    def newest_change(self) -> str:
        """Where the words of change stand now."""
        with reaching():
            found: Any = self._redis.xrevrange(self._keys.alert_changes, count=1)
        return found[0][0].decode() if found else "0-0"

    def follow(self, entry: str, timeout_ms: int) -> tuple[str, set[str] | None]:
        """The ids of alerts that changed since `entry`, waiting up to `timeout_ms`, and where that stands.

        None stands for all of them.
        """
        with reaching():
            found: Any = self._redis.xread({self._keys.alert_changes: entry}, block=timeout_ms)
        if not found:
            return entry, set()
        entries = found[0][1]
        named = [fields[b"ids"].decode() for _, fields in entries]
        ids = None if "*" in named or len(entries) >= _CHANGES_LENGTH else {one for ids in named for one in ids.split()}
        return entries[-1][0].decode(), ids

    def report(self, figures: AlertFigures) -> None:
        """Let the metrics page know how the service does."""
        with reaching():
            self._redis.set(self._keys.alert_figures, msgspec.json.encode(figures))

    def figures(self) -> AlertFigures | None:
        """How the service does; None before it has run."""
        with reaching():
            found = self._redis.get(self._keys.alert_figures)
        return _FIGURES.decode(found) if found else None


def _put(pipe: Redis, key: str, items: Mapping[str, Any]) -> None:
    """Put what is something into a hash and take what is None out of it."""
    kept = {name: _ENCODER.encode(one) for name, one in items.items() if one is not None}
    if kept:
        pipe.hset(key, mapping=kept)
    if gone := [name for name, one in items.items() if one is None]:
        pipe.hdel(key, *gone)


def _name(key: AlertKey) -> str:
    return f"{key.rule}|{key.unit}|{key.kpi}"
