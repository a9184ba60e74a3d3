"""The agenda: complete, in order, within its time, and the same for the same inputs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layouts.standup.facts import SECTIONS, Item
from scoring.board import Board, KpiResult, Status
from scoring.calendar import BusinessCalendar
from scoring.explain import points_lost
from scoring.forecast import Forecast
from wall.followup.items import Action
from wall.standup.agenda import MOST, Former, Given, agenda, last_working_day_ms, working_days
from wall.standup.timing import STEP_S, shared

from .boards import DAY_MS, KPIS, LINES, NOW_MS, action, actions, board, boards, organisation, result

MODEL = organisation()
CALENDAR = BusinessCalendar(MODEL.calendar)
LAST = Former(NOW_MS - DAY_MS, frozenset())


def _own(unit: str) -> dict[tuple[str, str], KpiResult]:
    """A KPI of the unit's own of which nothing is known: it is on no list."""
    return {(unit, "energy"): result(unit, "energy", Status.UNKNOWN, None)}


def _keys(items: tuple[Item, ...]) -> list[str]:
    return [one.key for one in items]


def _given(shown: Board, **more: object) -> Given:
    return Given(**{"unit": "north", "model": MODEL, "board": shown, "now_ms": NOW_MS, "last": LAST, **more})  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(boards(), actions(), st.integers(0, 20), st.integers(60, 3600))
