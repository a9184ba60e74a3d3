"""check, apply, schema: models as folders."""

from __future__ import annotations

import getpass
import json
import sys
import time
from contextlib import closing
from pathlib import Path

import click

from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from streams.redis_adapters.site import AppliedModel
from wall.backfill import filling
from wall.definitions.apply import changes, put_in_force
from wall.definitions.dated_changes import dropped_entries, retroactive
from wall.definitions.generation import generation
from wall.definitions.model_folder import ModelFaulty, load_model
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .errors import reachable
from .main import main
from .progress import progress_bar

_ASK_S = 0.3
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@main.command()
@click.argument("model_dir", type=_FOLDER)
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
def check(model_dir: Path, strict: bool) -> None:
    """Check a model folder whole: every fault at once, with file, line and fix.

    Exit code 0: usable; 1: faults.
    """
    model, faults = _loaded(model_dir)
    for fault in faults:
        click.echo(str(fault))
    click.secho(
        f"{model.name} {model.version}: {len(model.units)} units, {len(model.metrics)} metrics, "
        f"{len(model.kpis)} KPIs, {len(faults)} warnings",
        fg="green",
    )
    if strict and faults:
        sys.exit(1)


def _loaded(folder: Path) -> tuple[Model, list[object]]:
    try:
        model, faults = load_model(folder)
    except ModelFaulty as faulty:
        for fault in faulty.faults:
            click.secho(str(fault), fg="red" if fault.level == "error" else "yellow")
        errors = sum(fault.level == "error" for fault in faulty.faults)
        click.secho(f"{folder}: {errors} faults", fg="red", err=True)
        sys.exit(1)
    return model, list(faults)


@main.command()
@click.argument("model_dir", type=_FOLDER)
@click.option("--reason", default=None, help="Why; kept in the history; asked for if not given.")
@click.option("--author", default=getpass.getuser, show_default="you", help="Who.")
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--drop-changes", is_flag=True, help="Let dated changes go that are in force but not in the folder.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until it is in force.")
@click.pass_obj
def apply(
    resolved: Resolved, model_dir: Path, reason: str | None, author: str, dry_run: bool, drop_changes: bool, wait: bool
) -> None:
    """Put a model in force: shows what changes; running services follow within a second.

    Where counting changes (events, metrics, calendar, units), ingest counts the log anew beside the model in force,
    and the new one takes over once its counters are as far.
    """
    model, faults = _loaded(model_dir)
    for fault in faults:
        click.secho(str(fault), fg="yellow")
    with reachable(), closing(open_site(resolved.settings)) as site:
        site.restore()
        _show_changes(site, model, model_dir, drop_changes)
        if dry_run:
            return
        reason = reason if reason is not None else click.prompt("Reason for the change")
        applied = put_in_force(site, model, author, reason)
        done = _await_in_force(site, applied) if wait else _in_force(site, applied)
    said = "is in force" if done else "is next: in force once its counters are filled (see kpiwall history)"
    click.secho(f"{model.name} {model.version} {said}", fg="green" if done else "yellow")


def _show_changes(site: Site, model: Model, folder: Path, drop_changes: bool) -> None:
    """What changes against the model applied last; refuses to lose dated changes without being asked to."""
    in_force = site.store.model()
    newest = site.store.following() or in_force
    before = newest.model if newest else None
    for change in changes(before, model)[:200]:
        click.echo(f"{change.sign} {change.what} {change.detail}".rstrip())
    dropped = dropped_entries(before, model)
    if dropped and not drop_changes:
        named = ", ".join(f'{one.from_} "{one.reason}"' for one in dropped)
        raise click.ClickException(
            f"{folder} lacks changes that are in force: {named}; run kpiwall pull {folder}, or give --drop-changes"
        )
    today = BusinessCalendar(model.calendar).business_date(site.store.clock().now_ms())
    for text in retroactive(before, model, today) if before else []:
        click.secho(f"retroactive: {text}", fg="yellow")
    if in_force and in_force.generation != generation(model):
        click.secho("counting changes: the log is counted anew, then the model takes over", fg="yellow")


def _in_force(site: Site, applied: AppliedModel) -> bool:
    in_force = site.store.model()
    return in_force is not None and in_force.number >= applied.number


def _await_in_force(site: Site, applied: AppliedModel) -> bool:
    """Show how far the counters are until the model is in force; False where nobody fills them, or a newer one came."""
    if _in_force(site, applied):
        return True
    shown = 0
    with progress_bar(100, "counting the log") as bar:
        while not _in_force(site, applied):
            following = site.store.following()
            if following is None or following.number != applied.number:
                click.echo("another model was applied meanwhile", err=True)
                return False
            if not site.store.reader_reports():
                click.echo("no ingest service runs; the counters are filled when one does", err=True)
                return False
            found = filling(site)
            done, total = sum(one.done for one in found), sum(one.total for one in found)
            percent = max(shown, 99 * done // max(1, total))
            bar.update(percent - shown)
            shown = percent
            time.sleep(_ASK_S)
        bar.update(100 - shown)
    return True


@main.command()
def schema() -> None:
    """Print the JSON Schema of model files, for editors."""
    click.echo(json.dumps(file_schema(), indent=1, ensure_ascii=False))


def file_schema() -> dict[str, object]:
    """The schema of one file of a model folder: the model's keys, none of them required in every file."""
    whole = Model.model_json_schema(by_alias=True)
    whole.pop("required")
    whole["properties"]["units_from"] = {"type": "string", "description": "CSV with id, parent, kind, title to append"}
    return whole
