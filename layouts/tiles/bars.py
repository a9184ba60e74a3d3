"""A KPI as bars, one per bucket of its period."""

from __future__ import annotations

from typing import Any

from dash import html

from ..bindings import age, data, freshness, hidden_without, number, status, string, text
from ..lookup import View
from ..words import Words
from .bucket_chart import bucket_chart
from .chart_parts import chart_head


def bars_tile(view: View, count: int, href: str, names: str, words: Words) -> html.A:
    """Name and status, value with what is due and the target, and the bars with their numbers and times."""
    return html.A(
        [chart_head(view, "bars"), _line(view), bars_plot(view, count, words)],
        href=href,
        className="bars chart-panel panel",
        **status(view, "bars.status"),
        **freshness(view, "bars.freshness"),
        **data(names=names),
    )


def bars_plot(view: View, count: int, words: Words) -> html.Div:
    """The bars with their numbers above and times below."""
    places = range(count)
    figures = data(size_key="bars.figures", size=string(view, "bars.figures"))
    plot: list[Any] = [
        html.Div([_figure(view, f"bar.{place}") for place in places], className="bar-figures", **figures),
        html.Div(bucket_chart(view, "bars.paths"), className="bars-box"),
        html.Div([_label(view, f"bar.{place}") for place in places], className="bar-labels"),
        html.Div(words("trend.empty"), className="chart-empty", **hidden_without(view, "bars.empty")),
    ]
    return html.Div(plot, className="bars-plot")


def _line(view: View) -> html.Div:
    """What does not fit beside the value wraps out of sight: first the target, which the bars show too."""
    value = html.Span([number(view, "bars.value", "chart-value"), text(view, "bars.unit", "unit")])
    detail = [text(view, "bars.due", ""), text(view, "bars.goal", "")]
    ages = [age(view, "bars.event_ms", "age"), age(view, "bars.event_ms", "since", "since")]
    return html.Div([value, html.Span(detail, className="bars-detail"), *ages], className="bars-line")


def _figure(view: View, prefix: str) -> html.Div:
    return html.Div(
        text(view, f"{prefix}.amount", ""),
        **status(view, f"{prefix}.status"),
        **hidden_without(view, f"{prefix}.shown"),
    )


def _label(view: View, prefix: str) -> html.Div:
    return html.Div(text(view, f"{prefix}.label", ""), **hidden_without(view, f"{prefix}.shown"))
