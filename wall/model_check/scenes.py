"""The scenes and the roles."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.scorecard import applies

from .finding import Finding, fault


def check_scenes(model: Model) -> Iterator[Finding]:
    units, kinds = {unit.id: unit for unit in model.units}, {unit.kind for unit in model.units}
    kpis = {kpi.id: kpi for kpi in model.kpis}
    for number, scene in enumerate(model.scenes):
        path = ("scenes", number)
        unit = units.get(scene.unit)
        if unit is None:
            yield fault((*path, "unit"), f"scene {scene.id!r}: unit {scene.unit!r} is unknown", "name a unit")
        if scene.ranking and scene.ranking not in kinds:
            yield fault(
                (*path, "ranking"), f"scene {scene.id!r}: no unit is a {scene.ranking!r}", "name a kind of units"
            )
        for name in [*scene.kpis, scene.trend]:
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
