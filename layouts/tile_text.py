"""What fits in a KPI tile: decided by the model and the words alone, so that nothing moves when a status changes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.scenes import KpiTile

from .arrangement import Arrangement
from .formats import text_width
from .kpi_view import form_for
from .lookup import Lookup, ShownScene
from .tile_room import GLYPH, NAME_SIZE, longest_word, tile_names

#: The room of all tiles of a landscape wall, a gutter and a tile's padding, in u.
TILES_WIDTH, GUTTER, PADDING = 1368, 16, 40
DETAIL_SIZE = 20
#: A column of the grid with its gutter, in u; a portrait wall's is wider.
CELL = 116.5


@dataclass(frozen=True, slots=True)
class TileText:
    """Names by KPI, how names stand in all tiles of the scene, and whether detail lines take the smaller size.

    `lines`: one (beside the status), two (the same, in smaller type) or own (above the status, in tall tiles).
    """

    names: dict[str, str]
    lines: str
    small: bool


def tile_text(found: Lookup, scene: ShownScene, shape: Arrangement) -> TileText:
    """Full names where they fit beside the longest status word, else short ones, else names on two lines."""
    rooms = _rooms(shape)
    word = longest_word(found)
    titles = {kpi: found.text(found.kpis[kpi].title) for kpi in rooms}
    shorts = {kpi: found.short(found.kpis[kpi]) for kpi in rooms}
    small = any(_detail_width(found, scene.unit, kpi) > room for kpi, room in rooms.items())

    def fits(kpi: str, name: str) -> bool:
        return text_width(name, NAME_SIZE) <= rooms[kpi] - GLYPH - word

    if all(fits(kpi, title) for kpi, title in titles.items()):
        return TileText(titles, "one", small)
    if shape.rows == 1:
        return TileText(titles, "own", small)
    one_line = {kpi: title if fits(kpi, title) else shorts[kpi] for kpi, title in titles.items()}
    if all(fits(kpi, name) for kpi, name in one_line.items()):
        return TileText(one_line, "one", small)
    return TileText(titles, "two", small)


@dataclass(frozen=True, slots=True)
class CellText:
    """A name and how it stands in a tile of a grid's cells; `lines` and `small` as in `TileText`."""

    name: str
    lines: str
    small: bool


def cell_text(found: Lookup, unit: str, tile: KpiTile) -> CellText:
    """The full name where it fits beside the longest status word, else the short one, else two lines."""
    room = tile.at.columns * CELL - GUTTER - PADDING
    beside = room - GLYPH - longest_word(found)
    title, short = tile_names(found, tile.kpi, tile)
    small = _detail_width(found, unit, tile.kpi) > room
    fitting = next((name for name in (title, short) if text_width(name, NAME_SIZE) <= beside), None)
    return CellText(short, "two", small) if fitting is None else CellText(fitting, "one", small)


def _rooms(shape: Arrangement) -> dict[str, float]:
    """The width inside each tile's padding, in u."""
    column = (TILES_WIDTH - (shape.columns - 1) * GUTTER) / shape.columns
    return {
        kpi: (column * group.columns + GUTTER * (group.columns - 1) + GUTTER) * span / 12 - GUTTER - PADDING
        for group in shape.groups
        for kpi, span in zip(group.kpis, group.spans, strict=True)
    }


def _detail_width(found: Lookup, unit: str, kpi_id: str) -> float:
    kpi = found.kpis[kpi_id]
    result = found.board.kpis.get((unit, kpi_id))
    target = Fraction(1) if result is None else result.target
    reached = found.words("kpi.pace" if kpi.accrues else "kpi.attained", share="100.0%")
    text = found.words("kpi.target", target=form_for(found, kpi, target).target(target, "≤", brief=True))
    return text_width(text + reached, DETAIL_SIZE) + 4
