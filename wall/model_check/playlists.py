"""Playlists: the scenes, units, shifts and KPIs they name, and hours that come to something."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scenes import PlaylistItem, Watch

from .finding import Finding, KeyPath, fault
from .known import Known


def check_playlists(model: Model) -> Iterator[Finding]:
    known, shifts = Known.of(model), {shift.id for shift in model.calendar.shifts}
    for number, playlist in enumerate(model.playlists):
        path, name = ("playlists", number), f"playlist {playlist.id!r}"
        if playlist.theme == "brand" and model.brand is None:
            yield fault((*path, "theme"), f"{name}: the model has no brand", "declare brand, or use dark or light")
        if playlist.night is not None:
            yield from _hours((*path, "night", "hours"), f"{name}, night", playlist.night.hours)
        for place, item in enumerate(playlist.items):
            at, what = (*path, "items", place), f"{name}, item {place + 1}"
            yield from _shown(at, what, item, known)
            yield from _times(at, what, item, shifts)
            yield from _watches(at, what, item, known)


def _shown(path: KeyPath, name: str, item: PlaylistItem, known: Known) -> Iterator[Finding]:
    scene = known.scenes.get(item.scene)
    if scene is None:
        yield fault((*path, "scene"), f"{name}: scene {item.scene!r} is unknown", "name a scene")
    if item.unit is not None and item.unit not in known.units:
        yield fault((*path, "unit"), f"{name}: unit {item.unit!r} is unknown", "name a unit")
    elif item.unit is not None and scene is not None and scene.unit is not None:
        yield fault(
            (*path, "unit"),
            f"{name}: scene {scene.id!r} always shows {scene.unit!r}",
            "leave unit out here, or in the scene",
        )


def _times(path: KeyPath, name: str, item: PlaylistItem, shifts: set[str]) -> Iterator[Finding]:
    if item.hours is not None:
        yield from _hours((*path, "hours"), name, item.hours)
    for shift in item.shifts:
        if shift not in shifts:
            yield fault((*path, "shifts"), f"{name}: shift {shift!r} is unknown", "name a shift of the calendar")


def _hours(path: KeyPath, name: str, hours: tuple[str, str]) -> Iterator[Finding]:
    begin, end = hours
    if begin == end or (begin == "24:00" and end == "00:00"):
        yield fault(
            path, f"{name}: hours begin and end at {begin}", 'use ["00:00", "24:00"] or leave them out for all day'
        )


def _watches(path: KeyPath, name: str, item: PlaylistItem, known: Known) -> Iterator[Finding]:
    scene = known.scenes.get(item.scene)
    unit = (scene.unit if scene is not None else None) or item.unit
    for key, watch in (("stays_while", item.stays_while), ("jumps_in_when", item.jumps_in_when)):
        if watch is not None:
            yield from _watch((*path, key), f"{name}, {key}", watch, watch.unit or unit, known)


def _watch(path: KeyPath, name: str, watch: Watch, unit: str | None, known: Known) -> Iterator[Finding]:
    if watch.unit is not None and watch.unit not in known.units:
        yield fault((*path, "unit"), f"{name}: unit {watch.unit!r} is unknown", "name a unit")
    if not watch.status:
        yield fault((*path, "status"), f"{name}: no status is watched for", "name bad, watch or both")
    if watch.kpi is None:
        return
    if watch.kpi not in known.kpis:
        yield fault((*path, "kpi"), f"{name}: kpi {watch.kpi!r} is unknown", "name a KPI")
    elif not known.stands_at(watch.kpi, known.at(unit if unit in known.units else None)):
        where = "stands at no unit" if unit is None else f"does not stand at {unit!r}"
        yield fault(
            (*path, "kpi"), f"{name}: kpi {watch.kpi!r} {where}", "use a KPI of that unit, or name another unit"
        )
