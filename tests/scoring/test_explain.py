"""Explanations, waterfalls and what-ifs: their parts sum exactly, for generated models of any depth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, merge_into
from scoring.definitions import Change, Model
from scoring.evaluator import Evaluator
from scoring.explain import explain_kpi, explain_unit, gate_points
from scoring.rescore import Scored
from scoring.scorecard import Scorecard
from scoring.waterfall import Moment, waterfall
from scoring.what_if import effects, overlaid, scores_under, touched_units, with_change

from .test_incremental import BEGIN, HOURS, MINUTE, SLOW, facts, models, plain


def evaluated(model: Model, log: Increments, now: int, scorecard: Scorecard | None = None) -> Evaluator:
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now, scorecard=scorecard)
    evaluator.apply(log)
    evaluator.tick(now)
    return evaluator


def drawn_log(data: st.DataObject, model: Model) -> Increments:
    whole: Increments = {}
    for fact in data.draw(facts(model)):
        merge_into(whole, fact.increments)
    return whole


def drawn_moment(data: st.DataObject) -> int:
    return BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE


@st.composite
def changes(draw: st.DrawFn, model: Model) -> Change:
    """A change of weights, targets, methods or shares, long in force."""
    kpis = {}
    for kpi in draw(st.lists(st.sampled_from(model.kpis), max_size=3, unique_by=lambda one: one.id)):
        one: dict[str, object] = {}
        if draw(st.booleans()):
            one["weight"] = draw(st.sampled_from(["2", "19.5", "80"]))
        if draw(st.booleans()):
            one["target"] = draw(st.sampled_from(["3", "41", "999"]))
        if draw(st.booleans()):
            one["method"] = {"name": "binary"}
        kpis[kpi.id] = one
    units = {}
    for unit in draw(st.lists(st.sampled_from(model.units), max_size=2, unique_by=lambda one: one.id)):
        units[unit.id] = {
            "child_share": draw(st.sampled_from(["10", "55"])),
            "weight": draw(st.sampled_from(["3", "9"])),
        }
    return Change.model_validate({"from": dt.date(2026, 1, 1), "reason": "test", "kpis": kpis, "units": units})


def assert_explained(scorecard: Scorecard, scored: Scored) -> None:
    for unit, score in scored.units.items():
        explained = explain_unit(scorecard, scored, unit)
        if score.base is None or score.score is None:
            assert not any(part.points for part in explained.parts)
            continue
        assert sum(part.points for part in explained.parts) == score.base
        assert score.base + gate_points(explained.gates) == score.score


@SLOW
@given(st.data())
def test_the_parts_and_gates_of_every_unit_sum_to_its_score(data: st.DataObject) -> None:
    model = data.draw(models())
    evaluator = evaluated(model, drawn_log(data, model), drawn_moment(data))
    assert_explained(evaluator.scorecard, evaluator)


@SLOW
@given(st.data())
def test_what_all_kpis_below_add_to_a_unit_sums_to_its_base(data: st.DataObject) -> None:
    model = data.draw(models())
    evaluator = evaluated(model, drawn_log(data, model), drawn_moment(data))
    added = dict.fromkeys(evaluator.units, 0)
    for key, result in evaluator.kpis.items():
        explained = explain_kpi(evaluator.scorecard, evaluator, key)
        after = explained.gates[-1].after if explained.gates else explained.curve_points
        if explained.cell.rollup == "values":
            assert result.score == after
        if result.contribution is not None:
            assert explained.shares[0].points == result.contribution
        for share in explained.shares:
            added[share.unit] += share.points
    for unit, score in evaluator.units.items():
        if score.base is not None:
            assert added[unit] == score.base, unit


@SLOW
@given(st.data())
def test_a_waterfall_between_two_moments_and_two_models_sums_to_the_difference(data: st.DataObject) -> None:
    model = data.draw(models())
    other = with_change(model, data.draw(changes(model)))
    first, second = sorted((drawn_moment(data), drawn_moment(data)))
    before = evaluated(model, drawn_log(data, model), first)
    after = evaluated(other, drawn_log(data, model), second)
    for unit in before.units:
        found = waterfall(Moment(before.scorecard, before), Moment(after.scorecard, after), unit)
        old, new = before.units[unit].score, after.units[unit].score if unit in after.units else None
        if old is None or new is None:
            assert found is None
            continue
        assert found is not None
        assert sum(step.points for step in found.steps) == new - old
        for step in found.steps:
            assert sum(step.by_part.values()) == step.points


@SLOW
@given(st.data())
def test_a_what_if_shows_what_applying_gives_and_one_that_changes_nothing_changes_nothing(data: st.DataObject) -> None:
    model, now = data.draw(models()), drawn_moment(data)
    log = drawn_log(data, model)
    board = evaluated(model, log, now)
    date = BusinessCalendar(model.calendar).business_date(now)
    change = data.draw(changes(model))
    for one in (Change.model_validate({"from": dt.date(2026, 1, 1), "reason": "nothing"}), change):
        other = with_change(model, one)
        after = compile_scorecard(other, date, board.scorecard)
        fresh = scores_under(after, board.scorecard, board)
        applied = evaluated(other, log, now)
        shown = overlaid(board, fresh)
        kpis, units = plain(applied)
        for key, result in kpis.items():
            assert shown.kpis[key].score == result.score
            assert shown.kpis[key].contribution == result.contribution
            assert shown.kpis[key].status == result.status
        for unit, score in units.items():
            assert (shown.units[unit].score, shown.units[unit].status) == (score.score, score.status)
        assert fresh.units.keys() <= touched_units(board.scorecard, after)
        if one is not change:
            assert not fresh.units
            assert not any(effect.moved for effect in effects(board.scorecard, after, board, shown))


def test_a_what_if_ranks_siblings_of_a_kind_before_and_after() -> None:
    from .models import JUNE, kpi, model_of, unit
    from .models import evaluated as from_values

    units = [unit("top", child_share=100), unit("a", "top"), unit("b", "top")]
    model = model_of([kpi(applies_to=["a", "b"], target={"a": 100, "b": 100})], units)
    board = from_values(model, {("a", "k"): 80, ("b", "k"): 90})
    change = Change.model_validate(
        {"from": "2026-01-01", "reason": "easier", "kpis": {"k": {"target": {"a": Decimal(50)}}}}
    )
    after = compile_scorecard(
        with_change(model, change), BusinessCalendar(model.calendar).business_date(JUNE), board.scorecard
    )
    shown = overlaid(board, scores_under(after, board.scorecard, board))
    ranks = {one.unit: (one.rank_before, one.rank_after) for one in effects(board.scorecard, after, board, shown)}
    assert ranks == {"top": (1, 1), "a": (2, 1), "b": (1, 2)}
