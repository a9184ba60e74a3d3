"""The picture of a scene under work: what a wall would show of it now, also while parts of it are not right yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dash import html

from scoring.scenes import Scene, Tile

from ..header_view import header_view
from ..lookup import Lookup, ShownScene, View, shown
from ..markup import markup
from ..page_data import page_data
from ..portrait import portrait_places
from ..tile_kinds import KINDS
from ..tiles.header import header
from ..wall_page import scene_stage
from ..wall_view import scene_title, scene_view


@dataclass(frozen=True, slots=True)
class Picture:
    """A stage and the values in it."""

    html: str
    view: View


def scene_picture(found: Lookup, scene: Scene, unit: str, left_out: Collection[int] = ()) -> Picture:
    """The stage of a scene at its unit, else at the given one, without the tiles at these positions."""
    drawn = replace(shown(scene, unit), tiles=drawable(scene.tiles, left_out))
    if drawn.tiles or (drawn.kpis and not scene.tiles):
        return Picture(markup(scene_stage(found, drawn, "")), scene_view(found, drawn))
    return _bare(found, drawn)


def drawable(tiles: Sequence[Tile], left_out: Collection[int] = ()) -> list[Tile]:
    """The tiles that can be drawn, each in the place it has among all of them."""
    places = portrait_places(tiles) if tiles else []
    return [
        tile.model_copy(update={"portrait": place})
        for number, (tile, place) in enumerate(zip(tiles, places, strict=True))
        if tile.tile in KINDS and number not in left_out
    ]


def _bare(found: Lookup, scene: ShownScene) -> Picture:
    """A wall with nothing but its header."""
    view = header_view(found, scene_title(found, scene), found.results(scene.unit))
    canvas = html.Div(header(view, found.words), className="wall composed", **page_data(found, "", ""))
    return Picture(markup(html.Div(canvas, className="stage")), view)
