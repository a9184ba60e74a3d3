"""screens: the fleet of paired screens, from the command line."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import click

from layouts.words import Words
from scoring.programme import playlist_of
from streams.redis_adapters.screens import ScreenStore
from wall.screens.heard import Heartbeats, Seen
from wall.screens.ledger import Ledger
from wall.screens.remote import Command
from wall.screens.service import real_ms
from wall.screens.steps import AsOf, Steps
from wall.screens.wanted import THEMES, Wanted
from wall.screens.watch import Presence
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import in_force, refusals
from .errors import reachable
from .main import main

_WORDS = Words.of("en")
_AUTHOR = click.option("--author", default=getpass.getuser, show_default="you", help="Who.")


@dataclass(frozen=True, slots=True)
class _Office:
    """What the commands need of a site."""

    facts: AsOf
    ledger: Ledger
    heartbeats: Heartbeats
    steps: Steps


@contextmanager
def _office(resolved: Resolved) -> Iterator[_Office]:
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        facts = AsOf(in_force(site).model, site.store.clock())
        store, ledger = ScreenStore(site.redis, site.settings.site), Ledger(site.journal)
        steps = Steps(site.journal, store, ledger.register, facts, real_ms)
        yield _Office(facts, ledger, Heartbeats(store, real_ms, started_ms=0), steps)


def _described(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how a screen is wanted."""
    options = [
        click.option("--place", help="Where it hangs."),
        click.option("--unit", help="The unit whose scenes it may show, with those below; the root unless given."),
        click.option("--playlist", help="What it shows; the model's first unless given."),
        click.option("--theme", type=click.Choice(["", *THEMES]), help="That of the playlist unless given."),
        click.option("--margin", type=float, help="Safe margin in percent, for panels that cut their edges: 0 to 5."),
        click.option("--language", help="That of the model unless given."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.group(invoke_without_command=True)
@click.pass_context
def screens(context: click.Context) -> None:
    """Paired screens: list them (exit code 1 where one is silent), pair, change, revoke, and work their remotes."""
    if context.invoked_subcommand is None:
        context.invoke(list_screens)


@screens.command("list")
@click.pass_obj
def list_screens(resolved: Resolved) -> None:
    """List the screens, silent ones first; exit code 1 where one is silent."""
    with _office(resolved) as office:
        seen = office.heartbeats.seen(office.ledger.register().standing())
        for one in seen:
            click.secho(_line(one, office), fg="red" if one.presence is Presence.SILENT else None)
        if not seen:
            click.echo(
                "no screen is paired; open http://SERVER/screen on one, then: kpiwall screens pair CODE --name NAME"
            )
        silent = sum(one.presence is Presence.SILENT for one in seen)
    if silent:
        click.secho(f"{silent} of {len(seen)} screens are silent", fg="red", err=True)
        sys.exit(1)


def _line(seen: Seen, office: _Office) -> str:
    screen, heard = seen.screen, seen.heard
    playlist = playlist_of(office.facts.model, screen.playlist).id
    where = f"{screen.name} ({screen.place})" if screen.place else screen.name
    head = f"{screen.id}  {seen.presence.value:<6}  {where}  {screen.unit} · {playlist}"
    if heard is None:
        return f"{head}  never heard of"
    beat = heard.beat
    size = f"{beat.width}×{beat.height}" if beat.width and beat.height else "–"
    heap = "–" if beat.heap_mb is None else f"{beat.heap_mb:.0f} MB"
    age_s = max(0, real_ms() - heard.at_ms) // 1000
    return f"{head}  shows {beat.scene or '–'}  {size}  {beat.version or '–'}  heap {heap}  heard {age_s} s ago"


@screens.command()
@click.argument("code")
@click.option("--name", required=True, help="What people call it.")
@_described
@_AUTHOR
@click.pass_obj
def pair(resolved: Resolved, /, code: str, author: str, **given: Any) -> None:
    """Pair the screen that shows CODE: open http://SERVER/screen on it to see one."""
    with _office(resolved) as office:
        paired = office.steps.pair(code, Wanted(**_given(given)), author, _WORDS)
    click.secho(f"{paired.id} is {paired.name}: {paired.unit}, playlist {paired.playlist}", fg="green")


@screens.command("set")
@click.argument("screen")
@click.option("--name", help="What people call it.")
@_described
@_AUTHOR
@click.pass_obj
def change(resolved: Resolved, /, screen: str, author: str, **given: Any) -> None:
    """Change what is given of SCREEN (its id); it follows at once."""
    changes = _given(given)
    if not changes:
        raise click.UsageError("nothing to change; give --name, --place, --unit, --playlist, --theme, ...")
    with _office(resolved) as office:
        changed = office.steps.change(screen, changes, author, _WORDS)
    click.secho(f"{changed.id} is {changed.name}: {changed.unit}, playlist {changed.playlist}", fg="green")


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


@screens.command()
@click.argument("screen")
@click.option("--reason", default="", help="Why; kept in the journal.")
@_AUTHOR
@click.pass_obj
def revoke(resolved: Resolved, screen: str, reason: str, author: str) -> None:
    """Void the credential of SCREEN (its id) for good; it shows a code to be paired again."""
    with _office(resolved) as office:
        office.steps.revoke(screen, author, reason, _WORDS)
    click.secho(f"{screen} is revoked", fg="green")


def _wish(name: str, command: Command, about: str) -> None:
    """A command that wishes one thing of a screen."""

    @screens.command(name, help=about)
    @click.argument("screen")
    @click.pass_obj
    def wished(resolved: Resolved, screen: str) -> None:
        with _office(resolved) as office:
            office.steps.command(screen, command, _WORDS)
        click.secho(f"{screen}: {name}", fg="green")


_wish("identify", Command.IDENTIFY, "Let SCREEN (its id) show its name for a quarter of a minute.")
_wish("reload", Command.RELOAD, "Let SCREEN (its id) load its page anew.")
_wish("next", Command.NEXT, "Let SCREEN (its id) go on to the next scene.")
_wish("previous", Command.PREVIOUS, "Let SCREEN (its id) go back a scene.")
_wish("hold", Command.HOLD, "Let SCREEN (its id) stay at its scene until it may resume.")
_wish("resume", Command.RESUME, "Let SCREEN (its id) rotate again.")


@screens.command()
@click.argument("screen")
@click.argument("scene")
@click.pass_obj
def show(resolved: Resolved, screen: str, scene: str) -> None:
    """Let SCREEN (its id) show SCENE, one of its playlist, at once."""
    with _office(resolved) as office:
        office.steps.command(screen, Command.SHOW, _WORDS, scene)
    click.secho(f"{screen}: shows {scene}", fg="green")


@screens.command()
@click.argument("url", default="")
@click.option("--end", is_flag=True, help="Send no screen away any more.")
@click.pass_obj
def move(resolved: Resolved, url: str, end: bool) -> None:
    """Send all screens to the server at URL, which must have this site's journal; they keep their credentials."""
    if bool(url) == end:
        raise click.UsageError("give the URL of the server to move to, or --end")
    with _office(resolved) as office:
        office.steps.move(url, _WORDS)
    click.secho(f"screens move to {url}" if url else "screens stay", fg="green")
