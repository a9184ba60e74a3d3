"""Which screens and announcements somebody may keep in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from layouts.words import Words
from scoring.definitions import Model
from scoring.roles import Capability
from wall.people.viewer import Viewer
from wall.refusal import Refused
from wall.sight.look import Sight
from wall.sight.visible import Visible

from .wanted import Wanted, checked


@dataclass(frozen=True, slots=True)
class Reach:
    """What the capabilities to manage screens and to announce reach of the model now.

    A screen shows its unit and all below it, so who pairs one must see as much.
    """

    manages: Visible
    announces: Visible

    def keeps(self, unit: str) -> bool:
        """Whether screens of a unit may be seen and changed."""
        return self.manages.sight.whole or self.manages.sees_all_below(unit)

    def announces_at(self, unit: str) -> bool:
        """Whether announcements for a unit may be seen, made and ended."""
        return self.announces.sight.whole or self.announces.has_unit(unit)

    def wanted(self, wanted: Wanted, words: Words) -> Wanted:
        """What is wanted of a screen, if it is within reach; what lies without is refused like what does not exist."""
        if self.manages.sight.whole:
            return wanted
        within = replace(wanted, unit=wanted.unit or top_of(self.manages.model))
        fits = checked(within, self.manages.model, words)
        if not self.keeps(fits.unit):
            raise Refused(words("screens.refused.unit", unit=wanted.unit))
        return fits


def reach_of(viewer: Viewer, visible: Callable[[Sight], Visible]) -> Reach:
    """How far a viewer reaches; `visible` says what a sight shows now."""
    return Reach(visible(viewer.sight(Capability.MANAGE_SCREENS)), visible(viewer.sight(Capability.ANNOUNCE)))


def top_of(model: Model) -> str:
    """The unit meant where none is named: the first at the top; empty where nothing is seen."""
    return next((unit.id for unit in model.units if unit.parent is None), "")
