"""The exceptions: what is wrong, what it costs and whose it is."""

from __future__ import annotations

from dash import html

from ..bindings import age, data, glyph, hidden_without, link, status, text
from ..lookup import View
from ..room import Slots
from ..words import Words


def exceptions_tile(view: View, fit: Slots, words: Words) -> html.Section:
    """As many rows as fit, and one calm line where there is nothing to report."""
    notes = [text(view, "exceptions.note", "note only-landscape"),
             text(view, "exceptions.note_upright", "note only-portrait")]  # fmt: skip
    rows = [_row(view, f"exc.{index}", fit.only(index)) for index in range(fit.most)]
    return html.Section(
        [
            html.Div([html.H2(words("exceptions.title")), *notes], className="panel-head"),
            html.Div(rows, className="exception-rows",
                     style={"--rows": fit.landscape, "--rows-upright": fit.portrait}),
            html.Div([glyph(), html.Div([html.Div(words("exceptions.none"), className="exception-title"),
                                         html.Div(words("exceptions.none.detail"), className="exception-detail")])],
                     className="exceptions-none", **data(**{"is": "good"}), **hidden_without(view, "exceptions.none")),
        ],
        className="exceptions panel",
    )  # fmt: skip


def _row(view: View, prefix: str, only: str) -> html.A:
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
        className=f"exception only-{only}",
        **link(view, f"{prefix}.href"),
        **status(view, f"{prefix}.status"),
        **hidden_without(view, f"{prefix}.status"),
    )  # fmt: skip
