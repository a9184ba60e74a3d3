"""what-if: what changed definitions would do, before they are applied."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
import msgspec
import yaml
from pydantic import ValidationError

from scoring.definitions import Change
from wall.definitions.what_ifs import Compared, Comparison, apply_trial, compare, trial
from wall.results.frozen import plain
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import last_board, refusals, sound
from .errors import reachable
from .explaining import points
from .main import main


@main.command("what-if")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--period", "periods", multiple=True, help="Backtest over this past period too: 2026-02, 2026-Q1; may be repeated."
)
@click.option("--apply", "put", is_flag=True, help="Put it in force after showing it.")
@click.option("--yes", is_flag=True, help="With --apply: do not ask.")
@click.option("--author", default=getpass.getuser, show_default="you", help="Who applies it.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, exact.")
@click.pass_obj
def what_if(
    resolved: Resolved, file: Path, periods: tuple[str, ...], put: bool, yes: bool, author: str, as_json: bool
) -> None:
    """Show what the changes in FILE would do to every unit: score, rank, grade, trial pay, before and after.

    FILE is YAML like changes.yaml of a model: a list `changes:`, each with from, reason, kpis and units. The running
    period shows them as if they held today, past ones as if they had held then. Nothing is applied without --apply.
    """
    site = open_site(resolved.settings)
    with reachable(), refusals():
        view = last_board(site)
        tried = sound(trial(view.applied, _changes(file)))
        found = compare(tried, site, view, periods)
        click.echo(msgspec.json.encode(plain(found)) if as_json else "\n".join(_lines(found)))
        if put and (yes or click.confirm("Put it in force?")):
            reason = "; ".join(change.reason for change in tried.changes)
            applied = apply_trial(site, tried, author, reason)
            click.secho(f"application {applied.number} is in force", fg="green", err=True)


def _changes(file: Path) -> list[Change]:
    """The changes of a file; raises a `ClickException` that names every fault."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} is not YAML: {error}") from None
    listed = content.get("changes") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not listed:
        raise click.ClickException(f"{file} has no changes; write a list `changes:` with from, reason and kpis")
    try:
        return [Change.model_validate(one) for one in listed]
    except ValidationError as error:
        faults = "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise click.ClickException(f"{file}:\n{faults}") from None


def _lines(found: list[Comparison]) -> list[str]:
    lines = []
    for one in found:
        lines.append("running period" if one.running else one.period)
        lines += [_line(unit) for unit in one.units] or ["  nothing changes"]
    return lines


def _line(one: Compared) -> str:
    effect = one.effect
    scores = [points(score.score) if score else "–" for score in (effect.before, effect.after)]
    text = f"  {effect.unit:<24} {scores[0]:>10} → {scores[1]:<10}"
    if effect.rank_before != effect.rank_after:
        text += f" rank {effect.rank_before or '–'} → {effect.rank_after or '–'}"
    if one.grade_before != one.grade_after:
        text += f" grade {one.grade_before or '–'} → {one.grade_after or '–'}"
    for name in one.pay_before.keys() | one.pay_after.keys():
        before, after = one.pay_before.get(name), one.pay_after.get(name)
        if before != after:
            text += f" {name} {'–' if before is None else before} → {'–' if after is None else after}"
    return text
