"""What one definition says of another: references, weights, targets, cycles; all findings at once."""

from __future__ import annotations

import itertools
import keyword
import re
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.board import WEIGHT
from scoring.definitions import Aggregate, Bands, EventField, EventType, Kpi, Metric, Model, Ratio, Unit
from scoring.expressions import ExpressionError, Kind, divides, formula, kind, names
from scoring.scorecard import applies, by_unit
from streams.decode import CORRECTED
from streams.integers import EXACT, compiled

#: More KPIs than this on one unit blur what matters (指标泛化); a weight below the least hardly moves a score.
MOST_KPIS = 8
LEAST_WEIGHT = Decimal(5)
#: A band step above this share of the weight is a cliff that invites gaming.
CLIFF = Decimal(5)

_KINDS: dict[str, Kind] = {"text": "text", "integer": "number", "decimal": "number", "boolean": "truth"}
_FINENESS = {"minute": 0, "hour": 1, "day": 2}
_PERIOD_FINENESS = {"shift": 1, "day": 2, "week": 3, "month": 3, "quarter": 4, "year": 5}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong (`error`) or doubtful (`warning`) at a path of the model, with its fix."""

    level: str
    path: tuple[str | int, ...]
    message: str
    fix: str


def _error(path: tuple[str | int, ...], message: str, fix: str) -> Finding:
    return Finding("error", path, message, fix)


def _warning(path: tuple[str | int, ...], message: str, fix: str) -> Finding:
    return Finding("warning", path, message, fix)


def check_model(model: Model) -> list[Finding]:
    """All findings of a model whose form is right."""
    checks: list[Callable[[Model], Iterator[Finding]]] = [
        _unique_ids, _calendar, _events, _metrics, _units, _kpis, _scenes, _roles,
    ]  # fmt: skip
    found = [finding for check in checks for finding in check(model)]
    if not any(finding.level == "error" for finding in found):
        found += _scorecards(model)
    return found


def _unique_ids(model: Model) -> Iterator[Finding]:
    for key in ("sources", "mappings", "metrics", "objectives", "units", "kpis", "scenes", "roles"):
        yield from _repeated(key, [item.id for item in getattr(model, key)])
    yield from _repeated("events", [event.type for event in model.events])


def _repeated(key: str, ids: Sequence[str]) -> Iterator[Finding]:
    counted = Counter(ids)
    for number, one in enumerate(ids):
        if counted[one] > 1 and ids.index(one) != number:
            yield _error((key, number), f"{one!r} stands twice in {key}", "give each its own id")


def _calendar(model: Model) -> Iterator[Finding]:
    if model.calendar.zone not in zoneinfo.available_timezones():
        yield _error(
            ("calendar", "zone"), f"zone {model.calendar.zone!r} is unknown", "use an IANA name such as Asia/Shanghai"
        )
    if any(kpi.period == "shift" for kpi in model.kpis) and not model.calendar.shifts:
        yield _error(("calendar",), "a KPI runs by shift but the calendar has none", "add calendar.shifts")


def _events(model: Model) -> Iterator[Finding]:
    sources = {source.id for source in model.sources}
    for number, event in enumerate(model.events):
        path = ("events", number)
        if event.type.endswith(CORRECTED):
            yield _error(
                (*path, "type"), f"event {event.type!r}: {CORRECTED} marks corrections", "declare what is corrected"
            )
        if event.source not in sources:
            yield _error(
                (*path, "source"), f"event {event.type!r}: source {event.source!r} is unknown", "declare it in sources"
            )
        yield from _template(event, path)
        for name, field in event.fields.items():
            if field.type in ("text", "boolean") and (field.min is not None or field.max is not None):
                yield _error(
                    (*path, "fields", name), f"{event.type}.{name}: a {field.type} has no range", "drop min and max"
                )
            yield from _field(event, name, field, (*path, "fields", name))
    types = {event.type: event for event in model.events}
    for number, mapping in enumerate(model.mappings):
        if mapping.type not in types:
            yield _error(
                ("mappings", number, "type"),
                f"mapping {mapping.id!r}: event {mapping.type!r} is unknown",
                "use a declared type",
            )
            continue
        for name in mapping.data.keys() - types[mapping.type].fields.keys():
            yield _error(
                ("mappings", number, "data", name),
                f"mapping {mapping.id!r}: no field {name!r}",
                "use the event's fields",
            )


def _field(event: EventType, name: str, field: EventField, path: tuple[str | int, ...]) -> Iterator[Finding]:
    what = f"{event.type}.{name}"
    if keyword.iskeyword(name):
        yield _error(path, f"{what}: {name!r} is a word of the expression language", "give the field another name")
    try:
        re.compile(field.pattern or "")
    except re.error as error:
        yield _error((*path, "pattern"), f"{what}: pattern can't be read: {error}", "mend the regular expression")
    if field.type not in ("integer", "decimal"):
        return
    scale = 10**field.decimals
    if field.min is not None and field.max is not None and field.min > field.max:
        yield _error((*path, "min"), f"{what}: min is above max", "exchange them")
    for key, bound in (("min", field.min), ("max", field.max)):
        if bound is not None and abs(bound) > EXACT / Decimal(scale):
            yield _error((*path, key), f"{what}: {key} {bound} is beyond what counts exactly", "stay within 2^53")
        elif bound is not None and bound * scale % 1:
            yield _error((*path, key), f"{what}: {key} {bound} has too many decimals", "use the field's own decimals")


def _template(event: EventType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    for key, template in (("unit", event.unit), ("unit_without", event.unit_without or "")):
        if re.search(r"[{}]", re.sub(r"{\w*}", "", template)):
            yield _error(
                (*path, key), f"event {event.type!r}: {key} has a stray brace", "write fields as {name}, nothing else"
            )
        for name in re.findall(r"{(\w*)}", template):
            field = event.fields.get(name)
            if field is None:
                yield _error(
                    (*path, key), f"event {event.type!r}: {key} uses {name!r}", "use one of the event's fields"
                )
            elif field.optional and (key == "unit_without" or event.unit_without is None):
                yield _error(
                    (*path, key), f"event {event.type!r}: {name!r} may be absent", "give unit_without without it"
                )


def _metrics(model: Model) -> Iterator[Finding]:
    events = {event.type: event for event in model.events}
    for number, metric in enumerate(model.metrics):
        path = ("metrics", number)
        event = events.get(metric.event)
        if event is None:
            yield _error(
                (*path, "event"), f"metric {metric.id!r}: event {metric.event!r} is unknown", "use a declared type"
            )
            continue
        yield from _metric_expressions(metric, event, path)
        if (metric.value is None) != (metric.aggregate is Aggregate.COUNT):
            yield _error(
                path,
                f"metric {metric.id!r}: {metric.aggregate} {'takes no' if metric.value else 'needs a'} value",
                "count has no value, all others have one",
            )
        if (metric.quantile is None) != (metric.aggregate is not Aggregate.QUANTILE):
            yield _error(
                path, f"metric {metric.id!r}: quantile stands with aggregate: quantile only", "give quantile: 0.95, say"
            )
        if metric.dimensions and metric.aggregate not in (Aggregate.COUNT, Aggregate.SUM):
            yield _error(
                (*path, "dimensions"), f"metric {metric.id!r}: only counts and sums have dimensions", "drop dimensions"
            )
        for name in set(metric.dimensions) - event.fields.keys():
            yield _error((*path, "dimensions"), f"metric {metric.id!r}: no field {name!r}", "use the event's fields")


def _metric_expressions(metric: Metric, event: EventType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    for key, text in (("where", metric.where), ("value", metric.value)):
        if text is None:
            continue
        try:
            used = names(text)
        except ExpressionError as error:
            yield _error((*path, key), f"metric {metric.id!r}: {error}", "use the expression language")
            continue
        for name in set(used) - event.fields.keys():
            yield _error(
                (*path, key), f"metric {metric.id!r}: {event.type!r} has no field {name!r}", "use the event's fields"
            )
        yield from _kinds(metric, event, key, text, path)
        if divides(text):
            yield _error(
                (*path, key), f"metric {metric.id!r}: {key} divides", "count both parts and divide in a KPI's value"
            )
    if metric.value and metric.aggregate not in (Aggregate.DISTINCT, Aggregate.COUNT):
        yield from _exact(metric, event, path)


def _kinds(metric: Metric, event: EventType, key: str, text: str, path: tuple[str | int, ...]) -> Iterator[Finding]:
    """Comparisons and sums of things that don't go together would fail at the first event."""
    try:
        kind(text, {name: _KINDS[field.type] for name, field in event.fields.items()})
    except ExpressionError as error:
        yield _error((*path, key), f"metric {metric.id!r}: {error}", "compare like with like")


