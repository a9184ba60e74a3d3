"""A wall's stage: structure from the model, first values from the view, everything else by push."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from dash import html

from scoring.board import Board
from scoring.definitions import Model

from .alerts.facts import AlertFact
from .arranged_page import arranged_look, arranged_panels
from .bindings import data, string
from .compose import composed_tiles
from .lookup import Announcement, Lookup, ShownScene, lookup
from .page_data import page_data
from .tiles.header import header
from .wall_view import scene_view


def wall_stage(
    model: Model,
    board: Board,
    scene_id: str,
    language: str,
    version: str,
    unit: str = "",
    announcements: Sequence[Announcement] = (),
    alerts: Sequence[AlertFact] = (),
) -> html.Div:
    """The stage of a scene, at the unit if it has none of its own; KeyError if the model has no such scene."""
    found = lookup(model, board, language, announcements, alerts=alerts)
    return scene_stage(found, found.scene(scene_id, unit), version)


def scene_stage(found: Lookup, scene: ShownScene, version: str) -> html.Div:
    """The stage of a scene at its unit."""
    view, language = scene_view(found, scene), found.words.language
    look = data(
        red_key="wall.red",
        red=string(view, "wall.red"),
        phone=f"/phone/{quote(scene.unit)}?lang={language}",
        scene=scene.id,
    ) | page_data(found, _push(scene, language), version)
    if scene.tiles:
        panels, kind = [*composed_tiles(found, view, scene)], "wall composed"
    else:
        panels, kind = arranged_panels(found, view, scene), "wall arranged"
        look |= arranged_look(found, scene)
    canvas = html.Div([header(view, found.words), *panels], className=kind, **look)
    return html.Div(canvas, className="stage")


def _push(scene: ShownScene, language: str) -> str:
    """The address of the scene's stream."""
    asked = {"lang": language} if scene.fixed else {"lang": language, "unit": scene.unit}
    return f"/push/wall/{quote(scene.id)}?{urlencode(asked)}"
