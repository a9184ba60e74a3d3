"""audit-log: what people did, and the proof that nothing of it was changed."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from layouts.words import Words
from scoring.forms import duration_s
from wall.journal import Entry, Journal
from wall.people.acts import Acts, Asked, about, is_asked
from wall.people.entrance import real_ms
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .asking import in_force, refusals
from .errors import reachable
from .main import main

_WORDS = Words.of("en")
_FOLLOW_S = 1.0


@main.command("audit-log")
@click.option(
    "--since", default="", help="From a day (2026-03-18), a moment (2026-03-18T14:00), or so long ago (7d, 2h)."
)
@click.option("--who", default="", help="Only what somebody did, or tried: a name or an account.")
@click.option("--kind", default="", help="Only a kind, or all that begin so: audit.sign_in_failed, screen, account.")
@click.option("--text", default="", help="Only with this text in it.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="Acts to print, the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
@click.option("-f", "--follow", is_flag=True, help="Go on printing what is done.")
@click.option(
    "--verify", is_flag=True, help="Prove that no entry was changed, removed or slipped in; prints a digest each."
)
@click.option("--expect", multiple=True, help="With --verify: a digest kept earlier (NUMBER:DIGEST) must still hold.")
@click.pass_obj
def audit_log(
    resolved: Resolved,
    since: str,
    who: str,
    kind: str,
    text: str,
    limit: int,
    as_json: bool,
    follow: bool,
    verify: bool,
    expect: Sequence[str],
) -> None:
    """List what people did: changed, approved, took away, signed in, were refused; oldest of those found first.

    Exit code of --verify: 0 all is as it was written, 1 it is not.
    """
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        if verify or expect:
            sys.exit(0 if _verified(site, expect) else 1)
        zone = ZoneInfo(in_force(site).model.calendar.zone)
        asked = Asked(who, kind, text, _since_ms(since, zone))
        write: Callable[[Entry], str] = _as_json if as_json else lambda one: _as_text(one, zone)
        logs = {one: len(one.since(0)) for one in (site.journal, site.trail)}
        for one in reversed(Acts(site).found(asked, 0, limit).entries):
            click.echo(write(one))
        if follow:
            _follow(logs, asked, write)


def _since_ms(text: str, zone: ZoneInfo) -> int | None:
    """A moment, on the company's clock unless it says otherwise."""
    if not text:
        return None
    try:
        return real_ms() - 1000 * duration_s(text)
    except ValueError:
        pass
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r}: use 2026-03-18, 2026-03-18T14:00 or 7d", param_hint="--since") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)


def _follow(logs: dict[Journal, int], asked: Asked, write: Callable[[Entry], str]) -> None:
    """Print what is done from these numbers of entries on, until interrupted."""
    while True:
        time.sleep(_FOLLOW_S)
        for one in _new(logs):
            if is_asked(one, asked):
                click.echo(write(one))


def _new(logs: dict[Journal, int]) -> Iterator[Entry]:
    for journal, read in logs.items():
        new = journal.since(read)
        logs[journal] = read + len(new)
        yield from new


def _as_json(one: Entry) -> str:
    told = {"at_ms": one.at_ms, "who": one.author, "kind": one.kind, "about": about(one)}
    if one.body.get("who"):
        told["account"] = one.body["who"]
    return msgspec.json.encode(told).decode()


def _as_text(one: Entry, zone: ZoneInfo) -> str:
    when = dt.datetime.fromtimestamp(one.at_ms / 1000, zone)
    what = _WORDS.table.get(f"audit.kind.{one.kind}", one.kind)
    told = "  ".join(f"{key}={_plain(value)}" for key, value in about(one).items())
    return f"{when:%Y-%m-%d %H:%M:%S}  {_plain(one.author or '–'):<18}  {what:<26}  {told}".rstrip()


def _plain(value: Any) -> str:
    """What somebody typed, without what would move a terminal's cursor."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in str(value))


def _verified(site: Site, expect: Iterable[str]) -> bool:
    """Say how both logs stand; whether all of it is as it should be."""
    logs = {"journal": site.journal, "audit trail": site.trail}
    right = [_says(name, journal) for name, journal in logs.items()]
    for claim in expect:
        found = [_holds(journal, claim) for journal in logs.values()]
        kept = True in found
        gone = not kept and None in found
        right.append(kept)
        said = "holds" if kept else "can't be told: those entries are no longer kept" if gone else "does not hold"
        click.secho(f"{claim}: {said}", fg="green" if kept else "red")
    return all(right)


def _says(name: str, journal: Journal) -> bool:
    found = journal.chained()
    gone = f", the first {found.missing} no longer kept" if found.missing else ""
    if found.broken is None:
        click.secho(
            f"{name}: {found.entries} entries as they were written{gone}; {found.entries}:{found.digest}", fg="green"
        )
        return True
    broken = found.broken
    click.secho(
        f"{name}: something was changed, removed or slipped in after entry {broken.after} and before entry {broken.at} "
        f"(at {broken.position}){gone}; keep the log as it is, and compare it with a copy", fg="red",
    )  # fmt: skip
    return False


def _holds(journal: Journal, claim: str) -> bool | None:
    try:
        return journal.holds(claim)
    except ValueError:
        raise click.BadParameter(f"{claim!r} is no NUMBER:DIGEST", param_hint="--expect") from None
