"""Where a rule stands: the units and KPIs that its patterns name in a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from ..definitions import Kpi, Model, Unit
from ..same import Same
from .alert import AlertKey
from .rules import AlertRule, OnSilence
from .sources import kpis_of_units, sources_of_units


@dataclass(frozen=True, slots=True)
class Watched:
    """The units and KPIs that a rule's patterns name; without KPIs it is about the units' scores."""

    units: frozenset[str]
    kpis: frozenset[str]


def names_unit(pattern: str, unit: Unit) -> bool:
    """Whether a pattern names a unit, by its id or kind.

    >>> line = Unit(id="asm-1", title="", kind="line")
    >>> names_unit("asm-*", line), names_unit("line", line), names_unit("lab", line)
    (True, True, False)
    """
    return fnmatchcase(unit.id, pattern) or fnmatchcase(unit.kind, pattern)


def names_kpi(pattern: str, kpi: Kpi) -> bool:
    """Whether a pattern names a KPI, by its id or one of its tags."""
    return fnmatchcase(kpi.id, pattern) or any(fnmatchcase(tag, pattern) for tag in kpi.tags)


def watched(model: Model) -> Mapping[str, Watched]:
    """What every rule of a model watches, by the rule's id; worked out once for a model."""
    return _watched(Same(model))


@lru_cache(maxsize=4)
def _watched(same: Same[Model]) -> Mapping[str, Watched]:
    model = same.value
    return {
        rule.id: Watched(
            frozenset(unit.id for unit in model.units if any(names_unit(one, unit) for one in rule.units)),
            frozenset(kpi.id for kpi in model.kpis if any(names_kpi(one, kpi) for one in rule.kpis)),
        )
        for rule in model.alerts
    }


def places(rule: AlertRule, model: Model) -> Iterator[AlertKey]:
    """Every unit and KPI at which a rule has a state."""
    on, found = rule.on, watched(model)[rule.id]
    if isinstance(on, OnSilence) and on.source is not None:
        yield from (AlertKey(rule.id, unit.id, on.source) for unit in model.units if unit.parent is None)
        return
    own = kpis_of_units(model)
    if not rule.kpis:
        silent = isinstance(on, OnSilence)
        scored = [unit for unit, kpis in own.items() if kpis] if silent else sources_of_units(model)
        yield from (AlertKey(rule.id, unit) for unit in scored if unit in found.units)
        return
    for unit, kpis in own.items():
        if unit in found.units:
            yield from (AlertKey(rule.id, unit, kpi) for kpi in kpis if kpi in found.kpis)
