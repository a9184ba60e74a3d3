"""The roles, and whether every KPI has somebody who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scorecard import applies

from .finding import Finding, doubt, fault


def check_roles(model: Model) -> Iterator[Finding]:
    units = {unit.id for unit in model.units}
    for number, role in enumerate(model.roles):
        for name in set(role.units) - units:
            yield fault(("roles", number, "units"), f"role {role.id!r}: unit {name!r} is unknown", "name a unit")


def check_sight(model: Model) -> Iterator[Finding]:
    """KPIs that stand at no unit of any role; a role of one's own unit or subtree may be given anywhere."""
    if not model.roles or any(role.scope != "list" and not role.units for role in model.roles):
        return
    seen = _seen(model)
    for number, kpi in enumerate(model.kpis):
        if not any(applies(kpi, unit) for unit in model.units if unit.id in seen):
            yield doubt(
                ("kpis", number), f"kpi {kpi.id!r} can be seen by no role", "let a role's units include its own"
            )


def _seen(model: Model) -> set[str]:
    """The units that roles name, and what their depth lets them see below."""
    below: dict[str, list[str]] = {}
    for unit in model.units:
        if unit.parent is not None:
            below.setdefault(unit.parent, []).append(unit.id)
    seen: set[str] = set()
    for role in model.roles:
        found = list(role.units)
        if role.depth == "children":
            found += [child for name in role.units for child in below.get(name, ())]
        if role.depth == "everything":
            held: set[str] = set()
            while found:
                name = found.pop()
                if name not in held:
                    held.add(name)
                    found += below.get(name, ())
            found = sorted(held)
        seen.update(found)
    return seen
