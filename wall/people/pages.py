"""Pages about people as whole documents: plain, without the scripts of walls and desk."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Any, Protocol

from layouts.markup import markup
from layouts.sign_in_page import notice_page
from layouts.words import Words
from scoring.definitions import Model
from scoring.forms import text_in
from wall.wall_pages import asset

_STYLES = ("tokens.css", "people/people.css")
_SCRIPTS = ("people/people.js",)


class Modelled(Protocol):
    """Knows the model in force."""

    @property
    def model(self) -> Model:
        """The model in force."""


def people_document(language: str, title: str, content: Any) -> str:
    """A whole page."""
    return files("layouts").joinpath("people.html").read_text("utf-8").format(
        lang=language,
        title=escape(title),
        icon=asset("glyphs/live.svg"),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in _STYLES),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in _SCRIPTS),
        content=markup(content),
    )  # fmt: skip


def company(site: Modelled, language: str) -> str:
    """Whose site it is."""
    return text_in(site.model.title, language)


def notice(site: Modelled, title: str, text: str, language: str) -> str:
    """A page that says why something is not shown."""
    name = company(site, language)
    return people_document(language, f"{title} · {name}", notice_page(Words.of(language), name, title, text))
