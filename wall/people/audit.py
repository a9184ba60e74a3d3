"""The audit trail: who did or took away what, in a journal of its own, where nothing is ever changed or removed."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.tally import Tally
from wall.journal import Entry
from wall.wiring import Site

from .viewer import Viewer

log = logging.getLogger(__name__)

PREFIX = "audit."
#: Refusals are counted in windows of this.
WINDOW_MS = 600_000
#: How many are noted one by one of the same refusal, of one who is refused (account, else address), and of all.
FREE = {"times": 1, "by_who": 20, "in_all": 200}


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
    CHANNEL_TESTED = "channel_tested"


#: What anybody can cause as often as they like.
REFUSALS = frozenset({Act.SIGN_IN_FAILED, Act.THROTTLED, Act.DENIED})


class AuditTrail:
    """Writes what happened; an entry that can't be written raises, so that nothing leaves unnoted.

    Refusals are bounded, or anybody could fill the trail: beyond those that are noted one by one only the 10th, 100th,
    1000th ... within ten minutes is, with its number. One that can't be written is logged: it stays a refusal.
    """

    def __init__(self, site: Site) -> None:
        self._trail = site.trail.for_appending()
        self._tally = Tally(site.redis, site.settings.site, WINDOW_MS)

    def note(self, act: Act, viewer: Viewer, about: Mapping[str, Any]) -> None:
        """Note an act of a viewer; `about` says of what, as plain data without secrets."""
        if act not in REFUSALS:
            self._write(act, viewer, about)
            return
        try:
            counts = self._noted(act, viewer, about)
            if counts:
                self._write(act, viewer, {**about, **{name: n for name, n in counts.items() if n > FREE[name]}})
        except (StoreUnavailable, LogUnavailable) as outage:
            log.warning("not in the audit trail (%s): %s of %s", outage, act, viewer.name or "nobody")

    def _write(self, act: Act, viewer: Viewer, about: Mapping[str, Any]) -> None:
        body = {"who": viewer.name, "kind": viewer.kind, **about}
        self._trail.append(Entry(PREFIX + act, time.time_ns() // 1_000_000, viewer.title or viewer.name, body))

    def _noted(self, act: Act, viewer: Viewer, about: Mapping[str, Any]) -> dict[str, int]:
        """The counts of a refusal as `FREE` has them; nothing where it is not to be noted."""
        who = viewer.name or str(about.get("address", ""))
        same = msgspec.json.encode(about, order="sorted").decode()
        names = {"times": f"{act}:{who}:{same}", "by_who": f"{act}:{who}", "in_all": act}
        counts: dict[str, int] = {}
        for level, name in names.items():
            counts[level] = self._tally.count(name)
            if counts[level] > FREE[level] and not is_power_of_ten(counts[level]):
                return {}
        return counts


def is_power_of_ten(number: int) -> bool:
    """Whether a count is worth noting.

    >>> [one for one in range(200) if is_power_of_ten(one)]
    [1, 10, 100]
    """
    return number > 0 and int("1" + "0" * (len(str(number)) - 1)) == number
