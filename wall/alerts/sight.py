"""Whether somebody may know of an alert: its reading must be among the numbers that they see."""

from __future__ import annotations

from scoring.alerts.alert import AlertKey
from wall.sight.visible import Visible


def sees_alert(seen: Visible, key: AlertKey, of: str) -> bool:
    """Whether a viewer sees what an alert reads; `of` is what the reading is.

    A place tells how a unit stands against its siblings, so all of them must be seen; a silence of a unit tells of
    everything that is counted there.
    """
    if of == "rank":
        return all(_sees_number(seen, unit, key.kpi) for unit in siblings(seen, key.unit))
    if of == "silence" and not key.kpi:
        return seen.sees_score(key.unit) and seen.sees_events(key.unit)
    if of == "silence" and key.kpi not in seen.tree.kpis:
        return seen.has_unit(key.unit) and any(source.id == key.kpi for source in seen.model.sources)
    return _sees_number(seen, key.unit, key.kpi)


def siblings(seen: Visible, unit: str) -> list[str]:
    """The units of the same kind below the same one, with the unit itself."""
    one = seen.tree.units.get(unit)
    if one is None or one.parent is None:
        return [unit]
    return [below for below in seen.tree.children[one.parent] if seen.tree.units[below].kind == one.kind]


def _sees_number(seen: Visible, unit: str, kpi: str) -> bool:
    return seen.sees_kpi(unit, kpi) if kpi else seen.sees_score(unit)
