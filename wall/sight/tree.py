"""The tree of an edition, as far as hiding needs it: who stands below whom, which KPIs stand where, what feeds what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from scoring.definitions import Kpi, Model, Unit
from scoring.expressions import names
from scoring.methods import Bonus
from scoring.same import Same
from scoring.scorecard import by_unit, rollup_at, stands_at


@dataclass(frozen=True, slots=True)
class Tree:
    """Units with their children, KPIs by unit, the metrics of each KPI, and the kinds of period of each metric."""

    units: Mapping[str, Unit]
    children: Mapping[str, tuple[str, ...]]
    kpis: Mapping[str, Kpi]
    cards: Mapping[str, tuple[str, ...]]
    metrics: Mapping[str, tuple[str, ...]]
    periods: Mapping[str, frozenset[str]]
    _reach: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def carriers(self, unit: str, metric: str, period: str = "") -> list[str]:
        """The KPIs at a unit that tell a metric's number there; of one kind of period, or of any."""
        return [
            kpi for kpi in self.cards[unit] if metric in self.metrics[kpi] and period in ("", self.kpis[kpi].period)
        ]

    def reach(self, unit: str, metric: str, period: str) -> int:
        """How many units a metric's number at a unit above is summed from here: this one, else the nearest below."""
        key = unit, metric, period
        if key not in self._reach:
            carries = bool(self.carriers(unit, metric, period))
            below = 0 if carries else sum(self.reach(child, metric, period) for child in self.children[unit])
            self._reach[key] = 1 if carries else below
        return self._reach[key]

    def is_scored(self, unit: str) -> bool:
        """Whether a unit may have a score: by KPIs of its own, or by child units."""
        weights = (by_unit(self.kpis[kpi].weight, self.units[unit]) for kpi in self.judged(unit))
        return any(weights) or (
            bool(self.units[unit].child_share) and any(self.is_scored(child) for child in self.children[unit])
        )

    def judged(self, unit: str) -> list[str]:
        """The KPIs that may make points at a unit: those with a weight, and bonuses."""
        one = self.units[unit]
        return [
            kpi
            for kpi in self.cards[unit]
            if (by_unit(self.kpis[kpi].weight, one) or isinstance(self.kpis[kpi].method, Bonus))
            and self.is_judged(unit, kpi)
        ]

    def is_judged(self, unit: str, kpi: str) -> bool:
        """Whether a KPI may have a score at a unit: a mean of child units needs some that have one."""
        if kpi not in self.cards[unit]:
            return False
        if not self.is_mean(unit, kpi):
            return True
        return any(self.is_judged(child, kpi) for child in self.children[unit])

    def is_mean(self, unit: str, kpi: str) -> bool:
        """Whether a KPI's score at a unit is the mean of those of the child units."""
        return rollup_at(self.kpis[kpi], self.units[unit]) == "scores"

    def sums_like(self, other: Tree) -> bool:
        """Whether another tree sums and averages the same: units, places, cards, metrics, roll-ups, child shares."""
        return self.children == other.children and self.cards == other.cards and self._means() == other._means()

    def _means(self) -> tuple[object, ...]:
        shares = [bool(unit.child_share) for unit in self.units.values()]
        kpis = [(kpi.rollup, kpi.weight, self.metrics[kpi.id]) for kpi in self.kpis.values()]
        return shares, kpis

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
    """The tree of an edition that is asked for again and again."""
    return built_tree(same.value)


def built_tree(model: Model) -> Tree:
    """The tree of an edition."""
    children: dict[str, list[str]] = {unit.id: [] for unit in model.units}
    for unit in model.units:
        if unit.parent is not None:
            children[unit.parent].append(unit.id)
    counted = {metric.id for metric in model.metrics}
    metrics = {kpi.id: tuple(name for name in names(kpi.value) if name in counted) for kpi in model.kpis}
    periods = {
        metric: frozenset(kpi.period for kpi in model.kpis if metric in metrics[kpi.id])
        for metric in set[str]().union(*metrics.values())
    }
    return Tree(
        units={unit.id: unit for unit in model.units},
        children={unit: tuple(below) for unit, below in children.items()},
        kpis={kpi.id: kpi for kpi in model.kpis},
        cards=_cards(model),
        metrics=metrics,
        periods=periods,
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
