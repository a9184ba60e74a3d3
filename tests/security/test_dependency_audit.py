"""The dependency audit finds what advisories know, and says so where there are none to be asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.dependency_audit import main
from wall.ports import free_port

#: One package of ours that the advisories of this test know something against.
ACCUSED = "msgspec"


@contextmanager
def advisories(known: bool) -> Iterator[str]:
    """A server of advisories in OSV's form; `known`: it knows something against one package."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            accused = known and asked["package"]["name"] == ACCUSED
            content = json.dumps({"vulns": [_advisory()]} if accused else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def _advisory() -> dict[str, object]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999.0"}]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": ACCUSED}, "ranges": ranges}]
    return {"id": "TEST-1", "summary": "made up", "details": "made up", "affected": affected,
            "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z"}  # fmt: skip


def test_a_known_vulnerability_fails_the_audit_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with advisories(known=True) as url:
        assert main(["--osv-url", url]) == 1
    said = capsys.readouterr().out
    assert ACCUSED in said
    assert "TEST-1; mended in 999.0" in said


def test_nothing_known_passes_with_the_number_of_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with advisories(known=False) as url:
        assert main(["--osv-url", url]) == 0
    assert "nothing known against" in capsys.readouterr().out


def test_without_advisories_it_says_in_one_line_that_nothing_was_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--osv-url", f"http://127.0.0.1:{free_port()}/v1/query"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
