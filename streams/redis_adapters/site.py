"""A site's shared facts in Redis: the model in force, the business clock, who scores."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from scoring.definitions import Model

from .connection import Redis, reaching, text_map
from .keys import SiteKeys

#: The publishing scorer renews its lease every tick; another takes over when it has been silent for this long.
LEASE_MS = 4000


@dataclass(frozen=True, slots=True)
class AppliedModel:
    """A model in force, with the generation of counters that its counting definitions need."""

    model: Model
    generation: str
    applied_ms: int
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time: real time, or during a replay a line through (real_ms, event_ms) with a speed."""

    event_ms: int = 0
    real_ms: int = 0
    speed: float = 1.0

    def now_ms(self) -> int:
        """Business time now."""
        real = time.time_ns() // 1_000_000
        return real if not self.real_ms else self.event_ms + round((real - self.real_ms) * self.speed)


@dataclass(frozen=True, slots=True)
class ReaderReport:
    """How one ingest process does: its lag in records and its rate since the last report."""

    member: str
    at_ms: int
    lag: int
    records_per_s: float
    conflicts: int
    outages: int


class SiteStore:
    """Reads and writes a site's shared facts."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._keys = SiteKeys(site)
        self._parsed: tuple[str, AppliedModel] | None = None

    def apply_model(self, applied: AppliedModel) -> None:
        """Put a model in force; running services follow."""
        fields: dict[str | bytes, str | int] = {
            "json": applied.model.model_dump_json(by_alias=True),
            "version": applied.model.version,
            "generation": applied.generation,
            "applied_ms": applied.applied_ms,
            "author": applied.author,
            "reason": applied.reason,
        }
        with reaching():
            pipe = self._redis.pipeline(transaction=True)
            pipe.delete(self._keys.model).hset(self._keys.model, mapping=fields)
            pipe.xadd(self._keys.models, fields)
            pipe.execute()

    def model(self) -> AppliedModel | None:
        """The model in force, if one was applied; parsed once per application."""
        with reaching():
            stamp = self._redis.hget(self._keys.model, "applied_ms")
            if stamp is None:
                return None
            if self._parsed is None or self._parsed[0] != stamp.decode():
                held = text_map(self._redis.hgetall(self._keys.model))
                self._parsed = (held["applied_ms"], _applied(held))
        return self._parsed[1]

    def set_clock(self, clock: Clock) -> None:
        """Set business time for a replay."""
        fields = {"event_ms": clock.event_ms, "real_ms": clock.real_ms, "speed": clock.speed}
        with reaching():
            self._redis.hset(self._keys.clock, mapping=fields)

    def clock(self) -> Clock:
        """The business clock."""
        with reaching():
            held = text_map(self._redis.hgetall(self._keys.clock))
        if not held:
            return Clock()
        return Clock(int(held["event_ms"]), int(held["real_ms"]), float(held["speed"]))

    def hold_lease(self, owner: str) -> bool:
        """Take or renew the right to publish the board; False while another scorer has it."""
        with reaching():
            if self._redis.set(self._keys.scorer, owner, nx=True, px=LEASE_MS):
                return True
            if (self._redis.get(self._keys.scorer) or b"").decode() != owner:
                return False
            return bool(self._redis.pexpire(self._keys.scorer, LEASE_MS))

    def drop_lease(self, owner: str) -> None:
        """Give the right back, so that another scorer takes over at once."""
        with reaching():
            if (self._redis.get(self._keys.scorer) or b"").decode() == owner:
                self._redis.delete(self._keys.scorer)

    def report_reader(self, report: ReaderReport) -> None:
        """Let the metrics page know how a reader does."""
        with reaching():
            self._redis.hset(self._keys.reports, report.member, msgspec.json.encode(report))

    def reader_reports(self) -> list[ReaderReport]:
        """The readers heard of in the last half minute."""
        with reaching():
            found = self._redis.hvals(self._keys.reports)
        reports = [msgspec.json.decode(one, type=ReaderReport) for one in found]
        return [one for one in reports if one.at_ms > time.time() * 1000 - 30_000]

    def ping(self) -> None:
        """Raise `StoreUnavailable` unless Redis answers."""
        with reaching():
            self._redis.ping()


def _applied(held: dict[str, str]) -> AppliedModel:
    return AppliedModel(
        model=Model.model_validate_json(held["json"]),
        generation=held["generation"],
        applied_ms=int(held["applied_ms"]),
        author=held["author"],
        reason=held["reason"],
    )
