"""Rows of the model's tables as tiles show them."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.board import Freshness, Row, SourceState

from . import moments
from .lookup import Lookup


def open_rows(found: Lookup, table: str) -> list[Row]:
    """The rows of a table that are shown, newest first."""
    rows = [row for (name, _), row in found.board.rows.items() if name == table and row.open]
    return sorted(rows, key=lambda row: -row.event_ms)


def subtree(found: Lookup, unit: str) -> set[str]:
    """The unit and all below it."""
    inside = [unit]
    for one in inside:
        inside.extend(child.id for child in found.children(one))
    return set(inside)


def field_text(row: Row | None, field: str | None) -> str:
    """A field as text; "" where the event said nothing of it."""
    value = None if row is None or field is None else row.fields.get(field)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value or "")


def field_texts(row: Row | None, fields: Iterable[str]) -> list[str]:
    """The fields that the event said something of."""
    return [text for field in fields if (text := field_text(row, field))]


def table_source(found: Lookup, table: str) -> SourceState | None:
    """The source of a table's events; None if it was never heard of."""
    event = next((one.event for one in found.model.tables if one.id == table), None)
    source = next((one.source for one in found.model.events if one.type == event), None)
    return found.board.sources.get(source) if source else None


def table_freshness(found: Lookup, table: str) -> Freshness:
    """Live unless its source says otherwise."""
    state = table_source(found, table)
    return Freshness.LIVE if state is None else state.freshness


def as_of(found: Lookup, state: SourceState | None) -> str:
    """Up to when a source was heard, in words; "" while it is live."""
    if state is None or state.freshness is Freshness.LIVE:
        return ""
    if state.event_ms is None:
        return found.words("never")
    time = moments.clock(state.event_ms, found.zone, found.board.as_of_ms, found.words)
    return found.words("hero.as_of", time=time)
