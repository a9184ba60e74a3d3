"""What a screen may show: scenes of its unit and of the units below it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scenes import MapTile, Scene


def may_show(model: Model, screen_unit: str, scene_id: str, unit: str = "") -> bool:
    """Whether a scene, seen at a unit, stays within a screen's unit.

    A scene is seen at its own unit, else at the given one, else at the root. Every unit that its tiles name, and their
    maps, must lie in the subtree too. What does not exist may not be shown.
    """
    scene = next((one for one in model.scenes if one.id == scene_id), None)
    parents = {one.id: one.parent for one in model.units}
    if scene is None or screen_unit not in parents:
        return False
    seen_at = scene.unit or unit or next((name for name, parent in parents.items() if parent is None), "")
    return all(_lies_in(parents, one, screen_unit) for one in (seen_at, *_named(model, scene)))


def _named(model: Model, scene: Scene) -> Iterator[str]:
    """The units that the tiles of a scene name."""
    maps = {one.id: one for one in model.maps}
    for tile in scene.tiles:
        if tile.unit is not None:
            yield tile.unit
        if isinstance(tile, MapTile) and tile.map in maps:
            yield from (shape.unit for shape in maps[tile.map].shapes if shape.unit is not None)
            yield from (spot.unit for spot in maps[tile.map].spots)


def _lies_in(parents: dict[str, str | None], unit: str, above: str) -> bool:
    at: str | None = unit
    while at is not None and at in parents:
        if at == above:
            return True
        at = parents[at]
    return False
