"""A unit among its peers, ranked by score or by one KPI."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board
from scoring.definitions import Model, Unit

from ..bindings import data, fill, glyph, mark, number, status, text
from ..links import unit_href
from ..lookup import Lookup, View, lookup
from .frame import Frame, PhoneReader, note, page
from .icons import aria
from .peers_view import compared_kpis, peers_view, ranked_peers
from .way import kpi_href, tab_href, unit_way


def peers_page(model: Model, board: Board, unit_id: str, kpi_id: str, language: str, reader: PhoneReader) -> html.Div:
    """The page; KeyError if the model has no such unit or KPI."""
    found = lookup(model, board, language, alerts=reader.alerts)
    unit, kpi = found.units[unit_id], found.kpis[kpi_id] if kpi_id else None
    view = peers_view(model, board, unit_id, kpi_id, language, reader.alerts)
    peers = ranked_peers(found, unit, kpi)
    name = f"{unit_id}:{kpi_id}" if kpi_id else unit_id
    frame = Frame(
        unit=unit_id,
        title=found.text(unit.title),
        push=f"/push/peers/{quote(name)}?lang={language}",
        tab="peers",
        way=unit_way(found, unit, "peers", {"by": kpi_id}),
    )
    content = [_chips(found, unit, kpi_id), _ranking(found, view, unit, peers, kpi_id)]
    if len(peers) < 2:
        content = [note(found.words("phone.peers.alone"), found.words("phone.peers.alone.why"))]
    return page(found, view, reader, frame, content, "peers")


def _chips(found: Lookup, unit: Unit, chosen: str) -> html.Nav:
    """What the ranking may be by."""
    words = found.words
    names = {"": words("kpi.score")} | {kpi.id: found.short(kpi) for kpi in compared_kpis(found, unit)}

    def chip(kpi: str, name: str) -> html.A:
        here = aria(current="true") if kpi == chosen else {}
        return html.A(name, href=tab_href(unit.id, "peers", words.language, by=kpi), className="chip",
                      **data(instead="1"), **here)  # fmt: skip

    label = aria(label=words("phone.peers.by"))
    return html.Nav([chip(*one) for one in names.items()], className="chips", **label)


def _ranking(found: Lookup, view: View, unit: Unit, peers: list[Unit], kpi_id: str) -> html.Section:
    rows = sorted(peers, key=lambda peer: int(str(view.get(f"peer.{peer.id}.sort", 0))))
    title = found.short(found.kpis[kpi_id]) if kpi_id else found.words("kpi.score")
    head = [html.H2([html.Span(title), " ", text(view, "peers.unit", "unit")]), text(view, "peers.note", "label")]
    body = [_row(found, view, peer, peer.id == unit.id, kpi_id) for peer in rows]
    return html.Section([html.Div(head, className="spread"), html.Div(body, className="rows")], className="card")


def _row(found: Lookup, view: View, peer: Unit, own: bool, kpi_id: str) -> html.A:
    prefix, language = f"peer.{peer.id}", found.words.language
    ticks = [html.Div(fill(view, f"{prefix}.bar"), className="track"), mark(view, f"{prefix}.target_tick", "tick")]
    href = kpi_href(peer.id, kpi_id, language) if kpi_id else unit_href(peer.id, language)
    parts: list[Any] = [
        text(view, f"{prefix}.place", "place number"),
        glyph(),
        html.Span(found.text(peer.title), className="row-name"),
        html.Div(ticks, className="bar"),
        number(view, f"{prefix}.score", "row-score"),
        text(view, f"{prefix}.move", "row-move"),
    ]
    return html.A(
        parts,
        href=href,
        className="row peer own" if own else "row peer",
        style={"order": view.get(f"{prefix}.sort", 0)},
        **status(view, f"{prefix}.status"),
        **data(sort=f"{prefix}.sort"),
        **(aria(current="true") if own else {}),
    )
