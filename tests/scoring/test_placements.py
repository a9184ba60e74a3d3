"""Placements: who moves takes along what comes, and leaves behind what was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.board import POINT
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, counter_name, merge_into
from scoring.definitions import Model
from scoring.evaluator import Evaluator

from .models import kpi, model_of, unit

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
#: Days on which the clock changes: by night in New York; in Santiago there is no midnight on 6 September, and the hour
#: before midnight of 5 April comes twice; Kolkata is half an hour off.
DAYS = [
    ("America/New_York", "00:00", "2026-11-01"),
    ("America/New_York", "00:00", "2026-11-02"),
    ("America/New_York", "02:30", "2026-03-08"),
    ("America/Santiago", "00:00", "2026-09-06"),
    ("America/Santiago", "00:00", "2026-04-05"),
    ("Asia/Kolkata", "06:15", "2026-06-10"),
    ("UTC", "00:00", "2026-06-10"),
]


@dataclass(frozen=True)
class Sale:
    """One event: where, when, how much."""

    unit: str
    ms: int
    amount: int


def fed(model: Model, sales: list[Sale], now_ms: int) -> Evaluator:
    """An evaluation of these events at a moment."""
    calendar = BusinessCalendar(model.calendar)
    evaluator = Evaluator(model, calendar, now_ms)
    for sale in sales:
        slot = calendar.slot(sale.ms)
        counted: Increments = {}
        merge_into(counted, {(slot.day, "add"): {counter_name("k", sale.unit, slot.hour): sale.amount * 10**4}})
        merge_into(counted, {(slot.day, "max"): {counter_name("@e", sale.unit, slot.hour): sale.ms}})
        evaluator.apply(counted)
    evaluator.tick(now_ms)
    return evaluator


def values(evaluator: Evaluator) -> dict[str, Fraction | None]:
    return {place: result.value for (place, _), result in evaluator.kpis.items()}


def moving(*moves: tuple[str, str, str], zone: str = "UTC", day_starts: str = "00:00", **more: Any) -> Model:
    """A company with two teams, `x` in the first with `y` below it; (unit, parent, day) moves."""
    places = [unit("all"), unit("one", "all"), unit("two", "all"), unit("x", "one"), unit("y", "x")]
    changes = [{"from": day, "reason": "moved", "units": {who: {"parent": to}}} for who, to, day in moves]
    calendar = {"zone": zone, "day_starts": day_starts}
    return model_of([kpi(applies_to=["place"], period="year", **more)], places, changes=changes, calendar=calendar)


def start_of(model: Model, day: str) -> int:
    return BusinessCalendar(model.calendar).day_start_ms(dt.date.fromisoformat(day))


@pytest.mark.parametrize(("zone", "day_starts", "day"), DAYS)
def test_the_old_team_keeps_what_was_and_the_new_one_gets_what_comes(zone: str, day_starts: str, day: str) -> None:
    model = moving(("x", "two", day), zone=zone, day_starts=day_starts)
    start = start_of(model, day)
    before = [Sale("x", start - 1, 1), Sale("x", start - 5 * DAY, 2), Sale("y", start - 61 * MINUTE, 4)]
    after = [Sale("x", start, 8), Sale("y", start + 1, 16), Sale("x", start + 3 * DAY, 32)]
    others = [Sale("one", start + DAY, 64), Sale("two", start - DAY, 128)]
    found = fed(model, [*before, *after, *others], start + 4 * DAY)
    assert values(found) == {"all": 255, "one": 7 + 64, "two": 56 + 128, "x": 63, "y": 20}
    newest = {place: result.event_ms for (place, _), result in found.kpis.items()}
    assert newest == {
        "all": start + 3 * DAY,
        "one": start + DAY,
        "two": start + 3 * DAY,
        "x": start + 3 * DAY,
        "y": start + 1,
    }


@pytest.mark.parametrize(("zone", "day_starts", "day"), DAYS)
def test_the_day_of_a_move_begins_on_the_companys_clock(zone: str, day_starts: str, day: str) -> None:
    model = moving(("x", "two", day), zone=zone, day_starts=day_starts)
    hours, minutes = map(int, day_starts.split(":"))
    date = dt.datetime.fromisoformat(day)
    midnight = date.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    asked = dt.datetime.combine(date, dt.time(hours, minutes), ZoneInfo(zone)).astimezone(dt.UTC)
    start = int((asked if (hours, minutes) != (0, 0) else midnight).timestamp() * 1000)
    found = [values(fed(model, [Sale("x", start + late, 1)], start + DAY)) for late in (-1, 0)]
    assert [(one["one"], one["two"]) for one in found] == [(1, None), (None, 1)]


def test_a_move_to_come_changes_nothing_today() -> None:
    model, plain = moving(("x", "two", "2026-06-10")), moving()
    now = start_of(model, "2026-06-10") - 1
    sales = [Sale("x", now - HOUR, 1), Sale("y", now, 2), Sale("two", now - DAY, 4)]
    whole, without = fed(model, sales, now), fed(plain, sales, now)
    assert (whole.kpis, whole.units) == (without.kpis, without.units)


def test_who_moves_away_and_back_counts_where_it_was() -> None:
    model = moving(("x", "two", "2026-06-10"), ("x", "one", "2026-06-20"))
    at = [start_of(model, day) for day in ("2026-06-09", "2026-06-10", "2026-06-19", "2026-06-20")]
    found = values(fed(model, [Sale("y", ms, 10**n) for n, ms in enumerate(at)], at[-1] + DAY))
    assert found == {"all": 1111, "one": 1001, "two": 110, "x": 1111, "y": 1111}


def test_a_branch_moves_whole_and_one_below_it_may_stay_behind() -> None:
    model = moving(("x", "two", "2026-06-10"), ("y", "one", "2026-06-15"))
    at = [start_of(model, day) for day in ("2026-06-09", "2026-06-10", "2026-06-15")]
    sales = [Sale("x", ms, 10**n) for n, ms in enumerate(at)] + [Sale("y", ms, 5 * 10**n) for n, ms in enumerate(at)]
    found = values(fed(model, sales, at[-1] + DAY))
    assert found == {"all": 666, "one": 6 + 500, "two": 60 + 100, "x": 66 + 100, "y": 555}


def test_scores_are_handed_up_to_where_a_unit_stands_now() -> None:
    model = moving(("x", "two", "2026-06-10"), target=100)
    model = model.model_copy(update={"kpis": [model.kpis[0].model_copy(update={"applies_to": ["x", "y"]})]})
    start = start_of(model, "2026-06-10")
    before, after = (fed(model, [Sale("x", start - DAY, 60)], now) for now in (start - 1, start))
    assert {name: one.score for name, one in before.units.items() if one.score is not None} == {
        "all": 60 * POINT, "one": 60 * POINT, "x": 60 * POINT,
    }  # fmt: skip
    assert {name: one.score for name, one in after.units.items() if one.score is not None} == {
        "all": 60 * POINT, "two": 60 * POINT, "x": 60 * POINT,
    }  # fmt: skip


def test_another_tree_is_not_adopted_and_nothing_is_done() -> None:
    model = moving(("x", "two", "2026-06-10"), target=100)
    start = start_of(model, "2026-06-10")
    evaluator = fed(model, [Sale("x", start - DAY, 60)], start - 1)
    held = dict(evaluator.kpis), dict(evaluator.units), evaluator.scorecard
    assert not evaluator.adopt(compile_scorecard(model, dt.date(2026, 6, 10), evaluator.scorecard))
    assert not evaluator.tick(start - 1).kpis
    assert (evaluator.kpis, evaluator.units, evaluator.scorecard) == held


def trail(place: str | None, parents: dict[str, str | None]) -> list[str]:
    return [] if place is None else [place, *trail(parents[place], parents)]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_event_counts_for_those_above_its_unit_at_its_time(data: st.DataObject) -> None:
    zone, day_starts, day = data.draw(st.sampled_from(DAYS))
    size = data.draw(st.integers(3, 9))
    parents: dict[str, str | None] = {"u0": None}
    for n in range(1, size):
        parents[f"u{n}"] = f"u{data.draw(st.integers(0, n - 1))}"
    places = [unit(name, above) for name, above in parents.items()]
    calendar = {"zone": zone, "day_starts": day_starts}
    middle = dt.date.fromisoformat(day)
    dates = sorted(data.draw(st.lists(st.integers(-2, 2), max_size=4)))
    eras, changes = [(dt.date.min, dict(parents))], []
    for days in dates:
        who = data.draw(st.sampled_from([f"u{n}" for n in range(1, size)]))
        to = data.draw(st.sampled_from([name for name in parents if who not in trail(name, parents)]))
        parents[who] = to
        date = middle + dt.timedelta(days)
        changes.append({"from": str(date), "reason": "moved", "units": {who: {"parent": to}}})
        eras.append((date, dict(parents)))
    period: Any = data.draw(st.sampled_from(["year", "month", "week", "day"]))
    model = model_of([kpi(applies_to=["place"], period=period)], places, changes=changes, calendar=calendar)
    business = BusinessCalendar(model.calendar)
    start = business.day_start_ms(middle)
    edges = [business.day_start_ms(middle + dt.timedelta(days)) for days in range(-2, 3)]
    moments = st.builds(int.__add__, st.sampled_from(edges), st.sampled_from([-HOUR, -1, 0, 1, 59 * MINUTE, 7 * HOUR]))
    sales = data.draw(
        st.lists(st.builds(Sale, st.sampled_from(sorted(parents)), moments, st.integers(1, 999)), max_size=25)
    )
    now = start + data.draw(st.integers(-40, 60)) * HOUR
    found = fed(model, sales, now)
    span = business.period_at(period, now)
    expected: dict[str, int] = {}
    for sale in sales:
        if span.start_ms <= sale.ms < span.end_ms:
            then = [era for date, era in eras if date == dt.date.min or business.day_start_ms(date) <= sale.ms][-1]
            for place in trail(sale.unit, then):
                expected[place] = expected.get(place, 0) + sale.amount
    assert values(found) == {name: expected.get(name) for name in parents}
    stayed = model_of([kpi(applies_to=["place"], period=period)], places, calendar=calendar)
    root, plain = found.kpis["u0", "k"], fed(stayed, sales, now).kpis["u0", "k"]
    assert replace(root, contribution=None) == replace(plain, contribution=None)
