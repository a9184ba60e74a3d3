"""The sheet with everything that is not asked every day: other entries, colours, language, account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from ..bindings import data
from ..markup import Element
from ..words import LANGUAGES, Words
from .icons import aria, icon
from .way import Step, home_href

_INKS = ("auto", "light", "dark")


def more_sheet(words: Words, name: str, entries: Sequence[Step], links: Sequence[Step] = ()) -> Element:
    """The sheet; `name` is who is signed in, `entries` are the units that somebody with several roots may begin at.

    `links` are pages of theirs, such as their actions.
    """
    inks = [
        html.Button(words(f"phone.ink.{one}"), type="button", className="choice", **data(choice=one),
                    **aria(pressed="false"))
        for one in _INKS
    ]  # fmt: skip
    other = next(one for one in LANGUAGES if one != words.language)
    out = html.Form(
        html.Button(words("phone.sign_out"), type="submit", className="sheet-line"),
        action="/sign-out", method="post", **data(out="1"),
    )  # fmt: skip
    body: list[Any] = [
        html.Div([html.H2(name or words("phone.more")), _close(words)], className="sheet-head"),
        *_entries(words, entries),
        *(html.A(step.title, href=step.href, className="sheet-line") for step in links),
        html.Div([html.Span(words("phone.ink"), className="label"),
                  html.Div(inks, className="choices", role="group", **aria(label=words("phone.ink")))],
                 className="sheet-inks"),
        html.A(Words.of(other)("phone.this_language"), href=home_href(other), lang=other, className="sheet-line",
               **data(whole="1")),
        html.A(words("standup.plain"), href=f"/standup?lang={words.language}", className="sheet-line"),
        html.A(words("phone.screens"), href=f"/?lang={words.language}", className="sheet-line"),
        html.A(words("phone.account"), href=f"/account?lang={words.language}", className="sheet-line"),
        out,
    ]  # fmt: skip
    return Element("dialog", {"className": "sheet", "id": "more", "aria-label": words("phone.more")}, body)


def _close(words: Words) -> html.Form:
    """Closes the dialog without a script."""
    close = html.Button(icon("close"), type="submit", **aria(label=words("phone.close")))
    return html.Form(close, method="dialog")


def _entries(words: Words, entries: Sequence[Step]) -> list[html.Nav]:
    if len(entries) < 2:
        return []
    links = [html.A(step.title, href=step.href, className="sheet-line") for step in entries]
    return [html.Nav(links, **aria(label=words("phone.entries")))]
