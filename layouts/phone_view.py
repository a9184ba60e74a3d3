"""Everything the phone page of one unit shows, as flat keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from scoring.board import Board, KpiResult
from scoring.definitions import Model, Unit
from scoring.explain import points_lost

from . import formats
from .formats import UNKNOWN
from .header_view import header_view, main_period
from .hero_view import hero_view
from .kpi_view import kpi_view
from .lookup import Lookup, View, lookup
from .ranking_view import move_text, places, unit_keys

_URGENCY = {"bad": 0, "watch": 1, "unknown": 2, "good": 3}
#: What child units add has no KPI of its own.
CHILDREN = "units"


def phone_view(model: Model, board: Board, unit_id: str, language: str) -> View:
    """The view of a unit; KeyError if the model has no such unit."""
    found = lookup(model, board, language)
    unit = found.units[unit_id]
    results = found.results(unit_id)
    heard = [result.event_ms for result in results if result.event_ms is not None]
    view = header_view(found, found.text(unit.title), results) | hero_view(found, unit)
    view |= {"phone.event_ms": max(heard, default=None)} | _rank(found, unit)
    view |= _since_yesterday(found, unit) | _cards(found, results)
    return view | _children(found, unit)


def scored_children(found: Lookup, unit: Unit) -> list[Unit]:
    """The child units that have a score."""
    return [child for child in found.children(unit.id) if child.id in found.board.units]


def _rank(found: Lookup, unit: Unit) -> View:
    siblings = [] if unit.parent is None else found.children(unit.parent)
    siblings = [sibling for sibling in siblings if sibling.kind == unit.kind and sibling.id in found.board.units]
    now = places(siblings, dict(found.board.units)).get(unit.id)
    before = places(siblings, dict(found.board.yesterday_units)).get(unit.id)
    move = move_text(before, now)
    text = f"{now or UNKNOWN} / {len(siblings)}" if len(siblings) > 1 else ""
    return {"phone.rank": text, "phone.move": move if move != UNKNOWN else ""}


def changes_since_yesterday(found: Lookup, unit: Unit) -> dict[str, Fraction]:
    """What each KPI and the child units added to the change of the score; empty while either score is unknown."""
    now, before = found.unit_score(unit.id), found.board.yesterday_units.get(unit.id)
    if now is None or before is None or now.score is None or before.score is None:
        return {}
    parts = {
        kpi.id: _added(found.board.kpis, unit.id, kpi.id) - _added(found.board.yesterday_kpis, unit.id, kpi.id)
        for kpi in found.model.kpis
        if (unit.id, kpi.id) in found.board.kpis
    }
    whole = (formats.points(now.score) or Fraction(0)) - (formats.points(before.score) or Fraction(0))
    rest = whole - sum(parts.values(), Fraction(0))
    return parts | ({CHILDREN: rest} if rest or unit.child_share else {})


def _added(results: Mapping[tuple[str, str], KpiResult], unit: str, kpi: str) -> Fraction:
    result = results.get((unit, kpi))
    return Fraction(0) if result is None else formats.points(result.contribution) or Fraction(0)


def _since_yesterday(found: Lookup, unit: Unit) -> View:
    """A bar per part around a common zero; the parts as shown add up to the total as shown."""
    parts = changes_since_yesterday(found, unit)
    shown = formats.parts_that_add_up(list(parts.values()), 2)
    low, high = min(0, *shown.parts, 0), max(0, *shown.parts, 0)
    width = (high - low) or 1
    order = sorted(range(len(parts)), key=lambda index: shown.parts[index])
    view: View = {
        "delta.shown": bool(parts),
        "delta.zero": round(-low / width, 4),
        "delta.total": formats.signed_digits(shown.total, shown.decimals),
    }
    for place, index in enumerate(order):
        name, amount = list(parts)[index], shown.parts[index]
        view |= {
            f"delta.{name}.text": formats.signed_digits(amount, shown.decimals),
            f"delta.{name}.span": [round((min(amount, 0) - low) / width, 4), round(abs(amount) / width, 4)],
            f"delta.{name}.sort": place,
            f"delta.{name}.up": amount > 0,
        }
    return view


def _cards(found: Lookup, results: Sequence[KpiResult]) -> View:
    """The KPI cards, worst first: data faults aside, by status, then by points lost."""
    period = main_period(found, results)
    view: View = {}
    lost = {result.kpi: points_lost(result, results) or Fraction(0) for result in results}
    order = sorted(results, key=lambda result: (_URGENCY[result.status], -lost[result.kpi], result.kpi))
    for place, result in enumerate(order):
        view |= kpi_view(found, result, f"kpi.{result.kpi}", period) | {f"kpi.{result.kpi}.sort": place}
    return view


def _children(found: Lookup, unit: Unit) -> View:
    children = scored_children(found, unit)
    now = places(children, dict(found.board.units))
    view: View = {}
    for child in children:
        prefix = f"child.{child.id}"
        view |= unit_keys(found, child, prefix) | {f"{prefix}.sort": now.get(child.id, len(children) + 1)}
    return view
