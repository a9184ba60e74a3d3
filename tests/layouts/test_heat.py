"""The heat map: one cell per unit and KPI, worst rows first where not all fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness
from scoring.definitions import Model

from .boards import board_of
from .tile_of import tile_of

KPIS = ["revenue", "otd", "claims"]
LOW = {"column": 1, "row": 1, "columns": 5, "rows": 2}


def test_a_cell_has_what_its_unit_attains(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="heat", kpis=KPIS).view
    assert [view[f"row.{place}.name"] for place in range(3)] == ["D0", "D1", "D2"]
    assert [view[f"cell.0.{column}.share"] for column in range(3)] == ["100.2", "74.7", "81.5"]
    assert [view[f"cell.0.{column}.brief"] for column in range(3)] == ["100", "75", "81"]
    assert [view[f"cell.0.{column}.status"] for column in range(3)] == ["good", "bad", "bad"]


def test_where_not_all_rows_fit_the_lowest_scores_come_first(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="heat", kpis=KPIS, at=LOW, portrait={**LOW, "columns": 4}).view
    assert view["row.0.name"] == "D2"
    assert "row.1.name" not in view
    assert str(view["heat.note"]).startswith("3 units, lowest first")


def test_a_kpi_that_does_not_stand_at_a_unit_is_a_dash_without_a_shape(model: Model, board: Board) -> None:
    kpis = [kpi.model_copy(update={"applies_to": ["d1"]}) if kpi.id == "otd" else kpi for kpi in model.kpis]
    view = tile_of(model.model_copy(update={"kpis": kpis}), board, tile="heat", kpis=KPIS).view
    assert (view["cell.0.1.status"], view["cell.0.1.share"]) == ("none", "–")
    assert view["cell.1.1.status"] == "bad"


def test_only_the_cells_of_a_stale_source_go_grey(model: Model) -> None:
    view = tile_of(model, board_of(model, freshness={"qms": Freshness.SILENT}), tile="heat", kpis=KPIS).view
    assert [view[f"cell.0.{column}.status"] for column in range(3)] == ["good", "bad", "silent"]
    assert (view["cell.0.2.share"], view["heat.event_ms"]) == ("81.5", None)
    assert view["heat.note"] == "As of 11:59"


def test_an_unknown_value_is_no_zero(model: Model, board: Board) -> None:
    kpis = {key: replace(result, attainment=None) for key, result in board.kpis.items()}
    for one in (replace(board, kpis=kpis), Board(0, "1", 0)):
        view = tile_of(model, one, tile="heat", kpis=KPIS).view
        assert view["cell.2.0.share"] == "–"


def test_without_units_there_is_a_calm_sentence(model: Model, board: Board) -> None:
    assert "No units to compare here" in tile_of(model, board, tile="heat", kpis=KPIS, of="plant").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_it_binds_is_in_its_view(model: Model, board: Board, language: str) -> None:
    shown = tile_of(model, board, language, tile="heat", kpis=KPIS)
    assert {"row.0.name", "cell.2.2.status"} <= shown.bound
    assert shown.bound <= set(shown.view)
