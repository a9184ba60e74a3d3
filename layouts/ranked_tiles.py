"""Rankings, and bars per unit, in a cell: as many rows, and names as wide, as fit on either wall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from scoring.definitions import Unit
from scoring.scenes import BarsTile, RankingTile

from .formats import text_width
from .kpi_ranking import number_room
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranked_units, ranking_view
from .room import BOLD
from .tile_room import inner_rooms, narrowest
from .tiles.missing import missing_tile
from .tiles.ranking import NAME_ROOM, SCORE_ROOM, SMALL_SIZE, Look, ranking_tile

#: The least height of a row on either wall, and the panel's head with its gap, in u.
ROW, UPRIGHT_ROW, HEAD = 34, 28, 36
#: A gap and the last two: fewer would not tell who is behind.
LEAST_ROWS = 3
#: A bar shorter than this tells nothing; place, glyph, move and the gaps beside it, in u.
LEAST_BAR, BESIDE, BESIDE_PLAIN = 90, 150, 58


def ranked_view(found: Lookup, scene: ShownScene, tile: RankingTile | BarsTile) -> View:
    """The keys of a ranking by score or KPI."""
    if not _units(found, scene, tile):
        return {"ranking.none": found.words("ranking.none")}
    return ranking_view(found, _as_ranking(scene, tile), ranked_rows(tile), tile.kpi)


def ranked_tile(found: Lookup, view: View, scene: ShownScene, tile: RankingTile | BarsTile) -> Any:
    """The panel; bars per unit are a ranking without places and moves."""
    units = _units(found, scene, tile)
    if not units:
        return missing_tile(view, "ranking.none")
    titles = [(unit.id, found.text(unit.title)) for unit in units]
    number = number_room(found, found.kpis[tile.kpi], units) if tile.kpi else SCORE_ROOM
    plain = isinstance(tile, BarsTile)
    room = narrowest(tile) - number - (BESIDE_PLAIN if plain else BESIDE) - LEAST_BAR
    names = max(min(NAME_ROOM, room), _longest_word([title for _, title in titles]))
    css = (" by-kpi" if tile.kpi else "") + (" plain" if plain else "")
    return ranking_tile(view, titles, found.words.language, Look(tile.kpi or "", css, number, names))


def ranked_rows(tile: RankingTile | BarsTile) -> int:
    """Rows that fit below the panel's head on either wall."""
    landscape, portrait = inner_rooms(tile)
    return max(LEAST_ROWS, int(min((landscape.height - HEAD) / ROW, (portrait.height - HEAD) / UPRIGHT_ROW)))


def _longest_word(names: Sequence[str]) -> float:
    words = [word for name in names for word in name.split() if word.isascii()]
    return max((text_width(word, SMALL_SIZE) * BOLD for word in words), default=0.0)


def _as_ranking(scene: ShownScene, tile: RankingTile | BarsTile) -> ShownScene:
    return replace(scene, ranking=tile.of, ranking_title=tile.title)


def _units(found: Lookup, scene: ShownScene, tile: RankingTile | BarsTile) -> Sequence[Unit]:
    return ranked_units(found, _as_ranking(scene, tile), tile.kpi)
