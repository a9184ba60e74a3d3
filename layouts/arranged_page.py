"""The panels of a scene that arranges its KPIs itself."""

from __future__ import annotations

from math import ceil
from typing import Any

from dash import html

from .arranged_view import exception_rows, scene_arrangement
from .arrangement import Arrangement, Group
from .bindings import Attributes, data, string
from .links import explain_href
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranked_units
from .tile_text import tile_text
from .tiles.changes import changes_tile
from .tiles.exceptions import exceptions_tile
from .tiles.hero import hero_tile
from .tiles.kpi import kpi_tile
from .tiles.objective import long_titles, objective_head
from .tiles.ranking import ranking_tile
from .tiles.trend import trend_tile


def arranged_look(found: Lookup, scene: ShownScene) -> Attributes:
    """What the style sheet needs to know of the arrangement."""
    shape = scene_arrangement(found, scene)
    return data(
        rows=str(shape.rows),
        portrait_rows=str(shape.portrait_rows),
        odd=str(len(scene.kpis) % 2),
        portrait="groups" if shape.portrait_grouped else "flat",
        ranking="1" if ranked_units(found, scene) else "0",
    )


def arranged_panels(found: Lookup, view: View, scene: ShownScene) -> list[Any]:
    """The panels below the header."""
    shape, words = scene_arrangement(found, scene), found.words
    units = [(unit.id, found.text(unit.title)) for unit in ranked_units(found, scene)]
    return [
        hero_tile(view, explain_href(scene.unit, words.language), words),
        _tiles(found, view, scene, shape),
        trend_tile(view, words),
        *([ranking_tile(view, units, words.language)] if units else []),
        exceptions_tile(view, exception_rows(shape), words),
        changes_tile(view, words),
    ]


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
        kpi_tile(
            view,
            f"kpi.{kpi}",
            explain_href(unit, found.words.language, kpi),
            found.words,
            style={"gridColumn": f"span {span}"},
        )
        for kpi, span in zip(group.kpis, group.spans, strict=True)
    ]
    head = [] if group.objective is None else [objective_head(view, group.objective, long, found.words)]
    place = {"gridColumn": f"span {group.columns}", "--portrait-rows": ceil(len(group.kpis) / 2)}
    return html.Section([*head, html.Div(tiles, className="group-tiles")], className="group", style=place)
