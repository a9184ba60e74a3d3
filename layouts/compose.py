"""A scene of tiles: each tile in its cells of the grid, its keys under a prefix of its own (`t3:hero.score`)."""

from __future__ import annotations

from typing import Any

from dash import html

from scoring.scenes import Tile

from .bindings import data
from .lookup import Lookup, ShownScene, View
from .tile_kinds import KINDS


def composed_view(found: Lookup, scene: ShownScene) -> View:
    """The keys of all tiles."""
    return {
        f"t{number}:{key}": value
        for number, tile in enumerate(scene.tiles)
        for key, value in tile_view(found, scene, tile).items()
    }


def tile_view(found: Lookup, scene: ShownScene, tile: Tile) -> View:
    """The keys of one tile, without the prefix."""
    return KINDS[tile.tile].view(found, scene.at(tile.unit), tile)


def composed_tiles(found: Lookup, view: View, scene: ShownScene) -> list[html.Div]:
    """The cells with their tiles."""
    return [_cell(found, view, scene, number, tile) for number, tile in enumerate(scene.tiles)]


def _cell(found: Lookup, view: View, scene: ShownScene, number: int, tile: Tile) -> html.Div:
    upright = tile.portrait or tile.at
    prefix = f"t{number}:"
    own = {key.removeprefix(prefix): value for key, value in view.items() if key.startswith(prefix)}
    built: Any = KINDS[tile.tile].build(found, own, scene.at(tile.unit), tile)
    place = {
        "--place": f"{tile.at.row + 1}/{tile.at.column}/span {tile.at.rows}/span {tile.at.columns}",
        "--upright": f"{upright.row + 1}/{upright.column}/span {upright.rows}/span {upright.columns}",
    }
    return html.Div(built, className=f"cell cell-{tile.tile}", style=place, **data(scope=f"t{number}"))
