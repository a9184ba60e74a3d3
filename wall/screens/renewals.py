"""Credentials renew themselves: a new one is offered with every heartbeat until the screen has used it once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from wall.journal import Entry, Journal

from .credentials import credential, hash_of, new_secret
from .fleet import CREDENTIAL, IssuedHash, Register, Screen, with_kept

#: A credential is renewed when it is older than this.
RENEW_AFTER_MS = 24 * 3_600_000
#: What was issued and not used after this was offered by a server that is gone: another one is issued.
LOST_AFTER_MS = 600_000
_AUTHOR = "kpiwall"


@dataclass(frozen=True, slots=True)
class _Offer:
    """A secret that no screen has used yet; this process alone knows it."""

    secret: str
    hash: str


class Renewals:
    """What is to be issued, offered and kept; one entry of the journal for all screens of a round.

    An answer that was lost does no harm: the former credential holds until the new one was used, and a new one is
    offered only once the journal has its hash.
    """

    def __init__(self, journal: Journal, now_ms: Callable[[], int]) -> None:
        self._journal = journal
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._due: dict[str, _Offer] = {}
        self._offers: dict[str, _Offer] = {}
        self._used: dict[str, str] = {}

    def effective(self, screen: Screen) -> Screen:
        """The screen without the credentials that a newer one, used since the journal was last written, has voided."""
        used = self._used.get(screen.id)
        return screen if used is None else with_kept(screen, used)

    def used(self, screen: Screen, presented: IssuedHash) -> None:
        """Take note that a credential was used: those before it are void."""
        if presented != screen.hashes[0]:
            with self._lock:
                self._used[screen.id] = presented.hash
                if self._offers.get(screen.id, _Offer("", "")).hash == presented.hash:
                    del self._offers[screen.id]

    def offered(self, screen: Screen, presented: IssuedHash) -> str | None:
        """The credential that is to replace the one presented, if there is one; sees to it that there will be."""
        with self._lock:
            offer = self._offers.get(screen.id)
            if offer is not None and any(one.hash == offer.hash for one in screen.hashes):
                return credential(screen.id, offer.secret)
            if self._is_due(screen, presented) and screen.id not in self._due:
                secret = new_secret()
                self._due[screen.id] = _Offer(secret, hash_of(secret))
        return None

    def _is_due(self, screen: Screen, presented: IssuedHash) -> bool:
        newest = screen.hashes[-1]
        longest = RENEW_AFTER_MS if presented == newest else LOST_AFTER_MS
        return self._now_ms() - newest.issued_ms > longest

    def write(self, register: Register) -> bool:
        """Write a round into the journal; False where there was nothing to write.

        What the journal did not take is tried again with the next round.
        """
        with self._lock:
            self._forget(register)
            due, used = dict(self._due), dict(self._used)
        if not due and not used:
            return False
        body = {"issued": {name: offer.hash for name, offer in due.items()}, "kept": used}
        self._journal.append(Entry(CREDENTIAL, self._now_ms(), _AUTHOR, body))
        with self._lock:
            for name, offer in due.items():
                del self._due[name]
                self._offers[name] = offer
        return True

    def _forget(self, register: Register) -> None:
        """Drop what the register has taken over, and what belongs to screens that are revoked."""
        standing = {name: one for name, one in register.screens.items() if one.revoked_ms is None}
        self._due = {name: offer for name, offer in self._due.items() if name in standing}
        self._offers = {name: offer for name, offer in self._offers.items() if name in standing}
        self._used = {
            name: used
            for name, used in self._used.items()
            if name in standing and standing[name].hashes[0].hash != used
        }
