"""Exceptions in cells: as many rows as either wall has room for, and what the rest costs."""

from __future__ import annotations

from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board
from scoring.definitions import Model

from .tile_of import tile_of

LOW: dict[str, Any] = {"column": 1, "row": 1, "columns": 5, "rows": 2}
HIGH: dict[str, Any] = {"column": 1, "row": 1, "columns": 5, "rows": 6}


def test_each_wall_counts_what_it_has_no_room_for(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="exceptions", at=HIGH, portrait=LOW).view
    assert [view[f"exc.{at}.title"] for at in range(2)] == ["On time", "Claims"]
    assert view["exceptions.note"] == "by points lost"
    assert view["exceptions.note_upright"] == "1 more, 4.4 points lost"


def test_rows_are_marked_with_the_wall_that_has_room_for_them(model: Model, board: Board) -> None:
    html = tile_of(model, board, tile="exceptions", at=HIGH, portrait=LOW).html
    assert html.count("exception only-both") == 1
    assert html.count("exception only-landscape") == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tile_binds_only_keys_it_has(model: Model, board: Board, language: str) -> None:
    made = tile_of(model, board, language, tile="exceptions", at=HIGH, portrait=LOW)
    assert made.bound <= set(made.view)


def test_a_kpi_tile_has_its_elements_before_the_first_board(model: Model, board: Board) -> None:
    before, after = (tile_of(model, one, tile="kpi", kpi="otd") for one in (Board(0, "1", 0), board))
    assert before.bound == after.bound
    assert before.view["kpi.value"] == "–"
