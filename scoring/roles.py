"""Roles: who may see what, and do what; everything that no role grants is denied."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from .forms import Definition, NameId, Text, UnitId


class Capability(StrEnum):
    """What a role lets somebody do; those that concern numbers hold within the role's scope only."""

    VIEW = "view"
    EXPLAIN = "explain"  # down to the single events
    EXPORT = "export"  # take away as a file what is seen
    SEE_INCENTIVE = "see_incentive"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    RUN_STANDUP = "run_standup"
    ANNOUNCE = "announce"
    EDIT_TARGETS = "edit_targets"
    APPLY_MODEL = "apply_model"
    CLOSE_PERIODS = "close_periods"
    MANAGE_SCREENS = "manage_screens"
    MANAGE_USERS = "manage_users"
    AUDIT = "audit"
    SEND_EVENTS = "send_events"
    READ_METRICS = "read_metrics"


Depth = Literal["total", "children", "everything"]


class Role(Definition):
    """Who may see what: which units, how far below them, which KPIs, and what may be done there.

    `subtree` and `own_unit` are the unit that the person is assigned to, `own_person` is the person's own unit, `list`
    names units. `depth` is how far below those units the role sees; a `subtree` sees everything.
    """

    id: NameId
    title: Text
    scope: Literal["subtree", "own_unit", "own_person", "list"]
    units: list[UnitId] = Field([], description="scope list: the units")
    depth: Depth = Field("total", description="how far below: the units' own totals, their children, or everything")
    kpi_tags: list[NameId] = Field([], description="only KPIs with one of these tags, and no unit's score; none: all")
    capabilities: list[Capability] = Field([Capability.VIEW], min_length=1)

    @model_validator(mode="after")
    def _names_units_where_it_lists_them(self) -> Role:
        if (self.scope == "list") != bool(self.units):
            raise ValueError(f"role {self.id!r}: units go with scope list, and only with it; give both or neither")
        if self.scope == "subtree" and "depth" in self.model_fields_set and self.depth != "everything":
            raise ValueError(f"role {self.id!r}: a subtree sees everything; use own_unit for less depth")
        return self
