"""incentive: trial calculations of pay."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
import msgspec

from layouts import formats
from scoring.calendar import BusinessCalendar
from streams.redis_adapters.site import AppliedModel
from wall.results.frozen import plain
from wall.results.incentive_sheet import workbook
from wall.results.incentives import (
    Calculation,
    Stage,
    approve,
    calculations,
    incentive_named,
    preview,
    propose,
    warnings,
    withdraw,
)
from wall.results.period_names import period_named
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .asking import in_force, refusals
from .errors import reachable
from .explaining import points
from .main import main

_AUTHOR = click.option("--author", default=getpass.getuser, show_default="you", help="Who.")
_REASON = click.option("--reason", prompt="Reason", help="Why; kept in the journal.")


@main.group()
def incentive() -> None:
    """Trial calculations of incentive pay: preview, propose, approve by a second person, export."""


@incentive.command("preview")
@click.argument("name", metavar="INCENTIVE")
@click.argument("period")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, exact.")
@click.pass_obj
def show_preview(resolved: Resolved, name: str, period: str, as_json: bool) -> None:
    """Calculate INCENTIVE for PERIOD, without keeping it: score, grade, coefficients and amount of every unit."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        applied = in_force(site)
        found = _preview(site, applied, name, period)
    if as_json:
        click.echo(msgspec.json.encode(plain(found)))
        return
    _print(found)
    for one in warnings(applied.model, found):
        share = f"{one.count} of {one.whole} units"
        click.secho(f"grade {one.grade}: {share}, more than {one.most_share} %", fg="yellow")


def _preview(site: Site, applied: AppliedModel, name: str, period: str) -> Calculation:
    named = period_named(period, BusinessCalendar(applied.model.calendar))
    return preview(site, applied, incentive_named(applied.model, name), named)


def _print(found: Calculation) -> None:
    for line in found.lines:
        factor = formats.fixed(line.coefficient, 3)
        amount = "–" if line.amount is None else f"{line.amount:,}"
        click.echo(f"{line.unit:<24} {points(line.score):>10} {line.grade or '–':<4} × {factor:<8} {amount:>16}")
    total = "–" if found.total is None else f"{found.total:,}"
    frozen = "frozen scores" if found.closed else "period not closed, scores may move"
    click.echo(f"{found.incentive} {found.period}: {total}, {found.stage}, {frozen}, sha256 {found.digest}")


@incentive.command("propose")
@click.argument("name", metavar="INCENTIVE")
@click.argument("period")
@_REASON
@_AUTHOR
@click.pass_obj
def put_up(resolved: Resolved, name: str, period: str, reason: str, author: str) -> None:
    """Put the calculation of INCENTIVE for a closed PERIOD up for approval by somebody else."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        found = _preview(site, in_force(site), name, period)
        propose(site, found, author, reason)
    click.secho(f"{name} {found.period} is proposed, sha256 {found.digest}", fg="green")


@incentive.command("approve")
@click.argument("name", metavar="INCENTIVE")
@click.argument("period")
@_AUTHOR
@click.pass_obj
def accept(resolved: Resolved, name: str, period: str, author: str) -> None:
    """Approve and freeze what another person proposed."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        found = approve(site, name, period, author)
    click.secho(f"{name} {period} is approved, sha256 {found.digest}", fg="green")


@incentive.command("withdraw")
@click.argument("name", metavar="INCENTIVE")
@click.argument("period")
@_REASON
@_AUTHOR
@click.pass_obj
def take_back(resolved: Resolved, name: str, period: str, reason: str, author: str) -> None:
    """Take a proposed or approved calculation back."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        withdraw(site, name, period, author, reason)
    click.secho(f"{name} {period} is withdrawn", fg="green")


@incentive.command("export")
@click.argument("name", metavar="INCENTIVE")
@click.argument("period")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def write(resolved: Resolved, name: str, period: str, file: Path) -> None:
    """Write the calculation into FILE, an Excel workbook: what is approved or proposed, else a preview."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        applied = in_force(site)
        found = calculations(site.journal).get((name, period)) or _preview(site, applied, name, period)
    file.write_bytes(workbook(applied.model, found))
    click.secho(f"{file}: {found.stage}", fg="green" if found.stage is Stage.APPROVED else "yellow")
