"""The tables: an event, a key that names rows, fields that it has, and conditions over them."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import EventType, Model, Table
from scoring.expressions import ExpressionError, Kind, divides, kind, names

from .finding import Finding, KeyPath, fault

_KINDS: dict[str, Kind] = {"text": "text", "integer": "number", "decimal": "number", "boolean": "truth"}


def check_tables(model: Model) -> Iterator[Finding]:
    events = {event.type: event for event in model.events}
    for number, table in enumerate(model.tables):
        path = ("tables", number)
        event = events.get(table.event)
        if event is None:
            yield fault(
                (*path, "event"), f"table {table.id!r}: event {table.event!r} is unknown", "use a declared type"
            )
            continue
        yield from _key(table, event, (*path, "key"))
        yield from _fields(table, event, (*path, "fields"))
        for key, text in (("where", table.where), ("open", table.open)):
            if text is not None:
                yield from _condition(table, event, text, (*path, key))


def _key(table: Table, event: EventType, path: KeyPath) -> Iterator[Finding]:
    field = event.fields.get(table.key)
    if field is None:
        yield fault(path, f"table {table.id!r}: {event.type!r} has no field {table.key!r}", "use the event's fields")
    elif field.type not in ("text", "integer"):
        yield fault(path, f"table {table.id!r}: key {table.key!r} is no name", "use a text or integer field")


def _fields(table: Table, event: EventType, path: KeyPath) -> Iterator[Finding]:
    if not table.fields:
        yield fault(path, f"table {table.id!r} keeps no fields", "name at least one, with its title")
    for name in sorted(table.fields.keys() - event.fields.keys()):
        yield fault(
            (*path, name), f"table {table.id!r}: {event.type!r} has no field {name!r}", "use the event's fields"
        )


def _condition(table: Table, event: EventType, text: str, path: KeyPath) -> Iterator[Finding]:
    try:
        unknown = sorted(set(names(text)) - event.fields.keys())
        truth = kind(text, {name: _KINDS[field.type] for name, field in event.fields.items()}) == "truth"
    except ExpressionError as error:
        yield fault(path, f"table {table.id!r}: {error}", "compare the event's fields, such as days_late > 0")
        return
    for name in unknown:
        yield fault(path, f"table {table.id!r}: {event.type!r} has no field {name!r}", "use the event's fields")
    if not truth:
        yield fault(path, f"table {table.id!r}: {text!r} is no condition", "compare, such as days_late > 0")
    if divides(text):
        yield fault(path, f"table {table.id!r}: {path[-1]} divides", "multiply the other side instead")
