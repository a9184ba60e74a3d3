"""Pictures of scenes under work: what of a draft can be drawn, drawn by the functions that draw walls."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from layouts.desk.scene_picture import Picture, scene_picture
from layouts.lookup import Lookup
from layouts.portrait import portrait_places
from scoring.definitions import Model
from scoring.scenes import Scene
from wall.model_check import Finding
from wall.model_check.scenes import check_scenes
from wall.results.frozen import digest

from .desk import Desk
from .scene_draft import DraftScene

log = logging.getLogger(__name__)

_PLACES = ("at", "portrait")


def picture_of(desk: Desk, found: Lookup, read: DraftScene, unit: str, known: str) -> dict[str, Any]:
    """The picture of a scene that could be read, at its unit or the given one.

    `mark` names its structure: without the HTML where that is `known`, as its values alone bring it up to date.
    """
    scene, left_out = _drawn(read, found.model)
    unit = unit if unit in found.units else found.root
    picture = _drawn_safely(found, scene, unit, left_out)
    about = {"scene": scene.model_dump(mode="json"), "unit": unit, "language": found.words.language}
    number = desk.applied.number
    mark = digest({**about, "model": number, "keys": sorted(picture.view)})
    clock = desk.site.store.clock()
    return {
        "number": number,
        "mark": mark,
        "html": "" if mark == known else picture.html,
        "view": picture.view,
        "now": clock.now_ms(),
        "speed": clock.speed,
        "portrait": [one.model_dump() for one in portrait_places(scene.tiles)] if scene.tiles else [],
    }


def _drawn(read: DraftScene, model: Model) -> tuple[Scene, set[int]]:
    """A scene that names nothing unknown, and which of its tiles can't be drawn."""
    assert read.scene is not None
    alone = model.model_copy(update={"scenes": [read.scene]})
    wrong = [one for one in check_scenes(alone) if one.level == "error" and one.path[-1] not in _PLACES]
    other: dict[str, Any] = {} if _known_unit(read.scene, model) else {"unit": None}
    if not read.scene.tiles and any(_names_something(one) for one in wrong):
        other["kpis"] = []
    return read.scene.model_copy(update=other), {int(one.path[3]) for one in wrong if len(one.path) > 3}


def _known_unit(scene: Scene, model: Model) -> bool:
    return scene.unit is None or any(one.id == scene.unit for one in model.units)


def _names_something(finding: Finding) -> bool:
    """Whether a finding of an arranged scene is about what it names, not about what it lacks."""
    return "unit" not in finding.path and "kpis and no trend" not in finding.message


def _drawn_safely(found: Lookup, scene: Scene, unit: str, left_out: Collection[int]) -> Picture:
    """The picture, without tiles that fail: who meets a defect of a kind of tile must be able to take it out."""
    try:
        return scene_picture(found, scene, unit, left_out)
    except Exception:
        log.exception("scene %s can't be drawn whole", scene.id)
    failing = {one for one in range(len(scene.tiles)) if not _draws(found, scene, unit, one)}
    return scene_picture(found, scene, unit, {*left_out, *failing})


def _draws(found: Lookup, scene: Scene, unit: str, tile: int) -> bool:
    try:
        scene_picture(found, scene, unit, set(range(len(scene.tiles))) - {tile})
    except Exception:
        return False
    return True
