"""What a screen may show: scenes of its unit and of the units below it, and nothing else."""

from __future__ import annotations

from functools import lru_cache

from scoring.definitions import Model
from scoring.same import Same
from wall.sight.look import sight_below
from wall.sight.visible import Visible, visible


def may_show(model: Model, screen_unit: str, scene_id: str, unit: str = "") -> bool:
    """Whether a scene, seen at a unit, stays within a screen's unit: whether all of it is seen from there.

    A scene is seen at its own unit, else at the given one, else at the root. What does not exist may not be shown.
    """
    seen = _seen(Same(model), screen_unit)
    scene = next((one for one in seen.model.scenes if one.id == scene_id), None)
    root = next((one.id for one in model.units if one.parent is None), "")
    return scene is not None and seen.has_unit(scene.unit or unit or root)


def may_see(model: Model, screen_unit: str, unit: str) -> bool:
    """Whether a unit is that of a screen, or below it."""
    return _seen(Same(model), screen_unit).has_unit(unit)


#: Asked at every page of a screen.
@lru_cache(maxsize=256)
def _seen(same: Same[Model], unit: str) -> Visible:
    return visible(same.value, sight_below(unit))
