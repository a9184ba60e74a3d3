"""Editions: the model as it stands on a day, with every change up to that day worked in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .definitions import Change, Kpi, Model, Unit

#: Values of a KPI that may stand by place; a change replaces only the places it names.
_BY_PLACE = ("target", "weight", "rollup")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a KPI's or unit's definition: 1 is the one written down first, each change makes the next."""

    number: int
    from_: dt.date | None
    reason: str
    author: str


def edition(model: Model, date: dt.date) -> Model:
    """The model in force on a business day, without what comes later; KPIs not in force on it are left out.

    `changes` keeps what was worked in, so that versions can still be told.
    """
    due = changes_until(model, date)
    kpis = {kpi.id: kpi for kpi in model.kpis if in_force(kpi, date)}
    units = {unit.id: unit for unit in model.units}
    for change in due:
        for kpi_id, one in change.kpis.items():
            if kpi_id in kpis:
                kpis[kpi_id] = _changed_kpi(kpis[kpi_id], _set_fields(one))
        for unit_id, other in change.units.items():
            if unit_id in units:
                units[unit_id] = units[unit_id].model_copy(update=_set_fields(other))
    left = list(kpis.values()), list(units.values()), due
    if left == (model.kpis, model.units, model.changes):
        return model
    return model.model_copy(update={"kpis": left[0], "units": left[1], "changes": left[2]})


def edition_dates(model: Model) -> list[dt.date]:
    """Every date on which definitions change, oldest first."""
    dates = {change.from_ for change in model.changes}
    for kpi in model.kpis:
        dates |= {date for date in (kpi.from_, kpi.until) if date is not None}
    return sorted(dates)


def changes_until(model: Model, date: dt.date) -> list[Change]:
    """The changes in force on a day, in the order in which they set in."""
    return sorted((change for change in model.changes if change.from_ <= date), key=lambda change: change.from_)


def in_force(kpi: Kpi, date: dt.date) -> bool:
    """Whether a KPI counts on a day."""
    return (kpi.from_ is None or kpi.from_ <= date) and (kpi.until is None or date < kpi.until)


def kpi_versions(model: Model, kpi_id: str, date: dt.date, unit: Unit | None = None) -> list[Version]:
    """The versions of a KPI's definition up to a day, at one unit or anywhere, oldest first; the last is in force."""
    begun = next((kpi.from_ for kpi in model.kpis if kpi.id == kpi_id), None)
    return _versions(begun, (change for change in changes_until(model, date) if changes_kpi(change, kpi_id, unit)))


def unit_versions(model: Model, unit: Unit, kpi_ids: Collection[str], date: dt.date) -> list[Version]:
    """The versions of a unit's scorecard up to a day: changes of the unit itself and of the KPIs on it."""
    return _versions(None, (one for one in changes_until(model, date) if changes_card(one, unit, kpi_ids)))


def changes_kpi(change: Change, kpi_id: str, unit: Unit | None = None) -> bool:
    """Whether a change makes a KPI another one: at a unit, or anywhere."""
    one = change.kpis.get(kpi_id)
    if one is None or unit is None:
        return one is not None
    return any(
        unit.id in value or unit.kind in value if name in _BY_PLACE and isinstance(value, dict) else True
        for name, value in _set_fields(one).items()
    )


def changes_card(change: Change, unit: Unit, kpi_ids: Collection[str]) -> bool:
    """Whether a change makes a unit's scorecard another one."""
    return unit.id in change.units or any(changes_kpi(change, one, unit) for one in change.kpis if one in kpi_ids)


def _versions(begun: dt.date | None, changes: Iterator[Change]) -> list[Version]:
    later = [Version(number, one.from_, one.reason, one.author) for number, one in enumerate(changes, 2)]
    return [Version(1, begun, "", ""), *later]


def _set_fields(change: Any) -> dict[str, Any]:
    return {name: getattr(change, name) for name in change.model_fields_set if getattr(change, name) is not None}


def _changed_kpi(kpi: Kpi, fields: dict[str, Any]) -> Kpi:
    for name in _BY_PLACE:
        if isinstance(fields.get(name), dict):
            fields[name] = _by_place(getattr(kpi, name), fields[name], kpi.applies_to)
    return kpi.model_copy(update=fields)


def _by_place(held: Decimal | str | Mapping[str, Any], comes: Mapping[str, Any], places: list[str]) -> dict[str, Any]:
    """A setting with some places replaced; one for all first becomes one for each place the KPI applies to.

    >>> _by_place(Decimal(10), {"line": Decimal(12)}, ["line", "plant"])
    {'line': Decimal('12'), 'plant': Decimal('10')}
    """
    before = dict(held) if isinstance(held, Mapping) else dict.fromkeys(places, held)
    return {**before, **comes}
