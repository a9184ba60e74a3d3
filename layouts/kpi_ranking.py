"""Units compared by what they attain of one KPI: their places, their rows, and the one form of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from scoring.board import Freshness, KpiResult
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at

from . import formats, moments
from .formats import UNKNOWN, Form
from .kpi_head import shown_status, target_of
from .kpi_view import TARGET_TICK, form_for, position
from .lookup import Lookup, ShownScene, View

#: Values stand in this size.
NUMBER_SIZE = 28


def kpi_units(found: Lookup, unit: str, kind: str, kpi: str) -> list[Unit]:
    """The units of a kind below a unit, else its children, at which the KPI stands."""
    units = found.below(unit, kind) if kind else found.children(unit)
    return [one for one in units if stands_at(found.kpis[kpi], one)]


def kpi_places(units: Sequence[Unit], kpi: str, results: Mapping[tuple[str, str], KpiResult]) -> dict[str, int]:
    """Each known unit's place by attainment as shown, in tenths of a percent; equal ones share a place."""
    shown = {
        unit.id: formats.rounded(result.attainment * 100, 1)
        for unit in units
        if (result := results.get((unit.id, kpi))) is not None and result.attainment is not None
    }
    return {unit: 1 + sum(other > own for other in shown.values()) for unit, own in shown.items()}


def common_form(found: Lookup, kpi: Kpi, units: Sequence[Unit]) -> Form:
    """One form for all, that of the largest target, so that numbers can be compared down the column."""
    return form_for(found, kpi, max((target_of(found, unit.id, kpi) for unit in units), default=Fraction(1)))


def number_room(found: Lookup, kpi: Kpi, units: Sequence[Unit]) -> float:
    """The width of the column of values, in u: for a fifth more than the largest target, and at least a score."""
    most = max((target_of(found, unit.id, kpi) for unit in units), default=Fraction(1)) * Fraction(6, 5)
    return max(84.0, formats.text_width(common_form(found, kpi, units).value(most), NUMBER_SIZE) * 1.15 + 6)


def kpi_keys(found: Lookup, unit: Unit, kpi: Kpi, form: Form, prefix: str) -> View:
    """A unit's value, bar of attainment and status; the keys are those that a score has in such a list."""
    result = found.board.kpis.get((unit.id, kpi.id))
    return {
        f"{prefix}.score": UNKNOWN if result is None else form.value(result.value),
        f"{prefix}.bar": position(None if result is None else result.attainment),
        f"{prefix}.target_tick": round(TARGET_TICK, 4),
        f"{prefix}.status": shown_status(found, result, kpi.id),
        f"{prefix}.behind": result is not None and result.status.value in ("watch", "bad"),
    }


def kpi_ranking_head(found: Lookup, scene: ShownScene, kpi: Kpi, units: Sequence[Unit]) -> View:
    """Title, note, and the age of the newest number; of one that is not live, when it was last heard of."""
    fresh, worst = found.freshness(kpi.id), found.worst_source(kpi.id)
    heard = [one.event_ms for unit in units if (one := found.board.kpis.get((unit.id, kpi.id))) and one.event_ms]
    note = common_form(found, kpi, units).unit
    if fresh is not Freshness.LIVE:
        event_ms = None if worst is None else worst.event_ms
        time = UNKNOWN if event_ms is None else moments.clock(event_ms, found.zone, found.board.as_of_ms, found.words)
        note = found.words("hero.as_of", time=time)
    return {
        "ranking.title": found.text(scene.ranking_title) or found.short(kpi),
        "ranking.note": note,
        "ranking.freshness": fresh.value,
        "ranking.event_ms": max(heard, default=None) if fresh is Freshness.LIVE else None,
    }
