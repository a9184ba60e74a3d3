"""A brute-force recount: events to metrics to KPI values and scores, straight from the model's definitions.

It shares nothing with the pipeline but `scoring.definitions`: expressions run as plain Python, periods are local dates,
pace counts working minutes one by one. Slow and obvious on purpose.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from deploy.models.arrival import Arrival
from scoring.definitions import EventType, Kpi, Metric, Model, Unit
from scoring.methods import Bands

#: (metric, unit, date) → exact sum, at the unit the event landed on.
Sums = Mapping[tuple[str, str, dt.date], Fraction]


def metric_sums(model: Model, arrivals: Iterable[Arrival]) -> Sums:
    """Every count and sum metric by leaf unit and local date; an id counts once, bytes and unknown units never."""
    zone = ZoneInfo(model.calendar.zone)
    types = {one.type: one for one in model.events}
    units = {unit.id for unit in model.units}
    metrics = defaultdict(list)
    for metric in model.metrics:
        metrics[metric.event].append(_Compiled(metric))
    sums: dict[tuple[str, str, dt.date], Fraction] = defaultdict(Fraction)
    seen = set()
    for arrival in arrivals:
        event = arrival.event
        if isinstance(event, bytes) or event["id"] in seen:
            continue
        seen.add(event["id"])
        type_ = types[event["type"].removesuffix(".corrected")]
        date = dt.datetime.fromisoformat(event["time"]).astimezone(zone).date()
        for sign, data in _signed(event):
            unit = unit_of(type_, data)
            if unit not in units:
                continue
            for metric in metrics[type_.type]:
                sums[metric.id, unit, date] += sign * metric.value(data)
    return sums


def _signed(event: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    data = event["data"]
    if not event["type"].endswith(".corrected"):
        return [(1, _exact(data))]
    return [(-1, _exact(data["before"]))] + ([(1, _exact(data["after"]))] if data["after"] is not None else [])


def _exact(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Fraction(str(v)) if type(v) is float else v for name, v in data.items()}


def unit_of(type_: EventType, data: Mapping[str, Any]) -> str:
    """The unit an event lands on."""
    try:
        return type_.unit.format_map(data)
    except KeyError:
        return (type_.unit_without or "").format_map(data)


class _Compiled:
    """A metric with its expressions compiled; an event without a field that it needs adds nothing."""

    def __init__(self, metric: Metric) -> None:
        self.id = metric.id
        self._where = compile(metric.where or "True", metric.id, "eval")
        self._value = compile(metric.value or "1", metric.id, "eval")

    def value(self, data: dict[str, Any]) -> Fraction:
        try:
            return Fraction(eval(self._value, {}, data)) if eval(self._where, {}, data) else Fraction(0)
        except NameError:
            return Fraction(0)


#: By (table, key): unit, event time in ms, fields.
Rows = dict[tuple[str, str], tuple[str, int, dict[str, Any]]]


def table_rows(model: Model, arrivals: Iterable[Arrival], now_ms: int) -> Rows:
    """The rows that stand: of each key the newest event, while it is open and not too old; corrections aside."""
    types = {one.type: one for one in model.events}
    newest: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for arrival in arrivals:
        event = arrival.event
        for table in model.tables if not isinstance(event, bytes) else ():
            if event["type"] != table.event:
                continue
            data, ms = event["data"], round(dt.datetime.fromisoformat(event["time"]).timestamp() * 1000)
            key = (table.id, str(data.get(table.key)))
            if table.key in data and _holds(table.where, data) and ms >= newest.get(key, (0,))[0]:
                newest[key] = (ms, data)
    found: Rows = {}
    for table in model.tables:
        for key, (ms, data) in newest.items():
            if key[0] == table.id and _holds(table.open, data) and ms > now_ms - table.keep * 1000:
                found[key] = (unit_of(types[table.event], data), ms, {name: data.get(name) for name in table.fields})
    return found


def _holds(condition: str | None, data: Mapping[str, Any]) -> bool:
    """Whether a condition holds; it does not where a field of it is absent."""
    try:
        return bool(eval(condition or "True", {}, dict(data)))
    except NameError:
        return False


@dataclass(frozen=True)
class Judged:
    """A KPI at a unit: value, attainment (1 = on target) and score of 100; None where unknown."""

    value: Fraction | None
    attainment: Fraction | None
    score: Fraction | None
    weight: Decimal
    status: str


#: Shifts of the models here: three full ones from midnight.
_SHIFT_HOURS = 8


def of_shift(model: Model, arrivals: Iterable[Arrival], now: dt.datetime) -> Sums:
    """The sums of the events that happened in the shift that runs at `now`."""
    local = now.astimezone(ZoneInfo(model.calendar.zone))
    begins = local.replace(hour=local.hour // _SHIFT_HOURS * _SHIFT_HOURS, minute=0, second=0, microsecond=0)
    ends = begins + dt.timedelta(hours=_SHIFT_HOURS)
    held = [one for one in arrivals if not isinstance(one.event, bytes)]
    return metric_sums(model, [one for one in held if begins <= dt.datetime.fromisoformat(one.event["time"]) < ends])


def scorecards(
    model: Model, sums: Sums, now: dt.datetime, shift: Sums | None = None
) -> tuple[dict[tuple[str, str], Judged], dict[str, Fraction | None]]:
    """All KPIs by (unit, kpi) and all unit scores, as they stand at `now` given what `sums` holds.

    KPIs of the shift are judged by `shift`, the sums of the running one, and left out without it.
    """
    now = now.astimezone(ZoneInfo(model.calendar.zone))
    model = standing(model, now.date())
    subtree = {"shift": _summed_up(model, shift or {})}
    by_day = _summed_up(model, sums)
    judged = {
        (unit.id, kpi.id): _judge(model, kpi, unit, subtree.get(kpi.period, by_day), now)
        for kpi in model.kpis
        for unit in model.units
        if {unit.id, unit.kind} & set(kpi.applies_to) and (shift is not None or kpi.period != "shift")
    }
    parts: dict[str, list[Judged]] = defaultdict(list)
    for (at, _), one in judged.items():
        parts[at].append(one)
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in model.units:
        children[unit.parent].append(unit)
    scores: dict[str, Fraction | None] = {}
    for unit in reversed(model.units):  # children stand below their parents in the model's files
        scores[unit.id] = _unit_score(unit, parts[unit.id], [(c.weight, scores[c.id]) for c in children[unit.id]])
    return judged, scores


def _summed_up(model: Model, sums: Sums) -> Sums:
    """The same sums at every unit above, too."""
    above = {unit.id: unit.parent for unit in model.units}
    subtree: dict[tuple[str, str, dt.date], Fraction] = defaultdict(Fraction)
    for (metric, leaf, date), amount in sums.items():
        unit: str | None = leaf
        while unit is not None:
            subtree[metric, unit, date] += amount
            unit = above[unit]
    return subtree


def _judge(model: Model, kpi: Kpi, unit: Unit, subtree: Sums, now: dt.datetime) -> Judged:
    first = now.date().replace(day=1) if kpi.period == "month" else now.date()
    following = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    last = following if kpi.period == "month" else first + dt.timedelta(days=1)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days)]
    values = {
        metric.id: sum((subtree.get((metric.id, unit.id, day), Fraction(0)) for day in days), Fraction(0))
        for metric in model.metrics
    }
    try:
        value = Fraction(eval(kpi.value.replace("0.1229", "F(1229, 10000)"), {"F": Fraction}, values))
    except ZeroDivisionError:
        value = None
    target = Fraction(setting(kpi.target, unit))
    passed = Fraction(now.hour % _SHIFT_HOURS * 60 + now.minute, _SHIFT_HOURS * 60)
    share = passed if kpi.period == "shift" else elapsed(model, days, now)
    due = target * share if kpi.accrues else target
    reached = _attainment(kpi, value, due)
    score = None if reached is None or value is None else _score(kpi, value, reached)
    good, watch = Fraction(kpi.status.good), Fraction(kpi.status.watch)
    status = "unknown" if reached is None else "good" if reached >= good else "watch" if reached >= watch else "bad"
    return Judged(value, reached, score, setting(kpi.weight, unit), status)


def standing(model: Model, date: dt.date) -> Model:
    """The model with targets and weights as they hold on a day; the changes of the samples name units by id."""
    kpis = {kpi.id: kpi for kpi in model.kpis}
    for change in sorted(model.changes, key=lambda one: one.from_):
        for name, one in change.kpis.items() if change.from_ <= date else ():
            said = {key: new for key in ("target", "weight") if (new := getattr(one, key)) is not None}
            held = {key: {**getattr(kpis[name], key), **new} for key, new in said.items()}
            kpis[name] = kpis[name].model_copy(update=held)
    return model.model_copy(update={"kpis": list(kpis.values())})


def setting(said: Decimal | Mapping[str, Decimal], unit: Unit) -> Decimal:
    """A target or weight for a unit: by its id, else by its kind."""
    return said if isinstance(said, Decimal) else said[unit.id] if unit.id in said else said[unit.kind]


def elapsed(model: Model, days: list[dt.date], now: dt.datetime) -> Fraction:
    """The share of the period's working time that has passed; models here work whole days or three full shifts."""
    working = [day for day in days if works(model, day)]
    passed = sum(1440 for day in working if day < now.date())
    passed += now.hour * 60 + now.minute if now.date() in working else 0
    return Fraction(passed, 1440 * len(working))


