"""The server: Dash and the API on Flask, and beside them, in the same process, the ASGI push route."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import importlib.metadata
import socket
from collections.abc import AsyncIterator, Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import flask
import uvicorn
from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from layouts.phone_view import phone_view
from layouts.wall_view import wall_view
from layouts.words import language_or

from .api import create_api
from .binding import check_binding
from .board_follower import BoardFollower
from .dash_app import Address, content_security_policy, create_dash, exists
from .desk.rooms import Rooms
from .push import Hub, Receive, Scope, Send, View
from .results.explaining import Explainer
from .wall_pages import add_wall_pages
from .wiring import Site

TOKEN_COOKIE = "kpiwall_token"
_OPEN_PATHS = {"/healthz"}
#: Where the scope carries the server's own `send`: a frame for a thousand screens passes no wrapper.
_FRAMES = "kpiwall.frames"
#: More than a snapshot, less than a minute of changes.
_MOST_UNSENT_BYTES = 32_768


def create_server(site: Site, follower: BoardFollower) -> Callable[..., Any]:
    """The ASGI application of a site."""
    hub = Hub(
        lambda key: _view(follower, *key),
        lambda: {
            "version": follower.version,
            "software": follower.software,
            "now": follower.clock.now_ms(),
            "speed": follower.clock.speed,
            "as_of": follower.board().as_of_ms,
        },
    )
    server = flask.Flask("kpiwall")
    create_api(server, site, follower, hub)
    desk = Rooms(site, follower)
    add_wall_pages(server, follower)
    app = create_dash(server, follower, Explainer(site, follower), desk)
    desk.add_to(app, server)
    policy = content_security_policy(app)

    async def push(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        address = Address(
            request.path_params["page"],
            request.path_params["name"],
            language_or(request.query_params.get("lang"), follower.model.language),
        )
        unit = request.query_params.get("unit", "")
        known = exists(address, follower.model) and (not unit or any(one.id == unit for one in follower.model.units))
        if address.page not in ("wall", "phone") or not known:
            await JSONResponse({"error": "no such page"}, 404)(scope, receive, send)
            return
        frames = scope[_FRAMES]
        await hub.stream([(address.page, address.name, unit, address.language)], receive, send, frames)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(hub.run())
        follower.start(hub.board_moved)
        yield
        follower.stop()
        running.cancel()

    pages: Any = WSGIMiddleware(server.wsgi_app, workers=16)  # type: ignore[arg-type]
    routes = [Route("/push/{page}/{name}", _Endpoint(push)), Mount("/", pages)]
    return _Guard(Starlette(routes=routes, lifespan=lifespan), site.settings.token, policy)


class _Endpoint:
    """An ASGI application as a route's endpoint, so that no response object stands between it and the socket."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Any]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _view(follower: BoardFollower, page: str, name: str, unit: str, language: str) -> View:
    model, board = follower.model, follower.board()
    return wall_view(model, board, name, language, unit) if page == "wall" else phone_view(model, board, name, language)


class _Guard:
    """Before everything else: the token where one is set, and the security headers on every answer."""

    def __init__(self, app: Callable[..., Any], token: str, policy: str) -> None:
        self._app = app
        self._token = token
        self._headers = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Request(scope)) if self._token and scope["path"] not in _OPEN_PATHS else None
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._headers]}
            await send(message)

        await self._app({**scope, _FRAMES: send}, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        """None lets the request in; a right `?token=` is exchanged for a cookie."""
        asked = parse_qs(request.url.query).get("token", [""])[0]
        if asked and self._is_token(asked):
            answer = RedirectResponse(str(request.url.remove_query_params("token").replace(scheme="", netloc="")), 303)
            answer.set_cookie(TOKEN_COOKIE, asked, httponly=True, samesite="strict", max_age=365 * 86400)
            return answer
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(TOKEN_COOKIE)
        if self._is_token(bearer) or (cookie is not None and self._is_token(cookie.value)):
            return None
        return JSONResponse({"error": "a token is needed: Authorization: Bearer ..., or open /?token=..."}, 401)

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


def software_version() -> str:
    """The version of kpiwall that runs."""
    try:
        return importlib.metadata.version("kpiwall")
    except importlib.metadata.PackageNotFoundError:
        return "source"


def serve(site: Site, follower: BoardFollower) -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = site.settings
    check_binding(settings.host, settings.token)
    config = uvicorn.Config(
        create_server(site, follower),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[_listening(config)])


def _listening(config: uvicorn.Config) -> socket.socket:
    """The listening socket; what it accepts holds back little that a slow screen has not taken yet.

    Without that the system takes megabytes of frames for a screen that stopped reading; with it the screen falls
    behind, and gets a snapshot instead of what it missed.
    """
    listening = config.bind_socket()
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _MOST_UNSENT_BYTES)
    return listening
