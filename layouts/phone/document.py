"""A phone page as a whole document, and what installs it on a home screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

from ..bindings import data
from ..markup import markup
from ..words import Words
from .more import more_sheet
from .way import HOME, Step, home_href

STYLES = (
    "tokens.css",
    "walls/themes.css",
    "phone/base.css",
    "phone/cards.css",
    "phone/parts.css",
    "phone/followup.css",
    "phone/alerts.css",
)
INK = "phone/ink.js"
SCRIPTS = (
    "clock.js", "spark.js", "bind.js", "stream.js", "phone/kept.js", "phone/trend.js", "phone/pins.js",
    "phone/swipe.js", "phone/followup.js", "phone/alerts.js", "phone/pages.js", "phone/main.js",
)  # fmt: skip
FONT = "phone/Inter-latin.woff2"
WORKER, MANIFEST = "/sw.js", "/manifest.webmanifest"
_GROUND = "#0C1014"


@dataclass(frozen=True, slots=True)
class Document:
    """What surrounds a page; `owner` changes with who is signed in and with what they see.

    `entries` and `links` stand in the sheet of all else: units to begin at, and pages that are not asked every day.
    """

    words: Words
    software: str
    owner: str
    name: str
    entries: Sequence[Step]
    links: Sequence[Step] = ()


def phone_document(about: Document, title: str, page: Any, asset: Callable[[str], str]) -> str:
    """The document; `asset` gives the address of an asset."""
    words = about.words
    attributes = data(software=about.software, owner=about.owner, worker=WORKER, home=home_href(words.language))
    attributes |= data(pull=words.table["phone.pull"], needs=words("phone.offline.needs"))
    return files("layouts").joinpath("phone.html").read_text("utf-8").format(
        lang=words.language,
        title=escape(title),
        font=f"/assets/{FONT}",  # as its style sheet names it, or it would come twice
        ink=asset(INK),
        styles="\n".join(f'<link rel="stylesheet" href="{asset(name)}">' for name in STYLES),
        scripts="\n".join(f'<script src="{asset(name)}" defer></script>' for name in SCRIPTS),
        icon=asset("icons/kpiwall.svg"),
        touch_icon=asset("icons/touch-180.png"),
        manifest=f"{MANIFEST}?lang={words.language}",
        body=" ".join(f'{name}="{escape(str(value))}"' for name, value in attributes.items()),
        content=markup(page),
        sheet=markup(more_sheet(words, about.name, about.entries, about.links)),
    )  # fmt: skip


def manifest(words: Words, asset: Callable[[str], str]) -> dict[str, Any]:
    """The web app manifest: how the page is called and looks on a home screen."""

    def icon(name: str, size: int, purpose: str) -> dict[str, str]:
        return {"src": asset(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}

    return {
        "id": HOME,
        "name": words("phone.app"),
        "short_name": words("phone.app.short"),
        "description": words("phone.app.about"),
        "lang": words.language,
        "start_url": HOME,
        "scope": "/",  # explanations belong to it, too
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _GROUND,
        "icons": [icon("icon-192", 192, "any"), icon("icon-512", 512, "any"), icon("maskable-512", 512, "maskable")],
    }
