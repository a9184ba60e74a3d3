"""A real OpenID provider for tests, with a middleman before it who can change what it answers."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from joserfc.jwk import RSAKey

from tests.support.servers import wait_until
from wall.ports import free_port

_HERE = Path(__file__).parent / "oidc"
#: `make .cache/oidc/done` fetches the provider here.
MODULES = Path(__file__).resolve().parents[2] / ".cache" / "oidc"
_KEPT = ("content-type", "location", "set-cookie", "cache-control")

Change = Callable[[dict[str, Any]], dict[str, Any]]


class OpenIdNode:
    """The provider, reached through its middleman. `changes` has by path what becomes of JSON that it answers."""

    def __init__(self, back: str, people: Mapping[str, Mapping[str, Any]]) -> None:
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "first"}, auto_kid=False)
        self.client = {"client_id": "kpiwall", "client_secret": "a secret of the client", "redirect_uris": [back]}
        self.changes: dict[str, Change] = {}
        self.asked: list[str] = []
        self._people = people
        self._port = free_port()
        self._front = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        """Its name, which is the middleman's address."""
        return f"http://127.0.0.1:{self._front.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._front.serve_forever, daemon=True).start()
        self.start()
        return self

    def start(self) -> None:
        """Start the provider and wait until it answers."""
        node = shutil.which("node")
        if node is None or not (MODULES / "node_modules" / "oidc-provider").is_dir():
            raise RuntimeError(f"node is missing, or the provider is not in {MODULES}; run: make .cache/oidc/done")
        told = {
            "PORT": str(self._port), "ISSUER": self.issuer, "MODULES": str(MODULES),
            "KEYS": json.dumps({"keys": [self.key.as_dict(private=True)]}), "CLIENT": json.dumps(self.client),
            "PEOPLE": json.dumps(self._people),
        }  # fmt: skip
        command = [node, str(_HERE / "provider.mjs")]
        self._process = subprocess.Popen(
            command, env={**os.environ, **told}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        wait_until(self._answers, 30, "the OpenID provider answers")

    def stop(self) -> None:
        """Stop the provider; its middleman goes on and answers 502."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        self._front.shutdown()
        self._front.server_close()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "the OpenID provider has ended"
        try:
            return self.forwarded("GET", "/.well-known/openid-configuration", {}, b"")[0] == 200
        except OSError:
            return False

    def forwarded(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the provider itself answers."""
        provider = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            provider.request(method, path, body, {**headers, "Host": self.issuer.removeprefix("http://")})
            answer = provider.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            provider.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        node = self

        class Middleman(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                node.asked.append(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                try:
                    status, told, content = node.forwarded(self.command, self.path, headers, body)
                except OSError:
                    status, told, content = 502, [], b"{}"
                change = node.changes.get(self.path.partition("?")[0])
                if change is not None:
                    content = json.dumps(change(json.loads(content))).encode()
                self.send_response(status)
                for name, value in told:
                    if name.lower() in _KEPT:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Middleman
