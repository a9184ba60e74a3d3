"""Ranks: the places of units among their siblings of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from ..definitions import Unit
from .alert import AlertKey

#: Who is compared: rule, KPI, parent and kind of unit.
Group = tuple[str, str, str | None, str]


class Ranks:
    """The places of all units that rules about ranks watch, kept group by group."""

    def __init__(self, keys: Iterable[AlertKey], units: Mapping[str, Unit]) -> None:
        self._members: dict[Group, list[AlertKey]] = {}
        self._groups: dict[str, list[Group]] = {}
        self._siblings: dict[tuple[str | None, str], list[str]] = {}
        self.places: dict[AlertKey, int | None] = {}
        for unit in units.values():
            self._siblings.setdefault((unit.parent, unit.kind), []).append(unit.id)
        for key in keys:
            unit = units[key.unit]
            self._members.setdefault((key.rule, key.kpi, unit.parent, unit.kind), []).append(key)
        for group in self._members:
            for sibling in self._siblings[group[2:]]:
                self._groups.setdefault(sibling, []).append(group)

    def groups(self, units: Iterable[str] | None) -> Iterable[Group]:
        """The groups that units are compared in; None: all groups."""
        if units is None:
            return self._members
        return {group for unit in units for group in self._groups.get(unit, ())}

    def rank(self, group: Group, reading: Callable[[str, str], Fraction | None], at_least: int) -> set[AlertKey]:
        """Rank a group anew, by readings of (unit, kpi), larger being better; the places that changed.

        Whoever reads the same has the same place. All siblings compete, whether the rule watches them or not.
        """
        read = {unit: reading(unit, group[1]) for unit in self._siblings[group[2:]]}
        known = sorted((one for one in read.values() if one is not None), reverse=True)
        place: dict[Fraction, int] = {}
        for number, one in enumerate(known, 1):
            place.setdefault(one, number)
        changed = set()
        for key in self._members[group]:
            mine = read[key.unit]
            found = place[mine] if mine is not None and len(known) >= at_least else None
            if found != self.places.get(key):
                self.places[key] = found
                changed.add(key)
        return changed
