"""test-rules: alert rules tested as data."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scoring.definitions import Model
from wall.definitions.model_folder import ModelFaulty, load_model
from wall.rule_tests.files import Placed, TestsFaulty, read_tests
from wall.rule_tests.running import Difference, run_test

from .main import main
from .progress import progress_bar

#: Fewer tests are over before a bar would be read.
_MANY = 30
_NAME = "alerts.test.yaml"


@main.command("test-rules")
@click.argument("model_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def test_rules(model_dir: Path, files: tuple[Path, ...]) -> None:
    """Test the alert rules of MODEL_DIR as FILES say; alerts.test.yaml in that folder if none is given.

    Each test puts series of numbers in and says which alerts must be pending, firing or resolved at which moments, and
    how many messages people were told. Exit code 0: all as expected; 1: differences, or faults in the model or a file.
    """
    model, tests = _model(model_dir), _tests(files or (model_dir / _NAME,))
    found: list[Difference] = []
    if len(tests) < _MANY:
        found = [one for test in tests for one in run_test(model, test)]
    else:
        with progress_bar(len(tests), "testing rules") as bar:
            for test in tests:
                found += run_test(model, test)
                bar.update(1)
    for one in found:
        _show(one)
    _summary(model, tests, found)
    if found:
        sys.exit(1)


def _model(folder: Path) -> Model:
    try:
        return load_model(folder)[0]
    except ModelFaulty as faulty:
        raise click.ClickException(f"{faulty}\nmend the model first; see: kpiwall check {folder}") from None


def _tests(files: tuple[Path, ...]) -> list[Placed]:
    for file in files:
        if not file.exists():
            raise click.ClickException(f"{file} does not exist; write tests there, or name a file")
    try:
        return [test for file in files for test in read_tests(file)]
    except TestsFaulty as faulty:
        raise click.ClickException(str(faulty)) from None


def _show(one: Difference) -> None:
    at = f", {one.moment}" if one.moment else ""
    click.secho(f"{one.file}:{one.line}: {one.test!r}{at}: {one.what}", fg="red")
    for line in one.lines:
        click.secho(f"    {line}", fg="green" if line.startswith("-") else "red")


def _summary(model: Model, tests: list[Placed], found: list[Difference]) -> None:
    failed = {(one.file, one.test) for one in found}
    if found:
        click.echo("    - expected, + found")
        click.secho(f"{len(failed)} of {len(tests)} tests failed", fg="red")
        return
    click.secho(f"{len(tests)} tests of {len(model.alerts)} alert rules passed", fg="green")
    named = {name.split()[0] for test in tests for one in test.test.expect for name in one.names()}
    untested = [rule.id for rule in model.alerts if rule.id not in named]
    if untested:
        click.secho(f"no test expects anything of: {', '.join(untested)}", fg="yellow")
