"""Before everything else: who asks, whether this door is open to them, and the headers of every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from layouts.words import Words, language_or
from scoring.definitions import Model

from .bodies import received
from .people.audit import Act, AuditTrail
from .people.cookies import Cookies, all_cookies
from .people.doors import Door, door_of
from .people.headers import Secured
from .people.helpers import Helpers
from .people.identity import Identity, Unknown
from .people.refusals import Page, is_page, json, refusal, to_sign_in
from .people.requests import SAFE, Headers, Hosts, bearer, is_own, size_fault
from .people.viewer import NOBODY, VIEWER, Viewer, screen_viewer
from .push import Receive, Scope, Send
from .screens.fleet import Screen
from .screens.routes import HEARTBEAT, refused
from .screens.scope import may_see, may_show
from .screens.service import Fleet, Judged, Standing
from .settings import Settings
from .wall_pages import SCREEN_COOKIE

#: Where the scope carries the server's own `send`: a frame for a thousand screens passes no wrapper.
FRAMES = "kpiwall.frames"
#: Where the scope carries the screen that asks, or None.
SCREEN = "kpiwall.screen"
#: What a paired screen needs beside its scenes: the library of its charts.
_SCREENS_FOLDERS = ("/lib/", "/assets/standup/")
#: Asked by whoever watches over the server, by whatever address it has.
_BY_ANY_NAME = ("/healthz", "/readyz")
#: A path that is noted is cut here; nobody reads more.
_MOST_PATH = 200


class Guard:
    """Finds out who asks and lets them in where they may go; whatever has no door is closed.

    `helpers` run what must reach Redis or the journal; `page` makes a refusal a page, `trail` notes who was denied.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        settings: Settings,
        policy: str,
        fleet: Fleet,
        identity: Identity,
        cookies: Cookies,
        model: Callable[[], Model],
        page: Page,
        helpers: Helpers,
        trail: AuditTrail,
    ) -> None:
        self.app = app
        self._public_url = settings.public_url
        self._hosts = Hosts(settings)
        self._secured = Secured(policy)
        self._fleet = fleet
        self._identity = identity
        self._cookies = cookies
        self._model = model
        self._page = page
        self._helpers = helpers
        self._trail = trail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # There are no web sockets here.
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        secure = self._cookies.is_secure(scope)

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = self._secured.start(message, secure)
            await send(message)

        found = await self._let_in(scope, Headers(scope))
        if isinstance(found, Response):
            await found(scope, receive, with_headers)
            return
        viewer, screen = found
        if scope["method"] not in SAFE:
            whole = await received(receive)
            if whole is None:
                await json(408, "the body did not come; send it again")(scope, receive, with_headers)
                return
            receive = whole
        await self.app({**scope, FRAMES: send, SCREEN: screen, VIEWER: viewer}, receive, with_headers)

    async def _let_in(self, scope: Scope, headers: Headers) -> tuple[Viewer, Screen | None] | Response:
        """Who comes in, and the screen that they are or sit at; or the answer that refuses them."""
        if not self._hosts.knows(headers) and scope["path"] not in _BY_ANY_NAME:
            return json(421, f"this server is not known by that name; use {self._public_url}, or add it to `hosts`")
        door = door_of(scope["method"], scope["path"])
        if fault := size_fault(headers, door.most_bytes if door is not None else 0):
            return self._refusal(scope, headers, fault, "large" if fault == 413 else "length")
        cookies = all_cookies(scope)
        judged = await self._judged(cookies.get(SCREEN_COOKIE, ""), door)
        token = bearer(headers)
        session = "" if token else cookies.get(self._cookies.name(scope), "")
        if scope["method"] not in SAFE and not token:
            presented = bool(session) or judged is not None
            if not is_own(headers, presented, self._public_url):
                return self._refusal(scope, headers, 403, "foreign")
        try:
            viewer = await self._viewer(session, token)
        except Unknown:
            if door is None or door.permit is not None:
                return self._refusal(scope, headers, 503, "unknown")
            viewer = NOBODY
        return self._through(door, scope, headers, viewer, judged)

    async def _viewer(self, session: str, token: str) -> Viewer:
        known = self._identity.remembered(session, token)
        if known is not None:
            return known
        return await asyncio.get_running_loop().run_in_executor(
            self._helpers.identity, self._identity.viewer, session, token
        )

    async def _judged(self, credential: str, door: Door | None) -> Judged | None:
        """What a screen's credential is worth; one that is not known may have been issued this moment."""
        if not credential:
            return None
        judged = self._fleet.judged(credential)
        if judged.standing is not Standing.UNKNOWN or door is None or not door.screens:
            return judged
        asking = self._helpers.strangers
        return await asyncio.get_running_loop().run_in_executor(asking, self._fleet.judged_anew, credential)

    def _through(
        self, door: Door | None, scope: Scope, headers: Headers, viewer: Viewer, judged: Judged | None
    ) -> tuple[Viewer, Screen | None] | Response:
        valid = judged is not None and judged.standing is Standing.VALID
        screen = judged.screen if judged is not None and valid else None
        if viewer is not NOBODY:
            if door is None:
                return self._refusal(scope, headers, 404, "nothing")
            return (viewer, screen) if door.admits(viewer) else self._denied(scope, headers, viewer)
        if door is not None and door.permit is None:
            return (viewer if screen is None else screen_viewer(screen.id, screen.name, screen.unit)), screen
        theirs = screen is not None and door is not None and door.screens
        if theirs and screen is not None and may_ask(Request(scope), self._model(), screen.unit):
            return screen_viewer(screen.id, screen.name, screen.unit), screen
        if judged is None or is_page(scope, headers):
            return to_sign_in(scope, headers)
        if screen is None:
            return refused(judged.standing)
        return json(403, f"this screen may show {screen.unit!r} and what is below it only")

    def _denied(self, scope: Scope, headers: Headers, viewer: Viewer) -> Response:
        """The answer to who has signed in but may not; that it is noted holds up nobody."""
        address = scope["client"][0] if scope.get("client") else ""
        about = {"path": f"{scope['method']} {scope['path']}"[:_MOST_PATH], "address": address}
        asyncio.get_running_loop().run_in_executor(self._helpers.identity, self._trail.note, Act.DENIED, viewer, about)
        return self._refusal(scope, headers, 403, "denied")

    def _refusal(self, scope: Scope, headers: Headers, status: int, key: str) -> Response:
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        words = Words.of(language_or(asked, self._model().language))
        return refusal(scope, headers, status, key, self._page, words)


def may_ask(request: Request, model: Model, unit: str) -> bool:
    """Whether a screen of a unit may ask this: scenes and their streams within its unit, and its heartbeat."""
    # As it will be routed; the path of `request.url` is put together with what the host header says.
    path = str(request.scope["path"])
    if request.method == "POST":
        return path == HEARTBEAT
    if path.startswith(_SCREENS_FOLDERS):
        return True
    # A page may take the first of several, a stream the last: none is right for both.
    asked = [
        value
        for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if name == "unit"
    ]
    match path.split("/"):
        case ["", "wall", scene] | ["", "push", "wall", scene]:
            return len(asked) <= 1 and may_show(model, unit, scene, "".join(asked))
        case ["", "standup", place] | ["", "standup", place, "now"]:
            return may_see(model, unit, place)
    return False
