"""Alert rules: what they name, hours that come to something, and levels that can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from scoring.alerts.places import names_kpi, names_unit, places
from scoring.alerts.rules import AlertRule, OnChange, OnPace, OnRank, OnSilence, OnThreshold
from scoring.curves import curve_of
from scoring.definitions import Kpi, Model
from scoring.scorecard import stands_at

from .finding import Finding, KeyPath, doubt, fault

_WEEK = 7
_NOTIFIED = re.compile(r"^(owner|head|channel:[A-Za-z0-9_.-]+)$")
#: The longest that a KPI's period lasts; a breach held for longer never fires, as a new period lets it go.
_PERIOD_S = {"shift": 86_400, "day": 90_000, "week": 8 * 86_400, "month": 32 * 86_400, "quarter": 93 * 86_400}


def check_alerts(model: Model) -> Iterator[Finding]:
    """What rules name, in a model that may have faults."""
    rules = {rule.id: rule for rule in model.alerts}
    for number, rule in enumerate(model.alerts):
        path, name = ("alerts", number), f"alert rule {rule.id!r}"
        yield from _patterns(path, name, rule, model)
        yield from _condition(path, name, rule, model)
        yield from _inhibitors(path, name, rule, rules)
        yield from _quiet(path, name, rule, model)
        for one in rule.notify:
            if not _NOTIFIED.match(one):
                yield fault((*path, "notify"), f"{name}: nobody is {one!r}", "use owner, head or channel:NAME")
        if not rule.notify:
            yield doubt((*path, "notify"), f"{name}: nobody is told", "name owner, head or channel:NAME")


def check_alert_levels(model: Model) -> Iterator[Finding]:
    """Rules that stand nowhere, and levels out of reach, in a model without faults."""
    for number, rule in enumerate(model.alerts):
        path, name = ("alerts", number), f"alert rule {rule.id!r}"
        if not any(True for _ in places(rule, model)):
            yield doubt(path, f"{name} stands nowhere: none of its KPIs is on a scorecard of its units",
                        "name units where the KPI has a target and a weight")  # fmt: skip
        watched = [kpi for kpi in model.kpis if any(names_kpi(one, kpi) for one in rule.kpis)]
        yield from _reach(path, name, rule, watched)
        yield from _hold(path, name, rule, watched)
        if isinstance(rule.on, OnRank):
            yield from _ranked(path, name, rule, rule.on, model)


def _patterns(path: KeyPath, name: str, rule: AlertRule, model: Model) -> Iterator[Finding]:
    for pattern in rule.units:
        if not any(names_unit(pattern, unit) for unit in model.units):
            yield doubt((*path, "units"), f"{name}: {pattern!r} names no unit", "name an id or a kind of units")
    for pattern in rule.kpis:
        if not any(names_kpi(pattern, kpi) for kpi in model.kpis):
            yield doubt((*path, "kpis"), f"{name}: {pattern!r} names no KPI", "name an id or a tag of KPIs")


def _condition(path: KeyPath, name: str, rule: AlertRule, model: Model) -> Iterator[Finding]:
    on, at = rule.on, (*path, "when")
    if isinstance(on, OnSilence) and on.source is not None:
        if all(source.id != on.source for source in model.sources):
            yield fault((*at, "source"), f"{name}: source {on.source!r} is unknown", "name a source")
        if rule.kpis:
            yield fault((*path, "kpis"), f"{name} is about a source", "leave kpis out, or the source")
    if isinstance(on, OnPace):
        named = [kpi for kpi in model.kpis if any(names_kpi(one, kpi) for one in rule.kpis)]
        if not rule.kpis:
            yield fault((*path, "kpis"), f"{name}: pace is of KPIs", "name KPIs that accrue")
        elif named and not any(kpi.accrues for kpi in named):
            yield doubt((*path, "kpis"), f"{name}: none of its KPIs accrues", "name KPIs with accrues: true")
    if isinstance(on, OnThreshold | OnChange) and on.of == "value" and not rule.kpis:
        yield fault((*at, "of"), f"{name}: a unit's score has no value", "use of: score, or name KPIs")


def _inhibitors(path: KeyPath, name: str, rule: AlertRule, rules: dict[str, AlertRule]) -> Iterator[Finding]:
    for one in rule.inhibited_by:
        if one not in rules:
            yield fault((*path, "inhibited_by"), f"{name}: rule {one!r} is unknown", "name an alert rule")
    if rule.id in _behind(rule.id, rules):
        yield fault((*path, "inhibited_by"), f"{name} is inhibited by itself, through others",
                    "let the one that matters more stand alone")  # fmt: skip


def _behind(rule: str, rules: dict[str, AlertRule]) -> set[str]:
    """The rules that inhibit one, directly or through others."""
    found: set[str] = set()
    waiting = list(rules[rule].inhibited_by)
    while waiting:
        one = waiting.pop()
        if one not in found and one in rules:
            found.add(one)
            waiting += rules[one].inhibited_by
    return found


def _quiet(path: KeyPath, name: str, rule: AlertRule, model: Model) -> Iterator[Finding]:
    quiet, at = rule.quiet, (*path, "quiet")
    if quiet is None:
        return
    shifts = {shift.id for shift in model.calendar.shifts}
    for shift in quiet.shifts:
        if shift not in shifts:
            yield fault((*at, "shifts"), f"{name}: shift {shift!r} is unknown", "name a shift of the calendar")
    if quiet.hours is not None and quiet.hours[0] == quiet.hours[1]:
        yield fault((*at, "hours"), f"{name}: quiet hours begin and end at {quiet.hours[0]}",
                    "give the hours in which nobody is told")  # fmt: skip
    if quiet.hours == ("00:00", "24:00") or len(set(quiet.weekdays)) == _WEEK or _covers(quiet.shifts, model):
        yield doubt(at, f"{name} is always quiet: nobody is ever told", "leave hours in which people may be told")


def _covers(named: list[str], model: Model) -> bool:
    """Whether shifts leave no hour of a day that works round the clock."""
    spans = sorted((one.start, one.end) for one in model.calendar.shifts if one.id in named)
    meets = all(before[1] == after[0] for before, after in pairwise(spans))
    return bool(spans) and meets and spans[-1][1].replace("24", "00") == spans[0][0]


def _reach(path: KeyPath, name: str, rule: AlertRule, watched: list[Kpi]) -> Iterator[Finding]:
    on, at = rule.on, (*path, "when")
    if isinstance(on, OnThreshold) and on.of == "score" and watched:
        curves = [curve_of(kpi) for kpi in watched]
        lowest, highest = min(one.floor for one in curves), max(one.cap for one in curves)
        if on.below is not None and Fraction(on.below) <= lowest:
            yield doubt((*at, "below"), f"{name}: no score is below {on.below}", f"use a level above {lowest}")
        if on.above is not None and Fraction(on.above) >= highest:
            yield doubt((*at, "above"), f"{name}: no score is above {on.above}", f"use a level below {highest}")
    if isinstance(on, OnThreshold | OnPace) and getattr(on, "of", "") in ("attainment", "due", "forecast"):
        if on.enter >= Decimal(10):
            yield doubt(at, f"{name}: attainment is 1 on target, not 100", f"write {on.enter / 100}")
        if on.below is not None and on.below <= 0:
            yield doubt((*at, "below"), f"{name}: attainment hardly falls below {on.below}", "1 is on target")
    if isinstance(on, OnChange) and on.percent and on.falls_by is not None and on.falls_by > 100:
        yield doubt((*at, "falls_by"), f"{name}: nothing falls by {on.falls_by} percent", "use up to 100")


def _hold(path: KeyPath, name: str, rule: AlertRule, watched: list[Kpi]) -> Iterator[Finding]:
    """A breach that must last longer than any of the periods it is judged in."""
    lengths = [_PERIOD_S.get(kpi.period) for kpi in watched]
    known = [one for one in lengths if one is not None]
    if known and len(known) == len(lengths) and rule.hold >= max(known) and not isinstance(rule.on, OnSilence):
        yield doubt((*path, "hold"), f"{name}: no period of its KPIs is as long as hold", "hold for less")


def _ranked(path: KeyPath, name: str, rule: AlertRule, on: OnRank, model: Model) -> Iterator[Finding]:
    at, kpis = (*path, "when"), {kpi.id: kpi for kpi in model.kpis}
    units = {unit.id: unit for unit in model.units}
    groups = {(units[key.unit].parent, units[key.unit].kind, key.kpi) for key in places(rule, model)}
    sizes = [
        sum((one.parent, one.kind) == (parent, kind) and (not kpi or stands_at(kpis[kpi], one)) for one in model.units)
        for parent, kind, kpi in groups
    ]
    if sizes and on.at_least > max(sizes):
        yield doubt((*at, "at_least"), f"{name}: no group of siblings has {on.at_least} units", f"use {max(sizes)}")
    if sizes and on.from_ > max(sizes):
        yield doubt((*at, "from"), f"{name}: there is no place {on.from_}", f"use a place up to {max(sizes)}")
