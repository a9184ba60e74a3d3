"""`kpiwall test-rules`: rules tested as data."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests.docs.documents import fences
from wall.cli.main import main
from wall.rule_tests.series import series

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "deploy" / "models"
FACTORY = MODELS / "factory"
HEAD = """\
tests:
  - name: trial
    start: 2026-06-01T08:00
    interval: 10m
    rules: [shift_output_behind]
    inputs:
      - {unit: asm-1, kpi: shift_output, attainments: "0.95x18 0.7x6 0.95x12"}
    expect:
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["test-rules", *map(str, arguments)])


def tried(folder: Path, expected: str, head: str = HEAD) -> Result:
    file = folder / "trial.test.yaml"
    file.write_text(head + expected, encoding="utf-8")
    return run(FACTORY, file)


@pytest.mark.parametrize("name", ["factory", "airline"])
def test_the_rules_of_the_samples_pass_their_tests_and_each_has_one(name: str) -> None:
    result = run(MODELS / name)
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"\d+ tests of \d+ alert rules passed\n", result.output)


def test_the_test_of_the_document_passes(tmp_path: Path) -> None:
    shown = [one for one in fences((ROOT / "docs" / "alerts.md").read_text("utf-8"), "text") if "tests:" in one]
    result = tried(tmp_path, "", shown[0])
    assert result.exit_code == 0, result.output


def test_a_difference_is_told_with_its_line_and_both_sides(tmp_path: Path) -> None:
    result = tried(
        tmp_path, "      - {at: 1h, firing: []}\n      - {at: 4h, firing: [shift_output_behind asm-2 oee]}\n"
    )
    assert result.exit_code == 1
    assert "trial.test.yaml:10: 'trial', 2026-06-01 12:00:00: firing" in result.output
    assert "    - shift_output_behind asm-2 oee\n    + shift_output_behind asm-1 shift_output\n" in result.output
    assert "1 of 1 tests failed" in result.output


@pytest.mark.parametrize(
    "expected",
    [
        "{at: 200m, pending: []}",
        "{at: 4h, firing: []}",
        "{at: 4h, told: {fired: 0}}",
        "{at: 6h, told: {recovered: 0}}",
        "{at: 6h, resolved: []}",
        "{at: 4h, folded: [shift_output_behind asm-1 shift_output]}",
    ],
)
def test_every_expectation_can_fail(tmp_path: Path, expected: str) -> None:
    """They all are wrong: pending from 3:20 on (40 % of the shift), firing from 3:40, over at 4:10."""
    assert tried(tmp_path, f"      - {expected}\n").exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[shift_output_behind]", "[nothing]", "rule 'nothing' is unknown"),
        ("asm-1", "asm-9", "unit 'asm-9' is unknown"),
        ("kpi: shift_output", "kpi: revenue", "kpi 'revenue' does not stand at 'asm-1'"),
        ("0.7x6", "lots", "'lots' is no number"),
        ("0.7x6", "0.7y", "'0.7y' is no number"),
        ("attainments", "statuses", "is no status"),
        ("{unit: asm-1, kpi: shift_output, attainments", "{source: sap, events", "source 'sap' is unknown"),
    ],
)
def test_an_input_that_the_model_can_not_take_is_a_difference(tmp_path: Path, old: str, new: str, message: str) -> None:
    result = tried(tmp_path, "      - {at: 5h, firing: []}\n", HEAD.replace(old, new))
    assert result.exit_code == 1
    assert message in result.output


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("0.7x6", "0.7 x", 7),
        ("attainments", "attainment", 7),
        ("kpi: shift_output, attainments", "values: '1', attainments", 7),
        ("interval: 10m", "interval: soon", 4),
        ("  - name", "  - nom", 2),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int) -> None:
    result = tried(tmp_path, "      - {at: 1h, firing: []}\n", HEAD.replace(old, new))
    assert result.exit_code == 1
    assert f"trial.test.yaml:{line}: " in result.output
    assert "Traceback" not in result.output


def test_a_name_of_no_alert_is_refused(tmp_path: Path) -> None:
    result = tried(tmp_path, "      - {at: 1h, firing: [shift_output_behind]}\n")
    assert "trial.test.yaml:9: " in result.output
    assert "write RULE UNIT KPI" in result.output


@pytest.mark.parametrize("content", ["", "tests: [", "tests: 3\n", "- a\n", "tests:\n  - &a [*a]\n"])
def test_what_is_no_file_of_tests_is_refused_in_words(tmp_path: Path, content: str) -> None:
    result = tried(tmp_path, "", content)
    assert result.exit_code == 1
    assert "trial.test.yaml:" in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_folder_without_tests_says_what_to_write(tmp_path: Path) -> None:
    folder = tmp_path / "factory"
    shutil.copytree(FACTORY, folder)
    (folder / "alerts.test.yaml").unlink()
    result = run(folder)
    assert result.exit_code == 1
    assert "alerts.test.yaml does not exist" in result.output


def test_many_tests_are_counted(tmp_path: Path) -> None:
    one = (HEAD + "      - {at: 4h, firing: []}\n").split("\n", 1)[1]
    file = tmp_path / "many.test.yaml"
    file.write_text("tests:\n" + "".join(one.replace("trial", f"trial {n}") for n in range(35)), encoding="utf-8")
    result = run(FACTORY, file)
    assert result.exit_code == 1
    assert "35 of 35 tests failed" in result.output


def test_rules_that_no_test_names_are_told(tmp_path: Path) -> None:
    result = tried(tmp_path, "      - {at: 4h, firing: [shift_output_behind asm-1 shift_output]}\n")
    assert result.exit_code == 0
    assert "no test expects anything of: mes_silent" in result.output


TOKENS = st.lists(st.tuples(st.sampled_from(["80", "-1.5", "null", "-", "good"]), st.integers(1, 4)), min_size=1)


@given(TOKENS, st.booleans())
def test_a_series_is_what_it_says(tokens: list[tuple[str, int]], apart: bool) -> None:
    text = " ".join(f"{token}{' ' if apart else ''}x{times}" for token, times in tokens)
    assert list(series(text).tokens) == [token for token, times in tokens for _ in range(times)]


def test_no_event_keeps_the_value_and_is_not_heard() -> None:
    held = series("80 - x2 null -")
    assert [held.at(step) for step in range(6)] == ["80", "80", "80", None, None, None]
    assert [held.heard(step) for step in range(6)] == [0, 0, 0, 3, 3, 3]
    assert series("- 80").heard(0) is None
    assert series("80").heard(5) == 5
