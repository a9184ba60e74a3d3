"""What phone pages show of single KPIs, as flat keys: one KPI with its facts, and those that somebody pinned."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.board import Board, KpiResult
from scoring.definitions import Kpi, Model, Unit

from .. import formats
from ..alerts.facts import AlertFact
from ..alerts.live import alerts_at, bell_view, mark_of, reading_view
from ..formats import UNKNOWN, Form
from ..header_view import header_view
from ..kpi_ranking import kpi_places
from ..kpi_view import form_for, kpi_view
from ..lookup import Lookup, View, lookup
from ..ranking_view import move_text
from .way import peers_of

#: A unit and one of its KPIs.
Pin = tuple[str, str]


def kpi_page_view(
    model: Model, board: Board, unit_id: str, kpi_id: str, language: str, alerts: Sequence[AlertFact] = ()
) -> View:
    """The view of a KPI at a unit; KeyError if the model has no such unit or KPI."""
    found = lookup(model, board, language, alerts=alerts)
    unit, kpi = found.units[unit_id], found.kpis[kpi_id]
    result = board.kpis.get((unit_id, kpi_id))
    view = header_view(found, found.text(kpi.title), [] if result is None else [result])
    view |= {"phone.event_ms": None if result is None else result.event_ms} | bell_view(found)
    about = alerts_at(found, unit_id, kpi_id)
    view |= reading_view(found, about)
    view |= {"kpi.alert": mark_of(found, unit_id, kpi_id)}
    if result is None:
        return view
    return view | kpi_view(found, result, "kpi", kpi.period) | _facts(found, kpi, result) | _rank(found, unit, kpi)


def _facts(found: Lookup, kpi: Kpi, result: KpiResult) -> View:
    """What is due by now, what is ahead, and what it adds to the unit's score."""
    form = form_for(found, kpi, result.target)
    ahead = found.board.forecasts.get((result.unit, kpi.id))
    due = result.due if kpi.accrues else None
    return {
        "kpi.due": "" if due is None else form.target(due),
        "kpi.gap": _gap(found, form, result),
        "kpi.forecast": "" if ahead is None else _range(form, ahead.low, ahead.high),
        "kpi.forecast_label": "" if ahead is None else found.words(f"hero.forecast.{kpi.period}"),
        "kpi.points": formats.fixed(formats.points(result.contribution), 2) if result.weight else "",
    }


def _gap(found: Lookup, form: Form, result: KpiResult) -> str:
    """How far the value is from what is due by now, with its sign."""
    if result.value is None or result.due is None:
        return ""
    gap = form.signed(result.value - result.due)
    return f"{gap} {found.words('phone.pp') if form.percent else form.unit}".rstrip()


def _range(form: Form, low: Fraction, high: Fraction) -> str:
    low_text, high_text = form.value(low), form.value(high)
    text = low_text if low_text == high_text else f"{low_text}{UNKNOWN}{high_text}"
    return text + ("%" if form.percent else "")


def _rank(found: Lookup, unit: Unit, kpi: Kpi) -> View:
    peers = [peer for peer in peers_of(found, unit) if (peer.id, kpi.id) in found.board.kpis]
    now = kpi_places(peers, kpi.id, found.board.kpis).get(unit.id)
    move = move_text(kpi_places(peers, kpi.id, found.board.yesterday_kpis).get(unit.id), now)
    shown = now is not None and len(peers) > 1
    return {
        "phone.rank": f"{now} / {len(peers)}" if shown else "",
        "phone.move": move if shown and move != UNKNOWN else "",
    }


def pinned_view(
    model: Model, board: Board, pins: Sequence[Pin], language: str, alerts: Sequence[AlertFact] = ()
) -> View:
    """The cards of pinned KPIs, each under `<unit>:<kpi>`; one that the model does not have is left out."""
    found = lookup(model, board, language, alerts=alerts)
    known = [(unit, kpi) for unit, kpi in pins if unit in found.units and kpi in found.kpis]
    results = {pin: board.kpis[pin] for pin in known if pin in board.kpis}
    view = header_view(found, found.words("phone.tab.pinned"), list(results.values()))
    heard = [result.event_ms for result in results.values() if result.event_ms is not None]
    view |= {"phone.event_ms": max(heard, default=None)} | bell_view(found)
    for (unit, kpi), result in results.items():
        view |= kpi_view(found, result, f"{unit}:{kpi}", found.kpis[kpi].period)
        view |= {f"{unit}:{kpi}.alert": mark_of(found, unit, kpi)}
    return view
