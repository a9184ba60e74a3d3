"""Run ingest, score, serve and alert as one group of processes, for a small site and for the demo."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from .settings import PREFIX, Settings

log = logging.getLogger(__name__)

SERVICES = ("ingest", "score", "serve", "alert")
#: A service that dies at once again and again is started more and more slowly.
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0
_GRACE_S = 5.0


@dataclass(slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    started: float
    pause_s: float = _FIRST_PAUSE_S
    restart_at: float | None = None


class Supervisor:
    """Starts services as children and starts again whichever ends."""

    def __init__(self, settings: Settings, services: Sequence[str] = SERVICES) -> None:
        self._environment = environment(settings)
        self._children = [_Child(name, self._start(name), time.monotonic()) for name in services]

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "wall.cli", name], env=self._environment)

    def pids(self) -> Mapping[str, int]:
        """The process of each service."""
        return {child.name: child.process.pid for child in self._children}

    def run(self, stopping: Callable[[], bool], each_round: Callable[[], None] = lambda: time.sleep(0.2)) -> None:
        """Watch until `stopping`, then end all children."""
        try:
            while not stopping():
                self.watch()
                each_round()
        finally:
            self.stop()

    def watch(self) -> None:
        """Start again what has ended."""
        now = time.monotonic()
        for child in self._children:
            if child.process.poll() is None:
                continue
            if child.restart_at is None:
                child.pause_s = _FIRST_PAUSE_S if now - child.started > 30 else min(2 * child.pause_s, _LONGEST_PAUSE_S)
                child.restart_at = now + child.pause_s
                log.error("%s ended with %s; starting again", child.name, child.process.returncode)
            elif now >= child.restart_at:
                child.process, child.started, child.restart_at = self._start(child.name), now, None

    def stop(self) -> None:
        """End the children gracefully, then by force."""
        for child in self._children:
            child.process.terminate()
        deadline = time.monotonic() + _GRACE_S
        for child in self._children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child resolves the same settings."""
    return {**os.environ, **{PREFIX + one.name.upper(): str(getattr(settings, one.name)) for one in fields(settings)}}
