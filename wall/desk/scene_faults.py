"""What is wrong with a draft, in words: at which scene, tile and field, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from layouts.words import Words
from scoring.definitions import Model
from scoring.forms import text_in
from wall.model_check import Finding


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (`error`) or doubtful (`warning`); scene and tile by their positions in the draft, if of any."""

    level: str
    scene: int | None
    tile: int | None
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class FaultyScene:
    """A scene of the draft, where the tiles that were checked stand in it, and the model that names things."""

    content: Mapping[str, Any]
    tiles: Sequence[int]
    model: Model


#: What the model check says -> the words of the editor; named parts of the message are put into these.
#: The check speaks to who writes a model folder, by ids and lines; here stands who sees the tile.
_SAID = [
    (re.compile(pattern), name)
    for pattern, name in (
        (r"reaches column (?P<right>\d+), row (?P<bottom>\d+) of a grid of (?P<columns>\d+) by (?P<rows>\d+)", "off"),
        (r"is (?P<columns>\d+) columns by (?P<rows>\d+) rows, too small.*at least (?P<least>\d+ by \d+)", "small"),
        (r"tiles (?P<tile>\d+) \(\w+\) and (?P<other>\d+) \(\w+\) overlap", "overlap"),
        (r"on a portrait wall tiles? (?P<upright>[\d, ]+) would be too small", "upright"),
        (r"tiles have a portrait place", "portrait"),
        (r"has kpis and tiles", "both"),
        (r"shows nothing", "nothing"),
        (r"has kpis and no trend", "no_trend"),
        (r": \w+ does nothing in a scene of tiles", "unused"),
        (r"unit '(?P<unit>[^']+)' is unknown", "unit"),
        (r"no unit is a '(?P<kind>[^']*)'", "kind"),
        (r"no [\w-]+ is below", "below"),
        (r"kpi '(?P<kpi>\w+)' is unknown", "unknown_kpi"),
        (r"kpi '(?P<kpi>\w+)' keeps no trend", "trend"),
        (r"kpi '(?P<kpi>\w+)' (?:does not stand at|stands)", "elsewhere"),
        (r"no state has a meaning", "states"),
        (r"table '(?P<table>\w+)' is unknown", "table"),
        (r"table '\w+' keeps no field '(?P<field>\w+)'", "field"),
        (r"its field is \w+, no number", "number"),
        (r"map '(?P<map>\w+)' is unknown", "map"),
        (r"'(?P<id>\w+)' stands twice in scenes", "twice"),
        (r"(?P<playlist>playlist '\w+').*: scene '(?P<scene>\w+)' is unknown", "playlist"),
    )
]


def faults_of(finding: Finding, scene: int | None, of: FaultyScene, words: Words) -> Iterator[Fault]:
    """A finding of the model check as faults: one at each tile it is about."""
    said = f"{finding.message}; {finding.fix}"
    found, name = next(((found, name) for one, name in _SAID if (found := one.search(said))), (None, ""))
    parts = {} if found is None else {key: value for key, value in found.groupdict().items() if value is not None}
    at, key = _place(finding, of)
    if name == "overlap":
        first, second = (of.tiles[int(parts[one]) - 1] for one in ("tile", "other"))
        for own, other in ((first, second), (second, first)):
            text = words("scenes.fault.overlap", other=tile_name(of.content, other, of.model, words))
            yield Fault(finding.level, scene, own, key, text)
    elif name == "upright":
        for number in parts["upright"].split(", "):
            yield Fault(finding.level, scene, of.tiles[int(number) - 1], "portrait", words("scenes.fault.upright"))
    else:
        text = words(f"scenes.fault.{name}", **_titled(parts, of.model, words)) if name else said
        yield Fault(finding.level, scene, at, key, text)


def _place(finding: Finding, of: FaultyScene) -> tuple[int | None, str]:
    """The tile and the field of a finding."""
    rest = finding.path[2:]
    if finding.path[0] == "scenes" and rest[:1] == ("tiles",) and len(rest) > 1:
        return of.tiles[int(rest[1])], str(rest[2]) if len(rest) > 2 else ""
    return None, str(rest[0]) if rest else ""


def _titled(parts: Mapping[str, str], model: Model, words: Words) -> dict[str, str]:
    """Ids as the titles that people know."""
    known: Mapping[str, Sequence[Any]]
    known = {"kpi": model.kpis, "unit": model.units, "table": model.tables, "map": model.maps}
    titled = dict(parts)
    for key in parts.keys() & known.keys():
        titled[key] = next(
            (text_in(one.title, words.language) for one in known[key] if one.id == parts[key]), parts[key]
        )
    if "least" in parts:
        titled["least"] = parts["least"].replace(" by ", " × ")
    return titled


def tile_name(content: Mapping[str, Any], number: int, model: Model, words: Words) -> str:
    """What a tile is called: its kind, and its KPI or title where it has one."""
    tile = content["tiles"][number]
    kind = words.table.get(f"scenes.kind.{tile.get('tile')}", str(tile.get("tile")))
    kpi = next((text_in(one.title, words.language) for one in model.kpis if one.id == tile.get("kpi")), "")
    title = tile.get("title") or ""
    about = kpi or text_in(title, words.language)
    return words("scenes.tile.name", kind=kind, about=about) if about else kind


def form_fault(number: int, error: ErrorDetails, words: Words) -> Fault:
    """A fault of form inside the scene, as pydantic tells it; a tile's own path names its kind, too."""
    inside = error["loc"]
    tile = inside[1] if inside[:1] == ("tiles",) and len(inside) > 1 and isinstance(inside[1], int) else None
    rest = inside if tile is None else inside[3:]
    key = str(rest[0]) if rest else ""
    if key and (error["type"] == "missing" or error["input"] in ("", None, [])):
        text = words("scenes.fault.empty", field=words.table.get(f"scenes.field.{key}", key))
    elif key == "id":
        text = words("scenes.fault.id")
    else:
        text = words("scenes.fault.form", where=".".join(map(str, rest)), why=error["msg"])
    return Fault("error", number, tile, key, text)
