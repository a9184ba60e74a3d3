"""The scene editor's routes over a real Redis: facts, pictures, faults in words, files, and saving as a new version."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import flask
import pytest
import yaml
from flask.testing import FlaskClient

from layouts.arranged_tiles import as_tiles
from layouts.desk.scene_facts import editor_facts, kind_of, tile_classes
from layouts.lookup import Announcement, lookup
from layouts.tile_kinds import KINDS
from layouts.words import LANGUAGES, Words
from scoring.board import Board
from scoring.definitions import Model
from scoring.scenes import Scene
from scoring.scorecard import applies
from streams.redis_adapters.site import AppliedModel
from tests.samples.folders import read
from tests.support.servers import RedisNode
from wall.definitions.apply import put_in_force
from wall.definitions.generation import generation
from wall.definitions.history import applications
from wall.desk.desk import Desk
from wall.desk.scene_routes import MOST_BYTES, add_scene_routes
from wall.desk.scenes import SCRIPTS
from wall.model_check import check_model
from wall.settings import Settings
from wall.wiring import Site, open_site

from .viewers import ADMIN, scope_of

HERO = {"tile": "hero", "at": {"column": 1, "row": 1, "columns": 4, "rows": 6}}
OEE = {"tile": "kpi", "kpi": "oee", "at": {"column": 5, "row": 1, "columns": 3, "rows": 3}}
FLOOR = {"id": "floor", "title": {"zh-CN": "车间", "en": "Floor"}, "unit": "group", "tiles": [HERO, OEE]}


OVERVIEW = Scene.model_validate(
    {
        "id": "overview",
        "title": {"zh-CN": "经营总览", "en": "Overview"},
        "unit": "group",
        "kpis": [
            "revenue",
            "new_orders",
            "on_time_delivery",
            "output_today",
            "first_pass_yield",
            "complaints_ppm",
            "oee",
        ],
        "ranking": "department",
        "trend": "output_today",
    }
)


def factory() -> Model:
    """The factory with one arranged scene and no playlist, whatever scenes the sample ships with."""
    return read("factory").model_copy(update={"scenes": [OVERVIEW], "playlists": [], "version": "2026.1"})


ANNOUNCED = [Announcement("Visitors at ten", "group", 0, None, "Ann")]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="everysec") as node:
        yield node


@pytest.fixture
def site(redis: RedisNode) -> Site:
    name = f"scenes{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=1))
    put_in_force(site, factory(), "test", "first")
    return site


@dataclass(frozen=True)
class Following:
    """A board that does not move, and the model in force."""

    site: Site
    held: Board

    @property
    def applied(self) -> AppliedModel:
        found = self.site.store.model()
        assert found is not None
        return found

    def board(self) -> Board:
        return self.held


@pytest.fixture
def client(site: Site) -> FlaskClient:
    applied = site.store.model()
    assert applied is not None
    server = flask.Flask("test")
    board = Board(0, applied.model.version, site.store.clock().now_ms())
    add_scene_routes(server, Desk(site, Following(site, board)), lambda: ANNOUNCED)
    client = server.test_client()
    client.environ_base |= scope_of(ADMIN)
    return client


def facts(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/desk/scenes/facts?lang=en").get_json()
    return found


def ask(client: FlaskClient, name: str, status: int = 200, **content: Any) -> Any:
    answer = client.post(f"/desk/scenes/{name}", json={"language": "en", **content})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_json()


def moved(tile: Mapping[str, Any], **place: int) -> dict[str, Any]:
    return {**tile, "at": {**tile["at"], **place}}


def draft_with(client: FlaskClient, *scenes: Mapping[str, Any]) -> list[Any]:
    return [*facts(client)["scenes"], *scenes]


def test_facts_give_the_scenes_as_a_person_writes_them_and_what_can_be_picked(client: FlaskClient) -> None:
    found = facts(client)
    assert [Scene.model_validate(one) for one in found["scenes"]] == factory().scenes
    assert "tiles" not in found["scenes"][0], "defaults are left out"
    assert found["number"] == 1
    assert {one["id"] for one in found["kinds"]} == {kind_of(one) for one in tile_classes()}
    oee = next(one for one in found["kpis"] if one["id"] == "oee")
    assert oee["period"] == "month"
    hero = next(one for one in found["kinds"] if one["id"] == "hero")
    assert [(one["name"], one["form"], one["required"]) for one in hero["fields"]] == [
        ("unit", "unit", False), ("kpi", "kpi", False),
    ]  # fmt: skip


def test_every_field_of_every_kind_has_a_form_and_words_in_both_languages() -> None:
    for language in LANGUAGES:
        words = Words.of(language)
        found = lookup(factory(), Board(0, "1", 0), language)
        for kind in editor_facts(found)["kinds"]:  # type: ignore[union-attr, index, call-overload]
            for field in kind["fields"]:
                assert words.table[f"scenes.field.{field['name']}"] == field["label"]
                if field["form"] not in ("text", "long", "flag", "choice", "states", "kpis", "fields"):
                    assert field["required"] or field["none"] != "–", (kind["id"], field["name"])


def test_a_kind_that_this_version_cannot_draw_says_so_and_spoils_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layouts.desk.scene_picture.KINDS", {"hero": KINDS["hero"]})
    monkeypatch.setattr("layouts.desk.scene_facts.KINDS", {"hero": KINDS["hero"]})
    lacks = {one["id"]: one["lacks"] for one in facts(client)["kinds"]}
    assert lacks["kpi"] == Words.of("en")("scenes.lacks.kind")
    assert lacks["hero"] == ""
    html = ask(client, "picture", scene=FLOOR)["html"]
    assert html.count('class="cell ') == 1


def test_what_the_scripts_say_exists_and_is_said() -> None:
    folder = Path(str(files("layouts"))) / "assets" / "scenes"
    assert {path.stem for path in folder.glob("*.js")} == set(SCRIPTS)
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.js"))
    said = {key.removeprefix("scenes.say.") for key in Words.of("en").table if key.startswith("scenes.say.")}
    assert set(re.findall(r'say\("(\w+)"', code)) <= said
    spelled = set(re.findall(r'"(\w+)"', code)) | {f"state_{one}" for one in ("running", "stopped", "slow", "planned")}
    spelled |= {f"place_{one}" for one in ("column", "row", "columns", "rows")}
    assert said <= spelled


def test_a_picture_is_the_wall_of_the_draft_and_comes_without_html_once_it_is_known(client: FlaskClient) -> None:
    first = ask(client, "picture", scene=FLOOR)
    assert 'class="wall composed"' in first["html"]
    assert first["html"].count('class="cell ') == 2
    assert first["portrait"][0]["columns"] == 4
    again = ask(client, "picture", scene=FLOOR, known=first["mark"])
    assert (again["html"], again["mark"]) == ("", first["mark"])
    assert again["view"]["header.title"] == "Floor"
    other = ask(client, "picture", scene={**FLOOR, "tiles": [HERO]}, known=first["mark"])
    assert other["html"] != ""
    assert ask(client, "picture", scene=FLOOR, language="zh-CN")["view"]["header.title"] == "车间"


def test_a_picture_shows_what_is_announced_now(client: FlaskClient) -> None:
    tile = {"tile": "announcements", "at": {"column": 5, "row": 1, "columns": 5, "rows": 3}}
    assert "Visitors at ten" in ask(client, "picture", scene={**FLOOR, "tiles": [tile]})["html"]


def test_a_scene_without_a_unit_is_shown_at_the_one_asked_for(client: FlaskClient) -> None:
    scene = {key: value for key, value in FLOOR.items() if key != "unit"}
    assert ask(client, "picture", scene=scene, unit="assembly")["view"]["header.title"].startswith("Final assembly")
    assert ask(client, "picture", scene=scene, unit="nobody")["view"]["header.title"].startswith("Yuanchuan")


@pytest.mark.parametrize(
    ("scene", "cells"),
    [
        ({"id": "empty", "title": "Empty"}, 0),
        ({**FLOOR, "unit": "nobody"}, 2),
        ({**FLOOR, "tiles": [HERO, {**OEE, "kpi": "nope"}]}, 1),
        ({**FLOOR, "tiles": [HERO, {**OEE, "kpi": ""}]}, 1),
        ({**FLOOR, "tiles": [HERO, {**OEE, "unit": "nobody"}]}, 1),
        ({**FLOOR, "tiles": [HERO, {"tile": "nonsense"}]}, 1),
        ({**FLOOR, "tiles": [HERO, {"tile": "map", "map": "nowhere", "at": OEE["at"]}]}, 1),
        ({**FLOOR, "tiles": [HERO, moved(OEE, column=3)]}, 2),
        ({"id": "arranged", "title": "A", "unit": "group", "kpis": ["nope"], "trend": "oee"}, 0),
        ({"id": "arranged", "title": "A", "unit": "group", "kpis": ["oee"]}, 0),
    ],
)
def test_what_is_not_right_yet_is_left_out_of_the_picture(
    client: FlaskClient, scene: Mapping[str, Any], cells: int
) -> None:
    assert ask(client, "picture", scene=scene)["html"].count('class="cell ') == cells


def test_a_kind_that_fails_is_left_out_and_the_rest_is_drawn(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("layouts.compose.KINDS", {**KINDS, "kpi": type(KINDS["kpi"])(fails, fails)})
    assert ask(client, "picture", scene=FLOOR)["html"].count('class="cell ') == 1


def faults(client: FlaskClient, *tiles: Mapping[str, Any], language: str = "en", **scene: Any) -> list[Any]:
    """Faults of a draft with one scene more, as (tile, key, text)."""
    added = {**FLOOR, "tiles": list(tiles), **scene}
    found = ask(client, "draft", scenes=draft_with(client, added), language=language)["faults"]
    assert all(one["scene"] in (1, None) for one in found)
    return [(one["tile"], one["key"], one["text"]) for one in found if one["level"] == "error"]


def test_a_right_draft_has_no_faults_and_says_what_it_changes(client: FlaskClient) -> None:
    found = ask(client, "draft", scenes=draft_with(client, FLOOR), review=True)
    assert [one for one in found["faults"] if one["level"] == "error"] == []
    assert found["changes"] == [{"sign": "+", "title": "Floor", "detail": "tiles: 2"}]
    assert (found["version"], found["next"]) == ("2026.1", "2026.1-scenes.1")


def test_changes_name_what_came_went_moved_and_is_other(site: Site, client: FlaskClient) -> None:
    text = {"tile": "text", "text": "Safety first", "at": {"column": 9, "row": 1, "columns": 4, "rows": 2}}
    held = Scene.model_validate({**FLOOR, "tiles": [HERO, OEE, text]})
    model = factory()
    put_in_force(site, model.model_copy(update={"scenes": [*model.scenes, held], "version": "2"}), "test", "more")
    after = {
        **FLOOR,
        "title": "Floor",
        "tiles": [HERO, moved(OEE, column=6), {**text, "text": "Other"}, moved(OEE, row=7)],
    }
    found = ask(client, "draft", scenes=[after])["changes"]
    assert found[0] == {
        "sign": "~",
        "title": "Floor",
        "detail": "Title, new tiles: 1, tiles moved: 1, tiles changed: 1",
    }
    assert [(one["sign"], one["title"]) for one in found[1:]] == [("-", "Overview")]
    swapped = ask(client, "draft", scenes=[*draft_with(client)][::-1])["changes"]
    assert [(one["sign"], one["title"]) for one in swapped] == [("~", "Order of the scenes")]


def test_an_overlap_is_told_at_both_tiles_by_their_names(client: FlaskClient) -> None:
    name = "KPI · Overall equipment effectiveness"
    assert faults(client, HERO, moved(OEE, column=4)) == [
        (0, "at", f"Overlaps “{name}”. Move one of them."), (1, "at", "Overlaps “Hero”. Move one of them."),
    ]  # fmt: skip


def test_positions_hold_where_an_earlier_tile_cannot_be_read(client: FlaskClient) -> None:
    found = faults(client, {**OEE, "kpi": ""}, HERO, moved(OEE, column=4))
    assert [(tile, key) for tile, key, _ in found] == [(0, "kpi"), (1, "at"), (2, "at")]


@pytest.mark.parametrize(
    ("tile", "key", "said"),
    [
        (moved(OEE, column=15), "at", "Reaches column 17, row 3; the grid has 16 × 12"),
        (moved(OEE, columns=2), "at", "at least 3 × 3 cells"),
        ({**OEE, "kpi": "nope"}, "kpi", "KPI nope does not exist"),
        ({**OEE, "unit": "nobody"}, "unit", "Unit nobody does not exist"),
        ({**OEE, "kpi": "output_today", "unit": "service"}, "kpi", "does not stand at what is shown here"),
        ({"tile": "ranking", "of": "moon", "at": OEE["at"] | {"columns": 4, "rows": 4}}, "of", "of the kind moon"),
        ({"tile": "map", "map": "moon", "at": OEE["at"] | {"columns": 4, "rows": 5}}, "map", "Map moon does not exist"),
        ({"tile": "list", "table": "moon", "title": "T", "name": "n", "at": OEE["at"] | {"rows": 4}}, "table",
         "Table moon does not exist"),
        ({"tile": "text", "at": OEE["at"]}, "text", "Text is missing"),
        ({**OEE, "at": None}, "at", "is missing"),
        ({**OEE, "colour": "red"}, "colour", "can’t be read"),
        ({"tile": "nonsense", "at": OEE["at"]}, "", "can’t be read"),
    ],
)  # fmt: skip
def test_each_fault_is_told_in_words_at_its_tile_and_field(
    client: FlaskClient, tile: Mapping[str, Any], key: str, said: str
) -> None:
    found = faults(client, HERO, tile)
    assert [(at, field) for at, field, text in found if said in text] == [(1, key)], found
    # What the check says in English of a model folder must not stand in the editor of a Chinese desk.
    assert not [text for _, _, text in faults(client, HERO, tile, language="zh-CN") if "; " in text or "tile 2" in text]


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ({"tiles": []}, "Shows nothing yet"),
        ({"kpis": ["oee"], "trend": "oee"}, "tiles and arranged KPIs"),
        ({"tiles": [], "kpis": ["oee"]}, "no curve"),
        ({"ranking": "department"}, "does nothing here"),
        ({"unit": "nobody"}, "Unit nobody does not exist"),
        ({"id": "Floor!"}, "The address takes small letters"),
        ({"title": None}, "Title is missing"),
        ({"tiles": [{**HERO, "portrait": {"column": 1, "row": 1, "columns": 4, "rows": 6}}, OEE]}, "Only some tiles"),
    ],
)
def test_faults_of_a_scene_are_told_without_a_tile(client: FlaskClient, scene: Mapping[str, Any], said: str) -> None:
    assert any(said in text for tile, _, text in faults(client, HERO, OEE, **scene) if tile is None)


def test_two_scenes_of_one_address_and_a_missing_scene_of_a_playlist_are_faults(
    site: Site, client: FlaskClient
) -> None:
    twice = ask(client, "draft", scenes=draft_with(client, FLOOR, FLOOR))["faults"]
    assert any("Two scenes have the address floor" in one["text"] for one in twice)
    model = factory()
    content = model.model_dump(mode="json", by_alias=True)
    content["playlists"] = [{"id": "hall", "title": "Hall", "items": [{"scene": "overview"}]}]
    put_in_force(site, Model.model_validate(content | {"version": "2"}), "test", "a playlist")
    assert facts(client)["shown_by"] == {"overview": ["Hall"]}
    found = ask(client, "draft", scenes=[FLOOR])["faults"]
    assert [one["text"] for one in found if one["level"] == "error"] == [
        "A playlist shows the scene overview. Keep it, or take it out of the playlist in the model first."
    ]


def save(client: FlaskClient, scenes: list[Any], status: int = 200, **said: Any) -> Any:
    asked = {"number": facts(client)["number"], "reason": "a floor of its own", **said}
    return ask(client, "save", status, scenes=scenes, **asked)


def test_saving_puts_a_new_version_in_force_that_counts_as_before(site: Site, client: FlaskClient) -> None:
    done = save(client, draft_with(client, FLOOR))
    assert (done["number"], done["version"]) == (2, "2026.1-scenes.1")
    newest = applications(site.journal)[-1]
    assert (newest.author, newest.reason, newest.model.version) == (
        "Ann (ann)", "a floor of its own", "2026.1-scenes.1")  # fmt: skip
    assert newest.model.scenes[-1] == Scene.model_validate(FLOOR)
    assert newest.generation == generation(factory())
    assert site.store.following() is None
    assert newest.model.model_copy(update={"scenes": [], "version": ""}) == factory().model_copy(
        update={"scenes": [], "version": ""}
    )
    assert save(client, draft_with(client)[:1])["version"] == "2026.1-scenes.2"


def test_a_version_text_is_never_used_twice(site: Site, client: FlaskClient) -> None:
    save(client, draft_with(client, FLOOR))
    put_in_force(site, factory(), "test", "back")
    assert save(client, draft_with(client, FLOOR))["version"] == "2026.1-scenes.2"


def test_a_draft_of_a_model_that_is_not_in_force_any_more_is_refused_and_says_by_whom(
    site: Site, client: FlaskClient
) -> None:
    before = facts(client)["number"]
    put_in_force(site, factory().model_copy(update={"version": "2026.2"}), "Bo", "meanwhile")
    told = save(client, draft_with(client, FLOOR), 409, number=before)
    assert told["number"] == 2
    assert "Bo put model 2026.2 in force" in told["error"]
    assert len(applications(site.journal)) == 2


@pytest.mark.parametrize(
    ("tiles", "said", "why"),
    [
        ([HERO, moved(OEE, column=4)], {}, "Overlaps"),
        ([HERO, OEE], {"reason": ""}, "Say why"),
    ],
)
def test_saving_is_refused_with_faults_and_without_a_reason(
    site: Site, client: FlaskClient, tiles: list[Any], said: dict[str, Any], why: str
) -> None:
    told = save(client, draft_with(client, {**FLOOR, "tiles": tiles}), 422, **said)
    assert why in told["error"]
    assert len(applications(site.journal)) == 1


def test_saving_nothing_new_is_refused(client: FlaskClient) -> None:
    assert "Nothing differs" in save(client, draft_with(client), 422)["error"]


def test_while_another_model_is_being_counted_nothing_is_saved(site: Site, client: FlaskClient) -> None:
    model = factory()
    put_in_force(site, model.model_copy(update={"units": model.units[:-1], "version": "2026.9"}), "test", "other units")
    assert "2026.9" in ask(client, "draft", scenes=draft_with(client, FLOOR))["waits"]
    assert "2026.9" in save(client, draft_with(client, FLOOR), 422)["error"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"scenes": []}', "text/plain", 415),
        (b'{"scenes": []}', "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b'{"scenes": 3}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"scenes": [3]}', "application/json", 422),
        (b'{"scenes": [{"id": "a", "tiles": 3}]}', "application/json", 200),
        (b'{"scenes": [' + b"{}," * 100 + b"{}]}", "application/json", 422),
        (b" " * (MOST_BYTES + 1), "application/json", 413),
    ],
)
def test_bad_input_is_answered_with_what_is_wrong(client: FlaskClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/desk/scenes/draft", data=body, content_type=kind)
    assert answer.status_code == status
    assert status == 200 or answer.get_json()["error"]


def test_the_file_is_one_of_a_model_folder(client: FlaskClient) -> None:
    text = ask(client, "file", scenes=draft_with(client, FLOOR))["text"]
    assert text.startswith("# yaml-language-server")
    assert [Scene.model_validate(one) for one in yaml.safe_load(text)["scenes"]][-1] == Scene.model_validate(FLOOR)
    assert "at: {column: 1" in text
    assert "can’t be read" in ask(client, "file", 422, scenes=[{**FLOOR, "colour": 1}])["error"]


@pytest.mark.parametrize("name", ["factory", "airline"])
def test_an_arranged_scene_becomes_tiles_that_the_check_finds_right(name: str) -> None:
    model = read(name).model_copy(update={"playlists": []})
    found = lookup(model, Board(0, "1", 0), "en")
    for unit in [one for one in model.units if found.children(one.id)][:6]:
        standing = [kpi.id for kpi in model.kpis if kpi.trend is not None and applies(kpi, unit)]
        for count in range(1, min(12, len(standing)) + 1):
            arranged = Scene(id="one", title="One", unit=unit.id, kpis=standing[:count], trend=standing[0])
            tiles = as_tiles(found, arranged)
            made = Scene(id="one", title="One", unit=unit.id, tiles=tiles)
            findings = check_model(model.model_copy(update={"scenes": [made]}))
            assert [one for one in findings if one.level == "error"] == [], (unit.id, count)
            assert [tile.kpi for tile in tiles if tile.tile == "kpi"] == standing[:count]


@pytest.mark.parametrize("count", [9, 10, 11, 12])
def test_more_than_eight_kpis_leave_the_ranking_and_take_the_trend(client: FlaskClient, count: int) -> None:
    kpis = [one["id"] for one in facts(client)["kpis"]][:count]
    crowded = {"id": "many", "title": "Many", "unit": "group", "kpis": kpis, "trend": kpis[0], "ranking": "department"}
    tiles = ask(client, "tiles", scene=crowded)["tiles"]
    assert [one["tile"] for one in tiles] == ["hero", *["kpi"] * count, "ranking", "exceptions"]
    found = ask(client, "draft", scenes=[{"id": "many", "title": "Many", "unit": "group", "tiles": tiles}])["faults"]
    assert [one for one in found if one["key"] == "at"] == []


def test_the_route_turns_the_draft_of_an_arranged_scene_into_tiles(client: FlaskClient) -> None:
    overview = facts(client)["scenes"][0]
    tiles = ask(client, "tiles", scene={**overview, "kpis": overview["kpis"][:3]})["tiles"]
    assert sum(tile["tile"] == "kpi" for tile in tiles) == 3
    ask(client, "tiles", 422, scene=FLOOR)


def test_the_frame_is_a_wall_without_a_scene_and_without_a_stream(client: FlaskClient) -> None:
    answer = client.get("/desk/scenes/frame?lang=en&theme=light")
    html = answer.get_data(as_text=True)
    assert 'data-theme="light"' in html
    assert "walls/preview.js" in html
    assert "data-push" not in html
