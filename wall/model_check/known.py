"""What scenes and playlists may name: a model by id, and which units a unit stands above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.definitions import EventType, Kpi, Model, Table, Unit
from scoring.scenes import Map, Scene
from scoring.scorecard import applies


@dataclass(frozen=True, slots=True)
class Known:
    """A model by id; of ids that stand twice the last."""

    units: Mapping[str, Unit]
    children: Mapping[str, list[Unit]]
    kpis: Mapping[str, Kpi]
    tables: Mapping[str, Table]
    events: Mapping[str, EventType]
    maps: Mapping[str, Map]
    scenes: Mapping[str, Scene]

    @staticmethod
    def of(model: Model) -> Known:
        """What a model knows."""
        children: dict[str, list[Unit]] = {}
        for unit in model.units:
            if unit.parent is not None:
                children.setdefault(unit.parent, []).append(unit)
        return Known(
            {unit.id: unit for unit in model.units},
            children,
            {kpi.id: kpi for kpi in model.kpis},
            {table.id: table for table in model.tables},
            {event.type: event for event in model.events},
            {drawing.id: drawing for drawing in model.maps},
            {scene.id: scene for scene in model.scenes},
        )

    def is_kind(self, kind: str) -> bool:
        """Whether any unit is of a kind."""
        return any(unit.kind == kind for unit in self.units.values())

    def at(self, unit: str | None) -> list[Unit]:
        """The unit of that id; without one, as its screen decides, any unit."""
        return list(self.units.values()) if unit is None else [self.units[unit]]

    def below(self, unit: str | None, kind: str) -> list[Unit]:
        """The units below a unit of a kind, or with no kind its children; without a unit, below any."""
        if unit is None:
            return [one for one in self.units.values() if one.parent is not None and kind in ("", one.kind)]
        if not kind:
            return self.children.get(unit, [])
        found = {one.id: one for one in self.children.get(unit, [])}
        waiting = list(found)
        while waiting:
            new = [one for one in self.children.get(waiting.pop(), []) if one.id not in found]
            found.update((one.id, one) for one in new)
            waiting += [one.id for one in new]
        return [one for one in found.values() if one.kind == kind]

    def stands_at(self, kpi: str, units: Iterable[Unit]) -> bool:
        """Whether a KPI is known and stands at any of these units."""
        return kpi in self.kpis and any(applies(self.kpis[kpi], unit) for unit in units)
