"""Roles that would not show what they promise: numbers withheld because too few hidden units stand behind them."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.roles import Role
from scoring.same import Same
from wall.sight.look import Sight, looks_of
from wall.sight.opened import opened
from wall.sight.tree import Tree, tree_of

from .finding import Finding, doubt

#: A role of one's own unit may be given anywhere; it is tried at so many places, spread over the model.
MOST_PLACES = 20
#: So many of them are named.
_NAMED = 3


def check_withheld(model: Model) -> Iterator[Finding]:
    """Roles of which some holders lack numbers of the units that they are for; of a model without faults."""
    tree = tree_of(Same(model))
    for number, role in enumerate(model.roles):
        if role.scope == "subtree" or role.depth == "everything":
            continue
        found = list(_withheld(tree, role, model.minimum_group))
        if found:
            named = ", ".join(repr(unit) for unit in found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
            yield doubt(
                ("roles", number, "depth"),
                f"role {role.id!r} does not show all numbers of {named}: too few hidden units stand behind them",
                "give the role more depth, or tags, or lower minimum_group; else these stay withheld",
            )


def _withheld(tree: Tree, role: Role, minimum_group: int) -> Iterator[str]:
    """The units that a role is for and whose numbers it grants and does not show.

    Of a role that may be held anywhere those are told of if they are at least half of the places with units below.
    """
    if role.scope == "list":
        shown = opened(tree, Sight(looks_of(role, "", "")), minimum_group)
        yield from sorted(shown.withheld)
        return
    inner = [unit for unit, below in tree.children.items() if below]
    places = inner[:: 1 + len(inner) // MOST_PLACES]
    found = [unit for unit in places if unit in opened(tree, Sight(looks_of(role, unit, unit)), minimum_group).withheld]
    yield from found if 2 * len(found) >= len(places) else ()
