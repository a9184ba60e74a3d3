"""The ranking: units by score or by a KPI, keyed by unit, with their moves since yesterday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from scoring.board import Freshness, UnitScore
from scoring.definitions import Unit

from . import formats
from .formats import UNKNOWN
from .hero_view import scorecard_freshness
from .kpi_ranking import common_form, kpi_keys, kpi_places, kpi_ranking_head, kpi_units
from .kpi_view import displayed_status, position
from .lookup import Lookup, ShownScene, View

#: Rows that fit in the panel.
ROWS = 8


def ranked_units(found: Lookup, scene: ShownScene, kpi: str | None = None) -> Sequence[Unit]:
    """The units a scene ranks: of its kind below its unit, else the unit's children; only those with a score.

    By a KPI: those at which it stands.
    """
    if kpi is not None:
        return kpi_units(found, scene.unit, scene.ranking, kpi)
    units = found.below(scene.unit, scene.ranking) if scene.ranking else found.children(scene.unit)
    return [unit for unit in units if unit.id in found.board.units]


def places(units: Sequence[Unit], scores: Mapping[str, UnitScore]) -> dict[str, int]:
    """Each known unit's place, 1 for the best, by the score as shown; equal scores share a place."""
    shown = {
        unit.id: formats.rounded(points, 1)
        for unit in units
        if unit.id in scores and (points := formats.points(scores[unit.id].score)) is not None
    }
    return {unit: 1 + sum(other > own for other in shown.values()) for unit, own in shown.items()}


def move_text(before: int | None, now: int | None) -> str:
    """A move in rank: an arrow with a stem, or a dash for none."""
    if before is None or now is None or before == now:
        return UNKNOWN
    return f"↑{before - now}" if before > now else f"↓{now - before}"


def unit_freshness(found: Lookup, unit_id: str) -> Freshness:
    """Silent if all of a unit's own KPIs are silent, stale if any is not live."""
    states = {found.freshness(result.kpi) for result in found.results(unit_id)}
    if states == {Freshness.SILENT}:
        return Freshness.SILENT
    return Freshness.LIVE if states <= {Freshness.LIVE} else Freshness.STALE


def ranking_view(found: Lookup, scene: ShownScene, rows: int = ROWS, kpi: str | None = None) -> View:
    """The panel's head and one set of keys per unit.

    With more units than rows the middle is left out: who leads and who is behind both matter, who is behind more.
    """
    units = ranked_units(found, scene, kpi)
    now, before = _places(found, units, kpi)
    form = common_form(found, found.kpis[kpi], units) if kpi else None
    ordered = sorted(units, key=lambda unit: now.get(unit.id, len(units) + 1))
    slots = visible_slots(len(ordered), rows)
    view = _head(found, scene, units, slots, kpi)
    for index, unit in enumerate(ordered):
        move = move_text(before.get(unit.id), now.get(unit.id))
        keys = kpi_keys(found, unit, found.kpis[kpi], form, f"rank.{unit.id}") if kpi and form else None
        view |= keys or unit_keys(found, unit, f"rank.{unit.id}")
        view |= {
            f"rank.{unit.id}.order": slots.get(index, -1),
            f"rank.{unit.id}.place": str(now.get(unit.id, UNKNOWN)),
            f"rank.{unit.id}.move": move,
        }
    return view


def _places(found: Lookup, units: Sequence[Unit], kpi: str | None) -> tuple[dict[str, int], dict[str, int]]:
    """Places now, and as yesterday ended."""
    board = found.board
    if kpi is not None:
        return kpi_places(units, kpi, board.kpis), kpi_places(units, kpi, board.yesterday_kpis)
    return places(units, board.units), places(units, board.yesterday_units)


def unit_keys(found: Lookup, unit: Unit, prefix: str) -> View:
    """A unit's score, bar and status in a list of units."""
    scored = found.board.units[unit.id]
    fresh = unit_freshness(found, unit.id)
    score = formats.points(scored.score)
    target = Fraction(unit.target_score)
    return {
        f"{prefix}.score": formats.fixed(score, 1),
        f"{prefix}.bar": position(None if score is None else score / 100),
        f"{prefix}.target_tick": position(target / 100),
        f"{prefix}.status": displayed_status(scored.status, fresh),
        f"{prefix}.behind": scored.status.value in ("watch", "bad"),
    }


def visible_slots(count: int, rows: int) -> dict[int, int]:
    """The row that each place takes: all, or the first third and the last ones with a gap row between.

    >>> visible_slots(3, 8)
    {0: 0, 1: 1, 2: 2}
    >>> visible_slots(20, 6)
    {0: 0, 16: 2, 17: 3, 18: 4, 19: 5}
    """
    if count <= rows:
        return {index: index for index in range(count)}
    first = (rows - 1) // 3
    last = rows - 1 - first
    return {index: index for index in range(first)} | {count - last + index: first + 1 + index for index in range(last)}


def _head(found: Lookup, scene: ShownScene, units: Sequence[Unit], slots: dict[int, int], kpi: str | None) -> View:
    hidden = [index for index in range(len(units)) if index not in slots]
    gap = next((slot for slot in range(len(slots)) if slot not in slots.values()), None)
    told = kpi_ranking_head(found, scene, found.kpis[kpi], units) if kpi else _score_head(found, scene, units)
    return told | {
        "ranking.rows": min(len(units), len(slots) + bool(hidden)),
        "ranking.gap": gap if hidden else None,
        "ranking.hidden": found.words("ranking.hidden", first=hidden[0] + 1, last=hidden[-1] + 1) if hidden else "",
    }


def _score_head(found: Lookup, scene: ShownScene, units: Sequence[Unit]) -> View:
    words = found.words
    targets = {unit.target_score for unit in units}
    fresh, as_of = scorecard_freshness(found, [result for unit in units for result in found.results(unit.id)])
    if as_of is not None:
        note = words("ranking.as_of", time=as_of)
    elif len(targets) == 1:
        note = words("ranking.note", target=formats.plain(Fraction(targets.pop())))
    else:
        note = words("ranking.note.no_target")
    return {
        "ranking.title": found.text(scene.ranking_title) or words("ranking.title"),
        "ranking.note": note,
        "ranking.freshness": fresh.value,
    }
