"""ingest, score, alert, serve, up: the services."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall import services
from wall.binding import warning_of
from wall.people.entrance import open_entrance
from wall.settings import Resolved, Settings
from wall.wiring import Site, open_site

from .main import main


def warn_of_binding(settings: Settings) -> None:
    """Say what is wrong with where a command will listen."""
    if warning := warning_of(settings):
        click.secho(warning, fg="yellow", err=True)


def offer_setup(site: Site) -> None:
    """Tell whoever reads the terminal how to make the first account, while there is none."""
    first_run = open_entrance(site).first_run
    with suppress(StoreUnavailable, LogUnavailable):
        if first_run.is_due():
            address = public_address(site.settings)
            click.echo(
                f"Nobody has an account yet. Open {address}/setup and use the code {first_run.offer()}", err=True
            )


def public_address(settings: Settings) -> str:
    """The address that people use."""
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


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
def alert(resolved: Resolved) -> None:
    """Judge the board by the alert rules and tell people; a second one stands by."""
    from wall.alerts import service

    service.alert(open_site(resolved.settings), services.stop_on_signals())


@main.command()
@click.pass_obj
def serve(resolved: Resolved) -> None:
    """Serve walls, phones, the API and the push stream."""
    from wall.board_follower import BoardFollower
    from wall.server import serve as run_server
    from wall.server import software_version

    settings = resolved.settings
    warn_of_binding(settings)
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
    offer_setup(site)
    run_server(site, follower)


@main.command()
@click.pass_obj
def up(resolved: Resolved) -> None:
    """Run ingest, score, serve and alert together, and start again whichever ends."""
    from wall.supervisor import Supervisor

    stopping = services.stop_on_signals()
    settings = resolved.settings
    click.echo(f"{public_address(settings)}/  (Ctrl-C ends all of them)", err=True)
    Supervisor(settings).run(stopping)
    sys.exit(0)
