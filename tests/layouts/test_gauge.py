"""The gauge: a KPI's attainment on an arc, never without its target."""

from __future__ import annotations

from itertools import pairwise

import pytest

from layouts.gauge_view import bands
from layouts.words import LANGUAGES
from scoring.board import Board, Freshness
from scoring.definitions import Model

from .boards import board_of
from .tile_of import tile_of


def test_the_arc_ends_where_the_attainment_lies_between_0_and_120_percent(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="gauge", kpi="otd").view
    assert view["gauge.attained"] == "Attained 75.5%"
    assert view["gauge.fill"] == round(0.755 / 1.2, 4)
    assert view["gauge.turn"] == round(round(0.755 / 1.2, 4) * 210, 2)
    assert view["gauge.target"] == "Target 98%"
    assert view["gauge.status"] == "bad"


def test_what_accrues_is_judged_by_its_pace(model: Model, board: Board) -> None:
    view = tile_of(model, board, tile="gauge", kpi="revenue").view
    assert (view["gauge.attained"], view["gauge.target"]) == ("Pace 101.2%", "Target 440 M")


def test_more_than_the_axis_ends_at_its_end(model: Model) -> None:
    board = board_of(model, {"revenue": 2, "otd": 1, "claims": 1})  # type: ignore[dict-item]
    view = tile_of(model, board, tile="gauge", kpi="revenue").view
    assert (view["gauge.fill"], view["gauge.turn"]) == (1.0, 210.0)


def test_an_unknown_value_has_no_arc_but_its_target(model: Model) -> None:
    board = board_of(model, {"revenue": None, "otd": None, "claims": None})
    view = tile_of(model, board, tile="gauge", kpi="otd").view
    assert (view["gauge.value"], view["gauge.unit"], view["gauge.turn"], view["gauge.fill"]) == ("–", "", None, 0.0)
    assert (view["gauge.status"], view["gauge.target"]) == ("unknown", "Target 98%")
    before_any = tile_of(model, Board(0, "1", 0), tile="gauge", kpi="otd").view
    assert set(before_any) == set(view)
    assert (before_any["gauge.value"], before_any["gauge.target"]) == ("–", "Target 98%")


def test_a_stale_source_greys_the_gauge_and_keeps_its_value(model: Model) -> None:
    board = board_of(model, freshness={"erp": Freshness.STALE})
    view = tile_of(model, board, tile="gauge", kpi="otd").view
    assert (view["gauge.status"], view["gauge.freshness"], view["gauge.last"]) == ("stale", "stale", "was Off target")
    assert view["gauge.value"] == "74.0"


def test_the_bands_fill_the_arc_and_meet_at_the_target(model: Model) -> None:
    found = bands(next(kpi for kpi in model.kpis if kpi.id == "otd"))
    assert [status for status, _, _ in found] == ["bad", "watch", "good"]
    assert (found[0][1], found[-1][2]) == (0.0, 1.0)
    assert all(one[2] == other[1] for one, other in pairwise(found))
    assert found[-1][1] == pytest.approx(1 / 1.2, abs=1e-4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_it_binds_is_in_its_view(model: Model, board: Board, language: str) -> None:
    shown = tile_of(model, board, language, tile="gauge", kpi="claims")
    assert shown.bound
    assert shown.bound <= set(shown.view)


def test_a_kpi_that_the_unit_does_not_have_says_so(model: Model, board: Board) -> None:
    kpis = [kpi.model_copy(update={"applies_to": ["department"]}) for kpi in model.kpis]
    shown = tile_of(model.model_copy(update={"kpis": kpis}), board, tile="gauge", kpi="otd")
    assert shown.view == {"gauge.missing": "On time is not measured here"}
    assert "On time is not measured here" in shown.html
