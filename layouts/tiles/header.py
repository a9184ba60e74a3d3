"""The header of a wall."""

from __future__ import annotations

from dash import html

from ..bindings import data, fill, hidden_without, text
from ..lookup import View
from ..words import Words


def header(view: View, words: Words) -> html.Header:
    """Title, period with elapsed time, live state, date and clock."""
    elapsed = html.Div(html.Div(fill(view, "header.elapsed"), className="track"), className="elapsed",
                       **hidden_without(view, "header.elapsed"))  # fmt: skip
    period = [text(view, "header.period", "period"), elapsed, text(view, "header.elapsed_text", "elapsed-text")]
    return html.Header(
        [
            html.H1(text(view, "header.title", ""), className="title"),
            html.Div(period, className="period-line"),
            html.Div([live_mark(view, words), text(view, "header.date", "date")], className="now-line"),
            html.Span("", className="clock number", **data(clock="1")),
        ],
        className="header",
    )  # fmt: skip


def live_mark(view: View, words: Words) -> html.Div:
    """Live, partly stale, or offline since: the last is the browser's own finding."""
    state = str(view.get("header.state", "live"))
    return html.Div(
        [html.I(className="live-dot"), text(view, "header.live", "live-word"), html.Span(className="offline-word")],
        className="live",
        **data(status="header.state", **{"is": state}),
    )