def test_an_agenda_keeps_its_rules_whatever_the_board(shown: Board, held: list[Action], days: int, budget: int) -> None:
    last = Former(NOW_MS - days * DAY_MS)
    given = _given(shown, actions=held, last=last, budget_s=budget)
    found = agenda(given)
    assert found == agenda(replace(given, actions=list(reversed(held))))
    assert len(set(_keys(found))) == len(found)
    order = [SECTIONS.index(one.section) for one in found]
    assert order == sorted(order)
    assert sum(one.seconds for one in found) == (budget // STEP_S * STEP_S if found else 0)
    own = {one.kpi: one for key, one in shown.kpis.items() if key[0] == "north"}
    new = [own[one.kpi] for one in found if one.section == "new"]
    old = [own[one.kpi] for one in found if one.section == "longest"]
    assert all(one.status is Status.BAD for one in (*new, *old))
    assert all(one.since_ms is None or one.since_ms > last.as_of_ms for one in new)
    assert all(one.since_ms is not None and one.since_ms <= last.as_of_ms for one in old)
    lost = [points_lost(one, list(own.values())) or Fraction(0) for one in new]
    assert lost == sorted(lost, reverse=True)
    assert [one.since_ms for one in old] == sorted(one.since_ms or 0 for one in old)
    reds = {one.kpi for one in own.values() if one.status is Status.BAD}
    if len(old) < MOST["longest"]:
        assert reds == {one.kpi for one in (*new, *old)}
    listed = {kpi for one in found if one.section in ("risk", "green") for _, kpi in one.cells}
    assert listed | reds == {one.kpi for one in own.values() if one.status is not Status.UNKNOWN}
    assert not listed & reds
    late = {
        one.id for one in held if one.overdue(dt.date(2026, 3, 18)) and one.anchor.unit in ("north", *LINES["north"])
    }
    assert {name for one in found for name in one.actions} == late


def test_new_reds_come_by_what_they_cost() -> None:
    reds = {("north", kpi): result("north", kpi, Status.BAD, NOW_MS - 1000, score) for kpi, score in
            (("output", 10), ("quality", 70), ("safety", 60))}  # fmt: skip
    # Weights are 10, 20 and 40: lost are 9, 6 and 16 points.
    assert _keys(agenda(_given(board(reds))))[:3] == ["new:north:safety", "new:north:output", "new:north:quality"]


def test_a_red_that_was_talked_about_is_old_and_the_longest_comes_first() -> None:
    reds = {("north", kpi): result("north", kpi, Status.BAD, NOW_MS - days * DAY_MS) for kpi, days in
            (("output", 3), ("quality", 9), ("safety", 2))}  # fmt: skip
    found = agenda(_given(board(reds)))
    assert _keys(found) == ["longest:north:quality", "longest:north:output", "longest:north:safety"]
    # Since Monday the 9th: five days of that week, and three of this one.
    assert found[0].days == 8


def test_without_a_former_meeting_what_turned_red_since_the_working_day_before_is_new() -> None:
    monday = NOW_MS - 2 * DAY_MS
    calendar_day = last_working_day_ms(CALENDAR, monday)
    friday = int(dt.datetime(2026, 3, 13, tzinfo=dt.UTC).timestamp() * 1000)
    assert calendar_day == friday
    reds = {
        ("north", "output"): result("north", "output", Status.BAD, friday + 1),
        ("north", "quality"): result("north", "quality", Status.BAD, friday - 1),
    }
    assert _keys(agenda(_given(board(reds), now_ms=monday, last=None))) == ["new:north:output", "longest:north:quality"]


def test_working_days_leave_out_the_weekend() -> None:
    assert working_days(CALENDAR, NOW_MS - 9 * DAY_MS, NOW_MS) == 8
    assert working_days(CALENDAR, NOW_MS, NOW_MS) == 1


def test_what_is_forecast_to_miss_or_alerted_of_is_a_risk_though_it_is_green() -> None:
    cells = {("north", kpi): result("north", kpi, Status.GOOD, NOW_MS - DAY_MS, 100) for kpi in KPIS}
    shown = replace(board(cells), forecasts={
        ("north", "quality"): Forecast(Fraction(90), Fraction(95), Fraction(99)),
        ("north", "energy"): Forecast(Fraction(90), Fraction(95), Fraction(99)),
    })  # fmt: skip
    found = {one.section: one.cells for one in agenda(_given(shown, alerting=[("north", "safety")]))}
    # Energy is to stay low: a forecast below its target is no risk.
    assert set(found["risk"]) == {("north", "quality"), ("north", "safety")}
    assert set(found["green"]) == {("north", "output"), ("north", "energy")}


@pytest.mark.parametrize(("since_days", "rises"), [(3, True), (0, False)])
def test_a_red_that_stayed_over_the_meeting_below_rises(since_days: int, rises: bool) -> None:
    cell = ("north-1", "quality")
    reds = {cell: result(*cell, Status.BAD, NOW_MS - since_days * DAY_MS), **_own("north")}
    below = {"north-1": Former(NOW_MS - DAY_MS, frozenset({cell}))}
    found = agenda(_given(board(reds), below=below))
    assert [(one.key, one.raised_by) for one in found] == ([("raised:north-1:quality", "north-1")] if rises else [])


def test_a_red_rises_tier_by_tier() -> None:
    cell = ("north-1", "quality")
    shown = board({cell: result(*cell, Status.BAD, NOW_MS - 5 * DAY_MS), **_own("group")})
    assert agenda(_given(shown, unit="group")) == ()
    talked = {"north": Former(NOW_MS - DAY_MS, frozenset({cell}))}
    assert [(one.key, one.raised_by) for one in agenda(_given(shown, unit="group", below=talked))] == [
        ("raised:north-1:quality", "north")
    ]


def test_what_was_solved_does_not_rise() -> None:
    cell = ("north-1", "quality")
    shown = board({cell: result(*cell, Status.GOOD, NOW_MS - 5 * DAY_MS), **_own("north")})
    assert agenda(_given(shown, below={"north-1": Former(NOW_MS - DAY_MS, frozenset({cell}))})) == ()


def test_a_red_with_an_action_for_somebody_above_rises_at_once() -> None:
    cell = ("north-2", "safety")
    shown = board({cell: result(*cell, Status.BAD, NOW_MS - 1000), **_own("north")})
    held = [action("a", *cell, dt.date(2026, 3, 20), owner="head")]
    assert _keys(agenda(_given(shown, actions=held, upwards=["head"]))) == ["raised:north-2:safety"]
    assert _keys(agenda(_given(shown, actions=held))) == []


def test_a_unit_without_kpis_of_its_own_talks_about_those_below() -> None:
    shown = board({("north-1", "safety"): result("north-1", "safety", Status.BAD, NOW_MS - 1000)})
    assert _keys(agenda(_given(shown))) == ["new:north-1:safety"]


@given(st.integers(0, 7200), st.lists(st.integers(1, 9), max_size=12))
def test_the_time_is_shared_without_loss(budget: int, weights: list[int]) -> None:
    found = shared(budget, weights)
    assert sum(found) == (budget // STEP_S * STEP_S if weights else 0)
    assert all(one % STEP_S == 0 for one in found)
    for more, less in ((a, b) for a in range(len(weights)) for b in range(len(weights)) if weights[a] > weights[b]):
        assert found[more] >= found[less]
