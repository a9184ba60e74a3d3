"""The fleet as a server holds it: known screens from memory, word of changes from Redis, decisions from the journal."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from layouts.lookup import Announcement, View
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.screens import ScreenStore
from wall.journal import Journal
from wall.wiring import Site

from .admission import Admission, Answer, Opened
from .credentials import parts, presented_hash
from .fleet import IssuedHash, Register, Screen
from .following import Chores, Following
from .heard import Heartbeats, Seen
from .held import Held
from .ledger import Ledger
from .remote import Remote, remote_of
from .renewals import Renewals
from .steps import Facts, Steps
from .watch import Presence, report

log = logging.getLogger(__name__)

_OUTAGES = (StoreUnavailable, LogUnavailable)
_FLUSH_S, _WATCH_S = 1.0, 5.0
#: Renewals of a whole fleet in one entry each time, as the journal is kept for ever.
RENEW_S = 60.0
#: A credential that is not known makes the journal be asked once more, so often at most.
_ASK_AGAIN_S = 0.1
_NOBODY = Screen("", "", "", "", "")


class Standing(StrEnum):
    """What a credential is worth; `UNREAD`: the journal was not read yet, so nobody can say."""

    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a credential is worth, and whose it is."""

    standing: Standing
    screen: Screen | None = None
    presented: IssuedHash | None = None


