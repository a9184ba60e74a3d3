"""The phone page of one unit: own score, why it moved, KPIs worst first, and the units below."""

from __future__ import annotations

from urllib.parse import quote

from dash import html

from scoring.board import Board
from scoring.definitions import Model, Unit

from .bindings import age, data, fill, glyph, hidden_without, mark, number, spark, status, string, text
from .links import explain_href, unit_href
from .lookup import Lookup, View, lookup
from .page_data import page_data
from .phone_view import CHILDREN, changes_since_yesterday, phone_view, scored_children
from .tiles.header import live_mark
from .tiles.kpi import bar, own_score, status_mark
from .words import Words


def phone_page(model: Model, board: Board, unit_id: str, language: str, version: str) -> html.Div:
    """The page; KeyError if the model has no such unit."""
    found = lookup(model, board, language)
    unit, view = found.units[unit_id], phone_view(model, board, unit_id, language)
    parts = [
        _header(found, view, unit),
        _score(found, view, unit),
        _since_yesterday(found, view, unit),
        *_cards(found, view, unit),
        *_children(found, view, unit),
        html.A(found.words("phone.home"), href=f"/?lang={language}", className="phone-home"),
    ]
    push = f"/push/phone/{quote(unit_id)}?lang={language}"
    return html.Div(parts, className="phone", **page_data(found, push, version))


def _header(found: Lookup, view: View, unit: Unit) -> html.Header:
    words = found.words
    up: list[html.A] = []
    if unit.parent is not None:
        parent = words("phone.parent", unit=found.text(found.units[unit.parent].title))
        up = [html.A([html.I(className="chevron"), parent], href=unit_href(unit.parent, words.language),
                     className="up")]  # fmt: skip
    live = html.Div([live_mark(view, words), age(view, "phone.event_ms", "live-age")], className="phone-live")
    elapsed = html.Div(html.Div(fill(view, "header.elapsed"), className="track"), className="elapsed")
    period = [text(view, "header.period", ""), elapsed, text(view, "header.elapsed_text", "")]
    title = html.H1(text(view, "header.title", ""))
    return html.Header([*up, html.Div([title, live], className="phone-title"),
                        html.Div(period, className="period-line")])  # fmt: skip


def _score(found: Lookup, view: View, unit: Unit) -> html.A:
    words = found.words

    def row(label: str, *values: html.Span) -> html.Div:
        return html.Div([html.Span(label, className="label"), html.Span(list(values))], className="score-fact")

    rank = row(words("phone.rank"), text(view, "phone.rank", "strong"), text(view, "phone.move", "rank-move"))
    facts = [
        row(words("hero.target"), text(view, "hero.target", "strong")),
        row(words("hero.change"), text(view, "hero.change", "strong")),
        html.Div(
            [text(view, "hero.forecast_label", "label"), text(view, "hero.forecast", "strong")],
            className="score-fact",
            **hidden_without(view, "hero.forecast"),
        ),
        html.Div(rank, **hidden_without(view, "phone.rank")),
    ]
    length = data(size_key="hero.length", size=string(view, "hero.length"))
    ticks = [html.Div(fill(view, "hero.bar"), className="track"), mark(view, "hero.target_tick", "tick")]
    return html.A(
        [
            html.Div([text(view, "hero.name", "card-title"), status_mark(view, "hero")], className="spread"),
            html.Div([number(view, "hero.score", "phone-score"), html.Div(facts)], className="score-line", **length),
            html.Div(ticks, className="bar hero-bar"),
        ],
        href=explain_href(unit.id, words.language),
        className="card",
        **status(view, "hero.status"),
    )


def _since_yesterday(found: Lookup, view: View, unit: Unit) -> html.A:
    names = {part: found.words("hero.children") if part == CHILDREN else found.short(found.kpis[part])
             for part in changes_since_yesterday(found, unit)}  # fmt: skip
    head = html.Div(
        [html.Span(found.words("phone.since") + " "), text(view, "delta.total", "")], className="card-title"
    )
    why = html.Span([found.words("explain.link"), html.I(className="chevron")], className="why")
    return html.A(
        [html.Div([head, why], className="spread"), html.Div([_delta(view, *part) for part in names.items()],
                                                          className="deltas")],
        href=explain_href(unit.id, found.words.language),
        className="card",
        **hidden_without(view, "delta.shown"),
    )  # fmt: skip


