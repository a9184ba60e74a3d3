"""A connection on which anything can be sent, as no library would."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What came back on the wire; status 0 where nothing did."""

    status: int
    head: str
    body: str

    def header(self, name: str) -> list[str]:
        """Every value of a header."""
        lines = [line.partition(":") for line in self.head.split("\r\n")[1:]]
        return [value.strip() for one, _, value in lines if one.strip().lower() == name.lower()]


def sent(port: int, content: bytes, timeout_s: float = 10) -> Reply:
    """Send bytes and read what is answered until the other side ends it or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout_s) as wire:
        try:
            wire.sendall(content)
        except OSError:
            return Reply(0, "", "")
        return read(wire)


def read(wire: socket.socket) -> Reply:
    """One answer."""
    told = b""
    try:
        while not _is_whole(told):
            more = wire.recv(65_536)
            if not more:
                break
            told += more
    except OSError:
        pass
    head, _, body = told.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return Reply(status, head.decode("latin-1"), body.decode("utf-8", "replace"))


def _is_whole(told: bytes) -> bool:
    head, end, body = told.partition(b"\r\n\r\n")
    if not end:
        return False
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        return len(body) >= length
    if b"text/event-stream" in lowered:
        return b"\n\n" in body
    return body.endswith(b"0\r\n\r\n")


def request(method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> bytes:
    """A request as it is written; the host is this one unless a header says otherwise."""
    said = list(headers)
    if not any(name.lower() == "host" for name, _ in said):
        said.insert(0, ("Host", "127.0.0.1"))
    if body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in said):
        said.append(("Content-Length", str(len(body))))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
