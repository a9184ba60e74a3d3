"""The audit trail: who did or took away what, in the journal, where nothing is ever changed or removed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from wall.journal import Entry
from wall.wiring import Site

from .viewer import Viewer

PREFIX = "audit."


class Act(StrEnum):
    """What is noted besides the entries that changes themselves make in the journal."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_FAILED = "sign_in_failed"
    THROTTLED = "throttled"
    SESSION_REVOKED = "session_revoked"
    DENIED = "denied"
    EXPORTED = "exported"
    ACKNOWLEDGED = "acknowledged"
    APPROVED = "approved"


class AuditTrail:
    """Writes what happened; an entry that can't be written raises, so that nothing leaves unnoted."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def note(self, act: Act, viewer: Viewer, about: Mapping[str, Any]) -> None:
        """Note an act of a viewer; `about` says of what, as plain data without secrets."""
        body = {"who": viewer.name, "kind": viewer.kind, **about}
        self._site.journal.append(Entry(PREFIX + act, time.time_ns() // 1_000_000, viewer.title or viewer.name, body))
