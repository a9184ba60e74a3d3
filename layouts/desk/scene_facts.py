"""What the scene editor may offer: kinds of tiles with the fields of their definitions, and what the model has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from scoring.definitions import Kpi, Table
from scoring.forms import Definition
from scoring.scenes import (
    COLUMNS,
    PORTRAIT_COLUMNS,
    PORTRAIT_ROWS,
    ROWS,
    SMALLEST,
    BaseTile,
    Scene,
    Tile,
    smallest_portrait,
)
from scoring.scorecard import applies

from ..lookup import Json, Lookup
from ..room import LANDSCAPE, PORTRAIT, Grid
from ..tile_kinds import KINDS
from ..words import Words
from .what_if_page import unit_choices

#: Columns and rows that a new tile gets where there is room for them: what it looks best in, not what it needs.
COMFORTABLE: Mapping[str, tuple[int, int]] = {
    "hero": (4, 6), "ranking": (4, 6), "trend": (6, 5), "bars": (5, 4), "heat": (7, 6), "map": (6, 7),
    "lines": (10, 8), "list": (4, 7), "exceptions": (6, 5), "changes": (16, 1), "text": (4, 2),
    "announcements": (5, 3), "celebration": (4, 4),
}  # fmt: skip
#: Fields that name something of the model, and what: the definitions know them only as ids.
_NAMING = {
    "unit": "unit", "kpi": "kpi", "trend": "kpi", "kpis": "kpis", "of": "unit_kind", "ranking": "unit_kind",
    "table": "table", "map": "map", "state": "field", "reason": "field", "name": "field", "number": "field",
    "about": "fields", "states": "states",
}  # fmt: skip
_PLACED = {"tile", "at", "portrait", "id", "tiles"}
#: Kinds that show what stands below their unit: their KPIs are those of the units there.
_BELOW = {"ranking", "heat", "map", "lines", "celebration"}
#: Where the grid begins on a wall, in u: below the header and inside the margins (assets/walls/wall.css, cells.css).
_LANDSCAPE_AT, _PORTRAIT_AT = (36, 100), (36, 115)


def editor_facts(found: Lookup) -> dict[str, Json]:
    """Everything that the editor asks once of a model in a language."""
    model, words = found.model, found.words
    return {
        "grids": {
            "landscape": _grid(LANDSCAPE, (COLUMNS, ROWS), (1920, 1080), _LANDSCAPE_AT),
            "portrait": _grid(PORTRAIT, (PORTRAIT_COLUMNS, PORTRAIT_ROWS), (1080, 1920), _PORTRAIT_AT),
        },
        "kinds": [_kind(found, one) for one in tile_classes()],
        "scene_fields": fields_of(Scene, words),
        "root": found.root,
        "units": _units(found),
        "unit_kinds": list(dict.fromkeys(unit.kind for unit in model.units)),
        "kpis": [_kpi(found, one) for one in model.kpis],
        "tables": [_table(found, one) for one in model.tables],
        "maps": [{"id": one.id, "title": found.text(one.title) or one.id} for one in model.maps],
        "brand": model.brand is not None,
        "shown_by": _shown_by(found),
    }


def _grid(grid: Grid, cells: tuple[int, int], wall: tuple[int, int], at: tuple[int, int]) -> dict[str, Json]:
    names = ("columns", "rows", "column", "row", "gutter", "width", "height", "left", "top")
    return dict(zip(names, (*cells, grid.column, grid.row, grid.gutter, *wall, *at), strict=True))


def tile_classes() -> Sequence[type[BaseTile]]:
    """The classes of tiles in the order of the definitions."""
    union, _ = get_args(Tile)
    return get_args(union)


def kind_of(tile: type[BaseTile]) -> str:
    """The name of a class of tiles.

    >>> [kind_of(one) for one in tile_classes()][:3]
    ['hero', 'kpi', 'ranking']
    """
    return str(get_args(tile.model_fields["tile"].annotation)[0])


def _kind(found: Lookup, tile: type[BaseTile]) -> dict[str, Json]:
    """A kind of tile: its names, sizes and fields, and why it can't be added where it can't."""
    kind, words = kind_of(tile), found.words
    fields = fields_of(tile, words)
    return {
        "id": kind,
        "title": words(f"scenes.kind.{kind}"),
        "about": words(f"scenes.about.{kind}"),
        "smallest": list(SMALLEST[kind]),
        "upright": list(smallest_portrait(kind)),
        "size": list(COMFORTABLE.get(kind, SMALLEST[kind])),
        "fields": fields,
        "below": kind in _BELOW,
        "lacks": _lacks(found, kind, fields),
    }


def _lacks(found: Lookup, kind: str, fields: Sequence[Mapping[str, Json]]) -> str:
    """What keeps a kind from being added; "" for nothing."""
    needed = {str(one["form"]) for one in fields if one["required"]}
    if kind not in KINDS:
        return found.words("scenes.lacks.kind")
    if "table" in needed and not found.model.tables:
        return found.words("scenes.lacks.table")
    return found.words("scenes.lacks.map") if "map" in needed and not found.model.maps else ""


def fields_of(definition: type[Definition], words: Words) -> list[dict[str, Json]]:
    """The fields that can be edited, each with the form it takes; read off the JSON Schema of the definition."""
    schema = definition.model_json_schema()
    required = set(schema.get("required", ()))
    found = [
        _field(name, one, name in required, words) for name, one in schema["properties"].items() if name not in _PLACED
    ]
    return [{**one, "none": _none(definition, str(one["name"]), words)} for one in found]


def _none(definition: type[Definition], name: str, words: Words) -> str:
    """What it means to leave a field empty."""
    key = "unit_of_screen" if definition is Scene and name == "unit" else name
    return words.table.get(f"scenes.none.{key}", "–")


def _field(name: str, schema: Mapping[str, Any], required: bool, words: Words) -> dict[str, Json]:
    options = [{"id": one, "title": words.table.get(f"scenes.option.{one}", one)} for one in schema.get("enum", ())]
    return {
        "name": name,
        "form": _form(name, schema),
        "required": required or bool(schema.get("minItems")),
        "label": words.table.get(f"scenes.field.{name}", name),
        "hint": words.table.get(f"scenes.hint.{name}", ""),
        "options": options,
        "default": schema.get("default"),
        "most": schema.get("maxItems"),
    }


def _form(name: str, schema: Mapping[str, Any]) -> str:
    if name in _NAMING:
        return _NAMING[name]
    if "enum" in schema:
        return "choice"
    if schema.get("type") == "boolean":
        return "flag"
    return "long" if name == "text" else "text"


def _units(found: Lookup) -> list[Json]:
    """The units that can be picked, with the kinds right below each; of very many the upper levels."""
    listed = unit_choices(found, "")
    return [
        {
            "id": one.value,
            "title": one.title,
            "depth": one.depth,
            "kind": found.units[one.value].kind,
            "below": sorted({child.kind for child in found.children(one.value)}),
        }
        for one in listed
    ]


def _kpi(found: Lookup, kpi: Kpi) -> dict[str, Json]:
    """A KPI with its period, and where it stands: at units by id or kind, and at which kinds at all."""
    standing = {unit.kind for unit in found.model.units if applies(kpi, unit)}
    return {
        "id": kpi.id,
        "title": found.text(kpi.title),
        "period": found.words(f"scenes.period.{kpi.period}"),
        "applies_to": list(kpi.applies_to),
        "kinds": sorted(standing),
        "trend": kpi.trend is not None,
    }


def _table(found: Lookup, table: Table) -> dict[str, Json]:
    event = next((one for one in found.model.events if one.type == table.event), None)
    numbers = {name for name, one in (event.fields if event else {}).items() if one.type in ("integer", "decimal")}
    fields: list[Json] = [
        {"id": name, "title": found.text(title) or name, "number": name in numbers}
        for name, title in table.fields.items()
    ]
    title = table.title if isinstance(table.title, str) else dict(table.title)
    return {"id": table.id, "title": found.text(table.title) or table.id, "texts": title, "fields": fields}


def _shown_by(found: Lookup) -> dict[str, Json]:
    """The playlists that show a scene, by its id."""
    scenes = {item.scene for playlist in found.model.playlists for item in playlist.items}
    return {
        scene: [
            found.text(one.title) for one in found.model.playlists if any(item.scene == scene for item in one.items)
        ]
        for scene in sorted(scenes)
    }
