"""The alerts that stand at a unit and below it, the most severe and the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.alerts.rules import SEVERITIES, Severity

from ..lookup import Lookup
from .facts import AlertFact

#: Severities from the one that matters most.
MOST_SEVERE_FIRST: Sequence[str] = SEVERITIES[::-1]
#: What is no firing any more; everything else stands.
RESOLVED = "resolved"


def rank(severity: str) -> int:
    """The place of a severity, the most severe first; one of another version comes last.

    >>> [rank(one) for one in ("critical", "warning", "info", "odd")]
    [0, 1, 2, 3]
    """
    known = list(MOST_SEVERE_FIRST)
    return known.index(severity) if severity in known else len(known)


def urgency(fact: AlertFact) -> tuple[int, bool, int, str]:
    """What alerts are sorted by: severity, what stands for others, age."""
    return rank(fact.severity), fact.part, -fact.fired_ms, fact.id


def alerts_below(found: Lookup, unit_id: str) -> list[AlertFact]:
    """The alerts that the lookup knows at a unit and below it, resolved ones too, most urgent first."""
    inside: dict[str, bool] = {unit_id: True}
    known = [one for one in found.alerts if one.unit in found.units]
    return sorted((one for one in known if _is_inside(found, one.unit, inside)), key=urgency)


def standing_below(found: Lookup, unit_id: str) -> list[AlertFact]:
    """Those that fire, acknowledged or not."""
    return [one for one in alerts_below(found, unit_id) if one.phase != RESOLVED]


def _is_inside(found: Lookup, unit_id: str, inside: dict[str, bool]) -> bool:
    """Whether a unit is the one in question or below it; what was found out of the units on the way is kept."""
    way: list[str] = []
    at: str | None = unit_id
    while at is not None and at not in inside:
        way.append(at)
        at = found.units[at].parent
    answer = at is not None and inside[at]
    inside.update(dict.fromkeys(way, answer))
    return answer


def alerted(found: Lookup, unit_id: str, least: Severity, kpi: str | None = None) -> bool:
    """Whether an alert at least so severe stands at a unit or below it, of a KPI or of anything."""
    return any(rank(one.severity) <= rank(least) and kpi in (None, one.kpi) for one in standing_below(found, unit_id))


def counts(standing: Sequence[AlertFact]) -> Mapping[str, int]:
    """How many stand of each severity, with those that are told as part of another."""
    return {name: how_many([one for one in standing if one.severity == name]) for name in MOST_SEVERE_FIRST}


def how_many(facts: Sequence[AlertFact]) -> int:
    """How many alerts these are: those given, or as many as they stand for where not all of them are given."""
    return max(len(facts), sum(1 + one.folded for one in facts if not one.part))
