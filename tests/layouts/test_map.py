"""The map: units where they lie, labels that don't lie on one another, and a list where there is room."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from layouts.lookup import lookup
from layouts.map_labels import map_labels
from layouts.map_layout import Box, Form, Label, Placed, canvas, placed, pole
from layouts.map_view import map_rooms
from layouts.words import LANGUAGES
from scoring.board import Board, Freshness
from scoring.definitions import Model
from scoring.scenes import Map, MapTile, Place
from tests.samples.folders import read

from .boards import board_of
from .tile_of import tile_of

SITE = {
    "id": "site",
    "title": "Site",
    "shapes": [
        {"rings": [[[0, 0], [100, 0], [100, 60], [0, 60]]]},
        {"unit": "d0", "rings": [[[5, 5], [45, 5], [45, 55], [5, 55]]]},
        {"title": "Yard", "rings": [[[50, 5], [70, 5], [70, 55], [50, 55]]]},
    ],
    "spots": [{"unit": "d1", "x": 80, "y": 20}, {"unit": "d2", "x": 90, "y": 45}],
}
WIDE = {"column": 1, "row": 1, "columns": 10, "rows": 7}


@pytest.fixture
def mapped(model: Model) -> Model:
    """The small model with a map of its departments."""
    return model.model_copy(update={"maps": [Map.model_validate(SITE)]})


def _overlaps(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) - max(one.top, other.top) > 0


def test_each_unit_has_its_score_and_status(mapped: Model, board: Board) -> None:
    view = tile_of(mapped, board, tile="map", map="site").view
    assert [view[f"unit.d{n}.number"] for n in range(3)] == ["86.6", "85.7", "84.9"]
    assert [view[f"unit.d{n}.status"] for n in range(3)] == ["watch", "watch", "bad"]
    assert (view["map.title"], view["map.note"]) == ("Site", "Score")


def test_by_a_kpi_it_has_the_value_and_the_list_begins_with_the_lowest(mapped: Model, board: Board) -> None:
    view = tile_of(mapped, board, tile="map", map="site", kpi="otd", at=WIDE).view
    assert [view[f"row.{place}.number"] for place in range(3)] == ["71.8%", "72.5%", "73.3%"]
    assert [view[f"row.{place}.name"] for place in range(3)] == ["D2", "D1", "D0"]
    assert (view["map.title"], view["map.note"]) == ("On time", "%")


def test_a_stale_source_greys_its_units_and_says_as_of_when(mapped: Model) -> None:
    view = tile_of(mapped, board_of(mapped, freshness={"qms": Freshness.STALE}), tile="map", map="site").view
    assert (view["unit.d0.status"], view["unit.d0.number"]) == ("stale", "86.6")
    assert (view["map.note"], view["map.event_ms"]) == ("As of 11:59", None)


def test_a_unit_without_the_kpi_or_a_score_is_a_dash(mapped: Model) -> None:
    kpis = [kpi.model_copy(update={"applies_to": ["d1"]}) for kpi in mapped.kpis]
    model = mapped.model_copy(update={"kpis": kpis})
    view = tile_of(model, board_of(model), tile="map", map="site", kpi="otd", at=WIDE).view
    assert (view["unit.d0.status"], view["unit.d0.number"]) == ("none", "–")
    assert "row.1.name" not in view
    before = tile_of(mapped, Board(0, "1", 0), tile="map", map="site").view
    assert before["unit.d0.number"] == "–"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", [None, "claims"])
def test_every_key_it_binds_is_in_its_view(mapped: Model, board: Board, language: str, kpi: str | None) -> None:
    shown = tile_of(mapped, board, language, tile="map", map="site", kpi=kpi, at=WIDE)
    assert {"unit.d0.status", "unit.d2.number", "row.2.name"} <= shown.bound
    assert shown.bound <= set(shown.view)


def test_labels_that_would_meet_are_pushed_apart_or_left_out() -> None:
    room = canvas(Map.model_validate(SITE), 400, 240)
    form = (Form("normal", 90, 50),)
    close = [Label(f"{n}", (200 + 3 * n, 120), form) for n in range(9)]
    kept = placed(close, room)
    assert 2 <= len(kept) < 9
    assert any(one.led for one in kept)
    assert not any(_overlaps(one.box, other.box) for one, other in combinations(kept, 2))


def test_a_label_takes_the_largest_form_that_lies_in_its_shape() -> None:
    room = canvas(Map.model_validate(SITE), 400, 240)
    forms = (Form("normal", 120, 50), Form("number", 60, 24), Form("glyph", 24, 24))

    def form_in(width: float) -> str:
        box = Box(100, 60, 100 + width, 120)
        found: list[Placed] = placed([Label("d0", (100 + width / 2, 90), forms, box)], room)
        return found[0].form.name if found else "none"

    assert [form_in(width) for width in (130, 70, 30, 6)] == ["normal", "number", "glyph", "none"]


def test_the_middle_of_a_shape_lies_inside_it() -> None:
    bent = [[(0, 0), (100, 0), (100, 10), (10, 10), (10, 100), (0, 100)]]
    x, y = pole(bent)
    assert 0 < x < 100
    assert 0 < y < 100
    assert x <= 10 or y <= 10


@pytest.mark.parametrize(("name", "kpi"), [("factory", None), ("factory", "oee"), ("airline", "on_time_departure")])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(4, 5), (6, 6), (10, 8), (16, 12)])
def test_no_labels_of_the_samples_meet(name: str, kpi: str | None, language: str, size: tuple[int, int]) -> None:
    model = read(name)
    found, drawn = lookup(model, Board(0, "1", 0), language), model.maps[0]
    at = Place(column=1, row=1, columns=size[0], rows=size[1])
    tile = MapTile(
        tile="map", map=drawn.id, kpi=kpi, at=at, portrait=at.model_copy(update={"columns": min(8, size[0])})
    )
    for room in map_rooms(found, tile, drawn):
        labels = map_labels(found, tile, drawn, room.canvas)
        assert len(labels.units) >= 3
        boxes = [one.box for one in (*labels.units.values(), *labels.plain.values())]
        assert not any(_overlaps(one, other) for one, other in combinations(boxes, 2))
        for box in boxes:
            assert box.left >= 0
            assert box.right <= room.canvas.width
            assert box.bottom <= room.canvas.height


@pytest.mark.parametrize("name", ["factory", "airline"])
def test_the_samples_maps_are_closed_outlines_of_known_units(name: str) -> None:
    model = read(name)
    units = {unit.id for unit in model.units}
    for drawn in model.maps:
        assert drawn.source
        named = [shape.unit for shape in drawn.shapes if shape.unit] + [spot.unit for spot in drawn.spots]
        assert set(named) <= units
        for shape in drawn.shapes:
            assert all(len(ring) >= 3 for ring in shape.rings)
            assert all(one != other for ring in shape.rings for one, other in pairwise(ring))
