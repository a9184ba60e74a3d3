"""Filters of metrics and tables as source: a field that an event does not have makes them false."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.definitions import EventType
from scoring.expressions import names

from .integers import compiled


def condition(declared: EventType, where: str | None, needed: Iterable[str] = ()) -> str:
    """Whether an event has the fields needed and satisfies `where`, as source over `d`; "" where it always does.

    >>> fields = {"line": {"type": "text"}, "late": {"type": "integer", "optional": True}}
    >>> sold = EventType(type="sold", source="till", unit="all", fields=fields)
    >>> condition(sold, "late > 0", ["line"])
    'd.late is not None and (d.late > 0)'
    """
    used = [*(names(where) if where else ()), *needed]
    parts = [f"d.{name} is not None" for name in dict.fromkeys(used) if declared.fields[name].optional]
    return " and ".join(parts + ([compiled(where, declared.fields).source] if where else []))