def _delta(view: View, part: str, title: str) -> html.Div:
    key = f"delta.{part}"
    span = view.get(f"{key}.span")
    left, width = span if isinstance(span, list) else (0, 0)
    line = html.Div(className="delta-bar", style={"transform": f"translateX({left * 100:g}%) scaleX({width})"},
                    **data(span=f"{key}.span"))  # fmt: skip
    zero = mark(view, "delta.zero", "zero")
    return html.Div(
        [html.Span(title, className="delta-name"), html.Div([line, zero], className="delta-track"),
         text(view, f"{key}.text", "strong delta-value")],
        className="delta",
        style={"order": view.get(f"{key}.sort", 0)},
        **data(sort=f"{key}.sort", flag=f"{key}.up", on="1" if view.get(f"{key}.up") else "0"),
    )  # fmt: skip


def _cards(found: Lookup, view: View, unit: Unit) -> list[html.Div]:
    results = found.results(unit.id)
    if not results:
        return []
    head = [html.H2(found.words("phone.kpis", n=len(results))), html.Span(found.words("phone.by_loss"))]
    language = found.words.language
    cards = [_card(view, f"kpi.{result.kpi}", explain_href(unit.id, language, result.kpi), found.words)
             for result in results]  # fmt: skip
    return [html.Div(head, className="list-head"), html.Div(cards, className="cards")]


def _card(view: View, prefix: str, href: str, words: Words) -> html.A:
    amount = [number(view, f"{prefix}.value", "value"), text(view, f"{prefix}.unit", "unit")]
    name = [text(view, f"{prefix}.name", "name"), status_mark(view, prefix)]
    plan = [text(view, f"{prefix}.target", ""), html.Span(" · "), text(view, f"{prefix}.attained", "")]
    own = [own_score(view, prefix, words), text(view, f"{prefix}.last", "last"), html.Span(" · "),
           age(view, f"{prefix}.event_ms", "age"), age(view, f"{prefix}.event_ms", "since", "since")]  # fmt: skip
    return html.A(
        [
            html.Div([html.Div(name, className="card-name"), spark(view, prefix),
                      html.Div(amount, className="amount")], className="card-head"),
            bar(view, prefix),
            html.Div([html.Span(plan), html.Span(own)], className="card-detail"),
        ],
        href=href,
        className="card kpi-card",
        style={"order": view.get(f"{prefix}.sort", 0)},
        **status(view, f"{prefix}.status"),
        **data(sort=f"{prefix}.sort"),
    )  # fmt: skip


def _children(found: Lookup, view: View, unit: Unit) -> list[html.Div]:
    children = scored_children(found, unit)
    if not children:
        return []
    words = found.words
    head = [html.H2(words("phone.children")), html.Span(words("phone.children.note"))]
    rows = [_child(found, view, child) for child in children]
    return [html.Div(head, className="list-head"), html.Div(rows, className="card children")]


def _child(found: Lookup, view: View, child: Unit) -> html.A:
    prefix = f"child.{child.id}"
    ticks = [html.Div(fill(view, f"{prefix}.bar"), className="track"), mark(view, f"{prefix}.target_tick", "tick")]
    return html.A(
        [
            glyph(),
            html.Span(found.text(child.title), className="child-name"),
            html.Div(ticks, className="bar"),
            number(view, f"{prefix}.score", "child-score"),
            html.I(className="chevron"),
        ],
        href=unit_href(child.id, found.words.language),
        className="child",
        style={"order": view.get(f"{prefix}.sort", 0)},
        **status(view, f"{prefix}.status"),
        **data(sort=f"{prefix}.sort"),
    )