def _exact(metric: Metric, event: EventType, path: tuple[str | int, ...]) -> Iterator[Finding]:
    """A metric's scale must hold the digits of its fields."""
    try:
        term = compiled(metric.value or "", event.fields)
    except (ExpressionError, KeyError):
        return
    except ValueError as error:
        yield _error((*path, "value"), f"metric {metric.id!r}: {error}", "use integer or decimal fields")
        return
    if term.decimals is None:
        yield _error((*path, "value"), f"metric {metric.id!r}: value is no number", "use integer or decimal fields")
    elif term.decimals > metric.decimals:
        yield _error(
            (*path, "decimals"),
            f"metric {metric.id!r}: its value has {term.decimals} decimals, the metric {metric.decimals}",
            f"set decimals: {term.decimals} or more",
        )


def _units(model: Model) -> Iterator[Finding]:
    parents = {unit.id: unit.parent for unit in model.units}
    rooted: set[str] = set()
    for number, unit in enumerate(model.units):
        if unit.parent is not None and unit.parent not in parents:
            yield _error(("units", number), f"unit {unit.id!r}: parent {unit.parent!r} is unknown", "name a unit")
            continue
        trail: list[str] = []
        above: str | None = unit.id
        while above is not None and above not in rooted and above not in trail:
            trail.append(above)
            above = parents.get(above)
        if above is not None and above in trail:
            yield _error(("units", number), f"unit {unit.id!r} is above itself", "break the cycle of parents")
        yield from _fine_weight(("units", number, "weight"), f"unit {unit.id!r}: weight", unit.weight)
        yield from _fine_weight(("units", number, "child_share"), f"unit {unit.id!r}: child_share", unit.child_share)
        rooted.update(trail)


