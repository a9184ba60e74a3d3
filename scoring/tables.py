"""Tables: rows kept by a key, each the newest event of that key; which of them stand, and what a tick changed of them.

A row travels as text `event_ms:rank:payload`, the payload a JSON list of unit, open and the kept fields by name. The
rank orders events of one moment: 0 for a plain one; a correction outranks what it corrects, and a later one an earlier
one.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from .board import Row
from .counters import Increments, merged, row_order
from .definitions import Table

#: (table, key)
RowKey = tuple[str, str]
#: What the fold holds of an event: event_ms, rank, open, kept fields.
Held = tuple[int, int, bool, tuple[Any, ...]]


def kept_fields(table: Table) -> list[str]:
    """The fields that a row keeps, in the order in which it is stored."""
    return sorted(table.fields)


def row_text(unit: str, held: Held) -> str:
    """A row as it is stored.

    >>> row_text("asm-2", (1700, 0, True, ("stopped", None, 35)))
    '1700:0:["asm-2",true,"stopped",null,35]'
    """
    event_ms, rank, shown, fields = held
    return f"{event_ms}:{rank}:{msgspec.json.encode((unit, shown, *fields)).decode()}"


def row_of(table: Table, text: str) -> Row:
    """A stored row of a table.

    >>> lines = Table(id="lines", title="", event="line.state", key="line", fields={"state": "State"})
    >>> row_of(lines, '1700:0:["asm-2",true,"stopped"]')
    Row(unit='asm-2', event_ms=1700, open=True, fields={'state': 'stopped'})
    """
    event_ms, _, payload = row_order(text)
    unit, shown, *fields = msgspec.json.decode(payload)
    return Row(unit, event_ms, shown, dict(zip(kept_fields(table), fields, strict=True)))


def keep_newer(rows: dict[str, Held], key: str, row: Held) -> None:
    """Let a row of one unit take the place of the one held of its key, if it is newer."""
    held = rows.get(key)
    if held is None or row[:2] > held[:2] or (row[:2] == held[:2] and row_text("", row) > row_text("", held)):
        rows[key] = row


def decimal_text(whole: int, decimals: int) -> str:
    """A whole number in 10^-decimals as decimal text.

    >>> decimal_text(-1250, 2), decimal_text(7, 0)
    ('-12.50', '7')
    """
    digits = str(abs(whole)).rjust(decimals + 1, "0")
    point = len(digits) - decimals
    text = f"{digits[:point]}.{digits[point:]}" if decimals else digits
    return f"-{text}" if whole < 0 else text


def kept_from_ms(tables: Sequence[Table], now_ms: int) -> int:
    """What happened before can't stand in any table."""
    return now_ms - max((table.keep for table in tables), default=0) * 1000


class TableRows:
    """The newest row of every key; `apply` and `tick` are its only ways in.

    A row that is not open is held until it is too old, so that no older event brings its key back; an event older than
    that would be too old itself.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = {table.id: table for table in tables}
        self._newest: dict[RowKey, str] = {}
        self._moved: set[RowKey] = set()
        #: When each key may be too old, once for each; looked at again where its row has become newer since.
        self._leaving: list[tuple[int, RowKey]] = []
        self.rows: dict[RowKey, Row] = {}

    def apply(self, increments: Increments) -> None:
        """Take in what the log has folded to."""
        for (_, operation), amounts in increments.items():
            for name, text in amounts.items() if operation == "row" else ():
                table, key = name.split("|", 1)
                if table in self._tables:
                    self._take((table, key), str(text))

    def _take(self, key: RowKey, text: str) -> None:
        held = self._newest.get(key)
        newest = text if held is None else str(merged("row", held, text))
        if newest == held:
            return
        self._newest[key] = newest
        self._moved.add(key)
        if held is None:
            heapq.heappush(self._leaving, (self._leaves_ms(key), key))

    def _leaves_ms(self, key: RowKey) -> int:
        return row_order(self._newest[key])[0] + self._tables[key[0]].keep * 1000

    def tick(self, now_ms: int) -> Mapping[RowKey, Row]:
        """What changed since the last tick; a row that left comes once more, as not open. `rows` are what stands."""
        moved, self._moved = self._moved, set()
        changes: dict[RowKey, Row] = {}
        for key in moved | self._aged(now_ms):
            text, former = self._newest.get(key), self.rows.pop(key, None)
            row = row_of(self._tables[key[0]], text) if text is not None else None
            if row is not None and row.open:
                self.rows[key] = row
                changes |= {key: row} if row != former else {}
            elif former is not None:
                changes[key] = row or replace(former, open=False)
        return changes

    def _aged(self, now_ms: int) -> set[RowKey]:
        """Forget the rows that are too old now; their keys."""
        gone: set[RowKey] = set()
        while self._leaving and self._leaving[0][0] <= now_ms:
            key = heapq.heappop(self._leaving)[1]
            leaves_ms = self._leaves_ms(key)
            if leaves_ms > now_ms:
                heapq.heappush(self._leaving, (leaves_ms, key))
            else:
                del self._newest[key]
                gone.add(key)
        return gone
