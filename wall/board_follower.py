"""Follows the published board, so that every page of this server shows the same last version."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from scoring.board import Board
from scoring.definitions import Model
from scoring.same import Same
from streams.redis_adapters.boards import ALL, Followed
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
        self._moves = Moves()
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

    def moved(self, units: Collection[str]) -> int:
        """A number that grows when any of these units moves, or what lies below them, or all there is grows older."""
        return self._moves.last(units)

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
        current: Followed | None = Followed(*loaded, [ALL])
        refreshed = aged = time.monotonic()
        while current is not None and not self._stop.is_set():
            if current.board is not self._board:
                self._board, self.heard_at = current.board, time.monotonic()
                old = self.heard_at - aged > _TELL_S
                aged = self.heard_at if old else aged
                if old or current.moved:
                    self._moves.take([ALL] if old else current.moved, self.model)
                    self._changed()
            current = self._site.boards.follow(current.board, current.entry, _WAIT_MS)
            if time.monotonic() - refreshed > 1:
                refreshed = time.monotonic()
                self._refresh()

    def _refresh(self) -> None:
        self._clock = self._site.store.clock()
        self._applied = self._site.store.model() or self._applied


class Moves:
    """Which units have moved since when: whatever shows a unit shows all below it, too."""

    def __init__(self) -> None:
        self._count = 0
        self._all = 0
        self._of: dict[str, int] = {}

    def take(self, moved: Collection[str], model: Model) -> None:
        """Note that these units moved, and with them those above; `ALL` is every unit there is."""
        self._count += 1
        if ALL in moved:
            self._all = self._count
            return
        parents = _parents(Same(model))
        for unit in moved:
            above: str | None = unit
            while above is not None and self._of.get(above) != self._count:
                self._of[above] = self._count
                above = parents.get(above)

    def last(self, units: Collection[str]) -> int:
        """When any of these units moved last; grows with every move."""
        return max([self._all, *(self._of.get(unit, 0) for unit in units)])


@lru_cache(maxsize=2)
def _parents(same: Same[Model]) -> Mapping[str, str | None]:
    return {unit.id: unit.parent for unit in same.value.units}
