"""tokens: what programs present in place of signing in."""

from __future__ import annotations

import datetime as dt

import click

from scoring.roles import Capability
from wall.people.account import ApiToken
from wall.people.accounts import check_places
from wall.people.entrance import real_ms
from wall.people.tokens import DEFAULT_DAYS
from wall.settings import Resolved

from .main import main
from .users import AUTHOR, WORDS, office

_CAPABILITIES = [str(one) for one in Capability]


@main.group(invoke_without_command=True)
@click.pass_context
def tokens(context: click.Context) -> None:
    """API tokens: list, issue and revoke them."""
    if context.invoked_subcommand is None:
        context.invoke(list_tokens)


@tokens.command("list")
@click.option("--all", "everything", is_flag=True, help="Those too that were revoked or have run out.")
@click.pass_obj
def list_tokens(resolved: Resolved, everything: bool) -> None:
    """List the tokens that hold."""
    with office(resolved) as at:
        found = at.entrance.accounts.people().tokens.values()
        used = at.entrance.store.tokens_used()
    shown = [one for one in found if everything or _holds(one)]
    for one in shown:
        click.secho(_line(one, used.get(one.id)), dim=not _holds(one))
    if not shown:
        click.echo("no token holds; issue one: kpiwall tokens issue ACCOUNT --title TEXT --may CAPABILITY")


def _holds(token: ApiToken) -> bool:
    return not token.revoked and token.expires_ms > real_ms()


def _line(token: ApiToken, used_ms: int | None) -> str:
    where = f" at {token.unit}" if token.unit else ""
    state = "revoked" if token.revoked else f"until {_day(token.expires_ms)}"
    last = "never used" if used_ms is None else f"used {max(0, real_ms() - used_ms) // 60_000} min ago"
    return f"{token.id}  {token.account:<16} {token.title}  {' '.join(token.capabilities)}{where}  {state}  {last}"


def _day(at_ms: int) -> str:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).date().isoformat()


@tokens.command()
@click.argument("account")
@click.option("--title", required=True, help="What for, such as the name of the program.")
@click.option("--may", "capabilities", multiple=True, required=True, type=click.Choice(_CAPABILITIES),
              help="What it may do; may be given several times.")  # fmt: skip
@click.option("--unit", default="", help="Only at this unit and below it.")
@click.option("--days", type=int, default=DEFAULT_DAYS, show_default=True, help="How long it holds.")
@AUTHOR
@click.pass_obj
def issue(
    resolved: Resolved, account: str, title: str, capabilities: tuple[str, ...], unit: str, days: int, author: str
) -> None:
    """Issue a token of ACCOUNT and print it, once; it may what is given, as far as the account may."""
    with office(resolved) as at:
        check_places({"unit": unit}, at.model, WORDS)
        owner = at.entrance.accounts.account(account, WORDS)
        issued = at.entrance.tokens.issue(owner, title, capabilities, unit, days, author, WORDS)
    click.echo(issued.text)
    click.secho(f"{issued.token.id} holds until {_day(issued.token.expires_ms)}", fg="green", err=True)


@tokens.command()
@click.argument("token")
@AUTHOR
@click.pass_obj
def revoke(resolved: Resolved, token: str, author: str) -> None:
    """Void TOKEN (its id) for good."""
    with office(resolved) as at:
        revoked = at.entrance.tokens.revoke(token, author, WORDS)
    click.secho(f"{revoked.id} of {revoked.account} is revoked", fg="green")
