"""What phones follow: a unit, one KPI of it, its peers, or a handful of KPIs that somebody pinned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from layouts.alerts.facts import AlertFact
from layouts.alerts.live import alerts_view
from layouts.lookup import View, lookup
from layouts.phone.kpi_views import Pin, kpi_page_view, pinned_view
from layouts.phone.peers_view import peers_view
from layouts.phone.unit_view import phone_view, rank_view
from scoring.board import Board
from scoring.definitions import Model
from scoring.same import Same
from streams.redis_adapters.pins import MOST_PINS

from .sight.visible import Visible

#: `/push/KIND/NAME`: a name is a unit, a unit and a KPI as `unit:kpi`, or for pins several of these with commas; the
#: alerts are followed all together.
KINDS = ("phone", "peers", "pins", "alerts")
ALL = "all"


def follows(kind: str, name: str, seen: Visible) -> bool:
    """Whether somebody who sees this may follow it; what is hidden is answered like what does not exist."""
    if kind == "alerts":
        return name == ALL and bool(seen.model.units)
    if kind == "pins":
        pins = _pins(name)
        return 0 < len(pins) <= MOST_PINS and all(seen.sees_kpi(*pin) for pin in pins)
    unit, _, kpi = name.partition(":")
    return seen.has_unit(unit) and (not kpi or seen.sees_kpi(unit, kpi))


def view_of(kind: str, name: str, model: Model, board: Board, language: str, alerts: Sequence[AlertFact] = ()) -> View:
    """The view of what is followed."""
    if kind == "alerts":
        return alerts_view(lookup(model, board, language, alerts=alerts))
    if kind == "pins":
        return pinned_view(model, board, _pins(name), language, alerts)
    unit, _, kpi = name.partition(":")
    if kind == "peers":
        return peers_view(model, board, unit, kpi, language, alerts)
    if kpi:
        return kpi_page_view(model, board, unit, kpi, language, alerts)
    return phone_view(model, board, unit, language, alerts)


def moving(kind: str, name: str, model: Model) -> tuple[str, ...]:
    """The units with whose moves a view moves."""
    if kind == "alerts":
        return _tops(Same(model))
    if kind == "pins":
        return tuple(dict.fromkeys(unit for unit, _ in _pins(name)))
    unit, _, kpi = name.partition(":")
    return _peers(Same(model), unit) if kpi or kind == "peers" else (unit,)


def place(kind: str, name: str, model: Model, board: Board) -> object:
    """A unit's place among its peers: a page that shows it moves with it, and not with every one of them."""
    if kind != "phone" or ":" in name:
        return None
    found = lookup(model, board, model.language)
    return tuple(rank_view(found, found.units[name]).values()) if name in found.units else None


@lru_cache(maxsize=512)
def _tops(same: Same[Model]) -> tuple[str, ...]:
    return tuple(one.id for one in same.value.units if one.parent is None)


@lru_cache(maxsize=4096)
def _peers(same: Same[Model], unit_id: str) -> tuple[str, ...]:
    """The unit above, among whose units this one ranks, else all units that stand at the top."""
    units = {one.id: one for one in same.value.units}
    parent = units[unit_id].parent if unit_id in units else None
    return (parent,) if parent is not None else _tops(same)


def _pins(name: str) -> Sequence[Pin]:
    pairs = [one.partition(":") for one in name.split(",")]
    return list(dict.fromkeys((unit, kpi) for unit, _, kpi in pairs))
