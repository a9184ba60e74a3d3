"""What fits in a KPI tile: decided by the model and the words alone, so that nothing moves when a status changes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.definitions import Scene

from .arrangement import Arrangement
from .formats import text_width
from .kpi_view import form_for
from .lookup import Lookup

#: The room of all tiles of a landscape wall, a gutter, a tile's padding and the glyph with its gaps, in u.
TILES_WIDTH, GUTTER, PADDING, GLYPH = 1368, 16, 40, 44
NAME_SIZE, WORD_SIZE, DETAIL_SIZE = 24, 22, 20
STATUSES = ("good", "watch", "bad", "unknown", "stale", "silent")


@dataclass(frozen=True, slots=True)
class TileText:
    """Names by KPI; whether the status stands below the name; whether the detail lines take the smaller size."""

    names: dict[str, str]
    stacked: bool
    small: bool


def tile_text(found: Lookup, scene: Scene, shape: Arrangement) -> TileText:
    """The full name where it fits beside the longest status word, else the short one; if that is too long, stacked."""
    rooms = _rooms(shape)
    word = max(text_width(found.words(f"status.{status}"), WORD_SIZE) for status in STATUSES)
    names, stacked, small = {}, False, False
    for kpi_id, room in rooms.items():
        kpi = found.kpis[kpi_id]
        title, short = found.text(kpi.title), found.short(kpi)
        beside = room - GLYPH - word
        # A tall tile has a line to spare for the status; a low one rather takes the short name.
        choices = (title,) if shape.rows == 1 else (title, short)
        fitting = next((name for name in choices if text_width(name, NAME_SIZE) <= beside), None)
        stacked = stacked or fitting is None
        names[kpi_id] = fitting or (title if text_width(title, NAME_SIZE) <= room else short)
        small = small or _detail_width(found, scene, kpi_id) > room
    return TileText(names, stacked, small)


def _rooms(shape: Arrangement) -> dict[str, float]:
    """The width inside each tile's padding, in u."""
    column = (TILES_WIDTH - (shape.columns - 1) * GUTTER) / shape.columns
    return {
        kpi: (column * group.columns + GUTTER * (group.columns - 1) + GUTTER) * span / 12 - GUTTER - PADDING
        for group in shape.groups
        for kpi, span in zip(group.kpis, group.spans, strict=True)
    }


def _detail_width(found: Lookup, scene: Scene, kpi_id: str) -> float:
    kpi = found.kpis[kpi_id]
    result = found.board.kpis.get((scene.unit, kpi_id))
    target = Fraction(1) if result is None else result.target
    reached = found.words("kpi.pace" if kpi.accrues else "kpi.attained", share="100.0%")
    text = found.words("kpi.target", target=form_for(found, kpi, target).target(target, "≤"))
    return text_width(text + reached, DETAIL_SIZE) + 4
