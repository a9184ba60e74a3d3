"""What closed periods froze of single units, without restoring what they froze of all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.board import KpiResult, UnitScore
from scoring.calendar import Period

from ..journal import Entry, Journal
from .closing import CLOSED
from .frozen import restored

Frozen = tuple[UnitScore | None, dict[str, KpiResult]]


def frozen_results(journal: Journal, periods: Mapping[str, Period], unit: str) -> dict[Period, Frozen]:
    """What of these periods, by name, is closed now: the unit's score and KPIs as they were frozen."""
    standing: dict[str, Entry] = {}
    for entry in journal.entries("period."):
        name = entry.body["period"]
        if entry.kind == CLOSED:
            standing[name] = entry
        else:
            standing.pop(name, None)
    asked = {name: standing[name] for name in periods.keys() & standing.keys()}
    return {periods[name]: _of_unit(journal.parsed(entry, _by_unit), unit) for name, entry in asked.items()}


def _by_unit(entry: Entry) -> dict[str, tuple[Any, list[Any]]]:
    """The plain results of each unit."""
    found: dict[str, tuple[Any, list[Any]]] = {one["unit"]: (one, []) for one in entry.body["units"]}
    for one in entry.body["kpis"]:
        found.setdefault(one["unit"], (None, []))[1].append(one)
    return found


def _of_unit(frozen: Mapping[str, tuple[Any, list[Any]]], unit: str) -> Frozen:
    score, kpis = frozen.get(unit, (None, []))
    results = [restored(one, KpiResult) for one in kpis]
    return None if score is None else restored(score, UnitScore), {one.kpi: one for one in results}
