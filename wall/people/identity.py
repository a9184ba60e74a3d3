"""Who is behind a session or a token, from what a server remembers for a moment or can find out.

A server asks Redis and the journal again once what it knows is `FRESH_S` old. While Redis does not answer, whoever was
known goes on being served for `OUTAGE_S`; nobody new gets in. While the journal does not answer, accounts are what they
were: nobody can change them meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.people import PeopleStore
from wall.sight.visible import Visible

from .accounts import Accounts
from .reach import Viewers
from .sessions import Session, Sessions, can_be_id, hash_of, owner
from .tokens import parts, token_of
from .viewer import NOBODY, Viewer

log = logging.getLogger(__name__)

#: Revocation reaches every page within this and the round of its stream.
FRESH_S = 2.0
#: Long enough to restart a server or mend a switch; short enough that whoever was sent away is soon out.
OUTAGE_S = 900.0
#: What failed is not tried again sooner, so that an outage does not cost every request its timeout.
_ASK_AGAIN_S = 2.0
#: A token that is not known may have been issued this moment; the journal is asked at once for so many, and then for
#: so many a second: whoever makes tokens up must not keep it busy.
_LOOKS, _LOOKS_PER_S = 20.0, 10.0
_REMEMBERED = 20_000
_TOKEN_SEEN_MS = 60_000


class Unknown(ConnectionError):
    """Nobody can say now who asks."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A session as it was found last; None where there was none."""

    at: float
    session: Session | None


