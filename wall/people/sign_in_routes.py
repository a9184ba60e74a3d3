"""Signing in and out, and the first account, over HTTP."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, Protocol

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from layouts.people_parts import Said
from layouts.sign_in_page import Setup, SignIn, setup_page, sign_in_page
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.refusal import Refused

from . import passwords
from .account import Account
from .accounts import name_of
from .audit import Act
from .entrance import Entrance
from .forms import Answering, Asked, answered_by, going_to
from .pages import Modelled, company, people_document
from .providers.failures import failed_before
from .viewer import NOBODY, Viewer

_OUTAGES = (StoreUnavailable, LogUnavailable)
#: What was typed as a name is noted no longer than this.
_MOST_NAME = 64


class Ways(Protocol):
    """Other ways to sign in."""

    def __call__(self) -> Sequence[tuple[str, str]]:
        """The id and the title of each: its address is `/sign-in/ID`, its button says the title."""


def sign_in_routes(
    entrance: Entrance, site: Modelled, forget: Callable[[str], None], helpers: Executor, ways: Ways = lambda: ()
) -> list[Route]:
    """The routes; `forget` makes this server ask for a session anew."""
    side = _Side(SignedIn(entrance, forget), site, ways)

    def route(path: str, answering: Answering, *methods: str) -> Route:
        endpoint: Any = answered_by(answering, helpers, lambda: site.model.language)
        return Route(path, endpoint, methods=list(methods))

    return [
        route("/sign-in", side.either(side.show, side.sign_in), "GET", "POST"),
        route("/sign-out", side.sign_out, "POST"),
        route("/setup", side.either(side.show_setup, side.set_up), "GET", "POST"),
    ]


class SignedIn:
    """Lets somebody in whoever found out who they are: with a new session, never one that was there before."""

    def __init__(self, entrance: Entrance, forget: Callable[[str], None]) -> None:
        self.entrance = entrance
        self._forget = forget

    def answer(self, asked: Asked, account: Account, onward: str, kept: bool, way: str = "password") -> Response:
        """The answer that signs an account in and leads on; whatever session the browser had ends."""
        self.end(asked)
        done = going_to(onward or "/")
        self.begin(asked, done, account, kept, way)
        viewer = Viewer("person", account.id, account.name)
        about = {"account": account.id, "address": asked.address, "agent": asked.agent[:200], "way": way}
        self.entrance.trail.note(Act.SIGNED_IN, viewer, about)
        return done

    def begin(self, asked: Asked, done: Response, account: Account, kept: bool, way: str = "password") -> None:
        """Begin a session that an answer carries to its browser."""
        session = self.entrance.sessions.begin(account, kept, asked.address, asked.agent, way)
        self.entrance.cookies.set(done, asked.request.scope, session, kept)

    def end(self, asked: Asked) -> None:
        """End the session that the browser presents."""
        hashed = asked.session(self.entrance.cookies)
        if hashed:
            for session in self.entrance.sessions.found([hashed]).values():
                self.entrance.sessions.end(session.account, [hashed])
            self._forget(hashed)


class _Side:
    """The answers."""

    def __init__(self, signed_in: SignedIn, site: Modelled, ways: Ways) -> None:
        self._signed_in = signed_in
        self._entrance = signed_in.entrance
        self._site = site
        self._ways = ways

    def either(self, get: Answering, post: Answering) -> Answering:
        """One address to be read and to be sent to; says so where neither can be now."""

        @functools.wraps(post)
        def answered(asked: Asked) -> Response:
            try:
                return post(asked) if asked.request.method == "POST" else get(asked)
            except _OUTAGES:
                about = self._about(asked, Said(asked.words("people.away")))
                return self._page(asked, sign_in_page(asked.words, about), 503)

        return answered

    def _page(self, asked: Asked, content: Any, status: int = 200) -> Response:
        title = f"{asked.words('people.sign_in')} · {company(self._site, asked.language)}"
        return HTMLResponse(people_document(asked.language, title, content), status, {"Cache-Control": "no-store"})

    def _about(self, asked: Asked, what: Said | None = None) -> SignIn:
        name = asked["name"].strip()[:_MOST_NAME]
        kept = bool(asked["keep"]) if asked.fields else "Mobi" in asked.agent
        return SignIn(company(self._site, asked.language), asked.onward, name, kept, self._ways(), what)

    def show(self, asked: Asked) -> Response:
        if asked.viewer.kind == "person":
            return going_to(asked.onward or "/")
        if self._entrance.first_run.is_due():
            return going_to("/setup", lang=asked.request.query_params.get("lang", ""))
        return self._page(asked, sign_in_page(asked.words, self._about(asked, failed_before(asked))))

    def sign_in(self, asked: Asked) -> Response:
        """Check name and password; every failure says the same and takes as long."""
        name = name_of(asked["name"])[:_MOST_NAME]
        wait_s = self._entrance.throttle.attempt(name, asked.address)
        if wait_s:
            return self._failed(asked, name, Act.THROTTLED, asked.words("people.wait", seconds=wait_s), 429, wait_s)
        account = self._entrance.accounts.people().accounts.get(name)
        right = passwords.matches(account.password if account is not None else "", asked["password"])
        if account is None or not right or account.disabled:
            return self._failed(asked, name, Act.SIGN_IN_FAILED, asked.words("people.failed"), 401)
        self._entrance.throttle.passed(name, asked.address)
        if passwords.is_dated(account.password):
            self._entrance.accounts.rehash(account, asked["password"])
        return self._signed_in.answer(asked, account, asked.onward, bool(asked["keep"]))

    def _failed(self, asked: Asked, name: str, act: Act, why: str, status: int, wait_s: int = 0) -> Response:
        self._entrance.trail.note(act, NOBODY, {"account": name, "address": asked.address})
        done = self._page(asked, sign_in_page(asked.words, self._about(asked, Said(why))), status)
        if wait_s:
            done.headers["retry-after"] = str(math.ceil(wait_s))
        return done

    def sign_out(self, asked: Asked) -> Response:
        """End the session; what pages kept in the browser goes with it."""
        with_outage = ""
        try:
            self._signed_in.end(asked)
            self._entrance.trail.note(Act.SIGNED_OUT, asked.viewer, {"account": asked.viewer.name})
        except _OUTAGES as outage:
            with_outage = str(outage)
        done = going_to("/sign-in")
        self._entrance.cookies.clear(done, asked.request.scope)
        if not with_outage:
            done.headers["clear-site-data"] = '"storage"'
        return done

    def show_setup(self, asked: Asked) -> Response:
        if not self._entrance.first_run.is_due():
            return going_to("/sign-in")
        return self._setup(asked, None)

    def _setup(self, asked: Asked, what: Said | None, status: int = 200) -> Response:
        name, title = asked["name"].strip()[:_MOST_NAME], asked["title"].strip()[:80]
        about = Setup(company(self._site, asked.language), passwords.LEAST_CHARACTERS, name, title, what)
        return self._page(asked, setup_page(asked.words, about), status)

    def set_up(self, asked: Asked) -> Response:
        if not self._entrance.first_run.is_due():
            return going_to("/sign-in")
        wait_s = self._entrance.throttle.attempt("", asked.address)
        if wait_s:
            return self._setup(asked, Said(asked.words("people.wait", seconds=wait_s)), 429)
        about = {"title": asked["title"]}
        try:
            made = self._entrance.first_run.make(asked["code"], asked["name"], about, asked["password"], asked.words)
        except Refused as refused:
            return self._setup(asked, Said(str(refused)), 400)
        self._entrance.throttle.passed("", asked.address)
        return self._signed_in.answer(asked, made, "/", kept=False)
