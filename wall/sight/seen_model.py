"""The model as a sight shows it: without the units, KPIs and scenes that are hidden, and without a word of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from scoring.alerts.places import names_kpi, names_unit
from scoring.alerts.rules import AlertRule, OnSilence
from scoring.definitions import Change, Kpi, KpiChange, Model, Unit
from scoring.expressions import names
from scoring.gates import Ceiling, Gate, Veto
from scoring.scenes import LinesTile, ListTile, Map, MapTile, Playlist, PlaylistItem, Scene, Watch

from .opened import Opened


def seen_model(model: Model, opened: Opened) -> Model:
    """The edition through what is opened; roles and incentives are nobody's business who does not see everything."""
    units = _units(model, opened)
    places = {unit.id for unit in units} | {unit.kind for unit in units}
    kpi_places = _kpi_places(units, opened)
    kpis = [_kpi(kpi, places, kpi_places[kpi.id]) for kpi in model.kpis if kpi.id in kpi_places]
    ids, shown = {unit.id for unit in units}, {kpi.id for kpi in kpis}
    maps = [one for one in model.maps if _map_is_seen(one, ids)]
    drawn, told = {one.id for one in maps}, bool(opened.events)
    scenes = [one for one in model.scenes if _scene_is_seen(one, ids, shown, drawn, told)]
    counted = _counted(model, kpis, bool(opened.events))
    return model.model_copy(
        update={
            **counted,
            "units": units,
            "kpis": kpis,
            "objectives": [one for one in model.objectives if one.id in {kpi.objective for kpi in kpis}],
            "changes": list(_changes(model, ids, kpi_places)),
            "gates": [one for one in model.gates if _gate_is_seen(one, places, shown)],
            "incentives": [],
            "maps": maps,
            "scenes": scenes,
            "playlists": list(_playlists(model, {one.id for one in scenes}, ids, shown)),
            "roles": [],
            "alerts": _rules(model, units, kpis, {source.id for source in counted["sources"]}),
            "mappings": [],
        }
    )


def _units(model: Model, opened: Opened) -> list[Unit]:
    """The units; one whose parent is hidden stands at the top."""
    ids = set(opened.units)
    return [
        unit if unit.parent is None or unit.parent in ids else unit.model_copy(update={"parent": None})
        for unit in model.units
        if unit.id in ids
    ]


def _kpi_places(units: list[Unit], opened: Opened) -> dict[str, set[str]]:
    """For each KPI that is seen anywhere the units that it is granted at, and their kinds."""
    kinds, seen = {unit.id: unit.kind for unit in units}, {kpi for _, kpi in opened.kpis}
    found: dict[str, set[str]] = {kpi: set() for kpi in seen}
    for unit, kpi in opened.named:
        if kpi in seen and unit in kinds:
            found[kpi] |= {unit, kinds[unit]}
    return found


def _kpi(kpi: Kpi, places: Collection[str], granted: Collection[str]) -> Kpi:
    """A KPI with what it says of the places it is granted at only."""
    by_place = {name: _at(getattr(kpi, name), granted) for name in ("target", "weight", "rollup")}
    return kpi.model_copy(update={**by_place, "applies_to": [one for one in kpi.applies_to if one in places]})


def _at(setting: Any, places: Collection[str]) -> Any:
    if not isinstance(setting, Mapping):
        return setting
    return {place: value for place, value in setting.items() if place in places}


def _counted(model: Model, kpis: list[Kpi], rows: bool) -> dict[str, Any]:
    """The metrics of the KPIs, and the events, tables and sources behind them; no tables where no row can be seen."""
    used = {name for kpi in kpis for name in names(kpi.value)}
    metrics = [metric for metric in model.metrics if metric.id in used]
    tables = model.tables if rows else []
    types = {metric.event for metric in metrics} | {table.event for table in tables}
    events = [event for event in model.events if event.type in types]
    sources = [one for one in model.sources if one.id in {event.source for event in events}]
    return {"metrics": metrics, "events": events, "sources": sources, "tables": tables}


