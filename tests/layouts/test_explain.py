"""Explain pages: parts that add up as shown, a sentence for every method, and honest words for what is missing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest

from layouts.chain_view import chain
from layouts.descent import descent
from layouts.events_list import event_rows, events_foot
from layouts.explain_kpi_page import explain_kpi_page, withheld_kpi_page
from layouts.explain_unit_page import explain_unit_page
from layouts.lookup import lookup
from layouts.moved_view import moved_view
from layouts.reader import Reader
from layouts.stories import EventPage, EventRow
from layouts.words import LANGUAGES, Words
from scoring.board import POINT, Board, Freshness
from scoring.explain import OTHERS
from scoring.methods import Method
from scoring.waterfall import Cause, Step, Waterfall

from .stories_of import NOON_MS, Told, model_of, told
from .test_pages import elements

RATE: dict[str, Any] = {"id": "rate", "value": "a / b", "target": "0.9", "display": {"percent": True}}

#: Every method with its own parameters, over a value of 0.8 against a target of 0.9 (or over points).
METHODS: dict[str, dict[str, Any]] = {
    "ratio": {"floor": 10, "cap": 110},
    "interpolate": {"points": [{"at": "0.7", "points": 60}, {"at": "0.95", "points": 100}], "floor": 20},
    "bands": {"table": [{"to": "0.5", "points": 40}, {"from": "0.5", "to": "0.9", "points": 70},
                        {"from": "0.9", "points": 100}]},
    "plus_minus": {"base": 80, "per_step": 2, "step": 3, "steps": "whole", "most": 20},
    "deduct": {"policy": "sum", "out_of": 20},
    "bonus": {"cap": 5},
    "binary": {},
    "graded": {"grades": [{"value": 0, "title": "C", "points": 60}, {"value": 1, "title": "A", "points": 100}]},
    "efficacy": {"standards": ["0.95", "0.9", "0.8", "0.7", "0.6"]},
    "worst_best": {"worst": "0.5", "best": "1"},
    "red_goal": {"red": "0.6", "goal": "0.9"},
    "stabilise": {"low": "0.85", "high": "0.95", "zero_below": "0.5", "zero_above": "1.2"},
}  # fmt: skip


def kpi_page(evaluated: Told) -> Any:
    """The page of the KPI `rate`, in English."""
    found = lookup(evaluated.model, evaluated.board, "en")
    return explain_kpi_page(found, evaluated.kpi("rate"), shows_events=True)


def text_of(page: Any) -> str:
    """All words of a page, in their order."""
    plain: Any = json.loads(json.dumps(page.to_plotly_json(), default=lambda part: part.to_plotly_json()))
    return " ".join(_texts(plain))


def _texts(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    if isinstance(part, list):
        return [text for one in part for text in _texts(one)]
    return _texts(part.get("props", {}).get("children")) if isinstance(part, dict) else []


def store(rate: int, other: int, **more: Any) -> Told:
    """A store with two KPIs at these values, in hundredths of a whole."""
    kpis = [RATE, {"id": "sales", "value": "c", "target": 100, "display": {"unit": "t"}}]
    return told(model_of(kpis, **more), {("a", "s"): rate, ("b", "s"): 100_00, ("c", "s"): other})


def test_every_method_is_tried() -> None:
    names = {get_args(one.model_fields["name"].annotation)[0] for one in get_args(get_args(Method)[0])}
    assert names == METHODS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_a_sentence_with_its_parameters_and_tells_its_piece(name: str, language: str) -> None:
    kpi = {**RATE, "method": {"name": name, **METHODS[name]}, "weight": 0 if name == "bonus" else 50}
    model = model_of([kpi, {"id": "sales", "value": "c", "target": 100}])
    value = 100_00 if name == "graded" else 80_00  # a grade is picked whole
    evaluated = told(model, {("a", "s"): value, ("b", "s"): 100_00, ("c", "s"): 90_00})
    story = evaluated.kpi("rate")
    links = chain(lookup(model, evaluated.board, language), story.explanation)
    assert links.method
    assert links.piece
    assert "{" not in links.method + links.piece
    told_numbers = [value for value in METHODS[name].values() if isinstance(value, int) and value != 100]
    assert all(str(number) in links.method for number in told_numbers)
    page = explain_kpi_page(lookup(model, evaluated.board, language), story, shows_events=True)
    assert links.method in text_of(page)
    assert any(str(props.get("src", "")).startswith("data:image/svg+xml,") for props in elements(page))


@pytest.mark.parametrize("step", range(0, 900, 23))
def test_the_descent_adds_up_to_the_score_digit_by_digit(step: int) -> None:
    found = descent(store(61_00 + step, 37_00 + 7 * step).unit().explanation)
    assert found is not None
    digits = [line.digits for line in found.lines]
    assert sum(digits[:-1]) == digits[-1]  # type: ignore[arg-type]
    assert found.lines[0].digits == 100 * 10**found.decimals
    for before, line in zip(found.lines, found.lines[1:-1], strict=False):
        ends = {round(line.start, 3), round(line.start + line.width, 3)}
        assert round(before.end, 3) in ends, "a bar begins where the one above it ended"


def test_an_unknown_kpi_leaves_its_share_to_the_rest_and_the_descent_still_adds_up() -> None:
    evaluated = told(model_of([RATE, {"id": "sales", "value": "c", "target": 100}]), {("c", "s"): 80_00})
    found = descent(evaluated.unit().explanation)
    assert found is not None
    by_id = {line.id: line.digits for line in found.lines if line.id}
    assert by_id == {"sales": -2000, "rate": None}
    assert found.lines[-1].digits == 8000
    assert Words.of("en")("explain.not_counted") in text_of(explain_unit_page(
        lookup(evaluated.model, evaluated.board, "en"), "s", evaluated.unit()
    ))  # fmt: skip


def test_what_counts_as_zero_loses_its_whole_share() -> None:
    units = [{"id": "s", "title": "Store", "kind": "shop", "missing": "zero"}]
    evaluated = told(model_of([RATE, {"id": "sales", "value": "c", "target": 100}], units), {("c", "s"): 80_00})
    found = descent(evaluated.unit().explanation)
    assert found is not None
    assert {line.id: line.digits for line in found.lines if line.id} == {"rate": -5000, "sales": -1000}


def test_child_units_and_a_bonus_are_parts_and_lead_to_their_own_explanations() -> None:
    units = [
        {"id": "s", "title": "Store", "kind": "shop", "child_share": 40},
        {"id": "s1", "title": "Left", "kind": "desk", "parent": "s"},
        {"id": "s2", "title": "Right", "kind": "desk", "parent": "s", "weight": 3},
    ]
    kpis = [
        {**RATE, "applies_to": ["shop", "desk"], "weight": 60},
        {"id": "extra", "value": "c", "target": 1, "weight": 0, "method": {"name": "bonus", "cap": 5}},
    ]
    counts = {("a", "s1"): 70_00, ("b", "s1"): 100_00, ("a", "s2"): 91_00, ("b", "s2"): 100_00, ("c", "s"): 2_00}
    evaluated = told(model_of(kpis, units), counts)
    story = evaluated.unit()
    found = descent(story.explanation)
    assert found is not None
    assert {line.kind for line in found.lines} == {"full", "kpi", "unit", "bonus", "score"}
    page = explain_unit_page(lookup(evaluated.model, evaluated.board, "en"), "s", story)
    links = {props.get("href") for props in elements(page)}
    assert {"/explain/s/rate?lang=en", "/explain/s1?lang=en", "/explain/s2?lang=en", "/phone/s?lang=en"} <= links
    told_by_child = chain(lookup(evaluated.model, evaluated.board, "en"), evaluated.kpi("rate", "s1").explanation)
    assert [share.unit for share in told_by_child.shares] == ["s1", "s"]


def test_a_gate_that_bites_is_a_line_with_its_ground_and_a_calm_veto_is_one_sentence() -> None:
    gates = [
        {"kind": "veto", "id": "fire", "title": "Fire", "units": ["shop"], "when": "rate < 0", "evidence": "log 7",
         "approver": "Wu"},
        {"kind": "veto", "id": "fraud", "title": "Fraud", "units": ["shop"], "when": "sales > 5", "evidence": "file 12",
         "approver": "Lin"},
    ]  # fmt: skip
    evaluated = store(80_00, 90_00, gates=gates)
    story = evaluated.unit()
    found = descent(story.explanation)
    assert found is not None
    assert [line.id for line in found.lines if line.kind == "gate"] == ["fraud"]
    assert found.lines[-1].digits == 0
    words = text_of(explain_unit_page(lookup(evaluated.model, evaluated.board, "en"), "s", story))
    assert "Evidence: file 12 · approved by Lin" in words
    assert "Sales > 5: score is 0" in words
    assert "Vetoes: 1, none triggered" in words


def test_a_veto_that_cannot_be_judged_is_not_called_untriggered() -> None:
    gates = [{"kind": "veto", "id": "fire", "title": "Fire", "units": ["shop"], "when": "rate < 0", "evidence": "log",
              "approver": "Wu"}]  # fmt: skip
    kpis = [RATE, {"id": "sales", "value": "c", "target": 100}]
    evaluated = told(model_of(kpis, gates=gates), {("c", "s"): 80_00})
    words = text_of(explain_unit_page(lookup(evaluated.model, evaluated.board, "en"), "s", evaluated.unit()))
    assert "Can't be judged yet, veto: Fire" in words


@pytest.mark.parametrize(
    ("missing", "says"), [("renormalise", "the others share its weight"), ("zero", "0 points"), ("block", "no score")]
)
def test_a_kpi_without_a_value_says_what_is_missing_and_what_that_means(missing: str, says: str) -> None:
    units = [{"id": "s", "title": "Store", "kind": "shop", "missing": missing}]
    kpis = [RATE, {"id": "sales", "value": "c", "target": 100}]
    evaluated = told(model_of(kpis, units), {("c", "s"): 1_00, ("a", "s"): 1_00})
    words = text_of(kpi_page(evaluated))
    assert "Nothing yet in this period of: Count b" in words
    assert says in words
    assert " – " in words


def test_a_formula_that_divides_by_zero_says_so() -> None:
    evaluated = told(model_of([RATE]), {("a", "s"): 1_00, ("b", "s"): 0})
    words = text_of(kpi_page(evaluated))
    assert "The formula divides by 0" in words


def test_a_unit_without_a_score_says_so() -> None:
    model = store(80_00, 90_00).model
    before = told(model, {})
    for story, board in ((None, Board(0, "1", NOON_MS)), (before.unit(), before.board)):
        words = text_of(explain_unit_page(lookup(model, board, "en"), "s", story))
        assert "This unit has no score yet" in words


def test_what_is_withheld_says_why() -> None:
    evaluated = store(80_00, 90_00)
    held = lookup(evaluated.model, Board(0, "1", NOON_MS), "en", reader=Reader(withheld=frozenset({"s"})))
    seen = lookup(evaluated.model, evaluated.board, "en")
    why = Words.of("en")("withheld.why")
    for page in (explain_unit_page(held, "s", None), explain_unit_page(seen, "s", None)):
        assert why in text_of(page)
    assert why in text_of(withheld_kpi_page(held, "s", "rate"))


def test_parts_that_stand_together_have_a_name_and_no_address() -> None:
    story = store(80_00, 90_00).unit()
    parts = tuple(replace(part, id=OTHERS) for part in story.explanation.parts)
    story = replace(story, explanation=replace(story.explanation, parts=parts))
    evaluated = store(80_00, 90_00)
    page = explain_unit_page(lookup(evaluated.model, evaluated.board, "en"), "s", story)
    assert Words.of("en")("explain.others.kpi") in text_of(page)
    assert not [props for props in elements(page) if OTHERS in str(props.get("href", ""))]


def test_a_stale_source_is_told_with_since_and_the_last_status() -> None:
    model = store(80_00, 90_00).model
    counts = {("a", "s"): 80_00, ("b", "s"): 100_00, ("c", "s"): 90_00}
    stale = told(model, counts, Freshness.STALE)
    page = explain_kpi_page(lookup(model, stale.board, "en"), stale.kpi("rate"), shows_events=True)
    assert "Its source has sent nothing since 11:35; these are the last values, last status Off target" in text_of(page)
    assert any(props.get("data-live") == "stale" for props in elements(page))


def test_the_chain_puts_the_numbers_into_the_formula_and_multiplies_as_told() -> None:
    evaluated = store(80_00, 90_00)
    links = chain(lookup(evaluated.model, evaluated.board, "en"), evaluated.kpi("rate").explanation)
    assert (links.formula, links.filled, links.value) == ("Count a ÷ Count b", "80.00 ÷ 100.00", "80.0%")
    assert (links.target, links.attained_how, links.attained) == ("90%", "80.0% ÷ 90.0%", "88.9%")
    assert links.piece == "100 × 88.9% = 88.89"
    assert links.weighed == "score 88.89 × weight 50 ÷ known weight 100"
    assert (links.contribution, links.moved) == ("44.44", "−5.56")


def test_a_kpi_at_zero_beside_an_unknown_one_lost_as_much_as_the_descent_says() -> None:
    kpis = [
        {**RATE, "method": {"name": "binary"}},
        {"id": "sales", "value": "c", "target": 100},
        {"id": "gone", "value": "b", "target": 1},
    ]
    evaluated = told(model_of(kpis), {("a", "s"): 0, ("b", "s"): 100_00, ("c", "s"): 80_00})
    unknown = told(model_of([*kpis[:2], {**kpis[2], "value": "b / (a - a)"}]), {
        ("a", "s"): 0, ("b", "s"): 100_00, ("c", "s"): 80_00,
    })  # fmt: skip
    for one in (evaluated, unknown):
        links = chain(lookup(one.model, one.board, "en"), one.kpi("rate").explanation)
        found = descent(one.unit().explanation)
        assert found is not None
        lost = next(line.digits for line in found.lines if line.id == "rate")
        assert lost is not None
        assert Decimal(links.moved.replace("−", "-")) == Decimal(lost) / 10**found.decimals


def test_what_accrues_tells_how_much_of_its_target_is_due() -> None:
    kpi = {"id": "sales", "value": "c", "target": 100, "accrues": True, "display": {"unit": "t"}}
    evaluated = told(model_of([kpi]), {("c", "s"): 40_00})
    links = chain(lookup(evaluated.model, evaluated.board, "en"), evaluated.kpi("sales").explanation)
    assert re.fullmatch(r"target 100 t × working time 56\.\d% = 56\.\d t", links.due)


def test_changes_of_a_definition_are_told_with_reason_and_author() -> None:
    changes = [
        {"from": "2026-03-05", "reason": "Board minute 3", "author": "Zhou", "kpis": {"rate": {"target": "0.95"}}}
    ]
    evaluated = store(80_00, 90_00, changes=changes)
    words = text_of(kpi_page(evaluated))
    assert "Definition v2 from 5 Mar" in words
    assert "v2 Board minute 3 5 Mar Zhou v1 First version" in words


def test_causes_and_parts_of_a_move_add_up_to_the_change_shown() -> None:
    third = POINT // 3
    steps = (
        Step(Cause.VALUE, -4 * third, {"kpi:a": -3 * third, "kpi:b": -third}),
        Step(Cause.WEIGHT, third, {"kpi:a": third}),
    )
    moved = moved_view(Waterfall("s", 90 * POINT, 90 * POINT - 3 * third, steps))
    change = Decimal(moved.change.replace("−", "-"))
    for bars in (moved.causes, moved.parts):
        assert sum(Decimal(bar.text.replace("−", "-")) for bar in bars) == change
    assert Decimal(moved.before) + change == Decimal(moved.after)


def test_an_event_shows_what_it_added_and_where_it_lies_in_the_log() -> None:
    evaluated = store(80_00, 90_00)
    row = EventRow(
        NOON_MS, NOON_MS + 900, "e-7", "/till", "Sale", "Store", "3", "1281", {"n": "4.5"}, {"Count a": "+4.50"}
    )
    page = EventPage([row], "older", 120, True)
    words = " ".join(text_of(one) for one in event_rows(evaluated.model, evaluated.board, "en", page))
    for part in ("Sale", "Store", "Count a", "+4.50", "log 3 / 1281", "12:00:00", "e-7"):
        assert part in words
    assert page.has_more


def test_the_foot_of_the_events_tells_none_from_none_yet_found() -> None:
    words = Words.of("en")
    none = " ".join(text_of(one) for one in events_foot(words, EventPage((), None, 50, True), first=True))
    assert none.startswith("No events in this period yet")
    more = " ".join(text_of(one) for one in events_foot(words, EventPage((), "next", 20_000, False), first=True))
    assert more == "None of the newest 20,000 records is an event of this KPI"


def test_where_it_is_not_told_how_much_was_read_the_foot_says_the_rest() -> None:
    words = Words.of("en")
    row = EventRow(0, 0, "e", "s", "t", "u", "0", "1", {}, {})
    for rows, cursor, says in (((row,), None, "events.all"), ((), "on", "events.none.among")):
        (line,) = events_foot(words, EventPage(rows, cursor, 0, True), first=False)
        assert line.children == words(says)
    assert events_foot(words, EventPage((row,), "on", 0, True), first=False) == []
