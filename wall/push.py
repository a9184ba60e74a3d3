"""The push stream: a snapshot, then changes; one view and one serialised frame per page, shared by all its screens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple

import msgspec

from wall.sight.look import Sight

log = logging.getLogger(__name__)

Json = Any
View = Mapping[str, Json]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Key(NamedTuple):
    """What is followed, and how much of it is seen; whoever follows one key shares a channel."""

    kind: str
    name: str
    unit: str
    language: str
    sight: Sight


#: Kinds that are small: always sent whole, as an event of their own name.
_WHOLE = {"programme", "screen"}

#: A page that hears nothing for three of these reconnects.
BEAT_S = 5.0
#: Frames kept for screens that read slowly; one further behind gets a snapshot instead.
FRAMES_KEPT = 16

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def frame(event: str, body: Mapping[str, Json]) -> bytes:
    """A server-sent event.

    >>> frame("beat", {"now": 1})
    b'event: beat\\ndata: {"now":1}\\n\\n'
    """
    return b"event: %b\ndata: %b\n\n" % (event.encode(), msgspec.json.encode(body))


class Channel:
    """What all followers of one key share: the view last sent, its sequence number, and the newest frames."""

    def __init__(self, render: Callable[[], View], whole: str = "") -> None:
        self._render = render
        self._whole = whole
        self.view: View | None = None
        self.seq = 0
        self.stamp: object = None
        self.closed = False
        self.first = asyncio.Lock()
        self.followers: set[asyncio.Event] = set()
        self.sent_at = time.monotonic()
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=FRAMES_KEPT)

    def compute(self) -> tuple[View, Mapping[str, Json]]:
        """The view now, and what differs from the one last sent (null removes); may run in any thread."""
        former, view = self.view or {}, self._render()
        changed = {key: value for key, value in view.items() if key not in former or former[key] != value}
        changed.update(dict.fromkeys(former.keys() - view.keys()))
        return view, changed

    def advance(self, view: View, changed: Mapping[str, Json], head: Mapping[str, Json]) -> None:
        """Take over a computed view and wake the followers with its frame, if it changed anything."""
        self.view = view
        if changed:
            self.seq += 1
            self._offer(self.snapshot(head) if self._whole else self._frame("change", head, changed))

    def snapshot(self, head: Mapping[str, Json]) -> bytes:
        """The whole view."""
        return self._frame(self._whole or "snapshot", head, self.view or {})

    def beat(self, head: Mapping[str, Json]) -> None:
        """Tell the followers that the server is there."""
        self._offer(frame("beat", head))

    def _frame(self, event: str, head: Mapping[str, Json], view: View) -> bytes:
        return frame(event, {"seq": self.seq, **head, "view": view})

    def _offer(self, content: bytes) -> None:
        self._frames.append((self.newest + 1, content))
        self.sent_at = time.monotonic()
        for follower in self.followers:
            follower.set()

    @property
    def newest(self) -> int:
        """The number of the newest frame."""
        return self._frames[-1][0] if self._frames else 0

    def after(self, number: int) -> bytes | None:
        """The frames after `number` in one piece; None if some are gone already."""
        if self._frames and self._frames[0][0] > number + 1:
            return None
        return b"".join(content for at, content in self._frames if at > number)


class Hub:
    """Channels by key; renders those that a new board moved, off the event loop.

    `stamp` of a key differs once what the key shows may have moved.
    """

    def __init__(
        self, render: Callable[[Key], View], head: Callable[[], dict[str, Json]], stamp: Callable[[Key], object]
    ) -> None:
        self._render = render
        self._head = head
        self._stamp = stamp
        self._channels: dict[Key, Channel] = {}
        self._due: set[Key] = set()
        self._board_moved = False
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.screens = 0

    def board_moved(self) -> None:
        """Called from any thread after a new board."""
        self._soon(self._take_board)

    def moved(self, keys: Iterable[Key]) -> None:
        """Called from any thread when what these keys show has moved without the board."""
        self._soon(self._due.update, set(keys))

    def cut(self, keys: Iterable[Key]) -> None:
        """Called from any thread: who follows these keys is no longer served, and may come back if it still may."""
        self._soon(self._close, set(keys))

    def _close(self, keys: set[Key]) -> None:
        for key in keys & self._channels.keys():
            channel = self._channels.pop(key)
            channel.closed = True
            for follower in channel.followers:
                follower.set()

    def _take_board(self) -> None:
        self._board_moved = True

    def _soon(self, step: Callable[..., None], *given: Any) -> None:
        loop, wake = self._loop, self._wake
        if loop is None or wake is None:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended with the server
            loop.call_soon_threadsafe(step, *given)
            loop.call_soon_threadsafe(wake.set)

    async def run(self) -> None:
        """Send changes and beats until cancelled."""
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), BEAT_S)
                self._wake.clear()
                await self._send_changes()
            self._send_beats()

    async def _send_changes(self) -> None:
        due, board = self._due, self._board_moved
        self._due, self._board_moved = set(), False
        for key, channel in list(self._channels.items()):
            if not channel.followers:
                del self._channels[key]
            elif channel.view is not None and (key in due or (board and self._stamp(key) != channel.stamp)):
                await self._advance(key, channel)

    async def _advance(self, key: Key, channel: Channel) -> None:
        channel.stamp = self._stamp(key)
        try:
            view, changed = await asyncio.to_thread(channel.compute)
            channel.advance(view, changed, self._head())
        except Exception:
            log.exception("%s could not be rendered; its screens keep what they show", "/".join(key[:4]))

    def _send_beats(self) -> None:
        """A beat to every page that heard nothing for a while, because nothing on it changed."""
        due = time.monotonic() - BEAT_S
        for key, channel in self._channels.items():
            if channel.sent_at <= due and key[0] not in _WHOLE:
                channel.beat(self._head())

    async def _channel(self, key: Key, follower: asyncio.Event) -> Channel:
        whole = key[0] if key[0] in _WHOLE else ""
        channel = self._channels.setdefault(key, Channel(lambda: self._render(key), whole))
        channel.followers.add(follower)
        # After a restart a whole fleet connects at once: the first one renders, the others wait for it.
        async with channel.first:
            if channel.view is None:
                channel.stamp = self._stamp(key)
                channel.view, _ = await asyncio.to_thread(channel.compute)
        return channel

    async def stream(
        self, keys: Sequence[Key], receive: Receive, send: Send, frames: Send, ended: asyncio.Event | None = None
    ) -> None:
        """Serve one screen what it follows until it leaves or may see it no more, the page first.

        `frames` is `send` without the wrappers that only the start needs; `ended` is set by whoever knows that it may
        see it no more.
        """
        follower = asyncio.Event()
        channels: list[Channel] = []
        gone: list[asyncio.Task[Any]] = [asyncio.create_task(_gone(receive))]
        if ended is not None:
            gone.append(asyncio.create_task(ended.wait()))
        self.screens += 1
        try:
            for key in keys:
                channels.append(await self._channel(key, follower))
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            serving = asyncio.create_task(self._serve(channels, follower, frames))
            await asyncio.wait({*gone, serving}, return_when=asyncio.FIRST_COMPLETED)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        finally:
            for task in gone:
                task.cancel()
            self.screens -= 1
            for channel in channels:
                channel.followers.discard(follower)

    async def _serve(self, channels: Sequence[Channel], follower: asyncio.Event, send: Send) -> None:
        """Snapshots, then what is new of any channel in one piece; a screen that fell behind gets a snapshot again."""
        reached: list[int | None] = [None] * len(channels)
        while not any(channel.closed for channel in channels):
            pieces = []
            for at, channel in enumerate(channels):
                number = reached[at]
                found = None if number is None else channel.after(number)
                pieces.append(channel.snapshot(self._head()) if found is None else found)
                reached[at] = channel.newest
            content = b"".join(pieces)
            if content:
                await _body(send, content)
            await follower.wait()
            follower.clear()


async def _body(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
