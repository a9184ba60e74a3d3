"""Signing in through a provider, over HTTP: to its page, and back with who it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.people.audit import Act
from wall.people.entrance import Entrance, real_ms
from wall.people.forms import Asked, answered_by, going_to
from wall.people.pages import Modelled
from wall.people.sessions import hash_of
from wall.people.sign_in_routes import SignedIn
from wall.people.viewer import NOBODY

from .admission import Admission
from .failures import FAILED
from .person import Person, Provider, SignInFailed, Why
from .underway import Trip, Underway, new_state

log = logging.getLogger(__name__)

#: A provider may take seconds to answer; those who wait for it must not hold up anybody else.
_HELPERS, _MOST_WAITING = 8, 32
#: Sign-ins that an address may begin: free, the first wait after these and the longest (ms); an office has one address.
_BEGUN = (120, 1_000, 60_000)
#: What an address names as a provider is told no longer than their ids can be.
_MOST_ID = 32

Step = Callable[[Asked], Response]


def provider_routes(
    entrance: Entrance,
    providers: Mapping[str, Provider],
    site: Modelled,
    forget: Callable[[str], None],
    public_url: str,
) -> list[Route]:
    """The routes; `public_url` is where people come to, empty: wherever they ask. `forget` as for `sign_in_routes`."""
    trips = _Trips(entrance, providers, site, SignedIn(entrance, forget), public_url)
    helpers = ThreadPoolExecutor(_HELPERS, "providers")
    waiting = threading.BoundedSemaphore(_MOST_WAITING)

    def route(path: str, step: Step) -> Route:
        endpoint: Any = answered_by(_bounded(trips.told(step), waiting), helpers, lambda: site.model.language)
        return Route(path, endpoint, methods=["GET"])

    return [route("/sign-in/{provider}", trips.out), route("/sign-in/{provider}/back", trips.back)]


def _bounded(step: Step, waiting: threading.BoundedSemaphore) -> Step:
    """A step that is refused while too many wait for theirs."""

    def answered(asked: Asked) -> Response:
        if not waiting.acquire(blocking=False):
            return _failed(asked, Why.BUSY)
        try:
            return step(asked)
        finally:
            waiting.release()

    return answered


def _failed(asked: Asked, why: Why, onward: str = "", language: str = "") -> Response:
    return going_to("/sign-in", next=onward or asked.onward, lang=language or asked.language, **{FAILED: why})


def _person(provider: Provider, trip: Trip, query: Mapping[str, str]) -> Person:
    """Who has signed in; what a provider answers may have any shape, and a strange one is nobody."""
    try:
        return provider.finish(trip.back, trip.kept, query)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.exception("%s answers what can't be understood", provider.way.id)
        raise SignInFailed(Why.UNTRUSTED, f"strange answer: {type(error).__name__}") from None


class _Trips:
    """The two steps."""

    def __init__(
        self,
        entrance: Entrance,
        providers: Mapping[str, Provider],
        site: Modelled,
        signed_in: SignedIn,
        public_url: str,
    ) -> None:
        self._entrance = entrance
        self._providers = providers
        self._signed_in = signed_in
        self._public_url = public_url.rstrip("/")
        self._underway = Underway(entrance.store, entrance.cookies)
        self._admission = Admission(entrance.accounts, lambda: {one.id for one in site.model.units})

    def told(self, step: Step) -> Step:
        """A step whose failure is told on the page of signing in, noted, and logged with its detail."""

        def answered(asked: Asked) -> Response:
            try:
                return step(asked)
            except (StoreUnavailable, LogUnavailable) as outage:
                log.warning("signing in: %s", outage)
                return _failed(asked, Why.BUSY)
            except SignInFailed as failed:
                return self._refused(asked, failed)

        return answered

    def _refused(self, asked: Asked, failed: SignInFailed, trip: Trip | None = None) -> Response:
        way = asked.request.path_params["provider"][:_MOST_ID]
        log.warning("signing in through %r: %s (%s)", way, failed, failed.why)
        # What only somebody's impatience or a look around causes is no attempt to get in.
        if failed.why not in (Why.UNREACHED, Why.BUSY):
            about = {"provider": way, "why": failed.why, "address": asked.address}
            self._entrance.trail.note(Act.SIGN_IN_FAILED, NOBODY, about)
        return _failed(asked, failed.why, trip.onward if trip else "", trip.language if trip else "")

    def out(self, asked: Asked) -> Response:
        """To the provider's page."""
        provider = self._providers.get(asked.request.path_params["provider"])
        if provider is None:
            return going_to("/sign-in", next=asked.onward, lang=asked.language)
        if self._entrance.store.attempt({f"way:{asked.address}": _BEGUN}, real_ms()):
            return _failed(asked, Why.BUSY)
        scope, state = asked.request.scope, new_state()
        back, browser = self._back(asked, provider.way.id), self._underway.browser(scope)
        begun = provider.begin(back, state, asked.agent)
        answer = RedirectResponse(begun.url, 303)
        trip = Trip(provider.way.id, hash_of(browser), dict(begun.kept), back, asked.onward, asked.language)
        self._underway.begin(state, trip, answer, scope, browser)
        return answer

    def back(self, asked: Asked) -> Response:
        """Back with who it is; whoever has an account or gets one is signed in."""
        provider = self._providers.get(asked.request.path_params["provider"])
        query = asked.request.query_params
        if provider is None:
            raise SignInFailed(Why.STATE)
        trip = self._underway.end(query.get("state", ""), provider.way.id, asked.request.scope)
        if trip is None:
            raise SignInFailed(Why.STATE)
        try:
            account = self._admission.admit(provider.way, _person(provider, trip, query))
        except SignInFailed as failed:
            return self._refused(asked, failed, trip)
        return self._signed_in.answer(asked, account, trip.onward, "Mobi" in asked.agent, provider.way.id)

    def _back(self, asked: Asked, way: str) -> str:
        """The address that a provider sends the browser back to; it must be registered there."""
        base = self._public_url or str(asked.request.base_url).rstrip("/")
        return f"{base}/sign-in/{way}/back"
