"""Where a rule stands: the units and KPIs that its patterns name in a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from ..definitions import Kpi, Model, Unit
from ..same import Same
from ..scorecard import stands_at
from .alert import AlertKey
from .rules import AlertRule, OnSilence


@dataclass(frozen=True, slots=True)
class Watched:
    """The units and KPIs that a rule's patterns name; without KPIs it is about the units' scores."""

    units: frozenset[str]
    kpis: frozenset[str]


def names_unit(pattern: str, unit: Unit) -> bool:
    """Whether a pattern names a unit, by its id or kind.

    >>> names_unit("asm-*", Unit(id="asm-1", title="", kind="line")), names_unit("line", Unit(id="l", title="", kind="line"))
    (True, True)
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


def places(rule: AlertRule, model: Model, scored: Sequence[Unit]) -> Iterator[AlertKey]:
    """Every unit and KPI at which a rule has a state; `scored` are the units that have a score."""
    if isinstance(rule.on, OnSilence) and rule.on.source is not None:
        yield from (AlertKey(rule.id, unit.id, rule.on.source) for unit in model.units if unit.parent is None)
        return
    found = watched(model)[rule.id]
    if not rule.kpis:
        yield from (AlertKey(rule.id, unit.id) for unit in scored if unit.id in found.units)
        return
    units = [unit for unit in model.units if unit.id in found.units]
    for kpi in (one for one in model.kpis if one.id in found.kpis):
        yield from (AlertKey(rule.id, unit.id, kpi.id) for unit in units if stands_at(kpi, unit))


def scored_units(model: Model) -> list[Unit]:
    """The units that have a score: a KPI of their own, or a child that has one."""
    units = {unit.id: unit for unit in model.units}
    found: set[str] = set()
    for unit in model.units:
        above: str | None = unit.id if any(stands_at(kpi, unit) for kpi in model.kpis) else None
        while above is not None and above not in found:
            found.add(above)
            above = units[above].parent
    return [unit for unit in model.units if unit.id in found]
