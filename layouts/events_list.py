"""The newest events behind a KPI: fetched once the page stands, a page of them at a time."""

from __future__ import annotations

from dash import dcc, html

from scoring.board import Board
from scoring.definitions import Model

from . import moments
from .lookup import Lookup, lookup
from .stories import EventPage, EventRow
from .words import Words

#: Classes of the card while events are being read and after.
LOADING, READ = "card events loading", "card events"
#: So many fields of an event are on its line; all of them open below it.
FIELDS_SHOWN = 4


def events_card(words: Words, unit: str, kpi: str) -> html.Section:
    """The empty card, and what the callback needs to fill it."""
    return html.Section(
        [
            html.Div([html.H2(words("events.title"), className="card-title"),
                      html.Span(words("events.note"), className="label")], className="spread"),
            html.Div(words("events.loading"), className="events-loading", role="status"),
            html.Div([], id="events-rows", className="event-rows"),
            html.Div(words("events.failed"), id="events-foot", className="events-foot"),
            html.Button(button_text(words, failed=True), id="events-older", className="older", n_clicks=0),
            dcc.Store(id="events-of", data={"unit": unit, "kpi": kpi, "language": words.language}),
            dcc.Store(id="events-cursor"),
        ],
        id="events-card",
        className=LOADING,
    )  # fmt: skip


def event_rows(model: Model, board: Board, language: str, page: EventPage) -> list[html.Details]:
    """The rows of a page."""
    found = lookup(model, board, language)
    return [_row(found, row) for row in page.rows]


def events_foot(words: Words, page: EventPage, first: bool) -> list[html.Div]:
    """What stands under the rows: that there are none, that these are all, or how far was read."""
    if first and not page.rows and not page.has_more:
        return [html.Div(words("events.none"), className="strong"), html.Div(words("events.none.detail"))]
    if not page.rows and page.has_more:
        key = "events.none.scanned" if page.scanned else "events.none.among"
    elif page.scanned:
        key = "events.scanned" if page.has_more else "events.end"
    elif page.has_more:
        return []
    else:
        key = "events.all"
    return [html.Div(words(key, n=f"{page.scanned:,}"))]


def button_text(words: Words, failed: bool) -> str:
    """What the button under the rows offers."""
    return words("events.again" if failed else "events.older")


def events_failed(words: Words, why: str) -> list[html.Div]:
    """What stands there when the log can't be read."""
    return [html.Div(words("events.failed"), className="strong"), html.Div(why)]


def _row(found: Lookup, row: EventRow) -> html.Details:
    words = found.words
    added = [html.Div([html.Span(title), html.Span(amount, className="number")], className="added")
             for title, amount in row.added.items()]  # fmt: skip
    told = [(name, value) for name, value in row.fields.items() if value][:FIELDS_SHOWN]
    brief = [html.Span(row.unit)] + [
        html.Span([html.Span(f"{name} ", className="label"), value]) for name, value in told
    ]
    place = words("events.log", partition=row.partition, position=row.position)
    time = f"{row.source} {moments.exact(row.event_ms, found.zone, found.board.as_of_ms)}"
    summary = html.Summary(
        [
            html.Div(row.type_title, className="event-type"),
            html.Div(added or [html.Span(words("events.nothing"), className="label")], className="event-added"),
            html.Div(brief, className="dotted event-fields"),
            html.Div([html.Span(time), html.Span(place)], className="event-when"),
        ],
        className="event-line",
    )
    return html.Details([summary, _whole(found, row, place)], className="event")


def _whole(found: Lookup, row: EventRow, place: str) -> html.Div:
    """Everything about one event."""
    words, now = found.words, found.board.as_of_ms
    facts = [
        (words("events.id"), row.id),
        (words("events.time"), moments.exact(row.event_ms, found.zone, now)),
        (words("events.logged"), f"{moments.exact(row.log_ms, found.zone, now)} · {place}"),
        *row.fields.items(),
    ]
    rows = [html.Div([html.Span(label, className="label"), html.Span(value)], className="event-fact")
            for label, value in facts]  # fmt: skip
    return html.Div(rows, className="event-whole")
