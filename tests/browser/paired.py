"""A paired screen in a real browser, its remote, and the watcher that finds blank moments."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .staging import SEEN_MS, Stage

_WATCHER = (Path(__file__).parent / "blank.js").read_text(encoding="utf-8")


def ask(stage: Stage, path: str, **content: Any) -> Any:
    """Ask the server as an admin would."""
    body = json.dumps(content).encode()
    request = urllib.request.Request(
        f"{stage.root}/api/v1/screens{path}", body, {"Content-Type": "application/json", **stage.headers}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@dataclass
class Paired:
    """A browser's page that is a screen of the fleet."""

    stage: Stage
    page: Any
    id: str = ""

    def pair(self, name: str, playlist: str, unit: str = "group", **more: Any) -> None:
        """Read the code off the screen and assign it."""
        self.page.wait_for_function(
            "() => /\\d{3}.\\d{3}/.test(document.querySelector('.pairing-code').textContent)", timeout=SEEN_MS
        )
        code = "".join(one for one in self.page.text_content(".pairing-code") if one.isdigit())
        self.id = ask(self.stage, "", code=code, name=name, unit=unit, playlist=playlist, **more)["screen"]
        self.page.wait_for_function("id => document.body.dataset.screen === id", arg=self.id, timeout=SEEN_MS)
        self.page.wait_for_function("() => window.kpiwall && kpiwall.stage", timeout=SEEN_MS)

    def command(self, command: str, **more: Any) -> None:
        """Use the remote."""
        request = urllib.request.Request(
            f"{self.stage.root}/api/v1/screens/{self.id}/remote",
            json.dumps({"command": command, **more}).encode(),
            {"Content-Type": "application/json", **self.stage.headers},
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def scene(self) -> str:
        """The scene in front."""
        return str(self.page.evaluate("document.querySelector('.stage:last-child [data-push]').dataset.scene"))

    def await_scene(self, scene: str, timeout_ms: float = 10_000) -> None:
        """Wait until a scene is in front."""
        self.page.wait_for_function(
            "scene => { const page = document.querySelector('.stage:not(.unseen):last-child [data-push]');"
            " return page && page.dataset.scene === scene; }",
            arg=scene,
            timeout=timeout_ms,
        )

    def watch(self) -> None:
        """From now on note how long the screen showed nothing."""
        self.page.evaluate(_WATCHER)

    def longest_blank_ms(self) -> float:
        """The longest time without a scene since the watch began."""
        return float(self.page.evaluate("window.longestBlank"))


def open_screen(stage: Stage, width: int = 1920, height: int = 1080) -> Paired:
    """A browser that opens the address of a screen."""
    return Paired(stage, stage.open("/screen", width, height))
