"""A unit among its peers, by score or by one KPI, as flat keys; who is not seen is neither counted nor ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.board import Board
from scoring.definitions import Kpi, Model, Unit

from ..alerts.facts import AlertFact
from ..alerts.live import bell_view
from ..formats import UNKNOWN
from ..header_view import header_view
from ..kpi_ranking import common_form, kpi_keys, kpi_places
from ..lookup import Lookup, View, lookup
from ..ranking_view import move_text, places, unit_keys
from .way import kpis_of, peers_of


def ranked_peers(found: Lookup, unit: Unit, kpi: Kpi | None) -> list[Unit]:
    """The peers that have a score, or at which the KPI stands."""
    board, peers = found.board, peers_of(found, unit)
    if kpi is None:
        return [peer for peer in peers if peer.id in board.units]
    return [peer for peer in peers if (peer.id, kpi.id) in board.kpis]


def compared_kpis(found: Lookup, unit: Unit) -> list[Kpi]:
    """The KPIs of a unit that stand at another of its peers, too."""
    others = [peer for peer in peers_of(found, unit) if peer.id != unit.id]
    return [
        kpi
        for kpi in kpis_of(found, unit)
        if (unit.id, kpi.id) in found.board.kpis and any((peer.id, kpi.id) in found.board.kpis for peer in others)
    ]


def peers_view(
    model: Model, board: Board, unit_id: str, kpi_id: str, language: str, alerts: Sequence[AlertFact] = ()
) -> View:
    """The rows under `peer.<unit>.*`, best first; KeyError if the model has no such unit or KPI."""
    found = lookup(model, board, language, alerts=alerts)
    unit = found.units[unit_id]
    kpi = found.kpis[kpi_id] if kpi_id else None
    peers = ranked_peers(found, unit, kpi)
    now, before = _places(board, peers, kpi)
    shown = found.results(unit_id)
    heard = [result.event_ms for result in shown if result.event_ms is not None]
    view = header_view(found, found.text(unit.title), shown) | {"phone.event_ms": max(heard, default=None)}
    form = common_form(found, kpi, peers) if kpi else None
    view |= {"peers.unit": form.unit if form else ""} | bell_view(found)
    order = sorted(peers, key=lambda peer: now.get(peer.id, len(peers) + 1))
    for slot, peer in enumerate(order):
        prefix = f"peer.{peer.id}"
        view |= kpi_keys(found, peer, kpi, form, prefix) if kpi and form else unit_keys(found, peer, prefix)
        view |= {
            f"{prefix}.sort": slot,
            f"{prefix}.place": str(now.get(peer.id, UNKNOWN)),
            f"{prefix}.move": move_text(before.get(peer.id), now.get(peer.id)),
        }
    return view | _spread(found, peers, now)


def _places(board: Board, peers: Sequence[Unit], kpi: Kpi | None) -> tuple[dict[str, int], dict[str, int]]:
    """Places now, and as yesterday ended."""
    if kpi is not None:
        return kpi_places(peers, kpi.id, board.kpis), kpi_places(peers, kpi.id, board.yesterday_kpis)
    return places(peers, board.units), places(peers, board.yesterday_units)


def _spread(found: Lookup, peers: Sequence[Unit], now: Mapping[str, int]) -> View:
    """How many are ranked: only of those that are seen."""
    ranked = sum(peer.id in now for peer in peers)
    return {"peers.note": found.words("phone.peers.note", n=ranked) if ranked > 1 else ""}
