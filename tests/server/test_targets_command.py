"""kpiwall targets: export and import against a real store and journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.model.folder import write
from tests.support.servers import RedisNode
from wall.cli import main
from wall.settings import Settings
from wall.wiring import open_site


class Command:
    """kpiwall against one Redis."""

    def __init__(self, url: str) -> None:
        self.settings = Settings(redis=url, site="targets")
        self._flags = ["--redis", url, "--site", "targets"]

    def __call__(self, *arguments: object) -> Result:
        return CliRunner().invoke(main, [*self._flags, *(str(one) for one in arguments)])


@pytest.fixture
def kpiwall(redis_node: RedisNode, tmp_path: Path) -> Command:
    """A site with the small model in force."""
    command = Command(redis_node.url)
    folder = tmp_path / "model"
    folder.mkdir()
    applied = command("apply", write(folder), "--reason", "first", "--author", "Ann")
    assert applied.exit_code == 0, applied.output
    return command


def exported(kpiwall: Command, file: Path, **cells: object) -> Path:
    done = kpiwall("targets", "export", file, "--as-of", "2026-04-01")
    assert done.exit_code == 0, done.output
    book = load_workbook(file)
    for name, value in cells.items():
        book["targets"][name] = value
    book.save(file)
    book.close()
    return file


def test_new_targets_come_in_force_from_their_day_with_their_reason(kpiwall: Command, tmp_path: Path) -> None:
    file = exported(kpiwall, tmp_path / "targets.xlsx", I5=510, J2=50, J3=30)
    order = ("targets", "import", file, "--from", "2026-04-01", "--reason", "spring", "--author", "Ben")
    tried = kpiwall(*order, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert "~ a turnover: target 500 → 510\n" in tried.output
    assert "~ all basket: weight 20 → 30\n" in tried.output
    site = open_site(kpiwall.settings)
    before = site.store.model()
    assert before is not None
    assert before.model.changes == []
    done = kpiwall(*order)
    assert done.exit_code == 0, done.output
    after = site.store.model()
    assert after is not None
    assert (after.number, after.author, after.reason) == (before.number + 1, "Ben", "spring")
    (change,) = after.model.changes
    assert (str(change.from_), change.reason, change.author) == ("2026-04-01", "spring", "Ben")
    assert change.kpis["turnover"].target == {"a": 510}
    again = kpiwall("targets", "import", exported(kpiwall, file), "--from", "2026-04-01", "--reason", "again")
    assert again.exit_code == 0
    assert "changes nothing" in again.output


def test_faults_of_the_sheet_and_of_the_changed_model_change_nothing(kpiwall: Command, tmp_path: Path) -> None:
    order = ("--from", "2026-04-01", "--reason", "spring")
    faulty = kpiwall("targets", "import", exported(kpiwall, tmp_path / "a.xlsx", I5="many", J2=-1), *order)
    assert faulty.exit_code == 1
    assert "targets!I5: 'many' is text" in faulty.output
    assert "targets!J2: a weight of -1" in faulty.output
    short = kpiwall("targets", "import", exported(kpiwall, tmp_path / "b.xlsx", J2=50), *order)
    assert short.exit_code == 1
    assert "weights sum to 90, not 100" in short.output
    held = open_site(kpiwall.settings).store.model()
    assert held is not None
    assert held.model.changes == []


def test_there_is_nothing_to_export_before_a_model_is_in_force(redis_node: RedisNode, tmp_path: Path) -> None:
    done = Command(redis_node.url)("targets", "export", tmp_path / "t.xlsx")
    assert done.exit_code == 1
    assert "kpiwall apply" in done.output


def test_a_file_that_cannot_be_written_is_named(kpiwall: Command, tmp_path: Path) -> None:
    done = kpiwall("targets", "export", tmp_path / "none" / "t.xlsx")
    assert done.exit_code == 1
    assert "can't be written" in done.output
