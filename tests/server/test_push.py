"""The hub: frames are rendered and serialised once per key, slow screens get snapshots, a fault stays where it is."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from wall import push
from wall.push import FRAMES_KEPT, Hub, Key
from wall.sight.look import NOTHING, WHOLE

WALL = Key("wall", "overview", "", "en", WHOLE)
OTHER = Key("wall", "floor", "d1", "en", WHOLE)
PROGRAMME = Key("programme", "office", "d1", "en", WHOLE)
SCREEN = Key("screen", "s1", "", "en", NOTHING)


class Board:
    """What is rendered, and how often each key was."""

    def __init__(self) -> None:
        self.views: dict[Key, dict[str, Any]] = {key: {"n": 0, "same": 1} for key in (WALL, OTHER, PROGRAMME, SCREEN)}
        self.rendered: Counter[Key] = Counter()
        self.broken: set[Key] = set()

    def render(self, key: Key) -> Mapping[str, Any]:
        """The view of a key."""
        self.rendered[key] += 1
        if key in self.broken:
            raise ValueError("a defect")
        return dict(self.views[key])

    def stamp(self, key: Key) -> object:
        """What tells a moved key; the state of a screen has none, it is named when it moves."""
        return None if key[0] == "screen" else self.views[key]["n"]

    def move(self, *keys: Key) -> None:
        """Change what keys show."""
        for key in keys:
            self.views[key]["n"] += 1


class Screen:
    """A screen on the hub: what it was sent, in events; `taking` holds it up like a slow socket."""

    def __init__(self, hub: Hub, *keys: Key) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.chunks: list[bytes] = []
        self.taking = asyncio.Event()
        self.taking.set()
        self._left = asyncio.Event()
        self.task = asyncio.create_task(hub.stream(keys, self._receive, self._send, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] != "http.response.body":
            return
        await self.taking.wait()
        self.chunks.append(message["body"])
        for block in message["body"].decode().strip().split("\n\n"):
            name, data = block.split("\n")
            self.events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))

    def names(self) -> list[str]:
        """The events by name."""
        return [name for name, _ in self.events]

    async def leave(self) -> None:
        """Disconnect."""
        self._left.set()
        await self.task


@pytest.fixture
def board() -> Board:
    return Board()


@contextlib.asynccontextmanager
async def running(board: Board) -> AsyncIterator[Hub]:
    hub = Hub(board.render, lambda: {"now": 1}, board.stamp)
    task = asyncio.create_task(hub.run())
    await asyncio.sleep(0)
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Any) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come")


async def _moved(hub: Hub, board: Board, *keys: Key) -> None:
    before = board.rendered[keys[0]]
    board.move(*keys)
    hub.board_moved()
    await until(lambda: board.rendered[keys[0]] > before)
    await asyncio.sleep(0.01)


def test_screens_of_one_key_share_one_rendering_and_the_same_bytes(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            screens = [Screen(hub, WALL) for _ in range(50)]
            await until(lambda: all(one.events for one in screens))
            await _moved(hub, board, WALL)
            await until(lambda: all(len(one.events) == 2 for one in screens))
            assert board.rendered[WALL] == 2
            assert len({one.chunks[1] for one in screens}) == 1
            assert {id(one.chunks[1]) for one in screens} <= {id(chunk) for one in screens for chunk in one.chunks}
            assert screens[0].events[1] == ("change", {"seq": 1, "now": 1, "view": {"n": 1}})
            for one in screens:
                await one.leave()

    asyncio.run(run())


def test_a_screen_that_stops_reading_gets_a_snapshot_and_holds_up_nobody(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            slow, quick = Screen(hub, WALL), Screen(hub, WALL)
            await until(lambda: slow.events and quick.events)
            slow.taking.clear()
            for _ in range(FRAMES_KEPT + 5):
                await _moved(hub, board, WALL)
            await until(lambda: quick.names().count("change") == FRAMES_KEPT + 5)
            slow.taking.set()
            await until(lambda: slow.names().count("snapshot") == 2)
            assert slow.events[-1][1]["view"]["n"] == FRAMES_KEPT + 5
            assert slow.names().count("change") <= 1, "what it missed is not sent piece by piece"
            await slow.leave()
            await quick.leave()

    asyncio.run(run())


def test_a_paired_screen_hears_its_programme_and_its_own_state_on_the_same_stream(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            screen = Screen(hub, WALL, PROGRAMME, SCREEN)
            await until(lambda: screen.events)
            assert screen.names() == ["snapshot", "programme", "screen"]
            await _moved(hub, board, PROGRAMME)
            await until(lambda: screen.names()[3:] == ["programme"])
            assert screen.events[3][1]["view"] == {"n": 1, "same": 1}, "small views are sent whole"
            board.move(SCREEN)
            hub.moved([SCREEN])
            await until(lambda: screen.names()[4:] == ["screen"])
            await screen.leave()

    asyncio.run(run())


def test_the_state_of_screens_is_not_rendered_when_the_board_moves(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            screen = Screen(hub, WALL, SCREEN)
            await until(lambda: screen.events)
            await _moved(hub, board, WALL)
            assert board.rendered[SCREEN] == 1
            await screen.leave()

    asyncio.run(run())


def test_a_page_that_a_new_board_does_not_concern_is_not_rendered(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            moving, still = Screen(hub, WALL), Screen(hub, OTHER)
            await until(lambda: moving.events and still.events)
            await _moved(hub, board, WALL)
            assert board.rendered == {WALL: 2, OTHER: 1}
            await moving.leave()
            await still.leave()

    asyncio.run(run())


def test_a_page_that_can_not_be_rendered_leaves_the_others_alone(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            broken, whole = Screen(hub, WALL), Screen(hub, OTHER)
            await until(lambda: broken.events and whole.events)
            board.broken.add(WALL)
            await _moved(hub, board, WALL, OTHER)
            await until(lambda: whole.names() == ["snapshot", "change"])
            board.broken.clear()
            await _moved(hub, board, WALL)
            await until(lambda: broken.names() == ["snapshot", "change"])
            await broken.leave()
            await whole.leave()

    asyncio.run(run())


def test_a_screen_that_is_cut_off_is_served_no_more(board: Board) -> None:
    async def run() -> None:
        async with running(board) as hub:
            cut, other = Screen(hub, WALL, SCREEN), Screen(hub, WALL)
            await until(lambda: cut.events and other.events)
            hub.cut([SCREEN])
            await asyncio.wait_for(cut.task, 2)
            await _moved(hub, board, WALL)
            await until(lambda: other.names() == ["snapshot", "change"])
            assert cut.names() == ["snapshot", "screen"]
            await other.leave()

    asyncio.run(run())


def test_a_quiet_page_hears_beats(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "BEAT_S", 0.05)

    async def run() -> None:
        async with running(board) as hub:
            screen = Screen(hub, WALL, PROGRAMME)
            await until(lambda: screen.names().count("beat") >= 2)
            await screen.leave()
            assert hub.screens == 0

    asyncio.run(run())
