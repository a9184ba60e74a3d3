"""The pages of walls: plain documents without the scripts of Dash, so that a screen loads and fades them cheaply."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from html import escape
from importlib.resources import files
from urllib.parse import quote

import flask

from layouts.markup import markup
from layouts.wall_page import wall_stage
from layouts.words import language_or
from scoring.definitions import Model
from scoring.forms import text_in

from .dash_app import Site

STYLES = ("tokens.css", "walls/wall.css", "walls/portrait.css", "walls/cells.css")
SCRIPTS = (
    "clock.js",
    "spark.js",
    "bind.js",
    "stream.js",
    "walls/chart.js",
    "walls/stage.js",
    "walls/care.js",
    "walls/wall.js",
)
THEMES = ("dark", "light", "brand")


def add_wall_pages(server: flask.Flask, site: Site) -> None:
    """Add the routes; an unknown scene falls through to the page that says so."""

    @server.get("/wall/<scene>")
    def wall(scene: str) -> flask.Response | str:
        model, asked = site.model, flask.request.args
        unit = asked.get("unit", "")
        if not _exists(model, scene, unit):
            return flask.current_app.view_functions["/<path:path>"](path=f"wall/{scene}")  # type: ignore[return-value]
        language = language_or(asked.get("lang"), model.language)
        stage = markup(wall_stage(model, site.board(), scene, language, site.version, unit))
        if asked.get("part"):
            return _answer(stage)
        title = next(text_in(one.title, language) for one in model.scenes if one.id == scene)
        theme = asked.get("theme", "")
        software = f'data-software="{escape(site.software)}"'
        return _answer(document(language, title, stage, theme if theme in THEMES else THEMES[0], software))

    @server.get("/lib/plotly.min.js")
    def plotly() -> flask.Response:
        """The library of Python's own plotly, so that figures and library are of one version."""
        folder = str(files("plotly").joinpath("package_data"))
        return flask.send_from_directory(folder, "plotly.min.js", max_age=30 * 86400)


def document(language: str, title: str, stage: str, theme: str, body: str = "") -> str:
    """A whole page around a stage; `body` are attributes of its body."""
    template = files("layouts").joinpath("wall.html").read_text("utf-8")
    styles = "\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES)
    scripts = "\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS)
    return template.format(
        lang=language,
        title=escape(title),
        icon=asset("glyphs/live.svg"),
        styles=styles,
        scripts=scripts,
        stage=stage,
        theme=theme,
        body=body,
    )


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
