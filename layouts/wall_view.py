"""Everything one wall shows, as flat keys; a later frame carries only the keys whose value differs."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.board import Board
from scoring.definitions import Model

from .alerts.facts import AlertFact
from .arranged_view import arranged_view
from .compose import composed_view
from .header_view import firing_view, header_view
from .lookup import Announcement, Lookup, ShownScene, View, lookup

#: A red ground on more tiles than this share says nothing any more; glyph and word stay.
MOST_RED = 1 / 3


def wall_view(
    model: Model,
    board: Board,
    scene_id: str,
    language: str,
    unit: str = "",
    announcements: Sequence[Announcement] = (),
    alerts: Sequence[AlertFact] = (),
) -> View:
    """The view of a scene, at the unit if it has none of its own; KeyError if the model has no such scene."""
    found = lookup(model, board, language, announcements, alerts=alerts)
    scene = found.scene(scene_id, unit)
    return scene_view(found, scene)


def scene_view(found: Lookup, scene: ShownScene) -> View:
    """The view of a scene at its unit."""
    view = header_view(found, scene_title(found, scene), found.results(scene.unit))
    view |= firing_view(found, scene.unit)
    view |= composed_view(found, scene) if scene.tiles else arranged_view(found, scene)
    return view | {"wall.red": _red(scene, view)}


def scene_title(found: Lookup, scene: ShownScene) -> str:
    """The scene's title; one that shows the unit of its screen is named by the unit, too."""
    title = found.text(scene.title)
    if scene.fixed:
        return title
    return found.words("wall.title", unit=found.text(found.units[scene.unit].title), scene=title)


def _red(scene: ShownScene, view: View) -> str:
    """Whether red KPI tiles have a red ground: only while few are red."""
    keys = [f"t{number}:kpi.status" for number, tile in enumerate(scene.tiles) if tile.tile == "kpi"]
    keys += [f"kpi.{kpi}.status" for kpi in scene.kpis]
    shown = [view[key] for key in keys if key in view]
    return "calm" if shown.count("bad") > len(shown) * MOST_RED else "ground"
