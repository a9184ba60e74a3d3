"""A KPI as the hero: its number, what is due of it, the plan, the forecast, and its hours."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness
from scoring.definitions import Model
from scoring.forecast import Forecast

from .floor_boards import HOURS, floor_board, floor_model, output_of
from .tile_of import tile_of

HERO: dict[str, Any] = {"tile": "hero", "kpi": "output", "at": {"column": 1, "row": 1, "columns": 4, "rows": 6}}


@pytest.fixture
def model() -> Model:
    return floor_model()


def _view(model: Model, board: Board, **more: Any) -> Any:
    return tile_of(model, board, **{**HERO, **more}).view


def test_what_accrues_shows_what_is_due_its_lead_and_the_plan(model: Model) -> None:
    view = _view(model, floor_board(model))
    assert (view["hero.value"], view["hero.unit"]) == ("253", "pcs")
    assert (view["hero.due"], view["hero.gap"], view["hero.plan"]) == ("281", "−28", "500")
    assert (view["hero.status"], view["hero.word"]) == ("bad", "Off target")
    assert view["hero.bar"] == round(253 / 600, 4)
    assert view["hero.notch"] == round(281.25 / 600, 4)


def test_hours_add_up_to_the_number(model: Model) -> None:
    view = _view(model, floor_board(model))
    assert [int(view[f"bar.{hour}.amount"]) for hour in range(5)] == list(HOURS)
    assert sum(HOURS) == int(view["hero.value"])
    assert [view[f"bar.{hour}.label"] for hour in range(8)] == [str(hour) for hour in range(8, 16)]
    assert [view[f"bar.{hour}.status"] for hour in (2, 3)] == ["bad", "watch"]


def test_a_rate_shows_what_it_attains_and_its_target(model: Model) -> None:
    view = _view(model, floor_board(model), kpi="otd")
    assert (view["hero.due"], view["hero.plan"], view["hero.gap"]) == ("75.5%", "98%", "")
    assert view["hero.spark"]
    assert "bars.paths" not in view


def test_a_forecast_is_a_range_where_there_is_room_for_it(model: Model) -> None:
    ahead = {("co", "output"): Forecast(Fraction(462), Fraction(470), Fraction(478))}
    view = _view(model, replace(floor_board(model), forecasts=ahead))
    assert (view["hero.forecast"], view["hero.forecast_label"]) == ("462–478", "Shift end")
    assert _view(model, floor_board(model))["hero.forecast"] == ""
    large = {("co", "output"): Forecast(Fraction(1_462_000_000), Fraction(1_470_000_000), Fraction(1_478_000_000))}
    assert _view(model, replace(floor_board(model), forecasts=large))["hero.forecast"] == "1,470,000,000"


def test_the_number_keeps_its_size_until_it_outgrows_its_target(model: Model) -> None:
    board = floor_board(model)

    def em(value: int) -> float:
        width = _view(model, replace(board, kpis={**board.kpis, ("co", "output"): output_of(model, "co", value)}))
        return float(width["hero.em"])

    assert em(7) == em(99) == em(500) < em(1000)


def test_a_stale_source_keeps_the_last_value_and_says_since_when(model: Model) -> None:
    board = floor_board(model, freshness={"erp": Freshness.STALE})
    view = _view(model, board)
    assert (view["hero.status"], view["hero.freshness"], view["hero.value"]) == ("stale", "stale", "253")
    assert view["hero.last"] == "was Off target"
    assert view["hero.event_ms"] == board.sources["erp"].event_ms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", ["output", "otd", "claims"])
def test_a_tile_binds_only_keys_it_has_and_keeps_them_whatever_the_board_says(
    model: Model, language: str, kpi: str
) -> None:
    full = tile_of(model, floor_board(model), language, **{**HERO, "kpi": kpi})
    empty = tile_of(model, Board(0, "1", 0), language, **{**HERO, "kpi": kpi})
    assert full.bound <= set(full.view)
    assert set(empty.view) == set(full.view)
    assert empty.bound == full.bound
    assert empty.view["hero.value"] == "–"
