"""Targets reached: only those of the whole period, the newest first, and the one that is closest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness, Status
from scoring.definitions import Model

from .floor_boards import EIGHT_MS, NOW_MS, floor_board, floor_model, output_of
from .tile_of import tile_of

TILE: dict[str, Any] = {
    "tile": "celebration", "of": "department", "kpis": ["output"],
    "at": {"column": 1, "row": 1, "columns": 4, "rows": 8},
}  # fmt: skip


@pytest.fixture
def model() -> Model:
    return floor_model()


def _board(model: Model, made: dict[str, int], since_ms: dict[str, int] | None = None) -> Board:
    """Outputs by unit, on target since the given moments."""
    board, since = floor_board(model), since_ms or {}
    results = {
        (unit, "output"): replace(output_of(model, unit, value), since_ms=since.get(unit), status=Status.GOOD)
        for unit, value in made.items()
    }
    return replace(board, kpis={**board.kpis, **results})


def _view(model: Model, board: Board, **more: Any) -> Any:
    return tile_of(model, board, **{**TILE, **more}).view


def test_a_target_is_reached_with_all_of_its_period_not_with_what_is_due(model: Model) -> None:
    view = _view(model, _board(model, {"co": 499, "d0": 500, "d1": 300}))
    assert (view["reached.count"], view["goal.0.name"], view["goal.0.value"]) == ("1 / 4", "D0 · Output", "500")
    assert (view["goal.0.goal"], view["goal.0.status"]) == ("/ 500 pcs", "good")
    assert not view["goal.1.shown"]
    assert (view["next.name"], view["next.share"], view["next.bar"]) == ("Closest: Output", "99%", 0.998)


def test_the_newest_comes_first(model: Model) -> None:
    since = {"co": NOW_MS - 100, "d0": NOW_MS - 300, "d1": NOW_MS - 200}
    view = _view(model, _board(model, {"co": 500, "d0": 510, "d1": 520}, since))
    assert [view[f"goal.{at}.value"] for at in range(3)] == ["500", "520", "510"]


def test_the_page_is_told_of_every_target_once_per_period(model: Model) -> None:
    told = _view(model, _board(model, {"d0": 500}))["celebrate.reached"]
    assert [one["id"] for one in told] == [f"output@d0@{EIGHT_MS}"]
    more = _view(model, _board(model, {"d0": 501, "d1": 500}))["celebrate.reached"]
    assert told[0] in more
    assert len(more) == 2
    assert (told[0]["goal"], told[0]["measure"], told[0]["unit"]) == ("500", "pcs", "D0")


def test_lower_is_better_and_rates_are_left_out(model: Model) -> None:
    view = _view(model, floor_board(model), kpis=[], of="")
    assert view["reached.count"] == "0 / 2"
    assert view["reached.none"] == "None reached yet"


def test_a_quiet_tile_celebrates_nothing(model: Model) -> None:
    board = _board(model, {"d0": 500})
    assert 'data-celebrate="celebrate.reached"' in tile_of(model, board, **TILE).html
    assert "data-celebrate" not in tile_of(model, board, **TILE, quiet=True).html


def test_a_stale_source_says_so(model: Model) -> None:
    board = _board(model, {"d0": 500})
    sources = {key: replace(state, freshness=Freshness.STALE) for key, state in board.sources.items()}
    view = _view(model, replace(board, sources=sources))
    assert (view["reached.freshness"], view["goal.0.status"]) == ("stale", "stale")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rows", [3, 8])
def test_a_tile_binds_only_keys_it_has_and_keeps_them_whatever_the_board_says(
    model: Model, language: str, rows: int
) -> None:
    tile = {**TILE, "at": {**TILE["at"], "rows": rows}}
    full = tile_of(model, _board(model, {"co": 500, "d0": 510}), language, **tile)
    empty = tile_of(model, Board(0, "1", 0), language, **tile)
    assert full.bound <= set(full.view)
    assert set(empty.view) == set(full.view)
    assert empty.bound == full.bound
