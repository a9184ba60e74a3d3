"""Meetings over their routes: begun once, stepped through by several, kept through losses, ended with minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from streams.redis_adapters.keys import SiteKeys
from tests.security.ways import Premises
from tests.support.servers import RedisNode
from wall.standup.meetings import Meetings

from .staged import Room, leader, reader, reddened, staged


@pytest.fixture(scope="module")
def place() -> Iterator[Premises]:
    with RedisNode() as redis, staged(redis, reddened(3)) as found:
        yield found


@pytest.fixture
def room(place: Premises) -> Room:
    """The room of the top unit, without a meeting that runs."""
    top = next(one.id for one in place.made.model.units if one.parent is None)
    found = Room(place, top)
    found.step("end", leader())
    return found


def test_a_meeting_is_begun_once_by_whoever_is_first(room: Room) -> None:
    assert room.about(leader(), "runs") == "0"
    assert room.step("begin", leader(), minutes=10).status == 200
    first = room.about(leader(), "meeting")
    assert room.step("begin", leader("bob")).status == 200
    assert room.about(leader("bob"), "meeting") == first
    assert room.about(leader(), "budget") == "600"


def test_the_next_meeting_has_the_budget_of_the_last(room: Room) -> None:
    room.step("begin", leader(), minutes=20)
    room.step("end", leader())
    assert room.about(leader(), "budget") == "1200"


@pytest.mark.parametrize("minutes", [0, 121])
def test_a_budget_nobody_keeps_is_refused(room: Room, minutes: int) -> None:
    answer = room.step("begin", leader(), minutes=minutes)
    assert answer.status == 409
    assert "minutes" in answer.text


def test_two_who_press_next_at_once_go_one_step(room: Room) -> None:
    room.step("begin", leader())
    order = room.about(leader(), "order").split()
    assert len(order) > 1
    for who in (leader(), leader("bob")):
        assert room.step("move", who, **{"from": order[0], "to": order[1]}).status == 200
    assert room.about(leader(), "at") == order[1]
    assert room.step("move", leader(), **{"from": order[1], "to": "nowhere"}).status == 409


def _stamp(told: str) -> str:
    found = re.search(r'"stamp":\s*"([^"]+)"', told)
    assert found is not None
    return found[1]


def test_every_screen_is_told_of_a_step(room: Room) -> None:
    room.step("begin", leader())
    order = room.about(leader(), "order").split()
    path = f"/standup/{room.unit}/now"
    before = _stamp(room.place.get(path, leader("bob")).text)
    room.step("move", leader(), **{"from": order[0], "to": order[1]})
    assert _stamp(room.place.get(path, leader("bob")).text) != before


def test_redis_may_lose_where_a_meeting_stands(room: Room) -> None:
    room.step("begin", leader())
    order, meeting = room.about(leader(), "order").split(), room.about(leader(), "meeting")
    room.step("move", leader(), **{"from": order[0], "to": order[1]})
    room.place.site.redis.delete(SiteKeys(room.place.site.settings.site).standup(room.unit))
    assert (room.about(leader(), "meeting"), room.about(leader(), "at")) == (meeting, order[0])


def test_what_is_written_is_in_the_minutes_and_can_be_undone(room: Room) -> None:
    room.step("begin", leader())
    meeting = room.about(leader(), "meeting")
    assert room.step("note", leader(), text="bolts are missing").status == 200
    assert room.step("action", leader(), title="order bolts", owner="bob").status == 200
    assert room.step("decide", leader(), text="night shift helps").status == 200
    assert room.step("note", leader(), text="a slip").status == 200
    assert room.step("undo", leader()).status == 200
    assert room.step("here", leader("bob")).status == 200
    assert "order bolts" in room.page(leader()).text
    room.step("end", leader())
    for path in (f"{meeting}", f"{meeting}.md"):
        told = room.place.get(f"/standup/{room.unit}/minutes/{path}", leader(), lang="en").text
        wanted = ("bolts are missing", "order bolts", "night shift helps", "Bob")
        assert [one for one in wanted if one not in told] == []
        assert "a slip" not in told
    assert room.place.get(f"/standup/{room.unit}/minutes/{meeting}", reader(room.unit)).status == 200
    assert "bolts" not in room.place.get(f"/standup/{room.unit}/minutes/{meeting}.md", reader(room.unit)).text
    assert ".pdf" not in room.place.get(f"/standup/{room.unit}/minutes/{meeting}", reader(room.unit)).text
    acts = [one for one in room.place.site.trail.entries("audit.exported") if one.body.get("format") == "md"]
    assert acts
    assert acts[-1].body["unit"] == room.unit


def test_nothing_is_written_after_the_end(room: Room) -> None:
    room.step("begin", leader())
    room.step("end", leader())
    for step, content in (("note", {"text": "x"}), ("decide", {"text": "x"}), ("end", {}), ("undo", {})):
        assert room.step(step, leader(), **content).status == 409


def test_who_only_reads_leads_nothing(room: Room) -> None:
    who = reader(room.unit)
    assert room.step("begin", who).status == 409
    room.step("begin", leader())
    assert room.about(who, "leads") == "0"
    for step in ("move", "end", "refresh", "note", "decide"):
        assert room.step(step, who, text="x", to="green").status == 409


def test_a_unit_that_is_hidden_has_no_meeting(room: Room) -> None:
    room.step("begin", leader())
    below = next(one.id for one in room.place.made.model.units if one.parent == room.unit)
    hidden, unknown = room.page(reader(below)), room.place.get("/standup/nowhere", reader(below), lang="en")
    assert hidden.status == unknown.status
    assert len(hidden.text) == len(unknown.text)
    assert "su-item" not in hidden.text
    assert room.step("begin", reader(below)).status == 404


def test_a_new_snapshot_keeps_the_step(room: Room) -> None:
    room.step("begin", leader())
    order = room.about(leader(), "order").split()
    room.step("move", leader(), **{"from": order[0], "to": order[1]})
    assert room.step("refresh", leader()).status == 200
    assert room.about(leader(), "at") == order[1]
    meetings = Meetings(room.place.site.journal)
    meetings.read_on()
    running = meetings.running(room.unit)
    assert running is not None
    assert running.snapshots == 2


def test_meetings_are_what_the_journal_says(room: Room) -> None:
    room.step("begin", leader())
    room.step("end", leader())
    meetings = Meetings(room.place.site.journal)
    meetings.read_on()
    last = meetings.last(room.unit)
    assert last is not None
    assert last.attended == (("ann", "Ann"),)
    held, board = meetings.snapshot(last), room.place.follower.board()
    assert held.board().kpis == {key: one for key, one in board.kpis.items() if key in held.board().kpis}
    assert (room.unit in held.board().units) == (room.unit in board.units)


def test_minutes_are_found_by_what_was_said(room: Room) -> None:
    room.step("begin", leader())
    meeting = room.about(leader(), "meeting")
    room.step("note", leader(), text="Grüne Schrauben *fehlen*")
    room.step("end", leader())
    path = f"/standup/{room.unit}/minutes"
    assert meeting in room.place.get(path, leader(), q="schrauben *fehlen*").text
    assert meeting not in room.place.get(path, leader(), q="nothing of the kind").text


def test_the_pdf_has_every_character(room: Room) -> None:
    room.step("begin", leader())
    meeting = room.about(leader(), "meeting")
    room.step("note", leader(), text="螺栓 M8×30 缺料 ≤ 3 天")
    room.step("end", leader())
    answer = room.place.get(f"/standup/{room.unit}/minutes/{meeting}.pdf", leader(), lang="zh-CN")
    assert answer.status == 200
    assert room.place.content.startswith(b"%PDF-")
    assert b"/ToUnicode" in room.place.content
