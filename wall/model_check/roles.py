"""The roles, and whether every KPI has somebody who may see it."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Model
from scoring.roles import ADMIN, Capability, Role
from scoring.scorecard import applies

from .finding import Finding, doubt, fault


def check_roles(model: Model) -> Iterator[Finding]:
    units = {unit.id for unit in model.units}
    tags = {tag for kpi in model.kpis for tag in kpi.tags}
    for number, role in enumerate(model.roles):
        path, said = ("roles", number), f"role {role.id!r}"
        if role.id == ADMIN:
            yield fault(path, f"{said} is there without being declared", "choose another id")
        for name in sorted(set(role.capabilities) - set(Capability)):
            yield fault(
                (*path, "capabilities"), f"{said}: there is no capability {name!r}", f"use {', '.join(Capability)}"
            )
        for tag in sorted(set(role.kpi_tags) - tags):
            yield fault((*path, "kpi_tags"), f"{said}: no KPI has the tag {tag!r}", "use a tag of kpis: tags")
        if (role.scope == "list") != bool(role.units):
            yield fault((*path, "units"), f"{said}: units go with scope list, and only with it", "give both or neither")
        if role.scope == "subtree" and "depth" in role.model_fields_set and role.depth != "everything":
            yield fault((*path, "depth"), f"{said}: a subtree sees everything", "use scope own_unit for less depth")
        for name in set(role.units) - units:
            yield fault(("roles", number, "units"), f"role {role.id!r}: unit {name!r} is unknown", "name a unit")


def check_sight(model: Model) -> Iterator[Finding]:
    """KPIs that no role shows anywhere; a role of one's own place may be given anywhere."""
    if not model.roles or any(role.scope != "list" and not role.kpi_tags for role in model.roles):
        return
    shown = [(_units_of(model, role), set(role.kpi_tags)) for role in model.roles]
    for number, kpi in enumerate(model.kpis):
        open_to = [units for units, tags in shown if not tags or not tags.isdisjoint(kpi.tags)]
        if not any(applies(kpi, unit) for unit in model.units if any(unit.id in units for units in open_to)):
            yield doubt(
                ("kpis", number), f"kpi {kpi.id!r} can be seen by no role", "let a role's units include its own"
            )


def _units_of(model: Model, role: Role) -> set[str]:
    """The units that a role may show, of a model that may have faults."""
    if role.scope != "list":
        return {unit.id for unit in model.units}
    found, edge = set(role.units), set(role.units)
    while edge and role.depth != "total":
        edge = {unit.id for unit in model.units if unit.parent in edge} - found
        found |= edge
        if role.depth == "children":
            break
    return found
