"""A list of a table's rows."""

from __future__ import annotations

from dash import html

from scoring.scenes import ListTile

from ..bindings import age, data, freshness, glyph, hidden_without, number, status, string, text
from ..list_view import about_lines, has_figure, list_slots, short_title
from ..lookup import Lookup, ShownScene, View
from ..room import seen
from ..words import Words


def list_tile(found: Lookup, view: View, scene: ShownScene, tile: ListTile) -> html.Section:
    """Head with the count, as many rows as fit, and what is left out; one calm line where there are none."""
    fit = list_slots(found, tile)
    rows = [_row(view, f"row.{index}", fit.only(index)) for index in range(fit.most)]
    return html.Section(
        [
            *_head(view, tile, found.words),
            html.Div(rows, className="list-rows"),
            _none(view),
            _foot(view),
        ],
        className="list panel",
        style={"--rows": fit.landscape, "--rows-upright": fit.portrait},
        **status(view, "list.status"),
        **freshness(view, "list.freshness"),
        **data(lines=str(about_lines(found, tile)), counts="after" if short_title(found, tile) else "below"),
    )


def _head(view: View, tile: ListTile, words: Words) -> list[html.Div]:
    """The count stands by itself where the tile is high, else in place of the word."""
    landscape, upright = has_figure(tile)
    alone, beside = f"only-{seen(landscape, upright)}", f"only-{seen(not landscape, not upright)}"
    mark = [glyph(), text(view, "list.word", f"word {alone}"), number(view, "list.count", f"list-number {beside}")]
    figure = [number(view, "list.count", "list-number"), html.Span(words("list.count"), className="unit")]
    return [
        html.Div([html.H2(text(view, "list.title", "")), html.Div(mark, className="status")], className="panel-head"),
        html.Div(figure, className=f"list-figure {alone}"),
    ]


def _row(view: View, prefix: str, only: str) -> html.Article:
    size = data(size_key=f"{prefix}.size", size=string(view, f"{prefix}.size"))
    return html.Article(
        [
            html.Div(text(view, f"{prefix}.name", "list-name"), className="list-names", **size),
            html.Div(
                [number(view, f"{prefix}.number", "row-number"), text(view, f"{prefix}.counts", "row-counts")],
                className="row-amount",
            ),
            text(view, f"{prefix}.about", "row-about"),
            text(view, f"{prefix}.below", "row-below"),
        ],
        className=f"list-row only-{only}",
        **hidden_without(view, f"{prefix}.shown"),
    )


def _none(view: View) -> html.Div:
    words = text(view, "list.none_text", "exception-title")
    return html.Div([glyph(), words], className="list-none", **hidden_without(view, "list.none"))


def _foot(view: View) -> html.Div:
    ages = [age(view, "list.heard_ms", "age"), age(view, "list.heard_ms", "since", "since")]
    more = [text(view, "list.more", "only-landscape"), text(view, "list.more_upright", "only-portrait")]
    return html.Div([html.Span(more), html.Span(ages)], className="list-foot")
