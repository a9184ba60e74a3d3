"""The exceptions: what is wrong, what it costs and whose it is."""

from __future__ import annotations

from dash import html

from ..bindings import age, data, glyph, hidden_without, link, status, text
from ..lookup import View
from ..words import Words


def exceptions_tile(view: View, rows: int, words: Words) -> html.Section:
    """`rows` slots, and one calm line where there is nothing to report."""
    return html.Section(
        [
            html.Div([html.H2(words("exceptions.title")), text(view, "exceptions.note", "note")],
                     className="panel-head"),
            html.Div([_row(view, f"exc.{index}") for index in range(rows)], className="exception-rows",
                     style={"--rows": rows}),
            html.Div([glyph(), html.Div([html.Div(words("exceptions.none"), className="exception-title"),
                                         html.Div(words("exceptions.none.detail"), className="exception-detail")])],
                     className="exceptions-none", **data(**{"is": "good"}), **hidden_without(view, "exceptions.none")),
        ],
        className="exceptions panel",
    )  # fmt: skip


def _row(view: View, prefix: str) -> html.A:
    return html.A(
        [
            glyph(),
            text(view, f"{prefix}.title", "exception-title"),
            html.Span(
                [
                    text(view, f"{prefix}.impact", "impact number"),
                    text(view, f"{prefix}.impact_unit", "impact-unit"),
                    age(view, f"{prefix}.quiet_ms", "impact", "span"),
                ],
                className="exception-impact",
            ),
            html.Span([text(view, f"{prefix}.worst", "worst"), text(view, f"{prefix}.detail", "")],
                      className="exception-detail"),
            html.Span(
                [
                    text(view, f"{prefix}.owner", "owner"),
                    text(view, f"{prefix}.word", "for"),
                    age(view, f"{prefix}.since_ms", "for", "span"),
                ],
                className="exception-meta",
            ),
        ],
        className="exception",
        **link(view, f"{prefix}.href"),
        **status(view, f"{prefix}.status"),
        **hidden_without(view, f"{prefix}.status"),
    )  # fmt: skip
