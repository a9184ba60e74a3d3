"""channels and messages: how people are reached, and what became of what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from zoneinfo import ZoneInfo

import click
import msgspec

from scoring.definitions import Model
from streams.redis_adapters.outbox import Outbox
from wall.messages.channels import Channels, open_channels
from wall.messages.delivery_log import Delivery, deliveries
from wall.messages.senders import address_faults
from wall.messages.testing import ChannelTest
from wall.people.entrance import open_entrance, real_ms
from wall.people.viewer import Viewer
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import in_force, refusals
from .errors import reachable
from .main import main
from .users import AUTHOR, WORDS, office

_COLOURS = {"sent": "green", "again": "yellow"}
#: So many lines of the log are looked through for those that are asked for.
_SEARCHED = 20_000


@main.group(invoke_without_command=True)
@click.pass_context
def channels(context: click.Context) -> None:
    """The channels that messages go through: list and check them, send a test."""
    if context.invoked_subcommand is None:
        context.invoke(list_channels)


@channels.command("list")
@click.pass_obj
def list_channels(resolved: Resolved) -> None:
    """List the channels and check what can be checked without sending; exit code 1 if something is wrong."""
    found = open_channels(resolved.settings.channels)
    if not len(found):
        click.echo("there are no channels; name a file with [channels.NAME] in the setting channels")
        return
    with office(resolved) as at:
        faults = list(faults_of(found, at.model))
        accounts = [one for one in at.entrance.accounts.people().accounts.values() if not one.disabled]
    for one in found:
        reached = sum(one.reaches(account) for account in accounts)
        whom = f"{reached} of {len(accounts)} accounts" if one.personal else f"group that sees {one.unit}"
        limits = f"{one.rate}/min" if one.rate else "any number"
        click.echo(f"{one.id:<16} {one.shown:<34} {whom:<28} from {one.least}, {limits}")
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    if faults:
        raise click.exceptions.Exit(1)


def faults_of(found: Channels, model: Model) -> Iterator[str]:
    """What is wrong with channels under a model, as far as it can be told without sending."""
    yield from address_faults(found)
    units = {unit.id for unit in model.units}
    for one in found:
        if one.unit and one.unit not in units:
            yield f"channels.{one.id}: unit {one.unit!r} is not in the model in force; name one that is"
    for rule in model.alerts:
        for name in (text.removeprefix("channel:") for text in rule.notify if text.startswith("channel:")):
            if found.group(name) is None:
                yield f"alert rule {rule.id}: notify names channel:{name}, which is no group channel of the settings"


@channels.command()
@click.argument("name")
@click.option("--to", default="", metavar="ACCOUNT", help="Who gets it, where the channel is personal.")
@AUTHOR
@click.pass_obj
def test(resolved: Resolved, name: str, to: str, author: str) -> None:
    """Send a test message through channel NAME and say what came of it; exit code 1 if it was not sent."""
    found = open_channels(resolved.settings.channels)
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        entrance = open_entrance(site)
        outbox = Outbox(site.redis, site.settings.site)
        tested = ChannelTest(found, entrance.accounts, outbox, entrance.trail, site.settings.public_url)
        attempt = tested.send(name, to, Viewer("person", author, author), WORDS)
    if attempt.outcome != "sent":
        click.secho(f"not sent: {attempt.error}", fg="red", err=True)
        raise click.exceptions.Exit(1)
    click.secho("sent", fg="green")


@main.command()
@click.option("--channel", default="", help="Only through this one.")
@click.option("--to", default="", metavar="RECIPIENT", help="Only to this account, or channel:NAME.")
@click.option("--outcome", default="", type=click.Choice(["", "sent", "again", "refused", "given_up"]),
              help="Only attempts that ended so.")  # fmt: skip
@click.option("--alert", default="", help="Only messages that tell of this alert.")
@click.option("--hours", type=click.IntRange(min=1), default=24, show_default=True, help="How far back.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many lines at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def messages(
    resolved: Resolved, channel: str, to: str, outcome: str, alert: str, hours: int, limit: int, as_json: bool
) -> None:
    """Show the delivery log, oldest first, and how many messages wait."""
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        zone = ZoneInfo(in_force(site).model.calendar.zone)
        outbox = Outbox(site.redis, site.settings.site)
        since_ms = real_ms() - hours * 3_600_000
        found: list[Delivery] = []
        for one in deliveries(outbox, _SEARCHED):
            if one.at_ms < since_ms or len(found) == limit:
                break
            if _is_asked(one, channel, to, outcome, alert):
                found.append(one)
        waiting = outbox.waiting()
    for one in reversed(found):
        if as_json:
            click.echo(msgspec.json.encode(asdict(one)))
        else:
            click.secho(_line(one, zone), fg=_COLOURS.get(one.outcome, "red"))
    if not as_json:
        told = ", ".join(f"{count} by {name}" for name, count in sorted(waiting.items())) or "none"
        click.echo(f"{len(found)} attempts; waiting: {told}")


def _is_asked(one: Delivery, channel: str, to: str, outcome: str, alert: str) -> bool:
    return (
        channel in ("", one.channel)
        and to in ("", one.recipient)
        and outcome in ("", one.outcome)
        and (not alert or alert in one.alerts)
    )


def _line(one: Delivery, zone: ZoneInfo) -> str:
    when = dt.datetime.fromtimestamp(one.at_ms / 1000, zone)
    tried = f"try {one.tries + 1}, " if one.tries else ""
    outcome = one.outcome.replace("_", " ")
    text = f"{when:%Y-%m-%d %H:%M:%S}  {one.channel:<14} {one.recipient:<20} {one.kind:<10} {outcome:<8}"
    return f"{text} {tried}{one.ms} ms  {one.error}".rstrip()
