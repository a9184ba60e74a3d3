"""Phone pages without numbers: an address that leads nowhere, an account that sees nothing yet, no connection."""

from __future__ import annotations

from dash import html

from scoring.board import Board
from scoring.definitions import Model

from ..bindings import data
from ..lookup import lookup
from ..words import Words
from .frame import Frame, PhoneReader, note, page
from .icons import icon
from .way import home_href


def missing_unit_page(model: Model, board: Board, language: str, reader: PhoneReader) -> html.Div:
    """What is not there and what is hidden get the same words."""
    words = Words.of(language)
    go = html.A(words("phone.missing.go"), href=home_href(language), className="act main-act")
    return _note_page(model, board, language, reader, words("phone.missing"), words("phone.missing.why"), go)


def nothing_page(model: Model, board: Board, language: str, reader: PhoneReader) -> html.Div:
    """For an account that no role shows anything yet."""
    words = Words.of(language)
    return _note_page(model, board, language, reader, words("phone.nothing"), words("phone.nothing.why"))


def _note_page(
    model: Model, board: Board, language: str, reader: PhoneReader, title: str, why: str, *more: html.A
) -> html.Div:
    found = lookup(model, board, language, alerts=reader.alerts)
    frame = Frame(unit=reader.home, title=found.text(model.title))
    return page(found, {}, reader, frame, [note(title, why, more=more)], "notes")


def offline_page(words: Words) -> html.Div:
    """Shown for a page that was never opened while the server was there; the browser lists those that were."""
    parts = [
        icon("cut"),
        html.H1(words("phone.offline.title"), tabIndex="-1"),
        html.P(words("phone.offline.why")),
        html.Div(className="kept-pages", **data(head=words("phone.offline.kept"), none=words("phone.offline.none"))),
        html.A(words("phone.again"), href=home_href(words.language), className="act main-act", **data(whole="1")),
    ]
    return html.Div(
        html.Main(html.Section(parts, className="card note"), className="main notes-main"), className="page"
    )
