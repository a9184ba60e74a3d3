"""A site's shared facts in Redis: the model in force, the business clock, who scores."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

import msgspec

from scoring.definitions import Model

from .connection import Redis, reaching, text_map
from .keys import SiteKeys

#: The publishing scorer renews its lease every tick; another takes over when it has been silent for this long.
LEASE_MS = 4000


@dataclass(frozen=True, slots=True)
class AppliedModel:
    """An application of a model, with the generation of counters that its counting definitions need.

    `number` counts the applications of a site, `position` is that of its entry in the journal, `former` the generation
    that was in force before this one.
    """

    model: Model
    generation: str
    applied_ms: int
    author: str
    reason: str
    number: int = 0
    position: str = ""
    former: str = ""


class Outcome(StrEnum):
    """What became of an applied model; `KNOWN`: it, or a newer one, was put there before."""

    IN_FORCE = "in force"
    NEXT = "next"
    KNOWN = "known"


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
        self._parsed: dict[str, tuple[list[bytes | None], AppliedModel]] = {}
        self._put = redis.register_script(files(__package__).joinpath("put_model.lua").read_text())
        self._promote = redis.register_script(files(__package__).joinpath("promote.lua").read_text())

    def put_model(self, applied: AppliedModel) -> Outcome:
        """Put a model in force, or make it next where it counts otherwise; running services follow."""
        fields: dict[str, str | int] = {
            "json": applied.model.model_dump_json(by_alias=True),
            "version": applied.model.version,
            "generation": applied.generation,
            "applied_ms": applied.applied_ms,
            "author": applied.author,
            "reason": applied.reason,
            "number": applied.number,
            "position": applied.position,
        }
        keys = [self._keys.model, self._keys.next, self._keys.generations]
        head = [applied.number, applied.generation, applied.applied_ms]
        with reaching():
            done: bytes = self._put(keys, [*head, *(part for pair in fields.items() for part in pair)])
        return Outcome(done.decode())

    def promote(self, in_force: AppliedModel, following: AppliedModel) -> bool:
        """Put the next model in force; False if another is in force or next by now, and nothing was done."""
        with reaching():
            keys = [self._keys.model, self._keys.next, self._keys.generations]
            done = self._promote(keys, [in_force.number, following.number])
        return bool(done)

    def model(self) -> AppliedModel | None:
        """The model in force, if one was applied; parsed once per application."""
        return self._read(self._keys.model)

    def following(self) -> AppliedModel | None:
        """The model that will be in force once its counters are filled."""
        return self._read(self._keys.next)

    def _read(self, key: str) -> AppliedModel | None:
        with reaching():
            stamp = self._redis.hmget(key, "number", "applied_ms", "former")
            if stamp[1] is None:
                return None
            parsed = self._parsed.get(key)
            if parsed is None or parsed[0] != stamp:
                held = text_map(self._redis.hgetall(key))
                if not held:
                    return None
                parsed = self._parsed[key] = (stamp, _applied(held))
        return parsed[1]

    def generations(self) -> list[str]:
        """Generations that may have counters in Redis, the one asked for last at the end."""
        with reaching():
            return [one.decode() for one in self._redis.zrange(self._keys.generations, 0, -1)]

    def forget_generation(self, generation: str, group: str) -> None:
        """Strike a generation whose counters are gone off the list, with the group of readers that filled it."""
        with reaching():
            self._redis.delete(self._keys.readers(group))
            self._redis.zrem(self._keys.generations, generation)

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
        number=int(held.get("number", 0)),
        position=held.get("position", ""),
        former=held.get("former", ""),
    )
