"""What those who keep screens in order ask over HTTP: the fleet, pairing, changes, remotes, announcements."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layouts.words import Words
from wall.desk.acting import acting

from .answers import Asked, Endpoint, answer, in_thread
from .heard import Seen
from .remote import Command
from .service import Fleet
from .wanted import Wanted


class _Pairing(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    place: str = ""
    unit: str = ""
    playlist: str = ""
    theme: str = ""
    margin: float = 0.0
    language: str = ""
    author: str = ""


class _Changes(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str | None = None
    place: str | None = None
    unit: str | None = None
    playlist: str | None = None
    theme: str | None = None
    margin: float | None = None
    language: str | None = None
    author: str = ""


class _Reasoned(msgspec.Struct, forbid_unknown_fields=True):
    author: str = ""
    reason: str = ""


class _Wish(msgspec.Struct, forbid_unknown_fields=True):
    command: Command
    scene: str = ""
    key: int | None = None


class _Move(msgspec.Struct, forbid_unknown_fields=True):
    url: str


class _Announcement(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    unit: str = ""
    minutes: float | None = None
    author: str = ""


def admin_routes(fleet: Fleet) -> list[Route]:
    """The routes; all need the token where one is set."""
    side = _AdminSide(fleet)
    root = "/api/v1/screens"
    return [
        _both(root, side.screens, side.pair),
        Route(f"{root}/move", in_thread(side.move), methods=["POST"]),
        _both(f"{root}/{{name}}", side.screen, side.change),
        Route(f"{root}/{{name}}/revoke", in_thread(side.revoke), methods=["POST"]),
        Route(f"{root}/{{name}}/remote", in_thread(side.remote), methods=["POST"]),
        _both("/api/v1/announcements", side.announcements, side.announce),
        Route("/api/v1/announcements/{name}/end", in_thread(side.end), methods=["POST"]),
    ]


def _both(path: str, get: Any, post: Any) -> Route:
    """One path to be read and to be written to."""
    reading, writing = in_thread(get), in_thread(post)

    async def either(request: Request) -> Response:
        chosen: Endpoint = reading if request.method == "GET" else writing
        return await chosen(request)

    return Route(path, either, methods=["GET", "POST"])


class _AdminSide:
    """The answers to admins."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def screens(self, _: Asked) -> Response:
        seen = [self._told(one) for one in self._fleet.seen()]
        return answer({"screens": seen, "move": self._fleet.move or None})

    def screen(self, asked: Asked) -> Response:
        found = self._fleet.steps.screen(asked.name, asked.words)
        return answer(self._told(next(one for one in self._fleet.seen() if one.screen.id == found.id)))

    def _told(self, seen: Seen) -> dict[str, Any]:
        heard = seen.heard
        return {
            **{
                key: value for key, value in self._fleet.frame(seen.screen.id).items() if key not in ("move", "revoked")
            },
            "paired_ms": seen.screen.paired_ms,
            "presence": seen.presence,
            "heard_ms": heard.at_ms if heard else None,
            "address": heard.address if heard else None,
            "beat": heard.beat if heard else None,
        }

    def pair(self, asked: Asked) -> Response:
        content, words = asked.content(_Pairing), asked.words
        given = msgspec.structs.asdict(content)
        code, author = given.pop("code"), _author(given.pop("author"), words)
        paired = self._fleet.steps.pair(code, Wanted(**given), author, words)
        return answer({"screen": paired.id, "name": paired.name}, 201)

    def change(self, asked: Asked) -> Response:
        content, words = asked.content(_Changes), asked.words
        given = {key: value for key, value in msgspec.structs.asdict(content).items() if value is not None}
        author = _author(given.pop("author"), words)
        changed = self._fleet.steps.change(asked.name, given, author, words)
        return answer({"screen": changed.id, "name": changed.name})

    def revoke(self, asked: Asked) -> Response:
        content, words = asked.content(_Reasoned), asked.words
        self._fleet.steps.revoke(asked.name, _author(content.author, words), content.reason.strip(), words)
        self._fleet.register()
        return answer({"screen": asked.name})

    def remote(self, asked: Asked) -> Response:
        wish = asked.content(_Wish)
        self._fleet.steps.command(asked.name, wish.command, asked.words, wish.scene, wish.key)
        return answer({"screen": asked.name})

    def move(self, asked: Asked) -> Response:
        url = asked.content(_Move).url.strip()
        self._fleet.steps.move(url, asked.words)
        return answer({"move": url or None})

    def announcements(self, _: Asked) -> Response:
        held = self._fleet.register().announced.values()
        return answer({"announcements": list(held)})

    def announce(self, asked: Asked) -> Response:
        content, words = asked.content(_Announcement), asked.words
        author = _author(content.author, words)
        made = self._fleet.steps.announce(content.text, content.unit, content.minutes, author, words)
        self._fleet.register()
        return answer({"id": made.id}, 201)

    def end(self, asked: Asked) -> Response:
        author = _author(asked.content(_Reasoned).author, asked.words)
        self._fleet.steps.end_announcement(asked.name, author, asked.words)
        self._fleet.register()
        return answer({"id": asked.name})


def _author(name: str, words: Words) -> str:
    return acting(name, "", words, needs_reason=False).author
