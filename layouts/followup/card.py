"""Notes and actions of a KPI on its explain page: what is open, and what was said last."""

from __future__ import annotations

from urllib.parse import quote

from dash import html

from ..bindings import data, glyph
from ..lookup import Lookup
from .facts import ActionLine, NoteLine, Pinned
from .section import due_words, when_text

_SHOWN = 4


def followup_card(found: Lookup, pinned: Pinned | None) -> list[html.Section]:
    """The card; nothing where nothing is written and the reader can write nothing."""
    if pinned is None or not (pinned.notes or pinned.actions or pinned.may_note or pinned.may_act):
        return []
    words = found.words
    opened = [_action(found, one, pinned) for one in pinned.actions if one.state == "open"]
    lines = [*opened, *(_note(found, one) for one in pinned.notes)][:_SHOWN]
    href = f"/phone/{quote(pinned.unit)}/kpi/{quote(pinned.kpi)}?lang={words.language}#followup"
    link = html.A(words("followup.open"), href=href, className="text-link")
    head = html.Div([html.H2(words("followup.title"), className="card-title"), link], className="spread")
    body = lines or [html.Div(words("followup.none"), className="quiet-line")]
    return [html.Section([head, *body], className="card followup-card")]


def _action(found: Lookup, one: ActionLine, pinned: Pinned) -> html.Div:
    status, due = due_words(found, one, pinned.today)
    state = html.Span([glyph(), html.Span(due)], className="status", **data(**{"is": status}))
    about = [state, html.Span(one.owner_title)]
    return html.Div([html.Div(one.title, className="version-reason"), html.Div(about, className="dotted")],
                    className="followup-line")  # fmt: skip


def _note(found: Lookup, one: NoteLine) -> html.Div:
    about = [html.Span(one.author), html.Span(when_text(found, one.at_ms))]
    return html.Div([html.Div(one.text, className="version-reason"), html.Div(about, className="dotted")],
                    className="followup-line")  # fmt: skip
