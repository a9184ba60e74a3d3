"""A trial calculation as an Excel file."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

from scoring.definitions import Model
from scoring.forms import text_in

from .incentives import Calculation

_COLUMNS = {
    "zh-CN": ["单位", "名称", "得分", "等级", "系数", "单位系数", "公司系数", "基数", "金额"],
    "en": [
        "Unit",
        "Title",
        "Score",
        "Grade",
        "Coefficient",
        "Unit coefficient",
        "Company coefficient",
        "Base",
        "Amount",
    ],
}


def workbook(model: Model, calculation: Calculation) -> bytes:
    """The calculation as an Excel file: lines, total, and what signs it; amounts are exact decimals."""
    language, titles = model.language, {unit.id: text_in(unit.title, model.language) for unit in model.units}
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = calculation.incentive[:31]
    sheet.append(_COLUMNS[language])
    for line in calculation.lines:
        score = None if line.score is None else Decimal(line.score).scaleb(-12)
        factors = [line.coefficient, line.unit_coefficient, line.company_coefficient]
        numbers = [None if one is None else Decimal(one.numerator) / Decimal(one.denominator) for one in factors]
        sheet.append([line.unit, titles.get(line.unit, line.unit), score, line.grade, *numbers, line.base, line.amount])
    sheet.append(["", "", None, None, None, None, None, "合计" if language == "zh-CN" else "Total", calculation.total])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
    for column, width in zip("ABCDEFGHI", (14, 28, 12, 8, 12, 12, 12, 16, 16), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell, form in zip(
            row[2:], ("0.0000", "@", "0.0000", "0.0000", "0.0000", "#,##0.00", "#,##0.00"), strict=True
        ):
            cell.number_format = form
    about = book.create_sheet("about")
    for name in ("incentive", "period", "model_version", "stage", "proposed_by", "approved_by", "digest", "reason"):
        about.append([name, str(getattr(calculation, name))])
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 16, 72
    content = BytesIO()
    book.save(content)
    return content.getvalue()
