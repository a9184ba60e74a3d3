"""What each kind of condition reads of a board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.alerts.alert import Phase, Transition
from scoring.alerts.engine import AlertEngine
from scoring.board import Board, Freshness
from scoring.forecast import Forecast
from tests.alerts.boards import board, model_with, result, rule
from tests.scoring.models import DAY, HOUR, JUNE

PLACE = ("a1", "k")
MINUTE = 60_000


def phases(found: Sequence[Transition]) -> list[tuple[int, Phase]]:
    return [(one.at_ms - JUNE, one.alert.phase) for one in found]


def fires(on: dict[str, Any], held: Board, **where: Any) -> bool:
    """Whether a rule at the line a1 fires at once."""
    engine = AlertEngine(model_with(rule(on=on, units=["a1"], **where)))
    return [one.alert.phase for one in engine.take(held, JUNE)] == [Phase.FIRING]


@pytest.mark.parametrize(
    ("of", "below"), [("value", "80"), ("attainment", "0.8"), ("score", "80")]
)  # fmt: skip
def test_a_threshold_reads_value_attainment_or_score(of: str, below: str) -> None:
    on = {"kind": "threshold", "of": of, "below": below}
    assert fires(on, board({PLACE: 79}))
    assert not fires(on, board({PLACE: 80}))
    assert not fires(on, board({PLACE: None}))


def test_without_kpis_a_rule_is_about_the_units_score() -> None:
    assert fires({"kind": "threshold", "below": 80}, board(units={"a1": 79}), kpis=[])
    assert fires({"kind": "threshold", "of": "attainment", "below": "0.9"}, board(units={"a1": 85}), kpis=[])
    assert not fires({"kind": "threshold", "of": "attainment", "below": "0.9"}, board(units={"a1": 86}), kpis=[])


def test_above_fires_above() -> None:
    on = {"kind": "threshold", "of": "value", "above": 120, "leave": 110}
    assert fires(on, board({PLACE: 121}))
    assert not fires(on, board({PLACE: 120}))


def test_a_status_is_entered_and_left() -> None:
    engine = AlertEngine(model_with(rule(on={"kind": "status"}, units=["a1"])))
    found = [one for at, value in enumerate([95, 80, 95, 100]) for one in engine.take(board({PLACE: value}), JUNE + at)]
    assert phases(found) == [(1, Phase.FIRING), (3, Phase.RESOLVED)]
    assert fires({"kind": "status", "enter": "watch"}, board({PLACE: 95}))
    assert fires({"kind": "status"}, board(units={"a1": 80}), kpis=[])


def test_pace_waits_until_enough_of_the_period_has_passed() -> None:
    on = {"kind": "pace", "below": "0.9", "after": 20}
    early = board(results={PLACE: result(PLACE, 50, elapsed=Fraction(19, 100))})
    later = board(results={PLACE: result(PLACE, 50, elapsed=Fraction(20, 100))})
    assert not fires(on, early)
    assert fires(on, later)


def test_pace_is_only_of_kpis_that_accrue() -> None:
    on = {"kind": "pace", "below": "0.9"}
    assert not fires(on, board({("a1", "q"): 50}), kpis=["q"])


def test_pace_by_forecast_reads_where_it_ends_against_the_target() -> None:
    on = {"kind": "pace", "of": "forecast", "below": "0.95"}
    engine = AlertEngine(model_with(rule(on=on, units=["a1"])))
    assert not engine.take(board({PLACE: 50}), JUNE)
    low = Forecast(Fraction(90), Fraction(94), Fraction(98))
    [fired] = engine.take(board({PLACE: 50}, forecasts={PLACE: low}), JUNE + 1, [])
    assert fired.alert.reading == Fraction(94, 100)


@pytest.mark.parametrize("freshness", [Freshness.STALE, Freshness.SILENT])
def test_numbers_of_a_quiet_source_neither_fire_nor_resolve(freshness: Freshness) -> None:
    engine = AlertEngine(model_with(rule(units=["a1"])))
    assert not engine.take(board({PLACE: 70}, freshness=freshness), JUNE)
    assert phases(engine.take(board({PLACE: 70}), JUNE + 1, [])) == [(1, Phase.FIRING)]
    assert not engine.take(board({PLACE: 100}, freshness=freshness), JUNE + 2, ["a1"])
    assert phases(engine.take(board({PLACE: 100}), JUNE + 3, [])) == [(3, Phase.RESOLVED)]


def test_ranks_are_among_siblings_of_a_kind_and_need_enough_of_them() -> None:
    on = {"kind": "rank", "from": 2, "at_least": 2}
    engine = AlertEngine(model_with(rule(on=on, units=["line"])))
    assert not engine.take(board({("a1", "k"): 90, ("b1", "k"): 80, ("b2", "k"): None}), JUNE)
    scores = {("a1", "k"): 90, ("a2", "k"): 85, ("b1", "k"): 80, ("b2", "k"): 80}
    [fired] = engine.take(board(scores), JUNE + 1, ["a2", "b2"])
    assert fired.alert.key.unit == "a2"
    assert fired.alert.reading == 2
    both = engine.take(board({**scores, ("a1", "k"): 84}), JUNE + 2, ["a1"])
    assert {(one.alert.key.unit, one.alert.phase) for one in both} == {("a1", Phase.FIRING), ("a2", Phase.RESOLVED)}


def naive_change(values: Sequence[int | None], over: int) -> list[int | None]:
    """The move in each second against `over` seconds before."""
    found: list[int | None] = []
    for second, value in enumerate(values):
        then = values[second - over] if second >= over else None
        found.append(None if value is None or then is None else value - then)
    return found


@given(
    st.lists(st.tuples(st.sampled_from([70, 80, 90, 95, None]), st.integers(1, 9)), min_size=1, max_size=12),
    st.integers(1, 59),
)
@settings(max_examples=200, deadline=None)
def test_a_change_is_against_what_stood_a_span_ago(course: list[tuple[int | None, int]], over: int) -> None:
    values = [value for value, seconds in course for _ in range(seconds)]
    engine = AlertEngine(model_with(rule(on={"kind": "change", "over": over, "falls_by": 10}, units=["a1"])))
    moments = [0, *(at for at in range(1, len(values)) if values[at] != values[at - 1]), len(values) - 1]
    found = [one for at in moments for one in engine.take(board({PLACE: values[at]}), JUNE + at * 1000, ["a1"])]
    expected, firing = [], False
    for second, move in enumerate(naive_change(values, over)):
        if move is not None and (move <= -10) != firing:
            firing = not firing
            expected.append((second * 1000, Phase.FIRING if firing else Phase.RESOLVED))
    assert phases(found) == expected


def test_what_changes_remember_is_bounded() -> None:
    engine = AlertEngine(model_with(rule(on={"kind": "change", "over": "1h", "falls_by": 10}, units=["a1"])))
    for minute in range(600):
        engine.take(board({PLACE: 100 + minute % 7}), JUNE + minute * 20_000, ["a1"])
    [track] = engine.memory.tracks.values()
    assert len(track.slots) <= 62


def test_a_new_period_is_no_fall() -> None:
    on = {"kind": "change", "over": "1h", "falls_by": 10}
    engine = AlertEngine(model_with(rule(on=on, units=["a1"])))
    engine.take(board({PLACE: 100}), JUNE)
    new = result(PLACE, 1, period_start_ms=JUNE + HOUR)
    assert not engine.take(board(results={PLACE: new}), JUNE + HOUR, ["a1"])
    assert not engine.take(board(results={PLACE: new}), JUNE + 5 * HOUR, ["a1"])


def test_a_change_in_percent() -> None:
    on = {"kind": "change", "over": "1m", "rises_by": 10, "percent": True}
    engine = AlertEngine(model_with(rule(on=on, units=["a1"])))
    engine.take(board({PLACE: 50}), JUNE)
    [fired] = engine.take(board({PLACE: 55}), JUNE + 60_000, ["a1"])
    assert fired.alert.reading == 10


def test_a_silent_source_is_told_at_the_top_by_time_alone() -> None:
    engine = AlertEngine(model_with(rule(on={"kind": "silence", "after": "30m", "source": "s"}, kpis=[])))
    assert not engine.take(board(heard_ms=JUNE), JUNE + MINUTE)
    assert engine.due_ms == JUNE + 30 * MINUTE
    [fired] = engine.take(board(heard_ms=JUNE), JUNE + 40 * MINUTE, [])
    assert (fired.at_ms, fired.alert.key.unit, fired.alert.key.kpi) == (JUNE + 30 * MINUTE, "top", "s")
    [over] = engine.take(board(heard_ms=JUNE + 41 * MINUTE), JUNE + 41 * MINUTE, [])
    assert over.alert.phase is Phase.RESOLVED


def test_an_engine_started_later_knows_since_when_it_is_silent() -> None:
    engine = AlertEngine(model_with(rule(on={"kind": "silence", "after": "30m", "source": "s"}, kpis=[])))
    [fired] = engine.take(board(heard_ms=JUNE), JUNE + 5 * HOUR)
    assert fired.at_ms == JUNE + 30 * MINUTE


def test_silence_counts_working_time_in_which_the_source_sends() -> None:
    shifts = [{"id": "day", "title": "", "start": "06:00", "end": "18:00"}]
    calendar = {"zone": "UTC", "working_days": ["mon", "tue"], "shifts": shifts}
    sources = [{"id": "s", "title": "", "stale_after": "1m", "silent_after": "1h", "hours": ["08:00", "20:00"]}]
    on = {"kind": "silence", "after": "2h", "source": "s"}
    engine = AlertEngine(model_with(rule(on=on, kpis=[]), calendar=calendar, sources=sources))
    friday = JUNE + 2 * DAY
    engine.take(board(heard_ms=JUNE + DAY + 17 * HOUR), friday)  # Tuesday 17:00, an hour before the shift ends
    assert engine.due_ms == JUNE + 7 * DAY + 9 * HOUR  # Monday 09:00, an hour after it begins to send
    assert dt.datetime.fromtimestamp(JUNE / 1000, dt.UTC).weekday() == 0


def test_silence_of_a_kpi_and_of_a_unit() -> None:
    on = {"kind": "silence", "after": "30m"}
    quiet = board(results={PLACE: result(PLACE, 5), ("a1", "q"): result(("a1", "q"), 5, event_ms=JUNE + 20 * MINUTE)})
    of_kpi = AlertEngine(model_with(rule(on=on, units=["a1"])))
    of_unit = AlertEngine(model_with(rule(on=on, units=["a1"], kpis=[])))
    assert phases(of_kpi.take(quiet, JUNE + 60 * MINUTE)) == [(30 * MINUTE, Phase.FIRING)]
    assert phases(of_unit.take(quiet, JUNE + 60 * MINUTE)) == [(50 * MINUTE, Phase.FIRING)]


def test_a_new_period_without_events_neither_resolves_a_silence_nor_hides_one() -> None:
    on = {"kind": "silence", "after": "30m"}
    engine = AlertEngine(model_with(rule(on=on, units=["a1"])))
    assert engine.take(board(results={PLACE: result(PLACE, 5)}), JUNE + HOUR)
    new = board(results={PLACE: result(PLACE, None, event_ms=None, period_start_ms=JUNE + HOUR)})
    assert not engine.take(new, JUNE + HOUR, ["a1"])
    fresh = AlertEngine(model_with(rule(on=on, units=["a1"])))
    assert not fresh.take(new, JUNE + HOUR)
    assert phases(fresh.take(new, JUNE + 3 * HOUR, [])) == [(HOUR + 30 * MINUTE, Phase.FIRING)]


def test_a_new_period_lets_a_pending_alert_go_and_a_firing_one_stand() -> None:
    new = board(results={PLACE: result(PLACE, None, period_start_ms=JUNE + HOUR)})
    pending = AlertEngine(model_with(rule(units=["a1"], hold="2h")))
    pending.take(board({PLACE: 70}), JUNE)
    assert [one.alert.phase for one in pending.take(new, JUNE + HOUR, ["a1"])] == [Phase.INACTIVE]
    firing = AlertEngine(model_with(rule(units=["a1"])))
    firing.take(board({PLACE: 70}), JUNE)
    assert not firing.take(new, JUNE + HOUR, ["a1"])
    good = board(results={PLACE: result(PLACE, 90, period_start_ms=JUNE + HOUR)})
    assert [one.alert.phase for one in firing.take(good, JUNE + 2 * HOUR, ["a1"])] == [Phase.RESOLVED]


@pytest.mark.parametrize("without", ["rule", "unit", "kpi"])
def test_an_alert_without_a_place_in_the_model_is_over(without: str) -> None:
    model = model_with(rule(units=["a1"]), rule("held", units=["a1"], hold="1h"))
    former = AlertEngine(model)
    former.take(board({PLACE: 70}), JUNE)
    left: dict[str, dict[str, Any]] = {
        "rule": {"alerts": []},
        "unit": {"units": model.units[:1]},
        "kpi": {"kpis": model.kpis[1:]},
    }
    engine = AlertEngine(model.model_copy(update=left[without]), former.alerts.values())
    found = engine.take(board({PLACE: 70}), JUNE + MINUTE)
    assert {one.alert.key.rule: one.alert.phase for one in found} == {"r": Phase.RESOLVED, "held": Phase.INACTIVE}
    assert not engine.alerts
