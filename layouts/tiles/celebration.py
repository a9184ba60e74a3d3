"""Targets reached."""

from __future__ import annotations

from dash import html

from scoring.scenes import CelebrationTile

from ..bindings import age, data, fill, freshness, glyph, hidden_without, number, status, string, text
from ..celebration_view import reached_slots
from ..lookup import Lookup, ShownScene, View


def celebration_tile(found: Lookup, view: View, scene: ShownScene, tile: CelebrationTile) -> html.Section:
    """How many are reached, the newest of them large, others as rows, and the closest of the rest."""
    fit = reached_slots(found, scene, tile)
    rows = [_row(view, f"goal.{index + 1}", fit.only(index)) for index in range(fit.most)]
    head = [html.H2(text(view, "reached.title", "")), number(view, "reached.count", "reached-count")]
    return html.Section(
        [
            html.Div(head, className="panel-head"),
            _first(view),
            html.Div(rows, className="reached-rows"),
            html.Div(text(view, "reached.none", ""), className="reached-none", **hidden_without(view, "reached.none")),
            _next(view),
        ],
        className="reached panel",
        style={"--rows": fit.landscape, "--rows-upright": fit.portrait},
        **freshness(view, "reached.freshness"),
        **({} if tile.quiet else data(celebrate="celebrate.reached")),
    )


def _name(view: View, prefix: str) -> html.Div:
    size = data(size_key=f"{prefix}.size", size=string(view, f"{prefix}.size"))
    return html.Div([glyph(), text(view, f"{prefix}.name", "reached-title")], className="reached-name", **size)


def _first(view: View) -> html.Div:
    detail = [text(view, "goal.0.goal", "reached-goal"), age(view, "goal.0.event_ms", "age")]
    return html.Div(
        [
            _name(view, "goal.0"),
            number(view, "goal.0.value", "reached-value"),
            html.Div(detail, className="detail"),
        ],
        className="reached-first",
        **status(view, "goal.0.status"),
        **hidden_without(view, "goal.0.shown"),
    )


def _row(view: View, prefix: str, only: str) -> html.Article:
    return html.Article(
        [_name(view, prefix), number(view, f"{prefix}.value", "reached-value")],
        className=f"reached-row only-{only}",
        **status(view, f"{prefix}.status"),
        **hidden_without(view, f"{prefix}.shown"),
    )


def _next(view: View) -> html.Div:
    line = [text(view, "next.name", "reached-title"), text(view, "next.share", "reached-share strong")]
    track = html.Div(html.Div(fill(view, "next.bar"), className="track"), className="bar")
    size = data(size_key="next.size", size=string(view, "next.size"))
    return html.Div([html.Div(line, **size), track], className="reached-next", **hidden_without(view, "next.shown"))
