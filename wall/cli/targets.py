"""targets export, targets import: targets and weights through Excel."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
from pathlib import Path

import click

from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.what_if import with_change
from streams.redis_adapters.site import AppliedModel
from wall.definitions.apply import put_in_force
from wall.definitions.targets import MOST_BYTES, differences, export_targets, import_targets
from wall.model_check import check_model
from wall.settings import Resolved
from wall.wiring import Site, open_site

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
        model = _in_force(site).model
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
    with reachable():
        base = _in_force(site)
        model = base.model
        change, faults = import_targets(model, content, from_date.date(), reason, author)
        for fault in faults:
            click.secho(str(fault), fg="red")
        if faults:
            click.secho(f"{file}: {len(faults)} faults", fg="red", err=True)
            sys.exit(1)
        if change is None:
            click.echo(f"{file} changes nothing")
            return
        for line in differences(model, change):
            click.echo(f"~ {line}")
        changed = with_change(model, change)
        _checked(model, changed)
        if dry_run:
            return
        _alone(site, base)
        put_in_force(site, changed, author, reason)
    click.secho(f"in force from {change.from_}", fg="green")


def _content(file: Path) -> bytes:
    """The file, and no more of it than shows that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{file} can't be read: {error.strerror}") from None


def _in_force(site: Site) -> AppliedModel:
    site.restore()
    applied = site.store.model()
    if applied is None:
        raise click.ClickException("no model is in force; run: kpiwall apply MODEL_DIR")
    return applied


def _alone(site: Site, base: AppliedModel) -> None:
    """Refuse where the import would take back what somebody else applied meanwhile."""
    current, following = site.store.model(), site.store.following()
    if following is not None:
        raise click.ClickException(
            f"model {following.model.version} is being counted and comes next; import once it is in force"
        )
    if current is None or current.number != base.number:
        raise click.ClickException("another model came in force meanwhile; import again")


def _checked(before: Model, after: Model) -> None:
    """Show what the model check says of the changed model and not of the one in force; errors end the command."""
    known = {(one.level, one.message) for one in check_model(before)}
    found = [one for one in check_model(after) if (one.level, one.message) not in known]
    for one in found:
        click.secho(f"{one.level}: {one.message}; {one.fix}", fg="red" if one.level == "error" else "yellow")
    errors = sum(one.level == "error" for one in found)
    if errors:
        click.secho(f"the changed model has {errors} faults; nothing was changed", fg="red", err=True)
        sys.exit(1)
