"""Placements: where in the tree a unit stood when, so that an event counts for those above it at its own time."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from .calendar import BusinessCalendar
from .definitions import Model
from .editions import changes_until

Parents = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Placements:
    """Where a unit that moves stood when: its ancestors from each start (ms) on."""

    starts_ms: tuple[int, ...]
    ancestors: tuple[tuple[str, ...], ...]

    def era(self, ms: int) -> int:
        """The number of the placement at a moment."""
        return max(0, bisect_right(self.starts_ms, ms) - 1)


def ancestors(unit: str, parents: Parents) -> tuple[str, ...]:
    """The units above, nearest first.

    >>> ancestors("line", {"line": "plant", "plant": "group", "group": None})
    ('plant', 'group')
    """
    found: list[str] = []
    above = parents.get(unit)
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return tuple(found)


def moves(model: Model, calendar: BusinessCalendar) -> dict[str, Placements]:
    """The units whose ancestors change with the time, by all changes of the model, past and to come."""
    parents: dict[str, str | None] = {unit.id: unit.parent for unit in model.units}
    dates = sorted({one.from_ for one in model.changes if any(unit.parent for unit in one.units.values())})
    if not dates:
        return {}
    eras = [parents] + [_moved(model, parents, date) for date in dates]
    starts = (0, *(calendar.day_start_ms(date) for date in dates))
    found = {}
    for unit in parents:
        trails = tuple(ancestors(unit, era) for era in eras)
        if len(set(trails)) > 1:
            found[unit] = Placements(starts, trails)
    return found


def _moved(model: Model, parents: Parents, date: dt.date) -> dict[str, str | None]:
    moved = dict(parents)
    for change in changes_until(model, date):
        moved.update({unit: one.parent for unit, one in change.units.items() if one.parent})
    return moved
