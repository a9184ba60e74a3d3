"""users: who may sign in, from the command line."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from layouts.words import LANGUAGES, Words
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.roles import ADMIN
from wall.people.absence import absence_of
from wall.people.account import Account, grant_text
from wall.people.accounts import check_places, name_of
from wall.people.entrance import Entrance, open_entrance, real_ms
from wall.people.own_account import browser_named
from wall.people.sessions import short
from wall.refusal import Refused
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import in_force, refusals
from .errors import reachable
from .main import main

WORDS = Words.of("en")
AUTHOR = click.option("--author", default=getpass.getuser, show_default="you", help="Who decides it.")
#: Letters that nobody takes for another; 15 of 30 are 73 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz2346789"


@dataclass(frozen=True, slots=True)
class Office:
    """What the commands need of a site."""

    entrance: Entrance
    model: Model
    now_ms: int


@contextmanager
def office(resolved: Resolved) -> Iterator[Office]:
    """The accounts of a site with the model in force; outages and refusals end the command."""
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        yield Office(open_entrance(site), in_force(site).model, site.store.clock().now_ms())


def new_password() -> str:
    """A password that can be read out and typed."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(15))
    return "-".join(letters[at : at + 5] for at in range(0, 15, 5))


def _described(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what an account is."""
    options = [
        click.option("--title", help="Full name, as others read it."),
        click.option("--unit", help="The unit that roles mean by 'own unit' or 'own department'."),
        click.option("--person", help="The unit that is the person itself, where people are units."),
        click.option("--role", "grants", multiple=True, metavar="ROLE[@UNIT]", help="A role; several may be given."),
        click.option("--language", type=click.Choice(["", *LANGUAGES]), help="Of the pages; empty: that of the model."),
        click.option("--email", help="E-mail address."),
        click.option("--identity", "identities", multiple=True, metavar="PROVIDER:SUBJECT",
                     help="Who it is at an identity provider; may be given several times."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
_PASSWORD_FILE = click.option("--password-file", type=_FILE, help="Read the password from the first line of FILE.")
_GENERATE = click.option("--generate", is_flag=True, help="Make a password and print it.")


def _password(file: Path | None, generate: bool) -> str:
    """The password: from a file, made and printed, or asked for; never an argument, as those show in lists and logs."""
    if file is not None:
        content = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8")
        return (content.splitlines() or [""])[0]
    if generate:
        made: str = new_password()
        click.echo(f"password: {made}")
        return made
    return str(click.prompt("password", hide_input=True, confirmation_prompt=True))


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was said on the command line; of what may be given several times, that it was given at all."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in options.items()
            if value is not None and value != ()}  # fmt: skip


@main.group(invoke_without_command=True)
@click.pass_context
def users(context: click.Context) -> None:
    """Accounts: list, add, change, disable and enable them; their passwords and sessions."""
    if context.invoked_subcommand is None:
        context.invoke(list_users)


@users.command("list")
@click.pass_obj
def list_users(resolved: Resolved) -> None:
    """List the accounts with their roles."""
    with office(resolved) as at:
        accounts = at.entrance.accounts.people().accounts
    for one in sorted(accounts.values(), key=lambda one: one.id):
        click.secho(_line(one), dim=one.disabled)
    if not accounts:
        click.echo("nobody has an account; run: kpiwall users add NAME --admin")


def _line(account: Account) -> str:
    roles = " ".join(grant_text(one) for one in account.grants) or "no role"
    state = "disabled" if account.disabled else "" if account.password or account.identities else "can't sign in yet"
    about = "  ".join(one for one in (account.title, account.unit and f"unit {account.unit}", state) if one)
    return f"{account.id:<20} {roles:<32} {about}".rstrip()


@users.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="The role that may do everything.")
@click.option("--no-password", is_flag=True, help="Only an identity provider lets this account in.")
@_described
@_PASSWORD_FILE
@_GENERATE
@AUTHOR
@click.pass_obj
def add(
    resolved: Resolved, /, name: str, admin: bool, no_password: bool, password_file: Path | None, generate: bool,
    author: str, **given: Any,
) -> None:  # fmt: skip
    """Add an account to sign in with as NAME."""
    wanted = _given(given)
    if admin:
        wanted["grants"] = [*wanted.get("grants", []), ADMIN]
    with office(resolved) as at:
        check_places(wanted, at.model, WORDS)
        if name_of(name) in at.entrance.accounts.people().accounts:
            raise Refused(WORDS("people.refused.taken", name=name))
        password = "" if no_password else _password(password_file, generate)
        if not no_password and not password:
            raise click.UsageError("the password is empty; use --no-password for an account without one")
        added = at.entrance.accounts.add(name, wanted, author, WORDS, password)
    click.secho(f"{added.id} may sign in", fg="green")


@users.command()
@click.argument("name")
@click.pass_obj
def show(resolved: Resolved, name: str) -> None:
    """Show an account with its tokens."""
    with office(resolved) as at:
        account = at.entrance.accounts.account(name, WORDS)
        tokens = at.entrance.accounts.people().tokens_of(account.id)
    click.echo(_line(account))
    for label in ("person", "language", "email"):
        if value := getattr(account, label):
            click.echo(f"  {label}: {value}")
    if account.away is not None:
        instead = f", {account.away.substitute} stands in" if account.away.substitute else ""
        click.echo(f"  away: {account.away.first} to {account.away.last}{instead}")
    for identity in account.identities:
        click.echo(f"  signs in as {identity}")
    for token in tokens:
        state = "revoked" if token.revoked else "run out" if token.expires_ms <= real_ms() else "holds"
        click.echo(f"  token {token.id} {token.title}: {' '.join(token.capabilities)} ({state})")


@users.command()
@click.argument("name")
@_described
@AUTHOR
@click.pass_obj
def change(resolved: Resolved, /, name: str, author: str, **given: Any) -> None:
    """Change what is given of NAME; roles that are given replace those there were. Open pages follow within seconds."""
    wanted = _given(given)
    if not wanted:
        raise click.UsageError("nothing to change; give --title, --unit, --person, --role, --language, ...")
    with office(resolved) as at:
        check_places(wanted, at.model, WORDS)
        changed = at.entrance.accounts.change(name, wanted, author, WORDS)
    click.secho(_line(changed), fg="green")


@users.command()
@click.argument("name")
@AUTHOR
@click.pass_obj
def disable(resolved: Resolved, name: str, author: str) -> None:
    """Let NAME sign in no more; sessions end and tokens do nothing within seconds."""
    with office(resolved) as at:
        at.entrance.accounts.disable(name, author, WORDS)
        at.entrance.sessions.end_all(at.entrance.accounts.account(name, WORDS))
    click.secho(f"{name} may no longer sign in", fg="green")


@users.command()
@click.argument("name")
@AUTHOR
@click.pass_obj
def enable(resolved: Resolved, name: str, author: str) -> None:
    """Let NAME sign in again."""
    with office(resolved) as at:
        at.entrance.accounts.enable(name, author, WORDS)
    click.secho(f"{name} may sign in", fg="green")


@users.command("password")
@click.argument("name")
@_PASSWORD_FILE
@_GENERATE
@AUTHOR
@click.pass_obj
def change_password(resolved: Resolved, name: str, password_file: Path | None, generate: bool, author: str) -> None:
    """Give NAME another password; all sessions end, and waits after failed attempts are over."""
    with office(resolved) as at:
        account = at.entrance.accounts.account(name, WORDS)
        at.entrance.accounts.set_password(account.id, _password(password_file, generate), author, WORDS)
        at.entrance.sessions.end_all(account)
        at.entrance.throttle.forgive(account.id)
    click.secho(f"{account.id} has another password", fg="green")


@users.command("sessions")
@click.argument("name")
@click.option("--end", metavar="SESSION", help="End this one.")
@click.pass_obj
def list_sessions(resolved: Resolved, name: str, end: str | None) -> None:
    """List where NAME is signed in, or end one of these sessions."""
    with office(resolved) as at:
        account = at.entrance.accounts.account(name, WORDS)
        held = at.entrance.sessions.of(account)
        if end is not None:
            named = [one for one in held if end and one.startswith(end)]
            if not named:
                raise click.ClickException(
                    f"{account.id} has no session {end}; see: kpiwall users sessions {account.id}"
                )
            at.entrance.sessions.end(account.id, named)
    if end is not None:
        click.secho(f"session {end} is ended", fg="green")
        return
    for one, session in held.items():
        ago_min = max(0, real_ms() - session.seen_ms) // 60_000
        own = "  own device" if session.kept else ""
        click.echo(f"{short(one)}  {browser_named(session.agent)}  {session.address}  used {ago_min} min ago{own}")
    if not held:
        click.echo(f"{account.id} is signed in nowhere")


@users.command()
@click.argument("name")
@click.option("--from", "first", metavar="DAY", help="First day of absence; today if none is given.")
@click.option("--until", "last", metavar="DAY", help="Last day of absence.")
@click.option("--substitute", default="", metavar="ACCOUNT", help="Who gets the messages meanwhile.")
@click.option("--back", is_flag=True, help="NAME is not away (any more).")
@AUTHOR
@click.pass_obj
def away(
    resolved: Resolved, name: str, first: str | None, last: str | None, substitute: str, back: bool, author: str
) -> None:
    """Say from when until when NAME is away (YYYY-MM-DD, both days included) and who gets the messages meanwhile."""
    if back == bool(last):
        raise click.UsageError("give either --until DAY or --back")
    with office(resolved) as at:
        accounts = at.entrance.accounts
        absence = None
        if last:
            today = BusinessCalendar(at.model.calendar).business_date(at.now_ms)
            absence = absence_of(first or today.isoformat(), last, substitute, today, WORDS)
        changed = accounts.set_away(name, absence, author, WORDS).away
    if changed is None:
        click.secho(f"{name} is not away", fg="green")
        return
    instead = f"; {changed.substitute} stands in" if changed.substitute else "; nobody stands in"
    click.secho(f"{name} is away from {changed.first} to {changed.last}{instead}", fg="green")


@users.command("sign-out")
@click.argument("name")
@AUTHOR
@click.pass_obj
def sign_out(resolved: Resolved, name: str, author: str) -> None:
    """End all sessions of NAME."""
    with office(resolved) as at:
        account = at.entrance.accounts.account(name, WORDS)
        at.entrance.accounts.sign_out(account.id, author, WORDS)
        at.entrance.sessions.end_all(account)
    click.secho(f"{account.id} is signed out everywhere", fg="green")
