"""The engine reads only what moved, and comes to the same as one that reads everything."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.alerts.alert import Alert, AlertKey, Transition
from scoring.alerts.engine import AlertEngine
from scoring.board import Board, Freshness
from scoring.definitions import Model
from scoring.forecast import Forecast
from tests.alerts.boards import board, model_with, result, rule
from tests.scoring.models import JUNE, kpi, model_of, unit

UNITS = ("top", "a", "b", "a1", "a2", "b1", "b2")
RULES = model_with(
    rule("low", on={"kind": "threshold", "of": "value", "below": 80, "leave": 90}, hold=20, clear=10, keep_firing=30),
    rule("score", on={"kind": "threshold", "below": 85}, kpis=[], clear=15),
    rule("red", on={"kind": "status"}, kpis=["*"], hold=10),
    rule("due", on={"kind": "pace", "below": "0.9"}),
    rule("ends", on={"kind": "pace", "of": "forecast", "below": "0.9"}),
    rule("fell", on={"kind": "change", "over": 30, "falls_by": 10, "leave": 5}),
    rule("last", on={"kind": "rank", "from": 2, "at_least": 2}, units=["line", "plant"], hold=10),
    rule("quiet", on={"kind": "silence", "after": 40}, kpis=["q"]),
    rule("source", on={"kind": "silence", "after": 25, "source": "s"}, kpis=[]),
)


@dataclass(frozen=True)
class Step:
    """A board after some seconds, and the units that moved."""

    second: int
    board: Board
    moved: tuple[str, ...]


_CHANGES = st.lists(
    st.tuples(st.sampled_from(UNITS), st.sampled_from(["k", "q", "score", "forecast"]),
              st.sampled_from([70, 79, 85, 90, 100, None])), max_size=5)  # fmt: skip
_STEPS = st.lists(
    st.tuples(st.integers(1, 15), _CHANGES, st.sampled_from([Freshness.LIVE, Freshness.LIVE, Freshness.STALE])),
    min_size=1, max_size=12,
)  # fmt: skip


def steps(drawn: Sequence[tuple[int, list[tuple[str, str, int | None]], Freshness]]) -> list[Step]:
    """Boards that follow from each other; only units that moved differ, besides sources and forecasts."""
    places = {(name, one): result((name, one), 95) for name in UNITS for one in ("k", "q")}
    scores: dict[str, int | None] = dict.fromkeys(UNITS, 95)
    forecasts: dict[tuple[str, str], Forecast] = {}
    second, heard, found = 0, JUNE, [Step(0, board(results=places, units=scores), UNITS)]
    for seconds, changes, freshness in drawn:
        second += seconds
        now = JUNE + second * 1000
        for name, what, value in changes:
            if what == "score":
                scores[name] = value
            elif what == "forecast":
                mid = None if value is None else Forecast(Fraction(value), Fraction(value), Fraction(value))
                forecasts = {**forecasts, (name, "k"): mid} if mid else {}
            else:
                places[name, what] = result((name, what), value, event_ms=now)
        heard = now if freshness is Freshness.LIVE else heard
        made = board(results=places, units=scores, forecasts=forecasts, heard_ms=heard, freshness=freshness)
        moved = tuple({name for name, what, _ in changes if what != "forecast"})
        found.append(Step(second, replace(made, version=len(found) + 1), moved))
    return found


def run(model: Model, taken: Sequence[Step], whole: bool, engine: AlertEngine | None = None) -> list[Transition]:
    engine = engine or AlertEngine(model)
    return [
        one
        for step in taken
        for one in engine.take(step.board, JUNE + step.second * 1000, None if whole else step.moved)
    ]


@given(_STEPS)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reading_what_moved_is_reading_everything(
    drawn: list[tuple[int, list[tuple[str, str, int | None]], Freshness]],
) -> None:
    taken = steps(drawn)
    fast, slow = AlertEngine(RULES), AlertEngine(RULES)
    assert without_version(run(RULES, taken, False, fast)) == without_version(run(RULES, taken, True, slow))
    assert alerts_of(fast) == alerts_of(slow)
    assert fast.memory == slow.memory


@given(_STEPS, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_stopping_and_going_on_from_what_was_kept_changes_nothing(
    drawn: list[tuple[int, list[tuple[str, str, int | None]], Freshness]], data: st.DataObject
) -> None:
    """After a stop the board that stood is taken again, as the service does when it starts."""
    taken = steps(drawn)
    at = data.draw(st.integers(0, len(taken) - 1))
    first = AlertEngine(RULES)
    found = run(RULES, taken[: at + 1], False, first)
    second = AlertEngine(RULES, first.alerts.values(), first.memory)
    assert second.take(taken[at].board, JUNE + taken[at].second * 1000) == []
    found += run(RULES, taken[at + 1 :], False, second)
    assert without_version(found) == without_version(run(RULES, taken, False))


@given(_STEPS, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_further_moments_change_nothing(
    drawn: list[tuple[int, list[tuple[str, str, int | None]], Freshness]], data: st.DataObject
) -> None:
    taken = steps(drawn)
    last = taken[-1].second
    further = data.draw(st.sets(st.integers(0, last), max_size=8))
    between = [Step(at, [one for one in taken if one.second <= at][-1].board, ()) for at in further]
    stepped = sorted([*between, *taken], key=lambda one: (one.second, one.moved == ()))
    assert without_version(run(RULES, stepped, False)) == without_version(run(RULES, taken, False))


def without_version(found: Sequence[Transition]) -> list[Transition]:
    """Whoever reads everything may see a breach by time alone on a newer board than who reads what moved."""
    return [replace(one, alert=replace(one.alert, board=0)) for one in found]


def alerts_of(engine: AlertEngine) -> dict[AlertKey, Alert]:
    return {key: replace(alert, board=0) for key, alert in engine.alerts.items()}


def wide_model() -> Model:
    groups = [unit(f"g{n}", "top", kind="group") for n in range(100)]
    lines = [unit(f"u{n}", f"g{n % 100}", kind="line") for n in range(9900)]
    rules = [
        rule("low", units=["line"], hold=60),
        rule("red", on={"kind": "status"}, kpis=[]),
        rule("fell", on={"kind": "change", "over": "1h", "falls_by": 10}, units=["line"]),
        rule("quiet", on={"kind": "silence", "after": "1h"}, units=["line"]),
    ]
    return model_of([kpi("k", applies_to=["line"])], [unit("top", kind="all"), *groups, *lines], alerts=rules)


def test_ten_thousand_units_are_read_once_and_then_only_where_they_move() -> None:
    """Bounds are ten times what a quiet machine needs, so that they fail for the wrong order of growth only."""
    model = wide_model()
    places = {(f"u{n}", "k"): result((f"u{n}", "k"), 95) for n in range(9900)}
    scores = {one.id: 95 for one in model.units}
    first = board(results=places, units=scores)
    engine = AlertEngine(model)
    made = time.perf_counter()
    assert engine.take(first, JUNE) == []
    whole_s = time.perf_counter() - made
    moved = [f"u{n}" for n in range(100)]
    places.update({(name, "k"): result((name, "k"), 70) for name in moved})
    second = board(results=places, units=scores)
    began_moved = time.perf_counter()
    found = engine.take(second, JUNE + 1000, moved)
    moved_s = time.perf_counter() - began_moved
    assert len(found) == 100
    assert whole_s < 15
    assert moved_s < whole_s / 10
    later = board(results=places, units=scores, heard_ms=JUNE + 2000)
    began_heard = time.perf_counter()
    assert engine.take(later, JUNE + 2000, []) == []
    assert time.perf_counter() - began_heard < whole_s / 10
