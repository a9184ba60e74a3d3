"""One KPI's tile."""

from __future__ import annotations

from typing import Any

from dash import html

from ..bindings import age, data, fill, freshness, glyph, hidden_without, mark, number, spark, status, string, text
from ..lookup import View
from ..words import Words


def kpi_tile(view: View, prefix: str, href: str, words: Words, **look: Any) -> html.A:
    """Name, status, value, sparkline, bar, target, pace, weight, score and age; it leads to its explanation."""
    target = [text(view, f"{prefix}.target", "target"), text(view, f"{prefix}.attained", "attained")]
    own = [
        own_score(view, prefix, words),
        text(view, f"{prefix}.last", "last"),
        age(view, f"{prefix}.event_ms", "age"),
        age(view, f"{prefix}.event_ms", "since", "since"),
    ]
    body = [
        html.Div([text(view, f"{prefix}.name", "name"), status_mark(view, prefix)], className="tile-head"),
        html.Div([value(view, prefix), spark(view, prefix)], className="figure"),
        bar(view, prefix),
        html.Div([html.Div(target, className="detail"), html.Div(own, className="detail")]),
    ]
    return html.A(
        html.Div(body, className="tile-body"),
        href=href,
        className="tile panel",
        **status(view, f"{prefix}.status"),
        **freshness(view, f"{prefix}.freshness"),
        **look,
    )


def status_mark(view: View, prefix: str) -> html.Div:
    """Glyph and word."""
    return html.Div([glyph(), text(view, f"{prefix}.word", "word")], className="status")


def value(view: View, prefix: str) -> html.Div:
    """The number and its small unit."""
    size = data(size_key=f"{prefix}.size", size=string(view, f"{prefix}.size"))
    return html.Div([number(view, f"{prefix}.value", "value"), text(view, f"{prefix}.unit", "unit")],
                    className="amount", **size)  # fmt: skip


def bar(view: View, prefix: str) -> html.Div:
    """The attainment bar with its target tick and pace notch."""
    return html.Div(
        [
            html.Div(fill(view, f"{prefix}.bar"), className="track"),
            mark(view, f"{prefix}.target_tick", "tick"),
            mark(view, f"{prefix}.notch", "notch"),
        ],
        className="bar",
    )


def own_score(view: View, prefix: str, words: Words) -> html.Span:
    """Weight and score."""
    return html.Span(
        [
            html.Span([text(view, f"{prefix}.weight", ""), " · "], className="weight"),
            html.Span([f"{words('kpi.score')} ", text(view, f"{prefix}.score", "strong")]),
        ],
        className="own",
        **hidden_without(view, f"{prefix}.score"),
    )
