"""What phone pages show of alerts while they stand open: the bell, marks on KPIs and units, and readings that move."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ..header_view import header_view
from ..lookup import Lookup, View
from .facts import AlertFact
from .reading import against, reading_text, split_reading
from .standing import RESOLVED, rank, standing_below, urgency


def is_snoozed(found: Lookup, fact: AlertFact) -> bool:
    """Whether it tells nobody anything for now."""
    return fact.snoozed_until_ms is not None and fact.snoozed_until_ms > found.board.as_of_ms


def calls(found: Lookup, fact: AlertFact) -> bool:
    """Whether an alert waits for somebody: it fires, and nobody has acknowledged or snoozed it."""
    return fact.phase == "firing" and not fact.part and not is_snoozed(found, fact)


def bell_view(found: Lookup) -> View:
    """How many alerts wait for somebody, the worst of them, and what differs once any alert does."""
    waiting = [one for one in found.alerts if calls(found, one)]
    worst = min((one.severity for one in waiting), key=rank, default="")
    return {"alerts.count": str(len(waiting)) if waiting else "", "alerts.worst": worst, "alerts.stamp": stamp(found)}


def stamp(found: Lookup) -> str:
    """Changes with what is said of any alert, but for its reading, which moves by itself."""
    told = sorted(
        (one.id, one.phase, one.severity, one.acknowledged_by, one.assignee, one.folded, one.snoozed_until_ms or 0,
         calls(found, one))
        for one in found.alerts
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def reading_view(found: Lookup, facts: Iterable[AlertFact]) -> View:
    """The readings of some alerts against their levels, `alert.ID.reading`, and in parts, since when they fire."""
    view: View = {}
    for one in facts:
        if one.unit in found.units:
            number, rest = split_reading("" if one.of == "silence" else reading_text(found, one))
            view |= {f"alert.{one.id}.reading": against(found, one), f"alert.{one.id}.fired_ms": one.fired_ms}
            view |= {f"alert.{one.id}.number": number, f"alert.{one.id}.rest": rest}
    return view


def alerts_at(found: Lookup, unit_id: str, kpi_id: str) -> list[AlertFact]:
    """What stands about a KPI at a unit and below it, or without a KPI about the unit's own score and sources."""
    standing = standing_below(found, unit_id)
    if kpi_id:
        return [one for one in standing if one.kpi == kpi_id]
    return [one for one in standing if one.unit == unit_id and one.kpi not in found.kpis]


def mark_of(found: Lookup, unit_id: str, kpi_id: str) -> str:
    """The worst severity of what stands about a KPI at a unit and below it; "" for nothing."""
    return next((one.severity for one in alerts_at(found, unit_id, kpi_id)), "")


def marks_view(found: Lookup, unit_id: str) -> View:
    """The worst severity of what stands about each KPI of a unit, and anywhere at each unit below it."""
    standing = standing_below(found, unit_id)
    kpis: View = {f"kpi.{result.kpi}.alert": "" for result in found.results(unit_id)}
    units: View = {f"child.{child.id}.alert": "" for child in found.children(unit_id)}
    # The most urgent come first, so the first of each counts.
    for fact in standing:
        if not kpis.get(f"kpi.{fact.kpi}.alert", "-"):
            kpis[f"kpi.{fact.kpi}.alert"] = fact.severity
        child = next((f"child.{unit}.alert" for unit in found.line_up(fact.unit) if f"child.{unit}.alert" in units), "")
        if child and not units[child]:
            units[child] = fact.severity
    return kpis | units


def alerts_view(found: Lookup) -> View:
    """What the inbox follows: the bell and the readings of what stands."""
    header = header_view(found, found.words("alerts.title"), [])
    return header | bell_view(found) | reading_view(found, standing(found))


def standing(found: Lookup) -> list[AlertFact]:
    """Those that fire and are no part of another, the most urgent first."""
    firing = (one for one in found.alerts if one.phase != RESOLVED and not one.part)
    return sorted((one for one in firing if one.unit in found.units), key=urgency)
