"""Everything about people that a server or a command needs, wired for a site."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from streams.redis_adapters.people import PeopleStore
from wall.sight.visible import Visible
from wall.wiring import Site

from .accounts import Accounts
from .audit import AuditTrail
from .cookies import Cookies
from .first_run import FirstRun
from .identity import Identity
from .sessions import Sessions, lifetimes
from .throttle import Throttle
from .tokens import Tokens


class Provider(Protocol):
    """Another way to sign in: an identity provider that the site trusts."""

    @property
    def id(self) -> str:
        """Its part of the address, `/sign-in/ID`."""

    @property
    def title(self) -> str:
        """What its button says."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The accounts of a site and how they come in."""

    store: PeopleStore
    accounts: Accounts
    sessions: Sessions
    tokens: Tokens
    throttle: Throttle
    first_run: FirstRun
    trail: AuditTrail
    cookies: Cookies

    def identity(self, day: Callable[[], Visible]) -> Identity:
        """What finds out who asks; `day` is the edition of the day with nothing hidden."""
        return Identity(self.accounts, self.sessions, self.store, day, real_ms)


def open_entrance(site: Site, now_ms: Callable[[], int] | None = None) -> Entrance:
    """The entrance of a site, in real time."""
    now_ms = now_ms or real_ms
    store, lives = PeopleStore(site.redis, site.settings.site), lifetimes(site.settings)
    accounts = Accounts(site.journal, now_ms)
    return Entrance(
        store=store,
        accounts=accounts,
        sessions=Sessions(store, lives, now_ms),
        tokens=Tokens(site.journal, accounts, now_ms),
        throttle=Throttle(store, now_ms),
        first_run=FirstRun(store, accounts),
        trail=AuditTrail(site),
        cookies=Cookies(site.settings, lives.absolute_ms // 1000),
    )


def real_ms() -> int:
    """Real time: sessions are judged by it, whatever business time is replayed."""
    return time.time_ns() // 1_000_000