class Identity:
    """Finds out who asks; for any number of threads.

    `day` is the edition of the day with nothing hidden, `now_ms` real time, `steady` seconds that only go on.
    """

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        store: PeopleStore,
        day: Callable[[], Visible],
        now_ms: Callable[[], int],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._store = store
        self._viewers = Viewers(day)
        self._now_ms = now_ms
        self._steady = steady
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._people_at = self._failed_at = float("-inf")
        self._looks, self._looked_at = _LOOKS, steady()
        self._told: dict[str, int] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()

    def remembered(self, session: str, token: str) -> Viewer | None:
        """Who presents this, if that is known, fresh and needs no note; else None, and `viewer` must ask."""
        if not session and not token:
            return NOBODY
        if self._steady() - self._people_at > FRESH_S:
            return None
        if token:
            viewer = self._of_token(token)
            return viewer if viewer is not NOBODY and not self._is_due(viewer) else None
        known = self._known.get(hash_of(session)) if can_be_id(session) else None
        if known is None or self._steady() - known.at > FRESH_S or known.session is None:
            return None
        if self._sessions.is_due(known.session):
            return None
        viewer = self._of_session(hash_of(session), known)
        return viewer if viewer is not NOBODY else None

    def viewer(self, session: str, token: str) -> Viewer:
        """Who presents this, asking where it must be; raises `Unknown` where that can't be found out."""
        if token:
            return self._presenting(token)
        if not can_be_id(session):
            return NOBODY
        name = hash_of(session)
        self.refresh([name])
        known = self._known.get(name)
        if known is None or self._steady() - known.at > OUTAGE_S:
            raise Unknown("who is signed in can't be found out now; try again in a moment")
        if known.session is None:
            # Whoever makes ids up must not drive those that are known out of memory.
            self.forget(name)
            return NOBODY
        self._note_use(name, known.session)
        if owner(known.session, self._accounts.known) is None:
            self._read_people_anew()
        return self._of_session(name, known)

    def refresh(self, hashes: Collection[str]) -> None:
        """Find out anew how accounts and these sessions stand, where that is not fresh."""
        self._read_people()
        now = self._steady()
        due = [one for one in hashes if one not in self._known or now - self._known[one].at > FRESH_S]
        if not due or not self._may_ask():
            return
        try:
            found = self._sessions.found(due)
        except StoreUnavailable as outage:
            self._failed(outage)
            return
        with self._lock:
            for name in due:
                self._known[name] = _Known(now, found.get(name))
                self._known.move_to_end(name)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def still(self, viewer: Viewer) -> bool:
        """Whether a viewer is still let in and sees the same, as `refresh` found it last."""
        if viewer.kind == "token":
            people = self._accounts.known
            token = people.tokens.get(viewer.name)
            if token is None or token.revoked or token.expires_ms <= self._now_ms():
                return False
            account = people.accounts[token.account]
            return not account.disabled and self._viewers.of(account, token).sights == viewer.sights
        if viewer.kind != "person":
            return True
        known = self._known.get(viewer.session)
        if known is None or self._steady() - known.at > OUTAGE_S:
            return False
        return self._of_session(viewer.session, known).sights == viewer.sights

    def forget(self, hash_of_id: str) -> None:
        """Know nothing of a session any more, so that it is asked for."""
        with self._lock:
            self._known.pop(hash_of_id, None)

    def _presenting(self, token: str) -> Viewer:
        self._read_people()
        viewer = self._of_token(token)
        if viewer is NOBODY and parts(token)[0] and self._may_look():
            self._read_people_anew()
            viewer = self._of_token(token)
        if viewer is NOBODY and self._people_at == float("-inf"):
            raise Unknown("the accounts could not be read yet; try again in a moment")
        if self._is_due(viewer) and self._may_ask():
            self._told[viewer.name] = self._now_ms()
            with suppress(StoreUnavailable):
                self._store.used_token(viewer.name, self._now_ms())
        return viewer

    def _is_due(self, viewer: Viewer) -> bool:
        """Whether it is to be written down that a token is used."""
        return viewer.kind == "token" and self._now_ms() - self._told.get(viewer.name, 0) >= _TOKEN_SEEN_MS

    def _read_people(self) -> None:
        """Read the accounts on where they are not fresh; one thread asks, the others make do with what is known."""
        if self._steady() - self._people_at <= FRESH_S or not self._may_ask():
            return
        if self._asking.acquire(blocking=self._people_at == float("-inf")):
            try:
                if self._steady() - self._people_at > FRESH_S:
                    self._ask_for_people()
            finally:
                self._asking.release()

    def _read_people_anew(self) -> None:
        """Read the accounts on to what they are now, unless somebody else does so from now on."""
        arrived = self._steady()
        with self._asking:
            if self._people_at < arrived and self._may_ask():
                self._ask_for_people()

    def _ask_for_people(self) -> None:
        begun = self._steady()
        try:
            self._accounts.people()
            self._people_at = begun
        except (StoreUnavailable, LogUnavailable) as outage:
            self._failed(outage)

    def _may_look(self) -> bool:
        """Whether the journal is asked for a token that is not known."""
        with self._lock:
            now = self._steady()
            spare = min(_LOOKS, self._looks + (now - self._looked_at) * _LOOKS_PER_S)
            self._looks, self._looked_at = max(0.0, spare - 1), now
        return spare >= 1

    def _may_ask(self) -> bool:
        return self._steady() - self._failed_at >= _ASK_AGAIN_S

    def _failed(self, outage: Exception) -> None:
        log.warning("%s; who is known stays signed in for %.0f minutes", outage, OUTAGE_S / 60)
        self._failed_at = self._steady()

    def _of_session(self, name: str, known: _Known) -> Viewer:
        account = owner(known.session, self._accounts.known) if known.session is not None else None
        return NOBODY if account is None else self._viewers.of(account, session=name)

    def _of_token(self, presented: str) -> Viewer:
        people = self._accounts.known
        token = token_of(presented, people, self._now_ms())
        return NOBODY if token is None else self._viewers.of(people.accounts[token.account], token)

    def _note_use(self, name: str, session: Session) -> None:
        if not self._sessions.is_due(session) or not self._may_ask():
            return
        try:
            seen = self._sessions.used(name, session)
        except StoreUnavailable as outage:
            self._failed(outage)
            return
        with self._lock:
            if name in self._known:
                self._known[name] = _Known(self._known[name].at, seen)
