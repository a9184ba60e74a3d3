"""The targets sheet: its columns, its words, and numbers that keep every digit on the way through Excel."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scoring.definitions import Kpi, Model, Unit
from scoring.editions import edition
from scoring.forms import text_in
from scoring.scorecard import applies, by_unit

#: Excel keeps a number as a double, which holds any decimal of so many digits (DBL_DIG of IEEE 754) and not of more.
DIGITS = 15
#: The largest power of ten that is written as a number; a double goes to 308.
LARGEST_POWER = 290

TARGETS, READ_ME = "targets", "read me"
COLUMNS = (
    "unit",
    "unit_title",
    "kpi",
    "kpi_title",
    "period",
    "measure",
    "target",
    "weight",
    "new_target",
    "new_weight",
)
WIDTHS = (18, 26, 20, 30, 10, 12, 16, 10, 16, 12)

_HEADERS = {
    "en": ("Unit id", "Unit", "KPI id", "KPI", "Period", "Measure", "Target", "Weight", "New target", "New weight"),
    "zh-CN": ("单位编号", "单位", "指标编号", "指标", "周期", "计量单位", "目标值", "权重", "新目标值", "新权重"),
}
_PERIODS = {"shift": "班次", "day": "日", "week": "周", "month": "月", "quarter": "季", "year": "年"}
_READ_ME = {
    "en": (
        "Targets and weights of {title} ({version}), as of {date}",
        "Write new numbers into the columns New target and New weight; leave empty what stays.",
        "Leave all other columns as they are. Rows may be sorted, filtered or deleted.",
        "Numbers, no formulas. A number of more than 15 digits is written as text, because Excel would cut it off.",
        "The weights of a unit, with the share of its child units, must sum to exactly 100.",
        "Then: kpiwall targets import FILE.xlsx --from DATE --reason REASON",
    ),
    "zh-CN": (
        "{title}（{version}）的目标值和权重，截至 {date}",
        "新的数字写在“新目标值”和“新权重”两列；不变的留空。",
        "其他列请勿改动。行可以排序、筛选或删除。",
        "只写数字，不写公式。超过 15 位的数字写成文本，否则 Excel 会截断。",
        "每个单位的权重加下级单位所占的份额，合计必须恰好 100。",
        "然后运行：kpiwall targets import FILE.xlsx --from DATE --reason REASON",
    ),
}
#: Characters that XML, and so a cell, can't hold.
_NO_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PLAIN = re.compile(r"^-?\d+(\.\d+)?$")


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One KPI at one unit, with what holds there."""

    unit: Unit
    kpi: Kpi
    target: Decimal
    weight: Decimal


def target_rows(model: Model, date: dt.date) -> Iterator[TargetRow]:
    """Every KPI at every unit on a day, in the order of the model."""
    standing = edition(model, date)
    on: dict[str, list[Kpi]] = {}
    for kpi in standing.kpis:
        for place in dict.fromkeys(kpi.applies_to):
            on.setdefault(place, []).append(kpi)
    for unit in standing.units:
        for kpi in {one.id: one for one in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}.values():
            target, weight = by_unit(kpi.target, unit), by_unit(kpi.weight, unit)
            if applies(kpi, unit) and target is not None and weight is not None:
                yield TargetRow(unit, kpi, target, weight)


def headers(language: str) -> tuple[str, ...]:
    """The heads of the columns."""
    return _HEADERS[language]


def is_header(column: int, text: object) -> bool:
    """Whether a cell is the head of its column, in any language."""
    return text in {heads[column] for heads in _HEADERS.values()}


def read_me(model: Model, date: dt.date) -> list[str]:
    """The lines of the sheet that says what to do."""
    facts = {"title": text_in(model.title, model.language), "version": model.version, "date": date.isoformat()}
    return [cell_text(line.format(**facts)) for line in _READ_ME[model.language]]


def words(row: TargetRow, language: str) -> list[str]:
    """The text cells of a row."""
    kpi, period = row.kpi, row.kpi.period
    measure = "%" if kpi.display.percent else text_in(kpi.display.unit, language)
    shown = _PERIODS[period] if language == "zh-CN" else period
    titles = text_in(row.unit.title, language), text_in(kpi.title, language)
    return [cell_text(one) for one in (row.unit.id, titles[0], kpi.id, titles[1], shown, measure)]


def cell_text(text: str) -> str:
    """Text as a cell can hold it: no control characters, at most 32,767 characters.

    >>> cell_text("a\\x00b")
    'ab'
    """
    return _NO_CELL.sub("", text)[:32_767]


def number_format(number: Decimal, percent: bool) -> str:
    """How Excel shows a number: with all its decimals, in thousands or percent.

    >>> number_format(Decimal("0.985"), True), number_format(Decimal("1200.50"), False)
    ('0.0%', '#,##0.0')
    """
    exponent = (number * 100 if percent else number).normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    point = "." + "0" * min(decimals, DIGITS) if decimals else ""
    return f"0{point}%" if percent else f"#,##0{point}"


def to_cell(number: Decimal) -> int | float | str:
    """A number for a cell: as a number if a double holds all its digits, else as text.

    >>> to_cell(Decimal("0.98")), to_cell(Decimal("12345678901234567.89"))
    (0.98, '12345678901234567.89')
    """
    digits, power = number.normalize().as_tuple().digits, number.adjusted()
    if len(digits) > DIGITS or (number and not -LARGEST_POWER < power < LARGEST_POWER):
        return f"{number:f}"
    return int(number) if number == number.to_integral_value() and power < DIGITS else float(number)


class NoNumber(ValueError):
    """A cell that holds no usable number; `args` are what is wrong and how to mend it."""


def from_cell(value: object, kind: str) -> Decimal | None:
    """The number of a cell, to the 15 digits that Excel shows; None for an empty one. `kind` is the cell's data type.

    >>> from_cell(0.1 + 0.2, "n"), from_cell("12345678901234567.89", "s"), from_cell(" ", "s")
    (Decimal('0.3'), Decimal('12345678901234567.89'), None)
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind == "f":
        raise NoNumber("a formula", "write the number itself (copy, paste as values)")
    if isinstance(value, str):
        return _from_text(value.strip(), kind)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoNumber(f"{value} is no number", "write a number; set the cell's format to number")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise NoNumber(f"{value} is no number", "write a number")
    if abs(value) >= 10**DIGITS and len(Decimal(repr(value)).normalize().as_tuple().digits) > DIGITS:
        raise NoNumber(f"{value} has more than {DIGITS} digits, which Excel cuts off", "write it as text")
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{DIGITS}g}")


def _from_text(text: str, kind: str) -> Decimal:
    if kind == "e":
        raise NoNumber(f"an error, {text}", "write a number")
    if not _PLAIN.match(text):
        raise NoNumber(f"{text[:40]!r} is text", "write a number")
    if len(text.replace(".", "").lstrip("-0")) <= DIGITS:
        raise NoNumber(f"{text!r} is a number kept as text", "set the cell's format to number and write it again")
    return Decimal(text)