class Fleet:
    """The screens of a site; who is known stays known while Redis or the log is away."""

    def __init__(
        self,
        journal: Journal,
        store: ScreenStore,
        facts: Facts,
        now_ms: Callable[[], int],
        renew_s: float = RENEW_S,
    ) -> None:
        self._store = store
        self._facts = facts
        self._now_ms = now_ms
        self._ledger = Ledger(journal)
        self._renewals = Renewals(journal, now_ms)
        self._admission = Admission(journal, store, now_ms)
        self.heartbeats = Heartbeats(store, now_ms)
        self.steps = Steps(journal, store, self.register, facts, now_ms)
        self._held = Held()
        self._read = False
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._asked_at, self._answered = 0.0, True
        self._changed: list[Callable[[set[str]], None]] = []
        self._announced: list[Callable[[], None]] = []
        self._following = Following(store, lambda journal, remotes: self._refresh(journal=journal, remotes=remotes))
        chores = [(_FLUSH_S, self.heartbeats.flush), (_WATCH_S, self._watch), (renew_s, self._renew)]
        self._chores = Chores(chores)

    def judged(self, presented: str) -> Judged:
        """What a credential is worth; one used for the first time voids those before it."""
        if not self._read:
            return Judged(Standing.UNREAD)
        name, secret = parts(presented)
        known = self._held.register.screens.get(name)
        screen = None if known is None else self._renewals.effective(known)
        found = presented_hash(screen or _NOBODY, secret)
        if screen is None or found is None:
            return Judged(Standing.UNKNOWN)
        if screen.revoked_ms is not None:
            return Judged(Standing.REVOKED, screen, found)
        self._renewals.used(screen, found)
        return Judged(Standing.VALID, screen, found)

    def judged_anew(self, presented: str) -> Judged:
        """Likewise, but a credential that is not known may have been issued by another server this moment.

        The journal is asked for it, ten times a second at most, for all who wait at once; may take as long.
        """
        arrived, found = time.monotonic(), self.judged(presented)
        if found.standing is not Standing.UNKNOWN or not parts(presented)[0]:
            return found
        with self._asking:
            if self._asked_at < arrived:
                time.sleep(max(0.0, self._asked_at + _ASK_AGAIN_S - time.monotonic()))
                self._asked_at = time.monotonic()
                self._answered = self._refresh(journal=True)
            return self.judged(presented) if self._answered else Judged(Standing.UNREAD)

    def screen_of(self, presented: str) -> Screen | None:
        """The screen of a credential; None for one that is unknown or revoked."""
        found = self.judged_anew(presented) if presented else Judged(Standing.UNKNOWN)
        return found.screen if found.standing is Standing.VALID else None

    def offered(self, judged: Judged) -> str | None:
        """The credential that is to replace a valid one, if it has its age."""
        if judged.screen is None or judged.presented is None:
            return None
        return self._renewals.offered(judged.screen, judged.presented)

    def frame(self, screen_id: str) -> View:
        """What a screen is told of itself; KeyError for one that was never paired."""
        held = self._held
        return held.frame(held.register.screens[screen_id])

    def remote(self, screen_id: str) -> Remote:
        """What is wished of a screen now."""
        return self._held.remotes.get(screen_id, Remote())

    @property
    def move(self) -> str:
        """The address that all screens are sent to; empty: none."""
        return self._held.move

    def announcements(self) -> Sequence[Announcement]:
        """What is announced now, oldest first."""
        now_ms = self._facts.clock.now_ms()
        return tuple(
            Announcement(one.text, one.unit, one.from_ms, one.until_ms, one.author)
            for one in self._held.register.announced.values()
            if one.until_ms is None or one.until_ms > now_ms
        )

    def on_change(self, callback: Callable[[set[str]], None]) -> None:
        """Call with the ids of screens whose frame has changed, from any thread."""
        self._changed.append(callback)

    def on_announced(self, callback: Callable[[], None]) -> None:
        """Call when announcements have changed, from any thread."""
        self._announced.append(callback)

    def register(self) -> Register:
        """The register as the journal stands now, taken over at once; raises what the journal raises."""
        with self._lock:
            before = self._held
            register = self._ledger.register()
            after = self._held = replace(before, register=register)
            self._read = True
        self._tell(before, after)
        return register

    def open_code(self, address: str) -> Opened:
        """A code for a screen that is not paired."""
        return self._admission.open(address)

    def answer(self, claim: str) -> Answer:
        """Answer a screen's claim."""
        found = self._admission.answer(claim)
        if found.state == "admitted":
            self.register()
        return found

    def seen(self) -> list[Seen]:
        """Every screen with its last heartbeat and whether it is there, silent ones first."""
        return self.heartbeats.seen(self._held.register.standing())

    @property
    def known(self) -> Register:
        """The register as it is known, from memory."""
        return self._held.register

    def known_seen(self) -> list[Seen]:
        """Every screen as this server last saw it, from memory; not older than a few seconds."""
        return self.heartbeats.known(self.known.standing())

    def presences(self) -> Mapping[Presence, int]:
        """How many screens are there, and how many are silent, from memory."""
        found = [one.presence for one in self.known_seen()]
        return {one: found.count(one) for one in Presence}

    def start(self) -> None:
        """Read what there is, and follow it in the background."""
        self._refresh(journal=True, remotes=True)
        self._following.start()
        self._chores.start()

    def stop(self) -> None:
        """End following."""
        self._following.stop()
        self._chores.stop()
        with contextlib.suppress(*_OUTAGES):
            self.heartbeats.flush()

    def _refresh(self, *, journal: bool = False, remotes: bool = False) -> bool:
        """Look again; what can't be reached stays as it is known, and False says so."""
        try:
            if journal:
                self.register()
            if remotes:
                self._take_wishes()
        except _OUTAGES as outage:
            log.warning("%s; the screens that are known stay so", outage)
            return False
        return True

    def _take_wishes(self) -> None:
        found = self._wishes()
        with self._lock:
            before = self._held
            remotes = {name: remote_of(fields) for name, fields in found.items() if name}
            after = self._held = replace(before, remotes=remotes, move=found.get("", {}).get("move", ""))
        self._tell(before, after)

    def _wishes(self) -> Mapping[str, Mapping[str, str]]:
        """What is wished in Redis; what Redis lost is put back, as counters must not fall."""
        found, held = self._store.remotes(), self._held
        known = {one.id for one in held.register.standing()}
        wished = {name: one.set_fields() for name, one in held.remotes.items() if name in known}
        wished[""] = {"move": held.move} if held.move else {}
        lost = {name: left for name, fields in wished.items() if (left := _missing(fields, found.get(name, {})))}
        if not lost:
            return found
        self._store.restore_wishes(lost)
        return self._store.remotes()

    def _tell(self, before: Held, after: Held) -> None:
        if before == after:
            return
        changed = after.changed(before)
        for callback in self._changed if changed else ():
            callback(changed)
        for told in self._announced if before.register.announced != after.register.announced else ():
            told()

    def _watch(self) -> None:
        seen = self.seen()
        report(self._store, [one.screen for one in seen], {one.screen.id: one.presence for one in seen}, self._now_ms())

    def _renew(self) -> None:
        if self._renewals.write(self._held.register):
            self.register()
            self._store.tell("journal")


def _missing(fields: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if name not in held}


def open_fleet(site: Site, facts: Facts) -> Fleet:
    """The fleet of a site, in real time."""
    return Fleet(site.journal, ScreenStore(site.redis, site.settings.site), facts, real_ms)


def real_ms() -> int:
    """Real time: codes, credentials and heartbeats are judged by it, whatever business time is replayed."""
    return time.time_ns() // 1_000_000
