"""Which view and which component a kind of tile has; the one table a new kind is entered in.

A view function gives keys without a scene's prefix; what it shows and the component's keys are the tile's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.scenes import BarsTile, ExceptionsTile, GaugeTile, HeatTile, HeroTile, KpiTile, MapTile, TrendTile

from . import exceptions_view as exceptions
from .announcements_view import announcements_view
from .bars_view import bar_count, bars_head, bars_view
from .bindings import data
from .celebration_view import celebration_view
from .changes_view import changes_view
from .gauge_view import gauge_view
from .header_view import main_period
from .heat_view import heat_looks, heat_view
from .hero_view import hero_view
from .kpi_head import kpi_head, missing_view, stands
from .kpi_hero_view import kpi_hero_view
from .kpi_view import kpi_view
from .lines_view import lines_view
from .links import explain_href
from .list_view import list_view
from .lookup import Lookup, ShownScene, View
from .map_labels import map_labels
from .map_view import map_of, map_rooms, map_view
from .ranked_tiles import ranked_tile, ranked_view
from .room import Slots, slots
from .text_view import text_view
from .tile_room import fitted_name
from .tile_text import cell_text
from .tiles.announcements import announcements_tile
from .tiles.bars import bars_tile
from .tiles.celebration import celebration_tile
from .tiles.changes import changes_tile
from .tiles.exceptions import exceptions_tile
from .tiles.gauge import gauge_tile
from .tiles.heat import heat_tile
from .tiles.hero import hero_tile
from .tiles.kpi import kpi_tile
from .tiles.kpi_hero import kpi_hero_tile
from .tiles.lines import lines_tile
from .tiles.list import list_tile
from .tiles.map import map_tile
from .tiles.missing import missing_tile
from .tiles.text import text_tile
from .tiles.trend import trend_tile
from .trend_view import trend_view

ShowView = Callable[[Lookup, ShownScene, Any], View]
Build = Callable[[Lookup, View, ShownScene, Any], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of tile is filled and built: `view(found, scene, tile)` and `build(found, view, scene, tile)`.

    `scene.unit` is the unit that the tile shows.
    """

    view: ShowView
    build: Build


def _hero_view(found: Lookup, scene: ShownScene, tile: HeroTile) -> View:
    if tile.kpi is not None:
        return kpi_hero_view(found, scene, tile, tile.kpi)
    return hero_view(found, found.units[scene.unit])


def _hero(found: Lookup, view: View, scene: ShownScene, tile: HeroTile) -> Any:
    if "hero.missing" in view:
        return missing_tile(view, "hero.missing")
    if tile.kpi is not None:
        return kpi_hero_tile(found, view, scene, tile, tile.kpi)
    return hero_tile(view, explain_href(scene.unit, found.words.language), found.words)


def _kpi_view(found: Lookup, scene: ShownScene, tile: KpiTile) -> View:
    if not stands(found, scene.unit, tile.kpi):
        return missing_view(found, tile.kpi, "kpi")
    result, name = found.board.kpis.get((scene.unit, tile.kpi)), cell_text(found, scene.unit, tile).name
    if result is None:
        return kpi_head(found, scene.unit, tile.kpi, "kpi") | {"kpi.name": name}
    return kpi_view(found, result, "kpi", main_period(found, found.results(scene.unit))) | {"kpi.name": name}


def _kpi(found: Lookup, view: View, scene: ShownScene, tile: KpiTile) -> Any:
    if "kpi.missing" in view:
        return missing_tile(view, "kpi.missing")
    fit = cell_text(found, scene.unit, tile)
    look = data(names=fit.lines, detail="small" if fit.small else "normal")
    return kpi_tile(view, "kpi", explain_href(scene.unit, found.words.language, tile.kpi), found.words, **look)


def _trend_view(found: Lookup, scene: ShownScene, tile: TrendTile) -> View:
    if not stands(found, scene.unit, tile.kpi):
        return missing_view(found, tile.kpi, "trend")
    name = fitted_name(found, tile.kpi, tile)[0]
    return trend_view(found, scene.unit, tile.kpi) | {"trend.title": name}


def _trend(found: Lookup, view: View, scene: ShownScene, tile: TrendTile) -> Any:
    if "trend.missing" in view:
        return missing_tile(view, "trend.missing")
    return trend_tile(view, found.words)


def exception_rows(tile: ExceptionsTile) -> Slots:
    """Rows of 64 u that fit below the panel's head."""
    return slots(tile, 67, 64)


def _exceptions_view(found: Lookup, scene: ShownScene, tile: ExceptionsTile) -> View:
    return exceptions.exceptions_view(found, scene, exception_rows(tile))


def _exceptions(found: Lookup, view: View, scene: ShownScene, tile: ExceptionsTile) -> Any:
    return exceptions_tile(view, exception_rows(tile), found.words)


def _changes_view(found: Lookup, scene: ShownScene, _: Any) -> View:
    return changes_view(found, scene)


def _changes(found: Lookup, view: View, scene: ShownScene, _: Any) -> Any:
    return changes_tile(view, found.words)


def _gauge(found: Lookup, view: View, scene: ShownScene, tile: GaugeTile) -> Any:
    if "gauge.missing" in view:
        return missing_tile(view, "gauge.missing")
    href = explain_href(scene.unit, found.words.language, tile.kpi)
    return gauge_tile(view, found.kpis[tile.kpi], href, fitted_name(found, tile.kpi, tile)[1])


def _bars_view(found: Lookup, scene: ShownScene, tile: BarsTile) -> View:
    return ranked_view(found, scene, tile) if tile.by == "unit" else bars_view(found, scene, tile)


def _bars(found: Lookup, view: View, scene: ShownScene, tile: BarsTile) -> Any:
    if tile.by == "unit":
        return ranked_tile(found, view, scene, tile)
    if "bars.missing" in view:
        return missing_tile(view, "bars.missing")
    href = explain_href(scene.unit, found.words.language, tile.kpi)
    return bars_tile(view, bar_count(tile), href, bars_head(found, tile), found.words)


def _heat(found: Lookup, view: View, scene: ShownScene, tile: HeatTile) -> Any:
    if "heat.none" in view:
        return missing_tile(view, "heat.none")
    return heat_tile(view, [found.short(found.kpis[kpi]) for kpi in tile.kpis], heat_looks(found, scene, tile))


def _map(found: Lookup, view: View, _: ShownScene, tile: MapTile) -> Any:
    drawn = map_of(found, tile)
    landscape, portrait = map_rooms(found, tile, drawn)
    looks = (
        (landscape, map_labels(found, tile, drawn, landscape.canvas)),
        (portrait, map_labels(found, tile, drawn, portrait.canvas)),
    )
    return map_tile(found, view, drawn, looks)


KINDS: Mapping[str, Kind] = {
    "hero": Kind(_hero_view, _hero),
    "kpi": Kind(_kpi_view, _kpi),
    "ranking": Kind(ranked_view, ranked_tile),
    "trend": Kind(_trend_view, _trend),
    "exceptions": Kind(_exceptions_view, _exceptions),
    "changes": Kind(_changes_view, _changes),
    "lines": Kind(lines_view, lines_tile),
    "list": Kind(list_view, list_tile),
    "text": Kind(text_view, text_tile),
    "announcements": Kind(announcements_view, announcements_tile),
    "celebration": Kind(celebration_view, celebration_tile),
    "bars": Kind(_bars_view, _bars),
    "heat": Kind(heat_view, _heat),
    "map": Kind(map_view, _map),
    "gauge": Kind(gauge_view, _gauge),
}
