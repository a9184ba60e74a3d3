"""What differs between two editions of a model: the places whose scorecards must be compiled anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .definitions import Change, Kpi, Model
from .gates import Gate
from .scorecard import Scorecard

#: What of a KPI is each cell's own, and may be given by place.
_OWN = ("target", "weight", "rollup")


def same_rule(one: Kpi, other: Kpi) -> bool:
    """Whether two definitions of a KPI differ at most in what is each cell's own."""
    return other.model_copy(update={name: getattr(one, name) for name in (*_OWN, "applies_to")}) == one


def touched_places(former: Scorecard, standing: Model, gates: Sequence[Gate]) -> set[str] | None:
    """The units and kinds whose scorecards may differ; None where tree or gates differ and all must be compiled."""
    before = former.standing
    if before is None or list(former.gates) != list(gates) or _tree(before) != _tree(standing):
        return None
    different = [new for old, new in zip(before.units, standing.units, strict=True) if old is not new and old != new]
    places = {unit.id for unit in different} | {unit.parent for unit in different if unit.parent is not None}
    old_kpis, new_kpis = ({kpi.id: kpi for kpi in model.kpis} for model in (before, standing))
    for kpi_id in old_kpis.keys() | new_kpis.keys():
        places |= _kpi_places(old_kpis.get(kpi_id), new_kpis.get(kpi_id))
    for change in (*_only_in(before.changes, standing.changes), *_only_in(standing.changes, before.changes)):
        places |= _change_places(change, {**old_kpis, **new_kpis})
    above = {unit.parent for unit in standing.units if not places.isdisjoint((unit.id, unit.kind))}
    return places | {unit for unit in above if unit is not None}  # what rolls up asks which KPIs stand below


def _only_in(changes: Sequence[Change], others: Sequence[Change]) -> list[Change]:
    """The changes that others don't have, or don't have as often.

    >>> _only_in([1, 2, 2], [2, 3])  # type: ignore[list-item]
    [1, 2]
    """
    left, found = list(others), []
    for one in changes:
        if one in left:
            left.remove(one)
        else:
            found.append(one)
    return found


def _tree(model: Model) -> list[tuple[str, str, str | None]]:
    return [(unit.id, unit.kind, unit.parent) for unit in model.units]


def _kpi_places(old: Kpi | None, new: Kpi | None) -> set[str]:
    """Where two versions of a KPI differ."""
    if old is new:
        return set()
    if old is None or new is None or old.applies_to != new.applies_to or not same_rule(old, new):
        return {place for kpi in (old, new) if kpi is not None for place in kpi.applies_to}
    return {place for name in _OWN for place in _differing(getattr(old, name), getattr(new, name), old.applies_to)}


def _differing(old: Any, new: Any, places: Sequence[str]) -> set[str]:
    """The places at which two settings by place differ.

    >>> sorted(_differing({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}, ["kind"]))
    ['b', 'c']
    """
    if old == new:
        return set()
    before, after = (one if isinstance(one, dict) else dict.fromkeys(places, one) for one in (old, new))
    return {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}


def _change_places(change: Change, kpis: dict[str, Kpi]) -> set[str]:
    """The places whose version numbers a change moves on."""
    places = set(change.units)
    for kpi_id, one in change.kpis.items():
        for name in one.model_fields_set:
            value = getattr(one, name)
            by_place = name in _OWN and isinstance(value, dict)
            places |= set(value) if by_place else set(kpis[kpi_id].applies_to if kpi_id in kpis else ())
    return places
