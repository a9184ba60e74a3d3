"""Folding: which alerts are told as part of another, so that one cause gives one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..definitions import Model
from ..placements import Parents, ancestors
from .alert import Alert
from .grouping import parents_of
from .places import Watched, watched
from .rules import AlertRule, OnSilence
from .sources import Sources, sources_of_kpis

#: By (rule, unit): its standing alerts.
_Standing = Mapping[tuple[str, str], list[Alert]]


def stand_ins(standing: Iterable[Alert], model: Model) -> dict[str, str]:
    """The alert that stands for another, by ids; an alert that stands for itself is left out.

    A rule named by `inhibited_by`, firing at the unit or above it, comes before the same rule at a unit above. It
    stands for all KPIs of a unit, but where it watches the alert's KPI itself only for that one, and a silent source
    only for KPIs that it feeds. Whoever is itself part of another hands on what it stands for.
    """
    alerts = sorted((one for one in standing if one.stands), key=lambda one: one.key)
    by_place: dict[tuple[str, str], list[Alert]] = {}
    for one in alerts:
        by_place.setdefault((one.key.rule, one.key.unit), []).append(one)
    tree = _Tree({rule.id: rule for rule in model.alerts}, parents_of(model), watched(model), sources_of_kpis(model))
    nearest = {one.id: found.id for one in alerts if (found := _stands_for(one, by_place, tree)) is not None}
    return {one: _last(one, nearest) for one in nearest}


@dataclass(frozen=True, slots=True)
class _Tree:
    rules: Mapping[str, AlertRule]
    parents: Parents
    watched: Mapping[str, Watched]
    sources: Mapping[str, Sources]


def _stands_for(alert: Alert, by_place: _Standing, tree: _Tree) -> Alert | None:
    rule = tree.rules.get(alert.key.rule)
    if rule is None or not (rule.fold or rule.inhibited_by):
        return None
    above = ancestors(alert.key.unit, tree.parents)
    for unit in (*reversed(above), alert.key.unit) if rule.inhibited_by else ():
        for named in rule.inhibited_by:
            for other in by_place.get((named, unit), ()):
                if _covers(other, alert, tree):
                    return other
    for unit in reversed(above) if rule.fold else ():
        for other in by_place.get((rule.id, unit), ()):
            if other.key.kpi == alert.key.kpi:
                return other
    return None


def _covers(other: Alert, alert: Alert, tree: _Tree) -> bool:
    """Whether an alert of a rule that inhibits says what this one would say."""
    rule, kpi = tree.rules.get(other.key.rule), alert.key.kpi
    if rule is None:
        return False
    if isinstance(rule.on, OnSilence) and rule.on.source is not None:
        return not kpi or rule.on.source in tree.sources.get(kpi, ())
    return other.key.kpi == kpi or kpi not in tree.watched[rule.id].kpis


def _last(one: str, nearest: Mapping[str, str]) -> str:
    seen = {one}
    while (following := nearest.get(one)) is not None and following not in seen:
        seen.add(one := following)
    return one
