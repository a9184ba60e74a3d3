"""What screens ask over HTTP: a code, their credential, and every ten seconds a heartbeat."""

from __future__ import annotations

import asyncio
import math

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wall.wall_pages import SCREEN_COOKIE

from .admin_routes import Seeing, admin_routes
from .answers import RETRY_S, Asked, answer, in_thread, read, refusal, safely
from .beats import Beat
from .service import Fleet, Judged, Standing

#: Browsers keep no cookie for longer; it is set anew with every credential.
COOKIE_S = 400 * 86400

PAIRING, CLAIM = "/api/v1/screens/pairing", "/api/v1/screens/claim"
RESUME, HEARTBEAT = "/api/v1/screens/resume", "/api/v1/screens/heartbeat"

UNKNOWN = "no screen has this credential; pair the screen"
REVOKED = "this screen was revoked; pair it again"
UNREAD = "the fleet is not known yet; try again"


class _Claim(msgspec.Struct):
    claim: str


class _Credential(msgspec.Struct):
    credential: str


def screen_routes(fleet: Fleet, visible: Seeing) -> list[Route]:
    """All routes of screens and of those who keep them in order; `visible` says what a sight shows now."""
    own = _ScreenSide(fleet)
    return [
        Route(PAIRING, in_thread(own.pairing), methods=["POST"]),
        Route(CLAIM, in_thread(own.claim), methods=["POST"]),
        Route(RESUME, in_thread(own.resume), methods=["POST"]),
        Route(HEARTBEAT, own.heartbeat, methods=["POST"]),
        *admin_routes(fleet, visible),
    ]


class _ScreenSide:
    """The answers to screens."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def pairing(self, asked: Asked) -> Response:
        opened = self._fleet.open_code(asked.address)
        if not opened.code:
            wait_s = math.ceil(opened.ms / 1000)
            return refusal(f"too many screens wait to be paired; pair some, or wait {wait_s} s", 429, wait_s)
        return answer({"code": opened.code, "claim": opened.claim, "expires_in_s": opened.ms // 1000}, 201)

    def claim(self, asked: Asked) -> Response:
        found = self._fleet.answer(asked.content(_Claim).claim)
        if found.state == "waiting":
            return answer({"waiting": True, "expires_in_s": found.ms // 1000}, 202)
        if found.state == "gone":
            return refusal("this code has run out or was used; ask for another one", 410)
        done = answer({"screen": found.screen, "credential": found.credential})
        return _with_cookie(done, asked.request, found.credential)

    def resume(self, asked: Asked) -> Response:
        credential = asked.content(_Credential).credential
        judged = self._fleet.judged_anew(credential)
        if judged.standing is not Standing.VALID or judged.screen is None:
            return refused(judged.standing)
        return _with_cookie(answer({"screen": judged.screen.id}), asked.request, credential)

    async def heartbeat(self, request: Request) -> Response:
        """Answered from memory, in the event loop: it may be asked two hundred times a second."""
        body = await read(request)
        if isinstance(body, Response):
            return body
        presented = request.cookies.get(SCREEN_COOKIE, "")
        judged = self._fleet.judged(presented)
        if judged.standing is Standing.UNKNOWN and presented:
            judged = await asyncio.to_thread(self._fleet.judged_anew, presented)
        return safely(lambda asked: self._beat(asked, judged), Asked(request, body))

    def _beat(self, asked: Asked, judged: Judged) -> Response:
        if judged.standing is not Standing.VALID or judged.screen is None:
            return refused(judged.standing)
        self._fleet.heartbeats.take(judged.screen.id, asked.content(Beat), asked.address)
        renewed = self._fleet.offered(judged)
        done = answer({"credential": renewed})
        return done if renewed is None else _with_cookie(done, asked.request, renewed)


def refused(standing: Standing) -> Response:
    """What a credential is told that is not valid."""
    if standing is Standing.REVOKED:
        return refusal(REVOKED, 403)
    return refusal(UNREAD, 503, RETRY_S) if standing is Standing.UNREAD else refusal(UNKNOWN, 401)


def _with_cookie(done: Response, request: Request, credential: str) -> Response:
    secure = request.url.scheme == "https"
    done.set_cookie(SCREEN_COOKIE, credential, COOKIE_S, httponly=True, samesite="strict", secure=secure)
    return done
