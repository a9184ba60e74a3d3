"""What a tile names: its unit, its KPIs and where they stand, its table and fields, its map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scoring.definitions import Unit
from scoring.scenes import (
    BarsTile,
    CelebrationTile,
    HeatTile,
    LinesTile,
    ListTile,
    Map,
    MapTile,
    RankingTile,
    Scene,
    Tile,
    TrendTile,
)

from .finding import Finding, KeyPath, fault
from .known import Known

_Below = RankingTile | BarsTile | HeatTile | LinesTile | CelebrationTile


@dataclass(frozen=True, slots=True)
class _Checked:
    """A tile under check, and the unit it shows: None where its screen decides, or where the unit is unknown."""

    path: KeyPath
    name: str
    tile: Tile
    unit: str | None
    known: Known

    def wrong(self, key: str, message: str, fix: str) -> Finding:
        """A fault of one of its keys."""
        return fault((*self.path, key), f"{self.name} ({self.tile.tile}): {message}", fix)

    def whose(self) -> str:
        """The unit it shows, in words."""
        return "the unit of any screen" if self.unit is None else repr(self.unit)


def check_tile(path: KeyPath, name: str, tile: Tile, scene: Scene, known: Known) -> Iterator[Finding]:
    """What one tile of a scene names."""
    asked = tile.unit or scene.unit
    one = _Checked(path, name, tile, asked if asked in known.units else None, known)
    if tile.unit is not None and tile.unit not in known.units:
        yield one.wrong("unit", f"unit {tile.unit!r} is unknown", "name a unit")
    yield from _below(one)
    yield from _kpis(one)
    yield from _trend(one)
    if isinstance(tile, LinesTile | ListTile):
        yield from _table(one, tile)
    if isinstance(tile, MapTile) and tile.map not in known.maps:
        yield one.wrong("map", f"map {tile.map!r} is unknown", "declare it under maps")


def _below(one: _Checked) -> Iterator[Finding]:
    """Tiles about the units below their unit need some."""
    tile, known = one.tile, one.known
    if not isinstance(tile, _Below):
        return
    if tile.of and not known.is_kind(tile.of):
        yield one.wrong("of", f"no unit is a {tile.of!r}", "name a kind of units")
    elif _is_about_below(tile) and not known.below(one.unit, tile.of):
        yield one.wrong("of", f"no {tile.of or 'unit'} is below {one.whose()}", "name another kind, or another unit")


def _is_about_below(tile: Tile) -> bool:
    if isinstance(tile, BarsTile):
        return tile.by == "unit"
    return isinstance(tile, RankingTile | HeatTile | LinesTile) or (isinstance(tile, CelebrationTile) and bool(tile.of))


def _kpis(one: _Checked) -> Iterator[Finding]:
    units, where = _units(one)
    for key, kpi in _named(one.tile):
        if kpi not in one.known.kpis:
            yield one.wrong(key, f"kpi {kpi!r} is unknown", "name a KPI")
        elif units and not one.known.stands_at(kpi, units):
            yield one.wrong(key, f"kpi {kpi!r} does not stand at {where}", "use a KPI that stands there")


def _named(tile: Tile) -> list[tuple[str, str]]:
    """The KPIs a tile names, each with its key."""
    one, several = getattr(tile, "kpi", None), getattr(tile, "kpis", [])
    return [("kpis", name) for name in several] if one is None else [("kpi", one)]


def _units(one: _Checked) -> tuple[Sequence[Unit], str]:
    """The units whose KPIs a tile shows, also in words; none where another finding says so."""
    tile, known = one.tile, one.known
    if isinstance(tile, MapTile):
        drawn = _drawn(known.maps.get(tile.map))
        return [unit for unit in known.units.values() if unit.id in drawn], f"any unit of map {tile.map!r}"
    own = known.at(one.unit)
    if not isinstance(tile, _Below) or not _is_about_below(tile):
        return own, "any unit" if one.unit is None else repr(one.unit)
    below, where = known.below(one.unit, tile.of), f"any {tile.of or 'unit'} below {one.whose()}"
    return (own + below, f"{one.whose()} or {where}") if isinstance(tile, CelebrationTile) else (below, where)


def _drawn(drawing: Map | None) -> set[str | None]:
    """The units that a map shows."""
    return set() if drawing is None else {one.unit for one in drawing.shapes} | {one.unit for one in drawing.spots}


def _trend(one: _Checked) -> Iterator[Finding]:
    """Curves and bars over buckets need the KPI's buckets."""
    tile = one.tile
    if not isinstance(tile, TrendTile) and not (isinstance(tile, BarsTile) and tile.by == "bucket"):
        return
    kpi = one.known.kpis.get(tile.kpi)
    if kpi is not None and kpi.trend is None:
        yield one.wrong("kpi", f"kpi {tile.kpi!r} keeps no trend", "give the KPI trend: hour, say")


def _table(one: _Checked, tile: LinesTile | ListTile) -> Iterator[Finding]:
    if isinstance(tile, LinesTile) and not tile.states:
        yield one.wrong("states", "no state has a meaning", "say which value means running, stopped, slow or planned")
    table = one.known.tables.get(tile.table)
    if table is None:
        yield one.wrong("table", f"table {tile.table!r} is unknown", "declare it under tables")
        return
    for key, name in _fields(tile):
        if name not in table.fields:
            yield one.wrong(key, f"table {table.id!r} keeps no field {name!r}", "add it to the fields of the table")
    event = one.known.events.get(table.event)
    number = event.fields.get(tile.number or "") if event is not None and isinstance(tile, ListTile) else None
    if number is not None and number.type in ("text", "boolean"):
        yield one.wrong("number", f"its field is {number.type}, no number", "name an integer or a decimal field")


def _fields(tile: LinesTile | ListTile) -> list[tuple[str, str]]:
    """The fields a tile names, each with its key."""
    keys = ("state", "reason") if isinstance(tile, LinesTile) else ("name", "number")
    single = [(key, name) for key in keys if (name := getattr(tile, key)) is not None]
    return single + [("about", name) for name in tile.about]
