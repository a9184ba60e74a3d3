"""The rooms of the desk with what each needs, and the steps in them that need more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scoring.roles import Capability
from wall.messages.permits import CHANNELS
from wall.people.permits import Permit
from wall.people.viewer import Viewer

ANALYSIS = Permit((Capability.VIEW,))
REVIEW, REVIEW_WRITE = Permit((Capability.VIEW,)), Permit((Capability.NOTE,))
#: What concerns the whole model or every unit needs a sight without anything hidden.
WHAT_IF = Permit((Capability.EDIT_TARGETS, Capability.APPLY_MODEL))
TARGETS = Permit((Capability.EDIT_TARGETS,))
MODEL = Permit((Capability.APPLY_MODEL,), whole=True)
HISTORY = Permit((Capability.APPLY_MODEL, Capability.AUDIT), whole=True)
CLOSE = Permit((Capability.CLOSE_PERIODS,), whole=True)
PERIODS = Permit((Capability.CLOSE_PERIODS, Capability.AUDIT), whole=True)
INCENTIVE = Permit((Capability.SEE_INCENTIVE,))
#: Amounts of everybody are proposed and approved by those who close the periods that they are worked out from.
SETTLE = CLOSE & Permit((Capability.SEE_INCENTIVE,), whole=True)
SCREENS = Permit((Capability.MANAGE_SCREENS,))
ANNOUNCE = Permit((Capability.ANNOUNCE,))
SCREENS_ROOM = Permit((Capability.MANAGE_SCREENS, Capability.ANNOUNCE))
AUDIT = Permit((Capability.AUDIT,), whole=True)
ALERTS = Permit((Capability.ACKNOWLEDGE, Capability.ASSIGN, Capability.APPLY_MODEL, Capability.AUDIT))
ACKNOWLEDGE = Permit((Capability.ACKNOWLEDGE,))
#: A replay tells of every unit.
REPLAY = HISTORY
DELIVERIES = CHANNELS
EXPORT = Permit((Capability.EXPORT,))
EXPORT_ALL = Permit((Capability.EXPORT,), whole=True)

#: The rooms in the order of their use.
ROOMS: Mapping[str, Permit] = {
    "analysis": ANALYSIS,
    "review": REVIEW,
    "what-if": WHAT_IF,
    "targets": TARGETS,
    "scenes": MODEL,
    "screens": SCREENS_ROOM,
    "history": HISTORY,
    "periods": PERIODS,
    "incentive": INCENTIVE,
    "alerts": ALERTS,
    "audit": AUDIT,
}


def open_rooms(viewer: Viewer) -> Iterator[str]:
    """The rooms that a viewer may enter."""
    return (room for room, permit in ROOMS.items() if permit.admits(viewer))
