"""Sessions: who has signed in on which browser, until when.

A session's id is known to its browser alone; Redis has its SHA-256. It runs out when it is not used for a while and,
used or not, some time after it began.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from scoring.forms import duration_s
from streams.redis_adapters.people import PeopleStore
from wall.settings import Settings

from .account import Account, People

#: 256 bits: can't be guessed.
_ID_BYTES = 32
#: Longer texts are none of our ids.
_MOST_CHARACTERS = 64
#: That a session is used is written down so often at most.
_SEEN_EVERY_MS = 60_000
#: Nobody recognises a browser by more.
_MOST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long sessions hold unused: on a browser as such, and on a device that is the person's own; and at all."""

    idle_ms: int
    kept_ms: int
    absolute_ms: int


def lifetimes(settings: Settings) -> Lifetimes:
    """The lifetimes of a site."""
    return Lifetimes(*(1000 * duration_s(one) for one in (settings.session_idle, settings.session_kept,
                                                          settings.session_absolute)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody has signed in; `kept` says that the device is the person's own."""

    account: str
    stamp: str
    begun_ms: int
    seen_ms: int
    kept: bool = False
    address: str = ""
    agent: str = ""
    way: str = "password"


def hash_of(secret: str) -> str:
    """What is kept of a secret.

    >>> len(hash_of("a secret"))
    64
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def short(hash_of_id: str) -> str:
    """What a session is called by people."""
    return hash_of_id[:12]


class Sessions:
    """Begins, finds and ends sessions. `now_ms` is real time."""

    def __init__(self, store: PeopleStore, lives: Lifetimes, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._lives = lives
        self._now_ms = now_ms

    def begin(self, account: Account, kept: bool, address: str = "", agent: str = "", way: str = "password") -> str:
        """Begin a session; returns the id that its browser presents from now on."""
        name, now_ms = secrets.token_urlsafe(_ID_BYTES), self._now_ms()
        session = Session(account.id, account.stamp, now_ms, now_ms, kept, address, agent[:_MOST_AGENT], way)
        self._store.put_session(hash_of(name), account.id, msgspec.json.encode(session), now_ms, self._left_ms(session))
        return name

    def found(self, hashes: Sequence[str]) -> dict[str, Session]:
        """The sessions of these that have not run out, in one round trip."""
        held = zip(hashes, self._store.sessions(hashes), strict=True)
        read = {name: msgspec.json.decode(content, type=Session) for name, content in held if content is not None}
        return {name: session for name, session in read.items() if self._left_ms(session) > 0}

    def used(self, hash_of_id: str, session: Session) -> Session:
        """Note that a session is used; written once a minute at most."""
        now_ms = self._now_ms()
        if now_ms - session.seen_ms < _SEEN_EVERY_MS:
            return session
        seen = replace(session, seen_ms=now_ms)
        self._store.keep_session(hash_of_id, msgspec.json.encode(seen), self._left_ms(seen))
        return seen

    def is_due(self, session: Session) -> bool:
        """Whether it is to be written down that a session is used."""
        return self._now_ms() - session.seen_ms >= _SEEN_EVERY_MS

    def _left_ms(self, session: Session) -> int:
        idle_ms = self._lives.kept_ms if session.kept else self._lives.idle_ms
        ends_ms = min(session.seen_ms + idle_ms, session.begun_ms + self._lives.absolute_ms)
        return ends_ms - self._now_ms()

    def of(self, account: Account) -> dict[str, Session]:
        """The sessions of an account that hold, the oldest first."""
        held = {name: msgspec.json.decode(content, type=Session) for name, content in self._all(account).items()}
        return {
            name: session
            for name, session in held.items()
            if self._left_ms(session) > 0 and session.stamp == account.stamp
        }

    def end(self, account: str, hashes: Sequence[str]) -> None:
        """End sessions of an account."""
        self._store.end_sessions(account, hashes)

    def end_all(self, account: Account) -> None:
        """End all sessions of an account that Redis knows."""
        self._store.end_sessions(account.id, list(self._all(account)))

    def _all(self, account: Account) -> Mapping[str, bytes]:
        return self._store.sessions_of(account.id)


def can_be_id(presented: str) -> bool:
    """Whether a text may be the id of a session at all; others are not worth hashing."""
    return 0 < len(presented) <= _MOST_CHARACTERS and presented.isascii()


def owner(session: Session, people: People) -> Account | None:
    """Whose session it is; None where the account ended it by now."""
    account = people.accounts.get(session.account)
    return account if account is not None and not account.disabled and account.stamp == session.stamp else None
