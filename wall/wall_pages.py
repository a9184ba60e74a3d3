"""The pages of walls: plain documents without the scripts of Dash, so that a screen loads and fades them cheaply."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import quote

import flask
import msgspec

from layouts.bindings import Attributes, data
from layouts.brand import THEMES, brand_style, ink_of
from layouts.lookup import Announcement
from layouts.markup import markup
from layouts.pairing_page import pairing_page, without_scenes
from layouts.screen_page import screen_content, wall_content
from layouts.wall_page import wall_stage
from layouts.words import Words, language_or
from scoring.definitions import Model
from scoring.forms import text_in

from .people.viewer import language_for
from .screens.fleet import Screen
from .screens.programme_frame import programme_view
from .sight.look import sight_below
from .sight.seen_site import SeenSite, WholeSite

STYLES = (
    "tokens.css",
    "walls/themes.css",
    "walls/wall.css",
    "walls/portrait.css",
    "walls/cells.css",
    "walls/charts.css",
    "walls/floor.css",
    "walls/alerts.css",
    "walls/screen.css",
)
SCRIPTS = (
    "clock.js", "spark.js", "bind.js", "stream.js", "walls/chart.js", "walls/celebration.js", "walls/ticker.js",
    "walls/stage.js", "walls/care.js", "walls/rotation.js", "walls/wall.js", "walls/screen.js", "walls/pairing.js",
)  # fmt: skip
SCREEN_COOKIE = "kpiwall_screen"


class Framed(Protocol):
    """What the frame of a page is made from."""

    @property
    def model(self) -> Model:
        """The model in force."""

    @property
    def software(self) -> str:
        """The version of kpiwall that serves."""


class Screens(Protocol):
    """Knows paired screens."""

    def screen_of(self, credential: str) -> Screen | None:
        """The screen of a credential; None for one that is unknown or revoked."""

    def frame(self, screen_id: str) -> Mapping[str, Any]:
        """What the screen is told of itself."""

    def announcements(self) -> Sequence[Announcement]:
        """What is announced now."""


def add_wall_pages(server: flask.Flask, site: SeenSite, screens: Screens) -> None:
    """Add the routes of scenes; an unknown one falls through to the page that says so."""

    @server.get("/wall/<scene>")
    def wall(scene: str) -> Any:
        model, asked = site.model, flask.request.args
        unit = asked.get("unit", "")
        if not _exists(model, scene, unit):
            return flask.current_app.view_functions["/<path:path>"](path=f"wall/{scene}")
        language = language_for(asked.get("lang"), model.language)
        announced = site.announced(screens.announcements())
        stage = wall_stage(model, site.board(), scene, language, site.version, unit, announced, site.alerts())
        if asked.get("part"):
            return _answer(markup(stage))
        title = next(text_in(one.title, language) for one in model.scenes if one.id == scene)
        content = markup(wall_content(stage))
        return _answer(document(site, language, title, content, asked.get("theme", "")))

    @server.get("/lib/plotly.min.js")
    def plotly() -> flask.Response:
        """The library of Python's own plotly, so that figures and library are of one version."""
        folder = str(files("plotly").joinpath("package_data"))
        return flask.send_from_directory(folder, "plotly.min.js", max_age=30 * 86400)


def add_screen_page(server: flask.Flask, site: SeenSite, whole: WholeSite, screens: Screens) -> None:
    """Add the page of a paired screen, which shows a code until it is one."""

    @server.get("/screen")
    def screen() -> flask.Response:
        found = screens.screen_of(flask.request.cookies.get(SCREEN_COOKIE, ""))
        if found is None:
            return _unpaired(whole)
        return _paired(site.through(sight_below(found.unit)), found, screens)


def _unpaired(site: WholeSite) -> flask.Response:
    model = site.model
    language = language_or(flask.request.args.get("lang"), model.language)
    company = text_in(model.title, language)
    page = pairing_page(Words.of(language), company, flask.request.host_url.rstrip("/"))
    return _answer(document(site, language, company, markup(page)))


def _paired(site: SeenSite, screen: Screen, screens: Screens) -> flask.Response:
    """The page of a screen, with the scene that it shows first."""
    model = site.model
    language = language_or(screen.language, model.language)
    alerts = site.alerts()
    programme: Any = programme_view(model, site.board(), screen.playlist, screen.unit, language, site.now_ms(), alerts)
    if not programme["items"]:
        company = text_in(model.title, language)
        return _answer(document(site, language, company, markup(without_scenes(Words.of(language), company))))
    item = _first(programme["items"], flask.request.args.get("key", -1, int), site.now_ms())
    stage = wall_stage(
        model,
        site.board(),
        item["scene"],
        language,
        site.version,
        item["unit"],
        site.announced(screens.announcements()),
        alerts,
    )
    told = {"programme": _json(programme), "state": _json(screens.frame(screen.id))}
    about = data(screen=screen.id, key=item["key"], **told)
    content, theme = markup(screen_content(stage)), screen.theme or programme["theme"]
    return _answer(document(site, language, screen.name, content, theme, about))


def _json(content: Any) -> str:
    return msgspec.json.encode(content).decode()


def _first(items: Sequence[Mapping[str, Any]], key: int, now_ms: int) -> Mapping[str, Any]:
    """The item asked for, else the first that has a turn whose time it is, else the first."""
    with_turn = [one for one in items if not one["only_jumps"]] or items
    open_now = [one for one in with_turn if one["windows"] is None or any(a <= now_ms < b for a, b in one["windows"])]
    return next((one for one in items if one["key"] == key), None) or (open_now or with_turn)[0]


def document(
    site: Framed, language: str, title: str, content: str, theme: str = "", about: Attributes | None = None
) -> str:
    """A whole page; `about` are attributes of its body."""
    theme = theme if theme in THEMES else THEMES[0]
    attributes = data(software=site.software, brand_ink=ink_of("brand", site.model)) | (about or {})
    return files("layouts").joinpath("wall.html").read_text("utf-8").format(
        lang=language,
        title=escape(title),
        icon=asset("glyphs/live.svg"),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS),
        theme=theme,
        ink=ink_of(theme, site.model),
        brand=brand_style(site.model.brand),
        body=" ".join(f'{name}="{escape(str(value))}"' for name, value in attributes.items()),
        content=content,
    )  # fmt: skip


@lru_cache
def asset(name: str) -> str:
    """The address of an asset, different for every content, so that a browser may keep it."""
    content = files("layouts").joinpath("assets", name).read_bytes()
    return f"/assets/{quote(name)}?m={hashlib.sha256(content).hexdigest()[:12]}"


def _exists(model: Model, scene: str, unit: str) -> bool:
    if unit and all(one.id != unit for one in model.units):
        return False
    return any(one.id == scene for one in model.scenes)


def _answer(content: str) -> flask.Response:
    return flask.Response(content, mimetype="text/html", headers={"Cache-Control": "no-store"})
