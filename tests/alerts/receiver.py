"""A real HTTP receiver of messages, which can be killed and slowed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wall.ports import free_port


class Receiver:
    """Takes posts at an address of its own; `received` are the ids and bodies that it answered for, in their order."""

    def __init__(self) -> None:
        self.port = free_port()
        self.received: list[tuple[str, Mapping[str, Any]]] = []
        self.slow_s = 0.0
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        """Listen."""
        self._server = _server(self)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def kill(self) -> None:
        """Listen no more; what was not answered yet is cut off or answered, as it comes."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _server(receiver: Receiver) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            time.sleep(receiver.slow_s)
            receiver.received.append((self.headers["webhook-id"], body["data"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

    return Server(("127.0.0.1", receiver.port), Handler)
