"""What of a stand-up somebody sees: steps about hidden KPIs do not exist for them, and lists are shorter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from layouts.standup.facts import HIDDEN, Item
from wall.followup.ledger import Followup
from wall.sight.visible import Visible


def seen_items(items: Iterable[Item], visible: Visible, followup: Followup) -> tuple[Item, ...]:
    """The steps that are seen; `followup` is what of it is seen. Their shares of the time stay what they were."""
    return tuple(one for one in (_seen(item, visible, followup) for item in items) if one is not None)


def seen_step(at: str, items: Iterable[Item]) -> str:
    """The key of the step that is talked about; of one that is not seen not even the key is told."""
    return at if not at or any(one.key == at for one in items) else HIDDEN


def _seen(item: Item, visible: Visible, followup: Followup) -> Item | None:
    if not visible.has_unit(item.unit):
        return None
    if item.kpi:
        raised = item.raised_by if visible.has_unit(item.raised_by) else ""
        return replace(item, raised_by=raised) if visible.sees_kpi(item.unit, item.kpi) else None
    cells = tuple(cell for cell in item.cells if visible.sees_kpi(*cell))
    actions = tuple(one for one in item.actions if one in followup.actions)
    return replace(item, cells=cells, actions=actions) if cells or actions else None
