"""Everything the phone page of one unit shows, as flat keys; its cost does not grow with the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from scoring.board import Board, Freshness, KpiResult, Status
from scoring.definitions import Model, Unit
from scoring.explain import points_lost

from .. import formats
from ..alerts.facts import AlertFact
from ..alerts.live import alerts_at, bell_view, marks_view, reading_view
from ..formats import UNKNOWN
from ..header_view import header_view, main_period
from ..hero_view import change, forecast_range, scorecard_freshness
from ..kpi_view import displayed_status, kpi_view, position
from ..lookup import Lookup, View, lookup
from ..ranking_view import move_text, places, unit_keys
from .way import peers_of

_URGENCY = {"bad": 0, "watch": 1, "unknown": 2, "good": 3}
#: What child units add has no KPI of its own; what the smallest changes add stands together.
CHILDREN, REST = "units", "rest"
#: So many changes answer "what moved it"; more of them are a list to study.
MOST_CHANGES = 5
#: What is good stands behind the line that folds it.
FOLDED = 1000
#: Names of what is folded are told up to so many.
_NAMED = 3


def phone_view(model: Model, board: Board, unit_id: str, language: str, alerts: Sequence[AlertFact] = ()) -> View:
    """The view of a unit; KeyError if the model has no such unit."""
    found = lookup(model, board, language, alerts=alerts)
    unit = found.units[unit_id]
    results = found.results(unit_id)
    heard = [result.event_ms for result in results if result.event_ms is not None]
    view = header_view(found, found.text(unit.title), results) | _score(found, unit, results)
    view |= {"phone.event_ms": max(heard, default=None)} | rank_view(found, unit)
    view |= _since_yesterday(found, unit) | _cards(found, results)
    view |= _children(found, unit) | marks_view(found, unit_id) | bell_view(found)
    return view | reading_view(found, alerts_at(found, unit_id, ""))


def _score(found: Lookup, unit: Unit, results: Sequence[KpiResult]) -> View:
    """The unit's number, bar, target, change and forecast, under the keys that a wall's hero has."""
    own, before, words = found.unit_score(unit.id), found.board.yesterday_units.get(unit.id), found.words
    score = None if own is None else formats.points(own.score)
    status = Status.UNKNOWN if own is None else own.status
    fresh, as_of = scorecard_freshness(found, results)
    target, shown = Fraction(unit.target_score), formats.fixed(score, 1)
    view: View = {
        "hero.score": shown,
        "hero.length": len(shown),
        "hero.status": displayed_status(status, fresh),
        "hero.word": words(f"status.{status}") if as_of is None else words("hero.as_of", time=as_of),
        "hero.bar": position(None if score is None else score / 100),
        "hero.target_tick": position(target / 100),
        "hero.target": formats.fixed(target, 1),
        "hero.change": change(score, None if before is None else formats.points(before.score)),
    }
    # Of what is partly stale nothing is foretold.
    return view | forecast_range(found, unit, results if fresh is Freshness.LIVE else ())


def rank_view(found: Lookup, unit: Unit) -> View:
    """The place among the peers that are seen, and how it moved; nothing for a unit without any."""
    peers = [peer for peer in peers_of(found, unit) if peer.id in found.board.units]
    if len(peers) < 2:
        return {"phone.rank": "", "phone.move": ""}
    now = places(peers, found.board.units).get(unit.id)
    move = move_text(places(peers, found.board.yesterday_units).get(unit.id), now)
    return {"phone.rank": f"{now or UNKNOWN} / {len(peers)}", "phone.move": move if move != UNKNOWN else ""}


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
    """A bar for each of the largest changes around a common zero; as shown, they add up to the total as shown."""
    parts = changes_since_yesterday(found, unit)
    shown = formats.parts_that_add_up(list(parts.values()), 2)
    moved = {name: amount for name, amount in zip(parts, shown.parts, strict=True) if amount}
    told = largest(moved, MOST_CHANGES)
    low, high = min(0, *told.values(), 0), max(0, *told.values(), 0)
    width = (high - low) or 1
    view: View = {
        "delta.shown": bool(parts),
        "delta.none": found.words("phone.since.none") if parts and not told else "",
        "delta.zero": round(-low / width, 4),
        "delta.total": formats.signed_digits(shown.total, shown.decimals),
    }
    for name in [*parts, CHILDREN, REST]:
        view |= {f"delta.{name}.text": "", f"delta.{name}.span": None}
        view |= {f"delta.{name}.sort": 0, f"delta.{name}.up": False}
    for place, (name, amount) in enumerate(sorted(told.items(), key=lambda one: (one[0] == REST, one[1]))):
        view |= {
            f"delta.{name}.text": formats.signed_digits(amount, shown.decimals),
            f"delta.{name}.span": [round((min(amount, 0) - low) / width, 4), round(abs(amount) / width, 4)],
            f"delta.{name}.sort": place,
            f"delta.{name}.up": amount > 0,
        }
    return view


def largest(moved: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest changes, and what all others come to together.

    >>> largest({"a": -5, "b": 1, "c": 2, "d": 7}, 3)
    {'d': 7, 'a': -5, 'rest': 3}
    """
    order = sorted(moved, key=lambda name: -abs(moved[name]))
    if len(order) <= most:
        return {name: moved[name] for name in order}
    rest = sum(moved[name] for name in order[most - 1 :])
    return {name: moved[name] for name in order[: most - 1]} | ({REST: rest} if rest else {})


