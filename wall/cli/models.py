"""check, apply, schema: models as folders."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path

import click

from scoring.definitions import Model
from wall.apply import changes, put_in_force
from wall.generation import generation
from wall.model_folder import ModelFaulty, load_model
from wall.settings import Resolved
from wall.wiring import open_site

from .errors import reachable
from .main import main

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
@click.option("--reason", prompt="Reason for the change", help="Why; kept in the history.")
@click.option("--author", default=getpass.getuser, show_default="you", help="Who.")
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.pass_obj
def apply(resolved: Resolved, model_dir: Path, reason: str, author: str, dry_run: bool) -> None:
    """Put a model in force: shows what changes; running services follow within a second.

    Where counting changes (events, metrics, calendar, units), the log is counted anew into a fresh generation.
    """
    model, faults = _loaded(model_dir)
    for fault in faults:
        click.secho(str(fault), fg="yellow")
    site = open_site(resolved.settings)
    with reachable():
        former = site.store.model()
        for change in changes(former.model if former else None, model)[:200]:
            click.echo(f"{change.sign} {change.what} {change.detail}".rstrip())
        if former and former.generation != generation(model):
            click.secho("counting changes: the log is counted anew", fg="yellow")
        if dry_run:
            return
        put_in_force(site, model, author, reason)
    click.secho(f"{model.name} {model.version} is in force", fg="green")


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
