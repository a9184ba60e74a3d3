"""The page of one scene: structure from the model, first values from the view, everything else by push."""

from __future__ import annotations

from math import ceil
from urllib.parse import quote

from dash import dcc, html

from scoring.board import Board
from scoring.definitions import Model

from .arrangement import Arrangement, Group
from .bindings import data, string
from .exceptions_view import ROWS as EXCEPTION_ROWS
from .exceptions_view import ROWS_UNDER_THREE as EXCEPTION_ROWS_UNDER_THREE
from .links import explain_href
from .lookup import Lookup, ShownScene, View, lookup
from .page_data import page_data
from .ranking_view import ranked_units
from .tile_text import tile_text
from .tiles.changes import changes_tile
from .tiles.exceptions import exceptions_tile
from .tiles.header import header
from .tiles.hero import hero_tile
from .tiles.kpi import kpi_tile
from .tiles.objective import long_titles, objective_head
from .tiles.ranking import ranking_tile
from .tiles.trend import trend_tile
from .wall_view import scene_arrangement, wall_view


def wall_page(model: Model, board: Board, scene_id: str, language: str, version: str) -> html.Div:
    """The page; KeyError if the model has no such scene."""
    found = lookup(model, board, language)
    scene, words = found.scene(scene_id), found.words
    view = wall_view(model, board, scene_id, language)
    shape = scene_arrangement(found, scene)
    units = [(unit.id, found.text(unit.title)) for unit in ranked_units(found, scene)]
    crowded = shape.rows > 2
    panels = [
        header(view, words),
        hero_tile(view, explain_href(scene.unit, language), words),
        _tiles(found, view, scene, shape),
        trend_tile(view, words),
        *([ranking_tile(view, units, language)] if units else []),
        exceptions_tile(view, EXCEPTION_ROWS_UNDER_THREE if crowded else EXCEPTION_ROWS, words),
        changes_tile(view, words),
    ]
    look = data(
        rows=str(shape.rows),
        portrait_rows=str(shape.portrait_rows),
        odd=str(len(scene.kpis) % 2),
        portrait="groups" if shape.portrait_grouped else "flat",
        ranking="1" if units else "0",
        red_key="wall.red",
        red=string(view, "wall.red"),
        phone=f"/phone/{quote(scene.unit)}?lang={language}",
    )
    canvas = html.Div(panels, className="wall", **look, **page_data(found, f"/push/wall/{quote(scene_id)}", version))
    return html.Div([canvas, dcc.Store(id="frame", data={"figure": view["trend.figure"]})], className="stage")


def _tiles(found: Lookup, view: View, scene: ShownScene, shape: Arrangement) -> html.Div:
    long = long_titles(string(view, f"objective.{group.objective}.title") for group in shape.groups)
    fit = tile_text(found, scene, shape)
    return html.Div(
        [_group(found, view, scene.unit, group, long) for group in shape.groups],
        className="tiles",
        style={"--columns": shape.columns},
        **data(names=fit.lines, detail="small" if fit.small else "normal"),
    )


def _group(found: Lookup, view: View, unit: str, group: Group, long: bool) -> html.Section:
    tiles = [
        kpi_tile(view, f"kpi.{kpi}", span, explain_href(unit, found.words.language, kpi), found.words)
        for kpi, span in zip(group.kpis, group.spans, strict=True)
    ]
    head = [] if group.objective is None else [objective_head(view, group.objective, long, found.words)]
    place = {"gridColumn": f"span {group.columns}", "--portrait-rows": ceil(len(group.kpis) / 2)}
    return html.Section([*head, html.Div(tiles, className="group-tiles")], className="group", style=place)
