"""Real servers that messages arrive at: HTTP that answers as told, and SMTP that refuses whom it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socketserver
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import msgspec


@dataclass(frozen=True)
class Answer:
    """What a server says: a status (0: it cuts the connection), after a while, with headers and a body."""

    status: int = 200
    after_s: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"


@dataclass(frozen=True)
class Request:
    """What was received, whatever was answered to it."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        return msgspec.json.decode(self.body)


class Receiver:
    """An HTTP server; `answers` are given one after the other, then `always`."""

    def __init__(self, *answers: Answer, always: Answer | None = None) -> None:
        self.answers = list(answers)
        self.always = always or Answer()
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            return self.answers.pop(0) if self.answers else self.always

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                told = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver._next(Request(self.path, told, body))
                time.sleep(answer.after_s)
                if not answer.status:
                    self.close_connection = True
                    self.connection.close()
                    return
                with suppress(OSError):  # the sender did not wait
                    self._say(answer)

            def _say(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

            def finish(self) -> None:
                with suppress(OSError, ValueError):  # the connection was cut on purpose
                    super().finish()

        return Handler


def is_signed(request: Request, secret: str) -> bool:
    """Whether a request bears the signature that the Standard Webhooks specification wants, worked out anew."""
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join(
        [request.headers["webhook-id"].encode(), request.headers["webhook-timestamp"].encode(), request.body]
    )
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return request.headers["webhook-signature"] == f"v1,{wanted}"


class MailServer:
    """An SMTP server that keeps what it takes; `refused` are recipients and what it says to them."""

    def __init__(self, refused: Mapping[str, str] | None = None) -> None:
        self.refused = dict(refused or {})
        self.mails: list[tuple[str, str, str]] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, recipient: str, content: bytes) -> None:
        mail = message_from_bytes(content)
        texts = [one.get_payload(decode=True) for one in mail.walk() if one.get_content_maintype() == "text"]
        subject = str(make_header(decode_header(mail["subject"])))
        text = "\n".join(one.decode() for one in texts if isinstance(one, bytes))
        self.mails.append((recipient, subject, text))

    def _handler(self) -> type[socketserver.StreamRequestHandler]:
        server = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 test")
                recipient = ""
                while line := self.rfile.readline().decode().strip():
                    word = line.split(":")[0].upper()
                    if word.startswith("RCPT"):
                        recipient = line.partition("<")[2].partition(">")[0]
                        self._say(server.refused.get(recipient, "250 ok"))
                    elif word == "DATA":
                        self._say("354 go on")
                        server.take(recipient, self._mail())
                        self._say("250 taken")
                    elif word == "QUIT":
                        self._say("221 bye")
                        return
                    else:
                        self._say("250 ok")

            def _mail(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line[1:] if line.startswith(b"..") else line)
                return b"".join(lines)

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        return Session
