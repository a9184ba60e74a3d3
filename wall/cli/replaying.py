"""replay-rules: how often alert rules would have fired over past days, before they go live."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from scoring.calendar import HOUR_MS, MINUTE_MS
from scoring.definitions import Model
from scoring.forms import duration_s, text_in
from streams.redis_adapters.site import AppliedModel
from wall.alerts.replay import Replayed, RuleReplay
from wall.alerts.replays import Hearing, Span, replay_models, with_rules
from wall.definitions.model_folder import ModelFaulty, load_model
from wall.settings import Resolved
from wall.wiring import Site, open_site

from .asking import in_force, refusals
from .errors import reachable
from .main import main
from .progress import Bar, progress_bar

#: Places told of each rule, the noisiest.
_MOST_PLACES = 3


class _Step(click.ParamType[int]):
    """A length of time such as 5m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Milliseconds."""
        try:
            return max(MINUTE_MS, duration_s(value) * 1000)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@main.command("replay-rules")
@click.argument("model_dir", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First business day; 30 days if not given.")
@click.option("--until", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last business day; yesterday if not given.")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be repeated.")
@click.option("--step", type=_Step(), default="5m", show_default=True, help="How often boards are looked at, at most.")
@click.option("--by-minute", is_flag=True, help="Count the log anew by the minute: finer than counters, and slower.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, exact.")
@click.pass_obj
def replay_rules(
    resolved: Resolved, model_dir: Path | None, first: dt.datetime | None, last: dt.datetime | None,
    rules: tuple[str, ...], step: int, by_minute: bool, as_json: bool,
) -> None:  # fmt: skip
    """Show how often alert rules would have fired over past days: those in force, or of MODEL_DIR beside them.

    Boards are worked out from the counters, as finely as these tell; a model that counts differently is counted anew
    from the log. Every rule begins inactive. Ctrl-C ends it after the day at hand and shows what was found.
    """
    with reachable(), refusals(), closing(open_site(resolved.settings)) as site:
        applied = in_force(site)
        models = [applied.model] if model_dir is None else [applied.model, _model(model_dir)]
        wanted = [with_rules(models[-1], rules)]
        if model_dir is not None:
            known = {rule.id for rule in applied.model.alerts}
            held = [one for one in rules if one in known]
            none = applied.model.model_copy(update={"alerts": []})
            wanted.insert(0, with_rules(applied.model, held) if held or not rules else none)
        if not any(model.alerts for model in wanted):
            raise click.ClickException("there are no alert rules; write some into alerts.yaml (docs/alerts.md)")
        days = first.date() if first else None, last.date() if last else None
        found = _replayed(site, applied, wanted, days, step, by_minute)
    if as_json:
        click.echo(msgspec.json.encode([_plain(one) for one in found]))
    else:
        click.echo("\n".join(_lines(found, applied.model.language)))


def _model(folder: Path) -> Model:
    try:
        return load_model(folder)[0]
    except ModelFaulty as faulty:
        raise click.ClickException("\n".join(str(fault) for fault in faulty.faults)) from None


def _replayed(
    site: Site, applied: AppliedModel, models: list[Model], days: tuple[dt.date | None, dt.date | None],
    step_ms: int, by_minute: bool,
) -> list[Replayed]:  # fmt: skip
    """The replay under a bar that moves with the days."""
    bars: list[Any] = []
    held: list[Bar] = []

    def begun(span: Span) -> None:
        _close(bars)
        bars.append(progress_bar(span.days, f"replaying {span.first} to {span.last}"))
        held[:] = [bars[-1].__enter__()]

    def counted(records: int) -> None:
        if not bars:
            bars.append(progress_bar(None, "counting the log by the minute"))
            held[:] = [bars[-1].__enter__()]
        held[0].update(records)

    try:
        with _interrupted() as stopping:
            heard = Hearing(counted, lambda: held[0].update(1), lambda: bool(stopping))
            return replay_models(
                site, applied, models, *days, step_ms, by_minute=by_minute, heard=heard, begun=begun
            )  # fmt: skip
    finally:
        _close(bars)


def _close(bars: list[Any]) -> None:
    while bars:
        bars.pop().__exit__(None, None, None)


@contextmanager
def _interrupted() -> Iterator[list[bool]]:
    """What Ctrl-C fills; a second one ends the command."""
    asked: list[bool] = []

    def stop(_: int, __: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    former = signal.signal(signal.SIGINT, stop)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, former)


def _lines(found: list[Replayed], language: str) -> Iterator[str]:
    new = found[-1]
    if new.until is None:
        yield "nothing was replayed"
        return
    until = "" if new.until == new.last else f" (asked for until {new.last})"
    yield f"{new.first} to {new.until}{until}, {new.days} days, looked at every {_length(new.step_ms)}"
    before = {one.rule.id: one for one in found[0].rules} if len(found) > 1 else {}
    for one in new.rules:
        yield ""
        yield from _rule_lines(one, new.days, language)
        if len(found) > 1:
            yield "  " + _against(before.pop(one.rule.id, None), one, text_in(one.rule.title, language))
    for gone in before.values():
        yield f"\n{gone.rule.id}: no longer there; in force it fires {gone.fired} times, {gone.told} messages"
    yield f"\n{_messages(new)}"


def _rule_lines(one: RuleReplay, days: int, language: str) -> Iterator[str]:
    yield f"{one.rule.id} ({one.rule.severity}): {text_in(one.rule.title, language)}"
    yield f"  fired {one.fired} times, {one.fired / days:.1f} a day; {one.again} again at a place that day"
    yield f"  told in {one.told} messages ({one.told / days:.1f} a day), over in {one.recovered}; {one.folded} folded"
    lasted = f"; lasted {_length(one.median_ms)} (median), {_length(one.longest_ms)} at most" if one.fired else ""
    yield f"  pending only {one.pending_only} times; firing at the end {one.standing}{lasted}"
    if one.places:
        noisy = (f"{key.unit}{' ' + key.kpi if key.kpi else ''} {count}" for key, count in one.places[:_MOST_PLACES])
        yield f"  most at: {', '.join(noisy)}"
    if one.per_day:
        day, count = max(one.per_day.items(), key=lambda item: item[1])
        yield f"  busiest day: {day}, {count} times"


def _against(before: RuleReplay | None, after: RuleReplay, title: str) -> str:
    if before is None:
        return f"in force: no such rule as {title!r}"
    return f"in force: fired {before.fired} times, told in {before.told} messages; now {after.fired} and {after.told}"


def _messages(found: Replayed) -> str:
    fired = [one for one in found.messages if one.kind == "fired"]
    per_day = f", {len(fired) / found.days:.1f} a day"
    return f"all rules: {len(fired)} messages of alerts{per_day}, {len(found.messages) - len(fired)} that they are over"


def _length(ms: int | None) -> str:
    """A length of time in its two largest units.

    >>> _length(5_400_000), _length(None)
    ('1h30m', '–')
    """
    if ms is None:
        return "–"
    days, rest = divmod(ms, 24 * HOUR_MS)
    hours, minutes = divmod(rest // MINUTE_MS, 60)
    parts = [f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if number]
    return "".join(parts[:2]) or "0m"


def _plain(found: Replayed) -> dict[str, Any]:
    """A replay as JSON has it."""
    return {
        "first": found.first, "last": found.last, "until": found.until, "step_ms": found.step_ms,
        "rules": [
            {
                "rule": one.rule.id, "severity": one.rule.severity, "fired": one.fired,
                "pending_only": one.pending_only, "folded": one.folded, "standing": one.standing, "again": one.again,
                "told": one.told, "recovered": one.recovered, "median_ms": one.median_ms, "longest_ms": one.longest_ms,
                "per_day": {day.isoformat(): count for day, count in one.per_day.items()},
                "told_per_day": {day.isoformat(): count for day, count in one.told_per_day.items()},
                "places": [{"unit": key.unit, "kpi": key.kpi, "fired": count} for key, count in one.places],
            }
            for one in found.rules
        ],
        "alerts": [
            {
                "rule": one.alert.key.rule, "unit": one.alert.key.unit, "kpi": one.alert.key.kpi,
                "since_ms": one.alert.since_ms, "fired_ms": one.alert.fired_ms, "resolved_ms": one.alert.resolved_ms,
                "worst": None if one.alert.worst is None else str(one.alert.worst), "folded": one.folded,
            }
            for one in found.occurrences
        ],
        "messages": [
            {"at_ms": one.ms, "kind": one.kind, "alerts": one.alerts} for one in found.messages
        ],
    }  # fmt: skip
