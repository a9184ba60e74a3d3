"""The rules of the model check on scenes, tiles, playlists, maps and the brand: one broken thing each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from layouts.brand import INK
from scoring.definitions import Model
from scoring.scenes import SMALLEST, Tile, smallest_portrait
from wall.model_check import Finding, check_model
from wall.model_check.brand import STATUS, TEXT, contrast

from .test_rules import content

Content = dict[str, Any]
Edit = Callable[[Content], object]
ASSETS = Path(__file__).parents[2] / "layouts" / "assets"


def at(column: int, row: int, columns: int, rows: int) -> Content:
    return {"column": column, "row": row, "columns": columns, "rows": rows}


#: One of each kind, each alone on a wall.
TILES: list[Content] = [
    {"tile": "hero"},
    {"tile": "hero", "kpi": "peak"},
    {"tile": "kpi", "kpi": "basket", "unit": "a"},
    {"tile": "ranking", "kpi": "basket", "of": "shop"},
    {"tile": "trend", "kpi": "turnover"},
    {"tile": "gauge", "kpi": "peak"},
    {"tile": "bars", "kpi": "turnover"},
    {"tile": "bars", "kpi": "basket", "by": "unit"},
    {"tile": "heat", "kpis": ["turnover", "basket"]},
    {"tile": "map", "map": "town", "kpi": "basket"},
    {"tile": "lines", "table": "tills", "state": "state", "states": {"up": "running"}, "about": ["till"],
     "reason": "why", "kpis": ["turnover"], "of": "shop"},
    {"tile": "list", "table": "tills", "title": "Tills", "name": "till", "number": "minutes", "about": ["why"]},
    {"tile": "exceptions"},
    {"tile": "changes"},
    {"tile": "text", "text": "Mind the step"},
    {"tile": "announcements"},
    {"tile": "celebration", "kpis": ["turnover"], "of": "shop"},
]  # fmt: skip


def held() -> Content:
    """The clean model with a table, a map, two scenes of tiles, a playlist and a brand."""
    found = content()
    fields = {name: {"type": "text"} for name in ("shop", "till", "state", "why")}
    found["events"].append({
        "type": "till.state", "source": "pos", "unit": "{shop}",
        "fields": {**fields, "minutes": {"type": "integer"}},
    })  # fmt: skip
    titles = {name: name for name in ("till", "state", "why", "minutes")}
    found["tables"] = [{"id": "tills", "title": "Tills", "event": "till.state", "key": "till", "fields": titles}]
    square = [[(0, 0), (4, 0), (4, 4), (0, 4)]]
    found["maps"] = [{"id": "town", "shapes": [{"unit": "a", "rings": square}, {"rings": square}],
                      "spots": [{"unit": "b", "x": 9, "y": 1}]}]  # fmt: skip
    found["scenes"] += [
        {"id": "floor", "title": "Floor", "unit": "all", "tiles": [
            {"tile": "hero", "at": at(1, 1, 4, 6), "portrait": at(1, 1, 8, 8)},
            {"tile": "trend", "kpi": "turnover", "at": at(5, 1, 12, 6), "portrait": at(1, 9, 8, 6)},
            {"tile": "text", "text": "Mind the step", "at": at(1, 7, 16, 5), "portrait": at(1, 15, 8, 8)},
        ]},
        {"id": "any", "title": "Any", "tiles": [{"tile": "kpi", "kpi": "basket", "at": at(1, 1, 8, 12)}]},
    ]  # fmt: skip
    items = [
        {"scene": "main", "hours": ["22:00", "06:00"], "shifts": ["late"], "weekdays": ["mon"]},
        {
            "scene": "floor",
            "stays_while": {"unit": "all", "kpi": "peak"},
            "jumps_in_when": {"unit": "a", "kpi": "basket"},
        },
        {"scene": "any", "unit": "b", "stays_while": {"status": ["watch", "bad"]}},
    ]
    night = {"hours": ["20:00", "06:00"]}
    found["playlists"] = [{"id": "hall", "title": "Hall", "items": items, "night": night, "theme": "brand"}]
    found["brand"] = {"ground": "#0B0F14", "surface": "#131A22", "accent": "#3FA9F5"}
    return found


def found(*edits: Edit) -> list[Finding]:
    model = held()
    for edit in edits:
        edit(model)
    return check_model(Model.model_validate(model))


def scene(number: int = 1, **values: Any) -> Edit:
    """Values of a scene; None takes one away."""

    def edit(model: Content) -> None:
        merged = {**model["scenes"][number], **values}
        model["scenes"][number] = {key: value for key, value in merged.items() if value is not None}

    return edit


def alone(tile: Content, scene_unit: str | None = "all", **values: Any) -> Edit:
    """A tile alone in the second scene, over the whole wall."""
    merged = {"at": at(1, 1, 16, 12), **tile, **values}
    return scene(unit=scene_unit, tiles=[{key: value for key, value in merged.items() if value is not None}])


def of_kind(kind: str, **values: Any) -> Edit:
    """The first of the tiles of a kind, with other values, alone."""
    return alone(next(tile for tile in TILES if tile["tile"] == kind), **values)


def place(number: int, key: str, value: Content | None) -> Edit:
    def edit(model: Content) -> None:
        model["scenes"][1]["tiles"][number][key] = value

    return edit


def item(number: int, **values: Any) -> Edit:
    return lambda model: model["playlists"][0]["items"][number].update(values)


def playlist(**values: Any) -> Edit:
    return lambda model: model["playlists"][0].update(values)


def brand(**values: Any) -> Edit:
    return lambda model: model["brand"].update(values)


def drawing(**values: Any) -> Edit:
    return lambda model: model["maps"][0].update(values)


LIGHT = {"dark": False, "ground": "#F4F6F8", "surface": "#FFFFFF", "accent": "#0B6FC2"}

CLEAN: list[Edit] = [
    lambda _: None,
    *[alone(tile) for tile in TILES],
    *[alone(tile, scene_unit=None) for tile in TILES],
    scene(0, unit=None),
    scene(0, unit=None, kpis=["peak", "turnover"]),
    alone({"tile": "kpi", "kpi": "peak", "unit": "all"}, scene_unit="a"),
    of_kind("heat", kpis=["basket"], of="shop", scene_unit=None),
    of_kind("celebration", kpis=["peak"]),
    of_kind("celebration", kpis=[], of=None),
    lambda model: model.update(playlists=[]),
    playlist(theme="light"),
    item(0, hours=["00:00", "24:00"]),
    item(2, unit=None),
    item(2, unit=None, stays_while={"kpi": "peak"}),
    brand(**LIGHT),
    lambda model: (model.pop("brand"), model["playlists"][0].update(theme="dark")),
    drawing(spots=[]),
    drawing(shapes=[]),
]


@pytest.mark.parametrize("edit", CLEAN, ids=range(len(CLEAN)))
def test_what_is_right_is_not_complained_about(edit: Edit) -> None:
    assert found(edit) == []


def test_every_kind_of_tile_has_a_smallest_size_and_an_example() -> None:
    union, _ = get_args(Tile)
    kinds = {get_args(one.model_fields["tile"].annotation)[0] for one in get_args(union)}
    assert set(SMALLEST) == kinds == {tile["tile"] for tile in TILES}


TILE = ("scenes", 1, "tiles", 0)
ITEM = ("playlists", 0, "items")
HIGH = {"stays_while": {"kpi": "baskets"}}
REFUSED: list[tuple[Edit, tuple[str | int, ...], str]] = [
    (scene(0, kpis=None, trend=None), ("scenes", 0), "shows nothing"),
    (scene(1, tiles=[]), ("scenes", 1), "shows nothing"),
    (scene(1, kpis=["turnover"], trend="turnover"), ("scenes", 1), "has kpis and tiles"),
    (scene(0, trend=None), ("scenes", 0), "has kpis and no trend"),
    (scene(0, trend="basket"), ("scenes", 0, "trend"), "keeps no trend"),
    (scene(0, unit="alls"), ("scenes", 0, "unit"), "unit 'alls' is unknown"),
    (scene(0, ranking="store"), ("scenes", 0, "ranking"), "no unit is a 'store'"),
    (scene(0, unit="a", kpis=["peak"]), ("scenes", 0), "'peak' does not stand at 'a'"),
    (scene(0, unit=None, kpis=["peek"]), ("scenes", 0), "'peek' stands at no unit"),
    (scene(1, ranking="shop"), ("scenes", 1, "ranking"), "does nothing in a scene of tiles"),
    (scene(1, trend="turnover"), ("scenes", 1, "trend"), "does nothing in a scene of tiles"),
    (scene(1, id="main"), ("scenes", 1), "'main' stands twice in scenes"),
    (of_kind("kpi", unit="c"), (*TILE, "unit"), "tile 1 (kpi): unit 'c' is unknown"),
    (of_kind("kpi", kpi="baskets"), (*TILE, "kpi"), "kpi 'baskets' is unknown"),
    (of_kind("kpi", kpi="peak"), (*TILE, "kpi"), "kpi 'peak' does not stand at 'a'"),
    (alone({"tile": "hero", "kpi": "peak"}, scene_unit="a"), (*TILE, "kpi"), "kpi 'peak' does not stand at 'a'"),
    (of_kind("trend", kpi="basket"), (*TILE, "kpi"), "kpi 'basket' keeps no trend"),
    (of_kind("bars", kpi="basket"), (*TILE, "kpi"), "kpi 'basket' keeps no trend"),
    (of_kind("bars", by="unit", kpi="peak"), (*TILE, "kpi"), "'peak' does not stand at any unit below 'all'"),
    (of_kind("bars", by="unit", unit="a"), (*TILE, "of"), "no unit is below 'a'"),
    (of_kind("ranking", of="store"), (*TILE, "of"), "no unit is a 'store'"),
    (of_kind("ranking", of="company"), (*TILE, "of"), "no company is below 'all'"),
    (of_kind("ranking", kpi="peak"), (*TILE, "kpi"), "'peak' does not stand at any shop below 'all'"),
    (of_kind("heat", kpis=["peak"]), (*TILE, "kpis"), "'peak' does not stand at any unit below 'all'"),
    (of_kind("map", map="city"), (*TILE, "map"), "map 'city' is unknown"),
    (of_kind("map", kpi="peak"), (*TILE, "kpi"), "'peak' does not stand at any unit of map 'town'"),
    (of_kind("celebration", kpis=["peaks"]), (*TILE, "kpis"), "kpi 'peaks' is unknown"),
    (of_kind("celebration", kpis=["peak"], unit="a", of=""), (*TILE, "kpis"), "'peak' does not stand at 'a'"),
    (of_kind("celebration", of="store"), (*TILE, "of"), "no unit is a 'store'"),
    (of_kind("lines", table="till"), (*TILE, "table"), "table 'till' is unknown"),
    (of_kind("lines", state="mood"), (*TILE, "state"), "table 'tills' keeps no field 'mood'"),
    (of_kind("lines", reason="mood"), (*TILE, "reason"), "keeps no field 'mood'"),
    (of_kind("lines", about=["till", "mood"]), (*TILE, "about"), "keeps no field 'mood'"),
    (of_kind("lines", states={}), (*TILE, "states"), "no state has a meaning"),
    (of_kind("lines", kpis=["peak"]), (*TILE, "kpis"), "'peak' does not stand at any shop below 'all'"),
    (of_kind("list", table="till"), (*TILE, "table"), "table 'till' is unknown"),
    (of_kind("list", name="mood"), (*TILE, "name"), "keeps no field 'mood'"),
    (of_kind("list", number="mood"), (*TILE, "number"), "keeps no field 'mood'"),
    (of_kind("list", number="why"), (*TILE, "number"), "is text, no number"),
    (place(1, "at", at(6, 1, 12, 6)), ("scenes", 1, "tiles", 1, "at"), "at reaches column 17, row 6 of a grid of 16"),
    (place(2, "at", at(1, 7, 16, 7)), ("scenes", 1, "tiles", 2, "at"), "at reaches column 16, row 13"),
    (place(1, "at", at(4, 1, 12, 6)), ("scenes", 1, "tiles", 1, "at"), "tiles 1 (hero) and 2 (trend) overlap"),
    (place(1, "portrait", at(2, 9, 8, 6)), ("scenes", 1, "tiles", 1, "portrait"), "portrait reaches column 9, row 14"),
    (place(2, "portrait", at(1, 15, 8, 9)), ("scenes", 1, "tiles", 2, "portrait"), "row 23 of a grid of 8 by 22"),
    (place(2, "portrait", at(1, 14, 8, 8)), ("scenes", 1, "tiles", 2, "portrait"), "2 (trend) and 3 (text) overlap"),
    (place(0, "portrait", None), ("scenes", 1, "tiles"), "2 of 3 tiles have a portrait place"),
    (item(0, scene="mains"), (*ITEM, 0, "scene"), "scene 'mains' is unknown"),
    (item(2, unit="c"), (*ITEM, 2, "unit"), "unit 'c' is unknown"),
    (item(1, unit="a"), (*ITEM, 1, "unit"), "scene 'floor' always shows 'all'"),
    (item(0, shifts=["late", "noon"]), (*ITEM, 0, "shifts"), "shift 'noon' is unknown"),
    (item(0, hours=["08:00", "08:00"]), (*ITEM, 0, "hours"), "hours begin and end at 08:00"),
    (item(0, hours=["24:00", "00:00"]), (*ITEM, 0, "hours"), "hours begin and end at 24:00"),
    (playlist(night={"hours": ["08:00", "08:00"]}), ("playlists", 0, "night", "hours"), "night: hours begin and end"),
    (item(1, **HIGH), (*ITEM, 1, "stays_while", "kpi"), "stays_while: kpi 'baskets' is unknown"),
    (item(1, jumps_in_when={"unit": "c"}), (*ITEM, 1, "jumps_in_when", "unit"), "unit 'c' is unknown"),
    (item(1, jumps_in_when={"unit": "a", "kpi": "peak"}), (*ITEM, 1, "jumps_in_when", "kpi"), "does not stand at 'a'"),
    (item(2, jumps_in_when={"kpi": "peak"}), (*ITEM, 2, "jumps_in_when", "kpi"), "does not stand at 'b'"),
    (item(1, stays_while={"status": []}), (*ITEM, 1, "stays_while", "status"), "no status is watched for"),
    (lambda model: model.pop("brand"), ("playlists", 0, "theme"), "the model has no brand"),
    (lambda model: model["playlists"].append(model["playlists"][0]), ("playlists", 1), "stands twice in playlists"),
    (lambda model: model["maps"].append(model["maps"][0]), ("maps", 1), "stands twice in maps"),
    (drawing(shapes=[{"unit": "c", "rings": [[(0, 0), (1, 0), (1, 1)]]}]), ("maps", 0, "shapes", 0, "unit"), "'c' is"),
    (drawing(spots=[{"unit": "c", "x": 0, "y": 0}]), ("maps", 0, "spots", 0, "unit"), "unit 'c' is unknown"),
    (drawing(shapes=[{"rings": [[(0, 0), (1, 0), (0, 0)]]}]), ("maps", 0, "shapes", 0, "rings"), "is no area"),
    (drawing(shapes=[{"rings": [[(0, 0), (1, 0), (0, "nan")]]}]), ("maps", 0, "shapes", 0, "rings"), "is no place"),
    (drawing(spots=[{"unit": "b", "x": "inf", "y": 0}]), ("maps", 0, "spots", 0), "spot 1 is no place"),
    (brand(surface="#5A6673"), ("brand", "surface"), "text #F2F5F8 on surface #5A6673 has a contrast of 5.4"),
    (brand(surface="#384350"), ("brand", "surface"), "status bad #FF6B57 on surface #384350 has a contrast of 3.6"),
    (brand(ground="#384350"), ("brand", "ground"), "status bad #FF6B57 on ground #384350"),
    (brand(accent="#1E4D7A"), ("brand", "accent"), "the accent #1E4D7A on surface #131A22 has a contrast of 2.0"),
    (brand(**{**LIGHT, "surface": "#B8C0C8"}), ("brand", "surface"), "status watch #8A5A00 on surface #B8C0C8"),
    (brand(**{**LIGHT, "dark": True}), ("brand", "surface"), "text #F2F5F8 on surface #FFFFFF"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "path", "words"), REFUSED, ids=[f"{n}-{one[2]}" for n, one in enumerate(REFUSED)])
def test_a_broken_rule_is_refused_at_its_place_with_a_fix(edit: Edit, path: tuple[str | int, ...], words: str) -> None:
    findings = [one for one in found(edit) if one.level == "error"]
    said = [one for one in findings if words in one.message]
    assert said, findings
    assert said[0].path == path
    assert said[0].fix
    assert len(said) == 1, "reported once"


@pytest.mark.parametrize("tile", TILES, ids=lambda one: one["tile"])
def test_a_tile_is_as_large_as_it_can_be_read_at(tile: Content) -> None:
    columns, rows = SMALLEST[tile["tile"]]
    narrow, low = smallest_portrait(tile["tile"])
    assert found(alone(tile, at=at(1, 1, columns, rows), portrait=at(1, 1, narrow, low))) == []
    tight: Mapping[str, tuple[Content, Content]] = {
        "at": (at(1, 1, columns - 1, rows), at(1, 1, narrow, low)),
        "portrait": (at(1, 1, columns, rows), at(1, 1, narrow - 1, low)),
    }
    for key, (landscape, portrait) in tight.items():
        (finding,) = found(alone(tile, at=landscape, portrait=portrait))
        assert (finding.level, finding.path) == ("error", (*TILE, key))
        assert "too small to be read" in finding.message
        assert finding.fix == f"give it at least {columns if key == 'at' else narrow} by {rows}"
    if rows > 1:
        assert len(found(alone(tile, at=at(1, 1, columns, rows - 1), portrait=at(1, 1, narrow, low)))) == 1


def test_a_scene_that_packs_badly_on_portrait_walls_is_a_warning() -> None:
    text = {"tile": "text", "text": "x"}
    wide = [{**text, "at": at(1, row, 16, 2)} for row in (1, 3, 5, 7)]
    assert found(scene(tiles=wide)) == []
    hero = {"tile": "hero", "at": at(1, 1, 4, 5)}
    many = [{**text, "at": at(column, row, 3, 2)} for column in (5, 8, 11, 14) for row in (1, 3, 5, 7, 9, 11)]
    (finding,) = found(scene(tiles=[hero, *many[:20]]))
    assert (finding.level, finding.path) == ("warning", ("scenes", 1, "tiles"))
    assert "on a portrait wall tile" in finding.message


def test_colours_of_the_check_are_those_of_the_walls() -> None:
    dark, light = ((ASSETS / name).read_text("utf-8") for name in ("tokens.css", "walls/themes.css"))
    light = light[light.index("html[data-ink=dark]{") :]
    for is_dark, sheet in ((True, dark), (False, light)):
        tokens = dict(re.findall(r"--([a-z0-9]+):(#[0-9A-F]{6})", sheet.split("}")[0] if not is_dark else sheet))
        assert TEXT[is_dark] == tokens["text"] == INK[is_dark][0]
        assert STATUS[is_dark] == {name: tokens[name] for name in ("good", "watch", "bad")}


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#767676", "#FFFFFF", 4.54), ("#FF0000", "#FFFFFF", 4.0), ("#000000", "#FFFFFF", 21)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)
