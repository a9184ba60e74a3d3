"""Views: what a screen says of a board, as texts and numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from layouts.lookup import View
from layouts.phone.unit_view import phone_view
from layouts.wall_view import wall_view
from scoring.board import Board, Freshness
from scoring.definitions import Model

from .boards import ATTAINED, board_of


def number(view: View, key: str) -> Decimal:
    """The number that a key shows."""
    return Decimal(str(view[key]).replace("−", "-").replace(",", ""))


def test_a_view_is_json_and_the_same_for_the_same_board(model: Model, board: Board) -> None:
    views = [json.dumps(wall_view(model, board, "main", "zh-CN")) for _ in range(2)]
    assert views[0] == views[1]


def test_a_second_that_moves_no_number_changes_no_key(model: Model, board: Board) -> None:
    later = replace(board, as_of_ms=board.as_of_ms + 1000, version=2)
    assert wall_view(model, board, "main", "zh-CN") == wall_view(model, later, "main", "zh-CN")


@pytest.mark.parametrize("step", range(40))
def test_the_parts_shown_add_up_to_the_total_shown(model: Model, step: int) -> None:
    view = wall_view(model, board_of(model, {**ATTAINED, "otd": Fraction(700 + 7 * step, 999)}), "main", "en")
    parts: Any = view["hero.parts"]
    assert sum(number(view, f"part.{part}.points") for part in parts) == number(view, "hero.total")
    assert abs(number(view, "hero.total") - number(view, "hero.score")) <= Decimal("0.05")


@pytest.mark.parametrize("step", range(40))
def test_what_moved_the_score_adds_up_to_its_change(model: Model, step: int) -> None:
    view = phone_view(model, board_of(model, {**ATTAINED, "otd": Fraction(700 + 7 * step, 999)}), "d1", "en")
    keys = [key for key in view if key.startswith("delta.") and key.endswith(".text") and view[key]]
    parts = [number(view, key) for key in keys]
    assert sum(parts) == number(view, "delta.total")


def test_value_and_target_take_one_form_from_the_target(model: Model) -> None:
    view = wall_view(model, board_of(model, {**ATTAINED, "revenue": Fraction(1, 100)}), "main", "zh-CN")
    assert (view["kpi.revenue.value"], view["kpi.revenue.unit"]) == ("0.02", "亿")
    assert view["kpi.revenue.target"] == "目标 4.40 亿"


def test_unknown_is_a_dash_and_never_zero(model: Model) -> None:
    view = wall_view(model, board_of(model, {**ATTAINED, "otd": None}), "main", "en")
    assert (view["kpi.otd.value"], view["kpi.otd.score"], view["kpi.otd.status"]) == ("–", "–", "unknown")
    assert view["kpi.otd.bar"] is None


def test_the_notch_shows_what_is_due_and_the_tick_the_target(model: Model, board: Board) -> None:
    view = wall_view(model, board, "main", "en")
    assert view["kpi.revenue.notch"] == round(0.5 / 1.2, 4)
    assert view["kpi.revenue.bar"] == round(0.506 / 1.2, 4)
    assert view["kpi.otd.notch"] == view["kpi.otd.target_tick"] == round(1 / 1.2, 4)


def test_a_stale_source_greys_its_kpis_and_the_score_and_leads_the_exceptions(model: Model) -> None:
    view = wall_view(model, board_of(model, freshness={"qms": Freshness.STALE}), "main", "zh-CN")
    assert (view["kpi.claims.status"], view["kpi.claims.last"]) == ("stale", "末次 未达标")
    assert view["kpi.otd.status"] == "bad"
    assert (view["hero.status"], view["hero.word"]) == ("stale", "截至 11:59")
    assert view["header.live"] == "部分陈旧 · 实时 75%"
    assert (view["exc.0.title"], view["exc.0.status"]) == ("QMS 数据陈旧", "stale")
    assert view["exc.1.title"] == "准时交付率"


def test_a_kpi_is_as_fresh_as_the_worst_of_its_sources(model: Model) -> None:
    kpis = [kpi.model_copy(update={"value": "late / claim_count"}) if kpi.id == "otd" else kpi for kpi in model.kpis]
    model = model.model_copy(update={"kpis": kpis})
    states = {"erp": Freshness.STALE, "qms": Freshness.SILENT}
    assert wall_view(model, board_of(model, freshness=states), "main", "en")["kpi.otd.freshness"] == "silent"


def test_exceptions_come_red_first_then_by_points_lost(model: Model) -> None:
    attained = {"revenue": Fraction("0.95"), "otd": Fraction("0.80"), "claims": Fraction("0.5")}
    view = wall_view(model, board_of(model, attained), "main", "en")
    assert [view[f"exc.{row}.title"] for row in range(4)] == ["Claims", "On time", "Revenue", ""]
    assert [view[f"exc.{row}.impact"] for row in range(3)] == ["−12.5", "−7.0", "−2.0"]


def test_ranks_follow_the_score_shown_and_say_how_they_moved(model: Model, board: Board) -> None:
    before = dict(board.yesterday_units)
    before["d0"], before["d2"] = replace(before["d2"], unit="d0"), replace(before["d0"], unit="d2")
    view = wall_view(model, replace(board, yesterday_units=before), "main", "en")
    assert [view[f"rank.d{n}.place"] for n in range(3)] == ["1", "2", "3"]
    assert [view[f"rank.d{n}.move"] for n in range(3)] == ["↑2", "–", "↓2"]


def test_the_trend_line_has_a_gap_where_nothing_is_known(model: Model, board: Board) -> None:
    view = wall_view(model, board, "main", "zh-CN")
    figure: Any = view["trend.figure"]
    assert figure["data"][0]["y"][3] is None
    assert figure["layout"]["annotations"][1]["text"] == "目标 98%"
    spark: Any = view["kpi.otd.spark"]
    assert spark[3] is None
    assert view["kpi.otd.spark_target"] == 1.0


def test_an_empty_board_still_has_a_view(model: Model) -> None:
    view = wall_view(model, Board(0, "1", 0), "main", "en")
    assert (view["hero.score"], view["hero.status"]) == ("–", "unknown")
    assert phone_view(model, Board(0, "1", 0), "d0", "en")["delta.shown"] is False


def test_an_unknown_scene_or_unit_is_a_key_error(model: Model, board: Board) -> None:
    with pytest.raises(KeyError):
        wall_view(model, board, "nope", "en")
    with pytest.raises(KeyError):
        phone_view(model, board, "nope", "en")
