"""Follows the published board, so that every page of this server shows the same last version."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from scoring.board import Board
from scoring.definitions import Model
from streams.redis_adapters.boards import PARTS
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import AppliedModel, Clock

from .memory import settle
from .wiring import Site

log = logging.getLogger(__name__)

_WAIT_MS = 500
#: A board that only grew older is told this often, for what pages show of the time.
_TELL_S = 5
_RETRY_S = 0.5


class BoardView(Protocol):
    """A board with the model that it was made under."""

    @property
    def applied(self) -> AppliedModel:
        """The model in force."""

    def board(self) -> Board:
        """The last board."""


@dataclass(frozen=True, slots=True)
class LoadedBoard:
    """The last board as it is in Redis now, for a command that asks once."""

    applied: AppliedModel
    loaded: Board

    def board(self) -> Board:
        """The board."""
        return self.loaded


def load_board(site: Site) -> LoadedBoard | None:
    """The last board and the model in force; None before the first."""
    applied, found = site.store.model(), site.boards.load()
    return LoadedBoard(applied, found[0]) if applied is not None and found is not None else None


class BoardFollower:
    """Holds the last board, the model in force and the business clock; keeps them through any loss of Redis."""

    def __init__(self, site: Site, applied: AppliedModel, software: str) -> None:
        self._site = site
        self._applied = applied
        self._software = software
        self._board = Board(0, applied.model.version, site.store.clock().now_ms())
        self._clock = site.store.clock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="board", daemon=True)
        self.heard_at = 0.0

    @property
    def model(self) -> Model:
        """The model in force."""
        return self._applied.model

    @property
    def applied(self) -> AppliedModel:
        """The model in force with its generation."""
        return self._applied

    @property
    def version(self) -> str:
        """Model and software version: a page of another version reloads itself."""
        return f"{self._applied.model.version}+{self._software}+{self._applied.applied_ms}"

    @property
    def software(self) -> str:
        """The version of kpiwall that serves."""
        return self._software

    @property
    def clock(self) -> Clock:
        """The business clock."""
        return self._clock

    def now_ms(self) -> int:
        """Business time now."""
        return self._clock.now_ms()

    def board(self) -> Board:
        """The last board; an empty one of version 0 before the first."""
        return self._board

    def start(self, changed: Callable[[], None]) -> None:
        """Follow in the background; `changed` is called after every new board, in the follower's thread."""
        self._changed = changed
        self._thread.start()

    def stop(self) -> None:
        """End following."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except StoreUnavailable as outage:
                log.warning("%s; the last board stays", outage)
                time.sleep(_RETRY_S)
            except Exception:
                log.exception("following the board failed; starting over")
                time.sleep(_RETRY_S)

    def _follow(self) -> None:
        """Load the board whole, then take changes until one is missing."""
        self._refresh()
        loaded = self._site.boards.load()
        if loaded is None:
            time.sleep(_RETRY_S)
            return
        settle()
        current: tuple[Board, bytes] | None = loaded
        refreshed = told = time.monotonic()
        while current is not None and not self._stop.is_set():
            if current[0] is not self._board:
                moved = _moved(self._board, current[0])
                self._board, self.heard_at = current[0], time.monotonic()
                if moved or self.heard_at - told > _TELL_S:
                    told = self.heard_at
                    self._changed()
            current = self._site.boards.follow(current[0], current[1], _WAIT_MS)
            if time.monotonic() - refreshed > 1:
                refreshed = time.monotonic()
                self._refresh()

    def _refresh(self) -> None:
        self._clock = self._site.store.clock()
        self._applied = self._site.store.model() or self._applied


def _moved(before: Board, after: Board) -> bool:
    """Whether anything but the time differs; a part that no change touched is the same object."""
    return any(getattr(before, part) is not getattr(after, part) for part in PARTS)
