"""What all desk pages are built of: panels, tables, fields, notices and the step that asks for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import dcc, html

from ..bindings import data, glyph
from ..words import Words
from .facts import Choice, Said

#: What pages know of themselves: language and name, for callbacks.
PAGE = "desk-page"


def panel(title: str, *content: Any, note: Any = "", css: str = "", **more: Any) -> html.Section:
    """A panel with its title and a quiet note beside it."""
    head = html.Div([html.H2(title), html.Div(note, className="sheet-note")], className="sheet-head")
    return html.Section([head, *content], className=f"sheet {css}".strip(), **more)


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], css: str = "") -> html.Div:
    """A table; a head is its text and the class of its column (`num` stands right)."""
    top = html.Thead(html.Tr([html.Th(text, className=kind, scope="col") for text, kind in heads]))
    lines = [row if isinstance(row, html.Tr) else html.Tr(_cells(heads, row)) for row in rows]
    return html.Div(html.Table([top, html.Tbody(lines)], className=f"grid {css}".strip()), className="grid-room")


def _cells(heads: Sequence[tuple[str, str]], row: Sequence[Any]) -> list[html.Td]:
    return [html.Td(one, className=kind, **data(head=text)) for one, (text, kind) in zip(row, heads, strict=True)]


def field(label: str, entry: Any, hint: Any = "", css: str = "") -> html.Div:
    """A labelled entry."""
    below = [html.Div(hint, className="hint")] if hint else []
    return html.Div(
        [html.Label([html.Span(label, className="label"), entry]), *below], className=f"field {css}".strip()
    )


def entry(id_: Any, value: str = "", css: str = "", **more: Any) -> dcc.Input:
    """A line of text; numbers too, as no browser rounds a text."""
    options = {"autoComplete": "off", "spellCheck": False, **more}
    return dcc.Input(id=id_, value=value, type="text", className=css, **options)


def labelled(label: str, said: Any) -> html.Label:
    """An entry of a table, with its label for who can't see where it stands."""
    return html.Label([html.Span(label, className="unseen"), said])


def button(text: str, id_: Any, css: str = "") -> html.Button:
    """A button; `main` is the one step that the page is for."""
    return html.Button(text, id=id_, n_clicks=0, className=f"button {css}".strip(), type="button")


def link_button(text: str, href: str) -> html.A:
    """A link that starts a download."""
    return html.A(text, href=href, className="button", download="")


def picker(name: str, choices: Sequence[Choice], label: str) -> html.Label:
    """A list to pick one from; a native one, so that keyboards and phones know it."""
    options = [
        html.Option("\u2003" * one.depth + one.title, value=one.value, selected=one.chosen or None) for one in choices
    ]
    return html.Label(
        [html.Span(label, className="label"), html.Select(options, name=name, className="select")], className="field"
    )


def goes(name: str, choices: Sequence[Choice], label: str, address: str) -> html.Div:
    """A list that leads to the page of what is picked; `{}` in the address is its value."""
    return html.Div(picker(name, choices, label), **data(go=address))


def notice(kind: str, *content: Any) -> html.Div:
    """A line with a glyph: good, watch, bad or unknown."""
    return html.Div([glyph(), html.Div(list(content))], className="notice-line", role="status", **data(**{"is": kind}))


def empty(text: str) -> html.Div:
    """What stands where there is nothing."""
    return html.Div(text, className="empty")


def sayings(said: Sequence[Said], css: str = "") -> html.Ul:
    """Findings with what they are about and their fixes, errors first."""
    rows = [_saying(one) for one in sorted(said, key=lambda one: one.level != "error")]
    return html.Ul(rows, className=f"sayings {css}".strip())


def _saying(one: Said) -> html.Li:
    place = [html.Span(one.place, className="at-place")] if one.place else []
    fix = [html.Div(one.fix, className="fix")] if one.fix else []
    body = html.Div([html.Div([*place, html.Span(one.message)]), *fix])
    return html.Li([glyph(), body], **data(**{"is": "bad" if one.level == "error" else "watch"}))


def act(words: Words, name: str, text: str, reason: str = "", main: bool = True) -> html.Div:
    """A step that changes something: it asks for a reason; who acts is who has signed in."""
    said = entry(f"{name}-reason", reason, placeholder=words("desk.act.reason"), maxLength=500)
    row = [field(words("desk.act.reason"), said, css="wide"), button(text, f"{name}-do", "main" if main else "")]
    return html.Div(
        [html.Div(row, className="act-row"), html.Div(id=f"{name}-told", className="told")], className="act"
    )


def told(*content: Any, good: bool) -> html.Div:
    """What came of a step."""
    return notice("good" if good else "bad", *content)


def chip(text: str, css: str = "") -> html.Span:
    """A state in a word."""
    return html.Span(text, className=f"chip {css}".strip())
