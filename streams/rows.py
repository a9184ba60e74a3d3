"""What an event adds to the tables of its type, as generated source."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.definitions import EventField, EventType, Table
from scoring.tables import kept_fields

from .conditions import condition


def correction_rank(log_ms: int, sign: int) -> int:
    """Which of several rows of one moment stands: the correction that the log took in last, what is above what was.

    >>> 0 < correction_rank(1700, -1) < correction_rank(1700, 1) < correction_rank(1701, -1)
    True
    """
    return 2 * log_ms + (sign > 0)


def rows_source(declared: EventType, tables: Sequence[Table], first: int) -> tuple[list[str], list[str]]:
    """Lines that work out the rows of an event, and lines that keep them in the accumulator from slot `first` on."""
    values, additions = [], []
    for at, table in enumerate(tables, first):
        concerns = condition(declared, table.where, [table.key])
        row = f"(ms, rank, {_open(declared, table)}, ({_kept(declared, table)}))"
        values.append(f"    r{at} = {row}" + (f" if {concerns} else None" if concerns else ""))
        additions += [f"    if r{at} is not None:", f"        keep_newer(a[{at}], str(d.{table.key}), r{at})"]
    return values, additions


def _open(declared: EventType, table: Table) -> str:
    """What a correction takes back is not shown."""
    return " and ".join(one for one in ("n > 0", condition(declared, table.open)) if one)


def _kept(declared: EventType, table: Table) -> str:
    return "".join(f"{_said(name, declared.fields[name])}, " for name in kept_fields(table))


def _said(name: str, field: EventField) -> str:
    """A field as the event said it; a decimal with the digits that are declared."""
    if field.type != "decimal":
        return f"d.{name}"
    text = f"decimal_text(fixed(d.{name}, {10**field.decimals}), {field.decimals})"
    return f"(None if d.{name} is None else {text})" if field.optional else text
