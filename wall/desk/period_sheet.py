"""The frozen results of a period as an Excel file."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from scoring.board import POINT, WEIGHT
from scoring.definitions import Model
from scoring.forms import text_in
from wall.definitions.target_sheet import cell_text
from wall.results.closing import ClosedPeriod

#: Digits of a value; a cell holds 15.
_DIGITS = 15
_KPIS = {
    "en": (
        "Unit id",
        "Unit",
        "KPI id",
        "KPI",
        "Value",
        "Target",
        "Attainment",
        "Score",
        "Weight",
        "Contribution",
        "Status",
        "Version",
        "Gates",
    ),
    "zh-CN": (
        "单位编号",
        "单位",
        "指标编号",
        "指标",
        "实际值",
        "目标值",
        "达成率",
        "得分",
        "权重",
        "贡献",
        "状态",
        "口径版本",
        "门槛",
    ),
}
_UNITS = {
    "en": ("Unit id", "Unit", "Score", "Before gates", "Status", "Coverage", "Version", "Gates"),
    "zh-CN": ("单位编号", "单位", "得分", "门槛前", "状态", "覆盖率", "口径版本", "门槛"),
}


def period_workbook(model: Model, closed: ClosedPeriod) -> bytes:
    """Units, KPIs, and what signs them."""
    language = model.language
    units = {one.id: text_in(one.title, language) for one in model.units}
    kpis = {one.id: text_in(one.title, language) for one in model.kpis}
    book = Workbook()
    first = book.worksheets[0]
    first.title = "units"
    _fill(
        first,
        _UNITS[language],
        (
            [
                one.unit,
                units.get(one.unit, one.unit),
                _points(one.score),
                _points(one.base),
                one.status.value,
                _number(one.coverage),
                one.definition,
                ", ".join(one.gates),
            ]
            for one in closed.units
        ),
    )
    _fill(
        book.create_sheet("kpis"),
        _KPIS[language],
        (
            [
                one.unit,
                units.get(one.unit, one.unit),
                one.kpi,
                kpis.get(one.kpi, one.kpi),
                _number(one.value),
                _number(one.target),
                _number(one.attainment),
                _points(one.score),
                _number(Fraction(one.weight, WEIGHT)),
                _points(one.contribution),
                one.status.value,
                one.definition,
                ", ".join(one.gates),
            ]
            for one in closed.kpis
        ),
    )
    about = book.create_sheet("about")
    for name in ("period", "model_version", "model", "author", "reason", "digest", "reopened"):
        about.append([name, cell_text(str(getattr(closed, name)))])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 16, 72
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Any, heads: Iterable[str], rows: Iterable[list[Any]]) -> None:
    sheet.append(list(heads))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(row)
    sheet.freeze_panes = "C2"
    for column, width in zip("ABCD", (16, 26, 20, 26), strict=True):
        sheet.column_dimensions[column].width = width


def _points(score: int | None) -> Decimal | None:
    return None if score is None else _number(Fraction(score, POINT))


def _number(value: Fraction | None) -> Decimal | None:
    """A fraction to as many digits as a cell holds."""
    if value is None:
        return None
    with localcontext(prec=_DIGITS):
        return Decimal(value.numerator) / Decimal(value.denominator)
