"""The labels of a map on one wall: names with numbers of units, and names of other areas, as far as they fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.definitions import Unit
from scoring.scenes import Map, MapTile, Shape

from .formats import text_width
from .lookup import Lookup
from .map_layout import Box, Canvas, Form, Label, Placed, placed, pole
from .map_view import map_units, number_width
from .room import BOLD

#: Sizes of names and numbers in the forms of a label, in u; the first only on a map of this width or more.
SIZES = {"large": (24, 30), "normal": (20, 24), "small": (18, 20)}
WIDE = 760
#: Where not even the small form fits: the number with its glyph, the glyph; and the names of other areas.
NUMBER_SIZE, GLYPH_SIZE, PLAIN_SIZE = 20, 24, 18
#: A glyph with its gap, as a share of the number's size; a line's height; room at both sides.
GLYPH, LINE, SIDES = 1.4, 1.2, 6


@dataclass(frozen=True, slots=True)
class MapLabels:
    """Where labels stand: by unit, and plain ones by the number of their shape."""

    units: dict[str, Placed]
    plain: dict[int, Placed]


def map_labels(found: Lookup, tile: MapTile, drawn: Map, room: Canvas) -> MapLabels:
    """The labels that find a place; spots first, then areas, then what is no unit."""
    units = {unit.id: unit for unit in map_units(found, drawn)}
    number = number_width(found, tile, list(units.values()))
    spots = [Label(one.unit, room.at((one.x, one.y)), tuple(_forms(found, units[one.unit], number, room, spot=True)))
             for one in drawn.spots]  # fmt: skip
    areas = [_area(found, units[shape.unit], shape, number, room) for shape in drawn.shapes if shape.unit is not None]
    plain = [_plain(found, shape, at, room) for at, shape in enumerate(drawn.shapes) if shape.unit is None]
    known = {one.label.key: one for one in placed([*spots, *areas, *filter(None, plain)], room)}
    return MapLabels(
        {unit: known[unit] for unit in units if unit in known},
        {at: known[f"#{at}"] for at in range(len(drawn.shapes)) if f"#{at}" in known},
    )


def _forms(found: Lookup, unit: Unit, number: float, room: Canvas, *, spot: bool) -> Iterator[Form]:
    """From the largest to the glyph alone; beside a spot, which has the glyph, the name never goes."""
    marked = 0.0 if spot else GLYPH
    for name, (title, size) in SIZES.items():
        if name == "large" and room.width < WIDE:
            continue
        wide = max(text_width(found.short(unit), title) * BOLD, (number + marked) * size)
        yield Form(name, wide + SIDES, (title + size) * LINE)
    if not spot:
        yield Form("number", (number + GLYPH) * NUMBER_SIZE + SIDES, NUMBER_SIZE * LINE)
        yield Form("glyph", GLYPH_SIZE, GLYPH_SIZE)


def _area(found: Lookup, unit: Unit, shape: Shape, number: float, room: Canvas) -> Label:
    forms = tuple(_forms(found, unit, number, room, spot=False))
    at = room.at(pole(shape.rings, forms[0].width / forms[0].height))
    return Label(unit.id, at, forms, _box(shape, room))


def _plain(found: Lookup, shape: Shape, at: int, room: Canvas) -> Label | None:
    """A name of what is no unit."""
    title = found.text(shape.title)
    form = Form("plain", text_width(title, PLAIN_SIZE) + SIDES, PLAIN_SIZE * LINE)
    if not title:
        return None
    return Label(f"#{at}", room.at(pole(shape.rings, form.width / form.height)), (form,), _box(shape, room))


def _box(shape: Shape, room: Canvas) -> Box:
    points = [room.at(point) for ring in shape.rings for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))
