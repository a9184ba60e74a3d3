"""Roles: who may see what, and do what; everything that no role grants is denied."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

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


#: The role that is there in every model: it shows everything and may do everything.
ADMIN = "admin"

Depth = Literal["total", "children", "everything"]


class Role(Definition):
    """Who may see what: which units, how far below them, which KPIs, and what may be done there.

    `subtree` and `own_unit` are the unit that the person is assigned to, `own_person` is the person's own unit, `list`
    names units.
    """

    id: NameId
    title: Text
    scope: Literal["subtree", "own_unit", "own_person", "list"] = "own_unit"
    units: list[UnitId] = Field([], description="scope list: the units")
    depth: Depth = Field(
        "total", description="how far below: the units' own numbers, their children too, or everything; not for subtree"
    )
    kpi_tags: list[NameId] = Field([], description="only KPIs with one of these tags, and no unit's score; none: all")
    #: Names of `Capability`; a model of another version may know others, which then give nothing.
    capabilities: list[NameId] = Field(["view"], min_length=1)