def _fine_weight(path: tuple[str | int, ...], what: str, weight: Decimal) -> Iterator[Finding]:
    if weight * WEIGHT % 1:
        yield _error(path, f"{what} {weight} has more than four decimals", "round it to four")


def _kpis(model: Model) -> Iterator[Finding]:
    metrics = {metric.id: metric for metric in model.metrics}
    places = {unit.id for unit in model.units} | {unit.kind for unit in model.units}
    objectives = {objective.id for objective in model.objectives}
    on_the_hour = all(clock.endswith(":00") for shift in model.calendar.shifts for clock in (shift.start, shift.end))
    for number, kpi in enumerate(model.kpis):
        path = ("kpis", number)
        finest = _PERIOD_FINENESS[kpi.period] if kpi.period != "shift" or on_the_hour else 0
        yield from _kpi_formula(kpi, metrics, finest, path)
        yield from _kpi_targets(kpi, path)
        for key in ("target", "weight"):
            setting = getattr(kpi, key)
            for name in setting.keys() - places if isinstance(setting, dict) else ():
                yield _error(
                    (*path, key), f"kpi {kpi.id!r}: {key} for {name!r}, no such unit or kind", "name a unit or kind"
                )
        for name in set(kpi.applies_to) - places:
            yield _error(
                (*path, "applies_to"), f"kpi {kpi.id!r}: {name!r} is no unit and no kind", "name a unit or kind"
            )
        if kpi.objective is not None and kpi.objective not in objectives:
            yield _error((*path, "objective"), f"kpi {kpi.id!r}: objective {kpi.objective!r} is unknown", "declare it")
        for key in ("owner", "objective", "definition"):
            if not getattr(kpi, key):
                yield _warning(path, f"kpi {kpi.id!r} has no {key}", f"add {key}:")


