"""What the documents name exists, and what exists is documented."""

from __future__ import annotations

import inspect
import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import click
import jsonschema
import pytest
import yaml
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

import scoring.alerts.rules
import scoring.definitions
import scoring.gates
import scoring.grades
import scoring.methods
import scoring.scenes
from scoring.forms import Definition
from scoring.scenes import SMALLEST, BaseTile, smallest_portrait
from streams.fold import PartitionState
from streams.redis_adapters.log import StreamRecord
from tests.samples.folders import read
from wall import api, definitions_api, metrics
from wall.alerts import api as alerts_api
from wall.cli import main
from wall.cli.models import file_schema
from wall.definitions.model_folder import load_model
from wall.messages import api as messages_api
from wall.screens.routes import screen_routes
from wall.settings import PREFIX, Settings
from wall.supervisor import SERVICES
from wall.wiring import fold_of

from .documents import ROOT, anchors, calls, coded, documents, fences, inline_code, links, shell_lines, tables, text_of

DOCUMENTS = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in documents()]
_ROOMS = [
    scoring.definitions, scoring.methods, scoring.gates, scoring.grades, scoring.scenes, scoring.alerts.rules,
]  # fmt: skip


def _fields(definition: type[Definition]) -> dict[str, FieldInfo]:
    """The keys that a definition has a table of; what every tile has stands in the table of the base alone."""
    shared = {"tile", *BaseTile.model_fields} if issubclass(definition, BaseTile) and definition is not BaseTile else ()
    return {one.alias or name: one for name, one in definition.model_fields.items() if name not in shared}


DEFINITIONS = sorted(
    {
        one
        for room in _ROOMS
        for name, one in inspect.getmembers(room, inspect.isclass)
        if not name.startswith("_") and issubclass(one, Definition) and one is not Definition and _fields(one)
    },
    key=lambda one: one.__name__,
)


def _options(command: click.Command) -> set[str]:
    """The options of a command, those of its subcommands too."""
    own = {name for one in command.params for name in [*one.opts, *one.secondary_opts]} | {"--help", "-h"}
    below = command.commands.values() if isinstance(command, click.Group) and command is not main else ()
    return own.union(*(_options(one) for one in below))


def _split(arguments: list[str]) -> tuple[list[str], str | None, list[str]]:
    """Options before the subcommand, the subcommand, and what follows it."""
    valued = {name for one in main.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in valued else 1
    named = arguments[at] if at < len(arguments) else None
    return [one for one in arguments[:at] if one.startswith("-")], named, arguments[at + 1 :]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_command_and_flag_named_exists(path: Path) -> None:
    for arguments in calls(path.read_text("utf-8"), "kpiwall"):
        before, named, after = _split(arguments)
        assert set(before) <= _options(main), arguments
        if named is None:
            continue
        assert named in main.commands, arguments
        asked = {one.split("=")[0] for one in after if one.startswith("-") and one != "-"}
        assert asked <= _options(main.commands[named]), arguments


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_option_named_alone_exists(path: Path) -> None:
    known = _options(main).union(*(_options(one) for one in main.commands.values()))
    named = {one.split(" ")[0] for one in inline_code(path.read_text("utf-8")) if re.match("--?[a-z]", one)}
    assert named <= known


def test_every_command_is_documented() -> None:
    named = {_split(arguments)[1] for path in documents() for arguments in calls(path.read_text("utf-8"), "kpiwall")}
    assert set(main.commands) <= named


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_make_target_named_exists(path: Path) -> None:
    makefile = text_of("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) \?=", makefile, re.MULTILINE))
    for arguments in calls(path.read_text("utf-8"), "make"):
        for one in arguments:
            assert one.split("=")[0] in (variables if "=" in one else targets), arguments


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for link in links(path.read_text("utf-8")):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        found = (path.parent / target).resolve() if target else path
        assert found.exists(), link
        assert not anchor or anchor in anchors(found.read_text("utf-8")), link


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    assert {path.name for path in folder.glob("0*.md")} == set(links((folder / "README.md").read_text("utf-8")))


def test_settings_are_documented_with_variable_and_default() -> None:
    rows = tables(text_of("docs/operations.md"))["Settings"]
    assert [row[:2] for row in rows] == [[f"`{one.name}`", f"`{PREFIX}{one.name.upper()}`"] for one in fields(Settings)]
    shown = ["" if row[2] == "empty" else row[2].strip("`") for row in rows]
    assert shown == [str(one.default) for one in fields(Settings)]


def test_every_variable_named_is_a_setting() -> None:
    known = {PREFIX + one.name.upper() for one in fields(Settings)} | {f"{PREFIX}CONFIG"}
    places = [*documents(), *(ROOT / "deploy").glob("*.yaml"), *(ROOT / "deploy" / "systemd").iterdir()]
    for path in places:
        assert set(re.findall(r"\bKPIWALL_[A-Z]+\b", path.read_text("utf-8"))) <= known, path


def test_metrics_are_documented() -> None:
    source = inspect.getsource(metrics)
    exposed = set(re.findall(r'\("(kpiwall_\w+)"', source))
    exposed |= {f"kpiwall_events_{name}_total" for name in metrics._COUNTS}
    assert sorted(coded(tables(text_of("docs/operations.md"))["Metrics"])) == sorted(exposed)
    for path in documents():
        assert set(re.findall(r"\bkpiwall_[a-z_]+", path.read_text("utf-8"))) <= exposed, path


def test_dead_letter_codes_are_documented() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "streams").glob("*.py"))
    used = set(re.findall(r'(?:Refused\(|_bury\(record,)\s*"(\w+)"', source))
    assert sorted(coded(tables(text_of("docs/events.md"))["Dead letters"])) == sorted(used)


