"""A tiny server with one page that tells it how it does."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from wall.ports import free_port


@dataclass(frozen=True)
class Seen:
    """What a page told: its visits by its own storage and by its cookie, and how often its title moved."""

    stored: int
    cookie: int
    beats: int


class WallServer:
    """Serves the page, or answers 503 to everything while `unready`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.seen: list[Seen] = []
        self.asked: list[int] = []
        self.unready = False
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The page."""
        return f"http://127.0.0.1:{self.port}/wall.html"

    def visit(self, number: int) -> Seen | None:
        """The newest word of a visit."""
        return next((one for one in reversed(self.seen) if one.stored == number), None)

    def start(self) -> Self:
        """Listen."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), partial(_Handler, self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, wall: WallServer, *arguments: Any) -> None:
        self._wall = wall
        super().__init__(*arguments, directory=str(Path(__file__).parent))

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        status = 503 if self._wall.unready else 204 if address.path == "/seen" else 200
        self._wall.asked.append(status)
        if status == 200:
            return super().do_GET()
        if status == 204:
            told = {name: int(values[0]) for name, values in parse_qs(address.query).items()}
            self._wall.seen.append(Seen(**told))
        self.send_response(status)
        self.end_headers()
        return None

    def log_message(self, *_: object) -> None:
        """Quiet."""
