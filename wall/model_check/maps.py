"""Maps: the units they show, and shapes that can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from scoring.definitions import Model
from scoring.scenes import Map

from .finding import Finding, KeyPath, fault


def check_maps(model: Model) -> Iterator[Finding]:
    units = {unit.id for unit in model.units}
    for number, drawing in enumerate(model.maps):
        path, name = ("maps", number), f"map {drawing.id!r}"
        if not drawing.shapes and not drawing.spots:
            yield fault(path, f"{name} is empty", "give it shapes or spots")
        for key, place, unit in _named(drawing):
            if unit is not None and unit not in units:
                yield fault((*path, key, place, "unit"), f"{name}: unit {unit!r} is unknown", "name a unit")
        yield from _drawn(path, name, drawing)


def _named(drawing: Map) -> Iterator[tuple[str, int, str | None]]:
    """The units of its shapes and spots, each with its place."""
    for place, shape in enumerate(drawing.shapes):
        yield "shapes", place, shape.unit
    for place, spot in enumerate(drawing.spots):
        yield "spots", place, spot.unit


def _drawn(path: KeyPath, name: str, drawing: Map) -> Iterator[Finding]:
    for place, shape in enumerate(drawing.shapes):
        at = (*path, "shapes", place, "rings")
        if any(len(set(ring)) < 3 for ring in shape.rings):
            yield fault(at, f"{name}: a ring of shape {place + 1} is no area", "give it three points or more")
        if not all(isfinite(number) for ring in shape.rings for point in ring for number in point):
            yield fault(at, f"{name}: a point of shape {place + 1} is no place", "use plain numbers")
    for place, spot in enumerate(drawing.spots):
        if not isfinite(spot.x) or not isfinite(spot.y):
            yield fault((*path, "spots", place), f"{name}: spot {place + 1} is no place", "use plain numbers")
