"""A table as analysis shows and exports it: every cell with its text and, where it is a number, the exact number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

#: Sorting by how much is off target rather than by a column.
REDS = "reds"


@dataclass(frozen=True, slots=True)
class Measure:
    """How a number is written in a file: its decimals, and whether it is a share written as percent."""

    decimals: int = 1
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of a cell; `number` is None where it is text, or unknown."""

    text: str
    number: Fraction | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: one entry for each mode of its sheet, or one for all of them.

    `status` gives its colour and shape, `tip` what stands behind it, `bar` a share of 120 % with a tick at the target;
    `href` leads to what explains it. A blank cell is one where nothing stands.
    """

    entries: tuple[Entry, ...]
    status: str = ""
    tip: str = ""
    href: str = ""
    bar: float | None = None

    def entry(self, mode: int) -> Entry:
        """The entry of a mode."""
        return self.entries[min(mode, len(self.entries) - 1)]


BLANK = Cell((Entry(""),))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head with a quiet line below it; `is_text` stands left and is never summed."""

    key: str
    title: str
    note: str = ""
    is_text: bool = False
    status: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `depth` indents its first cell, `group` is the line above the first row that has it."""

    cells: tuple[Cell, ...]
    depth: int = 0
    group: str = ""
    reds: tuple[int, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its modes, by name, and how it is sorted: by the key of a column, `REDS`, or as it comes ("")."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    modes: tuple[str, ...] = ()
    mode: int = 0
    sort: str = ""
    down: bool = False
    sortable: bool = False
    filters: tuple[tuple[str, str], ...] = field(default=())


def sorted_rows(sheet: Sheet) -> list[Row]:
    """The rows in the sheet's order; unknown ones last either way."""
    if not sheet.sort:
        return list(sheet.rows)
    if sheet.sort == REDS:
        return sorted(sheet.rows, key=lambda row: row.reds)
    at = next((at for at, column in enumerate(sheet.columns) if column.key == sheet.sort), None)
    if at is None:
        return list(sheet.rows)
    ranks = column_ranks(sheet, at, sheet.mode)
    known = [at for at, rank in enumerate(ranks) if rank is not None]
    known.sort(key=lambda place: ranks[place] or 0, reverse=sheet.down)
    return [sheet.rows[place] for place in [*known, *(at for at, rank in enumerate(ranks) if rank is None)]]


def column_ranks(sheet: Sheet, column: int, mode: int) -> list[int | None]:
    """The place of each row's entry among those of its column, equal ones alike; None where there is nothing.

    >>> cells = [Cell((Entry("b"),)), Cell((Entry("a"),)), BLANK]
    >>> column_ranks(Sheet("", (Column("x", "", is_text=True),), tuple(Row((one,)) for one in cells)), 0, 0)
    [1, 0, None]
    """
    entries = [row.cells[column].entry(mode) for row in sheet.rows]
    if sheet.columns[column].is_text:
        return _ranks([entry.text or None for entry in entries])
    return _ranks([entry.number for entry in entries])


def _ranks(values: Sequence[Any]) -> list[int | None]:
    order = {value: rank for rank, value in enumerate(sorted({value for value in values if value is not None}))}
    return [None if value is None else order[value] for value in values]


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    """The sheet for the browser: rows in the order they came, and by mode and column the rank of each."""
    modes = range(max(1, len(sheet.modes)))
    columns = range(len(sheet.columns))
    ranks = [[column_ranks(sheet, column, mode) for column in columns] for mode in modes] if sheet.sortable else []
    reds = _ranks([row.reds for row in sheet.rows])
    return {
        "columns": [
            [one.key, one.title, one.note, int(one.is_text), one.status, one.href] for one in sheet.columns
        ],
        "rows": [_row_data(row) for row in sheet.rows],
        "ranks": ranks,
        "reds": reds,
        "mode": sheet.mode,
        "sort": sheet.sort,
        "down": int(sheet.down),
    }  # fmt: skip


def _row_data(row: Row) -> list[Any]:
    cells = [[[entry.text for entry in one.entries], one.status, one.tip, one.href, one.bar] for one in row.cells]
    return [cells, row.depth, row.group, int(row.marked)]