def test_routes_are_documented() -> None:
    source = "".join(map(inspect.getsource, (api, definitions_api, alerts_api, messages_api)))
    served = {_holes(path) for path in re.findall(r'@server\.(?:get|post)\("([^"]+)"\)', source)}
    nobody: Any = None
    served |= {_holes(route.path) for route in screen_routes(nobody, nobody)}
    route = r"(?<![\w.])/(?:api/v1/[\w-]+(?:/(?:{\w+}|[a-z]+(?![\w-])))*|healthz|readyz|metrics)(?![\w-])"
    named = {_holes(path) for one in documents() for path in re.findall(route, one.read_text("utf-8"))}
    assert named == served


def _holes(path: str) -> str:
    """A route with its variable parts left open."""
    return re.sub(r"<\w+>|{\w+}", "*", path)


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.__name__)
def test_every_model_key_is_documented_with_its_default(definition: type[Definition]) -> None:
    rows = tables(text_of("docs/model.md"))[_words(definition.__name__)]
    keys = _fields(definition)
    rows = [row for row in rows if len(row) == 4]
    assert coded(rows) == list(keys)
    for row, one in zip(rows, keys.values(), strict=True):
        assert (row[2] == "required") == one.is_required(), row
        if row[2] != "required":
            assert _default(row[2], one) == one.get_default(call_default_factory=True), row


def test_the_smallest_sizes_of_tiles_are_documented() -> None:
    rows = tables(text_of("docs/model.md"))["Tiles"]
    sizes = {kind: (SMALLEST[kind], smallest_portrait(kind)) for kind in SMALLEST}
    shown = {row[0].strip("`"): tuple(tuple(map(int, cell.split(" × "))) for cell in row[1:3]) for row in rows}
    assert shown == sizes


def _default(cell: str, field: FieldInfo) -> Any:
    """What a cell says a key is without being given."""
    shown = None if cell == "none" else yaml.safe_load(cell.strip("`"))
    kind: Any = field.annotation
    for more in field.metadata:
        kind = Annotated[kind, more]
    return TypeAdapter(kind).validate_python(shown)


def test_the_model_of_the_document_passes_check_and_schema(tmp_path: Path) -> None:
    text = text_of("docs/model.md")
    for content in fences(text, "yaml"):
        name = re.match(r"# (\w+\.yaml)\n", content)
        assert name, content
        (tmp_path / name[1]).write_text(content, encoding="utf-8")
        jsonschema.validate(json.loads(json.dumps(yaml.safe_load(content), default=str)), file_schema())
    (tmp_path / "shops.csv").write_text("".join(fences(text, "csv")), encoding="utf-8")
    model, faults = load_model(tmp_path)
    assert [str(fault) for fault in faults] == []
    assert {unit.id: str(unit.weight) for unit in model.units} == {"all": "1", "north": "2", "south": "1"}


def test_the_document_has_an_example_of_every_method() -> None:
    shown = [yaml.safe_load(content)["method"] for content in fences(text_of("docs/model.md"), "text")]
    methods: TypeAdapter[Any] = TypeAdapter(scoring.methods.Method)
    assert {type(methods.validate_python(one)) for one in shown} == {
        one for one in DEFINITIONS if "name" in one.model_fields and one.__module__ == "scoring.methods"
    }


def test_events_of_the_documents_can_be_counted() -> None:
    posted = [json.loads(data) for line in _curls() for data in re.findall(r"-d '(.*)'", line, re.DOTALL)]
    shown = [json.loads(content) for content in fences(text_of("docs/events.md"), "json")]
    assert len(posted) == 1
    assert len(shown) == 3
    now_ms = 1_773_900_000_000
    records = [StreamRecord("1-0", now_ms, json.dumps(one).encode()) for one in [*posted, *shown]]
    folded = fold_of(read("factory")).batch(PartitionState(), records, "1-0")
    assert folded.dead == []
    assert folded.counts.counted == 4


def _curls() -> list[str]:
    return [content for content in fences(text_of("README.md"), "sh") if content.startswith("curl")]


def test_the_settings_file_of_the_document_holds_settings() -> None:
    for content in fences(text_of("docs/operations.md"), "toml"):
        Settings(**tomllib.loads(content))


def _required(lines: list[str]) -> set[str]:
    found = (re.match(r"[\w.\-]+", line) for line in lines)
    return {one[0] for one in found if one}


@pytest.mark.parametrize("heading", ["At run time", "For tests and development"])
def test_every_dependency_has_its_line(heading: str) -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    dev = project["optional-dependencies"]["dev"]
    wanted = _required(project["dependencies"] if heading == "At run time" else dev)
    assert set(coded(tables(text_of("docs/dependencies.md"))[heading])) == wanted


def test_every_service_has_its_unit_and_its_container() -> None:
    units = {re.search(r"^ExecStart=\S+/kpiwall (\w+)$", path.read_text("utf-8"), re.MULTILINE) for path in _units()}
    assert {one[1] for one in units if one} == set(SERVICES)
    compose = yaml.safe_load(text_of("deploy/compose.yaml"))
    ours = {name: one for name, one in compose["services"].items() if "build" in one}
    assert set(ours) == {*SERVICES, "apply"}
    for name, service in ours.items():
        assert service["command"][0] == name
        assert {one for one in service["command"] if one.startswith("--")} <= _options(main.commands[name])


def _units() -> list[Path]:
    return list((ROOT / "deploy" / "systemd").glob("*.service"))


def test_both_languages_of_the_readme_name_the_same_commands() -> None:
    english, chinese = text_of("README.md").split("## 中文简介")
    assert set(shell_lines(chinese)) <= set(shell_lines(english))
