"""Andon: one row per line, its state a filled block that is seen across the hall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from scoring.scenes import LinesTile

from ..bindings import age, data, freshness, glyph, hidden_without, number, status, string, text
from ..line_columns import due_beside, line_columns, line_sizes, line_slots
from ..lookup import Lookup, ShownScene, View
from ..room import seen
from .bucket_chart import bucket_chart


def lines_tile(found: Lookup, view: View, scene: ShownScene, tile: LinesTile) -> html.Section:
    """As many rows as fit, each with its KPIs."""
    fit, (landscape, upright) = line_slots(found, scene, tile), line_columns(found, scene, tile)
    numbers = [seen(index <= len(landscape.further), index <= len(upright.further)) for index in range(len(tile.kpis))]
    bars = seen(bool(landscape.bars), bool(upright.bars))
    rows = [_line(view, f"line.{index}", numbers, bars, fit.only(index)) for index in range(fit.most)]
    none = html.Div(found.words("lines.none"), className="lines-none panel", **hidden_without(view, "lines.empty"))
    return html.Section(
        [_head(view, numbers, bars, bool(tile.title)), none, html.Div(rows, className="line-rows")],
        className="lines",
        style=line_sizes(found, scene, tile) | {"--rows": fit.landscape, "--rows-upright": fit.portrait},
        **data(red_key="lines.red", red=string(view, "lines.red"), due=_due(found, scene, tile)),
    )


def _due(found: Lookup, scene: ShownScene, tile: LinesTile) -> str:
    return "beside" if tile.kpis and due_beside(found, scene, tile) else "below"


def _head(view: View, numbers: Sequence[str], bars: str, titled: bool) -> html.Header:
    title = [
        html.H2(text(view, "lines.title", "strong" if titled else "")),
        text(view, "lines.more", "lines-more only-landscape"),
        text(view, "lines.more_upright", "lines-more only-portrait"),
        age(view, "lines.event_ms", "age"),
    ]
    columns = [html.Div(title, className="lines-title")]
    if bars != "none":
        columns.append(html.Div(text(view, "lines.head.bars", ""), className=f"line-bars only-{bars}"))
    columns += [
        html.Div(text(view, f"lines.head.{index}", ""), className=f"{_column(index)} only-{where}")
        for index, where in enumerate(numbers) if where != "none"
    ]  # fmt: skip
    return html.Header(columns, className="lines-head")


def _column(index: int) -> str:
    return "line-first" if index == 0 else "line-further"


def _line(view: View, prefix: str, numbers: Sequence[str], bars: str, only: str) -> html.Article:
    columns: list[Any] = [_state(view, prefix), _about(view, prefix)]
    if bars != "none":
        columns.append(html.Div(bucket_chart(view, f"{prefix}.bars"), className=f"line-bars only-{bars}"))
    columns += [
        _number(view, f"{prefix}.kpi.{index}", f"{_column(index)} only-{where}")
        for index, where in enumerate(numbers) if where != "none"
    ]  # fmt: skip
    return html.Article(
        html.Div(columns, className="line-body"),
        className=f"line panel only-{only}",
        **status(view, f"{prefix}.state"),
        **freshness(view, f"{prefix}.live"),
        **hidden_without(view, f"{prefix}.state"),
    )


def _state(view: View, prefix: str) -> html.Div:
    times = [age(view, f"{prefix}.since_ms", "line-since", "span"), text(view, f"{prefix}.as_of", "line-since")]
    word = [html.I(className="line-glyph"), text(view, f"{prefix}.word", "")]
    return html.Div([html.Div(word, className="line-word"), html.Div(times)], className="line-state")


def _about(view: View, prefix: str) -> html.Div:
    name = [text(view, f"{prefix}.name", "line-name"), text(view, f"{prefix}.beside", "line-beside")]
    return html.Div(
        [
            html.Div(name, className="line-names"),
            text(view, f"{prefix}.below", "line-below"),
            text(view, f"{prefix}.reason", "line-reason"),
        ],
        className="line-about",
        **data(flag=f"{prefix}.long", on="1" if view.get(f"{prefix}.long") else "0"),
    )


def _number(view: View, prefix: str, css: str) -> html.Div:
    value = [number(view, f"{prefix}.value", "line-value"), text(view, f"{prefix}.due", "line-due beside")]
    stands = [text(view, f"{prefix}.due", "line-due below"), glyph(), text(view, f"{prefix}.lead", "line-lead")]
    return html.Div(
        [
            html.Div(value, className="line-amount"),
            html.Div(stands, className="line-stands", **hidden_without(view, f"{prefix}.status")),
        ],
        className=css,
        **status(view, f"{prefix}.status"),
    )
