"""Gates: what a veto, a ceiling, an unambitious target and a difficulty do to scores, when, and what names them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scoring.board import POINT, KpiResult, Status, UnitScore
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import counter_name
from scoring.definitions import Model
from scoring.evaluator import Evaluator

from .models import DAY, HOUR, JUNE, evaluated, kpi, model_of, on_grid, unit

SHANGHAI = {"zone": "Asia/Shanghai", "day_starts": "06:00", "week_starts": "wed"}
SHIFT = {"id": "early", "title": "", "start": "07:00", "end": "15:00"}
#: Business days of Shanghai begin at 06:00, which is 22:00 UTC of the day before.
SIX_IN_SHANGHAI = -2 * HOUR


def veto(gate_id: str = "fire", **more: Any) -> dict[str, Any]:
    vouched = {"evidence": "report 7", "approver": "Ada"}
    return {"kind": "veto", "id": gate_id, "title": "", "units": ["top"], **vouched, **more}


def ceiling(gate_id: str = "lid", **more: Any) -> dict[str, Any]:
    return {"kind": "ceiling", "id": gate_id, "title": "", "units": ["top"], "when": "a > 0", **more}


def ambition(gate_id: str = "timid", **more: Any) -> dict[str, Any]:
    return {"kind": "ambition", "id": gate_id, "title": "", "units": ["top"], "kpi": "a", **more}


def difficulty(gate_id: str = "hard", **more: Any) -> dict[str, Any]:
    return {"kind": "difficulty", "id": gate_id, "title": "", "units": ["top"], "kpi": "a", **more}


def gated(
    *gates: dict[str, Any], values: dict[str, object] | None = None, now_ms: int = JUNE + DAY, **more: Any
) -> Evaluator:
    """KPI `a` of weight 60 and `b` of weight 40 at the unit `top`, 80 and 50 points without gates."""
    model = model_of([kpi("a", weight=60), kpi("b", weight=40)], gates=list(gates), **more)
    met = {"a": 80, "b": 50} if values is None else values
    return evaluated(model, {("top", name): value for name, value in met.items()}, now_ms)


def top(evaluator: Evaluator) -> UnitScore:
    return evaluator.units["top"]


def a(evaluator: Evaluator) -> KpiResult:
    return evaluator.kpis["top", "a"]


def stands_on(model: Model, date: str) -> bool:
    return bool(compile_scorecard(model, dt.date.fromisoformat(date)).nodes["top"].gates)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("shift", "2026-05-14", "2026-05-14"),
        ("day", "2026-05-14", "2026-05-14"),
        ("week", "2026-05-14", "2026-05-19"),
        ("month", "2026-05-14", "2026-05-31"),
        ("quarter", "2026-05-14", "2026-06-30"),
        ("year", "2026-05-14", "2026-12-31"),
    ],
)
def test_a_declared_veto_stands_from_its_day_until_its_period_ends(period: str, first: str, last: str) -> None:
    model = model_of([kpi("a")], gates=[veto(**{"from": first, "period": period})],
                     calendar={**SHANGHAI, "shifts": [SHIFT]})  # fmt: skip
    begin, end, day = dt.date.fromisoformat(first), dt.date.fromisoformat(last), dt.timedelta(days=1)
    assert [stands_on(model, str(date)) for date in (begin - day, begin, end, end + day)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("into_ms", "points"), [(-1, 68), (0, 0), (30 * DAY - 14 * DAY - 1, 0), (30 * DAY - 14 * DAY, None)]
)
def test_the_companys_clock_says_when_a_veto_begins_and_ends(into_ms: int, points: int | None) -> None:
    begin = JUNE + 14 * DAY + SIX_IN_SHANGHAI
    model = model_of([kpi("a", weight=60), kpi("b", weight=40)], gates=[veto(**{"from": "2026-06-15"})],
                     calendar=SHANGHAI)  # fmt: skip
    evaluator = evaluated(model, {("top", "a"): 80, ("top", "b"): 50}, begin + into_ms)
    assert top(evaluator).score == (None if points is None else points * POINT)
    assert bool(evaluator.scorecard.nodes["top"].gates) is (points == 0)


def test_in_a_new_period_a_veto_has_no_say() -> None:
    model = model_of([kpi("a")], gates=[veto(**{"from": "2026-05-31"})])
    result = top(evaluated(model, {("top", "a"): 80}))
    assert (result.score, result.gates) == (80 * POINT, ())


def test_a_vetoed_unit_has_zero_and_its_contributions_still_sum_to_its_base() -> None:
    evaluator = gated(veto(**{"from": "2026-06-02"}))
    result = top(evaluator)
    assert (result.score, result.base, result.gates, result.status) == (0, 68 * POINT, ("fire",), Status.BAD)
    assert [evaluator.kpis["top", name].contribution for name in "ab"] == [48 * POINT, 20 * POINT]
    assert [evaluator.kpis["top", name].gates for name in "ab"] == [(), ()]


def test_a_vetoed_kpi_has_zero_and_the_others_keep_their_points() -> None:
    evaluator = gated(veto(kpi="a", **{"from": "2026-06-02"}))
    assert (a(evaluator).score, a(evaluator).gates, a(evaluator).value) == (0, ("fire",), 80)
    assert (top(evaluator).score, top(evaluator).base, top(evaluator).gates) == (20 * POINT, 20 * POINT, ())


def test_a_veto_by_condition_bites_while_it_holds() -> None:
    model = model_of([kpi("a", weight=60), kpi("b", weight=40)], gates=[veto(when="b >= 50.5")])
    evaluator = evaluated(model, {("top", "a"): 80, ("top", "b"): 50})
    seen = [(top(evaluator).score, top(evaluator).gates)]
    for more in ("0.5", "-1"):
        amount = int(Fraction(more) * 10**4)
        evaluator.apply({("20260601", "add"): {counter_name("b", "top", JUNE): amount}})
        evaluator.tick(JUNE + DAY)
        seen.append((top(evaluator).score, top(evaluator).gates))
    assert seen == [(68 * POINT, ()), (0, ("fire",)), (on_grid(Fraction("67.8")), ())]


@pytest.mark.parametrize("when", ["b > 0", "b > 0 or a > 0", "a / b > 0", "elsewhere > 0", "not b > 0"])
def test_what_is_not_known_never_bites(when: str) -> None:
    evaluator = gated(veto(when=when), ceiling(when=when, points=10), values={"a": 80})
    assert (top(evaluator).score, top(evaluator).gates) == (80 * POINT, ())


def test_a_condition_that_divides_by_zero_never_bites() -> None:
    assert top(gated(veto(when="a / b > 0"), values={"a": 80, "b": 0})).gates == ()


def test_gates_of_an_unknown_score_name_nothing() -> None:
    evaluator = gated(
        difficulty(factor=2), ambition(base=200, cap=1), veto("no", kpi="a", **{"from": "2026-06-01"}),
        veto(**{"from": "2026-06-01"}), values={},
    )  # fmt: skip
    assert (a(evaluator).score, a(evaluator).gates) == (None, ())
    assert (top(evaluator).score, top(evaluator).base, top(evaluator).gates) == (None, None, ())


@pytest.mark.parametrize(
    "broken",
    [
        {"evidence": None}, {"evidence": ""}, {"approver": None}, {"approver": ""}, {"units": []},
        {"from": None}, {"kpi": "a", "from": None, "when": "a > 0"}, {"kpi": "a", "effect": "grade", "grade": "C"},
    ],
    ids=str,
)  # fmt: skip
def test_a_veto_that_nobody_vouches_for_or_that_has_no_ground_is_refused(broken: dict[str, Any]) -> None:
    whole = veto(**{"from": "2026-06-01"})
    model_of([kpi("a")], gates=[whole])
    changed = {key: value for key, value in {**whole, **broken}.items() if value is not None}
    with pytest.raises(ValidationError):
        model_of([kpi("a")], gates=[changed])


@pytest.mark.parametrize(
    ("points", "score", "named"), [("67.9999", "67.9999", True), ("68", "68", False), ("90", "68", False)]
)
def test_a_ceiling_of_points_is_named_only_where_it_bites(points: str, score: str, named: bool) -> None:
    result = top(gated(ceiling(points=points)))
    assert (result.score, result.base) == (on_grid(Fraction(score)), 68 * POINT)
    assert result.gates == (("lid",) if named else ())


def test_a_ceiling_whose_condition_does_not_hold_does_nothing() -> None:
    assert top(gated(ceiling(when="a > 80", points=1))).score == 68 * POINT


@pytest.mark.parametrize(
    ("gate", "grade", "no_pay"),
    [
        (ceiling("held", grade="C"), "C", False),
        (veto("held", **{"from": "2026-06-01"}, effect="grade", grade="D"), "D", False),
        (veto("held", when="a > 0", effect="coefficient"), None, True),
    ],
)
def test_a_ceiling_of_grade_or_pay_is_recorded_and_leaves_the_score(
    gate: dict[str, Any], grade: str | None, no_pay: bool
) -> None:
    evaluator = gated(gate)
    assert (top(evaluator).score, top(evaluator).base, top(evaluator).gates) == (68 * POINT, 68 * POINT, ("held",))
    (held,) = evaluator.scorecard.nodes["top"].gates
    assert (held.grade, held.no_pay) == (grade, no_pay)


@pytest.mark.parametrize(
    ("direction", "base", "score"),
    [("higher", "100", 120), ("higher", "100.0001", 90), ("lower", "100", 120), ("lower", "99.9999", 90)],
)
def test_a_target_less_ambitious_than_the_base_caps_the_kpi(direction: str, base: str, score: int) -> None:
    method = {"name": "ratio", "inverse": None if direction == "higher" else "symmetric"}
    value = 140 if direction == "higher" else 60
    model = model_of([kpi("a", direction=direction, method=method)], gates=[ambition(base=base, cap=90)])
    result = a(evaluated(model, {("top", "a"): value}))
    assert (result.score, result.gates) == (score * POINT, ("timid",) if score == 90 else ())


def test_ambition_goes_by_the_target_of_the_place() -> None:
    places = [unit(), unit("x", "top"), unit("y", "top")]
    model = model_of(
        [kpi("a", applies_to=["place"], target={"place": 100, "x": 80})], places,
        gates=[ambition(base=90, cap=50, units=["place"])],
    )  # fmt: skip
    evaluator = evaluated(model, {("x", "a"): 80, ("y", "a"): 100})
    assert [evaluator.kpis[one, "a"].score for one in ("x", "y")] == [50 * POINT, 100 * POINT]


@pytest.mark.parametrize(
    ("value", "score", "named"), [(50, "55", True), (90, "99", True), (115, "105", True), (0, "0", False)]
)
def test_difficulty_multiplies_up_to_its_cap(value: int, score: str, named: bool) -> None:
    result = a(gated(difficulty(factor="1.1", cap=105), values={"a": value, "b": 0}))
    assert (result.score, result.gates) == (on_grid(Fraction(score)), ("hard",) if named else ())


def test_a_difficulty_below_one_takes_points_off() -> None:
    assert a(gated(difficulty(factor="0.5"))).score == 40 * POINT


@pytest.mark.parametrize("turned", [False, True])
def test_difficulty_acts_before_ambition_and_a_veto_last_whatever_order_they_are_written_in(turned: bool) -> None:
    gates = [difficulty(factor="1.5"), ambition(base=200, cap=100)]
    result = a(gated(*(gates[::-1] if turned else gates)))
    assert (result.score, result.gates) == (100 * POINT, ("hard", "timid"))
    gates.append(veto(kpi="a", **{"from": "2026-06-01"}))
    result = a(gated(*(gates[::-1] if turned else gates)))
    assert (result.score, result.gates) == (0, ("hard", "timid", "fire"))


@pytest.mark.parametrize("turned", [False, True])
def test_ceilings_act_before_vetoes_whatever_order_they_are_written_in(turned: bool) -> None:
    gates = [veto(when="b > 0"), ceiling(points=30), ceiling("grade", grade="B")]
    result = top(gated(*(gates[::-1] if turned else gates)))
    assert (result.score, set(result.gates), result.gates[-1]) == (0, {"fire", "lid", "grade"}, "fire")


@pytest.mark.parametrize("gate", [veto(kpi="a", **{"from": "2026-06-01"}), veto(**{"from": "2026-06-01"})])
def test_a_veto_never_raises_what_is_below_zero(gate: dict[str, Any]) -> None:
    model = model_of([kpi("a", method={"name": "ratio", "floor": -50})], gates=[gate])
    result = top(evaluated(model, {("top", "a"): -40}))
    assert result.score == -40 * POINT


def test_gates_stand_at_ids_and_kinds_and_nowhere_else() -> None:
    places = [
        unit("root", child_share=0),
        unit("x", "root", kind="team"),
        unit("y", "root", kind="team"),
        unit("z", "root"),
    ]
    model = model_of(
        [kpi("a", applies_to=["root", "x", "y", "z"])], places, gates=[veto(units=["team", "z"], when="a > 0")]
    )
    evaluator = evaluated(model, {(place, "a"): 10 for place in ("root", "x", "y", "z")})
    assert {name: one.gates for name, one in evaluator.units.items()} == {
        "root": (), "x": ("fire",), "y": ("fire",), "z": ("fire",),
    }  # fmt: skip


def test_the_score_above_is_made_of_scores_after_gates() -> None:
    places = [unit(), unit("x", "top", weight=3), unit("y", "top")]
    model = model_of([kpi("a", applies_to=["x", "y"])], places, gates=[veto(units=["x"], when="a > 0")])
    evaluator = evaluated(model, {("x", "a"): 100, ("y", "a"): 60})
    assert (top(evaluator).score, top(evaluator).coverage) == (15 * POINT, 1)


def test_a_bonus_comes_on_top_and_under_the_units_ceiling() -> None:
    kpis = [kpi("a", weight=100), kpi("extra", weight=0, method={"name": "bonus", "cap": 5})]
    for gates, score in ([], 95), ([ceiling(points=92)], 92):
        evaluator = evaluated(model_of(kpis, gates=gates), {("top", "a"): 90, ("top", "extra"): 9})
        assert (top(evaluator).score, top(evaluator).base) == (score * POINT, 95 * POINT)
        assert [evaluator.kpis["top", one["id"]].contribution for one in kpis] == [90 * POINT, 5 * POINT]


def test_a_bonus_does_not_count_as_coverage_and_makes_no_score_alone() -> None:
    kpis = [kpi("a", weight=100), kpi("extra", weight=0, method={"name": "bonus", "cap": 5})]
    alone = evaluated(model_of(kpis), {("top", "extra"): 3})
    assert (top(alone).score, top(alone).coverage) == (None, 0)
    without = evaluated(model_of(kpis), {("top", "a"): 90})
    assert (top(without).score, top(without).coverage) == (90 * POINT, 1)


POINTS = st.integers(0, 1200).map(lambda tenths: Fraction(tenths, 10))


@settings(max_examples=150, deadline=None)
@given(POINTS, POINTS, st.data())
def test_all_gates_together_are_what_plain_fractions_give(one: Fraction, other: Fraction, data: st.DataObject) -> None:
    factors = data.draw(st.lists(st.sampled_from(["0.5", "1.1", "2"]), max_size=1))
    caps = data.draw(st.lists(st.integers(0, 130), max_size=2))
    lids = data.draw(st.lists(st.tuples(st.integers(0, 130), st.sampled_from(["a > 50", "b <= 30"])), max_size=3))
    fired = data.draw(st.sampled_from([[], ["kpi"], ["unit"], ["kpi", "unit"]]))
    gates = [difficulty(f"d{n}", factor=factor, cap=110) for n, factor in enumerate(factors)]
    gates += [ambition(f"m{n}", base=101, cap=cap) for n, cap in enumerate(caps)]
    gates += [ceiling(f"c{n}", when=when, points=lid) for n, (lid, when) in enumerate(lids)]
    gates += [veto(f"v{name}", **({"kpi": "a"} if name == "kpi" else {}), **{"from": "2026-06-01"}) for name in fired]
    evaluator = gated(*data.draw(st.permutations(gates)), values={"a": one, "b": other})
    points = one
    for factor in factors:
        points = min(points * Fraction(factor), Fraction(110))
    points = min([points, *map(Fraction, caps)]) * ("kpi" not in fired)
    assert a(evaluator).score == on_grid(points)
    base = (60 * points + 40 * other) / 100
    assert top(evaluator).base == on_grid(base)
    holds = {"a > 50": one > 50, "b <= 30": other <= 30}
    score = min([base, *(Fraction(lid) for lid, when in lids if holds[when])]) * ("unit" not in fired)
    assert top(evaluator).score == on_grid(score)
    assert sum(part.contribution or 0 for part in evaluator.kpis.values()) == top(evaluator).base


def test_a_gate_that_sets_in_is_adopted_by_the_running_evaluation() -> None:
    model = model_of([kpi("a")], gates=[veto(**{"from": "2026-06-03"})])
    evaluator = evaluated(model, {("top", "a"): 80})
    card = compile_scorecard(model, BusinessCalendar(model.calendar).business_date(JUNE + 2 * DAY), evaluator.scorecard)
    assert evaluator.adopt(card)
    evaluator.tick(JUNE + 2 * DAY)
    assert (top(evaluator).score, top(evaluator).base, top(evaluator).gates) == (0, 80 * POINT, ("fire",))
