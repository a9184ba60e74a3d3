"""The states of one alert, against a naive account of every second."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.alerts.alert import Alert, Phase, Transition
from scoring.alerts.engine import AlertEngine, Memory
from scoring.definitions import Model
from tests.alerts.boards import board, model_with, rule
from tests.alerts.naive import Rule, history
from tests.scoring.models import JUNE
from wall.results.frozen import plain, restored

PLACE = ("a1", "k")
_WORDS = {Phase.PENDING: "pending", Phase.INACTIVE: "dropped", Phase.FIRING: "firing", Phase.RESOLVED: "resolved"}
_SPANS = st.sampled_from([0, 1, 3, 10])
RULES = st.builds(Rule, st.just(80), st.sampled_from([80, 90]), hold=_SPANS, clear=_SPANS, keep=_SPANS)
#: Readings with how many seconds each stood.
COURSES = st.lists(
    st.tuples(st.sampled_from([70, 79, 80, 85, 90, 95, None]), st.integers(1, 8)), min_size=1, max_size=20
)


def model_of_rule(one: Rule) -> Model:
    on = {"kind": "threshold", "of": "value", "below": one.enter, "leave": one.leave}
    return model_with(rule(on=on, units=["a1"], hold=one.hold, clear=one.clear, keep_firing=one.keep))


def readings(course: Sequence[tuple[int | None, int]]) -> list[int | None]:
    return [value for value, seconds in course for _ in range(seconds)]


def words(transitions: Sequence[Transition]) -> list[tuple[int, str]]:
    return [((one.at_ms - JUNE) // 1000, _WORDS[one.alert.phase]) for one in transitions]


def run(engine: AlertEngine, found: Sequence[int | None], moments: Sequence[int]) -> list[Transition]:
    return [
        one
        for second in moments
        for one in engine.take(board({PLACE: found[second]}), JUNE + second * 1000, [PLACE[0]])
    ]


@given(RULES, COURSES)
@settings(max_examples=400, deadline=None)
def test_the_states_are_those_of_a_naive_account(one: Rule, course: list[tuple[int | None, int]]) -> None:
    found = readings(course)
    assert words(run(AlertEngine(model_of_rule(one)), found, range(len(found)))) == history(one, found)


@given(RULES, COURSES, st.data())
@settings(max_examples=200, deadline=None)
def test_stepping_at_further_moments_changes_nothing(
    one: Rule, course: list[tuple[int | None, int]], data: st.DataObject
) -> None:
    found = readings(course)
    needed = {0, len(found) - 1} | {at for at in range(1, len(found)) if found[at] != found[at - 1]}
    further = data.draw(st.sets(st.sampled_from(range(len(found)))))
    model = model_of_rule(one)
    fewest = run(AlertEngine(model), found, sorted(needed))
    assert run(AlertEngine(model), found, sorted(needed | further)) == fewest


@given(RULES, COURSES, st.data())
@settings(max_examples=200, deadline=None)
def test_an_engine_made_of_what_another_kept_goes_on_where_it_was(
    one: Rule, course: list[tuple[int | None, int]], data: st.DataObject
) -> None:
    found = readings(course)
    at = data.draw(st.integers(0, len(found) - 1))
    model = model_of_rule(one)
    moments = [0, *(at for at in range(1, len(found)) if found[at] != found[at - 1]), len(found) - 1]
    whole = run(AlertEngine(model), found, moments)
    first = AlertEngine(model)
    before = run(first, found, [one for one in moments if one < at])
    kept = [restored(plain(one), Alert) for one in first.alerts.values()]
    second = AlertEngine(model, kept, restored(plain(first.memory), Memory))
    assert before + run(second, found, [one for one in moments if one >= at]) == whole


def test_between_the_levels_an_alert_stays_as_it_is() -> None:
    engine = AlertEngine(model_of_rule(Rule(80, 90, hold=0, clear=0, keep=0)))
    assert words(run(engine, [85, 79, 85, 89, 90], range(5))) == [(1, "firing"), (4, "resolved")]


def test_time_alone_fires_and_tells_when() -> None:
    engine = AlertEngine(model_of_rule(Rule(80, 80, hold=10, clear=0, keep=0)))
    assert words(engine.take(board({PLACE: 70}), JUNE)) == [(0, "pending")]
    assert engine.due_ms == JUNE + 10_000
    assert words(engine.take(board({PLACE: 70}), JUNE + 60_000, [])) == [(10, "firing")]
    assert engine.due_ms is None


def test_an_acknowledged_alert_fires_no_more_and_is_resolved() -> None:
    engine = AlertEngine(model_of_rule(Rule(80, 80, hold=0, clear=0, keep=0)))
    [fired] = engine.take(board({PLACE: 70}), JUNE)
    seen = engine.acknowledge(fired.alert.id, JUNE + 5000)
    assert seen is not None
    assert (seen.before, seen.alert.phase) == (Phase.FIRING, Phase.ACKNOWLEDGED)
    assert engine.acknowledge(fired.alert.id, JUNE + 6000) is None
    [over] = engine.take(board({PLACE: 90}), JUNE + 9000, ["a1"])
    assert (over.before, over.alert.phase, over.alert.id) == (Phase.ACKNOWLEDGED, Phase.RESOLVED, fired.alert.id)
    assert (over.alert.fired_ms, over.alert.acknowledged_ms) == (JUNE, JUNE + 5000)
    assert not engine.alerts


def test_the_worst_reading_is_kept() -> None:
    engine = AlertEngine(model_of_rule(Rule(80, 90, hold=0, clear=10, keep=0)))
    run(engine, [75, 60, 70, 85], range(4))
    [alert] = engine.alerts.values()
    assert alert.worst == 60
    assert alert.reading == 85


def test_what_changed_names_all_that_must_be_kept() -> None:
    engine = AlertEngine(model_of_rule(Rule(80, 80, hold=5, clear=5, keep=0)))
    kept: dict[object, Alert] = {}
    for second, value in enumerate([70, 75, 70, 70, 70, 70, 90, 70, 90, 90, 90, 90, 90, 90]):
        engine.take(board({PLACE: value}), JUNE + second * 1000, ["a1"])
        for key in engine.changed:
            kept.pop(key, None)
            kept.update({key: engine.alerts[key]} if key in engine.alerts else {})
        assert kept == engine.alerts
    assert not kept


def test_memory_can_be_written_as_json() -> None:
    change = {"kind": "change", "of": "value", "over": "1m", "falls_by": 5}
    engine = AlertEngine(model_with(rule(on=change, units=["a1"])))
    engine.take(board({PLACE: 70}), JUNE)
    assert restored(msgspec.json.decode(msgspec.json.encode(plain(engine.memory))), Memory) == engine.memory
    assert set(engine.memory.tracks) == {"r|a1|k"}
