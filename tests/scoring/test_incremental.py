"""Oracles: the incremental result is the from-scratch result, and both are what plain fractions give."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, merge_into
from scoring.definitions import Model
from scoring.evaluator import SERIES_POINTS, Evaluator
from scoring.scorecard import Scorecard

from .generated import BEGIN, HOURS, SLOW, facts, gates, models, overlays
from .oracle import MINUTE, Fact, Oracle, Scored


def plain(evaluator: Evaluator) -> tuple[Any, Any]:
    """Results without the moments they last moved at."""
    accruing = {cell.key for cell in evaluator.scorecard.cells() if cell.rule.kpi.accrues}
    kpis = {
        key: replace(result, since_ms=None, elapsed=result.elapsed if key in accruing else Fraction(0))
        for key, result in evaluator.kpis.items()
    }
    return kpis, {key: replace(score, since_ms=None) for key, score in evaluator.units.items()}


def assert_same_series(online: Evaluator, fresh: Evaluator) -> None:
    """Where both show a bucket they show the same; one that no event moved may end earlier."""
    for key, series in online.series.items():
        shown = fresh.series[key]
        assert {at for at in series.bucket_start_ms if at >= shown.bucket_start_ms[0]} <= set(shown.bucket_start_ms)
        late = dict(zip(shown.bucket_start_ms, shown.values, strict=True))
        for bucket, value in zip(series.bucket_start_ms, series.values, strict=True):
            assert bucket not in late or late[bucket] == value
        assert 0 < len(shown.values) <= SERIES_POINTS


def assert_found(evaluator: Evaluator, oracle: Oracle) -> None:
    """Every result is what the oracle finds, and there is no other."""
    for unit in oracle.units:
        cells = oracle.cells(unit)
        for name, expected in cells.items():
            result = evaluator.kpis[unit, name]
            found = result.value, result.due, result.score, result.gates, result.definition
            assert found == (expected.value, expected.due, expected.score, expected.gates, expected.version)
        assert {key[1] for key in evaluator.kpis if key[0] == unit} == cells.keys()
        shown = evaluator.units.get(unit)
        assert (shown is not None) == oracle.scored(unit)
        if shown is not None:
            whole = Scored(shown.score, shown.base, shown.gates, shown.coverage, shown.definition)
            assert whole == oracle.score(unit)


@SLOW
@given(st.data())
def test_any_split_order_and_ticks_give_what_a_fresh_evaluation_gives(data: st.DataObject) -> None:
    model = data.draw(models())
    log = data.draw(facts(model))
    calendar = BusinessCalendar(model.calendar)
    start = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    fresh, online = Evaluator(model, calendar, start), Evaluator(model, calendar, start)
    end = data.draw(st.integers(start // MINUTE, fresh.ends_ms // MINUTE - 1)) * MINUTE
    whole: Increments = {}
    for fact in log:
        merge_into(whole, fact.increments)
    fresh.apply(whole)
    fresh.tick(end)
    now = start
    for fact in data.draw(st.permutations(log)):
        online.apply(fact.increments)
        if data.draw(st.booleans()):
            now = data.draw(st.integers(now, end))
            online.tick(now)
    online.tick(end)
    assert plain(online) == plain(fresh)
    assert_same_series(online, fresh)


@SLOW
@given(st.data())
def test_the_last_point_of_a_series_is_the_value_now_and_its_due(data: st.DataObject) -> None:
    model = data.draw(models())
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in data.draw(facts(model)):
        if fact.ms <= now:
            evaluator.apply(fact.increments)
    evaluator.tick(now)
    for key, series in evaluator.series.items():
        assert series.values[-1] == evaluator.kpis[key].value
        assert series.due[-1] == evaluator.kpis[key].due
        assert list(series.bucket_start_ms) == sorted(set(series.bucket_start_ms))


@SLOW
@given(st.data())
def test_an_evaluation_is_what_plain_fractions_give(data: st.DataObject) -> None:
    model = data.draw(models())
    log = data.draw(facts(model))
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in log:
        evaluator.apply(fact.increments)
    evaluator.tick(now)
    assert_found(evaluator, Oracle(model, log, now))


@SLOW
@given(st.data())
def test_contributions_of_a_unit_without_children_sum_to_its_base(data: st.DataObject) -> None:
    model = data.draw(models())
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in data.draw(facts(model)):
        evaluator.apply(fact.increments)
    evaluator.tick(now)
    for name, unit in evaluator.units.items():
        parts = [one.contribution for key, one in evaluator.kpis.items() if key[0] == name]
        given_ = [part for part in parts if part is not None]
        if unit.base is None:
            assert not given_
        elif not evaluator.scorecard.nodes[name].child_share or not any(
            evaluator.units[child].score is not None for child in evaluator.scorecard.nodes[name].children
        ):
            assert sum(given_) == unit.base


def fed(evaluator: Evaluator, log: list[Fact], now_ms: int) -> Evaluator:
    for fact in log:
        evaluator.apply(fact.increments)
    evaluator.tick(now_ms)
    return evaluator


@SLOW
@given(st.data())
def test_an_adopted_edition_gives_what_a_fresh_evaluation_under_it_gives(data: st.DataObject) -> None:
    model = data.draw(models())
    log = data.draw(facts(model))
    calendar = BusinessCalendar(model.calendar)
    start = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    online = Evaluator(model, calendar, start)
    end = data.draw(st.integers(start // MINUTE, online.ends_ms // MINUTE - 1)) * MINUTE
    now, left = start, list(log)
    for _ in range(data.draw(st.integers(1, 3))):
        count = data.draw(st.integers(0, len(left)))
        fed(online, left[:count], now)
        left, now = left[count:], data.draw(st.integers(now, end))
        reading = data.draw(st.booleans())
        other = data.draw(another(model, reading))
        held = online.scorecard
        adopted = online.adopt(compile_scorecard(other, calendar.business_date(start), held))
        assert adopted or (reading and online.scorecard is held)
        model = other if adopted else model
        if data.draw(st.booleans()):
            online.tick(now)
    fed(online, left, end)
    fresh = fed(Evaluator(model, calendar, start), log, end)
    assert plain(online) == plain(fresh)
    assert_same_series(online, fresh)


@st.composite
def another(draw: st.DrawFn, model: Model, reading: bool) -> Model:
    """A model with one change more, and perhaps with other gates or without some change that it had."""
    changes = [*model.changes, draw(overlays(model, reading))]
    if reading and draw(st.booleans()):
        changes = draw(st.lists(st.sampled_from(changes), unique_by=id))
    update: dict[str, Any] = {"changes": changes}
    if draw(st.booleans()):
        places, kpi_ids = sorted({unit.kind for unit in model.units}), [kpi.id for kpi in model.kpis]
        drawn = [draw(gates(number, places, kpi_ids)) for number in range(draw(st.integers(0, 3)))]
        update["gates"] = Model.model_validate({**model.model_dump(by_alias=True), "gates": drawn}).gates
    return model.model_copy(update=update)


def standing(card: Scorecard) -> dict[str, Any]:
    """What a scorecard says, without which objects it shares."""
    same = {"target": 0, "weight": 0, "rollup": "values", "applies_to": []}
    found: dict[str, Any] = {}
    for name, node in card.nodes.items():
        cells = tuple(
            replace(cell, rule=replace(cell.rule, kpi=cell.rule.kpi.model_copy(update=same))) for cell in node.cells
        )
        found[name] = replace(node, cells=cells)
    return {"nodes": found, "moves": card.moves}


@SLOW
@given(st.data())
def test_a_scorecard_made_from_a_former_one_is_the_one_made_anew(data: st.DataObject) -> None:
    model = data.draw(models())
    first, second = (data.draw(st.dates(dt.date(2026, 10, 27), dt.date(2026, 11, 6))) for _ in range(2))
    other = data.draw(st.just(model) | another(model, reading=True))
    former = compile_scorecard(model, first)
    assert standing(compile_scorecard(other, second, former)) == standing(compile_scorecard(other, second))


@SLOW
@given(st.data())
def test_an_edition_that_changes_nothing_moves_nothing(data: st.DataObject) -> None:
    model = data.draw(models())
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    calendar = BusinessCalendar(model.calendar)
    evaluator = fed(Evaluator(model, calendar, now), data.draw(facts(model)), now)
    former = evaluator.scorecard
    again = compile_scorecard(model.model_copy(deep=True), calendar.business_date(now), former)
    assert all(again.nodes[name] is node for name, node in former.nodes.items())
    assert evaluator.adopt(again)
    moved = evaluator.tick(now)
    assert (moved.kpis, moved.units, moved.series) == ({}, {}, {})
