"""Which screens went silent: told once when it happens, and once when they are back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from enum import StrEnum

from streams.redis_adapters.screens import ScreenStore

from .fleet import Screen

log = logging.getLogger(__name__)

#: Six heartbeats: more than a reload, a restart of the server or a lost packet takes.
SILENT_AFTER_MS = 60_000


class Presence(StrEnum):
    """Whether a screen is there."""

    LIVE = "live"
    SILENT = "silent"


def presence(heard_ms: int | None, since_ms: int, now_ms: int) -> Presence:
    """Whether a screen is there; one that was not heard of yet is given its time from `since_ms` on.

    >>> presence(None, 0, 60_000).value, presence(0, 0, 60_001).value, presence(50_000, 0, 60_001).value
    ('live', 'silent', 'live')
    """
    return Presence.SILENT if now_ms - max(heard_ms or 0, since_ms) > SILENT_AFTER_MS else Presence.LIVE


def report(store: ScreenStore, screens: Iterable[Screen], found: Mapping[str, Presence], now_ms: int) -> None:
    """Log which screens went silent or came back; of all servers of a site only the first to notice says so."""
    reported = store.reported_silent()
    for screen in screens:
        silent = found[screen.id] is Presence.SILENT
        if silent and screen.id not in reported and store.mark_silent(screen.id, now_ms):
            log.warning("screen %s %r (%s) went silent; is it on, and is its network up?", *_named(screen))
        elif not silent and screen.id in reported and store.unmark_silent(screen.id):
            log.info("screen %s %r (%s) is back", *_named(screen))


def _named(screen: Screen) -> tuple[str, str, str]:
    return screen.id, screen.name, screen.place
