"""The programme as screens get it: quiet from tick to tick, and moved by live numbers only."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from scoring.board import Board, Freshness
from scoring.calendar import HOUR_MS, MINUTE_MS
from scoring.definitions import Model
from scoring.scenes import Playlist, Scene
from tests.layouts.boards import ATTAINED, NOON_MS, board_of, small_model
from wall.screens.programme_frame import programme_view

#: Calm at the company: everything on target.
CALM = dict.fromkeys(ATTAINED, Fraction(2))


def model_with(*items: dict[str, Any], **values: Any) -> Model:
    model = small_model()
    tiles = [{"tile": "hero", "at": {"column": 1, "row": 1, "columns": 4, "rows": 6}}]
    anywhere = Scene.model_validate({"id": "anywhere", "title": "", "tiles": tiles})
    held = {"id": "hall", "title": "Hall", "items": list(items), **values}
    playlists = [Playlist.model_validate(held)] if items else []
    return model.model_copy(update={"scenes": [*model.scenes, anywhere], "playlists": playlists})


def view(model: Model, board: Board | None = None, unit: str = "", language: str = "zh-CN", now: int = NOON_MS) -> Any:
    found = programme_view(model, board or board_of(model), "hall", unit, language, now)
    return json.loads(json.dumps(found))


def test_items_say_what_is_shown_when() -> None:
    asked = {"hours": ["13:00", "14:00"], "pinned": True, "dwell": "1m", "stays_at_most": "10m", "jumps_in_for": 15,
             "only_jumps": True}  # fmt: skip
    model = model_with({"scene": "main"}, {"scene": "anywhere", "unit": "d1", **asked}, theme="light")
    found = view(model)
    assert (found["theme"], found["night"], found["stay"], found["jump"]) == ("light", None, [], [])
    opens = NOON_MS + HOUR_MS
    assert found["items"] == [
        {"key": 0, "scene": "main", "unit": "co", "address": "/wall/main", "dwell": 30_000,
         "pinned": False, "windows": None, "stay_at_most": 300_000, "jump_for": 20_000, "only_jumps": False},
        {"key": 1, "scene": "anywhere", "unit": "d1", "address": "/wall/anywhere?unit=d1", "dwell": 60_000,
         "pinned": True, "windows": [[opens, opens + HOUR_MS], [opens + 24 * HOUR_MS, opens + 25 * HOUR_MS]],
         "stay_at_most": 600_000, "jump_for": 15_000, "only_jumps": True},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "unit", "language", "address"),
    [
        ({"scene": "main"}, "d1", "zh-CN", "/wall/main"),
        ({"scene": "main"}, "d1", "en", "/wall/main?lang=en"),
        ({"scene": "anywhere"}, "", "zh-CN", "/wall/anywhere"),
        ({"scene": "anywhere"}, "co", "zh-CN", "/wall/anywhere"),
        ({"scene": "anywhere"}, "d1", "en", "/wall/anywhere?unit=d1&lang=en"),
        ({"scene": "anywhere", "unit": "d2"}, "d1", "zh-CN", "/wall/anywhere?unit=d2"),
    ],
)
def test_an_address_asks_only_for_what_is_not_so_anyway(
    item: dict[str, Any], unit: str, language: str, address: str
) -> None:
    assert view(model_with(item), unit=unit, language=language)["items"][0]["address"] == address


def test_a_model_without_playlists_shows_all_scenes() -> None:
    found = view(model_with())
    assert [item["scene"] for item in found["items"]] == ["main", "anywhere"]
    assert found["theme"] == "dark"


def test_nights_come_with_how_dark_they_are() -> None:
    night = {"hours": ["22:00", "06:00"], "dim": 40}
    found = view(model_with({"scene": "main"}, night=night))["night"]
    begins = NOON_MS + 10 * HOUR_MS
    assert found == {"windows": [[begins, begins + 8 * HOUR_MS], [begins + 24 * HOUR_MS, begins + 32 * HOUR_MS]],
                     "dim": 0.4}  # fmt: skip


def test_nothing_changes_from_tick_to_tick() -> None:
    asked = {"hours": ["11:30", "12:20"], "weekdays": ["wed", "thu"]}
    model = model_with({"scene": "main", **asked}, {"scene": "anywhere"}, night={"hours": ["12:10", "13:00"]})
    views = [view(model, now=NOON_MS + minute * MINUTE_MS) for minute in range(60)]
    assert all(one == views[0] for one in views)
    assert views[0] != view(model, now=NOON_MS + HOUR_MS), "the window that is over has left"


RED = {"kpi": "otd", "status": ["bad"]}


def test_conditions_hold_for_the_unit_that_is_shown() -> None:
    items = [
        {"scene": "main", "stays_while": RED},
        {"scene": "anywhere", "jumps_in_when": {**RED, "unit": "d2"}},
        {"scene": "anywhere", "unit": "d1", "jumps_in_when": {"status": ["watch", "bad"]}, "stays_while": RED},
        {"scene": "anywhere", "stays_while": {**RED, "kpi": "claims"}},
    ]
    model = model_with(*items)
    found = view(model)
    assert (found["stay"], found["jump"]) == ([0, 2, 3], [1, 2])
    calm = view(model, board_of(model, CALM))
    assert (calm["stay"], calm["jump"]) == ([], [])


@pytest.mark.parametrize("state", [Freshness.STALE, Freshness.SILENT])
def test_what_is_not_live_moves_nothing(state: Freshness) -> None:
    watches = [{**RED}, {**RED, "kpi": "claims"}, {"status": ["watch", "bad"]}]
    items = [{"scene": "main", "jumps_in_when": one, "stays_while": one} for one in watches]
    model = model_with(*items)
    late = board_of(model, freshness={"erp": state})
    found = view(model, late)
    assert (found["stay"], found["jump"]) == ([1], [1]), "claims come from another source; the score uses both"
    assert view(model)["jump"] == [0, 1, 2]


def test_a_score_of_child_units_alone_is_as_live_as_they_are() -> None:
    model = model_with({"scene": "main", "jumps_in_when": {"status": ["watch", "bad"]}})
    lean = model.model_copy(
        update={"kpis": [kpi.model_copy(update={"applies_to": ["department"]}) for kpi in model.kpis]}
    )

    def without_own(board: Board) -> Board:
        kept = {key: result for key, result in board.kpis.items() if key[0] != "co"}
        return Board(1, "1", NOON_MS, kept, board.units, board.sources)

    assert view(lean, without_own(board_of(lean)))["jump"] == [0]
    assert view(lean, without_own(board_of(lean, freshness={"qms": Freshness.STALE})))["jump"] == []
