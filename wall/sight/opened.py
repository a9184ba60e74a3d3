"""Which numbers a sight opens, so that no sum of them tells one that is hidden.

What a viewer sees of a unit is a sum over what lies below it. Where all but one of the parts are seen, too, the
difference tells the hidden one. So a number is withheld if some of its parts are hidden, but fewer than the model's
`minimum_group`. Parts that can be summed from what is seen count as seen, whatever the roles say of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .look import Look, Sight
from .tree import Tree


@dataclass(frozen=True, slots=True)
class Opened:
    """What is seen: units by name in the model's order, KPIs by (unit, KPI), scores by unit.

    `withheld` are the units that lack a number which a role grants.
    """

    units: tuple[str, ...]
    kpis: frozenset[tuple[str, str]]
    scores: frozenset[str]
    withheld: frozenset[str]


def opened(tree: Tree, sight: Sight, minimum_group: int) -> Opened:
    """What a sight opens on an edition's tree."""
    kpis, scores = _granted(tree, sight)
    units = {unit for unit, _ in kpis} | scores
    return _Opening(tree, units, kpis, scores, minimum_group).result()


def _granted(tree: Tree, sight: Sight) -> tuple[set[tuple[str, str]], set[str]]:
    """The KPIs and scores that the looks name, before anything is withheld."""
    kpis: set[tuple[str, str]] = set()
    scores: set[str] = set()
    for look in sight.looks:
        for unit in _units_of(tree, look):
            shown = tree.cards[unit]
            if look.tags:
                shown = tuple(kpi for kpi in shown if not set(look.tags).isdisjoint(tree.kpis[kpi].tags))
            else:
                scores.add(unit)
            kpis.update((unit, kpi) for kpi in shown)
    return kpis, scores


def _units_of(tree: Tree, look: Look) -> Iterable[str]:
    if not look.unit:
        return tree.units
    if look.unit not in tree.units:
        return ()
    found = [look.unit]
    if look.depth == "children":
        found += tree.children[look.unit]
    if look.depth == "everything":
        for unit in found:
            found += tree.children[unit]
    return found


class _Opening:
    """Decides from the leaves up: whether a unit's number may be seen depends on what is seen of those below it."""

    def __init__(
        self, tree: Tree, units: set[str], kpis: set[tuple[str, str]], scores: set[str], minimum_group: int
    ) -> None:
        self._tree = tree
        self._units = units
        self._kpis = kpis
        self._scores = scores
        self._least = minimum_group
        self._touched = units | {above for unit in units for above in tree.above(unit)}
        self._withheld: set[str] = set()

    def result(self) -> Opened:
        depth = {unit: len(self._tree.above(unit)) for unit in self._units}
        for unit in sorted(self._units, key=lambda one: -depth[one]):
            self._decide(unit)
        order = [unit for unit in self._tree.units if unit in self._units]
        return Opened(tuple(order), frozenset(self._kpis), frozenset(self._scores), frozenset(self._withheld))

    def _decide(self, unit: str) -> None:
        tree = self._tree
        kept = True
        for family in dict.fromkeys(tree.family[kpi] for kpi in tree.cards[unit] if (unit, kpi) in self._kpis):
            if self._tells(sum(self._hidden(child, family) for child in tree.children[unit])):
                self._kpis -= {(unit, kpi) for kpi in tree.of_family(unit, family)}
                kept = False
        if not kept:
            self._withheld.add(unit)
        if unit in self._scores and not (kept and self._score_is_safe(unit)):
            self._scores.discard(unit)
            self._withheld.add(unit)

    def _tells(self, hidden: int) -> bool:
        """Whether a sum with so many hidden parts tells of one of them."""
        return 0 < hidden < self._least

    def _score_is_safe(self, unit: str) -> bool:
        tree = self._tree
        if self._tells(sum((unit, kpi) not in self._kpis for kpi in tree.weighed(unit))):
            return False
        if not tree.units[unit].child_share:
            return True
        return not self._tells(sum(self._hides_score(child) for child in tree.children[unit]))

    def _hidden(self, unit: str, family: str) -> int:
        """How many hidden numbers a family's sum above takes from here."""
        tree = self._tree
        if unit not in self._touched:
            return tree.reach(unit, family)
        if tree.of_family(unit, family):
            return 0 if self._is_open(unit, family) else 1
        return sum(self._hidden(child, family) for child in tree.children[unit])

    def _is_open(self, unit: str, family: str) -> bool:
        """Whether a family's numbers at a unit are seen, or are sums of such."""
        tree = self._tree
        if all((unit, kpi) in self._kpis for kpi in tree.of_family(unit, family)):
            return True
        parts = [child for child in tree.children[unit] if tree.reach(child, family)]
        return bool(parts) and not any(self._hidden(child, family) for child in parts)

    def _hides_score(self, unit: str) -> bool:
        """Whether a child unit adds a score that is not seen and is no sum of what is."""
        tree = self._tree
        if not tree.is_scored(unit) or unit in self._scores:
            return False
        if unit not in self._touched or not all((unit, kpi) in self._kpis for kpi in tree.weighed(unit)):
            return True
        below = tree.children[unit] if tree.units[unit].child_share else ()
        return any(self._hides_score(child) for child in below)
