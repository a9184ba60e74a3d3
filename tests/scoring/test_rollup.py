"""Roll-up: of values or of scores, never mixed silently, with a declared policy for what is missing."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.board import POINT, Status
from scoring.compile import compile_scorecard
from scoring.counters import counter_name
from scoring.definitions import Change

from .models import DAY, JUNE, evaluated, kpi, model_of, on_grid, unit

SHOPS = [unit(), unit("a", "top"), unit("b", "top"), unit("c", "top")]
TARGETS = {"top": 121_000, "a": 100_000, "b": 20_000, "c": 1_000}
MET = {("a", "k"): 50_000, ("b", "k"): 24_000, ("c", "k"): 1_500}


def sales(**more: Any) -> dict[str, Any]:
    return kpi(applies_to=["place"], target=TARGETS, method={"name": "ratio", "cap": 200}, **more)


@pytest.mark.parametrize(
    ("rollup", "score"),
    [("scores", Fraction(320, 3)), ("values", Fraction(75_500, 1_210)), (None, Fraction(75_500, 1_210))],
)
def test_106_7_percent_by_scores_is_62_4_percent_by_values(rollup: str | None, score: Fraction) -> None:
    evaluator = evaluated(model_of([sales(**({"rollup": rollup} if rollup else {}))], SHOPS), MET)
    result = evaluator.kpis["top", "k"]
    assert result.score == on_grid(score)
    assert (result.value, result.attainment) == (75_500, Fraction(75_500, 121_000))
    assert [evaluator.kpis[shop, "k"].score for shop in "abc"] == [50 * POINT, 120 * POINT, 150 * POINT]


def test_who_has_nobody_below_is_scored_by_its_own_values() -> None:
    places = [unit(), unit("x", "top"), unit("bare", "x")]
    model = model_of([kpi(applies_to=["top", "x"], rollup="scores")], places)
    evaluator = evaluated(model, {("x", "k"): 30, ("bare", "k"): 15, ("top", "k"): 1})
    assert {at: evaluator.kpis[at, "k"].score for at in ("x", "top")} == {"x": 45 * POINT, "top": 45 * POINT}


def test_the_status_of_a_rolled_up_score_goes_by_the_score() -> None:
    by_scores = evaluated(model_of([sales(rollup="scores")], SHOPS), MET).kpis["top", "k"]
    by_values = evaluated(model_of([sales()], SHOPS), MET).kpis["top", "k"]
    assert (by_scores.status, by_values.status) == (Status.GOOD, Status.BAD)


def test_roll_up_is_declared_by_place() -> None:
    places = [unit("root"), unit("x", "root", kind="area"), unit("y", "root", kind="area"),
              *(unit(f"{area}{n}", area, kind="shop") for area in "xy" for n in (1, 2))]  # fmt: skip
    declared = {"area": "scores", "y": "values"}
    one = kpi(applies_to=["root", "area", "shop"], target={"place": 400, "root": 400, "area": 200, "shop": 100},
              method={"name": "ratio", "cap": 200}, rollup=declared)  # fmt: skip
    met = {("x1", "k"): 150, ("x2", "k"): 30, ("y1", "k"): 150, ("y2", "k"): 30}
    model = model_of([{**one, "target": {"root": 400, "area": 200, "shop": 100, "x1": 50}}], places)
    evaluator = evaluated(model, met)
    assert evaluator.kpis["x1", "k"].score == 200 * POINT
    assert {area: evaluator.kpis[area, "k"].score for area in ("root", "x", "y")} == {
        "root": 90 * POINT, "x": 115 * POINT, "y": 90 * POINT,
    }  # fmt: skip


MISSING = [("renormalise", Fraction(5700, 70)), ("zero", Fraction(57)), ("block", None)]


@pytest.mark.parametrize(("missing", "score"), MISSING)
@pytest.mark.parametrize("given_as", ["kpis", "units", "scores"])
def test_40_at_90_30_missing_and_30_at_70(given_as: str, missing: str, score: Fraction | None) -> None:
    weights = {"a": 40, "b": 30, "c": 30}
    if given_as == "kpis":
        model = model_of([kpi(name, weight=weight) for name, weight in weights.items()], [unit(missing=missing)])
        evaluator = evaluated(model, {("top", "a"): 90, ("top", "c"): 70})
    else:
        places = [unit(missing=missing), *(unit(name, "top", weight=weight) for name, weight in weights.items())]
        at = ["a", "b", "c"] if given_as == "units" else ["place"]
        model = model_of([kpi(applies_to=at, rollup={"top": "scores"})], places)
        evaluator = evaluated(model, {("a", "k"): 90, ("c", "k"): 70})
    result = evaluator.kpis["top", "k"] if given_as == "scores" else evaluator.units["top"]
    assert result.score == (None if score is None else on_grid(score))
    if given_as != "scores":
        assert evaluator.units["top"].coverage == Fraction(70, 100)


@pytest.mark.parametrize("missing", ["renormalise", "zero", "block"])
def test_a_rolled_up_score_of_which_nothing_is_known_is_unknown(missing: str) -> None:
    result = evaluated(model_of([sales(rollup="scores")], [{**SHOPS[0], "missing": missing}, *SHOPS[1:]]), {})
    assert (result.kpis["top", "k"].score, result.units["top"].score) == (None, None)


def test_another_policy_for_what_is_missing_is_adopted_by_rolled_up_scores() -> None:
    places = [unit(), unit("x", "top"), unit("y", "top")]
    model = model_of([kpi(applies_to=["place"], rollup="scores")], places)
    evaluator = evaluated(model, {("x", "k"): 50})
    change = Change.model_validate({"from": "2026-01-01", "reason": "strict", "units": {"top": {"missing": "zero"}}})
    other = model.model_copy(update={"changes": [change]})
    assert evaluator.adopt(compile_scorecard(other, dt.date(2026, 6, 2), evaluator.scorecard))
    evaluator.tick(JUNE + DAY)
    assert (evaluator.kpis["top", "k"].score, evaluator.units["top"].score) == (25 * POINT, 25 * POINT)


def test_another_weight_of_a_unit_is_adopted_by_rolled_up_scores_and_stays_right_as_values_move() -> None:
    places = [unit(), unit("x", "top"), unit("y", "top")]
    model = model_of([kpi(applies_to=["place"], rollup="scores")], places)
    evaluator = evaluated(model, {("x", "k"): 50, ("y", "k"): 90})
    change = Change.model_validate({"from": "2026-01-01", "reason": "grown", "units": {"x": {"weight": 3}}})
    other = model.model_copy(update={"changes": [change]})
    assert evaluator.adopt(compile_scorecard(other, dt.date(2026, 6, 2), evaluator.scorecard))
    evaluator.tick(JUNE + DAY)
    assert (evaluator.kpis["top", "k"].score, evaluator.units["top"].score) == (60 * POINT, 60 * POINT)
    evaluator.apply({("20260601", "add"): {counter_name("k", "x", JUNE): -20 * 10**4}})
    evaluator.tick(JUNE + DAY)
    assert (evaluator.kpis["top", "k"].score, evaluator.units["top"].score) == (45 * POINT, 45 * POINT)


def test_a_rolled_up_score_weighs_by_the_units_weights_and_leaves_out_who_has_not_the_kpi() -> None:
    places = [unit(), unit("x", "top", weight=3), unit("y", "top", weight="0.5"), unit("z", "top", weight=90)]
    kpis = [kpi(applies_to=["top", "x", "y"], rollup={"top": "scores"}), kpi("other", applies_to=["z"])]
    evaluator = evaluated(model_of(kpis, places), {("x", "k"): 20, ("y", "k"): 90, ("z", "other"): 1})
    assert evaluator.kpis["top", "k"].score == 30 * POINT


def test_gates_act_on_a_rolled_up_score_and_pass_on_what_they_did() -> None:
    places = [unit(), unit("mid", "top"), unit("x", "mid"), unit("y", "mid")]
    hard = {"kind": "difficulty", "id": "hard", "title": "", "units": ["x", "mid"], "kpi": "k", "factor": "1.1",
            "cap": 130}  # fmt: skip
    one = kpi(applies_to=["place"], method={"name": "ratio"}, rollup={"top": "scores", "mid": "scores"})
    evaluator = evaluated(model_of([one], places, gates=[hard]), {("x", "k"): 100, ("y", "k"): 90})
    assert {at: evaluator.kpis[at, "k"].score for at in ("x", "y", "mid", "top")} == {
        "x": 110 * POINT, "y": 90 * POINT, "mid": 110 * POINT, "top": 110 * POINT,
    }  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_scores_roll_up_through_trees_of_any_depth(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 25))
    above = {n: data.draw(st.integers(max(0, n - 3), n - 1)) for n in range(1, size)}
    weights = {n: data.draw(st.sampled_from(["0.6", "1", "7", "33.3333"])) for n in range(size)}
    policy = {n: data.draw(st.sampled_from(["renormalise", "zero", "block"])) for n in range(size)}
    below = {n: [m for m in above if above[m] == n] for n in range(size)}
    values = {n: data.draw(st.none() | st.integers(0, 300)) for n in range(size) if not below[n]}
    places = [unit(f"u{n}", f"u{above[n]}" if n else None, weight=weights[n], missing=policy[n]) for n in range(size)]
    by_place = {f"u{n}": "scores" for n in range(size) if below[n]}
    rollup = data.draw(st.sampled_from(["scores", {"place": "scores"}, by_place]))
    model = model_of([kpi(applies_to=["place"], rollup=rollup)], places)
    evaluator = evaluated(model, {(f"u{n}", "k"): value for n, value in values.items() if value is not None})

    def score(n: int) -> Fraction | None:
        if not below[n]:
            return None if values[n] is None else min(Fraction(values[n]), Fraction(120))
        known = {m: points for m in below[n] if (points := score(m)) is not None}
        if not known or (policy[n] == "block" and len(known) < len(below[n])):
            return None
        over = below[n] if policy[n] == "zero" else list(known)
        whole = sum((Fraction(weights[m]) for m in over), Fraction(0))
        return Fraction(on_grid(sum(Fraction(weights[m]) * known[m] for m in known) / whole), POINT)

    for n in range(size):
        expected = score(n)
        assert evaluator.kpis[f"u{n}", "k"].score == (None if expected is None else on_grid(expected))
