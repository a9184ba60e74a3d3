"""The server: Dash and the API on Flask, and beside them, in the same process, the ASGI push route."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.metadata
import socket
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

import flask
import uvicorn
from a2wsgi import WSGIMiddleware
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from streams.redis_adapters.outbox import Outbox
from streams.redis_adapters.pins import PinStore

from .alerts.api import add_alert_routes
from .alerts.book import AlertBook
from .alerts.steps import AlertSteps
from .api import create_api
from .board_follower import BoardFollower
from .dash_app import content_security_policy, create_dash
from .desk.alerts import Alerting
from .desk.rooms import Rooms
from .failures import add_failures
from .followup.facts import FollowupPages
from .followup.ledger import Ledger
from .followup.steps import FollowupSteps
from .guard import Guard
from .messages.api import add_channel_routes
from .messages.channels import open_channels
from .messages.testing import ChannelTest
from .metrics import Screens
from .people.account_routes import account_routes
from .people.entrance import open_entrance
from .people.helpers import Helpers
from .people.own_account import OwnPage
from .people.pages import notice
from .people.providers.listed import buttons, open_providers
from .people.providers.routes import provider_routes
from .people.sign_in_routes import sign_in_routes
from .people.viewer import current_viewer
from .people.watching import Watch
from .phone_alerts import PhoneAlerts
from .phone_pages import PhonePages
from .push import Hub
from .push_route import PushRoute
from .pushed import Pushed
from .results.explaining import Explainer
from .results.timeline import Timelines
from .screens.routes import screen_routes
from .screens.service import open_fleet
from .sight.look import WHOLE, Sight
from .sight.seen_site import SeenSite
from .sight.seen_stories import SeenStories
from .sight.visible import Sights, Visible
from .standup.gather import Gatherer
from .standup.routes import StandupPages
from .standup.standups import Standups
from .wall_pages import add_screen_page, add_wall_pages
from .wiring import Site

#: More than a snapshot, less than a minute of changes.
_MOST_UNSENT_BYTES = 32_768


def create_server(site: Site, follower: BoardFollower) -> Callable[..., Any]:
    """The ASGI application of a site."""
    fleet, entrance = open_fleet(site, follower), open_entrance(site)
    sights = Sights()
    book = AlertBook(site, follower, sights)
    seen = SeenSite(follower, sights, alerts=book)
    explainer = Explainer(site, follower)
    stories = SeenStories(explainer, seen)

    def visible(sight: Sight) -> Visible:
        return sights.visible(follower.model, sight, follower.now_ms())

    pushed = Pushed(follower, fleet, sights, book)
    hub = Hub(pushed.view, pushed.head, pushed.stamp)
    fleet.on_change(lambda screens: _tell(hub, pushed, screens))
    fleet.on_announced(hub.board_moved)
    book.on_change(hub.board_moved)
    server = flask.Flask("kpiwall", static_folder=None)
    refused = functools.partial(notice, follower)
    add_failures(server, lambda: follower.model, refused)
    outbox = Outbox(site.redis, site.settings.site)
    channels = open_channels(site.settings.channels)
    test = ChannelTest(channels, entrance.accounts, outbox, entrance.trail, site.settings.public_url)
    add_channel_routes(server, test)
    alert_steps = AlertSteps(site, follower, sights, entrance.accounts, book)
    add_alert_routes(server, seen, book, alert_steps)
    create_api(server, site, follower, Screens(hub, fleet), seen, stories)
    timelines = Timelines(site, follower)
    ledger = Ledger(site.journal)
    steps = FollowupSteps(site, follower, sights, entrance.accounts, ledger)
    followup = FollowupPages(ledger, steps, follower)
    alerting = Alerting(book, alert_steps, outbox, test)
    desk = Rooms(site, follower, fleet, sights, timelines, book, alerting)
    add_wall_pages(server, seen, fleet)
    add_screen_page(server, seen, follower, fleet)
    alerts = PhoneAlerts(seen, book, alert_steps, lambda: entrance.accounts.known.accounts)
    PhonePages(seen, PinStore(site.redis, site.settings.site), timelines, followup, alerts).add_to(server)
    app = create_dash(server, seen, stories, desk, lambda unit, kpi: followup.seen(current_viewer(), unit, kpi))
    desk.add_to(app, server)
    standups = Standups(site, follower, sights, explainer, entrance.accounts, ledger, book)
    StandupPages(seen, standups, Gatherer(standups, follower), entrance.trail).add_to(server)
    policy = content_security_policy(app)

    helpers = Helpers()
    providers = open_providers(site.settings.sign_in)
    identity = entrance.identity(lambda: visible(WHOLE))
    watch = Watch(identity, helpers.identity)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(hub.run()), asyncio.create_task(watch.run())]
        follower.start(hub.board_moved)
        fleet.start()
        book.start()
        yield
        book.stop()
        fleet.stop()
        follower.stop()
        for task in running:
            task.cancel()
        helpers.close()

    pages: Any = WSGIMiddleware(server.wsgi_app, workers=16)  # type: ignore[arg-type]
    routes = [
        Route("/push/{page}/{name}", PushRoute(follower, sights, hub, pushed, watch)),
        *screen_routes(fleet, visible),
        *sign_in_routes(entrance, follower, identity.forget, helpers.sign_in, lambda: buttons(providers)),
        *provider_routes(entrance, providers, follower, identity.forget, site.settings.public_url),
        *account_routes(entrance, OwnPage(entrance, follower, visible), identity.forget, helpers.sign_in),
        Mount("/", pages),
    ]
    guarded = Starlette(routes=routes, lifespan=lifespan)
    return Guard(
        guarded,
        site.settings,
        policy,
        fleet,
        identity,
        entrance.cookies,
        lambda: follower.model,
        refused,
        helpers,
        entrance.trail,
    )


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
