"""The dialogs of a stand-up: note, action, decision, all else, and the keys."""

from __future__ import annotations

from typing import Any

from dash import html

from ..bindings import data
from ..lookup import Lookup
from ..markup import Element
from . import wording
from .facts import MeetingFact

#: Keys and what they do; arrows and digits among them.
KEYS = ("← →", "1–9", "n", "a", "d", "u", "r", "e", "?")
MOST_TEXT, MOST_TITLE = 2000, 200


def dialogs(found: Lookup, fact: MeetingFact) -> list[Element]:
    """Those that the reader may use."""
    if not fact.runs:
        return []
    kinds = [_note(found), _action(found, fact)] if fact.may_write else []
    if fact.may_run:
        kinds += [_decide(found), _end(found)]
    return [*kinds, _more(found, fact), _help(found)]


def _dialog(name: str, title: str, body: list[Any]) -> Element:
    head = html.H2(title)
    return Element("dialog", {"id": f"su-{name}", "class": "su-dialog", "aria-label": title}, [head, *body])


def _form(found: Lookup, step: str, fields: list[Any], save: str) -> Element:
    words = found.words
    buttons = html.Div(
        [
            html.Button(words("standup.cancel"), type="button", className="su-button", **data(close="1")),
            html.Button(save, type="submit", className="su-button main"),
        ],
        className="su-dialog-buttons",
    )
    wrong = html.P("", className="su-wrong", role="alert")
    return Element("form", {"data-step": step}, [*fields, wrong, buttons])


def _text(name: str, label: str, most: int) -> html.Label:
    area = Element("textarea", {"name": name, "rows": 3, "maxlength": most, "required": True}, [])
    return _labelled(label, area)


def _labelled(label: str, field: Any) -> html.Label:
    parts: list[Any] = [html.Span(label, className="label"), field]
    return html.Label(parts)


def _note(found: Lookup) -> Element:
    words = found.words
    about = html.P("", className="su-about su-pinned")
    fields = [about, _text("text", words("standup.note.text"), MOST_TEXT)]
    return _dialog("note", words("standup.note"), [_form(found, "note", fields, words("standup.save"))])


def _decide(found: Lookup) -> Element:
    words = found.words
    fields = [html.P("", className="su-about su-pinned"), _text("text", words("standup.decision.text"), MOST_TEXT)]
    return _dialog("decide", words("standup.decision"), [_form(found, "decide", fields, words("standup.save"))])


def _action(found: Lookup, fact: MeetingFact) -> Element:
    words = found.words
    title = Element("input", {"name": "title", "maxlength": MOST_TITLE, "required": True, "autocomplete": "off"}, [])
    options = [html.Option(name, value=account) for account, name in fact.owners]
    day = fact.due.isoformat() if fact.due else ""
    about = {"name": "due", "type": "date", "required": True, "value": day, "min": fact.today.isoformat()}
    due = Element("input", about)
    fields = [
        html.P("", className="su-about su-pinned"),
        _labelled(words("standup.action.title"), title),
        html.Div(
            [
                _labelled(words("standup.action.owner"), html.Select(options, name="owner")),
                _labelled(words("standup.action.due"), due),
            ],
            className="su-fields",
        ),
    ]  # fmt: skip
    return _dialog("action", words("standup.action"), [_form(found, "action", fields, words("standup.action.save"))])


def _end(found: Lookup) -> Element:
    words = found.words
    return _dialog(
        "end", words("standup.end"), [_form(found, "end", [html.P(words("standup.end.how"))], words("standup.end"))]
    )


def _more(found: Lookup, fact: MeetingFact) -> Element:
    words = found.words
    lines: list[Any] = []
    if fact.may_write:
        lines.append(_line(words("standup.do.undo"), post="undo"))
    if fact.may_run:
        taken = wording.clock(found, fact.snapshot_ms)
        lines += [
            _line(words("standup.do.refresh", time=taken), post="refresh"),
            _line(words("standup.end"), open="end"),
        ]
    lines += [_line(words("standup.do.keys"), open="help")]
    who = html.P(
        words("standup.attended", names=words("standup.comma").join(fact.attended) or "–"), className="su-about"
    )
    close = html.Div(html.Button(words("standup.close"), type="button", className="su-button", **data(close="1")),
                     className="su-dialog-buttons")  # fmt: skip
    return _dialog(
        "more", words("standup.do.more"), [*lines, who, html.P("", className="su-wrong", role="alert"), close]
    )


def _line(text: str, **about: str) -> html.Button:
    return html.Button(text, type="button", className="su-dialog-line", **data(**about))


def _help(found: Lookup) -> Element:
    words = found.words
    rows = [html.Div([html.Kbd(key), html.Span(words(f"standup.key.{at}"))], className="su-key")
            for at, key in enumerate(KEYS)]  # fmt: skip
    close = html.Div(html.Button(words("standup.close"), type="button", className="su-button", **data(close="1")),
                     className="su-dialog-buttons")  # fmt: skip
    return _dialog("help", words("standup.keys"), [*rows, close])
