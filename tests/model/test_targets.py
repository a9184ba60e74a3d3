"""Targets through Excel: a round trip that keeps every digit, and every fault of a sheet at once."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from scoring.definitions import Change, Model
from scoring.editions import edition
from scoring.what_if import with_change
from tests.samples import folders
from tests.scoring.models import kpi, model_of, unit
from wall.definitions import targets
from wall.definitions.model_folder import load_model
from wall.definitions.target_sheet import from_cell, to_cell
from wall.definitions.targets import SheetFault, differences, export_targets, import_targets
from wall.model_check import check_model

from .folder import write

APRIL = dt.date(2026, 4, 1)
MARCH = dt.date(2026, 3, 31)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(write(tmp_path_factory.mktemp("model")))[0]


def opened(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def saved(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    book.close()
    return content.getvalue()


def edited(model: Model, **cells: Any) -> bytes:
    """An export as somebody wrote into it."""
    book = opened(export_targets(model, APRIL))
    for name, value in cells.items():
        book["targets"][name] = value
    return saved(book)


def imported(model: Model, content: bytes, date: dt.date = APRIL) -> tuple[Change | None, list[SheetFault]]:
    return import_targets(model, content, date, "spring plan", "Ann")


def row_of(model: Model, unit_id: str, kpi_id: str) -> int:
    rows = opened(export_targets(model, APRIL))["targets"].iter_rows(values_only=True)
    return next(number for number, row in enumerate(rows, 1) if (row[0], row[2]) == (unit_id, kpi_id))


def test_an_export_has_a_row_for_every_kpi_at_every_unit(model: Model) -> None:
    book = opened(export_targets(model, APRIL))
    assert book.sheetnames == ["targets", "read me"]
    rows = list(book["targets"].iter_rows(values_only=True))
    assert rows[0] == (
        "Unit id", "Unit", "KPI id", "KPI", "Period", "Measure", "Target", "Weight", "New target", "New weight",
    )  # fmt: skip
    assert rows[1] == ("all", "Company", "turnover", "Turnover", "month", "EUR", 1000, 60, None, None)
    assert [(row[0], row[2]) for row in rows[1:]] == [
        ("all", "turnover"), ("all", "basket"), ("all", "peak"), ("a", "turnover"), ("a", "basket"),
        ("b", "turnover"), ("b", "basket"),
    ]  # fmt: skip


def test_a_sheet_is_ready_to_be_worked_in(model: Model) -> None:
    sheet = opened(export_targets(model, APRIL))["targets"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:J8"
    assert sheet.column_dimensions["D"].width == 30
    checks = {str(one.sqref): (one.type, one.formula2) for one in sheet.data_validations.dataValidation}
    assert checks == {"I2:I8": ("decimal", "1E+290"), "J2:J8": ("decimal", "100")}
    assert sheet["G2"].number_format == sheet["I2"].number_format == "#,##0"


def test_the_words_are_in_the_models_language() -> None:
    book = opened(export_targets(folders.read("factory"), APRIL))
    assert [cell.value for cell in book["targets"][1]][6:] == ["目标值", "权重", "新目标值", "新权重"]
    assert book["targets"]["E2"].value == "月"
    assert "截至 2026-04-01" in book["read me"]["A1"].value
    sheet = book["targets"]
    percent = next(row for row in sheet.iter_rows() if row[5].value == "%")
    assert percent[6].number_format.endswith("%")


def test_an_export_shows_what_holds_on_its_day(model: Model) -> None:
    dated = with_change(
        model, Change.model_validate({"from": APRIL, "reason": "r", "kpis": {"turnover": {"target": {"a": 600}}}})
    )
    row = row_of(model, "a", "turnover")
    shown = [opened(export_targets(dated, date))["targets"].cell(row, 7).value for date in (MARCH, APRIL)]
    assert shown == [500, 600]


@pytest.mark.parametrize("name", ["airline", "factory"])
def test_an_export_that_nobody_touched_changes_nothing(name: str) -> None:
    shipped = folders.read(name)
    content = export_targets(shipped, APRIL)
    assert imported(shipped, content) == (None, [])
    assert imported(shipped, saved(opened(content))) == (None, [])


def test_what_was_written_becomes_one_change_of_just_that(model: Model) -> None:
    content = edited(model, I5=510.5, I8=20, J4=20, I4=95)
    change, faults = imported(model, content)
    assert faults == []
    assert change == Change.model_validate({
        "from": APRIL, "reason": "spring plan", "author": "Ann",
        "kpis": {"turnover": {"target": {"a": "510.5"}}, "peak": {"target": {"all": 95}}},
    })  # fmt: skip
    assert differences(model, change) == ["all peak: target 90 → 95", "a turnover: target 500 → 510.5"]


def test_a_change_of_weights_passes_the_model_check_or_is_named_by_it(model: Model) -> None:
    good, _ = imported(model, edited(model, J2=50, J3=30))
    bad, _ = imported(model, edited(model, J2=50))
    assert good is not None
    assert bad is not None
    assert check_model(with_change(model, good)) == []
    (finding,) = check_model(with_change(model, bad))
    assert "sum to 90, not 100" in finding.message
    after = edition(with_change(model, good), APRIL)
    assert after.kpis[0].weight == {"all": 50, "company": 60, "shop": 60}
    assert edition(with_change(model, good), MARCH).kpis == model.kpis


def test_the_words_of_a_text_are_no_formula(model: Model) -> None:
    named = model.model_copy(update={"units": [one.model_copy(update={"title": "=1+1"}) for one in model.units]})
    content = export_targets(named, APRIL)
    assert opened(content)["targets"]["B2"].data_type == "s"
    assert imported(named, content) == (None, [])


def test_rows_may_be_sorted_filtered_and_deleted(model: Model) -> None:
    book = opened(edited(model, I5=510))
    sheet = book["targets"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    random.Random(1).shuffle(rows)
    sheet.delete_rows(2, 100)
    for row in [row for row in rows if row[2] != "basket"]:
        sheet.append(row)
    change, faults = imported(model, saved(book))
    assert faults == []
    assert change is not None
    assert change.kpis["turnover"].target == {"a": 510}


FAULTY: list[tuple[str, Any, str, str]] = [
    ("I2", "ninety", "I2", "'ninety' is text"),
    ("I2", "0,95", "I2", "is text"),
    ("I2", "95", "I2", "kept as text"),
    ("I2", "=G2*1.1", "I2", "a formula"),
    ("I2", True, "I2", "no number"),
    ("I2", dt.date(2026, 1, 1), "I2", "no number"),
    ("I2", 12345678901234567, "I2", "more than 15 digits"),
    ("J2", -1, "J2", "a weight of -1"),
    ("J2", 101, "J2", "a weight of 101"),
    ("A5", "c", "A5", "unit 'c' is unknown"),
    ("C5", "turn", "C5", "kpi 'turn' is unknown"),
    ("C5", "peak", "C5", "'peak' does not stand at 'a'"),
    ("A5", None, "A5", "unit '' is unknown"),
    ("A5", "all", "A5", "stands in row 2 too"),
    ("B5", "Shop B", "A5", "an id was changed"),
    ("D5", "Basket", "C5", "an id was changed"),
    ("G5", 510, "G5", "the model has 500 here, the sheet 510"),
    ("G5", None, "G5", "the model has 500 here, the sheet nothing"),
    ("H5", "=1", "H5", "a formula"),
    ("G1", "Goal", "G1", "not those of an export"),
]


@pytest.mark.parametrize(("cell", "value", "at", "words"), FAULTY, ids=[f"{one[0]}={one[1]}" for one in FAULTY])
def test_one_fault_is_named_with_its_sheet_cell_and_fix(
    model: Model, cell: str, value: Any, at: str, words: str
) -> None:
    change, faults = imported(model, edited(model, I8=30, **{cell: value}))
    assert change is None
    (fault,) = faults
    assert (fault.sheet, fault.cell) == ("targets", at)
    assert words in fault.message
    assert fault.fix
    assert str(fault).startswith(f"targets!{at}: ")


def test_all_faults_of_a_sheet_are_reported_at_once(model: Model) -> None:
    _, faults = imported(model, edited(model, I2="x", J2=-1, A3="c", G4=1, I5="=1", C6="turn", H7="y"))
    assert [fault.cell for fault in faults] == ["I2", "J2", "A3", "G4", "I5", "C6", "H7"]


def test_an_old_export_is_refused_after_the_model_changed(model: Model) -> None:
    content = edited(model, I5=510)
    newer = with_change(
        model, Change.model_validate({"from": MARCH, "reason": "r", "kpis": {"basket": {"target": 21}}})
    )
    _, faults = imported(newer, content)
    assert {fault.cell for fault in faults} == {"G3", "G6", "G8"}


def test_a_second_import_for_the_same_day_is_refused_by_the_model_check(model: Model) -> None:
    first, _ = imported(model, edited(model, I5=510))
    assert first is not None
    once = with_change(model, first)
    second, faults = imported(once, edited(once, I5=520))
    assert faults == []
    assert second is not None
    assert any("two changes of the same date" in one.message for one in check_model(with_change(once, second)))


def repacked(content: bytes, edit: Callable[[dict[str, bytes]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    edit(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_parts(**changed: Any) -> Callable[[bytes], bytes]:
    """A workbook with these parts put in (None: taken out)."""
    return lambda content: repacked(content, lambda parts: [
        parts.pop(name) if part is None else parts.update({name: part}) for name, part in changed.items()
    ])  # fmt: skip


UNFIT: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda content: content + b"\0" * targets.MOST_BYTES, "bytes"),
    (lambda _: b"unit;kpi;target\n", "no Excel workbook"),
    (lambda _: b"", "no Excel workbook"),
    (lambda content: content[: len(content) // 2], "no Excel workbook"),
    (with_parts(**{"[Content_Types].xml": None}), "no Excel workbook"),
    (with_parts(**{"xl/vbaProject.bin": b"x"}), "has macros"),
    (with_parts(**{"xl/big.bin": b"0" * (201 << 20)}), "unfolds"),
    (with_parts(**{SHEET: b"<!DOCTYPE x><worksheet/>"}), "document type"),
    (with_parts(**{SHEET: b"<worksheet><sheetData><row>"}), "can't be read"),
    (with_parts(**{"xl/workbook.xml": None}), "can't be read"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "words"), UNFIT, ids=[f"{n}-{one[1]}" for n, one in enumerate(UNFIT)])
def test_what_is_no_plain_workbook_is_refused(model: Model, spoil: Callable[[bytes], bytes], words: str) -> None:
    change, faults = imported(model, spoil(export_targets(model, APRIL)))
    assert change is None
    assert words in faults[0].message
    assert faults[0].fix


def test_a_change_without_a_reason_is_refused(model: Model) -> None:
    change, faults = import_targets(model, edited(model, I5=510), APRIL, " ", "Ann")
    assert change is None
    assert str(faults[0]) == "no reason is given; say why the targets change"


def test_a_workbook_without_the_sheet_is_refused(model: Model) -> None:
    _, faults = imported(model, saved(Workbook()))
    assert "no such sheet" in faults[0].message


DECIMALS = st.one_of(
    st.decimals(-(10**13), 10**13, places=2),
    st.decimals(-1, 1, places=12),
    st.decimals(allow_nan=False, allow_infinity=False).filter(lambda one: len(one.as_tuple().digits) < 40),
    st.integers(-(10**25), 10**25).map(Decimal),
)


@given(DECIMALS)
def test_every_decimal_comes_back_from_a_cell_to_the_digit(number: Decimal) -> None:
    cell = to_cell(number)
    assert isinstance(cell, str) == (
        len(number.normalize().as_tuple().digits) > 15 or not -290 < (number.adjusted() if number else 0) < 290
    )
    assert from_cell(cell, "s" if isinstance(cell, str) else "n") == number


@settings(max_examples=25, deadline=None)
@given(st.lists(DECIMALS.filter(lambda one: abs(one) < 10**40), min_size=2, max_size=8))
def test_every_decimal_survives_the_file(numbers: list[Decimal]) -> None:
    method = {"name": "interpolate", "points": [{"at": 0, "points": 0}, {"at": 1, "points": 100}]}
    units = [unit(), *(unit(f"u{n}", "top") for n in range(len(numbers)))]
    held = model_of([kpi("k", applies_to=["place"], target={f"u{n}": one for n, one in enumerate(numbers)},
                         method=method)], units)  # fmt: skip
    content = export_targets(held, APRIL)
    assert imported(held, content) == (None, [])
    assert imported(held, saved(opened(content))) == (None, [])
    other = list(reversed(numbers))
    book = opened(content)
    for row, number in enumerate(other, 2):
        book["targets"].cell(row, 9, to_cell(number))
    change, faults = imported(held, saved(book))
    assert faults == []
    wanted = {f"u{n}": one for n, one in enumerate(other) if one != numbers[n]}
    assert (change.kpis["k"].target if change else {}) == wanted


def test_five_thousand_rows_take_a_twentieth_of_the_largest_file() -> None:
    units = [unit(), *(unit(f"u{n}", "top") for n in range(5_000))]
    held = model_of([kpi("k", applies_to=["place"])], units)
    content = export_targets(held, APRIL)
    assert len(content) < targets.MOST_BYTES / 20
    assert imported(held, content) == (None, [])
