"""Editions: definitions change with a date and a reason, and every result names the version that it used."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.board import POINT, WEIGHT, Status
from scoring.compile import compile_scorecard
from scoring.definitions import Kpi, Model, Unit
from scoring.editions import edition, edition_dates, kpi_versions, unit_versions
from scoring.evaluator import Evaluator

from .models import DAY, HOUR, JUNE, evaluated, kpi, model_of, on_grid, unit

TENTH = dt.date(2026, 6, 10)
BEFORE, ON = JUNE + 9 * DAY - 1, JUNE + 9 * DAY


def change(date: str = "2026-06-10", reason: str = "decided", **more: Any) -> dict[str, Any]:
    return {"from": date, "reason": reason, **more}


def of_kpi(date: str = "2026-06-10", name: str = "k", **fields: Any) -> dict[str, Any]:
    return change(date, kpis={name: fields})


def of_unit(date: str = "2026-06-10", name: str = "top", **fields: Any) -> dict[str, Any]:
    return change(date, units={name: fields})


def at(model: Model, now_ms: int, **values: object) -> Evaluator:
    return evaluated(model, {("top", name): value for name, value in values.items()}, now_ms)


def the_kpi(model: Model, date: str, name: str = "k") -> Kpi:
    return next(one for one in edition(model, dt.date.fromisoformat(date)).kpis if one.id == name)


CHANGED: list[tuple[dict[str, Any], int, int]] = [
    ({"target": 160}, 80, 50),
    ({"method": {"name": "binary"}}, 80, 0),
    ({"value": "k / 2"}, 80, 40),
    ({"value": "k * 2 - 61"}, 80, 99),
    ({"method": {"name": "deduct", "policy": "sum", "out_of": 160}}, 80, 50),
    ({"direction": "lower", "method": {"name": "ratio", "inverse": "symmetric"}}, 80, 120),
    ({"direction": "lower", "method": {"name": "ratio", "inverse": "reciprocal", "cap": 150}}, 80, 125),
]


@pytest.mark.parametrize(("fields", "before", "after"), CHANGED, ids=str)
def test_a_changed_kpi_scores_anew_from_its_business_day_on(fields: dict[str, Any], before: int, after: int) -> None:
    model = model_of([kpi()], changes=[of_kpi(**fields)])
    results = [at(model, now_ms, k=80).kpis["top", "k"] for now_ms in (BEFORE, ON)]
    assert [one.score for one in results] == [before * POINT, after * POINT]
    assert [one.definition for one in results] == [1, 2]


def test_a_changed_weight_moves_the_units_score_and_what_each_kpi_adds() -> None:
    kpis = [kpi("a", weight=60), kpi("b", weight=40)]
    model = model_of(kpis, changes=[change(kpis={"a": {"weight": "12.5"}, "b": {"weight": "87.5"}})])
    first, second = at(model, BEFORE, a=80, b=40), at(model, ON, a=80, b=40)
    assert (first.units["top"].score, second.units["top"].score) == (64 * POINT, 45 * POINT)
    assert [second.kpis["top", name].contribution for name in "ab"] == [10 * POINT, 35 * POINT]
    assert (first.units["top"].definition, second.units["top"].definition) == (1, 2)


def test_changed_thresholds_move_the_status_only() -> None:
    model = model_of([kpi()], changes=[of_kpi(status={"good": "0.8", "watch": "0.5"})])
    first, second = (at(model, now_ms, k=80).kpis["top", "k"] for now_ms in (BEFORE, ON))
    assert (first.status, second.status) == (Status.BAD, Status.GOOD)
    assert first.score == second.score == 80 * POINT


def test_a_target_that_begins_to_accrue_is_judged_by_what_is_due() -> None:
    model = model_of([kpi()], changes=[of_kpi(accrues=True)])
    first, second = (at(model, now_ms, k=15).kpis["top", "k"] for now_ms in (BEFORE, ON))
    assert (first.due, first.score) == (100, 15 * POINT)
    assert (second.due, second.score) == (Fraction(100) * 9 / 30, 50 * POINT)


def test_a_changed_roll_up_holds_from_its_day_on() -> None:
    places = [unit(), unit("x", "top"), unit("y", "top")]
    one = kpi(applies_to=["place"], target={"top": 200, "place": 100}, method={"name": "ratio", "cap": 200})
    model = model_of([one], places, changes=[of_kpi(rollup={"top": "scores"})])
    met = {("x", "k"): 190, ("y", "k"): 10}
    scores = [evaluated(model, met, now_ms).kpis["top", "k"].score for now_ms in (BEFORE, ON)]
    assert scores == [100 * POINT, 100 * POINT]
    model = model_of(
        [{**one, "target": {"top": 400, "place": 100}}], places, changes=[of_kpi(rollup={"top": "scores"})]
    )
    scores = [evaluated(model, met, now_ms).kpis["top", "k"].score for now_ms in (BEFORE, ON)]
    assert scores == [50 * POINT, 100 * POINT]


@pytest.mark.parametrize(("weight", "after"), [("3", Fraction(75)), ("0.25", Fraction(42))])
def test_a_changed_weight_of_a_unit_moves_the_score_above(weight: str, after: Fraction) -> None:
    places = [unit(), unit("x", "top"), unit("y", "top")]
    model = model_of([kpi(applies_to=["x", "y"])], places, changes=[of_unit(name="x", weight=weight)])
    scores = [evaluated(model, {("x", "k"): 90, ("y", "k"): 30}, now_ms).units["top"].score for now_ms in (BEFORE, ON)]
    assert scores == [60 * POINT, on_grid(after)]


def test_shares_policies_and_target_scores_of_units_change_with_their_day() -> None:
    places = [unit(child_share=50), unit("x", "top"), unit("y", "top")]
    kpis = [kpi("own", weight=50), kpi(applies_to=["x", "y"])]
    fields = {"child_share": 100, "missing": "zero", "target_score": 40}
    model = model_of(kpis, places, changes=[of_unit(**fields)])
    met = {("top", "own"): 80, ("x", "k"): 40}
    first, second = (evaluated(model, met, now_ms).units["top"] for now_ms in (BEFORE, ON))
    assert (first.score, first.status) == (60 * POINT, Status.BAD)
    assert (second.score, second.status) == (on_grid(Fraction(50 * 80 + 100 * 20, 150)), Status.GOOD)


def test_values_by_place_replace_only_what_they_name() -> None:
    one = kpi(applies_to=["area", "shop"], target={"area": 1000, "shop": 100}, weight=100)
    changes = [of_kpi(target={"shop": 120}), of_kpi("2026-07-01", target={"s1": 130}, weight={"shop": 70})]
    model = model_of([one], [unit("u", kind="area")], changes=changes)
    assert the_kpi(model, "2026-06-09").target == {"area": 1000, "shop": 100}
    assert the_kpi(model, "2026-06-10").target == {"area": 1000, "shop": 120}
    assert the_kpi(model, "2026-07-01").target == {"area": 1000, "shop": 120, "s1": 130}
    assert the_kpi(model, "2026-06-30").weight == 100
    assert the_kpi(model, "2026-07-01").weight == {"area": 100, "shop": 70}


def test_one_value_for_all_replaces_values_by_place() -> None:
    model = model_of([kpi(applies_to=["place"], target={"place": 5, "top": 7})], changes=[of_kpi(target=9)])
    assert the_kpi(model, "2026-06-10").target == 9


def test_a_place_that_is_named_anew_is_read_before_its_kind() -> None:
    places = [unit("r"), unit("x", "r"), unit("y", "r")]
    model = model_of([kpi(applies_to=["place"], target=100)], places, changes=[of_kpi(target={"x": 50})])
    cells = {cell.unit: cell.target for cell in compile_scorecard(model, TENTH).cells()}
    assert cells == {"r": 100, "x": 50, "y": 100}


def test_changes_of_the_same_kpi_add_up_in_the_order_of_their_days() -> None:
    changes = [of_kpi("2026-07-01", weight=30), of_kpi("2026-05-01", weight=10, target=1), of_kpi(weight=20)]
    model = model_of([kpi()], changes=changes)
    days = ("2026-04-30", "2026-05-01", "2026-06-10", "2026-07-01")
    assert [the_kpi(model, day).weight for day in days] == [100, 10, 20, 30]
    assert [the_kpi(model, day).target for day in days] == [100, 1, 1, 1]
    assert [compile_scorecard(model, dt.date.fromisoformat(day)).cells()[0].weight // WEIGHT for day in days] == [
        100, 10, 20, 30,
    ]  # fmt: skip


def test_a_kpi_counts_from_its_first_day_until_its_last() -> None:
    kpis = [kpi("a", weight=50, until="2026-06-10"), kpi("b", weight=50), kpi("c", weight=50, **{"from": "2026-06-10"})]
    model = model_of(kpis)
    first, second = at(model, BEFORE, a=10, b=50, c=90), at(model, ON, a=10, b=50, c=90)
    assert {key[1] for key in first.kpis} == {"a", "b"}
    assert {key[1] for key in second.kpis} == {"b", "c"}
    assert (first.units["top"].score, second.units["top"].score) == (30 * POINT, 70 * POINT)
    assert second.kpis["top", "c"].value == 90


def test_every_date_on_which_definitions_change_is_told_once_in_order() -> None:
    kpis = [kpi("a", **{"from": "2026-03-01"}, until="2026-09-01"), kpi("b", until="2026-03-01")]
    model = model_of(
        kpis, changes=[of_kpi("2026-07-01", "a", weight=1), of_unit("2026-02-01"), of_kpi("2026-07-01", "b")]
    )
    assert [str(date) for date in edition_dates(model)] == ["2026-02-01", "2026-03-01", "2026-07-01", "2026-09-01"]
    assert edition_dates(model_of([kpi()])) == []


def test_versions_name_day_reason_and_author() -> None:
    changes = [
        of_kpi("2026-07-01", weight=30),
        change("2026-05-01", "new plan", author="Ada", kpis={"k": {"target": 7}}),
        change("2026-05-15", "moved", author="Ben", units={"top": {"owner": "Cy"}}),
    ]
    model = model_of([kpi(**{"from": "2026-01-01"}), kpi("other")], changes=changes)
    found = [(one.number, str(one.from_), one.reason, one.author) for one in kpi_versions(model, "k", TENTH)]
    assert found == [(1, "2026-01-01", "", ""), (2, "2026-05-01", "new plan", "Ada")]
    assert [one.number for one in kpi_versions(model, "k", dt.date(2026, 7, 1))] == [1, 2, 3]
    assert [one.number for one in kpi_versions(model, "other", dt.date(2026, 7, 1))] == [1]
    (top,) = model.units
    versions = unit_versions(model, top, {"k"}, TENTH)
    assert [(one.number, one.reason) for one in versions] == [(1, ""), (2, "new plan"), (3, "moved")]
    assert len(unit_versions(model, top, {"other"}, TENTH)) == 2
    elsewhere = Unit(id="elsewhere", title="", kind="place")
    assert len(unit_versions(model, elsewhere, set(), TENTH)) == 1


def test_a_model_without_changes_is_its_own_edition() -> None:
    model = model_of([kpi()])
    assert edition(model, TENTH) is model


DATES = st.dates(dt.date(2026, 5, 20), dt.date(2026, 6, 20))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "target": st.sampled_from(["50", "250", {"top": "70"}, {"x": "20"}, {"place": "30", "y": "60"}]),
        "weight": st.sampled_from(["10", "90.5", {"top": "5"}, {"x": "7"}, {"place": "11"}]),
        "method": st.sampled_from([{"name": "binary"}, {"name": "ratio", "cap": 300}]),
        "value": st.sampled_from(["a", "a * 2", "3 - a"]),
        "status": st.sampled_from([{"good": "0.7", "watch": "0.2"}]),
        "rollup": st.sampled_from(["scores", "values", {"top": "scores"}]),
    },
)
UNIT_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "weight": st.sampled_from(["2", "0.5"]),
        "child_share": st.sampled_from(["0", "60"]),
        "missing": st.sampled_from(["zero", "block"]),
    },
)
CHANGES = st.lists(
    st.builds(
        lambda date, kpis, units: {"from": str(date), "reason": "drawn", "kpis": kpis, "units": units},
        DATES,
        st.dictionaries(st.sampled_from(["a", "b"]), FIELDS, max_size=2),
        st.dictionaries(st.sampled_from(["top", "x"]), UNIT_FIELDS, max_size=2),
    ),
    max_size=6,
)
PLACES = [unit(child_share=30), unit("x", "top"), unit("y", "top")]
TWO = [
    kpi("a", applies_to=["place", "top"], weight=40, **{"from": "2026-05-28"}),
    kpi(
        "b", applies_to=["place"], target={"top": 400, "place": 100}, weight={"place": 25, "x": 50}, until="2026-06-15"
    ),
]
MET = {("top", "a"): 10, ("x", "a"): 40, ("y", "a"): 70, ("x", "b"): 120}


def shown(evaluator: Evaluator) -> tuple[Any, Any]:
    return evaluator.kpis, evaluator.units


def concerns(change: dict[str, Any], kpi_id: str, places: set[str]) -> bool:
    """Whether a change says anything of a KPI that holds at one of these places."""
    said = change["kpis"].get(kpi_id, {})
    own = ("target", "weight", "rollup")
    return any(
        bool(places & value.keys()) if name in own and isinstance(value, dict) else True for name, value in said.items()
    )


@settings(max_examples=80, deadline=None)
@given(CHANGES, DATES)
def test_an_edition_is_the_model_written_down_anew(changes: list[dict[str, Any]], date: dt.date) -> None:
    """Against a naive reading: day by day, place by place."""
    model = model_of(TWO, PLACES, changes=changes)
    due = sorted((one for one in changes if one["from"] <= str(date)), key=lambda one: one["from"])
    for cell in compile_scorecard(model, date).cells():
        own, kind = cell.unit, "place"
        written = next(one for one in TWO if one["id"] == cell.rule.kpi.id)
        held: dict[str, Any] = {"target": written["target"], "weight": written["weight"], "rollup": "values"}
        for one in due:
            for name, comes in one["kpis"].get(written["id"], {}).items():
                before = held.get(name)
                if isinstance(comes, dict) and name in ("target", "weight", "rollup"):
                    spread = before if isinstance(before, dict) else dict.fromkeys(written["applies_to"], before)
                    comes = {**spread, **comes}
                held[name] = comes
        for name, found in ("target", cell.target), ("weight", Fraction(cell.weight, WEIGHT)), ("rollup", cell.rollup):
            said = held[name]
            if isinstance(said, dict):
                said = said.get(own, said.get(kind, "values" if name == "rollup" else None))
            if name == "rollup":
                assert found == (said if own == "top" else "values")  # nobody is below x and y
            else:
                assert found == Fraction(said)
        assert cell.rule.kpi.value == held.get("value", written["value"])
        assert cell.rule.kpi.method.name == held.get("method", {"name": "ratio"})["name"]
        assert cell.version == 1 + sum(concerns(one, written["id"], {own, kind}) for one in due)
        assert written.get("from", "0") <= str(date) < written.get("until", "9")
    standing = {cell.rule.kpi.id for cell in compile_scorecard(model, date).cells()}
    assert standing == {one["id"] for one in TWO if one.get("from", "0") <= str(date) < one.get("until", "9")}


@settings(max_examples=60, deadline=None)
@given(CHANGES, DATES)
def test_what_changes_later_changes_nothing_today(changes: list[dict[str, Any]], date: dt.date) -> None:
    now_ms = int(dt.datetime.combine(date, dt.time(23, 59), dt.UTC).timestamp() * 1000)
    past = [one for one in changes if one["from"] <= str(date)]
    whole = evaluated(model_of(TWO, PLACES, changes=changes), MET, now_ms)
    known = evaluated(model_of(TWO, PLACES, changes=past), MET, now_ms)
    assert shown(whole) == shown(known)


@settings(max_examples=60, deadline=None)
@given(CHANGES, DATES)
def test_every_result_names_the_newest_version_in_force(changes: list[dict[str, Any]], date: dt.date) -> None:
    model = model_of(TWO, PLACES, changes=changes)
    now_ms = int(dt.datetime.combine(date, dt.time(), dt.UTC).timestamp() * 1000)
    evaluator = evaluated(model, MET, now_ms)
    units = {one.id: one for one in model.units}
    for (place, name), result in evaluator.kpis.items():
        assert result.definition == kpi_versions(model, name, date, units[place])[-1].number
    for name, score in evaluator.units.items():
        own = {kpi_id for place, kpi_id in evaluator.kpis if place == name}
        assert score.definition == unit_versions(model, units[name], own, date)[-1].number


def test_the_business_day_of_the_company_decides_which_edition_holds() -> None:
    calendar = {"zone": "Asia/Shanghai", "day_starts": "06:00"}
    model = model_of([kpi(period="year")], changes=[of_kpi(target=160)], calendar=calendar)
    begin = JUNE + 9 * DAY - 2 * HOUR
    assert [at(model, now_ms, k=80).kpis["top", "k"].score for now_ms in (begin - 1, begin)] == [80 * POINT, 50 * POINT]
