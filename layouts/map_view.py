"""The map: units as shapes and spots of a drawing, by their score or by a KPI, and a list of them where it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import Freshness, KpiResult
from scoring.definitions import Unit
from scoring.scenes import Map, MapTile
from scoring.scorecard import stands_at

from . import formats
from .formats import UNKNOWN, text_width
from .hero_view import scorecard_freshness
from .kpi_head import shown_status, target_of
from .kpi_ranking import common_form
from .links import explain_href
from .lookup import Lookup, ShownScene, View
from .map_layout import Canvas, canvas
from .ranking_view import unit_keys
from .room import BOLD, Room
from .tile_room import inner_rooms

#: The panel's head, a row of the list, and the gap between map and list, in u.
HEAD, ROW, GAP = 42, 36, 28
#: A list beside the map is at most this wide; its glyph and gaps; one below the map has at least these rows.
LIST_WIDTH, LIST_BESIDE, LIST_ROWS = 320, 60, 3
#: Sizes of names and numbers in the list.
NAME_SIZE, NUMBER_SIZE = 22, 26
#: Digits of one width are wider than average text.
DIGITS = 1.15
#: From this width on a list stands beside the map even where the map could be larger without it.
WIDE = 700


@dataclass(frozen=True, slots=True)
class MapRoom:
    """How map and list stand on one wall: `list` is side, below or none."""

    canvas: Canvas
    list: str
    rows: int


def map_of(found: Lookup, tile: MapTile) -> Map:
    """The tile's map."""
    return next(one for one in found.model.maps if one.id == tile.map)


def map_units(found: Lookup, drawn: Map) -> list[Unit]:
    """The units on the map, in the model's order."""
    named = {shape.unit for shape in drawn.shapes} | {spot.unit for spot in drawn.spots}
    return [unit for unit in found.model.units if unit.id in named]


def map_view(found: Lookup, scene: ShownScene, tile: MapTile) -> View:
    """The keys under `map.*`, of each unit `unit.ID.*` and of each row of the list `row.N.*`, worst first."""
    drawn = map_of(found, tile)
    units = map_units(found, drawn)
    view = _head(found, tile, drawn, units)
    for unit in units:
        view |= _unit(found, tile, unit, units)
    ordered = sorted(_listed(found, tile, units), key=lambda unit: _order(found, tile, unit))
    for place in range(max(room.rows for room in map_rooms(found, tile, drawn))):
        view |= _row(found, view, ordered[place], f"row.{place}")
    return view


def map_rooms(found: Lookup, tile: MapTile, drawn: Map) -> tuple[MapRoom, MapRoom]:
    """What fits on a landscape wall and on a portrait one."""
    units = _listed(found, tile, map_units(found, drawn))
    names = max((text_width(found.short(unit), NAME_SIZE) * BOLD for unit in units), default=0)
    wide = min(LIST_WIDTH, names + number_width(found, tile, units) * NUMBER_SIZE + LIST_BESIDE)
    inner = (Room(room.width, room.height - HEAD) for room in inner_rooms(tile))
    landscape, portrait = (_map_room(room, drawn, len(units), wide) for room in inner)
    return landscape, portrait


def _listed(found: Lookup, tile: MapTile, units: Sequence[Unit]) -> list[Unit]:
    """The units that have a number."""
    return [unit for unit in units if tile.kpi is None or stands_at(found.kpis[tile.kpi], unit)]


def number_width(found: Lookup, tile: MapTile, units: Sequence[Unit]) -> float:
    """The width of a number in em: room for a fifth more than the largest target, or for a score of three digits."""
    if tile.kpi is None:
        return text_width("100.0", 1) * DIGITS
    kpi = found.kpis[tile.kpi]
    most = max((target_of(found, unit.id, kpi) for unit in units), default=Fraction(1)) * Fraction(6, 5)
    form = common_form(found, kpi, units)
    return text_width(form.value(most) + ("%" if form.percent else ""), 1) * DIGITS


def _map_room(room: Room, drawn: Map, count: int, wide: float) -> MapRoom:
    whole = canvas(drawn, room.width, room.height)
    if count and (room.width - whole.width >= wide + GAP or (room.width >= WIDE and room.width > room.height)):
        beside = canvas(drawn, room.width - wide - GAP, room.height)
        return MapRoom(beside, "side", min(count, int(room.height / ROW)))
    rows = int((room.height - whole.height - GAP / 2) / ROW)
    if count and rows >= min(count, LIST_ROWS):
        return MapRoom(whole, "below", min(count, rows))
    return MapRoom(whole, "none", 0)


def _head(found: Lookup, tile: MapTile, drawn: Map, units: Sequence[Unit]) -> View:
    words, kpi = found.words, found.kpis[tile.kpi] if tile.kpi else None
    fresh, as_of = scorecard_freshness(found, _results(found, tile, units))
    heard = [one.event_ms for one in _results(found, tile, units) if one.event_ms is not None]
    note = words("kpi.score") if kpi is None else common_form(found, kpi, units).unit
    title = found.text(kpi.title) if kpi is not None else found.text(drawn.title) or drawn.id
    return {
        "map.title": found.text(tile.title) or title,
        "map.note": note if as_of is None else words("hero.as_of", time=as_of),
        "map.freshness": fresh.value,
        "map.event_ms": max(heard, default=None) if fresh is Freshness.LIVE else None,
    }


def _results(found: Lookup, tile: MapTile, units: Sequence[Unit]) -> list[KpiResult]:
    """The results that the map shows, itself or through scores."""
    results = [one for unit in units for one in found.results(unit.id)]
    return [one for one in results if tile.kpi is None or one.kpi == tile.kpi]


def _unit(found: Lookup, tile: MapTile, unit: Unit, units: Sequence[Unit]) -> View:
    """Status and number of a unit; `none` where the KPI does not stand there or the unit has no scorecard."""
    prefix = f"unit.{unit.id}"
    if tile.kpi is None:
        if unit.id not in found.board.units:
            return {f"{prefix}.status": "none", f"{prefix}.number": UNKNOWN}
        scored = unit_keys(found, unit, prefix)
        return {f"{prefix}.status": scored[f"{prefix}.status"], f"{prefix}.number": scored[f"{prefix}.score"]}
    kpi = found.kpis[tile.kpi]
    if not stands_at(kpi, unit):
        return {f"{prefix}.status": "none", f"{prefix}.number": UNKNOWN}
    result, form = found.board.kpis.get((unit.id, kpi.id)), common_form(found, kpi, units)
    value = None if result is None else result.value
    number = form.value(value) + ("%" if form.percent and value is not None else "")
    return {f"{prefix}.status": shown_status(found, result, kpi.id), f"{prefix}.number": number}


def _order(found: Lookup, tile: MapTile, unit: Unit) -> tuple[bool, Fraction]:
    """The lowest first, unknown ones last."""
    if tile.kpi is None:
        scored = found.unit_score(unit.id)
        share = None if scored is None else formats.points(scored.score)
    else:
        result = found.board.kpis.get((unit.id, tile.kpi))
        share = None if result is None else result.attainment
    return share is None, share or Fraction(0)


def _row(found: Lookup, view: View, unit: Unit, prefix: str) -> View:
    return {
        f"{prefix}.name": found.short(unit),
        f"{prefix}.number": view[f"unit.{unit.id}.number"],
        f"{prefix}.status": view[f"unit.{unit.id}.status"],
        f"{prefix}.link": explain_href(unit.id, found.words.language),
    }
