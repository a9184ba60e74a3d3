"""What head and foot of a chart of one KPI say: `<prefix>.value`, `.status`, `.target`, `.event_ms` and so on."""

from __future__ import annotations

from fractions import Fraction

from scoring.board import Freshness, KpiResult, Status
from scoring.definitions import Kpi
from scoring.scorecard import by_unit, stands_at

from . import formats
from .formats import UNKNOWN, Form
from .kpi_view import displayed_status, form_for, heard_ms
from .lookup import Lookup, View


def stands(found: Lookup, unit: str, kpi: str) -> bool:
    """Whether a unit has a KPI at all; follows from the model alone, so a page outlives every board."""
    return stands_at(found.kpis[kpi], found.units[unit])


def missing_view(found: Lookup, kpi: str, prefix: str) -> View:
    """The one key of a tile whose KPI does not stand at its unit."""
    return {f"{prefix}.missing": found.words("tile.missing", kpi=found.text(found.kpis[kpi].title))}


def shown_status(found: Lookup, result: KpiResult | None, kpi: str) -> str:
    """What the glyph says; without a result the KPI is unknown."""
    status = Status.UNKNOWN if result is None else result.status
    return displayed_status(status, found.freshness(kpi))


def target_of(found: Lookup, unit: str, kpi: Kpi) -> Fraction:
    """The result's target; before the first one that of the definition."""
    result = found.board.kpis.get((unit, kpi.id))
    if result is not None:
        return result.target
    return Fraction(by_unit(kpi.target, found.units[unit]) or 0)


def target_text(kpi: Kpi, form: Form, target: Fraction, *, brief: bool = False) -> str:
    """A target with its direction and unit, such as "≤350" or "4.40 亿"."""
    return form.target(target, "≤" if kpi.direction == "lower" else "", brief)


def kpi_head(found: Lookup, unit: str, kpi_id: str, prefix: str) -> View:
    """The keys; those of a number are unknown while there is no result."""
    kpi, words = found.kpis[kpi_id], found.words
    result, fresh = found.board.kpis.get((unit, kpi_id)), found.freshness(kpi_id)
    target = target_of(found, unit, kpi)
    form = form_for(found, kpi, target)
    shown = shown_status(found, result, kpi_id)
    value = None if result is None else result.value
    last = Status.UNKNOWN if result is None else result.status
    attained = None if result is None else result.attainment
    worst = found.worst_source(kpi_id)
    silent_ms = None if worst is None or fresh is Freshness.LIVE else worst.event_ms
    return {
        f"{prefix}.value": form.value(value),
        f"{prefix}.unit": "" if value is None else form.unit,
        f"{prefix}.status": shown,
        f"{prefix}.word": words(f"status.{shown}"),
        f"{prefix}.freshness": fresh.value,
        f"{prefix}.last": words("kpi.last", status=words(f"status.{last}")),
        f"{prefix}.target": words("kpi.target", target=target_text(kpi, form, target, brief=True)),
        f"{prefix}.attained": words(
            "kpi.pace" if kpi.accrues else "kpi.attained",
            share=UNKNOWN if attained is None else formats.percent(attained),
        ),
        f"{prefix}.event_ms": silent_ms if result is None else heard_ms(found, result, fresh),
    }
