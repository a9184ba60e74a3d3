"""Fold plans: for each event type, a function generated from its metrics that adds one event to an accumulator.

The generated source is built from checked expressions only; it spares a loop over metrics for every event.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scoring.calendar import Slot
from scoring.counters import (
    EXACT_LIMIT,
    OPERATION,
    Amount,
    Group,
    Increments,
    counter_name,
    merged,
    quantile_bin,
)
from scoring.definitions import Aggregate, EventType, Metric, Model, Table
from scoring.expressions import names
from scoring.forms import BucketKind
from scoring.tables import decimal_text, keep_newer, row_text

from .conditions import condition
from .integers import compiled, fixed
from .rows import rows_source

#: Metrics that a correction can take back; the rest keep only an extreme or the newest.
INVERTIBLE = {Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT, Aggregate.QUANTILE}
_FINEST: tuple[BucketKind, ...] = ("minute", "hour", "day")


@dataclass(frozen=True, slots=True)
class Plan:
    """How events of one type fold: `add(data, accumulator, sign, event_ms, rank)` over a list made by `new()`.

    The rank is 0 of an event, and what `correction_rank` gives of the sides of a correction.
    """

    name: str
    event_type: EventType
    #: (slot of the accumulator, metric): plain counts and sums, and all others; and of tables.
    sums: tuple[tuple[int, Metric], ...]
    others: tuple[tuple[int, Metric], ...]
    tables: tuple[tuple[int, Table], ...]
    bucket: BucketKind
    #: Place of `bucket` in (minute, hour, day).
    fineness: int
    unit: Callable[[Any], str]
    new: Callable[[], list[Any]]
    add: Callable[..., None]
    correctable: bool

    def emit(self, unit: str, slot: Slot, held: list[Any], out: Increments) -> None:
        """Add the accumulator of a unit and bucket to the increments of a batch."""
        day = slot.day
        if held[-1]:
            newest = counter_name(f"@{self.event_type.type}", unit, slot.bucket_ms(self.bucket))
            _put(out, (day, "max"), newest, held[-1])
        adds = out.get((day, "add"))
        if adds is None:
            adds = out[(day, "add")] = {}
        common = counter_name("", unit, slot.bucket_ms(self.bucket))
        for at, metric in self.sums:
            amount = held[at]
            if amount:
                name = metric.id + (common if metric.bucket == self.bucket else _tail(unit, slot, metric))
                adds[name] = adds.get(name, 0) + amount
        for at, metric in self.others:
            self._emit_other(unit, slot, metric, held, at, out)
        for at, table in self.tables:
            for key, row in held[at].items():
                _put(out, (day, "row"), f"{table.id}|{key}", row_text(unit, row))

    def _emit_other(self, unit: str, slot: Slot, metric: Metric, held: list[Any], at: int, out: Increments) -> None:
        """A metric that keeps parts, an extreme, the newest, or dimensions."""
        group, name = (slot.day, OPERATION[metric.aggregate]), metric.id + _tail(unit, slot, metric)
        match held[at]:
            case dict() as parts:
                for part, amount in parts.items():
                    if amount or group[1] != "add":
                        _put(out, group, f"{name}|{part}", amount)
            case (event_ms, value):
                _put(out, group, name, f"{event_ms}:{value}")
            case int() as amount if amount or group[1] != "add":
                _put(out, group, name, amount)
        for number, dimension in enumerate(metric.dimensions, at + 1):
            for value, amount in held[number].items():
                if amount:
                    _put(out, group, f"{name}|#{dimension}={value}", amount)


def _tail(unit: str, slot: Slot, metric: Metric) -> str:
    return counter_name("", unit, slot.bucket_ms(metric.bucket))


def _put(out: Increments, group: Group, name: str, amount: Amount) -> None:
    amounts = out.setdefault(group, {})
    former = amounts.get(name)
    amounts[name] = amount if former is None else merged(group[1], former, amount)


def plans(model: Model) -> dict[str, Plan]:
    """The plan of each declared event type."""
    return {declared.type: _plan(declared, model) for declared in model.events}


def _plan(declared: EventType, model: Model) -> Plan:
    own = tuple(metric for metric in model.metrics if metric.event == declared.type)
    tables = tuple(table for table in model.tables if table.event == declared.type)
    bucket: BucketKind = next((kind for kind in _FINEST if any(metric.bucket == kind for metric in own)), "day")
    starts = itertools.accumulate((1 + len(metric.dimensions) for metric in own), initial=0)
    *places, first_table = starts
    placed = list(zip(places, own, strict=True))
    scope: dict[str, Any] = {
        "fixed": fixed, "quantile_bin": quantile_bin, "bounded": bounded, "escaped": escaped,
        "decimal_text": decimal_text, "keep_newer": keep_newer,
    }  # fmt: skip
    source = "\n".join(_unit_source(declared) + _new_source(own, tables) + _add_source(declared, own, tables))
    exec(compile(source, f"<fold of {declared.type}>", "exec"), scope)
    return Plan(
        name=declared.type,
        event_type=declared,
        sums=tuple((at, metric) for at, metric in placed if _plain(metric)),
        others=tuple((at, metric) for at, metric in placed if not _plain(metric)),
        tables=tuple(enumerate(tables, first_table)),
        bucket=bucket,
        fineness=_FINEST.index(bucket),
        unit=scope["unit"],
        new=scope["new"],
        add=scope["add"],
        correctable=all(metric.aggregate in INVERTIBLE for metric in own),
    )


def _plain(metric: Metric) -> bool:
    return metric.aggregate in (Aggregate.COUNT, Aggregate.SUM) and not metric.dimensions


def bounded(value: int) -> int:
    """The value, refused where it is too large to be counted exactly."""
    if not -EXACT_LIMIT <= value <= EXACT_LIMIT:
        raise ValueError(f"{value} is too large to count exactly; at most 2^53 in the metric's scale")
    return value


def escaped(value: object) -> str:
    """A value as a part of a counter's name, without the separator.

    >>> escaped("a|b")
    'a%7Cb'
    """
    return str(value).replace("%", "%25").replace("|", "%7C")


def _unit_source(declared: EventType) -> list[str]:
    fields = re.findall(r"{(\w+)}", declared.unit)
    missing = [f"d.{name} is None" for name in fields if declared.fields[name].optional]
    lines = ["def unit(d):"]
    if missing and declared.unit_without is not None:
        lines += [f"    if {' or '.join(missing)}:", f"        return f{_template(declared.unit_without)!r}"]
    return [*lines, f"    return f{_template(declared.unit)!r}"]


def _template(text: str) -> str:
    """The text of an f-string in which `{name}` is a field and nothing else is code.

    >>> _template("{plant}.{line!r}")
    '{d.plant}.{{line!r}}'
    """
    parts = re.split(r"{(\w+)}", text)
    parts[::2] = [part.replace("{", "{{").replace("}", "}}") for part in parts[::2]]
    parts[1::2] = [f"{{d.{name}}}" for name in parts[1::2]]
    return "".join(parts)


def _new_source(metrics: tuple[Metric, ...], tables: tuple[Table, ...]) -> list[str]:
    start = {"count": "0", "sum": "0", "distinct": "{}", "quantile": "{}", "sum_of_max": "{}"}
    slots = []
    for metric in metrics:
        slots += [start.get(metric.aggregate, "None"), *["{}" for _ in metric.dimensions]]
    slots += ["{}" for _ in tables]
    return ["def new():", f"    return [{', '.join([*slots, '0'])}]"]


def _add_source(declared: EventType, metrics: tuple[Metric, ...], tables: tuple[Table, ...]) -> list[str]:
    """All values first, then all additions: an event is counted whole or refused whole."""
    values, additions, at = [], [], 0
    for number, metric in enumerate(metrics):
        holds = _condition(declared, metric)
        value = "n"
        if metric.aggregate is not Aggregate.COUNT:
            values.append(f"    v{number} = {_value(declared, metric)}" + (f" if {holds} else None" if holds else ""))
            value, holds = f"v{number}", f"v{number} is not None" if holds else ""
        elif holds:
            values.append(f"    v{number} = {holds}")
            holds = f"v{number}"
        lines = _addition(metric, at, value)
        additions += [f"    if {holds}:", *("    " + line for line in lines)] if holds else lines
        at += 1 + len(metric.dimensions)
    rows, kept = rows_source(declared, tables, at)
    newest = ["    if ms > a[-1]:", "        a[-1] = ms"]
    return ["def add(d, a, n, ms, rank=0):", *values, *rows, *additions, *kept, *newest]


def _condition(declared: EventType, metric: Metric) -> str:
    """The filter as source; so that a value can be worked out, its fields are needed, too."""
    of_value = names(metric.value) if metric.value else ()
    return condition(declared, metric.where, [*of_value, *([metric.item] if metric.item else [])])


def _value(declared: EventType, metric: Metric) -> str:
    if metric.aggregate is Aggregate.DISTINCT:
        return f"'=' + escaped({compiled(metric.value or '', declared.fields).source})"
    term = compiled(metric.value or "0", declared.fields).at(metric.decimals)
    number = term.source if term.exact else f"bounded({term.source})"
    return f"quantile_bin({number})" if metric.aggregate is Aggregate.QUANTILE else number


def _addition(metric: Metric, at: int, value: str) -> list[str]:
    match metric.aggregate:
        case Aggregate.COUNT:
            lines, amount = [f"    a[{at}] += n"], "n"
        case Aggregate.SUM:
            lines, amount = [f"    a[{at}] += n * {value}"], f"n * {value}"
        case Aggregate.DISTINCT | Aggregate.QUANTILE:
            lines, amount = [f"    a[{at}][{value}] = a[{at}].get({value}, 0) + n"], "n"
        case Aggregate.SUM_OF_MAX:
            lines = [f"    k = '=' + escaped(d.{metric.item})", f"    p = a[{at}].get(k)"]
            lines += [f"    if p is None or {value} > p:", f"        a[{at}][k] = {value}"]
            amount = ""
        case Aggregate.LAST:
            lines = [f"    if a[{at}] is None or (ms, {value}) > a[{at}]:", f"        a[{at}] = (ms, {value})"]
            amount = ""
        case _:
            sign = "<" if metric.aggregate is Aggregate.MIN else ">"
            lines = [f"    if a[{at}] is None or {value} {sign} a[{at}]:", f"        a[{at}] = {value}"]
            amount = ""
    for number, dimension in enumerate(metric.dimensions, at + 1):
        lines += [f"    k = escaped(d.{dimension})", f"    a[{number}][k] = a[{number}].get(k, 0) + {amount}"]
    return lines
