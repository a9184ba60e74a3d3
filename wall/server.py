"""The server: Dash and the API on Flask, and beside them, in the same process, the ASGI push route."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.metadata
import socket
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import flask
import uvicorn
from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from layouts.words import language_or

from .api import create_api
from .binding import check_binding
from .board_follower import BoardFollower
from .dash_app import Address, content_security_policy, create_dash, exists
from .desk.rooms import Rooms
from .guard import FRAMES, SCREEN, Guard
from .metrics import Screens
from .people.viewer import VIEWER, Viewer
from .push import Hub, Key, Receive, Scope, Send
from .pushed import Pushed
from .results.explaining import Explainer
from .screens.routes import screen_routes
from .screens.service import open_fleet
from .sight.seen_site import SeenSite
from .sight.seen_stories import SeenStories
from .sight.visible import Sights
from .wall_pages import add_screen_page, add_wall_pages
from .wiring import Site

#: More than a snapshot, less than a minute of changes.
_MOST_UNSENT_BYTES = 32_768


def create_server(site: Site, follower: BoardFollower) -> Callable[..., Any]:
    """The ASGI application of a site."""
    fleet = open_fleet(site, follower)
    sights = Sights()
    seen = SeenSite(follower, sights)
    stories = SeenStories(Explainer(site, follower), seen)
    pushed = Pushed(follower, fleet, sights)
    hub = Hub(pushed.view, pushed.head, pushed.stamp)
    fleet.on_change(lambda screens: _tell(hub, pushed, screens))
    fleet.on_announced(hub.board_moved)
    server = flask.Flask("kpiwall")
    create_api(server, site, follower, Screens(hub, fleet))
    desk = Rooms(site, follower, fleet)
    add_wall_pages(server, seen, fleet)
    add_screen_page(server, seen, follower, fleet)
    app = create_dash(server, seen, stories, desk)
    desk.add_to(app, server)
    policy = content_security_policy(app)

    async def push(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        viewer: Viewer = scope[VIEWER]
        sight = viewer.sight()
        model = sights.visible(follower.model, sight, follower.now_ms()).model
        address = Address(
            request.path_params["page"],
            request.path_params["name"],
            language_or(request.query_params.get("lang"), model.language),
        )
        unit = request.query_params.get("unit", "")
        known = exists(address, model) and (not unit or any(one.id == unit for one in model.units))
        if address.page not in ("wall", "phone") or not known:
            await JSONResponse({"error": "no such page"}, 404)(scope, receive, send)
            return
        keys = pushed.keys(Key(address.page, address.name, unit, address.language, sight), scope[SCREEN])
        await hub.stream(keys, receive, send, scope[FRAMES])

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(hub.run())
        follower.start(hub.board_moved)
        fleet.start()
        yield
        fleet.stop()
        follower.stop()
        running.cancel()

    pages: Any = WSGIMiddleware(server.wsgi_app, workers=16)  # type: ignore[arg-type]
    routes = [Route("/push/{page}/{name}", _Endpoint(push)), *screen_routes(fleet), Mount("/", pages)]
    guarded = Starlette(routes=routes, lifespan=lifespan)
    return Guard(guarded, site.settings.token, policy, fleet, lambda: follower.model)


class _Endpoint:
    """An ASGI application as a route's endpoint, so that no response object stands between it and the socket."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Any]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _tell(hub: Hub, pushed: Pushed, screens: Collection[str]) -> None:
    """Tell screens what is new of themselves; those that may not show any more what they did are cut off."""
    ended, others = pushed.parted(screens)
    hub.cut(ended)
    hub.moved(others)


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
