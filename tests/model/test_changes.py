"""Generations, the list of changes, settings and the schema of model files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click import ClickException

from scoring.definitions import Model
from tests.samples import folders
from wall.cli.models import file_schema
from wall.definitions.apply import changes
from wall.definitions.generation import generation
from wall.definitions.model_folder import load_model, model_files
from wall.settings import HELP, Settings, resolve

from .folder import FILES, edited, write

SCHEMA = folders.folder("airline").parent / "model.schema.json"


def model(tmp_path: Path, **files: str) -> Model:
    return load_model(write(tmp_path, {f"{name}.yaml": content for name, content in files.items()}))[0]


COUNTING = [
    ("metrics", "pieces > 0", "pieces > 1"),
    ("metrics", "decimals: 2", "decimals: 3"),
    ("metrics", "bucket: day", "bucket: hour"),
    ("events", "max: 1000", "max: 999"),
    ("events", "price: each", "price: total"),
    ("calendar", "Europe/Berlin", "Europe/Paris"),
    ("model", "duplicate_window: 3d", "duplicate_window: 4d"),
    ("org", "{id: b, title: Shop B, kind: shop, parent: all, weight: 2}",
     "{id: b, title: Shop B, kind: shop, parent: all}\n  - {id: till1, title: Till, kind: till, parent: a}"),
]  # fmt: skip
JUDGING = [
    ("calendar", "2026-01-01", "2026-01-02"),
    ("kpis", "target: 20", "target: 21"),
    ("kpis", "weight: 60", "weight: {company: 60, shop: 60}"),
    ("kpis", "good: 1, watch: 0.9", "good: 1, watch: 0.8"),
    ("kpis", "inverse: reciprocal", "inverse: symmetric"),
    ("org", "weight: 2", "weight: 3"),
    ("org", "title: Shop B", "title: Store B"),
    ("scenes", "kpis: [turnover, basket]", "kpis: [basket, turnover]"),
    ("model", 'version: "1"', 'version: "2"'),
]


@pytest.mark.parametrize(("file", "old", "new"), COUNTING, ids=[one[2][:30] for one in COUNTING])
def test_what_counts_otherwise_is_another_generation(tmp_path: Path, file: str, old: str, new: str) -> None:
    before = generation(model(tmp_path))
    assert generation(model(tmp_path, **{file: edited(f"{file}.yaml", old, new)})) != before


@pytest.mark.parametrize(("file", "old", "new"), JUDGING, ids=[one[2][:30] for one in JUDGING])
def test_what_judges_otherwise_stays_in_its_generation(tmp_path: Path, file: str, old: str, new: str) -> None:
    before = model(tmp_path)
    after = model(tmp_path, **{file: edited(f"{file}.yaml", old, new)})
    assert generation(after) == generation(before)
    assert changes(before, after) != []


def test_the_order_of_units_does_not_matter_to_a_generation(tmp_path: Path) -> None:
    rows = FILES["org.yaml"].splitlines(keepends=True)
    assert generation(model(tmp_path, org="".join([rows[0], *rows[:0:-1]]))) == generation(
        model(tmp_path, org=FILES["org.yaml"])
    )


def test_the_same_model_changes_nothing(tmp_path: Path) -> None:
    assert changes(model(tmp_path), model(tmp_path)) == []


def test_changes_list_what_is_new_gone_and_different(tmp_path: Path) -> None:
    before = model(tmp_path)
    org = FILES["org.yaml"].replace("{id: b, ", "{id: c, ").replace("title: Shop A", "title: Store A")
    kpis = FILES["kpis.yaml"].replace("b: 500}", "c: 500}").replace("target: 20", "target: 25")
    found = {(one.sign, one.what): one.detail for one in changes(before, model(tmp_path, org=org, kpis=kpis))}
    assert found.keys() == {
        ("-", "units b"),
        ("+", "units c"),
        ("~", "units a"),
        ("~", "kpis basket"),
        ("~", "kpis turnover"),
    }
    assert found["~", "kpis basket"] == "target: 20 → 25"
    assert found["~", "units a"] == "title: Shop A → Store A"


def test_the_first_model_is_all_new(tmp_path: Path) -> None:
    found = changes(None, model(tmp_path))
    assert {one.sign for one in found} == {"+"}
    assert ("+", "units all") in {(one.sign, one.what) for one in found}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to start from, with no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in [*HELP, "config"]:
        monkeypatch.delenv(f"KPIWALL_{name.upper()}", raising=False)
    return tmp_path


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resolve({}, None).settings == Settings()
    (place / "kpiwall.toml").write_text("port = 1\nsite = 'file'\n")
    assert resolve({}, None).settings.port == 1
    monkeypatch.setenv("KPIWALL_PORT", "2")
    assert resolve({"port": None}, None).settings.port == 2
    resolved = resolve({"port": 3}, None)
    assert (resolved.settings.port, resolved.settings.site, resolved.settings.topic) == (3, "file", "events")
    assert resolved.origins["port"] == "flag --port"
    assert resolved.origins["site"] == "file kpiwall.toml"
    assert resolved.origins["topic"] == "default"


def test_the_environment_may_name_the_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "other.toml").write_text("port = 5\n")
    monkeypatch.setenv("KPIWALL_CONFIG", str(place / "other.toml"))
    assert resolve({}, None).settings.port == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("port = 'many'", "port is 'many'"),
        ("port = 1.5", "port is 1.5"),
        ("port = true", "port is True"),
        ("port = [1]", r"port is \[1\]"),
        ("site = 5", "site is 5"),
        ("sight = 'x'", "no setting sight"),
        ("port = ", "kpiwall.toml"),
        ("\xff", "kpiwall.toml"),
    ],
)
def test_a_bad_value_in_the_file_is_named(place: Path, content: str, words: str) -> None:
    (place / "kpiwall.toml").write_bytes(content.encode("latin-1"))
    with pytest.raises(ClickException, match=words):
        resolve({}, None)


def test_a_bad_value_in_the_environment_is_named_with_its_variable(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPIWALL_PORT", "")
    with pytest.raises(ClickException, match=r"port is '' .environment KPIWALL_PORT.; use a whole number"):
        resolve({}, None)


def test_a_file_that_is_asked_for_must_exist(place: Path) -> None:
    with pytest.raises(ClickException, match="does not exist"):
        resolve({}, place / "none.toml")
    with pytest.raises(ClickException, match="settings file"):
        resolve({}, place)


def test_every_setting_has_its_help() -> None:
    assert HELP.keys() == Settings.__dataclass_fields__.keys()


def test_the_shipped_schema_is_that_of_the_definitions() -> None:
    """Write it anew with `kpiwall schema > deploy/models/model.schema.json`."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == file_schema()


def in_json(content: Any) -> Any:
    """YAML content as JSON has it: dates are text."""
    if isinstance(content, dict):
        return {key: in_json(value) for key, value in content.items()}
    if isinstance(content, list):
        return [in_json(value) for value in content]
    return content.isoformat() if isinstance(content, dt.date) else content


@pytest.mark.parametrize("name", ["airline", "factory"])
def test_the_schema_accepts_every_shipped_file(name: str) -> None:
    validator = jsonschema.Draft202012Validator(file_schema())
    files = model_files(folders.folder(name))
    assert len(files) > 5
    for file in files:
        content = in_json(yaml.safe_load(file.read_text(encoding="utf-8")))
        assert [error.message for error in validator.iter_errors(content)] == [], file.name


@pytest.mark.parametrize(
    "content",
    [{"unit": []}, {"units": [{"id": "a"}]}, {"kpis": [{"id": "k", "onwer": "x"}]}, {"language": "de"}, {"events": []}],
)
def test_the_schema_refuses_what_the_check_refuses(content: Any) -> None:
    assert not jsonschema.Draft202012Validator(file_schema()).is_valid(content)