def works(model: Model, day: dt.date) -> bool:
    """Whether a date is a working day."""
    calendar = model.calendar
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
    return day in calendar.working_dates or (weekday in calendar.working_days and day not in calendar.holidays)


def _attainment(kpi: Kpi, value: Fraction | None, due: Fraction) -> Fraction | None:
    if value is None or not due:
        return None
    if kpi.direction == "higher":
        return value / due
    inverse = getattr(kpi.method, "inverse", None)
    return 2 - value / due if inverse == "symmetric" else due / value if value else Fraction(6, 5)


def _score(kpi: Kpi, value: Fraction, reached: Fraction) -> Fraction:
    if isinstance(kpi.method, Bands):
        rows = [b for b in kpi.method.table if (b.from_ is None or value >= b.from_) and (b.to is None or value < b.to)]
        return Fraction(rows[0].points)
    return min(max(100 * reached, Fraction(kpi.method.floor)), Fraction(kpi.method.cap))


def _unit_score(
    unit: Unit, own: Iterable[Judged], children: Iterable[tuple[Decimal, Fraction | None]]
) -> Fraction | None:
    parts = [(Fraction(one.weight), one.score) for one in own]
    known = [(Fraction(weight), score) for weight, score in children if score is not None]
    share = Fraction(unit.child_share) if parts else Fraction(100)
    if known and share:
        parts.append((share, sum(w * s for w, s in known) / sum(w for w, _ in known)))
    scored = [(weight, score) for weight, score in parts if score is not None]
    return sum((w * s for w, s in scored), Fraction(0)) / sum(w for w, _ in scored) if scored else None


def as_log(arrivals: Iterable[Arrival]) -> list[bytes]:
    """The events as the log holds them, for comparing streams byte by byte."""
    return [
        a.event if isinstance(a.event, bytes) else json.dumps(a.event, ensure_ascii=False).encode() for a in arrivals
    ]
