"""Lists: the rows of a subtree, the largest number first, with the count and what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness, Row
from scoring.definitions import Model

from .floor_boards import LIST, NOW_MS, floor_board, floor_model, order_row
from .tile_of import tile_of

HIGH = {"column": 1, "row": 1, "columns": 3, "rows": 12}
LOW = {"column": 1, "row": 1, "columns": 3, "rows": 4}
ORDERS = [("d0", "SO-1", "Nordwerft", 1), ("d1", "SO-2", "Baltic", 12), ("d1", "SO-3", "Atlas", 2)]


@pytest.fixture
def model() -> Model:
    return floor_model()


def _rows() -> dict[tuple[str, str], Row]:
    return {("late", order): order_row(unit, order, customer, days) for unit, order, customer, days in ORDERS}


def _view(model: Model, board: Board, **more: Any) -> Any:
    return tile_of(model, board, **{**LIST, "at": HIGH, "portrait": HIGH, **more}).view


def test_the_largest_number_comes_first_and_names_decide_between_equals(model: Model) -> None:
    rows = _rows() | {("late", "SO-4"): order_row("d2", "SO-4", "Arctic", 2)}
    view = _view(model, floor_board(model, rows))
    assert [view[f"row.{at}.name"] for at in range(4)] == ["Baltic", "Arctic", "Atlas", "Nordwerft"]
    assert [view[f"row.{at}.number"] for at in range(4)] == ["12", "2", "2", "1"]
    assert (view["row.0.about"], view["row.0.below"], view["row.0.counts"]) == ("H7", "SO-2", "days")
    assert (view["list.count"], view["list.status"], view["list.word"]) == ("4", "bad", "Open")
    assert not view["row.4.shown"]


def test_only_open_rows_of_the_unit_and_below_are_listed(model: Model) -> None:
    rows = _rows() | {("late", "SO-5"): replace(order_row("d1", "SO-5", "Gone", 99), open=False)}
    board = floor_board(model, rows)
    assert _view(model, board, unit="d1")["list.count"] == "2"
    assert _view(model, board, unit="d2")["list.count"] == "0"
    assert _view(model, board)["list.count"] == "3"


def test_what_does_not_fit_is_counted(model: Model) -> None:
    view = _view(model, floor_board(model, _rows()), at=LOW, portrait={**LOW, "rows": 6})
    assert (view["list.more"], view["list.more_upright"]) == ("1 more", "")
    assert [view[f"row.{at}.shown"] for at in range(3)] == [True] * 3


def test_no_row_is_good_news_unless_the_source_was_never_heard(model: Model) -> None:
    board = floor_board(model)
    view = _view(model, board)
    assert (view["list.status"], view["list.word"], view["list.none_text"]) == ("good", "Clear", "No late orders")
    unheard = _view(model, replace(board, sources={}))
    assert (unheard["list.status"], unheard["list.count"], unheard["list.none_text"]) == (
        "unknown", "–", "No data yet",
    )  # fmt: skip


def test_rows_that_are_no_faults_have_no_status(model: Model) -> None:
    view = _view(model, floor_board(model, _rows()), bad=False)
    assert (view["list.status"], view["list.word"]) == ("", "")


def test_a_stale_source_keeps_the_rows_and_loses_the_status(model: Model) -> None:
    view = _view(model, floor_board(model, _rows(), {"qms": Freshness.SILENT}))
    assert (view["list.status"], view["list.freshness"], view["list.count"]) == ("silent", "silent", "3")
    assert isinstance(view["list.heard_ms"], int)


def test_numbers_may_be_decimals_in_text_and_missing(model: Model) -> None:
    rows = {("late", name): Row("d0", NOW_MS, True, {"customer": name, "days": days})
            for name, days in (("a", "9.5"), ("b", "10.25"), ("c", None), ("d", "soon"))}  # fmt: skip
    view = _view(model, floor_board(model, rows))
    assert [view[f"row.{at}.name"] for at in range(4)] == ["b", "a", "c", "d"]
    assert view["row.2.counts"] == ""


def test_a_long_name_takes_the_smaller_size_then_two_lines(model: Model) -> None:
    names = ["Short", "Hansa Marine Ltd", "Hansa Marine Engineering GmbH Kiel"]
    rows = {("late", name): order_row("d0", name, name, 9 - at) for at, name in enumerate(names)}
    view = _view(model, floor_board(model, rows))
    assert [view[f"row.{at}.size"] for at in range(3)] == ["l", "s", "two"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("at", [HIGH, LOW])
def test_a_tile_binds_only_keys_it_has_and_keeps_them_whatever_the_board_says(
    model: Model, language: str, at: dict[str, int]
) -> None:
    full = tile_of(model, floor_board(model, _rows()), language, **{**LIST, "at": at})
    empty = tile_of(model, Board(0, "1", 0), language, **{**LIST, "at": at})
    assert full.bound <= set(full.view)
    assert set(empty.view) == set(full.view)
    assert empty.bound == full.bound
