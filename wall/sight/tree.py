"""The tree of an edition, as far as hiding needs it: who stands below whom, which KPIs stand where, what feeds what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scoring.definitions import Kpi, Model, Unit
from scoring.expressions import names
from scoring.same import Same
from scoring.scorecard import by_unit, stands_at


@dataclass(frozen=True, slots=True)
class Tree:
    """Units with their children, KPIs by unit, and the family of each KPI.

    KPIs of one family share metrics: a number of one may tell a number of another.
    """

    units: Mapping[str, Unit]
    children: Mapping[str, tuple[str, ...]]
    kpis: Mapping[str, Kpi]
    cards: Mapping[str, tuple[str, ...]]
    family: Mapping[str, str]
    _reach: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_family(self, unit: str, family: str) -> list[str]:
        """The KPIs of a family that stand at a unit."""
        return [kpi for kpi in self.cards[unit] if self.family[kpi] == family]

    def reach(self, unit: str, family: str) -> int:
        """How many units a family's number at a unit above is summed from here: this one, else the nearest below."""
        key = unit, family
        if key not in self._reach:
            carries = bool(self.of_family(unit, family))
            below = 0 if carries else sum(self.reach(child, family) for child in self.children[unit])
            self._reach[key] = 1 if carries else below
        return self._reach[key]

    def is_scored(self, unit: str) -> bool:
        """Whether a unit may have a score: by KPIs of its own, or by child units."""
        return bool(self.weighed(unit)) or (
            bool(self.units[unit].child_share) and any(self.is_scored(child) for child in self.children[unit])
        )

    def weighed(self, unit: str) -> list[str]:
        """The KPIs that make a unit's score."""
        return [kpi for kpi in self.cards[unit] if by_unit(self.kpis[kpi].weight, self.units[unit])]

    def above(self, unit: str) -> list[str]:
        """The units above, nearest first."""
        found: list[str] = []
        parent = self.units[unit].parent
        while parent is not None:
            found.append(parent)
            parent = self.units[parent].parent
        return found


@lru_cache(maxsize=4)
def tree_of(same: Same[Model]) -> Tree:
    """The tree of an edition."""
    model = same.value
    children: dict[str, list[str]] = {unit.id: [] for unit in model.units}
    for unit in model.units:
        if unit.parent is not None:
            children[unit.parent].append(unit.id)
    return Tree(
        units={unit.id: unit for unit in model.units},
        children={unit: tuple(below) for unit, below in children.items()},
        kpis={kpi.id: kpi for kpi in model.kpis},
        cards=_cards(model),
        family=_families(model),
    )


def _cards(model: Model) -> dict[str, tuple[str, ...]]:
    on_place: dict[str, list[Kpi]] = {}
    for kpi in model.kpis:
        for place in kpi.applies_to:
            on_place.setdefault(place, []).append(kpi)
    order = {kpi.id: at for at, kpi in enumerate(model.kpis)}
    found = {}
    for unit in model.units:
        standing = {kpi.id for place in (unit.id, unit.kind) for kpi in on_place.get(place, ()) if stands_at(kpi, unit)}
        found[unit.id] = tuple(sorted(standing, key=order.__getitem__))
    return found


def _families(model: Model) -> dict[str, str]:
    """Each KPI's family, named by one metric of it."""
    metrics = {metric.id for metric in model.metrics}
    used = {kpi.id: [name for name in names(kpi.value) if name in metrics] or [kpi.id] for kpi in model.kpis}
    head: dict[str, str] = {}

    def find(name: str) -> str:
        while head.setdefault(name, name) != name:
            name = head[name]
        return name

    for found in used.values():
        for name in found[1:]:
            head[find(name)] = find(found[0])
    return {kpi: find(found[0]) for kpi, found in used.items()}
