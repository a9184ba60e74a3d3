"""targets export, targets import: targets and weights through Excel."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from pathlib import Path

import click

from scoring.calendar import BusinessCalendar
from wall.definitions.targets import MOST_BYTES, differences, export_targets, import_targets
from wall.definitions.what_ifs import apply_trial, trial
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import in_force, refusals, sound
from .errors import reachable
from .main import main

_DATE = click.DateTime(formats=["%Y-%m-%d"])


@main.group()
def targets() -> None:
    """Targets and weights through Excel: export a workbook, write new numbers into it, import it."""


@targets.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", type=_DATE, metavar="DATE", default=None, help="What holds on this day; today, unless given.")
@click.pass_obj
def export(resolved: Resolved, file: Path, as_of: dt.datetime | None) -> None:
    """Write the targets and weights in force into FILE, an Excel workbook."""
    site = open_site(resolved.settings)
    with reachable():
        model = in_force(site).model
        today = BusinessCalendar(model.calendar).business_date(site.store.clock().now_ms())
    date = as_of.date() if as_of else today
    try:
        file.write_bytes(export_targets(model, date))
    except OSError as error:
        raise click.ClickException(f"{file} can't be written: {error.strerror}; close it, or name another") from None
    click.secho(f"{file}: targets and weights as of {date}", fg="green")


@targets.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from", "from_date", type=_DATE, metavar="DATE", required=True, help="First business day on which they hold."
)
@click.option("--reason", prompt="Reason for the change", help="Why; kept in the history and with the change.")
@click.option("--author", default=getpass.getuser, show_default="you", help="Who.")
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.pass_obj
def import_(resolved: Resolved, file: Path, from_date: dt.datetime, reason: str, author: str, dry_run: bool) -> None:
    """Put the new targets and weights of FILE in force from a day on, as one change with its reason.

    Exit code 0: done, or nothing to do; 1: faults, each with its cell and a fix, and nothing was changed.
    """
    content = _content(file)
    site = open_site(resolved.settings)
    with reachable(), refusals():
        base = in_force(site)
        change, faults = import_targets(base.model, content, from_date.date(), reason, author)
        for fault in faults:
            click.secho(str(fault), fg="red")
        if faults:
            click.secho(f"{file}: {len(faults)} faults", fg="red", err=True)
            sys.exit(1)
        if change is None:
            click.echo(f"{file} changes nothing")
            return
        for line in differences(base.model, change):
            click.echo(f"~ {line}")
        tried = sound(trial(base, [change]))
        if dry_run:
            return
        apply_trial(site, tried, author, reason)
    click.secho(f"in force from {change.from_}", fg="green")


def _content(file: Path) -> bytes:
    """The file, and no more of it than shows that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}") from None
