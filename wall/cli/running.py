"""ingest, score, serve, up: the services."""

from __future__ import annotations

import sys

import click

from streams.redis_adapters.connection import StoreUnavailable
from wall import services
from wall.binding import Unprotected, check_binding
from wall.settings import Resolved, Settings
from wall.wiring import open_site

from .main import main


def refuse_unprotected(settings: Settings) -> None:
    """End a command that would listen beyond this machine without a token."""
    try:
        check_binding(settings.host, settings.token)
    except Unprotected as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.pass_obj
def ingest(resolved: Resolved) -> None:
    """Fold the log into counters, exactly once; run as many as the log has partitions."""
    services.ingest(open_site(resolved.settings), services.stop_on_signals())


@main.command()
@click.pass_obj
def score(resolved: Resolved) -> None:
    """Evaluate what moved and publish the board; a second one stands by."""
    services.score(open_site(resolved.settings), services.stop_on_signals())


@main.command()
@click.pass_obj
def serve(resolved: Resolved) -> None:
    """Serve walls, phones, the API and the push stream."""
    from wall.board_follower import BoardFollower
    from wall.server import serve as run_server
    from wall.server import software_version

    settings = resolved.settings
    refuse_unprotected(settings)
    site = open_site(settings)
    applied = site.applied(services.stop_on_signals())
    if applied is None:
        return
    while True:
        try:
            follower = BoardFollower(site, applied, software_version())
            break
        except StoreUnavailable:
            continue
    if not settings.token:
        click.echo("No token is set: serving this machine only (loopback).", err=True)
    run_server(site, follower)


@main.command()
@click.pass_obj
def up(resolved: Resolved) -> None:
    """Run ingest, score and serve together, and start again whichever ends."""
    from wall.supervisor import Supervisor

    stopping = services.stop_on_signals()
    settings = resolved.settings
    refuse_unprotected(settings)
    click.echo(f"http://{settings.host}:{settings.port}/  (Ctrl-C ends all three)", err=True)
    Supervisor(settings).run(stopping)
    sys.exit(0)
