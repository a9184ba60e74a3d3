"""The calendar, the event types and the mappings."""

from __future__ import annotations

import keyword
import re
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal

from scoring.counters import EXACT_LIMIT
from scoring.definitions import EventField, EventType, Model
from streams.decode import CORRECTED

from .finding import Finding, KeyPath, fault


def check_calendar(model: Model) -> Iterator[Finding]:
    if model.calendar.zone not in zoneinfo.available_timezones():
        yield fault(
            ("calendar", "zone"), f"zone {model.calendar.zone!r} is unknown", "use an IANA name such as Asia/Shanghai"
        )
    if model.accept.before <= model.accept.after:
        yield fault(("accept", "before"), "accept: before is not after after, so no event counts", "use a later date")
    if any(kpi.period == "shift" for kpi in model.kpis) and not model.calendar.shifts:
        yield fault(("calendar",), "a KPI runs by shift but the calendar has none", "add calendar.shifts")


def check_events(model: Model) -> Iterator[Finding]:
    sources = {source.id for source in model.sources}
    for number, event in enumerate(model.events):
        path = ("events", number)
        if event.type.endswith(CORRECTED):
            yield fault(
                (*path, "type"), f"event {event.type!r}: {CORRECTED} marks corrections", "declare what is corrected"
            )
        if event.source not in sources:
            yield fault(
                (*path, "source"), f"event {event.type!r}: source {event.source!r} is unknown", "declare it in sources"
            )
        yield from _template(event, path)
        for name, field in event.fields.items():
            if field.type in ("text", "boolean") and (field.min is not None or field.max is not None):
                yield fault(
                    (*path, "fields", name), f"{event.type}.{name}: a {field.type} has no range", "drop min and max"
                )
            yield from _field(event, name, field, (*path, "fields", name))
    types = {event.type: event for event in model.events}
    for number, mapping in enumerate(model.mappings):
        if mapping.type not in types:
            yield fault(
                ("mappings", number, "type"),
                f"mapping {mapping.id!r}: event {mapping.type!r} is unknown",
                "use a declared type",
            )
            continue
        for name in mapping.data.keys() - types[mapping.type].fields.keys():
            yield fault(
                ("mappings", number, "data", name),
                f"mapping {mapping.id!r}: no field {name!r}",
                "use the event's fields",
            )


def _field(event: EventType, name: str, field: EventField, path: KeyPath) -> Iterator[Finding]:
    what = f"{event.type}.{name}"
    if keyword.iskeyword(name):
        yield fault(path, f"{what}: {name!r} is a word of the expression language", "give the field another name")
    try:
        re.compile(field.pattern or "")
    except re.error as error:
        yield fault((*path, "pattern"), f"{what}: pattern can't be read: {error}", "mend the regular expression")
    if field.type not in ("integer", "decimal"):
        return
    scale = 10**field.decimals
    if field.min is not None and field.max is not None and field.min > field.max:
        yield fault((*path, "min"), f"{what}: min is above max", "exchange them")
    for key, bound in (("min", field.min), ("max", field.max)):
        if bound is not None and abs(bound) > EXACT_LIMIT / Decimal(scale):
            yield fault((*path, key), f"{what}: {key} {bound} is beyond what counts exactly", "stay within 2^53")
        elif bound is not None and bound * scale % 1:
            yield fault((*path, key), f"{what}: {key} {bound} has too many decimals", "use the field's own decimals")


def _template(event: EventType, path: KeyPath) -> Iterator[Finding]:
    for key, template in (("unit", event.unit), ("unit_without", event.unit_without or "")):
        if re.search(r"[{}]", re.sub(r"{\w*}", "", template)):
            yield fault(
                (*path, key), f"event {event.type!r}: {key} has a stray brace", "write fields as {name}, nothing else"
            )
        for name in re.findall(r"{(\w*)}", template):
            field = event.fields.get(name)
            if field is None:
                yield fault((*path, key), f"event {event.type!r}: {key} uses {name!r}", "use one of the event's fields")
            elif field.optional and (key == "unit_without" or event.unit_without is None):
                yield fault(
                    (*path, key), f"event {event.type!r}: {name!r} may be absent", "give unit_without without it"
                )
