"""Texts of the model and announcements: the right ones, complete, as large as their tile lets them be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from layouts.announcements_view import announcements_view
from layouts.lookup import Announcement, lookup, shown
from layouts.room import lines_of
from layouts.text_view import text_sizes
from layouts.wall_page import wall_stage
from layouts.wall_view import wall_view
from layouts.words import LANGUAGES
from scoring.board import Board
from scoring.definitions import Model
from scoring.scenes import AnnouncementsTile, Scene, TextTile, Tile

from .boards import NOON_MS
from .tile_of import tile_of

HOUR_MS = 3_600_000
AT = {"column": 1, "row": 1, "columns": 4, "rows": 6}
DRILL = Announcement("Fire drill at 15:30", "co", NOON_MS - HOUR_MS, NOON_MS + HOUR_MS, "He Jing")
SHIFT = Announcement("Early shift from 07:30", "d0", NOON_MS - 2 * HOUR_MS, None, "Li")


def _announced(model: Model, board: Board, unit: str, *announcements: Announcement, **at: int) -> Any:
    place = AT | at
    tile = AnnouncementsTile.model_validate({"tile": "announcements", "at": place, "portrait": place})
    found = lookup(model, board, "en", announcements)
    return announcements_view(found, shown(Scene(id="one", title="One", unit=unit), unit), tile)


def test_announcements_of_the_unit_and_of_those_above_are_shown_the_newest_first(model: Model, board: Board) -> None:
    view = _announced(model, board, "d0", SHIFT, DRILL)
    assert [view[f"ann.{at}.text"] for at in range(2)] == [DRILL.text, SHIFT.text]
    assert [view[f"ann.{at}.until"] for at in range(2)] == ["until 13:00", ""]
    assert [view[f"ann.{at}.author"] for at in range(2)] == ["He Jing", "Li"]
    assert not view["ann.2.shown"]
    assert _announced(model, board, "d1", SHIFT)["ann.none"] is True
    assert _announced(model, board, "co", SHIFT)["ann.none"] is True


def test_an_announcement_begins_and_ends_at_its_moments(model: Model, board: Board) -> None:
    over = Announcement("Over", "co", NOON_MS - HOUR_MS, NOON_MS, "A")
    later = Announcement("Later", "co", NOON_MS + 1, None, "A")
    from_now = Announcement("From now", "co", NOON_MS, None, "A")
    view = _announced(model, board, "co", over, later, from_now)
    assert (view["ann.0.text"], view["ann.1.shown"]) == ("From now", False)


def test_what_has_no_room_is_counted_and_the_newest_stays(model: Model, board: Board) -> None:
    many = [Announcement(f"{n} " + "word " * 20, "co", NOON_MS - n, None, "A") for n in range(5)]
    view = _announced(model, board, "co", *many, rows=4)
    listed = [at for at in range(5) if view.get(f"ann.{at}.shown")]
    assert view["ann.0.text"] == many[0].text
    assert view["ann.more"] == f"{5 - len(listed)} more"


def test_announcements_reach_the_wall(model: Model, board: Board) -> None:
    place: Tile = TypeAdapter(Tile).validate_python({"tile": "announcements", "at": AT})
    scenes = [Scene(id="news", title="News", unit="co", tiles=[place])]
    told = model.model_copy(update={"scenes": scenes})
    assert wall_view(told, board, "news", "en", announcements=[DRILL])["t0:ann.0.text"] == DRILL.text
    assert DRILL.text in str(wall_stage(told, board, "news", "en", "1", announcements=[DRILL]))


@pytest.mark.parametrize(
    "text", ["Stop", "Goggles, shoes, gloves. Never open a guard before it stands still.", "安全第一 " * 9]
)
def test_a_text_is_complete_at_its_size_and_would_not_be_at_the_next(model: Model, board: Board, text: str) -> None:
    tile = TextTile.model_validate({"tile": "text", "text": text, "at": AT, "portrait": AT})
    size, upright = text_sizes(lookup(model, board, "en"), tile)
    width, height = 4 * 116.5 - 16 - 56, 6 * 81 - 16 - 36
    assert lines_of(text, size * 1.08, width) * size * 1.35 <= height
    larger = {18: 20, 20: 24, 24: 28, 28: 34, 34: 40, 40: 48, 48: 56, 56: 64}.get(size)
    assert larger is None or lines_of(text, larger * 1.08, width) * larger * 1.35 > height
    assert upright >= 18


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tile", [{"tile": "announcements"}, {"tile": "text", "title": "Safety", "text": "Goggles"}])
def test_a_tile_binds_only_keys_it_has(model: Model, board: Board, language: str, tile: dict[str, str]) -> None:
    made = tile_of(model, board, language, **tile, at=AT)
    assert made.bound
    assert made.bound <= set(made.view)
