"""What a change of definitions costs: the cells it touches and the units on their way up, no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import scoring.evaluator
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments, counter_name
from scoring.definitions import Change, Model
from scoring.evaluator import Evaluator
from scoring.scorecard import Scorecard
from wall.bench.site_model import tree_model

from .models import HOUR, JUNE

#: The leaves carry two KPIs each.
LEAF_KPIS = 20_000
LEAVES = LEAF_KPIS // 2


@pytest.fixture(scope="module")
def model() -> Model:
    """Three inner levels below the root (10, 100 and 1,000 units), ten leaves below each of the last."""
    return tree_model(LEAF_KPIS)


@pytest.fixture(scope="module")
def calendar(model: Model) -> BusinessCalendar:
    return BusinessCalendar(model.calendar)


@pytest.fixture(scope="module")
def plain_card(model: Model, calendar: BusinessCalendar) -> Scorecard:
    return compile_scorecard(model, calendar.business_date(JUNE))


def everything(model: Model) -> Increments:
    """80 to 99 of 100 good at every leaf."""
    leaves = [unit.id for unit in model.units if unit.kind == "leaf"]
    counted: dict[str, int | str] = {}
    for number, leaf in enumerate(leaves):
        counted[counter_name("good", leaf, JUNE)] = 80 + number % 20
        counted[counter_name("total", leaf, JUNE)] = 100
    return {("20260601", "add"): counted}


@pytest.fixture(scope="module")
def site(model: Model, calendar: BusinessCalendar, plain_card: Scorecard) -> Evaluator:
    """Everything known and evaluated."""
    evaluator = Evaluator(model, calendar, JUNE, scorecard=plain_card)
    evaluator.apply(everything(model))
    evaluator.tick(JUNE + HOUR)
    return evaluator


@pytest.fixture
def running(site: Evaluator, plain_card: Scorecard) -> Iterator[Evaluator]:
    """The site, which goes back to its own definitions afterwards."""
    yield site
    assert site.adopt(plain_card)
    site.tick(JUNE + HOUR)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often cells are evaluated and units scored; what is counted still happens."""
    found: Counter[str] = Counter()

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            found[name] += 1
            return real(*given)

        return call

    for name in ("kpi_result", "unit_score"):
        monkeypatch.setattr(scoring.evaluator, name, counting(name, getattr(scoring.evaluator, name)))
    return found


def changed(model: Model, **said: Any) -> Model:
    change = Change.model_validate({"from": "2026-01-01", "reason": "counted", **said})
    return model.model_copy(update={"changes": [change]})


def adopted(evaluator: Evaluator, model: Model, calendar: BusinessCalendar) -> Evaluator:
    """The evaluator after it went on under the changed model."""
    assert evaluator.adopt(compile_scorecard(model, calendar.business_date(JUNE), evaluator.scorecard))
    evaluator.tick(JUNE + HOUR)
    return evaluator


def leaf_of(model: Model) -> str:
    return next(unit.id for unit in model.units if unit.kind == "leaf")


def test_an_edition_without_changes_costs_nothing(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    adopted(running, model, calendar)
    assert counted == {}


def test_the_weight_of_one_kpi_evaluates_its_own_cells_and_stops_where_no_score_moves(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    """Both KPIs of a leaf have the same points, so that no score moves: leaves and those right above are scored."""
    adopted(running, changed(model, kpis={"rate1": {"weight": 70}}), calendar)
    assert counted == {"kpi_result": LEAVES, "unit_score": LEAVES + 1_000}


def test_the_target_of_one_kpi_evaluates_its_own_cells_and_each_unit_once(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    adopted(running, changed(model, kpis={"rate1": {"target": "0.8"}}), calendar)
    assert counted == {"kpi_result": LEAVES, "unit_score": len(model.units)}


def test_the_target_of_one_kpi_at_one_unit_evaluates_one_cell_and_the_units_above(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    leaf = leaf_of(model)
    adopted(running, changed(model, kpis={"rate1": {"target": {leaf: "0.3"}}}), calendar)
    assert counted == {"kpi_result": 1, "unit_score": 1 + len(running.scorecard.nodes[leaf].ancestors)}


def test_the_weight_of_one_kpi_at_one_unit_evaluates_one_cell_and_the_units_above(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    leaf = leaf_of(model)
    adopted(running, changed(model, kpis={"rate1": {"weight": {leaf: 70}}}), calendar)
    assert counted["kpi_result"] == 1
    assert 1 < counted["unit_score"] <= 1 + len(running.scorecard.nodes[leaf].ancestors)


def test_a_change_that_moves_no_score_stops_where_it_stands(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    leaf = leaf_of(model)
    adopted(running, changed(model, units={leaf: {"target_score": 20}}), calendar)
    assert counted["kpi_result"] == 0
    assert counted["unit_score"] <= 2


def test_the_weight_of_a_unit_evaluates_no_kpi_and_scores_the_units_above(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    leaf = leaf_of(model)
    adopted(running, changed(model, units={leaf: {"weight": 5}}), calendar)
    assert counted["kpi_result"] == 0
    assert 1 < counted["unit_score"] <= 1 + len(running.scorecard.nodes[leaf].ancestors)


def test_an_event_evaluates_the_cells_it_feeds_and_the_units_above(
    model: Model, calendar: BusinessCalendar, running: Evaluator, counted: Counter[str]
) -> None:
    leaf = leaf_of(model)
    running.apply({("20260601", "add"): {counter_name("good", leaf, JUNE): 3}})
    running.tick(JUNE + HOUR)
    assert counted == {"kpi_result": 2, "unit_score": 1 + len(running.scorecard.nodes[leaf].ancestors)}
    running.apply({("20260601", "add"): {counter_name("good", leaf, JUNE): -3}})
