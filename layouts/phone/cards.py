"""The cards that phone pages are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from ..bindings import Attributes, data, glyph, hidden_without, number, spark, status, text
from ..lookup import Lookup, View
from ..tiles.kpi import bar, own_score, status_mark
from ..words import Words
from .ages import aged
from .icons import aria


def kpi_card(found: Lookup, view: View, prefix: str, href: str, place: str = "") -> html.A:
    """One KPI on three lines: name, value; bar; target, score, age.

    `place` is the unit where it is not the page's own; then the order of cards is not the view's either.
    """
    amount = [number(view, f"{prefix}.value", "value"), text(view, f"{prefix}.unit", "unit")]
    figure = html.Div([spark(view, prefix), html.Div(amount, className="amount")], className="card-figure")
    name = [text(view, f"{prefix}.name", "name"), status_mark(view, prefix), alert_mark(view, prefix, found.words)]
    above = [html.Div(place, className="card-place")] if place else []
    return html.A(
        [
            *above,
            html.Div([html.Div(name, className="card-name"), figure], className="card-head"),
            bar(view, prefix),
            detail(found, view, prefix),
        ],
        href=href,
        className="card kpi-card",
        **status(view, f"{prefix}.status"),
        **({} if place else in_order(view, prefix)),
        **hidden_without(view, f"{prefix}.name"),
    )


def alert_mark(view: View, prefix: str, words: Words) -> html.Span:
    """Says that an alert stands, by the shape of its severity; nothing while none does."""
    key = f"{prefix}.alert"
    return html.Span([glyph(), html.Span(words("alerts.phase.firing"))], className="alert-mark",
                     **status(view, key), **hidden_without(view, key))  # fmt: skip


def in_order(view: View, prefix: str) -> Attributes:
    """An element that the view puts in its place, behind the fold if it is good."""
    place = data(sort=f"{prefix}.sort", flag=f"{prefix}.good", on="1" if view.get(f"{prefix}.good") else "0")
    return {"style": {"order": view.get(f"{prefix}.sort", 0)}, **place}


def detail(found: Lookup, view: View, prefix: str) -> html.Div:
    """Target and pace, weight and score, and how old the number is."""
    plan = [text(view, f"{prefix}.target", ""), html.Span(" · "), text(view, f"{prefix}.attained", "attained")]
    heard = f"{prefix}.event_ms"
    own = [
        own_score(view, prefix, found.words),
        text(view, f"{prefix}.last", "last"),
        html.Span(" · ", className="dot"),
        aged(found, view, heard, "age"),
        aged(found, view, heard, "since", "since"),
    ]
    return html.Div([html.Span(plan), html.Span(own)], className="card-detail")


def fact(label: Any, *values: Any, **more: Any) -> html.Div:
    """A label with its number, on one line."""
    return html.Div([html.Span(label, className="label"), html.Span(list(values))], className="fact", **more)


def folded(view: View, what: str, cards: Sequence[Any], css: str, fold: bool = True) -> html.Div:
    """A list in the order of its view; what is good in it stands behind a line that opens it.

    With nothing but good ones the line is open: it would be all there is.
    """
    if not fold:
        return html.Div(list(cards), className=css, **data(open="1"))
    whole = all(getattr(card, "data-on") == "1" for card in cards)
    line = html.Button(
        [html.I(className="glyph"), text(view, f"fold.{what}", "strong"), text(view, f"fold.{what}.names", "names"),
         html.I(className="chevron")],
        type="button",
        className="fold",
        **aria(expanded="true" if whole else "false"),
        **data(**{"is": "good"}),
        **hidden_without(view, f"fold.{what}"),
    )  # fmt: skip
    return html.Div([*cards, line], className=css, **data(open="1" if whole else "0"))
