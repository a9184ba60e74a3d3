"""Which sources feed a KPI or a unit's score, and which KPIs stand at a unit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..definitions import Kpi, Model
from ..expressions import names
from ..placements import ancestors
from ..same import Same
from ..scorecard import stands_at

Sources = frozenset[str]


def sources_of_kpis(model: Model) -> Mapping[str, Sources]:
    """The sources of every KPI's events; worked out once for a model."""
    return _of_kpis(Same(model))


@lru_cache(maxsize=4)
def _of_kpis(same: Same[Model]) -> Mapping[str, Sources]:
    model = same.value
    sources = {event.type: event.source for event in model.events}
    metrics = {metric.id: sources[metric.event] for metric in model.metrics}
    return {kpi.id: frozenset(metrics[name] for name in names(kpi.value)) for kpi in model.kpis}


def kpis_of_units(model: Model) -> Mapping[str, tuple[str, ...]]:
    """The KPIs on every unit's scorecard; worked out once for a model."""
    return _of_units(Same(model))


@lru_cache(maxsize=4)
def _of_units(same: Same[Model]) -> Mapping[str, tuple[str, ...]]:
    places: dict[str, list[Kpi]] = {}
    for kpi in same.value.kpis:
        for place in dict.fromkeys(kpi.applies_to):
            places.setdefault(place, []).append(kpi)
    found = {}
    for unit in same.value.units:
        named = [*places.get(unit.kind, ()), *places.get(unit.id, ())]
        found[unit.id] = tuple(dict.fromkeys(kpi.id for kpi in named if stands_at(kpi, unit)))
    return found


def sources_of_units(model: Model) -> Mapping[str, Sources]:
    """The sources of all KPIs at a unit and below it, of every unit that has a score; worked out once for a model."""
    return _under_units(Same(model))


@lru_cache(maxsize=4)
def _under_units(same: Same[Model]) -> Mapping[str, Sources]:
    model = same.value
    fed, parents = sources_of_kpis(model), {unit.id: unit.parent for unit in model.units}
    found: dict[str, Sources] = {}
    for unit, kpis in kpis_of_units(model).items():
        own = frozenset[str]().union(*(fed[kpi] for kpi in kpis))
        for place in (unit, *ancestors(unit, parents)) if kpis else ():
            held = found.get(place)
            found[place] = own if held is None else held if own <= held else held | own
    return found
