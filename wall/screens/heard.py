"""Heartbeats as a server keeps them: in memory first, in Redis once a second, judged for silence."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.screens import ScreenStore

from .beats import Beat, Heard, decoded
from .fleet import Screen
from .watch import Presence, presence

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A screen with what was last heard of it (None: nothing yet), and whether it is there."""

    screen: Screen
    heard: Heard | None
    presence: Presence


class Heartbeats:
    """The last heartbeat of each screen; a beat costs no round trip, and no screen is silent for a server's outage."""

    def __init__(self, store: ScreenStore, now_ms: Callable[[], int], started_ms: int | None = None) -> None:
        self._store = store
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._since_ms = now_ms() if started_ms is None else started_ms
        self._known: dict[str, Heard] = {}
        self._unsent: dict[str, bytes] = {}

    def take(self, screen_id: str, beat: Beat, address: str) -> None:
        """Take in a heartbeat."""
        heard = Heard(self._now_ms(), address, beat)
        content = msgspec.json.encode(heard)
        with self._lock:
            self._known[screen_id] = heard
            self._unsent[screen_id] = content

    def flush(self) -> None:
        """Let all servers have what came in since; what could not be sent is sent with what comes next."""
        with self._lock:
            unsent, self._unsent = self._unsent, {}
        if not unsent:
            return
        try:
            self._store.put_beats(unsent)
        except StoreUnavailable:
            with self._lock:
                self._unsent = {**unsent, **self._unsent}
            raise

    def lost(self) -> None:
        """Redis was away: what came in at other servers was not to be seen, so nobody is silent before long."""
        self._since_ms = self._now_ms()

    def seen(self, screens: Iterable[Screen]) -> list[Seen]:
        """Screens with what any server heard of them, silent ones first; from memory while Redis is away."""
        try:
            found = self._store.beats()
        except StoreUnavailable as outage:
            self.lost()
            log.warning("%s; heartbeats are those of this server", outage)
            found = {}
        with self._lock:
            for name, content in found.items():
                self._take_later(name, decoded(content))
        return sorted(self.known(screens), key=lambda one: one.presence is not Presence.SILENT)

    def _take_later(self, name: str, heard: Heard | None) -> None:
        held = self._known.get(name)
        if heard is not None and (held is None or heard.at_ms > held.at_ms):
            self._known[name] = heard

    def known(self, screens: Iterable[Screen]) -> list[Seen]:
        """Likewise from memory alone, in the order of the screens."""
        now_ms = self._now_ms()
        return [self._seen(one, self._known.get(one.id), now_ms) for one in screens]

    def _seen(self, screen: Screen, heard: Heard | None, now_ms: int) -> Seen:
        since_ms = max(self._since_ms, screen.paired_ms)
        return Seen(screen, heard, presence(heard.at_ms if heard else None, since_ms, now_ms))
