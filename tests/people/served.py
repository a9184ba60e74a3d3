"""A served company, asked as a browser asks."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.people.conftest import ROLES
from tests.server.teams import company, teams
from tests.support.signed_in import OWN
from wall.bench.push import await_port
from wall.supervisor import environment
from wall.wiring import Site

#: What a browser says that opens a page, and one that sends a form.
OPENS = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}
SENDS = {**OPENS, **OWN, "Content-Type": "application/x-www-form-urlencoded"}
#: Scenes for pages and streams to be of.
SCENES = [{"id": "anywhere", "title": "Anywhere", "kpis": ["output"], "trend": "quality"}]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request brought; headers by their names in lower case."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def to(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")

    @property
    def cookie(self) -> str:
        """The cookie that was set, as a browser sends it back."""
        return self.headers.get("set-cookie", "").split(";")[0]


@dataclass(frozen=True, slots=True)
class Served:
    """A site with a server, and what it says in its terminal."""

    site: Site
    terminal: Path

    def ask(
        self, method: str, path: str, form: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """Ask as a browser does; `headers` come on top of what it says anyway."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.settings.port, timeout=20)
        said = {**(SENDS if method == "POST" else OPENS), **(headers or {})}
        body = urlencode(form, doseq=True).encode() if form is not None else None
        connection.request(method, path, body, {name: value for name, value in said.items() if value})
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        is_stream = told.get("content-type", "").startswith("text/event-stream")
        text = "" if is_stream else answer.read().decode("utf-8", "replace")
        connection.close()
        return Answered(answer.status, text, told)

    def sign_in(self, name: str, password: str, onward: str = "", **more: str) -> Answered:
        """Send the form of the sign-in page."""
        return self.ask("POST", "/sign-in", {"name": name, "password": password, "next": onward, "lang": "en", **more})


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Served]:
    """A company that is served, without any account."""
    with company(teams(roles=ROLES, scenes=SCENES)) as plain:
        site = replace(plain, settings=replace(plain.settings, **settings))  # type: ignore[arg-type]
        terminal = folder / "terminal.txt"
        command = [sys.executable, "-W", "ignore", "-m", "wall.cli", "serve"]
        with terminal.open("w") as said:
            process = subprocess.Popen(command, env={**os.environ, **environment(site.settings)}, stderr=said)
        try:
            await_port(site.settings.port)
            yield Served(site, terminal)
        finally:
            process.terminate()
            process.wait(15)
