"""The KPIs that somebody pinned, in their own order; or how to pin one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from scoring.board import Board
from scoring.definitions import Model

from ..bindings import data
from ..lookup import Lookup, View, lookup
from .cards import kpi_card
from .frame import Frame, PhoneReader, note, page
from .icons import aria, icon
from .kpi_views import Pin, pinned_view
from .way import PINS, home_href, kpi_href


def pinned_page(model: Model, board: Board, language: str, reader: PhoneReader, unit: str) -> html.Div:
    """The page; `unit` is whose peers and trend the tabs lead to."""
    found = lookup(model, board, language, alerts=reader.alerts)
    pins = [pin for pin in reader.pins if pin in board.kpis]
    view = pinned_view(model, board, pins, language, reader.alerts)
    names = ",".join(f"{unit}:{kpi}" for unit, kpi in pins)
    frame = Frame(
        unit=unit,
        title=found.words("phone.tab.pinned"),
        push=f"/push/pins/{quote(names)}?lang={language}" if pins else "",
        tab="pinned",
    )
    content = [_list(found, view, pins)] if pins else [_empty(found, reader)]
    return page(found, view, reader, frame, content, "pinned")


def _empty(found: Lookup, reader: PhoneReader) -> html.Section:
    words = found.words
    if not reader.can_pin:
        return note(words("phone.pins.cannot"), words("phone.pins.cannot.why"), kind="pinned")
    go = html.A(words("phone.pins.go"), href=home_href(words.language), className="act main-act")
    return note(words("phone.pins.none"), words("phone.pins.how"), kind="pinned", more=[go])


def _list(found: Lookup, view: View, pins: Sequence[Pin]) -> html.Div:
    """The cards; each with what moves or removes it, shown while the order is being changed."""
    words = found.words
    edit = html.Button(words("phone.pins.edit"), type="button", className="edit",
                       **data(edit="1", done=words("phone.pins.done")), **aria(pressed="false"))  # fmt: skip
    cards = [_pinned(found, view, pin) for pin in pins]
    told = html.P(className="told", role="status")
    listed = html.Div(cards, className="cards pins", **data(to=PINS, failed=words("phone.pin.failed")))
    return html.Div([html.Div([html.Span(words("phone.pins.order")), edit], className="list-head"), told, listed])


def _pinned(found: Lookup, view: View, pin: Pin) -> html.Div:
    unit, kpi = pin
    words, title = found.words, f"{found.short(found.units[unit])} · {found.short(found.kpis[kpi])}"
    href, place = kpi_href(unit, kpi, words.language), found.text(found.units[unit].title)
    card = kpi_card(found, view, f"{unit}:{kpi}", href, place)

    def tool(name: str, sign: str) -> html.Button:
        label = aria(label=words(f"phone.pins.{name}", title=title))
        return html.Button(icon(sign), type="button", className="tool", **data(tool=name), **label)

    grip = html.Span(icon("grip"), className="grip", **aria(hidden="true"))
    tools = html.Div([grip, tool("up", "up"), tool("down", "down"), tool("remove", "close")], className="tools")
    return html.Div([card, tools], className="pin", **data(name=f"{unit}/{kpi}"))
