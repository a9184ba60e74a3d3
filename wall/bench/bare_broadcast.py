"""The bare ASGI broadcast that push is measured against: the same bytes to every connection, once a second."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

Message = MutableMapping[str, Any]


class Broadcast:
    """An ASGI application that does nothing else."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._arrived = asyncio.Event()
        self._ticking: asyncio.Task[None] | None = None

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Serve one connection for ever."""
        if scope["type"] != "http":
            return
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        while True:
            await self._arrived.wait()
            await send({"type": "http.response.body", "body": self._content, "more_body": True})

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(1)
            arrived, self._arrived = self._arrived, asyncio.Event()
            arrived.set()


if __name__ == "__main__":
    uvicorn.run(Broadcast(Path(sys.argv[2]).read_bytes()), port=int(sys.argv[1]), log_level="error", lifespan="off")
