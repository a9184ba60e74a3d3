"""The frame of the desk's pages: where one is, where one can go, who has signed in, in which language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from ..account_menu import account_menu
from ..bindings import Attributes, data
from ..lookup import Lookup
from ..words import LANGUAGES, Words
from .parts import PAGE


def room_title(words: Words, room: str) -> str:
    """What a room is called."""
    return words(f"desk.room.{room.replace('-', '_')}")


def desk_page(
    found: Lookup, room: str, name: str, title: str, content: Sequence[Any], about: Any = "", query: str = ""
) -> html.Div:
    """A page of the desk; `name` is the rest of its address after /desk/, `query` what it asks for beside language."""
    words = found.words
    here = f"/desk/{name}" if name else "/desk"
    other = next(known for known in LANGUAGES if known != words.language)
    more = f"&{query}" if query else ""
    head = html.Header(
        [
            html.Div(
                [
                    html.A(found.text(found.model.title), href=f"/?lang={words.language}", className="home-link"),
                    html.Nav([_tab(words, one, room) for one in found.reader.rooms], className="rooms"),
                    html.A(words("index.language"), href=f"{here}?lang={other}{more}", className="other-language"),
                    *account_menu(words, found.reader),
                ],
                className="desk-bar",
            ),
            html.Div(html.Div([html.H1(title), html.Div(about, className="about")]), className="desk-title"),
        ],
        className="desk-head",
    )
    known = dcc.Store(id=PAGE, data={"language": words.language, "name": name, "query": query})
    return html.Div([head, html.Main(list(content), className=f"room-{room or 'start'}"), known], className="desk")


def _tab(words: Words, room: str, here: str) -> html.A:
    marks: Attributes = {"aria-current": "page"} if room == here else {}
    return html.A(
        room_title(words, room),
        href=f"/desk/{room}?lang={words.language}",
        className="room-tab",
        **data(room=room),
        **marks,
    )


def start_page(found: Lookup, notice: str = "") -> html.Div:
    """The desk itself: what each room is for that is open to whoever reads."""
    words = found.words
    rooms = [
        html.A(
            [
                html.Div(room_title(words, one), className="room-name"),
                html.Div(words(f"desk.room.{one.replace('-', '_')}.for"), className="room-for"),
            ],
            href=f"/desk/{one}?lang={words.language}",
            className="sheet room",
        )
        for one in found.reader.rooms
    ]
    warning = [html.Div([html.Strong(notice), html.Span(words("missing.hint"))], className="notice")] if notice else []
    content = [*warning, html.Div(rooms, className="room-list")]
    return desk_page(found, "", "", words("desk.title"), content, words("desk.about"))
