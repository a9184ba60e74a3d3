"""The heat map: units by KPIs, what each attains as a coloured cell with its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.board import Freshness, KpiResult
from scoring.definitions import Unit
from scoring.scenes import HeatTile
from scoring.scorecard import stands_at

from . import formats
from .formats import UNKNOWN, text_width
from .hero_view import scorecard_freshness
from .kpi_head import shown_status
from .links import explain_href
from .lookup import Lookup, ShownScene, View
from .room import Room
from .tile_room import inner_rooms, plain_lines

#: The least height of a row with its gap, of one whose name takes two lines, and of the panel's head, in u.
ROW, TALL_ROW, HEAD = 36, 44, 40
#: Sizes of the heads of columns and of rows, and a line's height; upright heads are as high as they need, to these.
HEAD_SIZE, ROW_SIZE, SMALL_SIZE, LINE = 20, 22, 18, 1.2
UPRIGHTS = (64, 84, 104, 124, 144, 164, 184, 204)
#: Names of units take at most this share of the width, and at least this room; their gap to the cells.
NAME_SHARE, NAME_LEAST, NAME_GAP = 0.3, 90, 14
GAP = 4


@dataclass(frozen=True, slots=True)
class HeatLook:
    """How a heat map stands on one wall: rows, room of names and of the heads of columns in u, and their forms.

    `heads`: one or two lines, `small` for two of smaller type, or `upright`.
    """

    rows: int
    names: float
    small: bool
    heads: str
    head: float


def heat_view(found: Lookup, scene: ShownScene, tile: HeatTile) -> View:
    """The keys under `heat.*`, of each row `row.N.*` and of each cell `cell.N.M.*`."""
    units = heat_units(found, scene, tile)
    if not units:
        return {"heat.none": found.words("ranking.none")}
    rows = [look.rows for look in heat_looks(found, scene, tile)]
    shown = list(units) if len(units) <= min(rows) else _worst(found, units)
    view = _head(found, tile, shown, len(units) > min(rows))
    for place in range(max(rows)):
        unit = shown[place] if place < len(shown) else None
        view[f"row.{place}.name"] = "" if unit is None else found.short(unit)
        view[f"row.{place}.link"] = "" if unit is None else explain_href(unit.id, found.words.language)
        view[f"row.{place}.shown"] = unit is not None
        for column, kpi in enumerate(tile.kpis):
            view |= _cell(found, unit, kpi, f"cell.{place}.{column}")
    return view


def heat_units(found: Lookup, scene: ShownScene, tile: HeatTile) -> list[Unit]:
    """The units of the tile at which at least one of its KPIs stands."""
    units = found.below(scene.unit, tile.of) if tile.of else found.children(scene.unit)
    return [unit for unit in units if any(stands_at(found.kpis[kpi], unit) for kpi in tile.kpis)]


def _worst(found: Lookup, units: Sequence[Unit]) -> list[Unit]:
    """By score, the lowest first; unknown ones last."""
    scores = {unit.id: scored.score for unit in units if (scored := found.unit_score(unit.id)) is not None}
    return sorted(units, key=lambda unit: (scores.get(unit.id) is None, scores.get(unit.id) or 0))


def _head(found: Lookup, tile: HeatTile, shown: Sequence[Unit], worst: bool) -> View:
    words = found.words
    results = [one for unit in shown for kpi in tile.kpis if (one := found.board.kpis.get((unit.id, kpi))) is not None]
    fresh, as_of = scorecard_freshness(found, results)
    note = words("heat.note.worst", n=len(shown)) if worst else words("heat.note")
    return {
        "heat.title": found.text(tile.title) or words("heat.title"),
        "heat.note": note if as_of is None else words("hero.as_of", time=as_of),
        "heat.freshness": fresh.value,
        "heat.event_ms": _newest(results) if fresh is Freshness.LIVE else None,
    }


def _newest(results: Sequence[KpiResult]) -> int | None:
    return max((result.event_ms for result in results if result.event_ms is not None), default=None)


def _cell(found: Lookup, unit: Unit | None, kpi: str, prefix: str) -> View:
    """A KPI that does not stand at the unit is a dash without a shape."""
    if unit is None or not stands_at(found.kpis[kpi], unit):
        return {f"{prefix}.status": "none", f"{prefix}.share": UNKNOWN, f"{prefix}.brief": UNKNOWN}
    result = found.board.kpis.get((unit.id, kpi))
    share = None if result is None or result.attainment is None else result.attainment * 100
    return {
        f"{prefix}.status": shown_status(found, result, kpi),
        f"{prefix}.share": formats.fixed(share, 1),
        f"{prefix}.brief": formats.fixed(share, 0),
    }


def heat_looks(found: Lookup, scene: ShownScene, tile: HeatTile) -> tuple[HeatLook, HeatLook]:
    """What fits on a landscape wall and on a portrait one, by the model and the tile's places alone."""
    units = heat_units(found, scene, tile)
    heads = [found.short(found.kpis[kpi]) for kpi in tile.kpis]
    landscape, portrait = (_look([found.short(unit) for unit in units], heads, room) for room in inner_rooms(tile))
    return landscape, portrait


def _look(units: Sequence[str], titles: Sequence[str], room: Room) -> HeatLook:
    longest = max((text_width(unit, ROW_SIZE) for unit in units), default=0) + NAME_GAP
    names = max(NAME_LEAST, min(longest, room.width * NAME_SHARE))
    lines = max((plain_lines(unit, SMALL_SIZE, names - NAME_GAP) for unit in units), default=1)
    heads, head = _heads(titles, (room.width - names) / len(titles) - GAP)
    rows = int((room.height - HEAD - head) / (ROW if lines == 1 else TALL_ROW))
    return HeatLook(max(1, min(len(units), rows)), names, longest > names, heads, head)


def _heads(titles: Sequence[str], column: float) -> tuple[str, float]:
    """How the heads stand in columns of this width, and how high they are."""
    for name, size, lines in (("one", HEAD_SIZE, 1), ("two", HEAD_SIZE, 2), ("small", SMALL_SIZE, 2)):
        if all(plain_lines(title, size, column) <= lines for title in titles):
            return name, lines * size * LINE + 6
    lines = max(1, int(column / (SMALL_SIZE * LINE)))
    fitting = (high for high in UPRIGHTS if all(plain_lines(one, SMALL_SIZE, high) <= lines for one in titles))
    return "upright", next(fitting, UPRIGHTS[-1]) + 6
