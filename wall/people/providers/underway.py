"""Sign-ins under way at a provider: kept by the server, bound to one browser, ended once."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from streams.redis_adapters.people import PeopleStore
from wall.people.cookies import LOCKED, Cookies, all_cookies
from wall.people.sessions import can_be_id, hash_of

#: Whoever takes longer at a provider's page begins anew.
KEPT_MS = 600_000
_BYTES = 32


class Trip(msgspec.Struct, frozen=True):
    """A sign-in under way: at which provider, in which browser, and what its end needs."""

    way: str
    browser: str
    kept: dict[str, str]
    back: str
    onward: str
    language: str


class Underway:
    """Begins and ends trips; a browser is known by a cookie of its own, so that nobody ends another's trip."""

    def __init__(self, store: PeopleStore, cookies: Cookies) -> None:
        self._store = store
        self._cookies = cookies

    def browser(self, scope: Mapping[str, Any]) -> str:
        """What names the browser; the same for all its trips, as several pages may be open."""
        presented = all_cookies(scope).get(self._name(scope), "")
        return presented if can_be_id(presented) else secrets.token_urlsafe(_BYTES)

    def begin(self, state: str, trip: Trip, answer: Response, scope: Mapping[str, Any], browser: str) -> None:
        """Keep a trip under its state, and let the browser present who it is when it comes back."""
        self._store.put(hash_of(state), msgspec.json.encode(trip), KEPT_MS)
        secure = self._cookies.is_secure(scope)
        answer.set_cookie(
            self._name(scope), browser, KEPT_MS // 1000, path="/", httponly=True, samesite="lax", secure=secure
        )

    def end(self, state: str, way: str, scope: Mapping[str, Any]) -> Trip | None:
        """The trip of a state; None if it ran out, was ended before, or began in another browser or elsewhere."""
        held = self._store.take(hash_of(state)) if can_be_id(state) else None
        if held is None:
            return None
        trip = msgspec.json.decode(held, type=Trip)
        presented = all_cookies(scope).get(self._name(scope), "")
        same = hmac.compare_digest(hash_of(presented), trip.browser)
        return trip if same and trip.way == way else None

    def _name(self, scope: Mapping[str, Any]) -> str:
        return f"{LOCKED if self._cookies.is_secure(scope) else ''}kpiwall_way"


def new_state() -> str:
    """A state that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)
