"""The page of one KPI at a unit: its number against its target, its own trend, and the way to why."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board
from scoring.definitions import Kpi, Model, Unit

from ..alerts.inbox_page import rows_about
from ..alerts.live import alerts_at, stamp
from ..bindings import data, hidden_without, number, spark, status, text
from ..followup.section import followup_section
from ..links import explain_href
from ..lookup import Lookup, View, lookup
from ..tiles.kpi import bar, status_mark
from ..words import Words
from .cards import detail, fact
from .frame import Frame, PhoneReader, list_head, note, page
from .icons import aria, icon
from .kpi_views import kpi_page_view
from .trend_page import trend_block
from .way import PINS, kpi_way, tab_href


def kpi_page(model: Model, board: Board, unit_id: str, kpi_id: str, language: str, reader: PhoneReader) -> html.Div:
    """The page; KeyError if the model has no such unit or KPI."""
    found = lookup(model, board, language, alerts=reader.alerts)
    unit, kpi = found.units[unit_id], found.kpis[kpi_id]
    view = kpi_page_view(model, board, unit_id, kpi_id, language, reader.alerts)
    if (unit_id, kpi_id) in board.kpis:
        first: list[Any] = [_number(found, view), _facts(found, view, unit, kpi)]
    else:
        first = [_without_number(found.words, reader.withheld(unit_id))]
    first += rows_about(found, view, alerts_at(found, unit_id, kpi_id))
    rest = [list_head(found.words("phone.tab.trend")), trend_block(found.words, unit_id, "month", kpi_id)]
    pinned = reader.followup(unit_id, kpi_id)
    rest += [] if pinned is None else followup_section(found, pinned)
    frame = Frame(
        unit=unit_id,
        title=found.text(kpi.title),
        push=f"/push/phone/{quote(f'{unit_id}:{kpi_id}')}?lang={language}",
        way=kpi_way(found, unit, kpi_id),
        actions=_actions(found.words, unit_id, kpi_id, reader),
    )
    content = [html.Div(first, className="first"), html.Div(rest, className="rest")]
    made = page(found, view, reader, frame, content, "kpi")
    setattr(made, "data-alerts", stamp(found))  # those listed are followed by fetching the page anew
    return made


def _without_number(words: Words, withheld: bool) -> html.Section:
    if withheld:
        return note(words("phone.withheld"), words("phone.withheld.why"), kind="lock")
    return note(words("phone.empty"), words("phone.empty.why"))


def _number(found: Lookup, view: View) -> html.Section:
    amount = [number(view, "kpi.value", "kpi-value"), text(view, "kpi.unit", "unit")]
    return html.Section(
        [
            html.Div([html.Div(amount, className="kpi-amount"), status_mark(view, "kpi")], className="spread"),
            bar(view, "kpi"),
            detail(found, view, "kpi"),
            spark(view, "kpi"),
        ],
        className="card kpi-number",
        **status(view, "kpi.status"),
    )


def _facts(found: Lookup, view: View, unit: Unit, kpi: Kpi) -> html.Section:
    """What is due, ahead and added; the place among peers leads to them."""
    words = found.words

    def line(label: Any, key: str) -> html.Div:
        return fact(label, text(view, key, "strong"), **hidden_without(view, key))

    peers = tab_href(unit.id, "peers", words.language, by=kpi.id)
    place = [text(view, "phone.rank", "strong"), text(view, "phone.move", "rank-move"), html.I(className="chevron")]
    rows = [
        line(words("phone.due"), "kpi.due"),
        line(words("phone.gap" if kpi.accrues else "phone.gap.target"), "kpi.gap"),
        line(text(view, "kpi.forecast_label", ""), "kpi.forecast"),
        line(words("phone.points"), "kpi.points"),
        html.A([html.Span(words("phone.rank"), className="label"), html.Span(place)], href=peers, className="fact",
               **hidden_without(view, "phone.rank")),
    ]  # fmt: skip
    meaning = [html.P(found.text(kpi.definition), className="quiet")] if kpi.definition else []
    return html.Section([html.Div(rows, className="facts-list"), *meaning], className="card")


def _actions(words: Words, unit: str, kpi: str, reader: PhoneReader) -> list[Any]:
    """Pin and explain, the larger one to where the question "why" leads."""
    actions: list[Any] = []
    if reader.can_pin:
        pinned = (unit, kpi) in reader.pins
        labels = data(pin=f"{unit}/{kpi}", to=PINS, off_text=words("phone.pin"), on_text=words("phone.unpin"),
                      failed=words("phone.pin.failed"))  # fmt: skip
        word = html.Span(words("phone.unpin" if pinned else "phone.pin"))
        pressed = aria(pressed="true" if pinned else "false")
        actions.append(html.Button([icon("pinned"), word], type="button", className="act", **labels, **pressed))
    if reader.explained(unit):
        href = explain_href(unit, words.language, kpi)
        actions.append(html.A(words("phone.why"), href=href, className="act main-act"))
    return actions
