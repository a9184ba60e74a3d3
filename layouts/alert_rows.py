"""Standing alerts as rows of the exceptions: one per KPI or score, which leads with the most severe of its alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import formats
from .alerts.facts import AlertFact
from .alerts.reading import against, level_text, reading_text
from .alerts.standing import how_many, standing_below
from .lookup import Lookup

#: What alerts are about: the KPI wherever it stands, or else the score of one unit.
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Alerted:
    """What stands about one subject: the alert that leads, and how many there are with those told as part of one."""

    lead: AlertFact
    count: int


def alerted_subjects(found: Lookup, unit_id: str) -> dict[Subject, Alerted]:
    """By subject what stands at a unit and below it, the most urgent first."""
    subjects: dict[Subject, list[AlertFact]] = {}
    for fact in standing_below(found, unit_id):
        subjects.setdefault(subject(fact), []).append(fact)
    return {key: Alerted(facts[0], how_many(facts)) for key, facts in subjects.items()}


def subject(fact: AlertFact) -> Subject:
    """What an alert is about."""
    return ("", fact.kpi) if fact.kpi else (fact.unit, "")


def alert_title(found: Lookup, fact: AlertFact, room: float, size: float) -> str:
    """The KPI or the score and whose it is; the rule's title where it is neither."""
    unit = found.units[fact.unit]
    kpi = found.kpis.get(fact.kpi)
    if kpi is not None:
        names = [found.text(kpi.title), found.short(kpi)]
    elif fact.kpi:
        names = [found.text(fact.title)]
    else:
        names = [found.words("changes.unit", unit=name) for name in (found.text(unit.title), found.short(unit))]
    return fitted(names, room, size)


def alert_line(found: Lookup, alerted: Alerted, scene_unit: str, room: float, size: float) -> str:
    """Severity in words, where, and the reading; less of it where there is no room."""
    fact, words = alerted.lead, found.words
    severity = words(f"alerts.severity.{fact.severity}")
    elsewhere = fact.unit != scene_unit and bool(fact.kpi)
    places = [found.text(found.units[fact.unit].title), found.short(found.units[fact.unit])] if elsewhere else [""]
    reading = against(found, fact) if fact.of == "silence" else reading_text(found, fact)
    tried = [(place, reading) for place in places] + [(place, "") for place in places]
    return fitted([_joined(severity, *parts) for parts in tried] + [severity], room, size)


def _joined(severity: str, place: str, reading: str) -> str:
    told = " ".join(part for part in (place, reading) if part)
    return f"{severity} · {told}" if told else severity


def alert_detail(found: Lookup, alerted: Alerted) -> str:
    """The level, and how many more there are; it stands where there is room for it."""
    fact, words = alerted.lead, found.words
    level = "" if fact.of in ("status", "silence") else level_text(found, fact)
    more = words("alerts.more", n=alerted.count - 1) if alerted.count > 1 else ""
    return " · ".join(part for part in (words("alerts.level.short", level=level) if level else "", more) if part)


def handler(found: Lookup, fact: AlertFact) -> str:
    """Who has acknowledged it or was told to see to it, else whose it is."""
    if fact.acknowledged_by:
        return found.words("alerts.acknowledged_by", by=fact.acknowledged_by)
    if fact.assignee:
        return found.words("alerts.assigned_to", to=fact.assignee)
    kpi = found.kpis.get(fact.kpi)
    owner = found.text(kpi.owner) if kpi is not None else ""
    return owner or found.text(found.units[fact.unit].owner)


def fitted(texts: Sequence[str], room: float, size: float) -> str:
    """The first of these that fits, else the last.

    >>> fitted(["准时交付率", "交付"], 60, 24)
    '交付'
    """
    return next((one for one in texts if formats.text_width(one, size) <= room), texts[-1])
