"""The scenes and the roles, and whether every KPI has somebody who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scorecard import applies

from .finding import Finding, doubt, fault


def check_scenes(model: Model) -> Iterator[Finding]:
    units, kinds = {unit.id: unit for unit in model.units}, {unit.kind for unit in model.units}
    kpis = {kpi.id: kpi for kpi in model.kpis}
    for number, scene in enumerate(model.scenes):
        path = ("scenes", number)
        unit = units.get(scene.unit or "")
        if unit is None and scene.unit:
            yield fault((*path, "unit"), f"scene {scene.id!r}: unit {scene.unit!r} is unknown", "name a unit")
        if scene.ranking and scene.ranking not in kinds:
            yield fault(
                (*path, "ranking"), f"scene {scene.id!r}: no unit is a {scene.ranking!r}", "name a kind of units"
            )
        for name in [*scene.kpis, *([scene.trend] if scene.trend else [])]:
            kpi = kpis.get(name)
            if kpi is None or (unit is not None and not applies(kpi, unit)):
                yield fault(
                    path, f"scene {scene.id!r}: kpi {name!r} does not stand at {scene.unit!r}", "use a KPI of that unit"
                )
        if scene.trend in kpis and kpis[scene.trend].trend is None:
            yield fault(
                (*path, "trend"),
                f"scene {scene.id!r}: kpi {scene.trend!r} keeps no trend",
                "give the KPI trend: hour, say",
            )


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
