"""Ends the streams of those who may not see them any more, or who see something else by now."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

from .identity import Identity
from .viewer import Viewer

log = logging.getLogger(__name__)

#: With what a server remembers for `FRESH_S`, a stream ends within five seconds.
ROUND_S = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class _Followed:
    viewer: Viewer
    ended: asyncio.Event


class Watch:
    """Knows who follows a stream; asks for all of them at once, so that a viewer costs nothing between rounds."""

    def __init__(self, identity: Identity, helpers: Executor) -> None:
        self._identity = identity
        self._helpers = helpers
        self._followed: set[_Followed] = set()

    @contextlib.contextmanager
    def following(self, viewer: Viewer) -> Iterator[asyncio.Event]:
        """While a viewer follows a stream; the event is set once they may not."""
        followed = _Followed(viewer, asyncio.Event())
        self._followed.add(followed)
        try:
            yield followed.ended
        finally:
            self._followed.discard(followed)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(ROUND_S)
            followed = list(self._followed)
            if not followed:
                continue
            try:
                gone = await asyncio.get_running_loop().run_in_executor(self._helpers, self._gone, followed)
            except Exception:
                log.exception("who still may follow could not be found out; going on")
                continue
            for one in gone:
                one.ended.set()

    def _gone(self, followed: list[_Followed]) -> list[_Followed]:
        self._identity.refresh({one.viewer.session for one in followed if one.viewer.kind == "person"})
        return [one for one in followed if not self._identity.still(one.viewer)]
