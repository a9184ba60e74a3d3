"""The room of screens: pairing, the fleet with what each screen says of itself, and announcements.

The browser's part is `assets/desk_screens.js`: it sends what stands in a form to the address that the form names, and
keeps the cells of the fleet up to date.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from ..bindings import Attributes, data, glyph
from ..lookup import Lookup
from ..words import LANGUAGES, Words
from .facts import Choice
from .parts import empty, entry, field, notice, panel
from .screen_facts import AnnouncedRow, ScreenRow, ScreensFacts
from .shell import desk_page

#: The list that is made anew when it has become another one.
FLEET, AGAIN = "screens-fleet", "screens-again"
#: Where a screen is paired, below a fleet that may be long.
PAIR = "pair"
_API = "/api/v1/screens"
_THEMES = ("", "dark", "light", "brand")
#: Minutes for which an announcement can stand; none: until somebody ends it.
_MINUTES = ("15", "30", "60", "120", "240", "480", "1440", "10080", "")


def screens_page(found: Lookup, facts: ScreensFacts) -> html.Div:
    """The page."""
    words = found.words
    known = dcc.Store(id=AGAIN, data=0)
    content = [
        html.Div(fleet_lists(found, facts), id=FLEET, className="stack", **_follows(words)),
        html.Div(_forms(words, facts), className="halves"),
        known,
    ]
    title = words("desk.room.screens")
    return desk_page(found, "screens", "screens", title, content, words("desk.room.screens.for"))


def _forms(words: Words, facts: ScreensFacts) -> list[html.Section]:
    """What may be done beside the lists."""
    pairing = [_pairing(words, facts)] if facts.may_manage else []
    return [*pairing, *([_announcing(words, facts)] if facts.may_announce else [])]


def _follows(words: Words) -> Attributes:
    return data(fleet=f"/desk/screens/now?lang={words.language}", lost=words("screens.lost"))


def fleet_lists(found: Lookup, facts: ScreensFacts) -> list[Any]:
    """The lists that change: what is wrong, the fleet, and what is announced."""
    words = found.words
    trouble = [notice("bad", facts.trouble)] if facts.trouble else []
    announced = [panel(words("screens.announced"), _announced(words, facts.announced))] if facts.may_announce else []
    if not facts.may_manage:
        return [*trouble, html.Div(announced, **data(digest=facts.digest))]
    fleet = _fleet(words, facts) if facts.rows else _nothing(words, facts)
    more = html.A(words("screens.pair.title"), href=f"#{PAIR}", className="text-link")
    count = [words("screens.count", n=len(facts.rows)), " · ", more] if facts.rows else ""
    return [
        *trouble,
        *_alarm(words, facts.silent),
        panel(words("screens.fleet"), fleet, note=count, css="fleet-panel", **data(digest=facts.digest)),
        *announced,
    ]


def _alarm(words: Words, silent: Sequence[ScreenRow]) -> list[Any]:
    """Which screens are silent."""
    if not silent:
        return []
    named = [words("screens.placed", name=row.name, place=row.place) if row.place else row.name for row in silent]
    names = words("list.comma").join(named)
    text = words("screens.alarm.one", names=names) if len(silent) == 1 else words(
        "screens.alarm", n=len(silent), names=names)  # fmt: skip
    return [notice("bad", html.Strong(text), " ", html.Span(words("screens.alarm.how"), className="quiet"))]


def _nothing(words: Words, facts: ScreensFacts) -> html.Div:
    how: list[Any] = [words("screens.none.how"), " ", html.Strong(f"{facts.address}/screen", className="address")]
    return html.Div([empty(words("screens.none")), html.Div(how)], className="no-screens")


def _pairing(words: Words, facts: ScreensFacts) -> html.Section:
    code = entry("pair-code", name="code", maxLength=9, inputMode="numeric", placeholder="000 000", css="code-entry")
    hint = [words("screens.pair.how"), " ", html.Strong(f"{facts.address}/screen", className="address")]
    blank = ScreenRow("", "", "", "", "", "", 0.0, "", "", "", (), {})
    fields = [field(words("screens.code"), code, hint, css="code-field"), *_wanted(words, facts, blank, "pair")]
    content = [html.Div(fields, className="screen-fields"), _do(words("screens.pair"), main=True)]
    return panel(words("screens.pair.title"), _form(_API, words("screens.pair.done"), content, "margin"), id=PAIR)


def _wanted(words: Words, facts: ScreensFacts, row: ScreenRow, name: str) -> list[html.Div]:
    """The fields that say how a screen is wanted."""
    margin = entry(f"{name}-margin", f"{row.margin:g}", name="margin", css="num", maxLength=4, inputMode="decimal")
    languages = ((one, words(f"screens.language.{one.replace('-', '_').lower()}")) for one in LANGUAGES)
    return [
        field(words("screens.name"), entry(f"{name}-name", row.name, name="name", maxLength=80)),
        field(words("screens.place"), entry(f"{name}-place", row.place, name="place", maxLength=120)),
        _select(words("desk.unit"), "unit", _chosen(facts.units, row.unit)),
        _select(words("screens.playlist"), "playlist", _chosen(facts.playlists, row.playlist)),
        _select(
            words("screens.theme"),
            "theme",
            [Choice(one, words(f"screens.theme.{one or 'own'}"), one == row.theme) for one in _THEMES],
        ),
        _select(
            words("screens.language"),
            "language",
            [
                Choice("", words("screens.language.own"), not row.language),
                *(Choice(one, title, one == row.language) for one, title in languages),
            ],
        ),
        field(words("screens.margin"), margin),
    ]


def _chosen(choices: Sequence[Choice], value: str) -> list[Choice]:
    return [replace(one, chosen=one.value == value) for one in choices]


def _select(label: str, name: str, choices: Sequence[Choice]) -> html.Div:
    options = [
        html.Option("\u2003" * one.depth + one.title, value=one.value, selected=one.chosen or None) for one in choices
    ]
    return field(label, html.Select(options, name=name, className="select"))


def _form(address: str, done: str, content: Sequence[Any], numbers: str = "", **fixed: str) -> html.Div:
    """Fields that are sent together with what is fixed, those named in `numbers` as numbers; `done` is said then."""
    about = data(post=address, done=done, numbers=numbers, fixed=json.dumps(fixed))
    return html.Div([*content, html.Div(className="told", role="status")], className="ask", **about)


def _do(text: str, main: bool = False, css: str = "") -> html.Button:
    kind = "main" if main else css
    return html.Button(text, type="button", className=f"button {kind}".strip(), **data(do="1"))


def _fleet(words: Words, facts: ScreensFacts) -> html.Div:
    heads = ["screen", "state", "shows", "for", "panel", "page", "data", ""]
    top = html.Tr([html.Th(words(f"screens.head.{one}") if one else "", scope="col") for one in heads])
    rows = [line for row in facts.rows for line in (_row(words, row), _more(words, facts, row))]
    return html.Div(html.Table([html.Thead(top), html.Tbody(rows)], className="grid fleet"), className="grid-room")


def _row(words: Words, row: ScreenRow) -> html.Tr:
    cells = row.cells
    about = [
        html.Div(row.name, className="kpi-name"),
        html.Div(f"{row.place} · {row.id}".strip(" ·"), className="measure"),
    ]
    state = html.Div([html.Div([glyph(), _cell("state", cells)], className="status"), _cell("heard", cells, "measure")])
    page = [_cell("version", cells), _cell("heap", cells, "measure")]
    shown: list[tuple[str, Any]] = [
        ("screen", about),
        ("state", state),
        ("shows", _cell("shows", cells)),
        ("for", [html.Div(row.unit_title), html.Div(row.playlist_title, className="measure")]),
        ("panel", _cell("panel", cells)),
        ("page", page),
        ("data", _cell("data", cells)),
    ]
    heads = {name: words(f"screens.head.{name}") for name, _ in shown}
    columns = [html.Td(html.Div(one), className=name, **data(head=heads[name])) for name, one in shown]
    columns.append(html.Td(_quick(words, row), className="acts"))
    return html.Tr(columns, className="screen-row", **data(screen=row.id, **{"is": cells["is"]}))


def _cell(name: str, cells: Any, css: str = "") -> html.Div:
    return html.Div(cells[name], className=css, **data(cell=name))


def _quick(words: Words, row: ScreenRow) -> html.Div:
    remote = html.A(
        words("screens.remote"), href=f"/remote/{quote(row.id)}?lang={words.language}", className="button quiet-button"
    )
    asked = [_do(words("screens.identify"))]
    identify = _form(f"{_API}/{row.id}/remote", words("screens.identify.done"), asked, command="identify")
    marks: Attributes = {"aria-expanded": "false", **data(opens=row.id)}
    more = html.Button(words("screens.change"), type="button", className="button", **marks)
    return html.Div([identify, remote, more], className="quick")


def _more(words: Words, facts: ScreensFacts, row: ScreenRow) -> html.Tr:
    """What can be done with a screen, folded away until it is asked for."""
    fields = [html.Div(_wanted(words, facts, row, row.id), className="screen-fields"), _do(words("screens.save"), True)]
    change = _form(f"{_API}/{row.id}", words("screens.save.done"), fields, "margin")
    remote, asked = f"{_API}/{row.id}/remote", words("screens.asked")
    picked = [_select(words("screens.show"), "key", row.scenes), _do(words("screens.show.do"))]
    scene = _form(remote, asked, [html.Div(picked, className="act-row")], "key", command="show")
    again = _form(remote, asked, [_do(words("screens.reload"))], command="reload")
    steps = html.Div([scene, html.Div([again, _revoke(words, row)], className="row buttons")], className="screen-steps")
    cell = html.Td(html.Div([change, steps], className="screen-more"), colSpan=8)
    return html.Tr(cell, className="more-row", hidden=True, **data(of=row.id))


def _revoke(words: Words, row: ScreenRow) -> html.Details:
    """Asks once more, as a screen that is revoked must be paired again in front of it."""
    note = html.P(words("screens.revoke.note", name=row.name), className="para")
    content = [note, _do(words("screens.revoke.do"), css="danger")]
    sure = _form(f"{_API}/{row.id}/revoke", words("screens.revoke.done"), content)
    return html.Details([html.Summary(words("screens.revoke")), sure], className="undo revoke")


def _announcing(words: Words, facts: ScreensFacts) -> html.Section:
    text = html.Textarea(name="text", maxLength=500, rows=3, placeholder=words("screens.announce.hint"))
    spans = [Choice(one, words(f"screens.minutes.{one or 'open'}"), one == "60") for one in _MINUTES]
    fields = html.Div(
        [
            _select(
                words("desk.unit"),
                "unit",
                _chosen(facts.announces, facts.announces[0].value if facts.announces else ""),
            ),
            _select(words("screens.until"), "minutes", spans),
        ],
        className="screen-fields",
    )
    content = [field(words("screens.announce.text"), text), fields, _do(words("screens.announce"), main=True)]
    form = _form("/api/v1/announcements", words("screens.announce.done"), content, "minutes")
    return panel(words("screens.announce.title"), form, note=words("screens.announce.note"))


def _announced(words: Words, announced: Sequence[AnnouncedRow]) -> Any:
    if not announced:
        return empty(words("screens.announced.none"))
    return html.Ul([_announcement(words, one) for one in announced], className="announced")


def _announcement(words: Words, one: AnnouncedRow) -> html.Li:
    asked = [_do(words("screens.announced.end"))]
    end = _form(f"/api/v1/announcements/{one.id}/end", words("screens.announced.ended"), asked)
    about = html.Div(f"{one.unit_title} · {one.until} · {one.author}", className="measure")
    return html.Li([html.Div([html.Div(one.text, className="announced-text"), about]), end])


def screens_alarm(words: Words, silent: Sequence[str]) -> list[Any]:
    """The line of the landing page that names silent screens; none while all are there."""
    if not silent:
        return []
    text = words("screens.alarm.line", n=len(silent), names=words("list.comma").join(silent[:5]))
    link = html.A(words("screens.alarm.link"), href=f"/desk/screens?lang={words.language}")
    return [html.Div([html.Strong(text), link], className="notice")]
