"""Before everything else: the token where one is set, what a paired screen may ask without it, and security headers."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from scoring.definitions import Model

from .people.viewer import EVERYTHING, VIEWER, Viewer, screen_viewer
from .push import Receive, Scope, Send
from .screens.routes import CLAIM, HEARTBEAT, PAIRING, RESUME, refused
from .screens.scope import may_show
from .screens.service import Fleet, Judged, Standing
from .wall_pages import SCREEN_COOKIE

TOKEN_COOKIE = "kpiwall_token"
#: Where the scope carries the server's own `send`: a frame for a thousand screens passes no wrapper.
FRAMES = "kpiwall.frames"
#: Where the scope carries the screen that asks, or None.
SCREEN = "kpiwall.screen"
#: What a screen needs before it is paired.
_OPEN_TO_READ, _OPEN_FOLDERS = {"/healthz", "/screen"}, ("/assets/",)
_OPEN_TO_WRITE = {PAIRING, CLAIM, RESUME}
#: What a paired screen needs beside its scenes: the library of its charts.
_SCREENS_FOLDERS = ("/lib/",)
_READING = ("GET", "HEAD")


class Guard:
    """Lets in who has the token, and a screen to what it may show; without a token set, everybody."""

    def __init__(
        self, app: Callable[..., Any], token: str, policy: str, fleet: Fleet, model: Callable[[], Model]
    ) -> None:
        self._app = app
        self._token = token
        self._fleet = fleet
        self._model = model
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        presented = request.cookies.get(SCREEN_COOKIE, "")
        judged = self._fleet.judged(presented) if presented else None
        refusal = self._refusal(request, judged) if self._token and not _is_open(request) else None

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._headers]}
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        screen = judged.screen if judged is not None and judged.standing is Standing.VALID else None
        viewer = Viewer("person", "admin", "", EVERYTHING)
        if screen is not None and not self._is_known(request):
            viewer = screen_viewer(screen.id, screen.name, screen.unit)
        await self._app({**scope, FRAMES: send, SCREEN: screen, VIEWER: viewer}, receive, with_headers)

    def _is_known(self, request: Request) -> bool:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._is_token(bearer) or self._is_token(request.cookies.get(TOKEN_COOKIE, ""))

    def _refusal(self, request: Request, judged: Judged | None) -> Response | None:
        """None lets the request in; a right `?token=` is exchanged for a cookie."""
        asked = request.query_params.get("token", "")
        if asked and self._is_token(asked):
            answer = RedirectResponse(str(request.url.remove_query_params("token").replace(scheme="", netloc="")), 303)
            answer.set_cookie(TOKEN_COOKIE, asked, httponly=True, samesite="strict", max_age=365 * 86400)
            return answer
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._is_token(bearer) or self._is_token(request.cookies.get(TOKEN_COOKIE, "")):
            return None
        if judged is None:
            return JSONResponse({"error": "a token is needed: Authorization: Bearer ..., or open /?token=..."}, 401)
        if judged.standing is not Standing.VALID or judged.screen is None:
            return refused(judged.standing)
        if may_ask(request, self._model(), judged.screen.unit):
            return None
        return JSONResponse({"error": f"this screen may show {judged.screen.unit!r} and what is below it only"}, 403)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


def _path(request: Request) -> str:
    """The path as it will be routed; that of `request.url` is put together with what the host header says."""
    return str(request.scope["path"])


def _is_open(request: Request) -> bool:
    path = _path(request)
    if request.method in _READING:
        return path in _OPEN_TO_READ or path.startswith(_OPEN_FOLDERS)
    return request.method == "POST" and path in _OPEN_TO_WRITE


def may_ask(request: Request, model: Model, unit: str) -> bool:
    """Whether a screen of a unit may ask this: scenes and their streams within its unit, and its heartbeat."""
    path = _path(request)
    if request.method == "POST":
        return path == HEARTBEAT
    if request.method not in _READING:
        return False
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
    return False
