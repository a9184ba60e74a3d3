"""Lines: each state with its word, since when and why; unknown and stale are told apart from stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness
from scoring.definitions import Model

from .floor_boards import LINES, MINUTE_MS, NOW_MS, floor_board, floor_model, state_row
from .tile_of import tile_of

WIDE = {"column": 1, "row": 1, "columns": 16, "rows": 8}
ROWS = {
    ("states", "d0"): state_row("d0", "run", 221, order="MO-1", product="H7-250", reason="forgotten"),
    ("states", "d1"): state_row("d1", "stop", 12, order="MO-2", product="H7-320", reason="No M8 × 30"),
}


@pytest.fixture
def model() -> Model:
    return floor_model()


@pytest.fixture
def board(model: Model) -> Board:
    return floor_board(model, ROWS)


def _view(model: Model, board: Board, **more: Any) -> Any:
    return tile_of(model, board, **{**LINES, "at": WIDE, **more}).view


def test_lines_stand_in_the_order_of_the_model_with_state_since_and_reason(model: Model, board: Board) -> None:
    view = _view(model, board)
    assert [view[f"line.{at}.name"] for at in range(3)] == ["D0", "D1", "D2"]
    assert [view[f"line.{at}.state"] for at in range(3)] == ["running", "stopped", "unknown"]
    assert [view[f"line.{at}.word"] for at in range(3)] == ["Running", "Stopped", "Unknown"]
    assert [view[f"line.{at}.since_ms"] for at in range(3)] == [
        NOW_MS - 221 * MINUTE_MS, NOW_MS - 12 * MINUTE_MS, None,
    ]  # fmt: skip
    assert [view[f"line.{at}.reason"] for at in range(3)] == ["", "No M8 × 30", ""]
    assert (view["line.1.beside"], view["line.1.below"]) == ("MO-2", "H7-320")


def test_the_first_kpi_tells_what_is_due_and_the_lead(model: Model, board: Board) -> None:
    view = _view(model, board)
    assert (view["line.0.kpi.0.value"], view["line.0.kpi.0.due"], view["line.0.kpi.0.lead"]) == ("253", "/ 281", "−28")
    assert view["line.0.kpi.0.status"] == "bad"
    assert view["lines.head.0"] == "Output pcs / due"
    assert (view["line.0.kpi.1.value"], view["lines.head.1"]) == ("73.3", "On time %")


def test_hours_are_drawn_against_the_plan_and_coloured_only_where_off_it(model: Model, board: Board) -> None:
    bars = _view(model, board)["line.0.bars"]
    count = {part: path.count("M") for part, path in bars.items()}
    assert count == {"ahead": 3, "now": 1, "good": 3, "watch": 1, "bad": 1, "plan": 5}


def test_a_stale_source_keeps_the_last_state_and_says_as_of_when(model: Model) -> None:
    view = _view(model, floor_board(model, ROWS, {"qms": Freshness.STALE}))
    assert (view["line.1.state"], view["line.1.live"], view["line.1.word"]) == ("stopped", "stale", "Stopped")
    assert (view["line.1.as_of"], view["line.1.since_ms"]) == ("As of 11:59", None)


def test_a_closed_row_a_row_of_another_unit_and_an_unknown_state_are_no_state(model: Model) -> None:
    rows = {
        ("states", "d0"): replace(state_row("d0", "stop", 1), open=False),
        ("states", "d1"): state_row("d1", "exploded", 1),
        ("late", "d2"): state_row("d2", "run", 1),
    }
    view = _view(model, floor_board(model, rows))
    assert [view[f"line.{at}.state"] for at in range(3)] == ["unknown"] * 3


def test_of_several_rows_of_a_line_the_newest_counts(model: Model) -> None:
    rows = {("states", "a"): state_row("d0", "run", 5), ("states", "b"): state_row("d0", "stop", 3)}
    assert _view(model, floor_board(model, rows))["line.0.state"] == "stopped"


def test_where_not_all_fit_the_worst_come_first_and_the_rest_are_counted(model: Model) -> None:
    rows = ROWS | {("states", "d2"): state_row("d2", "set", 1)}
    view = _view(model, floor_board(model, rows), at={**WIDE, "rows": 3}, portrait={**WIDE, "columns": 8, "rows": 3})
    assert [view[f"line.{at}.state"] for at in range(2)] == ["stopped", "planned"]
    assert "line.2.state" not in view
    assert view["lines.more"] == "1 more, all running"


def test_red_ground_gives_way_where_most_lines_are_stopped(model: Model) -> None:
    stopped = {("states", unit): state_row(unit, "stop", 1) for unit in ("d0", "d1")}
    assert _view(model, floor_board(model, stopped))["lines.red"] == "calm"
    assert _view(model, floor_board(model, ROWS))["lines.red"] == "ground"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [8, 16])
def test_a_tile_binds_only_keys_it_has_and_keeps_them_whatever_the_board_says(
    model: Model, board: Board, language: str, columns: int
) -> None:
    full = tile_of(model, board, language, **{**LINES, "at": {**WIDE, "columns": columns}})
    empty = tile_of(
        model, replace(board, rows={}, series={}), language, **{**LINES, "at": {**WIDE, "columns": columns}}
    )
    assert full.bound <= set(full.view)
    assert set(empty.view) == set(full.view)
    assert empty.bound == full.bound


def test_a_unit_without_lines_says_so(model: Model, board: Board) -> None:
    shown = tile_of(model, board, unit="d0", **LINES, at=WIDE)
    assert shown.view["lines.empty"] is True
    assert "No lines here" in shown.html