def _kpi_formula(kpi: Kpi, metrics: dict[str, Metric], finest: int, path: tuple[str | int, ...]) -> Iterator[Finding]:
    try:
        formula(kpi.value)
        used = names(kpi.value)
    except ExpressionError as error:
        yield _error((*path, "value"), f"kpi {kpi.id!r}: {error}", "write arithmetic over metric ids")
        return
    for name in used:
        if name not in metrics:
            yield _error((*path, "value"), f"kpi {kpi.id!r}: metric {name!r} is unknown", "use a declared metric")
        elif _FINENESS[metrics[name].bucket] > min(_FINENESS.get(kpi.trend or "day", 2), finest):
            yield _error(
                (*path, "trend"),
                f"kpi {kpi.id!r}: metric {name!r} is kept by the {metrics[name].bucket}, too coarse",
                "keep the metric in finer buckets",
            )


def _kpi_targets(kpi: Kpi, path: tuple[str | int, ...]) -> Iterator[Finding]:
    targets = kpi.target.values() if isinstance(kpi.target, dict) else [kpi.target]
    weights = kpi.weight.values() if isinstance(kpi.weight, dict) else [kpi.weight]
    if isinstance(kpi.method, Ratio) and any(target <= 0 for target in targets):
        yield _error(
            (*path, "target"),
            f"kpi {kpi.id!r}: a target of zero or less can't be divided by",
            "use a target above 0 or bands",
        )
    if isinstance(kpi.method, Ratio) and (kpi.method.inverse is None) != (kpi.direction == "higher"):
        yield _error(
            (*path, "method"),
            f"kpi {kpi.id!r}: lower is better says its inverse, higher has none",
            "inverse: reciprocal or symmetric with direction: lower",
        )
    if isinstance(kpi.method, Ratio) and kpi.method.floor >= kpi.method.cap:
        yield _error((*path, "method"), f"kpi {kpi.id!r}: floor is not below cap", "use floor: 0 and cap: 120, say")
    for weight in weights:
        yield from _fine_weight((*path, "weight"), f"kpi {kpi.id!r}: weight", weight)
        if weight < 0:
            yield _error((*path, "weight"), f"kpi {kpi.id!r}: weight is {weight}", "use a number ≥ 0")
        elif weight < LEAST_WEIGHT:
            yield _warning(
                (*path, "weight"),
                f"kpi {kpi.id!r}: a weight of {weight} hardly moves a score",
                f"use {LEAST_WEIGHT} or more",
            )
    if kpi.status.good <= kpi.status.watch:
        yield _error((*path, "status"), f"kpi {kpi.id!r}: good is not better than watch", "use good above watch")
    if isinstance(kpi.method, Bands):
        yield from _bands(kpi, kpi.method, path)


def _bands(kpi: Kpi, method: Bands, path: tuple[str | int, ...]) -> Iterator[Finding]:
    rows = sorted(method.table, key=lambda row: (row.from_ is not None, row.from_ or 0))
    for row in rows:
        if row.from_ is not None and row.to is not None and row.from_ >= row.to:
            yield _error(
                (*path, "method"), f"kpi {kpi.id!r}: band {row.from_} to {row.to} is empty", "let from be below to"
            )
    for row, following in itertools.pairwise(rows):
        if row.to != following.from_ or following.from_ is None:
            yield _error(
                (*path, "method"),
                f"kpi {kpi.id!r}: bands meet badly at {row.to} and {following.from_}",
                "let each band begin where the one before ends",
            )
        step = following.points - row.points
        if (step < 0) == (kpi.direction == "higher") and step:
            yield _error(
                (*path, "method"),
                f"kpi {kpi.id!r}: points fall as the value gets better",
                "sort the points by direction",
            )
        if abs(step) > CLIFF:
            yield _warning(
                (*path, "method"),
                f"kpi {kpi.id!r}: a cliff of {abs(step)} points at {row.to}",
                "use smaller steps or ratio",
            )


