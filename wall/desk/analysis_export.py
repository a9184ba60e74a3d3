"""What a page of analysis shows, as CSV or as an Excel file: the same rows in the same order, with exact numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from layouts.analysis.facts import AnalysisFacts
from layouts.analysis.sheet import Cell, Column, Entry, Measure, Row, Sheet, sorted_rows
from layouts.words import Words
from wall.definitions.target_sheet import cell_text

#: A cell of a spreadsheet keeps this many digits.
_DIGITS = 15
#: Text that a spreadsheet would take for a formula (CWE-1236); tab and return, as some cut them off first.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself, by label."""

    lines: tuple[tuple[str, str], ...]


def rows_of(facts: AnalysisFacts) -> int:
    """How many rows a file of the page has."""
    return sum(len(sheet.rows) for sheet in facts.sheets)


def as_csv(words: Words, header: Header, facts: AnalysisFacts) -> bytes:
    """UTF-8 with a mark by which Excel knows it; numbers plain, a share as 0.982."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerows([defused(label), defused(text)] for label, text in header.lines)
    for sheet in facts.sheets:
        lines.writerow([])
        lines.writerow([defused(sheet.title)])
        lines.writerow([defused(one) for one in _heads(words, sheet)])
        lines.writerows([_plain(one) for one in row] for row in _table(words, sheet))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> defused("=1+1"), defused("East")
    ("'=1+1", 'East')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Entry | str) -> str:
    if isinstance(value, str):
        return defused(value)
    if value.number is None:
        return defused(value.text)
    return format(_number(value.number), "f")


def as_workbook(words: Words, header: Header, facts: AnalysisFacts) -> bytes:
    """A workbook: one sheet for each table, and one that says what it is."""
    book = Workbook()
    about = book.worksheets[0]
    about.title = words("analysis.export.about")
    for row, line in enumerate(header.lines, 1):
        for column, text in enumerate(line, 1):
            _write(about.cell(row, column), text)
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 72
    for number, sheet in enumerate(facts.sheets, 1):
        _fill(book.create_sheet(f"{words(f'analysis.{facts.view}')} {number}"[:31]), words, sheet)
    book.active = 1 if len(book.worksheets) > 1 else 0
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(into: Any, words: Words, sheet: Sheet) -> None:
    heads = _heads(words, sheet)
    for column, head in enumerate(heads, 1):
        _write(into.cell(1, column), head)
        into.cell(1, column).font = Font(bold=True)
        into.cell(1, column).alignment = Alignment(wrap_text=True, vertical="top")
    for at, row in enumerate(_table(words, sheet), 2):
        for column, value in enumerate(row, 1):
            _write(into.cell(at, column), value)
    into.freeze_panes = "B2"
    into.column_dimensions["A"].width = 28


def _write(cell: Any, value: Entry | str) -> None:
    """A number with its format, or text that stays text."""
    if isinstance(value, Entry) and value.number is not None:
        cell.value = _number(value.number)
        cell.number_format = _format(value.measure or Measure())
        return
    cell.value = cell_text(value if isinstance(value, str) else value.text)
    if cell.value:
        cell.data_type = "s"
        cell.quotePrefix = cell.value.startswith(_FORMULA)


def _format(measure: Measure) -> str:
    places = f".{'0' * measure.decimals}" if measure.decimals else ""
    return f"0{places}%" if measure.percent else f"#,##0{places}"


def _number(value: Fraction) -> Decimal:
    """A fraction to as many digits as a cell holds."""
    with localcontext(prec=_DIGITS):
        return Decimal(value.numerator) / Decimal(value.denominator)


def _heads(words: Words, sheet: Sheet) -> list[str]:
    """The heads of a table: a column with shapes gets one more, that says them in words."""
    found = [words("analysis.group")] if any(row.group for row in sheet.rows) else []
    for column, _ in _columns(sheet):
        title = f"{column.title} ({column.note})" if column.note and not column.is_text else column.title
        found += [title, *([f"{column.title}: {words('analysis.status')}"] if _has_status(sheet, column) else [])]
    return found


def _table(words: Words, sheet: Sheet) -> Iterator[list[Entry | str]]:
    """The rows as they are shown."""
    grouped = any(row.group for row in sheet.rows)
    for row in sorted_rows(sheet):
        found: list[Entry | str] = [row.group] if grouped else []
        for column, cell in _cells(sheet, row):
            found.append(cell.entry(sheet.mode))
            if _has_status(sheet, column):
                found.append(_status(words, cell))
        yield found


def _columns(sheet: Sheet) -> Sequence[tuple[Column, int]]:
    """The columns without those that only draw what the next one says."""
    return [(column, at) for at, column in enumerate(sheet.columns) if column.key != "bar"]


def _cells(sheet: Sheet, row: Row) -> Iterator[tuple[Column, Cell]]:
    return ((column, row.cells[at]) for column, at in _columns(sheet))


def _has_status(sheet: Sheet, column: Column) -> bool:
    at = sheet.columns.index(column)
    return any(row.cells[at].status for row in sheet.rows)


def _status(words: Words, cell: Cell) -> str:
    if not cell.status:
        return ""
    return words("analysis.withheld" if cell.status == "withheld" else f"status.{cell.status}")
