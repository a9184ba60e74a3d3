"""Effective-dated changes between two models: what is new, gone or other, and what they score anew."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.definitions import Change, Kpi, Model, Unit
from scoring.editions import edition
from scoring.forms import Definition

#: What a change is known by: its first day and its reason; anything else of it may be edited.
Key = tuple[dt.date, str]


def _by_key(model: Model | None) -> dict[Key, list[Change]]:
    found: dict[Key, list[Change]] = {}
    for change in model.changes if model else ():
        found.setdefault((change.from_, change.reason), []).append(change)
    return found


def changed_entries(before: Model | None, after: Model) -> Iterator[tuple[str, Change]]:
    """Entries that are new (+), gone (-) or other (~, as they are now)."""
    held, comes = _by_key(before), _by_key(after)
    for key in sorted(held.keys() | comes.keys()):
        if held.get(key) == comes.get(key):
            continue
        sign = "+" if key not in held else "-" if key not in comes else "~"
        yield from ((sign, one) for one in (comes.get(key) or held[key]))


def dropped_entries(before: Model | None, after: Model) -> list[Change]:
    """Entries that `after` lacks altogether."""
    return [change for sign, change in changed_entries(before, after) if sign == "-"]


def described(change: Change, model: Model) -> tuple[str, str]:
    """An entry as its name, and what it makes other in a model: `delivery.weight group 20 → 25; ...`."""
    day_before = edition(model, change.from_ - dt.timedelta(days=1))
    kpis = {one.id: one for one in model.kpis} | {one.id: one for one in day_before.kpis}
    units = {one.id: one for one in model.units} | {one.id: one for one in day_before.units}
    parts = [part for name, one in change.kpis.items() for part in _fields(name, kpis.get(name), one)]
    parts += [part for name, other in change.units.items() for part in _fields(name, units.get(name), other)]
    return f'changes {change.from_} "{change.reason}":', "; ".join(parts)


def _fields(name: str, held: Kpi | Unit | None, change: Definition) -> Iterator[str]:
    for field in sorted(change.model_fields_set):
        comes, was = getattr(change, field), getattr(held, field, None)
        if isinstance(comes, Mapping):
            for place, value in comes.items():
                former = was.get(place) if isinstance(was, Mapping) else was
                yield f"{name}.{field} {place} {_text(former)} → {_text(value)}"
        elif comes is not None:
            yield f"{name}.{field} {_text(was)} → {_text(comes)}"


def _text(value: Any) -> str:
    if isinstance(value, Definition):
        return json.dumps(value.model_dump(mode="json", by_alias=True, exclude_unset=True), ensure_ascii=False)
    if isinstance(value, Mapping):
        return ", ".join(f"{place} {one}" for place, one in value.items())
    return "none" if value is None else str(value)


def retroactive(before: Model | None, after: Model, today: dt.date) -> list[str]:
    """What each new, other or dropped entry scores anew, if it holds from before today."""
    return [
        f'"{change.reason}" holds from {change.from_}, which is past: {_scored_anew(change)} scored anew from then on'
        for _, change in changed_entries(before, after)
        if change.from_ < today
    ]


def _scored_anew(change: Change) -> str:
    named: Sequence[str] = [*sorted(change.kpis), *(f"all of unit {one}" for one in sorted(change.units))]
    return f"{', '.join(named) or 'nothing'} {'are' if len(named) > 1 else 'is'}"
