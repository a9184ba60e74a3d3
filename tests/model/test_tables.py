"""Tables in a model: what the check refuses, and what of them makes another generation."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.definitions import Model
from wall.definitions.apply import changes
from wall.definitions.generation import generation
from wall.model_check import check_model

from .test_rules import content

TABLE: dict[str, Any] = {
    "id": "big", "title": "Big sales", "event": "sale", "key": "till", "where": "pieces > 10",
    "open": "price > 1 and till != 'x'", "fields": {"pieces": "Pieces", "price": "Price"}, "keep": "2d",
}  # fmt: skip


def model(**edits: Any) -> Model:
    held = content()
    held["tables"] = [{key: value for key, value in {**TABLE, **edits}.items() if value is not None}]
    return Model.model_validate(held)


BROKEN = [
    ({"event": "sold"}, ("event",), "event 'sold' is unknown", "declared type"),
    ({"key": "desk"}, ("key",), "'sale' has no field 'desk'", "event's fields"),
    ({"key": "price"}, ("key",), "key 'price' is no name", "text or integer"),
    ({"fields": {}}, ("fields",), "keeps no fields", "at least one"),
    ({"fields": {"pieces": "", "colour": ""}}, ("fields", "colour"), "no field 'colour'", "event's fields"),
    ({"where": "colour > 1"}, ("where",), "no field 'colour'", "event's fields"),
    ({"open": "colour > 1"}, ("open",), "no field 'colour'", "event's fields"),
    ({"where": "pieces +"}, ("where",), "can't be read", "compare"),
    ({"where": "pieces"}, ("where",), "'pieces' is no condition", "compare"),
    ({"open": "till > 1"}, ("open",), "mixes number and text", "compare"),
    ({"open": "price / pieces > 2"}, ("open",), "open divides", "multiply"),
]  # fmt: skip


def test_a_sound_table_is_let_pass() -> None:
    assert check_model(model()) == []
    assert check_model(model(where=None, open=None, key="shop")) == []


@pytest.mark.parametrize(("edits", "path", "message", "fix"), BROKEN, ids=[f"{one[0]}" for one in BROKEN])
def test_a_fault_of_a_table_is_named_with_its_place_and_its_fix(
    edits: dict[str, Any], path: tuple[str, ...], message: str, fix: str
) -> None:
    found = check_model(model(**edits))
    assert [(one.level, one.path) for one in found] == [("error", ("tables", 0, *path))]
    assert message in found[0].message
    assert "table 'big'" in found[0].message
    assert fix in found[0].fix


def test_a_table_that_stands_twice_is_named() -> None:
    held = content()
    held["tables"] = [TABLE, TABLE]
    assert [one.message for one in check_model(Model.model_validate(held))] == ["'big' stands twice in tables"]


COUNTING: list[dict[str, Any]] = [
    {"where": "pieces > 9"}, {"open": None}, {"key": "shop"}, {"fields": {"pieces": ""}}, {"id": "large"},
    {"fields": {"pieces": "Pieces", "till": "Price"}},
]  # fmt: skip


@pytest.mark.parametrize("edits", COUNTING, ids=str)
def test_a_table_that_keeps_other_rows_is_another_generation(edits: dict[str, Any]) -> None:
    assert generation(model(**edits)) != generation(model())


SHOWING: list[dict[str, Any]] = [
    {"title": "Large"}, {"keep": "3d"}, {"fields": {"price": "Preis", "pieces": "Stück"}},
]  # fmt: skip


@pytest.mark.parametrize("edits", SHOWING, ids=str)
def test_titles_and_how_long_rows_are_kept_stay_in_the_generation(edits: dict[str, Any]) -> None:
    assert generation(model(**edits)) == generation(model())
    assert [(one.sign, one.what) for one in changes(model(), model(**edits))] == [("~", "tables big")]


def test_a_model_without_tables_stays_in_the_generation_it_had_before_there_were_any() -> None:
    assert generation(Model.model_validate(content())) == "c968378c56e1"
