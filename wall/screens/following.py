"""What a server does for its screens in the background: it follows word of changes, and does its chores."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.screens import ScreenStore

log = logging.getLogger(__name__)

_WAIT_MS, _RETRY_S = 500, 0.5
#: Everything is looked into without word of a change, too: the word may have been lost with Redis.
_LOOK_S = 2.0
_ROUND_S = 1.0


class Following:
    """A thread that calls `refresh` with what may have news; False from it means that something can't be reached."""

    def __init__(self, store: ScreenStore, refresh: Callable[[bool, bool], bool]) -> None:
        self._store = store
        self._refresh = refresh
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screens", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        entry, looked = "", 0.0
        while not self._stop.is_set():
            entry, told = self._news(entry)
            due = "journal" in told or time.monotonic() - looked > _LOOK_S
            looked = time.monotonic() if due else looked
            if not self._refresh(due, due or "remote" in told):
                entry = ""
            if not entry:
                self._stop.wait(_RETRY_S)

    def _news(self, entry: str) -> tuple[str, list[str]]:
        """Where the words of change stand, and what they are about; everything after an outage."""
        try:
            if not entry:
                return self._store.newest(), ["journal", "remote"]
            entry, told = self._store.follow(entry, _WAIT_MS)
            return entry, list(told)
        except StoreUnavailable:
            return "", []


class Chore(Protocol):
    """Something to be done every so often."""

    def __call__(self) -> object:
        """Do it; may raise what can't be reached."""


class Chores:
    """A thread that does each chore every so many seconds; what fails is tried again at its next turn."""

    def __init__(self, chores: Sequence[tuple[float, Chore]]) -> None:
        self._chores = tuple(chores)
        self._done = [time.monotonic()] * len(chores)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screens-care", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.wait(_ROUND_S):
            for at, (seconds, chore) in enumerate(self._chores):
                if time.monotonic() - self._done[at] >= seconds:
                    self._done[at] = time.monotonic()
                    _do(chore)


def _do(chore: Chore) -> None:
    try:
        chore()
    except (StoreUnavailable, LogUnavailable) as outage:
        log.warning("%s; what concerns screens waits", outage)
    except Exception:
        log.exception("caring for screens failed; going on")
