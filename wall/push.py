"""The push stream: a snapshot, then changes; one view and one serialised frame per page, shared by all its screens."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import msgspec

log = logging.getLogger(__name__)

Json = Any
View = Mapping[str, Json]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: What a page shows: kind, name, unit and language; screens of one key share a channel.
Key = tuple[str, str, str, str]

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
    """What all screens of one page share: the view last sent, its sequence number, and the newest frames."""

    def __init__(self, render: Callable[[], View]) -> None:
        self._render = render
        self.view: View | None = None
        self.seq = 0
        self.screens = 0
        self.sent_at = time.monotonic()
        self._frames: deque[tuple[int, bytes]] = deque(maxlen=FRAMES_KEPT)
        self._arrived = asyncio.Event()

    def compute(self) -> tuple[View, Mapping[str, Json]]:
        """The view now, and what differs from the one last sent (null removes); may run in any thread."""
        former, view = self.view or {}, self._render()
        changed = {key: value for key, value in view.items() if key not in former or former[key] != value}
        changed.update(dict.fromkeys(former.keys() - view.keys()))
        return view, changed

    def advance(self, view: View, changed: Mapping[str, Json], head: Mapping[str, Json]) -> None:
        """Take over a computed view and wake the screens with its frame, if it changed anything."""
        self.view = view
        if changed:
            self.seq += 1
            self._offer(frame("change", {"seq": self.seq, **head, "view": changed}))

    def beat(self, head: Mapping[str, Json]) -> None:
        """Tell the screens that the server is there."""
        self._offer(frame("beat", head))

    def _offer(self, content: bytes) -> None:
        number = self._frames[-1][0] + 1 if self._frames else 1
        self._frames.append((number, content))
        self.sent_at = time.monotonic()
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()

    @property
    def newest(self) -> int:
        """The number of the newest frame."""
        return self._frames[-1][0] if self._frames else 0

    async def after(self, number: int) -> tuple[int, bytes] | None:
        """The frames after `number` in one piece, waiting for the first; None if some are gone already."""
        while self.newest <= number:
            await self._arrived.wait()
        if self._frames[0][0] > number + 1:
            return None
        return self.newest, b"".join(content for at, content in self._frames if at > number)


class Hub:
    """Channels by page; renders them when the board moves, off the event loop."""

    def __init__(self, render: Callable[[Key], View], head: Callable[[], dict[str, Json]]) -> None:
        self._render = render
        self._head = head
        self._channels: dict[Key, Channel] = {}
        self._moved = threading.Event()
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.screens = 0

    def board_moved(self) -> None:
        """Called from any thread after a new board."""
        if self._loop is not None and self._wake is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Send changes and beats until cancelled."""
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        while True:
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), BEAT_S)
                    self._wake.clear()
                    await self._send_changes()
                self._send_beats()
            except Exception:
                log.exception("a page could not be rendered; its screens keep what they show")

    async def _send_changes(self) -> None:
        for key, channel in list(self._channels.items()):
            if not channel.screens:
                del self._channels[key]
                continue
            if channel.view is not None:
                view, changed = await asyncio.to_thread(channel.compute)
                channel.advance(view, changed, self._head())

    def _send_beats(self) -> None:
        """A beat to every page that heard nothing for a while, because nothing on it changed."""
        due = time.monotonic() - BEAT_S
        for channel in self._channels.values():
            if channel.sent_at <= due:
                channel.beat(self._head())

    async def _channel(self, key: Key) -> Channel:
        channel = self._channels.setdefault(key, Channel(lambda: self._render(key)))
        channel.screens += 1
        self.screens += 1
        if channel.view is None:
            view, _ = await asyncio.to_thread(channel.compute)
            if channel.view is None:
                channel.view = view
        return channel

    async def stream(self, key: Key, receive: Receive, send: Send, frames: Send) -> None:
        """Serve one screen until it leaves; `frames` is `send` without the wrappers that only the start needs."""
        channel = await self._channel(key)
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            serving = asyncio.create_task(self._serve(channel, frames))
            await asyncio.wait({gone, serving}, return_when=asyncio.FIRST_COMPLETED)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
        finally:
            gone.cancel()
            channel.screens -= 1
            self.screens -= 1

    async def _serve(self, channel: Channel, send: Send) -> None:
        while True:
            number = channel.newest
            await _body(send, frame("snapshot", {"seq": channel.seq, **self._head(), "view": channel.view}))
            while (found := await channel.after(number)) is not None:
                number, content = found
                await _body(send, content)


async def _body(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
