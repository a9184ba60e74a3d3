"""The header of a wall."""

from __future__ import annotations

from dash import html

from ..alerts.standing import MOST_SEVERE_FIRST
from ..bindings import data, fill, glyph, hidden_without, text
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
            firing(view, words),
            html.Div([live_mark(view, words), text(view, "header.date", "date")], className="now-line"),
            html.Span("", className="clock number", **data(clock="1")),
        ],
        className="header",
    )  # fmt: skip


def firing(view: View, words: Words) -> html.Div:
    """The alerts that stand, as one shape and number for each severity; nothing while there are none."""
    marks = [
        html.Span(
            [glyph(), text(view, f"header.firing.{severity}", "number"),
             html.Span(words(f"alerts.severity.{severity}"), className="unseen")],
            className="firing-mark",
            **data(**{"is": severity}),
            **hidden_without(view, f"header.firing.{severity}"),
        )
        for severity in MOST_SEVERE_FIRST
    ]  # fmt: skip
    return html.Div(marks, className="firing")


def live_mark(view: View, words: Words) -> html.Div:
    """Live, partly stale, or offline since: the last is the browser's own finding."""
    state = str(view.get("header.state", "live"))
    return html.Div(
        [html.I(className="live-dot"), text(view, "header.live", "live-word"), html.Span(className="offline-word")],
        className="live",
        **data(status="header.state", **{"is": state}),
    )
