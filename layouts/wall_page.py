"""The page of one scene: structure from the model, first values from the view, everything else by push."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from dash import dcc, html

from scoring.board import Board
from scoring.definitions import Model

from .arrangement import Arrangement, Group
from .exceptions_view import ROWS as EXCEPTION_ROWS
from .exceptions_view import ROWS_UNDER_THREE as EXCEPTION_ROWS_UNDER_THREE
from .formats import text_width
from .lookup import Lookup, View, lookup
from .moments import AGE_KEYS
from .ranking_view import ranked_units
from .tiles.changes import changes_tile
from .tiles.exceptions import exceptions_tile
from .tiles.header import header
from .tiles.hero import hero_tile
from .tiles.kpi import kpi_tile
from .tiles.objective import objective_head
from .tiles.ranking import ranking_tile
from .tiles.trend import trend_tile
from .wall_view import scene_arrangement, wall_view
from .words import Words

#: The room of all tiles of a landscape wall, a gutter, a tile's padding and the glyph with its gaps, in u.
TILES_WIDTH, GUTTER, PADDING, GLYPH = 1368, 16, 40, 46
NAME_SIZE, WORD_SIZE = 24, 22


def page_data(found: Lookup, push: str, version: str) -> Mapping[str, str]:
    """What the browser needs to know of a page: its stream, version, zone and the texts of ages."""
    words = found.words
    texts = {f"data-text-{key.replace('.', '-')}": words.table[key] for key in AGE_KEYS}
    return {
        "data-push": f"{push}?lang={words.language}",
        "data-version": version,
        "data-zone": found.zone,
        "data-now": str(found.board.as_of_ms),
        **texts,
    }


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
        hero_tile(view, words),
        _tiles(found, view, shape),
        trend_tile(view, words),
        *([ranking_tile(view, units)] if units else []),
        exceptions_tile(view, EXCEPTION_ROWS_UNDER_THREE if crowded else EXCEPTION_ROWS, words),
        changes_tile(view, words),
    ]
    look = {
        "data-rows": str(shape.rows),
        "data-portrait-rows": str(shape.portrait_rows),
        "data-portrait": "groups" if shape.portrait_grouped else "flat",
        "data-ranking": "1" if units else "0",
        "data-red-key": "wall.red",
        "data-red": str(view["wall.red"]),
        "data-phone": f"/phone/{quote(scene.unit)}?lang={language}",
    }
    canvas = html.Div(panels, className="wall", **look, **page_data(found, f"/push/wall/{quote(scene_id)}", version))
    return html.Div([canvas, dcc.Store(id="frame", data={"figure": view["trend.figure"]})], className="stage")


def _tiles(found: Lookup, view: View, shape: Arrangement) -> html.Div:
    stacked = any(_too_long(found, shape, group) for group in shape.groups)
    return html.Div(
        [_group(found, view, group) for group in shape.groups],
        className="tiles",
        style={"--columns": shape.columns},
        **{"data-head": "stacked" if stacked else "inline"},
    )


def _group(found: Lookup, view: View, group: Group) -> html.Section:
    tiles = [
        kpi_tile(view, f"kpi.{kpi}", span, found.words) for kpi, span in zip(group.kpis, group.spans, strict=True)
    ]
    head = [] if group.objective is None else [objective_head(view, group.objective, found.words)]
    return html.Section([*head, html.Div(tiles, className="group-tiles")], className="group",
                        style={"gridColumn": f"span {group.columns}"})  # fmt: skip


def _too_long(found: Lookup, shape: Arrangement, group: Group) -> bool:
    """Whether a name leaves no room for the longest status word beside it; then the status stands below the name."""
    width = (TILES_WIDTH - (shape.columns - 1) * GUTTER) / shape.columns * group.columns
    word = max(text_width(word, WORD_SIZE) for word in status_words(found.words))
    for kpi, span in zip(group.kpis, group.spans, strict=True):
        room = width * span / 12 - PADDING - GLYPH - word
        if text_width(found.text(found.kpis[kpi].title), NAME_SIZE) > room:
            return True
    return False


def status_words(words: Words) -> list[str]:
    """Every word that may stand beside a status glyph of a tile."""
    return [words(f"status.{status}") for status in ("good", "watch", "bad", "unknown", "stale", "silent")]
