"""Names that are scripts, attributes, addresses or formulas stay text: on every page, in every stream and file."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from scoring.definitions import Model
from scoring.roles import ADMIN
from tests.support.servers import RedisNode
from wall.people.viewer import Viewer
from wall.sight.look import Grant, sights_of

from .organisation import Organisation, organisation
from .test_roles import WAYS, Asked
from .ways import Premises, premises

#: A tag, an attribute, the end of a script and of a comment, an address and a template, each recognisable.
PAYLOAD = "</script></title></textarea>--><zqx>\"'onzqy=1 ><img src=zqz> {{7*7}} javascript:zqj"
FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"]
ADMIN_VIEWER = Viewer("person", "ann", PAYLOAD, sights_of([], [Grant(ADMIN)], "", ""))
FILES = [name for name in WAYS if "csv" in name or "workbook" in name]


class _Elements(HTMLParser):
    """The tags of a document, its attributes, and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.led: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _ in attrs)
        self.led.update(value or "" for name, value in attrs if name in ("href", "src", "action", "formaction"))


def _named(model: Model, names: Iterator[str]) -> Model:
    """The model with other texts everywhere that a text can be."""

    def changed(value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            return [changed(one) for one in value]
        if isinstance(value, dict):
            return {name: changed(one, name) for name, one in value.items()}
        texts = ("title", "short", "owner", "definition", "reason", "author", "evidence", "approver", "en", "zh-CN")
        return next(names) if key in texts and isinstance(value, str) else value

    content = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Model.model_validate(changed(content))


def _organisation(names: Iterator[str]) -> Organisation:
    made = organisation(4)
    made.model = _named(made.model, names)
    for tokens in made.announced.values():
        tokens.clear()
        tokens.add(PAYLOAD[:90])
    return made


def _repeated(texts: list[str]) -> Iterator[str]:
    while True:
        yield from texts


@pytest.fixture(scope="module")
def place() -> Iterator[Premises]:
    with RedisNode(appendfsync="no") as node, premises(node.url, _organisation(_repeated([PAYLOAD]))) as one:
        yield one


@pytest.mark.parametrize("name", WAYS)
def test_a_name_is_never_markup(place: Premises, name: str) -> None:
    model, draw, texts = place.made.model, random.Random(1), 0
    for unit in [unit.id for unit in model.units][:3]:
        asked = Asked(unit, model.kpis[0].id, draw.choice(model.scenes).id, draw)
        text = WAYS[name].go(place, ADMIN_VIEWER, asked).text
        texts += PAYLOAD[:20] in text or "zqx" in text
        if "Content-Type: text/html" in text:
            _check_document(text.partition("<")[1] + text.partition("<")[2])
        elif text.count("\n{"):
            _check_components(json.loads("{" + text.split("\n{", 1)[1]))
    if name in ("home", "phone unit", "wall", "explain", "analysis", "definitions"):
        assert texts, "the name is on no page: nothing was tested"


def _check_document(text: str) -> None:
    found = _Elements()
    found.feed(text)
    assert not {"zqx"} & found.tags, text[:2000]
    assert not {name for name in found.names if "zqy" in name}, text[:2000]
    assert not {led for led in found.led if led.lower().strip().startswith(("javascript:", "data:text", "vbscript:"))}
    assert "zqz" not in found.led


def _check_components(content: Any) -> None:
    """No component of Dash that writes markup, and no address that runs anything."""
    for one in _objects(content):
        props = one.get("props")
        if isinstance(props, Mapping):
            assert one.get("type") not in ("Script", "Iframe", "ObjectEl", "Embed", "Base"), one
            assert not props.get("dangerously_allow_html"), one
            for name in ("href", "src", "action", "formAction"):
                assert not str(props.get(name, "")).lower().strip().startswith(("javascript:", "data:text")), one


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            yield from _objects(one)


@pytest.mark.parametrize("name", FILES)
def test_a_name_is_never_a_formula(name: str) -> None:
    with RedisNode(appendfsync="no") as node, premises(node.url, _organisation(_repeated(FORMULAS))) as place:
        model = place.made.model
        for unit in model.units[:3]:
            asked = Asked(unit.id, model.kpis[0].id, "anywhere", random.Random(1))
            assert WAYS[name].go(place, ADMIN_VIEWER, asked).status == 200
            cells = list(_cells(place.content))
            assert len(cells) > 3
            risky = [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r") or cell[:2] in ("-1+",)]
            assert not risky, risky


def _cells(content: bytes) -> Iterator[str]:
    """What a program for tables would read as cells, formulas as they are."""
    if content[:2] == b"PK":
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield f"={cell.value}"
                    elif cell.value is not None:
                        # Text in a cell of a workbook is text, whatever it begins with.
                        yield "text"
        return
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        yield from (cell for cell in line if cell)
