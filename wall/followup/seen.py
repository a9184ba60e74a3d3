"""What of notes, actions and decisions somebody sees: items whose anchor is hidden do not exist for them.

That holds for an action of one's own, too: who lost sight of what it is about reads no title, is not reminded, and
somebody who still sees it must hand it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from wall.sight.visible import Visible

from .items import Anchor
from .ledger import Followup


class _Pinned(Protocol):
    """Something that is pinned to a unit or KPI."""

    @property
    def anchor(self) -> Anchor:
        """What it is pinned to."""


Pinned = TypeVar("Pinned", bound=_Pinned)


def sees(visible: Visible, anchor: Anchor) -> bool:
    """Whether what is pinned there is seen: the KPI's numbers, or for a whole unit its score.

    With nothing hidden that is everything, also what the model does not have any more.
    """
    if visible.sight.whole:
        return True
    return visible.sees_kpi(anchor.unit, anchor.kpi) if anchor.kpi else visible.sees_score(anchor.unit)


def seen(state: Followup, visible: Visible) -> Followup:
    """The items whose anchor is seen."""
    if visible.sight.whole:
        return state
    return Followup(_seen(state.notes, visible), _seen(state.actions, visible), _seen(state.decisions, visible))


def _seen(held: Mapping[str, Pinned], visible: Visible) -> dict[str, Pinned]:
    return {id_: one for id_, one in held.items() if sees(visible, one.anchor)}