def _scenes(model: Model) -> Iterator[Finding]:
    units, kinds = {unit.id: unit for unit in model.units}, {unit.kind for unit in model.units}
    kpis = {kpi.id: kpi for kpi in model.kpis}
    for number, scene in enumerate(model.scenes):
        path = ("scenes", number)
        unit = units.get(scene.unit)
        if unit is None:
            yield _error((*path, "unit"), f"scene {scene.id!r}: unit {scene.unit!r} is unknown", "name a unit")
        if scene.ranking and scene.ranking not in kinds:
            yield _error(
                (*path, "ranking"), f"scene {scene.id!r}: no unit is a {scene.ranking!r}", "name a kind of units"
            )
        for name in [*scene.kpis, scene.trend]:
            kpi = kpis.get(name)
            if kpi is None or (unit is not None and not applies(kpi, unit)):
                yield _error(
                    path, f"scene {scene.id!r}: kpi {name!r} does not stand at {scene.unit!r}", "use a KPI of that unit"
                )
        if scene.trend in kpis and kpis[scene.trend].trend is None:
            yield _error(
                (*path, "trend"),
                f"scene {scene.id!r}: kpi {scene.trend!r} keeps no trend",
                "give the KPI trend: hour, say",
            )


def _roles(model: Model) -> Iterator[Finding]:
    units = {unit.id for unit in model.units}
    for number, role in enumerate(model.roles):
        for name in set(role.units) - units:
            yield _error(("roles", number, "units"), f"role {role.id!r}: unit {name!r} is unknown", "name a unit")


def _scorecards(model: Model) -> Iterator[Finding]:
    """Absolute weights: a unit's KPIs and its children's share make exactly 100."""
    parents = {unit.parent for unit in model.units}
    on: dict[str, list[Kpi]] = {}
    for kpi in model.kpis:
        for place in set(kpi.applies_to):
            on.setdefault(place, []).append(kpi)
    reported: set[Any] = set()
    for number, unit in enumerate(model.units):
        cards = {kpi.id: kpi for kpi in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}.values()
        yield from _scorecard(unit, number, list(cards), unit.id in parents, reported)


def _scorecard(unit: Unit, number: int, kpis: list[Kpi], has_children: bool, reported: set[Any]) -> Iterator[Finding]:
    weights = {kpi.id: by_unit(kpi.weight, unit) for kpi in kpis if by_unit(kpi.target, unit) is not None}
    known = {name: weight for name, weight in weights.items() if weight is not None}
    for kpi in kpis:
        if by_unit(kpi.weight, unit) is None or by_unit(kpi.target, unit) is None:
            yield _error(
                ("units", number),
                f"kpi {kpi.id!r} stands at {unit.id!r} without weight or target",
                "give both for the unit or its kind",
            )
    total = sum(known.values()) + (unit.child_share if has_children else 0)
    same = (unit.kind, tuple(known.items()), total)
    if known and total != 100 and same not in reported:
        reported.add(same)
        parts = " + ".join(f"{name} {weight}" for name, weight in known.items())
        yield _error(
            ("units", number),
            f"unit {unit.id!r}: weights sum to {total}, not 100 ({parts}, children {unit.child_share})",
            "change weights or child_share",
        )
    if len(known) > MOST_KPIS and same not in reported:
        reported.add(same)
        yield _warning(("units", number), f"unit {unit.id!r} has {len(known)} KPIs", f"keep {MOST_KPIS} or fewer")
