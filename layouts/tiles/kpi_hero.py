"""A KPI as the hero of a scene."""

from __future__ import annotations

from typing import Any

from dash import html

from scoring.scenes import HeroTile

from ..bars_view import bar_count
from ..bindings import age, em, freshness, hidden_without, number, spark, status, text
from ..kpi_hero_view import as_bars, has_bars, name_size, unit_width
from ..links import explain_href
from ..lookup import Lookup, ShownScene, View
from ..words import Words
from .bars import bars_plot
from .hero import fact
from .kpi import bar, own_score, status_mark


def kpi_hero_tile(found: Lookup, view: View, scene: ShownScene, tile: HeroTile, kpi_id: str) -> html.A:
    """Name, status, the number as large as the tile lets it be, bar, facts, and bars per bucket where there is room."""
    kpi, words = found.kpis[kpi_id], found.words
    plot: Any = spark(view, "hero")
    if has_bars(found, kpi_id):
        plot = bars_plot(view, bar_count(as_bars(tile, kpi_id)), words)
    figure = [number(view, "hero.value", "hero-score"), text(view, "hero.unit", "hero-unit")]
    return html.A(
        [
            html.Div([text(view, "hero.name", "hero-name"), status_mark(view, "hero")], className="hero-head"),
            html.Div(figure, className="hero-figure", **em(view, "hero.em")),
            html.Div(bar(view, "hero"), className="hero-bar"),
            _facts(view, words, kpi.accrues, kpi.period),
            _own(view, words),
            *([html.Div(plot, className="hero-plot")] if kpi.trend else []),
        ],
        href=explain_href(scene.unit, words.language, kpi_id),
        className="hero kpi-hero panel",
        style={
            "--name": f"{name_size(found, kpi_id, tile) / 10:g}rem",
            "--unit": f"{unit_width(found, scene, kpi_id) / 10:g}rem",
        },
        **status(view, "hero.status"),
        **freshness(view, "hero.freshness"),
    )


def _facts(view: View, words: Words, accrues: bool, period: str) -> html.Div:
    due = [text(view, "hero.due", "strong"), text(view, "hero.gap", "gap")]
    forecast = [
        text(view, "hero.forecast_label", "label"),
        html.Div(text(view, "hero.forecast", "strong"), className="fact-value"),
    ]
    return html.Div(
        [
            fact(words("hero.due") if accrues else f"{words('hero.attained')} · {words(f'this.{period}')}", due),
            fact(words(f"hero.plan.{period}" if accrues else "hero.target"), [text(view, "hero.plan", "strong")]),
            html.Div(forecast, className="fact fact-forecast", **hidden_without(view, "hero.forecast")),
        ],
        className="facts",
    )


def _own(view: View, words: Words) -> html.Div:
    ages = [age(view, "hero.event_ms", "age"), age(view, "hero.event_ms", "since", "since")]
    return html.Div(
        [own_score(view, "hero", words), text(view, "hero.last", "last"), *ages], className="hero-own detail"
    )
