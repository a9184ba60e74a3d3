"""The trend: the one chart of a wall."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from ..bindings import freshness, glyph, hidden_without, number, status, text
from ..lookup import View
from ..words import Words

#: A wall is watched, not touched: no tools, no hover, nothing that asks a server.
CHART: Any = {"displayModeBar": False, "staticPlot": True, "responsive": True, "showSendToCloud": False}


def trend_tile(view: View, words: Words) -> html.Section:
    """Head, value and chart; `assets/chart.js` fills the chart from the frame store."""
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
                ],
                className="trend-line",
            ),
            html.Div(
                [
                    dcc.Graph(id="trend", figure={}, config=CHART, responsive=True, className="chart"),
                    html.Div(words("trend.empty"), className="chart-empty", **hidden_without(view, "trend.empty")),
                ],
                className="chart-box",
            ),
        ],
        className="trend panel",
        **status(view, "trend.status"),
        **freshness(view, "trend.freshness"),
    )  # fmt: skip
