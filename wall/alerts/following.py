"""The published board as the alert service follows it: in its own thread, with what moved since it last looked."""

from __future__ import annotations

import datetime as dt
import time
from functools import lru_cache

from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.editions import edition
from scoring.same import Same
from streams.redis_adapters.boards import ALL
from streams.redis_adapters.site import AppliedModel, Clock
from wall.memory import settle
from wall.wiring import Site

_REFRESH_S = 1.0


class FollowedSite:
    """The last board, the model in force and business time; each method raises what Redis raises."""

    def __init__(self, site: Site, applied: AppliedModel) -> None:
        self._site = site
        self._applied = applied
        self._clock = Clock()
        self._board = Board(0, applied.model.version, 0)
        self._entry: bytes | None = None
        self._moved: set[str] | None = None
        self._refreshed = 0.0

    @property
    def applied(self) -> AppliedModel:
        """The model in force."""
        return self._applied

    def board(self) -> Board:
        """The last board; of version 0 before the first."""
        return self._board

    def now_ms(self) -> int:
        """Business time, at least that of the board."""
        return max(self._clock.now_ms(), self._board.as_of_ms)

    @property
    def edition(self) -> Model:
        """The model as it stands on the business day; the same object while it is the same."""
        model = self._applied.model
        return _edition(Same(model), BusinessCalendar(model.calendar).business_date(self.now_ms()))

    @property
    def is_judged(self) -> bool:
        """Whether there is a board of the model in force; one of a former model says nothing about its rules."""
        return self._board.version > 0 and self._board.model_version == self._applied.model.version

    def wait(self, timeout_ms: int) -> None:
        """Take in the boards published since, waiting up to `timeout_ms` for one."""
        if self._entry is None:
            self._load(timeout_ms)
        else:
            found = self._site.boards.follow(self._board, self._entry, max(1, timeout_ms))
            if found is None:
                self._load(timeout_ms)
            else:
                self._board, self._entry = found.board, found.entry
                if self._moved is not None:
                    self._moved.update(found.moved)
        if time.monotonic() - self._refreshed > _REFRESH_S or not self.is_judged:
            self._refresh()

    def moved(self) -> set[str] | None:
        """The units that moved since this was asked last; None: any may have.

        Of sources the engine itself sees what changed.
        """
        moved, self._moved = self._moved, set()
        return None if moved is None else moved - {ALL}

    def _load(self, timeout_ms: int) -> None:
        loaded = self._site.boards.load()
        if loaded is None:
            time.sleep(timeout_ms / 1000)
            return
        self._board, self._entry = loaded
        self._moved = None
        settle()

    def _refresh(self) -> None:
        self._refreshed = time.monotonic()
        self._clock = self._site.store.clock()
        self._applied = self._site.store.model() or self._applied


@lru_cache(maxsize=2)
def _edition(same: Same[Model], date: dt.date) -> Model:
    return edition(same.value, date)
