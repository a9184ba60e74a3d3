"""The outbox in Redis: messages that are to be sent, in order for each recipient, and the log of every attempt.

Every step is one script, so that whatever dies whenever loses and repeats nothing here; a message may be repeated only
where its receiver took it and the sender died before it could say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from .connection import Redis, reaching, text_map
from .keys import SiteKeys

#: An id is known for so long: adding it again within that time does nothing.
KNOWN_MS = 14 * 24 * 3_600_000
#: Lines of the log that are kept, about.
LOG_KEPT = 20_000
#: How long a taken lane is out of reach of other senders unless its holder extends it.
LEASE_MS = 60_000

#: The id of a message and the message, as JSON with its `channel`, `recipient` and `made_ms`.
Parcel = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Lane:
    """The messages at the head of a lane, taken by `holder`; `tries` failed before, the first of them at `first_ms`."""

    channel: str
    name: str
    holder: str
    tries: int
    first_ms: int
    contents: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be sent now; perhaps in so many ms (None: until something is added)."""

    for_ms: int | None
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How a channel sends: so many a minute (0: any), folding so many (0: never) or more, up to `most` at once."""

    per_minute: int = 0
    fold_from: int = 0
    most: int = 50


Line = Mapping[str, str | int]


class Outbox:
    """Adds, takes and ends messages. Moments are real time in ms, given by the caller."""

    def __init__(self, redis: Redis, site: str) -> None:
        self._redis = redis
        self._root = SiteKeys(site).outbox
        self._script = redis.register_script(files(__package__).joinpath("outbox.lua").read_text("utf-8"))

    def add_to(self, pipe: Any, parcels: Sequence[Parcel]) -> None:
        """Add messages as a step of somebody's own transaction; an id that is known already is passed over."""
        if parcels:
            self._script([self._root], _adding(parcels), client=pipe)

    def put(self, parcels: Sequence[Parcel]) -> int:
        """Add messages; how many were new."""
        if not parcels:
            return 0
        with reaching():
            return int(self._script([self._root], _adding(parcels)))

    def take(self, channel: str, now_ms: int, holder: str, limits: Limits) -> Lane | Nothing:
        """Take the lane of a channel that is due longest; it is the holder's for `LEASE_MS`."""
        given = [channel, now_ms, holder, LEASE_MS, limits.per_minute, limits.fold_from, limits.most]
        with reaching():
            kind, *rest = self._script([self._root], ["take", *given])
        if kind != b"lane":
            wait_ms = int(rest[0])
            return Nothing(None if wait_ms < 0 else wait_ms, kind == b"wait")
        lane, tries, first_ms, *contents = rest
        return Lane(channel, lane.decode(), holder, int(tries), int(first_ms), tuple(filter(None, contents)))

    def extend(self, lane: Lane, now_ms: int) -> bool:
        """Keep a lane for another `LEASE_MS`; False if it is no longer the holder's."""
        with reaching():
            done = self._script([self._root], ["extend", lane.channel, lane.name, lane.holder, now_ms + LEASE_MS])
        return bool(done[0])

    def end(self, lane: Lane, now_ms: int, outcome: str, lines: Sequence[Line]) -> bool:
        """The messages that were taken are done with, sent or not; False if they were not the holder's any more."""
        with reaching():
            done = self._script([self._root], ["end", *_ending(lane, now_ms, outcome), *_written(lines)])
        return bool(done[0])

    def again(self, lane: Lane, due_ms: int, outcome: str, lines: Sequence[Line], pause_ms: int = 0) -> bool:
        """Try the same messages again at a moment; with `pause_ms` the whole channel rests until then."""
        with reaching():
            done = self._script(
                [self._root], ["again", *_ending(lane, due_ms, outcome), pause_ms, *_written(lines)]
            )  # fmt: skip
        return bool(done[0])

    def waiting(self) -> dict[str, int]:
        """How many messages wait, by channel."""
        counts: dict[str, int] = {}
        with reaching():
            lanes = list(self._redis.scan_iter(match=f"{_literal(self._root)}:lane:*", count=1000))
            pipe = self._redis.pipeline(transaction=False)
            for lane in lanes:
                pipe.llen(lane)
            for lane, count in zip(lanes, pipe.execute(), strict=True):
                channel = lane.decode().removeprefix(f"{self._root}:lane:").partition("|")[0]
                counts[channel] = counts.get(channel, 0) + int(count)
        return counts

    def contents(self) -> list[bytes]:
        """The messages that wait, in no order."""
        with reaching():
            found: list[bytes] = self._redis.hvals(f"{self._root}:messages")
        return found

    def counts(self) -> dict[tuple[str, str], int]:
        """How many messages had which outcome in all, by channel and outcome."""
        with reaching():
            held = text_map(self._redis.hgetall(f"{self._root}:counts"))
        return {(name.rpartition("|")[0], name.rpartition("|")[2]): int(count) for name, count in held.items()}

    def note(self, line: Line) -> None:
        """Write a line of the log for what was sent past the outbox."""
        with reaching():
            self._redis.xadd(f"{self._root}:log", dict(line), maxlen=LOG_KEPT, approximate=True)

    def log(self, most: int, before: str = "+") -> Iterator[tuple[str, dict[str, str]]]:
        """The log from its newest line back: position and line; on from a position if one is given."""
        while most > 0:
            page = min(most, 500)
            with reaching():
                found = self._redis.xrevrange(f"{self._root}:log", max=before, count=page)
            for position, line in found:
                yield position.decode(), text_map(line)
            if len(found) < page:
                return
            most -= page
            before = f"({found[-1][0].decode()}"


def _adding(parcels: Sequence[Parcel]) -> list[Any]:
    return ["add", KNOWN_MS, *(part for parcel in parcels for part in parcel)]


def _ending(lane: Lane, at_ms: int, outcome: str) -> list[Any]:
    return [lane.channel, lane.name, lane.holder, at_ms, outcome, LOG_KEPT]


def _written(lines: Sequence[Line]) -> Iterator[Any]:
    for line in lines:
        yield 2 * len(line)
        for field, value in line.items():
            yield from (field, value)


def _literal(pattern: str) -> str:
    r"""A text that stands for itself in a pattern.

    >>> _literal("kpiwall:{a*}")
    'kpiwall:{a\\*}'
    """
    return "".join(f"\\{one}" if one in "*?[]\\^" else one for one in pattern)
