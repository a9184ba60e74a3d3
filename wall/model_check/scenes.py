"""Scenes: of KPIs or of tiles, at a unit that they fit."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scenes import Scene

from .finding import Finding, KeyPath, fault
from .grid import check_grid
from .known import Known
from .tiles import check_tile

#: What arranges KPIs; tiles have their own.
_OF_KPIS = ("ranking", "ranking_title", "trend")


def check_scenes(model: Model) -> Iterator[Finding]:
    known = Known.of(model)
    for number, scene in enumerate(model.scenes):
        path, name = ("scenes", number), f"scene {scene.id!r}"
        if scene.unit is not None and scene.unit not in known.units:
            yield fault((*path, "unit"), f"{name}: unit {scene.unit!r} is unknown", "name a unit")
        yield from _form(path, name, scene)
        yield from _arranged(path, name, scene, known)
        for place, tile in enumerate(scene.tiles):
            yield from check_tile((*path, "tiles", place), f"{name}, tile {place + 1}", tile, scene, known)
        yield from check_grid(path, name, scene.tiles)


def _form(path: KeyPath, name: str, scene: Scene) -> Iterator[Finding]:
    if scene.kpis and scene.tiles:
        yield fault(path, f"{name} has kpis and tiles", "keep one of them: a tile shows a KPI, too")
    if not scene.kpis and not scene.tiles:
        yield fault(path, f"{name} shows nothing", "give it kpis, or tiles")
    if scene.kpis and scene.trend is None:
        yield fault(path, f"{name} has kpis and no trend", "name the KPI whose curve it shows")
    for key in _OF_KPIS:
        if scene.tiles and not scene.kpis and getattr(scene, key):
            yield fault((*path, key), f"{name}: {key} does nothing in a scene of tiles", f"move {key} into a tile")


def _arranged(path: KeyPath, name: str, scene: Scene, known: Known) -> Iterator[Finding]:
    if scene.ranking and not known.is_kind(scene.ranking):
        yield fault((*path, "ranking"), f"{name}: no unit is a {scene.ranking!r}", "name a kind of units")
    unit = scene.unit if scene.unit in known.units else None
    for kpi in [*scene.kpis, *([scene.trend] if scene.trend else [])]:
        if known.stands_at(kpi, known.at(unit)):
            continue
        if unit is None:
            yield fault(path, f"{name}: kpi {kpi!r} stands at no unit", "use a KPI of the units that show it")
        else:
            yield fault(path, f"{name}: kpi {kpi!r} does not stand at {unit!r}", "use a KPI of that unit")
    trend = known.kpis.get(scene.trend or "")
    if trend is not None and trend.trend is None:
        yield fault((*path, "trend"), f"{name}: kpi {trend.id!r} keeps no trend", "give the KPI trend: hour, say")
