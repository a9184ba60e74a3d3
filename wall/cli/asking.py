"""What commands ask a site first, each with a message that says what to do where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from streams.redis_adapters.site import AppliedModel
from wall.board_follower import LoadedBoard, load_board
from wall.definitions.what_ifs import Trial
from wall.refusal import Refused
from wall.results.period_names import NoPeriod
from wall.wiring import Site


def in_force(site: Site) -> AppliedModel:
    """The model in force."""
    site.restore()
    applied = site.store.model()
    if applied is None:
        raise click.ClickException("no model is in force; run: kpiwall apply MODEL_DIR")
    return applied


def last_board(site: Site) -> LoadedBoard:
    """The last board."""
    in_force(site)
    found = load_board(site)
    if found is None:
        raise click.ClickException("no board yet; is kpiwall score running?")
    return found


@contextmanager
def refusals() -> Iterator[None]:
    """What is refused ends a command with its reason and exit code 1."""
    try:
        yield
    except (Refused, NoPeriod) as error:
        raise click.ClickException(str(error)) from None


def sound(tried: Trial) -> Trial:
    """A trial after showing what the model check says of it; errors end a command."""
    for finding in tried.findings:
        shade = "red" if finding.level == "error" else "yellow"
        click.secho(f"{finding.level}: {finding.message}; {finding.fix}", fg=shade, err=True)
    if tried.errors:
        raise click.ClickException(f"the changed model has {len(tried.errors)} faults; nothing was changed")
    return tried
