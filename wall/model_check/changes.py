"""The effective-dated changes: of something that exists, one value at a time, and at the turn of a period."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from typing import Any

from scoring.calendar import BusinessCalendar
from scoring.definitions import Model

from .finding import Finding, KeyPath, doubt, fault, fine_weight


def check_changes(model: Model) -> Iterator[Finding]:
    known = {"kpis": {kpi.id for kpi in model.kpis}, "units": {unit.id for unit in model.units}}
    set_before: dict[tuple[dt.date, str, str, str], dict[str | None, int]] = {}
    for number, change in enumerate(model.changes):
        path = ("changes", number)
        if not change.kpis and not change.units:
            yield doubt(path, f"the change from {change.from_} changes nothing", "name kpis or units, or remove it")
        for key in ("kpis", "units"):
            for name, one in getattr(change, key).items():
                what = f"{key[:-1]} {name!r}"
                if name not in known[key]:
                    yield fault((*path, key, name), f"the change from {change.from_}: {what} is unknown", "name one")
                for setting in sorted(one.model_fields_set):
                    value = getattr(one, setting)
                    if value is None:
                        continue
                    held = set_before.setdefault((change.from_, key, name, setting), {})
                    yield from _overlap(held, value, number, (*path, key, name, setting), f"{what}: {setting}")
        yield from _units(model, number, known["units"])
    yield from _inside_periods(model)


def _overlap(
    held: dict[str | None, int], value: Any, number: int, path: KeyPath, what: str
) -> Iterator[Finding]:  # fmt: skip
    """Two changes of one date that set the same value; by unit or kind, the same key of it (None: all keys)."""
    keys: list[str | None] = list(value) if isinstance(value, dict) else [None]
    for key in keys:
        other = held.get(key, held.get(None)) if key is not None else next(iter(held.values()), None)
        if other is not None and other != number:
            where = f" for {key!r}" if key is not None else ""
            yield fault(path, f"{what}{where} is set by two changes of the same date", "keep one of them")
        held.setdefault(key, number)


def _units(model: Model, number: int, known: set[str]) -> Iterator[Finding]:
    for name, one in model.changes[number].units.items():
        path = ("changes", number, "units", name)
        if one.parent is not None and one.parent not in known:
            yield fault((*path, "parent"), f"unit {name!r}: parent {one.parent!r} is unknown", "name a unit")
        for key in ("weight", "child_share"):
            value = getattr(one, key)
            if value is not None:
                yield from fine_weight((*path, key), f"unit {name!r}: {key}", value)


def _inside_periods(model: Model) -> Iterator[Finding]:
    """Changes that judge the first part of a period by other rules than its last part."""
    if model.calendar.zone not in zoneinfo.available_timezones():
        return
    calendar = BusinessCalendar(model.calendar)
    periods = {kpi.id: kpi.period for kpi in model.kpis}
    for number, change in enumerate(model.changes):
        day_ms = calendar.day_start_ms(change.from_)
        for name in change.kpis:
            kind = periods.get(name)
            period = calendar.period_at(kind, day_ms) if kind not in (None, "day", "shift") else None
            if period is not None and period.start_ms != day_ms:
                first, last = calendar.business_date(period.start_ms), calendar.business_date(period.end_ms - 1)
                yield doubt(
                    ("changes", number, "kpis", name),
                    f"kpi {name!r}: the change from {change.from_} sets in inside its {period.kind}, {first} to {last}",
                    f"let it begin on {last + dt.timedelta(days=1)}, if it should not touch the running period",
                )
