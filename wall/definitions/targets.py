"""Targets and weights through Excel: a workbook of what holds, and a change of what was written into it."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from scoring.definitions import Change, Model

from .target_sheet import (
    COLUMNS,
    READ_ME,
    TARGETS,
    WIDTHS,
    NoNumber,
    TargetRow,
    from_cell,
    headers,
    is_header,
    number_format,
    read_me,
    target_rows,
    to_cell,
    words,
)

#: Larger files are refused; a sheet of 100,000 rows has about 3.4 MB.
MOST_BYTES = 5 << 20
#: A packed file that unfolds to more than this is refused before it is read.
MOST_UNPACKED = 200 << 20
#: More rows than this are refused: no model has as many.
MOST_ROWS = 1_000_000

_NEW_TARGET, _NEW_WEIGHT = COLUMNS.index("new_target"), COLUMNS.index("new_weight")


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with a workbook, where (nowhere: with all of it), and how to mend it."""

    sheet: str
    cell: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell}: " if self.sheet else ""
        return f"{place}{self.message}; {self.fix}"


#: Whether a KPI at a unit is shown to whoever asks.
Shows = Callable[[str, str], bool]


def _all(_unit: str, _kpi: str) -> bool:
    return True


def export_targets(model: Model, date: dt.date, shows: Shows = _all) -> bytes:
    """A workbook of the targets and weights that hold on a day, with empty columns for new ones."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(TARGETS)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_text(sheet, head, bold=True) for head in headers(model.language)])
    rows = [row for row in target_rows(model, date) if shows(row.unit.id, row.kpi.id)]
    for row in rows:
        sheet.append(_cells(sheet, row, model.language))
    last = max(2, 1 + len(rows))
    _numbers_only(sheet, _NEW_TARGET, last, "-1E+290", "1E+290")
    _numbers_only(sheet, _NEW_WEIGHT, last, "0", "100")
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{last}"
    hints = book.create_sheet(READ_ME)
    hints.column_dimensions["A"].width = 110
    for line in read_me(model, date):
        hints.append([_text(hints, line)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(sheet: Any, text: str, bold: bool = False) -> Any:
    """A text cell; a text that begins with = is no formula."""
    if not (bold or text.startswith("=")):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _cells(sheet: Any, row: TargetRow, language: str) -> list[Any]:
    cells = [_text(sheet, text) for text in words(row, language)]
    for number, percent in ((row.target, row.kpi.display.percent), (row.weight, False)):
        cells.append(_number(sheet, to_cell(number), number_format(number, percent)))
    for number, percent in ((row.target, row.kpi.display.percent), (row.weight, False)):
        cells.append(_number(sheet, None, number_format(number, percent)))
    return cells


def _number(sheet: Any, value: int | float | str | None, shown_as: str) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "@" if isinstance(value, str) else shown_as
    return cell


def _numbers_only(sheet: Any, column: int, last: int, least: str, most: str) -> None:
    """Let Excel refuse what is no number; a text of many digits can still be pasted."""
    rule = DataValidation(
        type="decimal", operator="between", formula1=least, formula2=most, allow_blank=True, showErrorMessage=True
    )
    letter = get_column_letter(column + 1)
    rule.add(f"{letter}2:{letter}{last}")
    sheet.data_validations.append(rule)


def import_targets(
    model: Model, content: bytes, from_date: dt.date, reason: str, author: str, shows: Shows = _all
) -> tuple[Change | None, list[SheetFault]]:
    """What a workbook changes from a day on, and all its faults; None where it changes nothing or has faults.

    Compared is with what holds on that day. The changed model still has to pass the model check. What is not shown
    to whoever asks is unknown.
    """
    refused = list(_unfit(content))
    if not reason.strip():
        refused.append(SheetFault("", "", "no reason is given", "say why the targets change"))
    if refused:
        return None, refused
    held = {(row.unit.id, row.kpi.id): row for row in target_rows(model, from_date)}
    held = {key: row for key, row in held.items() if shows(*key)}
    reading = _Reading(held, model.language, {unit for unit, _ in held}, {kpi for _, kpi in held})
    try:
        book = load_workbook(io.BytesIO(content), read_only=True)
        try:
            reading.read(book)
        finally:
            book.close()
    except (ValueError, KeyError, TypeError, AttributeError, OSError, SyntaxError, zipfile.BadZipFile) as error:
        return None, [SheetFault("", "", f"the workbook can't be read: {error}", "save it as .xlsx with Excel")]
    if reading.faults or not reading.changed:
        return None, reading.faults
    return Change.model_validate(
        {"from": from_date, "reason": reason, "author": author, "kpis": reading.changed}
    ), []  # fmt: skip


def _unfit(content: bytes) -> Iterator[SheetFault]:
    """Why a file is not even looked into."""
    if len(content) > MOST_BYTES:
        yield SheetFault("", "", f"the file has {len(content):,} bytes", f"keep it under {MOST_BYTES:,}; drop rows")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                yield SheetFault("", "", "the file unfolds to far more than it holds", "export the sheet anew")
                return
            names = {part.filename for part in parts}
            kinds = packed.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
            if b"macroEnabled" in kinds or any(name.lower().endswith("vbaproject.bin") for name in names):
                yield SheetFault("", "", "the workbook has macros", "save it as .xlsx, without macros")
            if any(b"<!DOCTYPE" in packed.read(name)[:4096] for name in names if name.endswith((".xml", ".rels"))):
                yield SheetFault("", "", "the workbook declares a document type", "save it as .xlsx with Excel")
            if not kinds:
                yield SheetFault("", "", "this is no Excel workbook", "use a file that `targets export` made")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError):
        yield SheetFault("", "", "this is no Excel workbook", "use a file that `targets export` made, saved as .xlsx")


@dataclass(slots=True)
class _Reading:
    """A workbook being read: what the model has, what was seen, what changed, what is wrong."""

    held: dict[tuple[str, str], TargetRow]
    language: str
    units: set[str]
    kpis: set[str]
    changed: dict[str, dict[str, dict[str, Decimal]]] = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def wrong(self, number: int, column: int, message: str, fix: str) -> None:
        """Note a fault of a cell."""
        self.faults.append(SheetFault(TARGETS, f"{get_column_letter(column + 1)}{number}", message, fix))

    def read(self, book: Any) -> None:
        """Read the targets sheet."""
        if TARGETS not in book.sheetnames:
            self.faults.append(SheetFault(TARGETS, "A1", "there is no such sheet", "use a file of `targets export`"))
            return
        sheet = book[TARGETS]
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=len(COLUMNS)), 1):
            filled = [*cells, *[None] * (len(COLUMNS) - len(cells))]
            if number > MOST_ROWS:
                self.wrong(number, 0, "more rows than any model has", "export the sheet anew")
                return
            if number == 1:
                if not self._heads(filled):
                    return
            elif any(cell is not None and cell.value not in (None, "") for cell in filled):
                self._row(number, filled)

    def _heads(self, cells: Sequence[Any]) -> bool:
        """Whether the columns are those of an export; otherwise nothing below can be trusted."""
        before = len(self.faults)
        for column, cell in enumerate(cells):
            if not is_header(column, cell.value if cell is not None else None):
                expected = headers(self.language)[column]
                self.wrong(1, column, "the columns are not those of an export", f"head this one {expected!r} again")
        return len(self.faults) == before

    def _row(self, number: int, cells: Sequence[Any]) -> None:
        texts = ["" if cell is None or cell.value is None else str(cell.value).strip() for cell in cells]
        key = texts[COLUMNS.index("unit")], texts[COLUMNS.index("kpi")]
        row = self.held.get(key)
        if row is None:
            self._unknown(number, key)
            return
        if key in self.seen:
            self.wrong(number, 0, f"{key[1]!r} of {key[0]!r} stands in row {self.seen[key]} too", "delete one row")
            return
        self.seen[key] = number
        said = words(row, self.language)
        for column, of in ((COLUMNS.index("unit_title"), 0), (COLUMNS.index("kpi_title"), 2)):
            if texts[column] != said[column].strip():
                self.wrong(
                    number, of, f"{texts[of]!r} is {said[column]!r}, not {texts[column]!r}: an id was changed",
                    "write the id back, or export the sheet anew",
                )  # fmt: skip
        for name, now in (("target", row.target), ("weight", row.weight)):
            self._same(number, cells, name, now)
            self._new(number, cells, row, name, now)

    def _unknown(self, number: int, key: tuple[str, str]) -> None:
        if key[0] in self.units and key[1] in self.kpis:
            self.wrong(number, 2, f"kpi {key[1]!r} does not stand at {key[0]!r}", "delete the row")
        if key[0] not in self.units:
            self.wrong(number, 0, f"unit {key[0]!r} is unknown", "write the id back, or delete the row")
        if key[1] not in self.kpis:
            self.wrong(number, 2, f"kpi {key[1]!r} is unknown", "write the id back, or delete the row")

    def _number(self, number: int, cells: Sequence[Any], column: int) -> Decimal | None:
        """The number of a cell; raises `NoNumber`."""
        cell = cells[column]
        return None if cell is None else from_cell(cell.value, cell.data_type)

    def _same(self, number: int, cells: Sequence[Any], name: str, now: Decimal) -> None:
        """What holds must be what the sheet says: else the wrong column was edited, or the sheet is old."""
        column = COLUMNS.index(name)
        try:
            said = self._number(number, cells, column)
        except NoNumber as error:
            self.wrong(number, column, error.args[0], f"write {now} back; new numbers go into the new columns")
            return
        if said != now:
            self.wrong(
                number, column, f"the model has {now} here, the sheet {'nothing' if said is None else said}",
                "export the sheet anew; new numbers go into the new columns",
            )  # fmt: skip

    def _new(self, number: int, cells: Sequence[Any], row: TargetRow, name: str, now: Decimal) -> None:
        column = COLUMNS.index(f"new_{name}")
        try:
            new = self._number(number, cells, column)
        except NoNumber as error:
            self.wrong(number, column, *error.args)
            return
        if name == "weight" and new is not None and not 0 <= new <= 100:
            self.wrong(number, column, f"a weight of {new}", "use a number from 0 to 100")
        elif new is not None and new != now:
            self.changed.setdefault(row.kpi.id, {}).setdefault(name, {})[row.unit.id] = new


def differences(model: Model, change: Change) -> list[str]:
    """What a change of targets and weights does, line by line: unit, KPI, from what to what."""
    lines = []
    for row in target_rows(model, change.from_):
        one = change.kpis.get(row.kpi.id)
        for name, now, new in (("target", row.target, one and one.target), ("weight", row.weight, one and one.weight)):
            if isinstance(new, dict) and row.unit.id in new:
                lines.append(f"{row.unit.id} {row.kpi.id}: {name} {now:f} → {new[row.unit.id]:f}")
    return lines
