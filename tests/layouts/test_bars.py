"""Bars: parts of a period against their parts of the plan, and units against their targets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness, Series
from scoring.definitions import Model

from .boards import DAY_MS, board_of
from .tile_of import tile_of


@pytest.fixture
def daily(model: Model) -> Model:
    """The small model, in which revenue keeps a trend by day."""
    kpis = [kpi.model_copy(update={"trend": "day"}) if kpi.id == "revenue" else kpi for kpi in model.kpis]
    return model.model_copy(update={"kpis": kpis})


def _board(model: Model, amounts: list[int], dues: list[int]) -> Board:
    """A board on which revenue at the company ran up by these amounts a day, and its plan by these."""
    board = board_of(model)
    result = board.kpis["co", "revenue"]
    starts = tuple(result.period_start_ms + day * DAY_MS for day in range(len(amounts)))
    values = tuple(Fraction(sum(amounts[: day + 1]) * 10**6) for day in range(len(amounts)))
    due = tuple(Fraction(sum(dues[: day + 1]) * 10**6) for day in range(len(dues)))
    return replace(board, series={("co", "revenue"): Series(starts, values, due)})


def test_a_bar_is_what_its_own_bucket_added(daily: Model) -> None:
    view = tile_of(daily, _board(daily, [10, 30, 20], [20, 20, 20]), tile="bars", kpi="revenue").view
    assert [view[f"bar.{place}.amount"] for place in range(3)] == ["10.00", "30.00", "20.00"]
    assert [view[f"bar.{place}.status"] for place in range(3)] == ["bad", "good", "good"]
    paths: Any = view["bars.paths"]
    assert paths["bad"].count("M") == 1
    assert paths["good"].count("M") == 2


def test_days_to_come_are_seen_but_have_no_amount(daily: Model) -> None:
    view = tile_of(daily, _board(daily, [10, 30, 20], [20, 20, 20]), tile="bars", kpi="revenue").view
    seen = [place for place in range(48) if view.get(f"bar.{place}.shown")]
    assert len(seen) == 31
    assert [view[f"bar.{place}.amount"] for place in seen[3:]] == [""] * 28


def test_a_tile_without_a_trend_says_so(daily: Model, board: Board) -> None:
    view = tile_of(daily, board, tile="bars", kpi="claims").view
    assert view["bars.empty"] is True
    assert not any(view[key] for key in view if key.endswith(".shown"))


def test_a_narrow_tile_shows_the_newest_buckets(model: Model, board: Board) -> None:
    hours = tuple(range(0, 48 * 3_600_000, 3_600_000))
    series = Series(hours, tuple(Fraction(at, 100) for at in range(48)), (Fraction("0.98"),) * 48)
    at = {"column": 1, "row": 1, "columns": 4, "rows": 3}
    many = replace(board, series={("co", "otd"): series})
    view = tile_of(model, many, tile="bars", kpi="otd", at=at, portrait={**at, "columns": 2}).view
    amounts = [view[key] for key in view if key.endswith(".amount")]
    assert len(amounts) == 30
    assert amounts[-1] == "47.0"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", ["bucket", "unit"])
def test_every_key_bars_bind_is_in_their_view(model: Model, board: Board, language: str, by: str) -> None:
    for one in (board, Board(0, "1", 0)):
        shown = tile_of(model, one, language, tile="bars", kpi="otd", by=by)
        assert shown.bound
        assert shown.bound <= set(shown.view)


def test_units_stand_in_the_order_of_what_they_attain(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="bars", kpi="claims", by="unit").view
    assert [view[f"rank.d{n}.order"] for n in range(3)] == [0, 1, 2]
    assert [view[f"rank.d{n}.bar"] for n in range(3)] == [round(0.823 * (99 - n) / 100 / 1.2, 4) for n in range(3)]
    assert (view["ranking.title"], view["ranking.note"]) == ("Claims", "PPM")


def test_a_ranking_by_kpi_moves_with_the_kpi(model: Model, board: Board) -> None:
    results = {key: replace(result, attainment=None) if key == ("d0", "otd") else result
               for key, result in board.kpis.items()}  # fmt: skip
    view = tile_of(model, replace(board, kpis=results), tile="ranking", kpi="otd").view
    assert [view[f"rank.d{n}.place"] for n in range(3)] == ["–", "1", "2"]
    assert [view[f"rank.d{n}.move"] for n in range(3)] == ["–", "↑1", "↑1"]
    assert view["rank.d1.score"] == "72.5"


def test_a_stale_ranking_by_kpi_says_as_of_when(model: Model) -> None:
    view = tile_of(model, board_of(model, freshness={"erp": Freshness.STALE}), tile="ranking", kpi="otd").view
    assert (view["ranking.freshness"], view["ranking.note"]) == ("stale", "As of 11:59")
    assert (view["rank.d0.status"], view["ranking.event_ms"]) == ("stale", None)


def test_without_units_at_which_it_stands_there_is_a_calm_sentence(model: Model, board: Board) -> None:
    shown = tile_of(model, board, tile="ranking", kpi="otd", of="plant")
    assert "No units to compare here" in shown.html


def test_a_ranking_by_score_is_as_before(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="ranking").view
    assert [view[f"rank.d{n}.place"] for n in range(3)] == ["1", "2", "3"]
    assert "ranking.event_ms" not in view
