"""The trend: a line against its target, and with a forecast the range at the end of its period."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest

from layouts.words import LANGUAGES
from scoring.board import Board, Freshness, Series
from scoring.definitions import Model
from scoring.forecast import Forecast

from .boards import DAY_MS, board_of
from .tile_of import tile_of

#: On-time delivery at the company will end between 91 and 95 percent.
AHEAD = {("co", "otd"): Forecast(Fraction(91, 100), Fraction(93, 100), Fraction(95, 100))}


def _figure(model: Model, board: Board, kpi: str = "otd") -> Any:
    return tile_of(model, board, tile="trend", kpi=kpi).view["trend.figure"]


def _running_up(model: Model, days: int) -> tuple[Model, Board]:
    """Revenue by day, each day 20 million against a plan of 16."""
    kpis = [kpi.model_copy(update={"trend": "day"}) if kpi.id == "revenue" else kpi for kpi in model.kpis]
    model = model.model_copy(update={"kpis": kpis})
    board = board_of(model)
    result = board.kpis["co", "revenue"]
    starts = tuple(result.period_start_ms + day * DAY_MS for day in range(days))
    values, due = (tuple(Fraction(size * 10**6 * (day + 1)) for day in range(days)) for size in (20, 16))
    ahead = {("co", "revenue"): Forecast(*(Fraction(million * 10**6) for million in (430, 450, 470)))}
    return model, replace(board, series={("co", "revenue"): Series(starts, values, due)}, forecasts=ahead)


def test_without_a_forecast_the_axis_ends_with_what_is_known(model: Model, board: Board) -> None:
    figure = _figure(model, board)
    assert figure["layout"]["xaxis"]["range"] == [0, 9.0]
    assert len(figure["data"]) == 2
    assert len(figure["layout"]["shapes"]) == 1


def test_a_forecast_is_a_band_from_now_to_the_end_of_the_period(model: Model, board: Board) -> None:
    figure = _figure(model, replace(board, forecasts=AHEAD))
    band, middle = figure["data"][:2]
    end = figure["layout"]["xaxis"]["range"][1]
    assert (band["x"], band["y"]) == ([9, end, end], [91.0, 95.0, 91.0])
    assert (middle["x"], middle["y"]) == ([9, end], [91.0, 93.0])
    assert figure["layout"]["annotations"][2]["text"] == "<b>91.0–95.0</b>"
    now = figure["layout"]["shapes"][1]
    assert (now["x0"], now["line"]["color"]) == (9, "--accent")


def test_the_axis_with_a_forecast_ends_on_the_last_day(model: Model, board: Board) -> None:
    result = board.kpis["co", "otd"]
    starts = tuple(result.period_start_ms + day * DAY_MS for day in range(20))
    series = {("co", "otd"): Series(starts, (Fraction(92, 100),) * 20, (Fraction(98, 100),) * 20)}
    axis = _figure(model, replace(board, series=series, forecasts=AHEAD))["layout"]["xaxis"]
    assert axis["range"] == [0, 29.0]  # the period of these boards ends in the course of 2 April
    assert axis["ticktext"][-1] == "4-02"
    assert "…" not in axis["ticktext"]


def test_what_is_far_ahead_is_shortened_and_says_so(model: Model, board: Board) -> None:
    result = board.kpis["co", "otd"]
    starts = tuple(result.period_start_ms + day * DAY_MS for day in range(5))
    series = {("co", "otd"): Series(starts, (Fraction(92, 100),) * 5, (Fraction(98, 100),) * 5)}
    axis = _figure(model, replace(board, series=series, forecasts=AHEAD))["layout"]["xaxis"]
    assert axis["range"] == [0, pytest.approx(4 * 1.6)]
    assert axis["ticktext"][-2:] == ["…", "4-02"]


def test_what_accrues_is_forecast_as_its_lead_over_the_whole_plan(model: Model) -> None:
    model, board = _running_up(model, 18)
    figure = _figure(model, board, "revenue")
    assert figure["data"][0]["y"] == [72.0, 30.0, -10.0]
    assert figure["layout"]["annotations"][2]["text"] == "<b>+30.00</b><br><b>−10.00</b>"


def test_a_forecast_pauses_while_the_source_is_stale(model: Model) -> None:
    board = board_of(model, freshness={"erp": Freshness.STALE})
    assert len(_figure(model, replace(board, forecasts=AHEAD))["data"]) == 2


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for one in part.values():
            yield from _texts(one)
    elif isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, str):
        yield part


def test_every_colour_of_the_figure_is_a_token(model: Model, board: Board) -> None:
    tokens = files("layouts").joinpath("assets", "tokens.css").read_text("utf-8")
    for one in (board, replace(board, forecasts=AHEAD)):
        figure = _figure(model, one)
        assert not re.search(r"#[0-9A-Fa-f]{6}", json.dumps(figure))
        colours = {text.split("/")[0] for text in _texts(figure) if text.startswith("--")}
        assert {"--text", "--text2"} <= colours
        assert all(f"{colour}:" in tokens for colour in colours)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_it_binds_is_in_its_view(model: Model, board: Board, language: str) -> None:
    for one in (board, Board(0, "1", 0)):
        shown = tile_of(model, one, language, tile="trend", kpi="otd")
        assert shown.bound
        assert shown.bound <= set(shown.view)
