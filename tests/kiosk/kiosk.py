"""The real kiosk program with a real Chromium, on short limits."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any, Self

import psutil

from deploy.prerequisites import BROWSERS

PROGRAM = Path(__file__).resolve().parents[2] / "deploy" / "kiosk" / "linux" / "kpiwall-kiosk"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
STALE_S = 5
LIMITS = ("--stale", str(STALE_S), "--poll", "0.5", "--pause", "2")
#: Two cores may be shared with other tests.
BOUND_S = 90


def program() -> Any:
    """The program as a module."""
    loader = SourceFileLoader("kpiwall_kiosk", str(PROGRAM))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


class Kiosk:
    """The program as a process of its own; its log goes to a file."""

    def __init__(self, url: str, folder: Path, *more: str, environment: Mapping[str, str] | None = None) -> None:
        self.profile = folder / "profile"
        # Chromium's socket lies in it, and the path of a socket may have 107 characters at most.
        self.temporary = Path(tempfile.mkdtemp(prefix="kiosk-"))
        self._log = folder / "log"
        flags = [f"--chromium-flag={one}" for one in FLAGS]
        chromium = next(filter(None, map(shutil.which, BROWSERS)), "chromium")
        places = ["--profile", str(self.profile), "--chromium", chromium, "--display", "here"]
        self._command = [sys.executable, str(PROGRAM), url, *places, *LIMITS, *flags, *more]
        self._environment = {**os.environ, "TMPDIR": str(self.temporary), **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text("utf-8", errors="replace")

    @property
    def restarts(self) -> Sequence[str]:
        """Why it restarted Chromium, in turn."""
        return [line.partition("restarting Chromium: ")[2] for line in self.log.splitlines() if "restarting" in line]

    def chromium(self, kind: str | None = None) -> list[psutil.Process]:
        """Processes that use its profile: all, or those of a kind; the browser itself has the kind `browser`."""
        flag = f"--user-data-dir={self.profile}"
        found = []
        for one in psutil.process_iter(["cmdline", "status"]):
            words = " ".join(one.info["cmdline"] or [])
            its_kind = words.partition("--type=")[2].partition(" ")[0] or "browser"
            if flag in words and one.info["status"] != psutil.STATUS_ZOMBIE and kind in (None, its_kind):
                found.append(one)
        return found

    def start(self) -> Self:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stderr=log, stdout=log)
        return self

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def ended(self, timeout_s: float = 30) -> int:
        """Its exit code, waited for."""
        assert self._process is not None
        return self._process.wait(timeout_s)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            finally:
                self._process.kill()
        for one in self.chromium():
            one.kill()
        shutil.rmtree(self.temporary, ignore_errors=True)
