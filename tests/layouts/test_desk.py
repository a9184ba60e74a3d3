"""What the desk's pages show of their facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from layouts.desk.coefficient_chart import coefficient_chart
from layouts.desk.facts import (
    Applied,
    CurvePoint,
    DatedChange,
    Difference,
    GradeCount,
    HistoryFacts,
    IncentiveFacts,
    MovedUnit,
    PeriodDetail,
    PeriodEffect,
    PeriodRow,
    PeriodsFacts,
    Said,
    TrialFacts,
    Verified,
)
from layouts.desk.history_page import history_page
from layouts.desk.incentive_page import incentive_page
from layouts.desk.periods_page import periods_page
from layouts.desk.shell import start_page
from layouts.desk.targets_page import sheet_faults, targets_page
from layouts.desk.trial_view import amount, trial_view
from layouts.lookup import Lookup, lookup
from layouts.reader import Reader
from layouts.words import LANGUAGES, Words
from scoring.board import POINT, Board
from scoring.definitions import Model
from scoring.grades import GradeBand
from scoring.grading import Crowded, Line

DAY = dt.date(2026, 3, 18)
DIGEST = "ab" * 32


def elements(component: Any) -> Iterator[dict[str, Any]]:
    """The props of every component of a tree."""
    if isinstance(component, list | tuple):
        for one in component:
            yield from elements(one)
    elif hasattr(component, "to_plotly_json"):
        props = component.to_plotly_json()["props"]
        yield props
        yield from elements(props.get("children"))


def text_of(component: Any) -> str:
    """All texts of a tree."""
    if isinstance(component, list | tuple):
        return " ".join(text_of(one) for one in component)
    if hasattr(component, "to_plotly_json"):
        return text_of(component.to_plotly_json()["props"].get("children"))
    return "" if component is None else str(component)


@pytest.fixture(params=LANGUAGES)
def found(request: pytest.FixtureRequest, model: Model, board: Board) -> Lookup:
    return lookup(model, board, request.param)


def moved(change: int | None = -178 * POINT // 100) -> MovedUnit:
    after = 83 * POINT if change is None else 83 * POINT + change
    pay = (("Bonus", Decimal("1000.00"), Decimal("900.50")),)
    return MovedUnit("d1", 83 * POINT, after, change, (2, 3), ("B", "C"), pay)


def test_a_trial_shows_every_move_and_can_be_applied(found: Lookup) -> None:
    facts = TrialFacts(("a → b",), (), (PeriodEffect("", (moved(),)),), "why", "token")
    shown = trial_view(found, facts, {"digest": DIGEST}, {})
    text = text_of(shown)
    for part in ("83.00", "81.22", "−1.78", "1,000.00", "900.50", "a → b"):
        assert part in text, part
    assert any(props.get("id") == "trial-do" for props in elements(shown))


def test_a_trial_without_effect_says_that_nothing_changes(found: Lookup) -> None:
    shown = trial_view(found, TrialFacts(("a → b",), (), (PeriodEffect("", ()),), "why"), {"digest": DIGEST}, {})
    assert found.words("desk.trial.still") in text_of(shown)


def test_a_faulty_trial_shows_its_fixes_and_no_way_to_apply(found: Lookup) -> None:
    said = (Said("warning", "a cliff", "smooth it"), Said("error", "weights sum to 101", "change weights"))
    shown = trial_view(found, TrialFacts((), said, (), ""), None, {})
    text = text_of(shown)
    assert text.index("weights sum to 101") < text.index("a cliff")
    assert "change weights" in text
    assert not any(props.get("id") == "trial-do" for props in elements(shown))


def test_a_move_too_small_for_two_decimals_is_shown_with_four(found: Lookup) -> None:
    facts = TrialFacts((), (), (PeriodEffect("", (moved(POINT // 1000),)),), "")
    assert "+0.0010" in text_of(trial_view(found, facts, None, {}))


def test_money_keeps_its_decimals_and_unknown_is_a_dash() -> None:
    assert [amount(one) for one in (Decimal("1234.5"), Decimal(-3), Decimal("0.00"), None)] == [
        "1,234.5", "−3", "0.00", "–",
    ]  # fmt: skip


def test_faults_of_a_workbook_name_sheet_and_cell(found: Lookup) -> None:
    text = text_of(sheet_faults(found, [Said("error", "'x' is text", "write a number", "targets!I3")]))
    assert "targets!I3" in text
    assert "write a number" in text


def test_the_first_page_leads_to_every_room_that_is_open(found: Lookup) -> None:
    page = start_page(replace(found, reader=Reader("Ann", rooms=("targets", "history"))))
    rooms = {str(props["href"]) for props in elements(page) if str(props.get("href", "")).startswith("/desk/")}
    assert rooms == {f"/desk/{room}?lang={found.words.language}" for room in ("targets", "history")}


def test_the_workbook_of_targets_is_offered_to_those_who_may_export(found: Lookup) -> None:
    pages = (targets_page(found, DAY, DAY, 5 << 20, may_export=may) for may in (True, False))
    links = [["targets.xlsx" in str(props.get("href")) for props in elements(page)] for page in pages]
    assert [any(one) for one in links] == [True, False]


def test_the_time_line_marks_today_between_what_comes_and_what_holds(found: Lookup) -> None:
    changes = tuple(
        DatedChange(DAY + dt.timedelta(days=days), f"r{days}", "Ann", ("x",), state, f"t{days}")
        for days, state in ((14, "to_come"), (-4, "held"), (-9, "past"))
    )
    applied = Applied(1, 0, "Ann", "1", "first", (Difference("+", "kpis x", "new"),), "held")
    facts = HistoryFacts(DAY, (applied,), 3, changes, (), (), "", None, "", ((), ()), (), Fraction(1, 3))
    text = text_of(history_page(found, facts))
    order = [text.index(part) for part in ("r14", found.words("desk.today"), "r-4", "r-9")]
    assert order == sorted(order)
    assert "33.3%" in text
    undo = [props["id"]["change"] for props in elements(history_page(found, facts))
            if isinstance(props.get("id"), dict) and props["id"]["type"] == "undo-do"]  # fmt: skip
    assert undo == ["t14"]


@pytest.mark.parametrize(("state", "step"), [("over", "close-do"), ("closed", "reopen-do"), ("reopened", "close-do"),
                                             ("running", None)])  # fmt: skip
def test_a_period_offers_the_step_of_its_state(found: Lookup, state: str, step: str | None) -> None:
    row = PeriodRow("2026-02", "February", state, DIGEST, "Ann", 0, "done")
    detail = PeriodDetail(row, adjustments=(), verified=Verified(5, 10))
    page = list(elements(periods_page(found, PeriodsFacts((("month", (row,)),), detail))))
    ids = {props["id"] for props in page if isinstance(props.get("id"), str)}
    assert ids & {"close-do", "reopen-do"} == ({step} if step else set())


def incentive_facts(stage: str, closed: bool = True) -> IncentiveFacts:
    line = Line("d1", 95 * POINT, "A", Fraction(1), Fraction(1), Fraction(1), Decimal(100), Decimal("100.00"))
    unknown = Line("d2", None, None, None, Fraction(1), Fraction(1), Decimal(100), None)
    band = GradeBand.model_validate({"grade": "A", "title": "Best", "from": 90, "most_share": 20})
    return IncentiveFacts(
        "bonus", "Bonus", "2026-02", "February", (line, unknown), 2, None, closed, True, stage, "Ann", 0, "Bob", 0,
        "why", DIGEST, (CurvePoint(Fraction(70), Fraction(0)), CurvePoint(Fraction(100), Fraction(1))),
        (GradeCount(band, 1, 1),), (Crowded("A", 1, 1, Decimal(20)),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "steps"),
    [("preview", {"propose-do"}), ("proposed", {"approve-do", "withdraw-do"}), ("approved", {"withdraw-do"})],
)
def test_a_calculation_offers_the_steps_of_its_stage(found: Lookup, stage: str, steps: set[str]) -> None:
    page = incentive_page(found, incentive_facts(stage))
    ids = {props["id"] for props in elements(page) if isinstance(props.get("id"), str)}
    assert ids & {"propose-do", "approve-do", "withdraw-do"} == steps
    assert "–" in text_of(page)


def test_scores_that_are_not_frozen_can_not_be_proposed(found: Lookup) -> None:
    page = incentive_page(found, incentive_facts("preview", closed=False))
    assert not any(props.get("id") == "propose-do" for props in elements(page))
    assert found.words("desk.not_frozen") in text_of(page)


def test_names_of_marks_near_each_other_stand_on_levels_of_their_own() -> None:
    table = [CurvePoint(Fraction(60), Fraction(0)), CurvePoint(Fraction(100), Fraction(1))]
    marks = [(name, Fraction(score), Fraction(1, 2)) for name, score in (("a", 80), ("b", 81), ("c", 82), ("d", 61))]
    chart = coefficient_chart(table, marks)
    levels = {text_of(one).strip(): one.style["--level"] for one in chart.children[1].children[1:]}
    assert len({levels[name] for name in "abc"}) == 3
    assert levels["a"] > levels["b"] > levels["c"]


def test_both_languages_have_the_same_texts() -> None:
    tables = [Words.of(language).table for language in LANGUAGES]
    assert tables[0].keys() == tables[1].keys()
