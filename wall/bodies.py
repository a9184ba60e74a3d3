"""Bodies are received whole before anything waits for them: whoever sends slowly keeps none of the few workers."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from .push import Receive

#: A body that is not there by then is given up; eight megabytes take this long on a poor line.
WITHIN_S = 60.0


async def received(receive: Receive, within_s: float = WITHIN_S) -> Receive | None:
    """The same messages, the body already there; None where it does not come in time."""
    messages: deque[Any] = deque()
    try:
        async with asyncio.timeout(within_s):
            while True:
                message = await receive()
                messages.append(message)
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        return None

    async def again() -> Any:
        return messages.popleft() if messages else await receive()

    return again
