"""The page of one unit: its score, what changed since yesterday, KPIs worst first, and the units below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board
from scoring.definitions import Model, Unit

from ..bindings import data, fill, glyph, hidden_without, mark, number, status, string, text
from ..followup.section import followup_section
from ..links import explain_href, unit_href
from ..lookup import Lookup, View, lookup
from ..tiles.kpi import status_mark
from .cards import alert_mark, fact, folded, in_order, kpi_card
from .frame import Frame, PhoneReader, list_head, note, page
from .icons import icon
from .unit_view import CHILDREN, REST, phone_view
from .way import kpi_href, kpis_of, unit_way

#: Fewer units below are all shown, good ones too.
_FOLD_FROM = 6


def unit_page(model: Model, board: Board, unit_id: str, language: str, reader: PhoneReader) -> html.Div:
    """The page; KeyError if the model has no such unit."""
    found = lookup(model, board, language, alerts=reader.alerts)
    unit, view = found.units[unit_id], phone_view(model, board, unit_id, language, reader.alerts)
    first = _score(found, view, unit, reader)
    rest: list[Any] = [*_kpis(found, view, unit, reader), *_children(found, view, unit, reader)]
    if not found.results(unit_id) and not found.children(unit_id) and not reader.withheld(unit_id):
        rest = [note(found.words("phone.empty"), found.words("phone.empty.why"))]
    pinned = reader.followup(unit_id, "")
    rest += [] if pinned is None else followup_section(found, pinned)
    content = [html.Div(first, className="first"), html.Div(rest, className="rest")]
    frame = Frame(
        unit=unit_id,
        title=found.text(unit.title),
        push=f"/push/phone/{quote(unit_id)}?lang={language}",
        tab="home" if unit_id == reader.home else "",
        way=unit_way(found, unit),
    )
    return page(found, view, reader, frame, content, "unit")


def _score(found: Lookup, view: View, unit: Unit, reader: PhoneReader) -> list[Any]:
    """The score and what moved it; in words why there is none, where it would tell what is hidden."""
    words = found.words
    withheld = reader.withheld(unit.id)
    why = [note(words("phone.withheld"), words("phone.withheld.why"), kind="lock")] if withheld else []
    if withheld and unit.id not in found.board.units:
        return why
    linked = _linked(found, unit, reader)
    return [_score_card(found, view, unit, linked), _since_yesterday(found, view, unit, linked, reader), *why]


def _linked(found: Lookup, unit: Unit, reader: PhoneReader) -> Callable[..., html.A | html.Div]:
    """A card that leads to the unit's explanation, if that is there for the reader."""
    if not reader.explained(unit.id):
        return html.Div
    href = explain_href(unit.id, found.words.language)

    def linked(children: Any, **more: Any) -> html.A:
        return html.A(children, href=href, **more)

    return linked


def _score_card(found: Lookup, view: View, unit: Unit, linked: Callable[..., Any]) -> Any:
    words = found.words
    facts = [
        fact(words("hero.target"), text(view, "hero.target", "strong")),
        fact(words("hero.change"), text(view, "hero.change", "strong")),
        fact(words("phone.rank"), text(view, "phone.rank", "strong"), text(view, "phone.move", "rank-move"),
             **hidden_without(view, "phone.rank")),
    ]  # fmt: skip
    length = data(size_key="hero.length", size=string(view, "hero.length"))
    ahead = [text(view, "hero.forecast_label", "label"), text(view, "hero.forecast", "strong")]
    ticks = [html.Div(fill(view, "hero.bar"), className="track"), mark(view, "hero.target_tick", "tick")]
    return linked(
        [
            html.Div([html.H2(words("hero.plain")), status_mark(view, "hero")], className="spread"),
            html.Div([number(view, "hero.score", "phone-score"), html.Div(facts, className="facts")],
                     className="score-line", **length),
            html.Div(ticks, className="bar hero-bar"),
            html.Div(ahead, className="ahead", **hidden_without(view, "hero.forecast")),
        ],
        className="card score-card",
        **status(view, "hero.status"),
    )  # fmt: skip


