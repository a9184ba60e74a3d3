"""history, pull, generations: what was applied, what is in force, and whose counters are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import msgspec

from streams.redis_adapters.site import AppliedModel
from wall.backfill import drop_generations
from wall.definitions.apply import Change, changes
from wall.definitions.change_file import write_changes
from wall.definitions.history import applications
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .asking import refusals
from .errors import reachable
from .main import main

#: Changes of one application that are printed; the rest is only counted.
_SHOWN = 40


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, every change of it.")
@click.option("--limit", default=20, show_default=True, help="Applications to print, newest first.")
@click.pass_obj
def history(resolved: Resolved, as_json: bool, limit: int) -> None:
    """List the models applied: number, when, by whom, version, why, and what each changed."""
    with reachable(), closing(open_site(resolved.settings)) as site:
        site.restore()
        every = applications(site.journal)
        pairs = list(pairwise([None, *every]))[::-1][:limit]
        if as_json:
            click.echo(msgspec.json.encode([_as_json(before, one) for before, one in pairs if one]))
            return
        for before, one in pairs:
            if one is not None:
                click.echo("\n".join(_lines(before, one, _place(site, one))))
    click.secho(f"{len(every)} applications, {len(pairs)} shown", fg="green")


def _as_json(before: AppliedModel | None, one: AppliedModel) -> dict[str, object]:
    found = changes(before.model if before else None, one.model)
    return {
        "number": one.number, "applied_ms": one.applied_ms, "author": one.author, "version": one.model.version,
        "generation": one.generation, "reason": one.reason, "position": one.position,
        "changes": [{"sign": c.sign, "what": c.what, "detail": c.detail} for c in found],
    }  # fmt: skip


def _lines(before: AppliedModel | None, one: AppliedModel, place: str) -> Iterator[str]:
    at = dt.datetime.fromtimestamp(one.applied_ms / 1000, ZoneInfo(one.model.calendar.zone))
    yield f"#{one.number}  {at:%Y-%m-%d %H:%M}  {one.author}  version {one.model.version}{place}  {one.reason}"
    found = changes(before.model if before else None, one.model)
    if before is None:
        yield f"    the first model: {len(found)} definitions"
        return
    yield from (f"    {_text(change)}" for change in found[:_SHOWN])
    if len(found) > _SHOWN:
        yield f"    and {len(found) - _SHOWN} more (--json shows all)"


def _text(change: Change) -> str:
    return f"{change.sign} {change.what} {change.detail}".rstrip()


def _place(site: Site, one: AppliedModel) -> str:
    """Whether an application is in force or next."""
    for held, name in ((site.store.model(), "in force"), (site.store.following(), "next")):
        if held is not None and held.number == one.number:
            return f" ({name})"
    return ""


@main.command()
@click.argument("model_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def pull(resolved: Resolved, model_dir: Path) -> None:
    """Write the effective-dated changes of the model applied last into MODEL_DIR/changes.yaml.

    Changes can be applied from a page, too; then the folder is older than what is in force.
    """
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        site.restore()
        newest = site.store.following() or site.store.model()
        if newest is None:
            raise click.ClickException("no model is in force; run: kpiwall apply MODEL_DIR")
        target = write_changes(model_dir, newest.model.changes)
    click.secho(f"{target}: {len(newest.model.changes)} changes", fg="green")


@main.command()
@click.option("--drop-old", is_flag=True, help="Delete the counters of all but those in force and next.")
@click.pass_obj
def generations(resolved: Resolved, drop_old: bool) -> None:
    """List the generations of counters in Redis: in force, next (being filled), former, old."""
    with reachable(), closing(open_site(resolved.settings)) as site:
        if drop_old:
            dropped = drop_generations(site, former=True)
            click.echo(f"{len(dropped)} generations dropped")
        partitions = site.log.partitions()
        for generation in reversed(site.store.generations()):
            store = site.counters(generation)
            records = sum(int(store.counts(one).get("records", 0)) for one in partitions)
            click.echo(f"{generation}  {_kind(site, generation):<8}  {records} records counted")


def _kind(site: Site, generation: str) -> str:
    in_force, following = site.store.model(), site.store.following()
    if in_force is not None and in_force.generation == generation:
        return "in force"
    if following is not None and following.generation == generation:
        return "next"
    return "former" if in_force is not None and in_force.former == generation else "old"
