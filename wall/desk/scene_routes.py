"""The scene editor's routes: facts of the model, pictures and faults of a draft, and saving it.

A draft lives in the browser; each request carries what it is about. Only JSON is taken, so that no form of another
site can post here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import flask
import msgspec

from layouts.arranged_tiles import as_tiles
from layouts.desk.scene_facts import editor_facts
from layouts.lookup import Announcement, lookup
from layouts.words import Words
from scoring.board import Board
from scoring.definitions import Model
from wall.people.permits import route_for
from wall.people.viewer import current_viewer, language_for
from wall.refusal import Refused
from wall.wall_pages import asset, document

from .acting import acting
from .desk import EXPECTED, Desk, faults_of
from .permits import MODEL
from .scene_changes import Outdated, save_scenes, scene_changes, version_after
from .scene_draft import as_file, canonical, faults_of_draft, read_draft, read_scene
from .scene_pictures import picture_of

#: A hundred scenes of twenty tiles are half of it.
MOST_BYTES = 512 << 10
#: Pages follow an application within 1.5 s.
_SERVED_S = 3.0


class Asked(msgspec.Struct):
    """What a request about a draft carries; each route reads what it needs."""

    language: str = ""
    scenes: list[Any] = []
    scene: Any = None
    unit: str = ""
    known: str = ""
    review: bool = False
    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The site of a page without a stream, that pictures are put into."""

    desk: Desk
    version: str = ""
    software: str = ""

    @property
    def model(self) -> Model:
        """The model in force."""
        return self.desk.model

    def board(self) -> Board:
        """The last board."""
        return self.desk.view.board()

    def now_ms(self) -> int:
        """Business time now."""
        return self.desk.now_ms


def add_scene_routes(server: flask.Flask, desk: Desk, announcements: Callable[[], Sequence[Announcement]]) -> None:
    """Add the routes to the server; pictures show what is announced now."""

    def post(name: str, answer: Callable[[Asked, Words], Any]) -> None:
        def answered() -> flask.Response:
            return _answered(desk, answer)

        server.add_url_rule(f"/desk/scenes/{name}", f"scenes-{name}", route_for(MODEL)(answered), methods=["POST"])

    @server.get("/desk/scenes/facts")
    @route_for(MODEL)
    def facts() -> flask.Response:
        return _json(_facts(desk, _language(desk, flask.request.args.get("lang"))))

    @server.get("/desk/scenes/frame")
    @route_for(MODEL)
    def frame() -> flask.Response:
        language = _language(desk, flask.request.args.get("lang"))
        content = f'<div class="stages"></div>\n<script src="{asset("walls/preview.js")}" defer></script>'
        page = document(_Frame(desk), language, "", content, flask.request.args.get("theme", ""))
        return flask.Response(page, mimetype="text/html", headers={"Cache-Control": "no-store"})

    post("draft", lambda asked, words: _draft(desk, asked, words))
    post("picture", lambda asked, words: _picture(desk, announcements(), asked, words))
    post("tiles", lambda asked, words: _tiles(desk, asked, words))
    post("file", lambda asked, words: _file(asked, words))
    post("save", lambda asked, words: _save(desk, asked, words))


def _language(desk: Desk, asked: str | None) -> str:
    return language_for(asked, desk.model.language)


def _answered(desk: Desk, answer: Callable[[Asked, Words], Any]) -> flask.Response:
    """The answer to a JSON request of bearable size; what can't be done is told as `error`."""
    request = flask.request
    if request.mimetype != "application/json":
        return _json({"error": "send JSON, with content-type: application/json"}, 415)
    if (request.content_length or 0) > MOST_BYTES or len(request.get_data()) > MOST_BYTES:
        return _json({"error": f"a draft has at most {MOST_BYTES >> 10} KiB; make fewer scenes"}, 413)
    try:
        asked = msgspec.json.decode(request.get_data(), type=Asked)
    except (msgspec.DecodeError, RecursionError) as error:
        return _json({"error": str(error)}, 400)
    try:
        return _json(answer(asked, Words.of(_language(desk, asked.language))))
    except Outdated as error:
        return _json({"error": str(error), "number": desk.applied.number}, 409)
    except Refused as error:
        return _json({"error": str(error)}, 422)
    except EXPECTED as error:
        return _json({"error": faults_of(error)}, 503)


def _json(content: Any, status: int = 200) -> flask.Response:
    body = msgspec.json.encode(content)
    return flask.Response(body, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _facts(desk: Desk, language: str) -> dict[str, Any]:
    applied, found = desk.applied, desk.lookup(language, MODEL)
    return {
        "number": applied.number,
        "version": applied.model.version,
        "name": f"{desk.site.settings.site}/{applied.model.name}",
        "language": language,
        "scenes": [canonical(one) for one in applied.model.scenes],
        "said": _said(found.words),
        **editor_facts(found),
    }


def _await_served(desk: Desk, number: int) -> None:
    """Until this server's pages are of the application: the answer leads to the scene's wall."""
    deadline = time.monotonic() + _SERVED_S
    while desk.view.applied.number < number and time.monotonic() < deadline:
        time.sleep(0.05)


def _said(words: Words) -> dict[str, str]:
    """The words that the editor's scripts say; they put the values in."""
    names = (key.rpartition(".")[2] for key in words.table if key.startswith("scenes.say."))
    return {name: words.table[f"scenes.say.{name}"] for name in names}


def _draft(desk: Desk, asked: Asked, words: Words) -> dict[str, Any]:
    base, following = desk.applied, desk.site.store.following()
    draft = read_draft(asked.scenes, words)
    made = [one.scene for one in draft if one.scene is not None]
    return {
        "number": base.number,
        "version": base.model.version,
        "author": base.author,
        "faults": [asdict(one) for one in faults_of_draft(draft, base.model, words)],
        "changes": [asdict(one) for one in scene_changes(base.model.scenes, made, words)],
        "next": version_after(desk) if asked.review else "",
        "waits": words("desk.trial.following", version=following.model.version) if following is not None else "",
    }


def _picture(desk: Desk, announced: Sequence[Announcement], asked: Asked, words: Words) -> dict[str, Any]:
    read = read_scene(0, asked.scene, words)
    if read.scene is None:
        raise Refused(words("scenes.refused.picture"))
    found = lookup(desk.model, desk.view.board(), words.language, announced)
    return picture_of(desk, found, read, asked.unit, asked.known)


def _tiles(desk: Desk, asked: Asked, words: Words) -> dict[str, Any]:
    read = read_scene(0, asked.scene, words)
    if read.scene is None or not read.scene.kpis:
        raise Refused(words("scenes.refused.picture"))
    tiles = as_tiles(desk.lookup(words.language, MODEL), read.scene)
    return {"tiles": [one.model_dump(mode="json", exclude_defaults=True) for one in tiles]}


def _file(asked: Asked, words: Words) -> dict[str, Any]:
    draft = read_draft(asked.scenes, words)
    faulty = [fault.text for one in draft for fault in one.faults]
    if faulty:
        raise Refused("; ".join(faulty))
    return {"text": as_file([one.scene for one in draft if one.scene is not None], words)}


def _save(desk: Desk, asked: Asked, words: Words) -> dict[str, Any]:
    who = acting(current_viewer(), asked.reason, words)
    done = save_scenes(desk, asked.scenes, asked.number, who, words)
    _await_served(desk, done.number)
    return {"number": done.number, "version": done.model.version, "text": words("scenes.saved", n=done.number)}