def _changes(model: Model, units: Collection[str], kpis: Mapping[str, Collection[str]]) -> Iterator[Change]:
    """What changes of the things that are seen, with the changes' dates and reasons."""
    for change in model.changes:
        kept = {name: _kpi_change(one, kpis[name]) for name, one in change.kpis.items() if name in kpis}
        seen = {name: one for name, one in kept.items() if one is not None}
        moved = {
            name: one if one.parent in units else one.model_copy(update={"parent": None})
            for name, one in change.units.items()
            if name in units
        }
        if seen or moved:
            yield change.model_copy(update={"kpis": seen, "units": moved})


def _kpi_change(change: KpiChange, places: Collection[str]) -> KpiChange | None:
    """What becomes different at the places that are seen; None where nothing does."""
    by_place = {
        part: _at(value, places) or None
        for part in ("target", "weight", "rollup")
        if isinstance(value := getattr(change, part), Mapping)
    }
    seen = change.model_copy(update=by_place)
    return seen if any(getattr(seen, name) is not None for name in KpiChange.model_fields) else None


def _rules(model: Model, units: Sequence[Unit], kpis: Sequence[Kpi], sources: Collection[str]) -> list[AlertRule]:
    """The alert rules that name something seen, with only those names; whom they tell is nobody's business here."""
    found = []
    for rule in model.alerts:
        named = [one for one in rule.units if any(names_unit(one, unit) for unit in units)]
        about = [one for one in rule.kpis if any(names_kpi(one, kpi) for kpi in kpis)]
        heard = not isinstance(rule.on, OnSilence) or rule.on.source is None or rule.on.source in sources
        if named and heard and (about or not rule.kpis):
            found.append(rule.model_copy(update={"units": named, "kpis": about, "notify": []}))
    ids = {rule.id for rule in found}
    return [
        rule.model_copy(update={"inhibited_by": [one for one in rule.inhibited_by if one in ids]}) for rule in found
    ]


def _gate_is_seen(gate: Gate, places: Collection[str], kpis: Collection[str]) -> bool:
    asked = names(gate.when) if isinstance(gate, Veto | Ceiling) and gate.when else ()
    named = () if isinstance(gate, Ceiling) or gate.kpi is None else (gate.kpi,)
    return set(gate.units) <= set(places) and {*asked, *named} <= set(kpis)


def _map_is_seen(drawn: Map, units: Collection[str]) -> bool:
    named = {shape.unit for shape in drawn.shapes if shape.unit is not None} | {spot.unit for spot in drawn.spots}
    return named <= set(units)


def _scene_is_seen(
    scene: Scene, units: Collection[str], kpis: Collection[str], maps: Collection[str], rows: bool
) -> bool:
    """Whether all that a scene names is seen: one with a hole in it would tell of what is missing."""
    asked = {*scene.kpis, *([scene.trend] if scene.trend else [])}
    named = {scene.unit, *(tile.unit for tile in scene.tiles)} - {None}
    for tile in scene.tiles:
        asked |= {getattr(tile, "kpi", None), *getattr(tile, "kpis", ())} - {None, ""}
        if isinstance(tile, MapTile) and tile.map not in maps:
            return False
        if isinstance(tile, LinesTile | ListTile) and not rows:
            return False
    return named <= set(units) and asked <= set(kpis)


def _playlists(
    model: Model, scenes: Collection[str], units: Collection[str], kpis: Collection[str]
) -> Iterator[Playlist]:
    for playlist in model.playlists:
        items = [_item(one, units, kpis) for one in playlist.items if one.scene in scenes]
        items = [one for one in items if one.unit is None or one.unit in units]
        if items:
            yield playlist.model_copy(update={"items": items})


def _item(item: PlaylistItem, units: Collection[str], kpis: Collection[str]) -> PlaylistItem:
    def kept(watch: Watch | None) -> Watch | None:
        hidden = watch is not None and (
            (watch.unit is not None and watch.unit not in units) or (watch.kpi is not None and watch.kpi not in kpis)
        )
        return None if hidden else watch

    return item.model_copy(update={"stays_while": kept(item.stays_while), "jumps_in_when": kept(item.jumps_in_when)})
