"""How the routes of screens read what is sent and answer: JSON of bounded size, and failures with their way out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from layouts.words import Words, language_or
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.people.viewer import NOBODY, VIEWER, Viewer
from wall.refusal import Refused

log = logging.getLogger(__name__)

T = TypeVar("T")

#: No request of a screen or of its admin is larger.
MOST_BYTES = 8192
#: What could not be reached may be asked again after this.
RETRY_S = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its body, read whole."""

    request: Request
    body: bytes

    @property
    def words(self) -> Words:
        """The words of whoever asks."""
        return Words.of(language_or(self.request.query_params.get("lang"), self.viewer.language or "en"))

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        found: Viewer = self.request.scope.get(VIEWER, NOBODY)
        return found

    @property
    def address(self) -> str:
        """From where it came."""
        return self.request.client.host if self.request.client else ""

    @property
    def name(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["name"])

    def content(self, kind: type[T]) -> T:
        """The body as what it must be; raises `msgspec.DecodeError` for anything else."""
        return msgspec.json.decode(self.body or b"{}", type=kind)


Answering = Callable[[Asked], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def in_thread(answering: Answering) -> Endpoint:
    """An endpoint that may reach Redis or the log, so it runs beside the event loop."""

    async def endpoint(request: Request) -> Response:
        body = await read(request)
        return body if isinstance(body, Response) else await asyncio.to_thread(safely, answering, Asked(request, body))

    return endpoint


async def read(request: Request) -> bytes | Response:
    """The body, or why it is refused; it must be JSON, which a page of another host can't send unasked."""
    if request.method == "GET":
        return b""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return refusal("send JSON with Content-Type: application/json", 415)
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            return refusal(f"more than {MOST_BYTES} bytes", 413)
    return content


def safely(answering: Answering, asked: Asked) -> Response:
    """The answer, or what went wrong with what to do about it."""
    try:
        return answering(asked)
    except Refused as error:
        return refusal(str(error), 400)
    except msgspec.DecodeError as error:
        return refusal(f"the body is not as it must be: {error}", 400)
    except (StoreUnavailable, LogUnavailable) as outage:
        return refusal(f"{outage}; try again", 503, RETRY_S)
    except Exception:
        log.exception("%s %s failed", asked.request.method, asked.request.url.path)
        return refusal("the server failed; its log says why", 500)


def answer(content: Any, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def refusal(why: str, status: int, retry_s: int = 0) -> Response:
    """Why not, and after how long to try again."""
    refused = answer({"error": why}, status)
    if retry_s:
        refused.headers["retry-after"] = str(retry_s)
    return refused
