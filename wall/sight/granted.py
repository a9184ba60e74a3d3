"""What looks grant on a tree, before anything is withheld."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .look import Look
from .tree import Tree


@dataclass(slots=True)
class Granted:
    """What looks name before anything is withheld; of the units in `whole` everything is, down to the last below."""

    kpis: set[tuple[str, str]] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)

    def without(self, kpis: set[tuple[str, str]], scores: set[str]) -> Granted:
        """The same without what is withheld; whole is only what nothing is withheld of."""
        lacking = {unit for unit, _ in kpis} | scores
        return Granted(self.kpis - kpis, self.scores - scores, self.whole if not lacking else set())

    def __or__(self, other: Granted) -> Granted:
        """What either grants; what is whole is only so in one's own tree."""
        return Granted(self.kpis | other.kpis, self.scores | other.scores, set(self.whole))


def granted(tree: Tree, looks: Iterable[Look]) -> Granted:
    """What looks name on a tree."""
    found = Granted()
    for look in looks:
        units = _units_of(tree, look)
        for unit in units:
            shown = tree.cards[unit]
            if look.tags:
                shown = tuple(kpi for kpi in shown if not set(look.tags).isdisjoint(tree.kpis[kpi].tags))
            found.kpis.update((unit, kpi) for kpi in shown)
        if not look.tags:
            found.scores.update(units)
            if not look.unit or look.depth == "everything":
                found.whole.update(units)
    return found


def _units_of(tree: Tree, look: Look) -> list[str]:
    if not look.unit:
        return list(tree.units)
    if look.unit not in tree.units:
        return []
    found = [look.unit]
    if look.depth == "children":
        found += tree.children[look.unit]
    if look.depth == "everything":
        for unit in found:
            found += tree.children[unit]
    return found
