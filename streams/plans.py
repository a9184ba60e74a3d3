"""Fold plans: for each event type, a function generated from its metrics that adds one event to an accumulator.

The generated source is built from checked expressions only; it spares a loop over metrics for every event.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.calendar import Slot
from scoring.counters import EXACT_LIMIT, OPERATION, Amount, Group, counter_name, quantile_bin
from scoring.definitions import Aggregate, BucketKind, EventType, Metric, Model
from scoring.expressions import names, python_source, scaled

#: Metrics that a correction can take back; the rest keep only an extreme or the newest.
INVERTIBLE = {Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT, Aggregate.QUANTILE}
_FINEST: tuple[BucketKind, ...] = ("minute", "hour", "day")


@dataclass(frozen=True, slots=True)
class Plan:
    """How events of one type fold: `add(data, accumulator, sign, event_ms)` over a list made by `new()`."""

    event_type: EventType
    metrics: tuple[Metric, ...]
    bucket: BucketKind
    unit: Callable[[Any], str]
    new: Callable[[], list[Any]]
    add: Callable[[Any, list[Any], int, int], None]
    correctable: bool

    def counters(self, unit: str, slot: Slot, held: list[Any]) -> Iterator[tuple[Group, str, Amount]]:
        """The accumulator as increments: (group, counter, amount)."""
        if held[-1]:
            yield (slot.day, "max"), f"@{self.event_type.type}|{unit}|0", held[-1]
        at = 0
        for metric in self.metrics:
            group = (slot.day, OPERATION[metric.aggregate])
            name = counter_name(metric.id, unit, slot.bucket_ms(metric.bucket))
            yield from _slot_counters(group, name, held[at])
            for dimension in metric.dimensions:
                at += 1
                for value, amount in held[at].items():
                    if amount:
                        yield group, f"{name}|#{dimension}={value}", amount
            at += 1


def _slot_counters(group: Group, name: str, held: Any) -> Iterator[tuple[Group, str, Amount]]:
    if isinstance(held, dict):
        for part, amount in held.items():
            if amount:
                yield group, f"{name}|{part}", amount
    elif isinstance(held, tuple):
        yield group, name, f"{held[0]}:{held[1]}"
    elif held is not None and (held or group[1] != "add"):
        yield group, name, held


def plans(model: Model) -> dict[str, Plan]:
    """The plan of each declared event type."""
    return {declared.type: _plan(declared, model.metrics) for declared in model.events}


def _plan(declared: EventType, metrics: list[Metric]) -> Plan:
    own = tuple(metric for metric in metrics if metric.event == declared.type)
    bucket: BucketKind = next((kind for kind in _FINEST if any(metric.bucket == kind for metric in own)), "day")
    scope: dict[str, Any] = {
        "Decimal": Decimal, "scaled": scaled, "quantile_bin": quantile_bin, "bounded": bounded, "escaped": escaped,
    }  # fmt: skip
    source = "\n".join(_unit_source(declared) + _new_source(own) + _add_source(declared, own))
    exec(compile(source, f"<fold of {declared.type}>", "exec"), scope)
    return Plan(
        event_type=declared,
        metrics=own,
        bucket=bucket,
        unit=scope["unit"],
        new=scope["new"],
        add=scope["add"],
        correctable=all(metric.aggregate in INVERTIBLE for metric in own),
    )


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
    return re.sub(r"{(\w+)}", r"{d.\1}", text)


def _new_source(metrics: tuple[Metric, ...]) -> list[str]:
    start = {"count": "0", "sum": "0", "distinct": "{}", "quantile": "{}"}
    slots = []
    for metric in metrics:
        slots += [start.get(metric.aggregate, "None"), *["{}" for _ in metric.dimensions]]
    return ["def new():", f"    return [{', '.join([*slots, '0'])}]"]


def _add_source(declared: EventType, metrics: tuple[Metric, ...]) -> list[str]:
    """All values first, then all additions: an event is counted whole or refused whole."""
    values, additions, at = [], [], 0
    for number, metric in enumerate(metrics):
        condition = _condition(declared, metric)
        value = "n"
        if metric.aggregate is not Aggregate.COUNT:
            values.append(
                f"    v{number} = {_value(declared, metric)}" + (f" if {condition} else None" if condition else "")
            )
            value, condition = f"v{number}", f"v{number} is not None" if condition else ""
        elif condition:
            values.append(f"    v{number} = {condition}")
            condition = f"v{number}"
        lines = _addition(metric, at, value)
        additions += [f"    if {condition}:", *("    " + line for line in lines)] if condition else lines
        at += 1 + len(metric.dimensions)
    newest = ["    if ms > a[-1]:", "        a[-1] = ms"]
    return ["def add(d, a, n, ms):", *values, *additions, *newest]


def _condition(declared: EventType, metric: Metric) -> str:
    """The filter as source; a field that is absent makes it false."""
    used = [name for text in (metric.where, metric.value) if text for name in names(text)]
    present = [f"d.{name} is not None" for name in dict.fromkeys(used) if declared.fields[name].optional]
    parts = [*present, *([python_source(metric.where, _field)] if metric.where else [])]
    return " and ".join(parts)


def _field(name: str) -> str:
    return f"d.{name}"


def _value(declared: EventType, metric: Metric) -> str:
    source = python_source(metric.value or "0", _field)
    if metric.aggregate is Aggregate.DISTINCT:
        return f"'=' + escaped({source})"
    whole = metric.decimals == 0 and all(declared.fields[name].type == "integer" for name in names(metric.value or "0"))
    number = f"bounded({source})" if whole else f"bounded(scaled({source}, {metric.decimals}))"
    return f"quantile_bin({number})" if metric.aggregate is Aggregate.QUANTILE else number


def _addition(metric: Metric, at: int, value: str) -> list[str]:
    match metric.aggregate:
        case Aggregate.COUNT:
            lines, amount = [f"    a[{at}] += n"], "n"
        case Aggregate.SUM:
            lines, amount = [f"    a[{at}] += n * {value}"], f"n * {value}"
        case Aggregate.DISTINCT | Aggregate.QUANTILE:
            lines, amount = [f"    a[{at}][{value}] = a[{at}].get({value}, 0) + n"], "n"
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
