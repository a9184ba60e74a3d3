"""The rules of the model check on methods, editions, gates, grades and incentives: one broken thing each."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.compile import compile_scorecard
from scoring.definitions import Model
from scoring.editions import edition_dates
from wall.definitions.holidays_of import with_holidays
from wall.definitions.model_folder import ModelFaulty, load_model
from wall.model_check import Finding, check_model

from .folder import FILES, line_of, write

Content = dict[str, Any]
Edit = Callable[[Content], object]


def content() -> Content:
    """The clean model as plain data, with what the other methods, gates and pay need."""
    merged: Content = {}
    for text in FILES.values():
        merged.update(yaml.safe_load(text))
    merged["events"].append({
        "type": "judged", "source": "pos", "unit": "{shop}",
        "fields": {"shop": {"type": "text"}, "grade": {"type": "integer"}, "points": {"type": "integer"},
                   "author": {"type": "text"}, "evidence": {"type": "text"}, "reviewer": {"type": "text"}},
    })  # fmt: skip
    for aggregate in ("last", "sum", "max"):
        merged["metrics"].append(
            {"id": f"{aggregate}_grade", "title": "", "event": "judged", "aggregate": aggregate, "value": "grade"}
        )
    merged["grades"] = [{"grade": "A", "from": 90}, {"grade": "B", "from": 60}, {"grade": "C"}]
    merged["gates"] = [
        {"kind": "veto", "id": "fire", "title": "", "units": ["shop"], "from": "2026-03-01", "evidence": "report 7",
         "approver": "Ann"},
        {"kind": "ceiling", "id": "low", "title": "", "units": ["shop"], "when": "basket > 30", "grade": "B"},
        {"kind": "ambition", "id": "timid", "title": "", "units": ["all"], "kpi": "turnover", "base": 900},
        {"kind": "difficulty", "id": "hard", "title": "", "units": ["b"], "kpi": "basket", "factor": 1.1},
    ]  # fmt: skip
    merged["incentives"] = [{
        "id": "pay", "title": "", "units": ["shop"], "company": "all", "base": {"shop": 1000},
        "table": [{"score": 60, "coefficient": 0}, {"score": 100, "coefficient": 1}],
    }]  # fmt: skip
    return merged


def found(*edits: Edit) -> list[Finding]:
    held = content()
    for edit in edits:
        edit(held)
    return check_model(Model.model_validate(held))


def kpi(name: str, **values: Any) -> Edit:
    return lambda held: next(one for one in held["kpis"] if one["id"] == name).update(values)


def method(name: str, **values: Any) -> Edit:
    """Another method of the KPI `peak` (value, direction and target as given)."""
    kept = {key: values.pop(key) for key in ("value", "direction", "target", "weight", "accrues") if key in values}
    return kpi("peak", method={"name": name, **values}, **kept)


def gate(number: int, **values: Any) -> Edit:
    def edit(held: Content) -> None:
        held["gates"][number].update(values)
        held["gates"][number] = {key: value for key, value in held["gates"][number].items() if value is not None}

    return edit


def pay(**values: Any) -> Edit:
    return lambda held: held["incentives"][0].update(values)


def table(*rows: tuple[float, float]) -> Edit:
    return pay(table=[{"score": score, "coefficient": earned} for score, earned in rows])


def grades(*rows: tuple[str, float | None]) -> Edit:
    return lambda held: held.update(grades=[{"grade": grade, "from": begin} for grade, begin in rows])


def change(date: str = "2026-04-01", **values: Any) -> Edit:
    return lambda held: held.setdefault("changes", []).append({"from": date, "reason": "because", **values})


def points(*rows: tuple[float, float]) -> list[dict[str, float]]:
    return [{"at": at, "points": earned} for at, earned in rows]


def picked(*rows: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"value": value, "title": "", "points": earned} for value, earned in rows]


def test_the_clean_model_has_nothing_to_say() -> None:
    assert found() == []


STRAIGHT = points((10, 0), (20, 100))
CLEAN = [
    method("interpolate", points=STRAIGHT),
    method("interpolate", points=points((10, 100), (20, 0)), direction="lower"),
    method("interpolate", points=points(("0.5", 5), (1, 100)), over="attainment", direction="lower"),
    method("interpolate", points=points((10, 1), (20, 20)), out_of=20, cap=21),
    method("plus_minus", base=80, per_step=1, step=3, most=20, steps="whole"),
    method("plus_minus", base=80, per_step=9, step=3, most=20, steps="pro_rata", step_in="value", target=0),
    method("deduct", policy="sum", value="sum_grade", direction="lower", target=0),
    method("deduct", policy="largest", value="max_grade", direction="lower", target=0),
    method("binary", target=0),
    method("graded", grades=picked((1, 60), (2, 100)), value="last_grade"),
    method("efficacy", standards=[20, 15, 10, 5, 0]),
    method("efficacy", standards=[0, 5, 10, 15, 20], direction="lower"),
    method("worst_best", worst=10, best=20),
    method("worst_best", worst=20, best=10, direction="lower"),
    method("red_goal", red=5, goal=3, direction="lower"),
    method("stabilise", low=4, high=4, zero_below=2, zero_above=6),
    change(kpis={"turnover": {"target": {"a": 600}}}),
    change("2026-04-02", units={"b": {"weight": 3}}),
    change(kpis={"turnover": {"weight": {"company": 50}}, "peak": {"weight": 30}}),
    gate(0, **{"from": None}, when="turnover < 1 and basket > 2"),
    gate(1, grade=None, points=80),
    gate(0, effect="grade", grade="C"),
    gate(0, effect="coefficient"),
    gate(0, kpi="basket"),
]


@pytest.mark.parametrize("edit", CLEAN, ids=range(len(CLEAN)))
def test_what_is_right_is_not_complained_about(edit: Edit) -> None:
    assert found(edit) == []


METHOD = ("kpis", 2, "method")
VALUE = ("kpis", 2, "value")
REFUSED: list[tuple[Edit, tuple[str | int, ...], str]] = [
    (method("ratio", target=0), ("kpis", 2, "target"), "can't be divided by"),
    (method("interpolate", points=STRAIGHT, over="attainment", target=-1), ("kpis", 2, "target"), "can't be divided"),
    (method("interpolate", points=points((20, 100), (10, 0))), METHOD, "not sorted: 20 before 10"),
    (method("interpolate", points=points((10, 0), (10, 5), (20, 100))), METHOD, "two points at 10"),
    (method("interpolate", points=points((10, 100), (20, 0))), METHOD, "points fall"),
    (method("interpolate", points=STRAIGHT, direction="lower"), METHOD, "points fall"),
    (method("interpolate", points=STRAIGHT, floor=1), METHOD, "floor 1 is above"),
    (method("interpolate", points=STRAIGHT, cap=99), METHOD, "cap 99 is under"),
    (method("bands", table=[{"to": 1, "points": 1}, {"from": 2, "points": 2}]), METHOD, "meet badly"),
    (method("bands", table=[{"to": 3, "points": 1}, {"from": 2, "points": 2}]), METHOD, "meet badly"),
    (method("bands", table=[{"to": 2, "points": 2}, {"from": 2, "points": 1}]), METHOD, "points fall"),
    (method("bands", table=[{"to": 2, "points": 1}, {"from": 2, "points": 2}], direction="lower"), METHOD, "fall"),
    (method("plus_minus", base=80, per_step=1, step=3, most=9, steps="whole", target=0), ("kpis", 2, "target"), "of 0"),
    (method("deduct", policy="largest", value="sum_grade", direction="lower"), VALUE, "aggregate: max"),
    (method("deduct", policy="sum", value="max_grade", direction="lower"), VALUE, "aggregate: sum"),
    (method("deduct", policy="sum", value="sum_grade + 1", direction="lower"), VALUE, "aggregate: sum"),
    (method("deduct", policy="sum", value="sum_grade"), ("kpis", 2, "direction"), "better when lower"),
    (method("bonus", cap=5, value="sum_grade"), ("kpis", 2, "weight"), "on top of the hundred"),
    (method("bonus", cap=5, weight=0, direction="lower"), ("kpis", 2, "direction"), "better when higher"),
    (method("graded", grades=picked((1, 60), (2, 100)), value="max_grade"), VALUE, "aggregate: last"),
    (method("graded", grades=picked((1, 60), (2, 100)), value="last_grade * 2"), VALUE, "aggregate: last"),
    (method("graded", grades=picked((1, 60), (1, 100)), value="last_grade"), METHOD, "two grades of value 1"),
    (method("graded", grades=picked((1, 60), (2, 50)), value="last_grade"), METHOD, "points fall"),
    (method("efficacy", standards=[0, 5, 10, 15, 20]), METHOD, "not in order"),
    (method("efficacy", standards=[20, 15, 15, 5, 0]), METHOD, "not in order"),
    (method("efficacy", standards=[20, 15, 10, 5, 0], coefficients=[1, 2, 0, 0, 0]), METHOD, "coefficients rise"),
    (method("worst_best", worst=20, best=10), METHOD, "best 10 is no better"),
    (method("worst_best", worst=20, best=20, direction="lower"), METHOD, "best 20 is no better"),
    (method("red_goal", red=3, goal=5, direction="lower"), METHOD, "goal 5 is no better"),
    (method("stabilise", low=6, high=4, zero_below=2, zero_above=8), METHOD, "bounds are not in order"),
    (method("stabilise", low=4, high=6, zero_below=4, zero_above=8), METHOD, "bounds are not in order"),
    (kpi("peak", status={"good": "0.8", "watch": "0.9"}), ("kpis", 2, "status"), "good is not better"),
    (kpi("peak", rollup={"shops": "scores"}), ("kpis", 2, "rollup"), "rollup for 'shops'"),
    (kpi("peak", **{"from": "2026-05-01", "until": "2026-05-01"}), ("kpis", 2, "until"), "is not after"),
    (
        change(kpis={"basket": {"target": 0}}),
        ("changes", 0, "kpis", "basket", "target"),
        "divided by (from 2026-04-01)",
    ),
    (change(kpis={"basket": {"direction": "higher"}}), ("kpis", 1, "method"), "says its inverse"),
    (change(kpis={"peak": {"value": "none"}}), ("changes", 0, "kpis", "peak", "value"), "'none' is unknown (from"),
    (change(kpis={"peak": {"weight": 30}}), ("changes", 0), "weights sum to 110, not 100"),
    (change(units={"all": {"child_share": 10}}), ("changes", 0), "sum to 110, not 100 (turnover 60 + basket 20"),
    (
        kpi("peak", until="2026-05-01"),
        ("units", 0),
        "weights sum to 80, not 100 (turnover 60 + basket 20, children 0) from",
    ),
    (change(kpis={"peek": {"target": 1}}), ("changes", 0, "kpis", "peek"), "kpi 'peek' is unknown"),
    (change(units={"c": {"weight": 1}}), ("changes", 0, "units", "c"), "unit 'c' is unknown"),
    (change(units={"a": {"parent": "c"}}), ("changes", 0, "units", "a", "parent"), "parent 'c' is unknown"),
    (change(units={"all": {"parent": "a"}}), ("changes", 0), "is above itself from 2026-04-01"),
    (change(units={"a": {"weight": "0.00001"}}), ("changes", 0, "units", "a", "weight"), "four decimals"),
    (
        change(kpis={"turnover": {"target": {"c": 1}}}),
        ("changes", 0, "kpis", "turnover", "target"),
        "'c', no such unit",
    ),
    (gate(0, units=["shops"]), ("gates", 0, "units"), "'shops' is no unit"),
    (gate(0, approver=" "), ("gates", 0, "approver"), "without approver"),
    (gate(0, effect="grade"), ("gates", 0, "grade"), "only with it"),
    (gate(0, grade="A"), ("gates", 0, "grade"), "only with it"),
    (gate(0, effect="grade", grade="Z"), ("gates", 0, "grade"), "'Z' is unknown"),
    (gate(0, kpi="baskets"), ("gates", 0, "kpi"), "'baskets' is unknown"),
    (gate(1, when="basket + 1"), ("gates", 1, "when"), "no condition"),
    (gate(1, when="basket >"), ("gates", 1, "when"), "can't be read"),
    (gate(1, when="basket == 'x'"), ("gates", 1, "when"), "mixes"),
    (gate(1, when="1 > 0"), ("gates", 1, "when"), "asks no KPI"),
    (gate(1, when="baskets > 1"), ("gates", 1, "when"), "kpi 'baskets' is unknown"),
    (gate(1, when="peak > 1"), ("gates", 1, "when"), "'peak' does not stand at 'a' and 1 more"),
    (gate(1, grade=None), ("gates", 1), "without points or grade"),
    (gate(1, grade="Z"), ("gates", 1, "grade"), "'Z' is unknown"),
    (gate(2, kpi="none"), ("gates", 2, "kpi"), "'none' is unknown"),
    (gate(3, kpi="peak"), ("gates", 3, "kpi"), "does not stand at 'b'"),
    (gate(3, id="fire"), ("gates", 3), "'fire' stands twice in gates"),
    (grades(("A", 60), ("B", 60), ("C", None)), ("grades", 1), "not below 'A'"),
    (grades(("A", 60), ("B", 90), ("C", None)), ("grades", 1), "not below 'A'"),
    (grades(("A", 60), ("B", None), ("C", 10)), ("grades", 1), "no from, but is not the last"),
    (grades(("A", 60), ("B", 50), ("B", None)), ("grades", 2), "'B' stands twice in grades"),
    (table((100, 1), (60, 2)), ("incentives", 0, "table"), "(60, 2) after (100, 1)"),
    (table((60, 2), (100, 1)), ("incentives", 0, "table"), "(100, 1) after (60, 2)"),
    (pay(units=["shop", "shops"]), ("incentives", 0, "units"), "'shops' is no unit"),
    (pay(company="firm"), ("incentives", 0, "company"), "'firm' is unknown"),
    (pay(base={"a": 1}), ("incentives", 0, "base"), "no base for 'b'"),
    (pay(base={"shop": 1, "stall": 1}), ("incentives", 0, "base"), "'stall' is no unit"),
    (pay(unit_coefficient={"shop": -1}), ("incentives", 0, "unit_coefficient"), "below 0"),
]


@pytest.mark.parametrize(("edit", "path", "words"), REFUSED, ids=[f"{n}-{one[2]}" for n, one in enumerate(REFUSED)])
def test_a_broken_rule_is_refused_at_its_place_with_a_fix(edit: Edit, path: tuple[str | int, ...], words: str) -> None:
    findings = [one for one in found(edit) if one.level == "error"]
    said = [one for one in findings if words in one.message]
    assert said, findings
    assert said[0].path == path
    assert said[0].fix
    assert len(said) == 1, "reported once"


@pytest.mark.parametrize("name", ["author", "evidence", "reviewer"])
def test_a_picked_grade_names_author_evidence_and_reviewer(name: str) -> None:
    graded = method("graded", grades=picked((1, 60), (2, 100)), value="last_grade")

    def gone(held: Content) -> None:
        del held["events"][1]["fields"][name]

    def optional(held: Content) -> None:
        held["events"][1]["fields"][name]["optional"] = True

    for edit in (gone, optional):
        (finding,) = found(graded, edit)
        assert (finding.level, finding.path) == ("error", VALUE)
        assert f"does not ask for {name!r}" in finding.message


DOUBTED: list[tuple[Edit, tuple[str | int, ...], str]] = [
    (method("bands", table=[{"to": 2, "points": 90}, {"from": 2, "points": 96}]), METHOD, "a cliff of 6 points"),
    (method("bands", out_of=20, table=[{"to": 2, "points": 18}, {"from": 2, "points": 20}]), METHOD, "a cliff of 10"),
    (method("interpolate", points=points((10, 60), (20, 100))), METHOD, "a cliff of 60 points (of 100) at 10"),
    (method("interpolate", points=STRAIGHT, cap=110), METHOD, "a cliff of 10 points (of 100) at 20"),
    (method("plus_minus", base=80, per_step=6, step=3, most=20, steps="whole"), METHOD, "a cliff of 6 points"),
    (method("worst_best", worst=10, best=20, accrues=True), ("kpis", 2, "accrues"), "judges the value itself"),
    (kpi("peak", display={}), ("kpis", 2), "no unit of measure (SMART: M, measurable)"),
    (kpi("peak", definition=""), ("kpis", 2), "no definition (SMART: S, specific)"),
    (kpi("peak", owner=""), ("kpis", 2), "no owner (SMART: A, assignable)"),
    (kpi("peak", objective=None), ("kpis", 2), "no objective (SMART: R, relevant)"),
    (change("2026-04-15", kpis={"basket": {"target": 19}}), ("changes", 0, "kpis", "basket"),
     "kpi 'basket': the change from 2026-04-15 sets in inside its month, 2026-04-01 to 2026-04-30"),
    (change(kpis={}), ("changes", 0), "changes nothing"),
    (table((60, 0), (60, 1), (90, 2)), ("incentives", 0, "table"), "a cliff at 60: 0 below it, 1 from it on"),
    (lambda held: held.update(grades=[{"grade": "A", "from": 90, "most_share": 20},
                                      {"grade": "B", "from": 60, "most_share": 30},
                                      {"grade": "C", "most_share": 40}]), ("grades",), "90 % of units only"),
    (lambda held: held["roles"][0].update(depth="children", units=["a"]), ("kpis", 2), "can be seen by no role"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "path", "words"), DOUBTED, ids=[f"{n}-{one[2]}" for n, one in enumerate(DOUBTED)])
def test_what_is_doubtful_is_a_warning_at_its_place(edit: Edit, path: tuple[str | int, ...], words: str) -> None:
    (finding,) = found(edit)
    assert (finding.level, finding.path) == ("warning", path)
    assert words in finding.message
    assert finding.fix


def test_a_change_of_a_daily_kpi_never_sets_in_inside_its_period() -> None:
    assert found(change("2026-04-15", kpis={"peak": {"target": 80}})) == []


def test_more_than_eight_kpis_are_a_warning() -> None:
    def many(held: Content) -> None:
        peak = next(one for one in held["kpis"] if one["id"] == "peak")
        held["kpis"].remove(peak)
        held["kpis"] += [{**peak, "id": f"peak_{n}", "weight": "2.5"} for n in range(8)]

    findings = found(many)
    assert {one.level for one in findings} == {"warning"}
    assert "unit 'all' has 10 KPIs" in [one.message for one in findings]
    assert sum("hardly moves" in one.message for one in findings) == 8


def test_roles_of_ones_own_unit_may_see_every_kpi() -> None:
    own = {"id": "own", "title": "", "scope": "own_unit"}
    assert found(lambda held: held["roles"][0].update(units=["a"]), lambda held: held["roles"].append(own)) == []
    assert found(lambda held: held.update(roles=[])) == []


def test_a_role_whose_numbers_would_be_withheld_is_a_warning() -> None:
    def small(**own: Any) -> list[Finding]:
        role = {"id": "own", "title": "", **own}
        all_found = found(lambda held: held.update(minimum_group=3), lambda held: held["roles"].append(role))
        return [one for one in all_found if one.path[:2] == ("roles", 1)]

    for own in ({"scope": "own_unit"}, {"scope": "list", "units": ["all"]}):
        (finding,) = small(**own)
        assert (finding.level, finding.path) == ("warning", ("roles", 1, "depth"))
        assert "role 'own' does not show all numbers of 'all'" in finding.message
        assert small(**own, depth="children") == []
    assert small(scope="subtree") == []


BOTH = [
    ({"kpis": {"basket": {"target": 19}}}, {"kpis": {"basket": {"target": 18}}}, True),
    ({"kpis": {"turnover": {"target": {"a": 1}}}}, {"kpis": {"turnover": {"target": {"a": 2}}}}, True),
    ({"kpis": {"turnover": {"target": {"a": 1}}}}, {"kpis": {"turnover": {"target": {"b": 2}}}}, False),
    ({"kpis": {"turnover": {"target": {"a": 1}}}}, {"kpis": {"turnover": {"target": 5}}}, True),
    ({"kpis": {"turnover": {"target": 5}}}, {"kpis": {"turnover": {"target": {"a": 1}}}}, True),
    ({"kpis": {"basket": {"target": 19}}}, {"kpis": {"basket": {"status": {"good": 2}}}}, False),
    ({"units": {"a": {"weight": 2}}}, {"units": {"a": {"weight": 3}}}, True),
    ({"units": {"a": {"weight": 2}}}, {"units": {"b": {"weight": 3}}}, False),
]


@pytest.mark.parametrize(("one", "two", "overlaps"), BOTH, ids=range(len(BOTH)))
def test_two_changes_of_one_date_may_not_set_the_same_value(one: Content, two: Content, overlaps: bool) -> None:
    findings = found(change(**one), change(**two))
    assert [(finding.path[:2], "set by two changes" in finding.message) for finding in findings] == (
        [(("changes", 1), True)] if overlaps else []
    )
    assert found(change(**one), change("2026-05-01", **two)) == []


def test_a_fault_that_an_older_version_has_too_is_reported_once() -> None:
    findings = found(kpi("basket", target=0), change(kpis={"basket": {"status": {"good": 2}}}))
    assert [one.path for one in findings] == [("kpis", 1, "target")]


def test_weights_are_judged_with_all_changes_of_a_day_together() -> None:
    assert found(change(kpis={"peak": {"weight": 30}}), change(kpis={"turnover": {"weight": {"company": 50}}})) == []
    later = found(
        change(kpis={"peak": {"weight": 30}}), change("2026-05-01", kpis={"turnover": {"weight": {"company": 50}}})
    )
    assert ["from 2026-04-01" in one.message for one in later] == [True]


def test_weights_before_the_first_event_do_not_matter() -> None:
    """From the day that events are accepted from, the third KPI counts."""
    assert found(kpi("peak", **{"from": "2026-01-01"})) == []
    assert found(kpi("peak", **{"from": "2026-01-02"})) != []


def test_a_new_kpi_takes_its_weight_from_others_on_its_first_day() -> None:
    def newcomer(held: Content) -> None:
        basket = next(one for one in held["kpis"] if one["id"] == "basket")
        held["kpis"].append({**basket, "id": "again", "applies_to": ["company"], "weight": 10, "from": "2026-09-01"})

    assert any("sum to 110" in one.message for one in found(newcomer))
    assert found(newcomer, change("2026-09-01", kpis={"peak": {"weight": 10}})) == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (gate(0, **{"from": None}), "would never end"),
        (gate(0, kpi="basket", when="basket > 1"), "zeroed from a day on"),
        (gate(0, kpi="basket", effect="coefficient"), "zeroed from a day on"),
    ],
)
def test_a_veto_without_an_end_or_a_ground_has_not_even_its_form(edit: Edit, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        found(edit)


def test_a_bonus_is_outside_the_hundred() -> None:
    def with_bonus(held: Content) -> None:
        peak = next(one for one in held["kpis"] if one["id"] == "peak")
        held["kpis"].append({**peak, "id": "extra", "value": "sum_grade", "weight": 0,
                             "method": {"name": "bonus", "cap": 5}})  # fmt: skip

    assert found(with_bonus) == []


TWENTY: list[Edit] = [
    method("red_goal", red=9, goal=8),
    kpi("peak", status={"good": "0.8", "watch": "0.9"}),
    kpi("peak", objective="fame"),
    kpi("peak", applies_to=["company", "firm"]),
    kpi("basket", value="turnover / sails"),
    kpi("basket", target=0),
    kpi("basket", weight={"company": 21, "shop": 40}),
    kpi("turnover", **{"from": "2026-02-01", "until": "2026-01-01"}),
    change(kpis={"peek": {"target": 1}}),
    change(units={"all": {"parent": "a"}}),
    change("2026-05-01", kpis={"basket": {"target": 18}}),
    change("2026-05-01", kpis={"basket": {"target": 17}}),
    gate(0, evidence=" "),
    gate(1, when="basket"),
    gate(2, kpi="none"),
    gate(3, units=["shops"]),
    grades(("A", 60), ("B", 90), ("C", None)),
    table((100, 1), (60, 2)),
    pay(company="firm"),
    lambda held: held["scenes"][0].update(ranking="store"),
]
SAID = [
    "goal 8 is no better", "good is not better", "'fame' is unknown", "'firm' is no unit and no kind",
    "'sails' is unknown",
    "can't be divided by", "weights sum to", "until 2026-01-01 is not after", "'peek' is unknown", "is above itself",
    "set by two changes", "without evidence", "no condition", "kpi 'none' is unknown", "'shops' is no unit",
    "not below 'A'", "(60, 2) after (100, 1)", "unit 'firm' is unknown", "'store'",
]  # fmt: skip


def test_a_model_with_twenty_faults_names_all_of_them_at_once() -> None:
    said = [finding for finding in found(*TWENTY) if finding.level == "error"]
    assert [words for words in SAID if not any(words in one.message for one in said)] == []
    assert len({(one.path, one.message) for one in said}) == len(said) >= 20
    assert all(one.fix for one in said)


def test_a_fault_of_a_change_names_its_file_and_line(tmp_path: Path) -> None:
    changes = "changes:\n  - from: 2026-04-01\n    reason: spring\n    kpis:\n      basket:\n        target: 0\n"
    with pytest.raises(ModelFaulty) as raised:
        load_model(write(tmp_path, {"changes.yaml": changes}))
    (fault,) = [one for one in raised.value.faults if one.level == "error"]
    assert (fault.file, fault.line) == ("changes.yaml", line_of(changes, "target: 0"))


@pytest.mark.parametrize("value", ["1e400", "-1e999999", "1e-30", "0.1234567890123", "1000000000000000"])
def test_numbers_that_no_business_has_are_refused_before_anything_reckons_with_them(value: str) -> None:
    edits = [kpi("peak", target=value), change(kpis={"basket": {"weight": {"shop": value}}}), pay(base=value),
             method("worst_best", worst=value, best=5)]  # fmt: skip
    for edit in edits:
        (finding,) = found(edit)
        assert (finding.level, "too many digits" in finding.message) == ("error", True)
    assert len(found(*edits[:3], lambda held: held["scenes"][0].update(ranking="store"))) == 4


def test_days_out_of_all_calendars_are_refused() -> None:
    for date in (dt.date.min, dt.date.max):
        assert [one.path[-1] for one in found(change(str(date), kpis={"basket": {"target": 19}}))] == ["from"]
        assert [one.path[-1] for one in found(kpi("peak", until=str(date)))] == ["until"]


def test_events_that_could_never_be_accepted_are_a_fault() -> None:
    (finding,) = found(lambda held: held["accept"].update(before="2026-01-01"))
    assert finding.path == ("accept", "before")


#: What random edits put in: of every kind, and much of it wrong.
WILD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 200), st.decimals(-5, 200, places=3).map(str), st.just({}), st.just([]),
    st.sampled_from(["all", "a", "b", "shop", "company", "turnover", "basket", "peak", "A", "C", "higher", "lower",
                     "2026-04-01", "2026-04-15", "9999-12-31", "0001-01-01", "1e400", "turnover > 1", "basket",
                     "sum_grade", "last_grade", "week", "scores", "zero", "coefficient", "attainment"]),
    st.sampled_from([{"a": 5}, {"shop": 5, "c": 1}, ["a"], ["shop", "company"], [{"at": 1, "points": 3}] * 3,
                     {"name": "binary"}, {"name": "bonus", "cap": 1}, {"name": "stabilise", "low": 1, "high": 0,
                      "zero_below": 0, "zero_above": 9}, {"name": "deduct", "policy": "sum"}]),
)  # fmt: skip


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path of a model as plain data."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in below for place in places_of(one, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), WILD), min_size=1, max_size=4))
def test_random_models_never_raise_from_the_check_and_compile_when_it_passes(edits: list[tuple[int, Any]]) -> None:
    held = content()
    change(kpis={"turnover": {"target": {"a": 600}, "weight": 60}}, units={"a": {"parent": "all", "weight": 2}})(held)
    change("2026-05-01", kpis={"peak": {"method": {"name": "red_goal", "red": 1, "goal": 2}}})(held)
    for at, value in edits:
        places = [place for place in places_of(held) if place]
        place = places[at % len(places)]
        inner = held
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = copy.deepcopy(value)
    try:
        model = Model.model_validate(held)
    except ValueError:
        return
    model, _ = with_holidays(model)
    findings = check_model(model)
    assert all(one.message and one.fix for one in findings)
    if not any(one.level == "error" for one in findings):
        for date in [model.accept.after, *edition_dates(model)]:
            compile_scorecard(model, date)
