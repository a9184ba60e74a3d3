"""The factory's stream as a log sees it: in order of arrival, with duplicates, late events and corrections.

Each hour of business is drawn from its own seed, so an event is the same whatever window is asked for; the three days
before a window are drawn too, for what arrives late from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from operator import attrgetter
from random import Random
from typing import Any

from deploy.models.arrival import Arrival
from deploy.models.factory.business_hour import CORRECTIONS, happenings
from deploy.models.factory.garbage import garbage
from deploy.models.factory.happening import Happening
from deploy.models.factory.key_orders import order_states
from deploy.models.factory.line_states import line_states
from deploy.models.factory.plant import ZONE

HOUR_MS = 3_600_000
_UTC_OFFSET_MS = 8 * HOUR_MS
_BY_ARRIVAL = attrgetter("at_ms")

#: Shares of all first deliveries.
DUPLICATE_SHARE = 0.03
LATE_SHARE = 0.02
#: Of the types that are ever corrected, which are four fifths of the stream: so 1 % of it.
CORRECTION_SHARE = 0.0125
#: Where a quarter of the corrected orders and invoices are withdrawn altogether.
WITHDRAWN_SHARE = 0.25
#: Nothing arrives later than this after it happened.
LONGEST_MS = 72 * HOUR_MS

#: How long things take on their way to the log, in milliseconds: from, to.
USUAL = (300, 8_000)
LATE = (15 * 60_000, 70 * HOUR_MS)
AGAIN = (5_000, 23 * HOUR_MS)
CORRECTED = (10 * 60_000, 48 * HOUR_MS)


def events(start_ms: int, end_ms: int, seed: int = 2026, garbage_share: float = 0.0) -> Iterator[Arrival]:
    """What arrives in [start_ms, end_ms), in order of arrival; endless in practice, so `end_ms` may lie far ahead.

    `garbage_share` mixes in that share of bad input as bytes; the good events stay what they are without it.
    """
    waiting: list[Arrival] = []
    for hour in range((start_ms - LONGEST_MS) // HOUR_MS, -(-end_ms // HOUR_MS)):
        drawn = _arrivals(hour, seed)
        if garbage_share:
            drawn += garbage(Random(f"garbage {seed} {hour}"), hour * HOUR_MS, round(len(drawn) * garbage_share))
        waiting = sorted([*waiting, *drawn], key=_BY_ARRIVAL)
        until = min((hour + 1) * HOUR_MS, end_ms)
        ready = [one for one in waiting if one.at_ms < until]
        waiting = waiting[len(ready) :]
        yield from (one for one in ready if one.at_ms >= start_ms)


def _arrivals(hour: int, seed: int) -> list[Arrival]:
    """All arrivals of what happened in one hour (hours since the epoch), whenever they arrive."""
    start = dt.datetime.fromtimestamp(hour * 3600, ZONE)
    day = (hour * HOUR_MS + _UTC_OFFSET_MS) // (24 * HOUR_MS)
    rng = Random(seed * 10**9 + hour)
    happened = happenings(rng, day, start.hour)
    states = [*line_states(seed, day, start.hour, happened), *order_states(seed, day, start.hour)]
    # States have a seed of their own on their way, too: without them the others are what they are with them.
    found = _sent(rng, start, happened, "")
    return found + _sent(Random(f"states {seed} {hour}"), start, states, "state-")


def _sent(rng: Random, start: dt.datetime, happened: list[Happening], infix: str) -> list[Arrival]:
    """Everything that happened in an hour, named and on its way."""
    hour_ms = int(start.timestamp()) * 1000
    prefix, stem = f"{start:%Y-%m-%dT%H}:", f"{infix}{start:%y%m%d%H}"
    found: list[Arrival] = []
    for number, one in enumerate(happened):
        second = int(one.second)
        event = _cloud_event(one, f"{one.source}-{stem}-{number}", f"{prefix}{second // 60:02}:{second % 60:02}+08:00")
        found += _deliveries(rng, one, event, hour_ms + int(one.second * 1000))
    return found


def _cloud_event(one: Happening, id_: str, time: str) -> dict[str, Any]:
    source = f"/{one.source}/{one.unit}"
    return {"specversion": "1.0", "id": id_, "source": source, "type": one.type, "time": time, "data": one.data}


def _deliveries(rng: Random, one: Happening, event: dict[str, Any], happened_ms: int) -> list[Arrival]:
    """An event's way to the log: on time or late, perhaps again, perhaps corrected afterwards."""
    if rng.random() < LATE_SHARE:
        return [Arrival(happened_ms + _delay(rng, LATE), one.unit, event)]
    arrives_ms = happened_ms + int(rng.uniform(*USUAL))
    first = Arrival(arrives_ms, one.unit, event)
    if rng.random() < DUPLICATE_SHARE:
        return [first, Arrival(arrives_ms + _delay(rng, AGAIN), one.unit, event)]
    if one.type in CORRECTIONS and rng.random() < CORRECTION_SHARE:
        return [first, Arrival(arrives_ms + _delay(rng, CORRECTED), one.unit, _correction(rng, one, event))]
    return [first]


def _delay(rng: Random, span_ms: tuple[int, int]) -> int:
    """A delay whose size is as likely minutes as hours as days."""
    shortest, longest = span_ms
    return int(shortest * (longest / shortest) ** rng.random())


def _correction(rng: Random, one: Happening, event: dict[str, Any]) -> dict[str, Any]:
    withdrawn = "amount" in one.data and rng.random() < WITHDRAWN_SHARE
    after = None if withdrawn else CORRECTIONS[one.type](one.data)
    data = {"before": one.data, "after": after}
    return {**event, "id": f"{event['id']}-c", "type": f"{one.type}.corrected", "data": data}
