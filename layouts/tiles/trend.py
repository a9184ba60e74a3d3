"""The trend: the one chart of a wall."""

from __future__ import annotations

from dash import html

from ..bindings import age, chart, freshness, glyph, hidden_without, number, status, text
from ..lookup import View
from ..words import Words


def trend_tile(view: View, words: Words) -> html.Section:
    """Head, value and chart."""
    return html.Section(
        [
            html.Div([html.H2(text(view, "trend.title", "")),
                      html.Div([glyph(), text(view, "trend.word", "word")], className="status")],
                     className="panel-head"),
            html.Div(
                [
                    html.Span([number(view, "trend.value", "trend-value"), text(view, "trend.unit", "unit")]),
                    text(view, "trend.detail", "trend-detail"),
                    text(view, "trend.bucket", "trend-bucket"),
                    age(view, "trend.event_ms", "age"),
                    age(view, "trend.event_ms", "since", "since"),
                ],
                className="trend-line",
            ),
            html.Div(
                [
                    chart(view, "trend.figure"),
                    html.Div(words("trend.empty"), className="chart-empty", **hidden_without(view, "trend.empty")),
                ],
                className="chart-box",
            ),
        ],
        className="trend panel",
        **status(view, "trend.status"),
        **freshness(view, "trend.freshness"),
    )  # fmt: skip
