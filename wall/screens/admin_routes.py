"""What those who keep screens in order ask over HTTP: the fleet, pairing, changes, remotes, announcements."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scoring.roles import Capability
from wall.desk.acting import signature
from wall.desk.permits import ANNOUNCE, SCREENS
from wall.people.permits import Permit
from wall.refusal import Refused
from wall.sight.look import Sight
from wall.sight.visible import Visible

from .answers import Asked, Endpoint, answer, in_thread, refusal
from .fleet import Screen
from .heard import Seen
from .reach import Reach, reach_of, top_of
from .remote import Command
from .service import Fleet
from .wanted import Wanted

#: What a sight shows now.
Seeing: TypeAlias = Callable[[Sight], Visible]
Answer: TypeAlias = Callable[["_AdminSide", Asked], Response]

ALL_SCREENS = Permit((Capability.MANAGE_SCREENS,), whole=True)


class _Pairing(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    name: str
    place: str = ""
    unit: str = ""
    playlist: str = ""
    theme: str = ""
    margin: float = 0.0
    language: str = ""


class _Changes(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str | None = None
    place: str | None = None
    unit: str | None = None
    playlist: str | None = None
    theme: str | None = None
    margin: float | None = None
    language: str | None = None


class _Reasoned(msgspec.Struct, forbid_unknown_fields=True):
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


def admin_routes(fleet: Fleet, visible: Seeing) -> list[Route]:
    """The routes; `visible` says what a sight shows now."""
    side = _AdminSide(fleet, visible)
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


def _for(permit: Permit) -> Callable[[Answer], Answer]:
    """An answer to those whom a permit admits; for others there is no such route."""

    def around(answering: Answer) -> Answer:
        @functools.wraps(answering)
        def answered(side: _AdminSide, asked: Asked) -> Response:
            if permit.admits(asked.viewer):
                return answering(side, asked)
            return refusal(f"there is no {asked.request.method} {asked.request.url.path}", 404)

        return answered

    return around


class _AdminSide:
    """The answers to admins; a screen or an announcement out of reach is answered like one that does not exist."""

    def __init__(self, fleet: Fleet, visible: Seeing) -> None:
        self._fleet = fleet
        self._visible = visible

    def _reach(self, asked: Asked) -> Reach:
        return reach_of(asked.viewer, self._visible)

    def _screen(self, asked: Asked) -> Screen:
        """The screen of the address."""
        found = self._fleet.steps.screen(asked.name, asked.words)
        if not self._reach(asked).keeps(found.unit):
            raise Refused(asked.words("screens.refused.unknown", id=asked.name))
        return found

    @_for(SCREENS)
    def screens(self, asked: Asked) -> Response:
        reach = self._reach(asked)
        seen = [self._told(one) for one in self._fleet.seen() if reach.keeps(one.screen.unit)]
        return answer({"screens": seen, "move": self._fleet.move or None})

    @_for(SCREENS)
    def screen(self, asked: Asked) -> Response:
        found = self._screen(asked)
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

    @_for(SCREENS)
    def pair(self, asked: Asked) -> Response:
        given = msgspec.structs.asdict(asked.content(_Pairing))
        code, wanted = given.pop("code"), Wanted(**given)
        wanted = self._reach(asked).wanted(wanted, asked.words)
        paired = self._fleet.steps.pair(code, wanted, signature(asked.viewer), asked.words)
        return answer({"screen": paired.id, "name": paired.name}, 201)

    @_for(SCREENS)
    def change(self, asked: Asked) -> Response:
        content, held = asked.content(_Changes), self._screen(asked)
        given = {key: value for key, value in msgspec.structs.asdict(content).items() if value is not None}
        before = {key: getattr(held, key) for key in asdict(Wanted())}
        self._reach(asked).wanted(Wanted(**{**before, **given}), asked.words)
        changed = self._fleet.steps.change(asked.name, given, signature(asked.viewer), asked.words)
        return answer({"screen": changed.id, "name": changed.name})

    @_for(SCREENS)
    def revoke(self, asked: Asked) -> Response:
        content, held = asked.content(_Reasoned), self._screen(asked)
        self._fleet.steps.revoke(held.id, signature(asked.viewer), content.reason.strip(), asked.words)
        self._fleet.register()
        return answer({"screen": asked.name})

    @_for(SCREENS)
    def remote(self, asked: Asked) -> Response:
        wish, held = asked.content(_Wish), self._screen(asked)
        self._fleet.steps.command(held.id, wish.command, asked.words, wish.scene, wish.key)
        return answer({"screen": asked.name})

    @_for(ALL_SCREENS)
    def move(self, asked: Asked) -> Response:
        url = asked.content(_Move).url.strip()
        self._fleet.steps.move(url, asked.words)
        return answer({"move": url or None})

    @_for(ANNOUNCE)
    def announcements(self, asked: Asked) -> Response:
        reach = self._reach(asked)
        held = self._fleet.register().announced.values()
        return answer({"announcements": [one for one in held if reach.announces_at(one.unit)]})

    @_for(ANNOUNCE)
    def announce(self, asked: Asked) -> Response:
        content, words, reach = asked.content(_Announcement), asked.words, self._reach(asked)
        unit = content.unit or top_of(reach.announces.model)
        if not reach.announces_at(unit):
            raise Refused(words("screens.refused.unit", unit=content.unit))
        made = self._fleet.steps.announce(content.text, unit, content.minutes, signature(asked.viewer), words)
        self._fleet.register()
        return answer({"id": made.id}, 201)

    @_for(ANNOUNCE)
    def end(self, asked: Asked) -> Response:
        asked.content(_Reasoned)
        held = self._fleet.register().announced.get(asked.name)
        if held is None or not self._reach(asked).announces_at(held.unit):
            raise Refused(asked.words("screens.refused.announcement"))
        self._fleet.steps.end_announcement(asked.name, signature(asked.viewer), asked.words)
        self._fleet.register()
        return answer({"id": asked.name})