def _since_yesterday(found: Lookup, view: View, unit: Unit, linked: Callable[..., Any], reader: PhoneReader) -> Any:
    words = found.words
    names = {kpi.id: found.short(kpi) for kpi in kpis_of(found, unit) if reader.shows(unit.id, kpi.id)}
    names |= {CHILDREN: words("hero.children"), REST: words("phone.since.rest")}
    head = html.H2([html.Span(words("phone.since") + " "), text(view, "delta.total", "number")])
    why = html.Span([words("explain.link"), html.I(className="chevron")], className="why")
    bars = html.Div([_delta(view, *part) for part in names.items()], className="deltas")
    return linked(
        [html.Div([head, why], className="spread"), bars, text(view, "delta.none", "quiet")],
        className="card since-card",
        **hidden_without(view, "delta.shown"),
    )


def _delta(view: View, part: str, title: str) -> html.Div:
    key = f"delta.{part}"
    span = view.get(f"{key}.span")
    left, width = span if isinstance(span, list) else (0, 0)
    line = html.Div(className="delta-bar", style={"transform": f"translateX({left * 100:g}%) scaleX({width})"},
                    **data(span=f"{key}.span"))  # fmt: skip
    return html.Div(
        [html.Span(title, className="delta-name"),
         html.Div([line, mark(view, "delta.zero", "zero")], className="delta-track"),
         text(view, f"{key}.text", "number delta-value")],
        className="delta",
        style={"order": view.get(f"{key}.sort", 0)},
        **data(sort=f"{key}.sort", flag=f"{key}.up", on="1" if view.get(f"{key}.up") else "0"),
        **hidden_without(view, f"{key}.text"),
    )  # fmt: skip


def _kpis(found: Lookup, view: View, unit: Unit, reader: PhoneReader) -> list[html.Div]:
    kpis = [kpi for kpi in kpis_of(found, unit) if reader.shows(unit.id, kpi.id)]
    if not kpis:
        return []
    words, number_of = found.words, len(found.results(unit.id)) or len(kpis)
    ordered = sorted(kpis, key=lambda kpi: int(str(view.get(f"kpi.{kpi.id}.sort", 0))))
    cards = [kpi_card(found, view, f"kpi.{kpi.id}", kpi_href(unit.id, kpi.id, words.language)) for kpi in ordered]
    return [list_head(words("phone.kpis", n=number_of), words("phone.by_loss")), folded(view, "kpis", cards, "cards")]


def _children(found: Lookup, view: View, unit: Unit, reader: PhoneReader) -> list[html.Div]:
    children = sorted(found.children(unit.id), key=lambda child: int(str(view.get(f"child.{child.id}.sort", 0))))
    if not children:
        return []
    words = found.words
    rows = [_child(found, view, child, reader) for child in children]
    fold = len(rows) >= _FOLD_FROM
    return [list_head(words("phone.children"), words("phone.children.note")),
            folded(view, "units", rows, "card rows", fold)]  # fmt: skip


def _child(found: Lookup, view: View, child: Unit, reader: PhoneReader) -> html.A:
    prefix = f"child.{child.id}"
    ticks = [html.Div(fill(view, f"{prefix}.bar"), className="track"), mark(view, f"{prefix}.target_tick", "tick")]
    score: list[Any] = [html.Div(ticks, className="bar"), number(view, f"{prefix}.score", "row-score")]
    if reader.withheld(child.id) and child.id not in found.board.units:
        score = [html.Span(found.words("phone.withheld"), className="row-note"), icon("lock")]
    return html.A(
        [glyph(), _name(found, view, child), *score, html.I(className="chevron")],
        href=unit_href(child.id, found.words.language),
        className="row",
        **status(view, f"{prefix}.status"),
        **in_order(view, prefix),
    )


def _name(found: Lookup, view: View, child: Unit) -> html.Span:
    mark = alert_mark(view, f"child.{child.id}", found.words)
    return html.Span([html.Span(found.text(child.title)), mark], className="row-name")
