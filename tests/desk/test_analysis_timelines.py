"""Timelines are what brute force over the events gives, what whole rescoring gives, and what closed periods froze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from deploy.models.arrival import Arrival
from deploy.models.factory import plant
from deploy.models.factory.shop_floor import events
from scoring.branch import branch
from scoring.calendar import BusinessCalendar
from scoring.definitions import Change, Model
from tests.desk.counted_site import arrive, board_at, counted_site
from tests.samples import folders, recount
from tests.support.servers import RedisNode
from wall.results.closing import close_period, reopen_period
from wall.results.past import Past
from wall.results.period_names import period_named
from wall.results.timeline import Kind, PeriodPoint, Timelines
from wall.wiring import Site


def ms(month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(dt.datetime(2026, month, day, hour, minute, tzinfo=plant.ZONE).timestamp() * 1000)


NOW_MS = ms(3, 18, 14, 24)
UNITS = ("group", "marketing", "asm-1")
#: A department moves, one unit's score is made of its children's, and a weight changes in between.
MOVED = Change.model_validate(
    {
        "from": "2026-03-09",
        "reason": "moved",
        "units": {"asm-1": {"parent": "hydraulics"}, "group": {"child_share": 20}},
    }
)


@dataclass
class Factory:
    site: Site
    model: Model
    arrivals: list[Arrival]

    def timelines(self) -> Timelines:
        return Timelines(self.site, board_at(self.site, NOW_MS))


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="everysec") as node:
        yield node


@pytest.fixture(scope="module")
def arrivals() -> list[Arrival]:
    return list(events(ms(2, 23), NOW_MS))


@pytest.fixture(scope="module")
def factory(redis: RedisNode, arrivals: list[Arrival]) -> Factory:
    model = folders.read("factory")
    return Factory(counted_site(redis.url, model, arrivals), model, arrivals)


@pytest.fixture(scope="module")
def moving(redis: RedisNode, arrivals: list[Arrival]) -> Factory:
    model = folders.read("factory")
    model = model.model_copy(update={"changes": [*model.changes, MOVED]})
    return Factory(counted_site(redis.url, model, arrivals), model, arrivals)


def told(point: PeriodPoint) -> tuple[Any, ...]:
    """A point without when its statuses began, which depends on the ticks."""
    score = point.score and replace(point.score, since_ms=None)
    return score, {kpi: replace(one, since_ms=None) for kpi, one in point.kpis.items()}


def whole(factory: Factory, unit: str, end_ms: int) -> tuple[Any, ...]:
    """The same from a rescoring of everything."""
    applied = factory.site.store.model()
    assert applied is not None
    at = Past(factory.site, applied).at(end_ms)
    kpis = {kpi: result for (one, kpi), result in at.kpis.items() if one == unit}
    return told(PeriodPoint(0, 0, False, at.units.get(unit), kpis))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", ["day", "week", "month"])
def test_a_past_point_is_what_rescoring_everything_gives(moving: Factory, unit: str, kind: Kind) -> None:
    points = moving.timelines().of(unit, kind, 4)
    assert [point.running for point in points] == [False, False, False, True]
    compared = 0
    for point in points[:-1]:
        if point.end_ms > ms(2, 23):
            assert told(point) == whole(moving, unit, point.end_ms), point.end_ms
            compared += 1
        else:
            assert (point.score, point.kpis) == (None, {})
    assert compared >= {"day": 3, "week": 3, "month": 1}[kind]


def test_the_running_point_is_the_board(factory: Factory) -> None:
    view = board_at(factory.site, NOW_MS)
    for unit in UNITS:
        point = Timelines(factory.site, view).of(unit, "month", 1)[0]
        assert point.score == view.board().units[unit]
        assert dict(point.kpis) == {kpi: one for (at, kpi), one in view.board().kpis.items() if at == unit}


@pytest.mark.parametrize("unit", ["assembly", "asm-1", "group"])
def test_daily_values_are_what_brute_force_over_the_events_gives(factory: Factory, unit: str) -> None:
    arrived = [one for one in factory.arrivals if one.at_ms < NOW_MS]
    sums = recount.metric_sums(factory.model, arrived)
    compared = 0
    for point in factory.timelines().of(unit, "day", 6)[:-1]:
        last = dt.datetime.fromtimestamp(point.end_ms / 1000, plant.ZONE) - dt.timedelta(minutes=1)
        if not recount.works(factory.model, last.date()):
            continue  # brute force knows no share of a day without work
        until = {key: amount for key, amount in sums.items() if key[2] <= last.date()}
        judged, _ = recount.scorecards(factory.model, until, last)
        for kpi, result in point.kpis.items():
            declared = next(one for one in factory.model.kpis if one.id == kpi)
            if declared.period in ("month", "day") and (unit, kpi) in judged:
                assert (result.value or Fraction(0)) == (judged[unit, kpi].value or Fraction(0)), (kpi, last)
                compared += 1
    assert compared >= 12


def test_a_closed_period_tells_what_it_froze_until_it_is_opened_again(
    redis: RedisNode, arrivals: list[Arrival]
) -> None:
    model = folders.read("factory")
    kept = [one for one in arrivals if one.at_ms < ms(3, 5)]
    late = [one for one in arrivals if one.at_ms >= ms(3, 5)]
    site = counted_site(redis.url, model, kept, partitions=1)
    applied = site.store.model()
    assert applied is not None
    week = period_named("2026-W10", BusinessCalendar(model.calendar))
    before = close_period(site, applied, week, NOW_MS, "Ann", "test")
    arrive(site, late)
    timelines = Timelines(site, board_at(site, NOW_MS))

    def point() -> PeriodPoint:
        return next(one for one in timelines.of("asm-1", "week", 4) if one.start_ms == week.start_ms)

    frozen = {one.kpi: one for one in before.kpis if one.unit == "asm-1"}
    assert dict(point().kpis) == frozen
    assert point().score == before.scores.units["asm-1"]
    reopen_period(site, "2026-W10", "Ann", "late events")
    assert dict(point().kpis) != frozen
    assert told(point()) == whole(Factory(site, model, []), "asm-1", week.end_ms)


def test_a_late_event_moves_a_point_that_is_kept_and_others_stay_as_they_are(
    redis: RedisNode, arrivals: list[Arrival]
) -> None:
    model = folders.read("factory")
    held = next(one for one in arrivals if _is(one, "production.reported", "asm-1", ms(3, 12), ms(3, 13)))
    site = counted_site(redis.url, model, [one for one in arrivals if one is not held])
    timelines = Timelines(site, board_at(site, NOW_MS))
    once, again = timelines.of("asm-1", "day", 10), timelines.of("asm-1", "day", 10)
    assert all(one is other for one, other in zip(once[:-1], again[:-1], strict=True))
    arrive(site, [replace(held, at_ms=NOW_MS)])
    after = timelines.of("asm-1", "day", 10)
    moved = [one.start_ms for one, other in zip(once[:-1], after[:-1], strict=True) if told(one) != told(other)]
    assert ms(3, 12) in moved
    assert min(moved) == ms(3, 12)
    for point in after[:-1]:
        assert told(point) == whole(Factory(site, model, []), "asm-1", point.end_ms)


def _is(arrival: Arrival, type_: str, unit: str, first_ms: int, end_ms: int) -> bool:
    event = arrival.event
    if isinstance(event, bytes) or event["type"] != type_ or event["data"].get("line") != unit:
        return False
    return first_ms <= dt.datetime.fromisoformat(event["time"]).timestamp() * 1000 < end_ms


def test_a_unit_is_read_without_those_below_that_its_score_is_not_made_of() -> None:
    model = folders.read("factory")
    group = branch(model, "group")
    assert [unit.id for unit in group.model.units] == ["group"]
    assert group.homes == dict.fromkeys((unit.id for unit in model.units), "group")
    shared = branch(model, "marketing")  # two fifths of its score are the regions'
    assert {"marketing", "east", "overseas"} <= {unit.id for unit in shared.model.units}
    assert shared.homes == {one: one for one in ("marketing", "east", "south", "north", "west", "overseas")}
    moved = model.model_copy(update={"changes": [*model.changes, MOVED]})
    away = branch(moved, "assembly")
    assert (away.homes["asm-1"], away.homes["asm-2"]) == ("asm-1", "assembly")
    assert {"assembly", "asm-1", "hydraulics", "group"} == {unit.id for unit in away.model.units}