def _cards(found: Lookup, results: Sequence[KpiResult]) -> View:
    """The KPI cards, worst first: by status, then by points lost; good ones behind the fold."""
    period = main_period(found, results)
    view: View = {}
    lost = {result.kpi: points_lost(result, results) or Fraction(0) for result in results}
    # By what is shown: a difference that nobody sees moves nothing.
    order = sorted(results, key=lambda result: (_URGENCY[result.status], -formats.rounded(lost[result.kpi], 1)))
    good = []
    for place, result in enumerate(order):
        prefix = f"kpi.{result.kpi}"
        view |= kpi_view(found, result, prefix, period)
        is_good = view[f"{prefix}.status"] == "good"
        view |= {f"{prefix}.sort": place + FOLDED * is_good, f"{prefix}.good": is_good}
        if is_good:
            good.append(found.short(found.kpis[result.kpi]))
    return view | _fold(found, "kpis", good)


def _children(found: Lookup, unit: Unit) -> View:
    """The units below, worst first; the score of one that has none, or none that is seen, is unknown."""
    children = found.children(unit.id)
    view: View = {}
    for child in children:
        prefix = f"child.{child.id}"
        if child.id in found.board.units:
            view |= unit_keys(found, child, prefix)
        else:
            tick = position(Fraction(child.target_score) / 100)
            view |= {f"{prefix}.score": UNKNOWN, f"{prefix}.bar": None, f"{prefix}.target_tick": tick}
            view |= {f"{prefix}.status": "unknown", f"{prefix}.behind": False}
    order = sorted(children, key=lambda child: _child_urgency(found, child))
    good = []
    for place, child in enumerate(order):
        prefix = f"child.{child.id}"
        is_good = view[f"{prefix}.status"] == "good"
        view |= {f"{prefix}.sort": place + FOLDED * is_good, f"{prefix}.good": is_good}
        if is_good:
            good.append(found.short(child))
    return view | _fold(found, "units", good)


def _child_urgency(found: Lookup, child: Unit) -> tuple[int, int]:
    scored = found.board.units.get(child.id)
    if scored is None:
        return 4, 0
    return _URGENCY[scored.status], formats.rounded(formats.points(scored.score) or Fraction(0), 1)


def _fold(found: Lookup, what: str, names: Sequence[str]) -> View:
    """What the line says that good ones are folded to."""
    return {
        f"fold.{what}": found.words("phone.good", n=len(names)) if names else "",
        f"fold.{what}.names": " · ".join(names) if len(names) <= _NAMED else "",
    }
