"""periods, close, reopen, verify, adjustments: freezing a period and proving what was frozen."""

from __future__ import annotations

import datetime as dt
import getpass
import sys

import click
import msgspec

from scoring.calendar import BusinessCalendar
from wall.results.closing import (
    ClosedPeriod,
    adjustments,
    close_period,
    closed_periods,
    late_events,
    reopen_period,
    verify_period,
)
from wall.results.frozen import plain
from wall.results.period_names import period_named
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .asking import in_force, refusals
from .errors import reachable
from .explaining import points
from .main import main
from .progress import progress_bar

_REASON = click.option("--reason", prompt="Reason", help="Why; kept in the journal.")
_AUTHOR = click.option("--author", default=getpass.getuser, show_default="you", help="Who.")


@main.command()
@click.pass_obj
def periods(resolved: Resolved) -> None:
    """List the periods that were closed, by whom, and their digests."""
    site = open_site(resolved.settings)
    with reachable():
        zone = BusinessCalendar(in_force(site).model.calendar).zone
        found = closed_periods(site.journal)
    for one in found.values():
        when = dt.datetime.fromtimestamp(one.at_ms / 1000, zone)
        state = f"reopened: {one.reopened}" if one.reopened else "closed"
        click.echo(
            f"{one.period:<10} {state}; {when:%Y-%m-%d %H:%M} by {one.author}: {one.reason}; "
            f"model {one.model_version} (application {one.model}), sha256 {one.digest}"
        )
    if not found:
        click.echo("no period was closed yet; run: kpiwall close 2026-02")


@main.command()
@click.argument("period")
@_REASON
@_AUTHOR
@click.pass_obj
def close(resolved: Resolved, period: str, reason: str, author: str) -> None:
    """Freeze PERIOD (2026-02, 2026-Q1, ...): values, versions and scores, signed with a digest."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        applied = in_force(site)
        named = period_named(period, BusinessCalendar(applied.model.calendar))
        closed = close_period(site, applied, named, site.store.clock().now_ms(), author, reason)
    click.secho(
        f"{closed.period} is closed: {len(closed.kpis)} results, {len(closed.units)} scores, sha256 {closed.digest}",
        fg="green",
    )


@main.command()
@click.argument("period")
@_REASON
@_AUTHOR
@click.pass_obj
def reopen(resolved: Resolved, period: str, reason: str, author: str) -> None:
    """Open a closed PERIOD again; what was frozen and the reason stay in the journal."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        reopen_period(site, period, author, reason)
    click.secho(f"{period} is open again", fg="green")


@main.command()
@click.argument("period")
@click.pass_obj
def verify(resolved: Resolved, period: str) -> None:
    """Count a closed PERIOD anew from the log with the model of its closing, and compare digests.

    Exit code 0: the same to the last digit; 1: not.
    """
    site = open_site(resolved.settings)
    with reachable(), refusals():
        closed = _closed(site, period)
        with progress_bar(_records(site, closed), "recounting") as bar:
            found = verify_period(site, closed, bar.update)
    if found != closed.digest:
        click.secho(f"{period}: frozen {closed.digest}, the log says {found}", fg="red")
        sys.exit(1)
    click.secho(f"{period}: log and history give what was frozen, sha256 {found}", fg="green")


@main.command("adjustments")
@click.argument("period")
@click.option("--events", is_flag=True, help="List the late events too; reads the whole log.")
@click.option("--show", default=50, show_default=True, help="Lines of each to print.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON, exact and all.")
@click.pass_obj
def list_adjustments(resolved: Resolved, period: str, events: bool, show: int, as_json: bool) -> None:
    """List what a closed PERIOD would show otherwise, because of events that came after it was frozen."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        closed = _closed(site, period)
        with progress_bar(_records(site, closed), "counting") as bar:
            found = adjustments(site, in_force(site), closed, bar.update)
        late = []
        if events:
            with progress_bar(_records(site, closed), "reading the log") as bar:
                late = list(late_events(site, closed, bar.update))
    if as_json:
        click.echo(msgspec.json.encode({"adjustments": plain(found), "events": plain(late)}))
        return
    for one in found[:show]:
        frozen, now = (points(result.score) if result else "–" for result in (one.frozen, one.now))
        click.echo(f"{one.unit:<24} {one.kpi:<28} frozen {frozen}, would be {now}")
    for event in late[:show]:
        click.echo(f"{event.partition} @ {event.position}  {event.type} {event.id} from {event.source}")
    click.secho(f"{len(found)} results would differ" + (f", {len(late)} late events" if events else ""), fg="yellow")


def _closed(site: Site, period: str) -> ClosedPeriod:
    found = closed_periods(site.journal).get(period)
    if found is None:
        raise click.ClickException(f"{period} was never closed; see kpiwall periods")
    return found


def _records(site: Site, closed: ClosedPeriod) -> int:
    counters = site.counters(closed.generation)
    return sum(int(counters.counts(one).get("records", 0)) for one in closed.positions)
