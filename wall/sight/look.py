"""What somebody may see, as data that knows no model: resolved on the model and day that a page is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scoring.roles import ADMIN, Capability, Depth, Role


@dataclass(frozen=True, slots=True, order=True)
class Look:
    """One view onto the tree: a unit ("" for all there are), how far below it, and which KPIs (no tags: all)."""

    unit: str
    depth: Depth = "everything"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that somebody may see: what any of the looks shows. Equal sights see the same.

    `beside` is what the same viewer sees by other capabilities: it shows nothing, but a number that would tell a hidden
    one together with it is withheld.
    """

    looks: frozenset[Look] = frozenset()
    beside: frozenset[Look] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden.

        >>> WHOLE.whole, Sight(frozenset({Look("east")})).whole
        (True, False)
        """
        return Look("") in self.looks

    def __or__(self, other: Sight) -> Sight:
        looks = self.looks | other.looks
        return Sight(looks, (self.beside | other.beside) - looks)


WHOLE = Sight(frozenset({Look("")}))
NOTHING = Sight()
#: What the role of the first account may: everything, everywhere.
EVERYTHING: Mapping[Capability, Sight] = dict.fromkeys(Capability, WHOLE)


def sight_below(unit: str) -> Sight:
    """A unit and everything below it; what a screen of the unit may show."""
    return Sight(frozenset({Look(unit)}))


@dataclass(frozen=True, slots=True)
class Grant:
    """A role given to somebody; `unit` is the place it holds at, empty for the person's own."""

    role: str
    unit: str = ""


def looks_of(role: Role, unit: str, person: str) -> frozenset[Look]:
    """What a role shows somebody of a unit; nothing where it needs a place that the person has not."""
    tags = tuple(sorted(role.kpi_tags))
    places = {"list": role.units, "own_person": [person], "own_unit": [unit], "subtree": [unit]}[role.scope]
    depth: Depth = "everything" if role.scope == "subtree" else role.depth
    return frozenset(Look(place, depth, tags) for place in places if place)


def sights_of(roles: Iterable[Role], grants: Iterable[Grant], unit: str, person: str) -> dict[Capability, Sight]:
    """What somebody sees by each capability: a capability reaches as far as the roles that have it, and no further."""
    known = {role.id: role for role in roles}
    found: dict[Capability, Sight] = {}
    for grant in grants:
        if grant.role == ADMIN:
            return dict(EVERYTHING)
        role = known.get(grant.role)
        if role is None:
            continue
        shown = Sight(looks_of(role, grant.unit or unit, person))
        for capability in set(role.capabilities) & set(Capability):
            able = Capability(capability)
            found[able] = found.get(able, NOTHING) | shown
    everything = frozenset(look for sight in found.values() for look in sight.looks)
    return {able: Sight(sight.looks, everything - sight.looks) for able, sight in found.items()}
