"""The metrics: expressions over the fields of their events, values, scales, dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Aggregate, EventType, Metric, Model
from scoring.expressions import ExpressionError, Kind, divides, kind, names
from streams.integers import compiled

from .finding import Finding, KeyPath, fault

_KINDS: dict[str, Kind] = {"text": "text", "integer": "number", "decimal": "number", "boolean": "truth"}


def check_metrics(model: Model) -> Iterator[Finding]:
    events = {event.type: event for event in model.events}
    for number, metric in enumerate(model.metrics):
        path = ("metrics", number)
        event = events.get(metric.event)
        if event is None:
            yield fault(
                (*path, "event"), f"metric {metric.id!r}: event {metric.event!r} is unknown", "use a declared type"
            )
            continue
        yield from _metric_expressions(metric, event, path)
        if (metric.value is None) != (metric.aggregate is Aggregate.COUNT):
            yield fault(
                path,
                f"metric {metric.id!r}: {metric.aggregate} {'takes no' if metric.value else 'needs a'} value",
                "count has no value, all others have one",
            )
        if (metric.quantile is None) != (metric.aggregate is not Aggregate.QUANTILE):
            yield fault(
                path, f"metric {metric.id!r}: quantile stands with aggregate: quantile only", "give quantile: 0.95, say"
            )
        yield from _item(metric, event, path)
        if metric.dimensions and metric.aggregate not in (Aggregate.COUNT, Aggregate.SUM):
            yield fault(
                (*path, "dimensions"), f"metric {metric.id!r}: only counts and sums have dimensions", "drop dimensions"
            )
        for name in set(metric.dimensions) - event.fields.keys():
            yield fault((*path, "dimensions"), f"metric {metric.id!r}: no field {name!r}", "use the event's fields")


def _item(metric: Metric, event: EventType, path: KeyPath) -> Iterator[Finding]:
    """What counts once, at its highest: a text or integer field, with sum_of_max only."""
    if (metric.item is None) != (metric.aggregate is not Aggregate.SUM_OF_MAX):
        yield fault(
            path, f"metric {metric.id!r}: item stands with aggregate: sum_of_max only", "give item: FIELD, or drop it"
        )
    elif metric.item is not None and metric.item not in event.fields:
        yield fault((*path, "item"), f"metric {metric.id!r}: no field {metric.item!r}", "use the event's fields")
    elif metric.item is not None and event.fields[metric.item].type not in ("text", "integer"):
        yield fault(
            (*path, "item"), f"metric {metric.id!r}: item {metric.item!r} is no name", "use a text or integer field"
        )


def _metric_expressions(metric: Metric, event: EventType, path: KeyPath) -> Iterator[Finding]:
    for key, text in (("where", metric.where), ("value", metric.value)):
        if text is None:
            continue
        try:
            used = names(text)
        except ExpressionError as error:
            yield fault((*path, key), f"metric {metric.id!r}: {error}", "use the expression language")
            continue
        for name in set(used) - event.fields.keys():
            yield fault(
                (*path, key), f"metric {metric.id!r}: {event.type!r} has no field {name!r}", "use the event's fields"
            )
        yield from _kinds(metric, event, key, text, path)
        if divides(text):
            yield fault(
                (*path, key), f"metric {metric.id!r}: {key} divides", "count both parts and divide in a KPI's value"
            )
    if metric.value and metric.aggregate not in (Aggregate.DISTINCT, Aggregate.COUNT):
        yield from _exact(metric, event, path)


def _kinds(metric: Metric, event: EventType, key: str, text: str, path: KeyPath) -> Iterator[Finding]:
    """Comparisons and sums of things that don't go together would fail at the first event."""
    try:
        kind(text, {name: _KINDS[field.type] for name, field in event.fields.items()})
    except ExpressionError as error:
        yield fault((*path, key), f"metric {metric.id!r}: {error}", "compare like with like")


def _exact(metric: Metric, event: EventType, path: KeyPath) -> Iterator[Finding]:
    """A metric's scale must hold the digits of its fields."""
    try:
        term = compiled(metric.value or "", event.fields)
    except (ExpressionError, KeyError):
        return
    except ValueError as error:
        yield fault((*path, "value"), f"metric {metric.id!r}: {error}", "use integer or decimal fields")
        return
    if term.decimals is None:
        yield fault((*path, "value"), f"metric {metric.id!r}: value is no number", "use integer or decimal fields")
    elif term.decimals > metric.decimals:
        yield fault(
            (*path, "decimals"),
            f"metric {metric.id!r}: its value has {term.decimals} decimals, the metric {metric.decimals}",
            f"set decimals: {term.decimals} or more",
        )
