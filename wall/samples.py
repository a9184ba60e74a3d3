"""The sample models that come with kpiwall, and how their events are replayed."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from deploy.models.arrival import Arrival
from streams.records import Log, LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import Clock

#: Entries appended to the log at once.
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample model: where its history begins, when the demo sets in, and at which speed it goes on."""

    name: str
    begins_ms: int
    sets_in_ms: int
    speed: float
    events: Callable[[int], Iterator[Arrival]]

    @property
    def folder(self) -> Path:
        """Its model folder."""
        return Path(str(files("deploy.models").joinpath(self.name)))


def _at(zone: str, *moment: int) -> int:
    return int(dt.datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[misc,arg-type]


def _factory(begins_ms: int) -> Iterator[Arrival]:
    from deploy.models.factory.shop_floor import events

    return events(begins_ms, begins_ms + 365 * 86_400_000)


def _airline(_: int) -> Iterator[Arrival]:
    from deploy.models.airline.flights import demo_events

    return demo_events()


def samples() -> dict[str, Sample]:
    """The samples by name; both set in at the moment of the reference pictures."""
    shanghai, new_york = "Asia/Shanghai", "America/New_York"
    factory = Sample("factory", _at(shanghai, 2026, 3, 1), _at(shanghai, 2026, 3, 18, 14, 24), 30.0, _factory)
    airline = Sample("airline", _at(new_york, 2013, 7, 1), _at(new_york, 2013, 7, 12, 17, 40), 60.0, _airline)
    return {one.name: one for one in (factory, airline)}


def entry(arrival: Arrival) -> tuple[str, bytes]:
    """An arrival as key and value for the log."""
    event = arrival.event
    return arrival.key, event if isinstance(event, bytes) else msgspec.json.encode(event)


class Replay:
    """Replays a sample: its history at once, then the rest in its own time, at a speed."""

    def __init__(self, sample: Sample, log: Log, speed: float) -> None:
        self._log = log
        self._arrivals = sample.events(sample.begins_ms)
        self._next: Arrival | None = next(self._arrivals, None)
        self._sample = sample
        self.speed = speed
        self.clock = Clock(sample.sets_in_ms, time.time_ns() // 1_000_000, speed)

    @property
    def over(self) -> bool:
        """Whether the sample has no more events."""
        return self._next is None

    @property
    def history_s(self) -> int:
        """How long the history is, in business seconds."""
        return (self._sample.sets_in_ms - self._sample.begins_ms) // 1000

    def history(self, progress: Callable[[int], None]) -> int:
        """Append everything before the demo sets in; returns how many events; `progress` hears business seconds."""
        return self._append_until(self._sample.sets_in_ms, progress)

    def restart_clock(self) -> Clock:
        """The clock that sets in now."""
        self.clock = Clock(self._sample.sets_in_ms, time.time_ns() // 1_000_000, self.speed)
        return self.clock

    def catch_up(self) -> None:
        """Append what is due by now; an outage only delays it."""
        try:
            self._append_until(self.clock.now_ms(), lambda _: None)
        except (StoreUnavailable, LogUnavailable):
            time.sleep(0.5)

    def _append_until(self, until_ms: int, progress: Callable[[int], None]) -> int:
        total = 0
        while self._next is not None and self._next.at_ms <= until_ms:
            chunk = self._due(until_ms)
            self._log.append([entry(one) for one in chunk])
            total += len(chunk)
            progress((chunk[-1].at_ms - chunk[0].at_ms) // 1000)
        return total

    def _due(self, until_ms: int) -> Sequence[Arrival]:
        chunk: list[Arrival] = []
        for arrival in itertools.chain([self._next] if self._next else [], self._arrivals):
            if arrival.at_ms > until_ms or len(chunk) == CHUNK:
                self._next = arrival
                return chunk
            chunk.append(arrival)
        self._next = None
        return chunk
