"""The menu of who has signed in: their name, their account, and the way out."""

from __future__ import annotations

from typing import Any

from dash import html

from .reader import Reader
from .words import Words


def account_menu(words: Words, reader: Reader) -> list[Any]:
    """The menu; nothing where nobody has signed in. Signing out is a form, as no link may do it."""
    if not reader.name:
        return []
    out = html.Form(
        html.Button(words("account.sign_out"), type="submit", className="menu-line"), action="/sign-out", method="POST"
    )
    own = html.A(words("account.own"), href=f"/account?lang={words.language}", className="menu-line")
    lines = html.Div([own, out], className="menu")
    return [html.Details([html.Summary(reader.name), lines], className="account-menu")]
