"""explain, waterfall, show: why a score is what it is, why it moved, and which definitions were in force."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import click
import msgspec
import yaml

from layouts import formats
from scoring.board import POINT, WEIGHT
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.editions import changes_until, edition
from scoring.explain import KpiExplanation, UnitExplanation
from scoring.forms import text_in
from scoring.waterfall import Waterfall
from streams.origin import Origins
from wall.definitions.history import model_as_known
from wall.results.explained import kpi_content, unit_content
from wall.results.explaining import Explainer
from wall.results.frozen import plain
from wall.results.period_names import moment_named
from wall.settings import Resolved
from wall.wiring import open_site

from .asking import in_force, last_board, refusals
from .errors import reachable
from .main import main

_DATE = click.DateTime(formats=["%Y-%m-%d"])


def points(value: int | None) -> str:
    """Points with four decimals."""
    return formats.fixed(None if value is None else Fraction(value, POINT), 4)


@main.command()
@click.argument("unit")
@click.argument("kpi", required=False)
@click.option("--events", default=5, show_default=True, help="Newest events to list behind a KPI.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, exact.")
@click.pass_obj
def explain(resolved: Resolved, unit: str, kpi: str | None, events: int, as_json: bool) -> None:
    """Explain the score of UNIT, or of one KPI of it, down to the newest events and their places in the log."""
    site = open_site(resolved.settings)
    with reachable():
        view = last_board(site)
        explainer = Explainer(site, view)
        if kpi is None:
            story = explainer.explain_unit(unit)
            if story is None:
                raise click.ClickException(f"unit {unit!r} has no score; see kpiwall show units")
            shown = msgspec.json.encode(unit_content(story)) if as_json else "\n".join(_unit_lines(story.explanation))
            click.echo(shown)
            return
        kpi_story = explainer.explain_kpi(unit, kpi)
        if kpi_story is None:
            raise click.ClickException(f"kpi {kpi!r} does not stand at {unit!r}; see kpiwall explain {unit}")
        origins = explainer.origins(unit, kpi) if events else None
    if as_json:
        click.echo(msgspec.json.encode({**kpi_content(kpi_story), "events": plain(origins)}))
        return
    click.echo("\n".join(_kpi_lines(view.applied.model, kpi_story.explanation)))
    if origins is not None:
        click.echo("\n".join(_event_lines(origins, events)))


def _unit_lines(explained: UnitExplanation) -> list[str]:
    lines = [
        f"{explained.node.unit.id}: score {points(explained.score.score)}, definition v{explained.score.definition}"
    ]
    for part in sorted(explained.parts, key=lambda one: -one.points):
        share = formats.percent(part.weight, 2) if part.kind != "bonus" else "on top"
        lines.append(f"  {part.key:<32} {share:>8}  score {points(part.score):>10}  adds {points(part.points):>10}")
    for gate in explained.gates:
        lines.append(f"  gate:{gate.gate:<27} {points(gate.before)} → {points(gate.after)}")
    return lines


def _kpi_lines(model: Model, explained: KpiExplanation) -> list[str]:
    cell, result = explained.cell, explained.result
    kpi = cell.rule.kpi
    values = {metric.id: value for metric, value in zip(cell.rule.metrics, result.metrics, strict=True)}
    lines = [f"{kpi.id} at {cell.unit}: score {points(result.score)}, definition v{result.definition}"]
    if kpi.definition:
        lines.append(f"  definition    {text_in(kpi.definition, model.language)}")
    lines += [f"  metric        {name} = {_number(value)}" for name, value in values.items()]
    lines.append(f"  value         {kpi.value} = {_number(result.value)}")
    due = f", due by now {_number(result.due)} ({formats.percent(result.elapsed, 2)} passed)" if kpi.accrues else ""
    lines.append(f"  target        {_number(result.target)}{due}")
    lines.append(f"  attainment    {formats.percent(result.attainment, 2)}")
    if explained.piece is not None:
        piece = explained.piece
        ends = f"{_number(piece.x0)} → {_number(piece.y0)}, {_number(piece.x1)} → {_number(piece.y1)}"
        clamp = f", clamped at its {piece.clamp}" if piece.clamp else ""
        lines.append(f"  curve         {kpi.method.name} over {cell.rule.curve.over}: {ends}{clamp}")
    lines += [f"  gate          {one.gate}: {points(one.before)} → {points(one.after)}" for one in explained.gates]
    lines.append(f"  weight        {formats.plain(Fraction(cell.weight, WEIGHT))}")
    lines += [f"  adds          {points(one.points)} of {points(one.base)} at {one.unit}" for one in explained.shares]
    return lines


def _number(value: Fraction | None) -> str:
    if value is None:
        return formats.UNKNOWN
    return formats.digits(value.numerator, 0) if value.denominator == 1 else formats.fixed(value, 6).rstrip("0")


def _event_lines(origins: Origins, most: int) -> list[str]:
    lines = [f"  newest events ({origins.scanned} records read)"]
    for one in origins.events[:most]:
        added = ", ".join(f"{part.metric}{part.part} {part.amount:+d}" for part in one.added)
        moment = dt.datetime.fromtimestamp(one.event_ms / 1000, dt.UTC)
        lines.append(f"    {moment:%Y-%m-%dT%H:%M:%SZ} {one.type} {one.id} at {one.unit}: {added}")
        lines.append(f"      {one.partition} @ {one.position}, from {one.source}")
    return lines


@main.command()
@click.argument("unit")
@click.option(
    "--from", "start", required=True, help="The end of this day or period: 2026-03-17, 2026-W11, 2026-02, ..."
)
@click.option("--to", "end", default="now", show_default=True, help="Likewise, or now.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, exact.")
@click.pass_obj
def waterfall(resolved: Resolved, unit: str, start: str, end: str, as_json: bool) -> None:
    """Show why the score of UNIT moved between two moments: by cause and part, adding up exactly."""
    site = open_site(resolved.settings)
    with reachable(), refusals():
        view = last_board(site)
        calendar, now_ms = BusinessCalendar(view.applied.model.calendar), view.board().as_of_ms
        if unit not in {one.id for one in view.applied.model.units}:
            raise click.ClickException(f"unit {unit!r} is not in the model")
        moments = moment_named(start, calendar, now_ms), moment_named(end, calendar, now_ms)
        found = Explainer(site, view).waterfall(unit, *moments)
    if found is None:
        raise click.ClickException(f"the score of {unit} is not known at one of the two moments")
    click.echo(msgspec.json.encode(plain(found)) if as_json else "\n".join(_waterfall_lines(found)))


def _waterfall_lines(found: Waterfall) -> list[str]:
    lines = [f"{found.unit}: {points(found.start)} → {points(found.end)}"]
    for step in found.steps:
        lines.append(f"  {step.cause:<10} {_signed(step.points):>10}")
        ordered = sorted(step.by_part.items(), key=lambda pair: -abs(pair[1]))
        lines += [f"    {part:<32} {_signed(amount):>10}" for part, amount in ordered]
    return lines


def _signed(value: int) -> str:
    return formats.signed_digits(formats.rounded(Fraction(value, POINT), 4), 4)


@main.command()
@click.argument("what", required=False, metavar="[WHAT]")
@click.option(
    "--as-of", type=_DATE, metavar="DATE", default=None, help="What holds on this business day; today if left out."
)
@click.option(
    "--known-at", type=_DATE, metavar="DATE", default=None, help="By the model that was applied at the end of that day."
)
@click.pass_obj
def show(resolved: Resolved, what: str | None, as_of: dt.datetime | None, known_at: dt.datetime | None) -> None:
    """Show the definitions in force on a day, as YAML: all, or WHAT: a key such as kpis, or an id.

    With --known-at, what was known then: changes applied later are left out.
    """
    site = open_site(resolved.settings)
    with reachable():
        applied = in_force(site)
        calendar = BusinessCalendar(applied.model.calendar)
        if known_at is not None:
            until_ms = calendar.day_start_ms(known_at.date() + dt.timedelta(days=1))
            known = model_as_known(site.journal, until_ms - 1)
            if known is None:
                raise click.ClickException(f"no model had been applied by {known_at.date()}")
            applied = known
        date = as_of.date() if as_of else calendar.business_date(site.store.clock().now_ms())
    standing = edition(applied.model, date)
    click.echo(f"# {applied.model.name} {applied.model.version}, application {applied.number}, as of {date}")
    for change in changes_until(applied.model, date):
        click.echo(f"# since {change.from_}: {change.reason}" + (f" ({change.author})" if change.author else ""))
    content = standing.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"changes"})
    click.echo(yaml.safe_dump(_selected(content, what), allow_unicode=True, sort_keys=False))


def _selected(content: dict[str, object], what: str | None) -> object:
    if what is None:
        return content
    if what in content:
        return {what: content[what]}
    for items in content.values():
        for one in items if isinstance(items, list) else ():
            if isinstance(one, dict) and what in (one.get("id"), one.get("type")):
                return one
    raise click.ClickException(f"there is no {what!r} in force then; name a key such as kpis, or an id")
