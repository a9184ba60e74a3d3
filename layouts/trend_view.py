"""The trend: one KPI's recent buckets, its target, and the range it will end in."""

from __future__ import annotations

from scoring.board import Freshness, KpiResult
from scoring.definitions import Kpi

from .formats import UNKNOWN, Form
from .kpi_view import displayed_status, form_for, heard_ms
from .lookup import Lookup, View
from .trend_figure import trend_figure


def trend_view(found: Lookup, unit: str, kpi_id: str) -> View:
    """Head and figure of a KPI at a unit, under `trend.*`."""
    result = found.board.kpis.get((unit, kpi_id))
    kpi = found.kpis[kpi_id]
    view: View = {"trend.title": found.text(kpi.title), "trend.figure": None, "trend.empty": True}
    fresh = found.freshness(kpi.id)
    if result is None:
        unknown = {"value": UNKNOWN, "unit": "", "status": "unknown", "word": found.words("status.unknown")}
        more = {"freshness": fresh.value, "event_ms": None, "detail": "", "bucket": ""}
        return view | {f"trend.{key}": value for key, value in (unknown | more).items()}
    form = form_for(found, kpi, result.target)
    shown = displayed_status(result.status, fresh)
    series = found.board.series.get((unit, kpi_id))
    ahead = found.board.forecasts.get((unit, kpi_id)) if fresh is Freshness.LIVE else None
    figure = None if series is None else trend_figure(found, kpi, result, series, shown, ahead)
    return view | {
        "trend.value": form.value(result.value),
        "trend.unit": form.unit if result.value is not None else "",
        "trend.status": shown,
        "trend.word": found.words(f"status.{shown}"),
        "trend.freshness": fresh.value,
        "trend.event_ms": heard_ms(found, result, fresh),
        "trend.detail": _detail(found, kpi, result, form),
        "trend.bucket": found.words(f"trend.{kpi.trend}") if kpi.trend else "",
        "trend.figure": figure,
        "trend.empty": figure is None,
    }


def _detail(found: Lookup, kpi: Kpi, result: KpiResult, form: Form) -> str:
    sign = "≤" if kpi.direction == "lower" else ""
    target = found.words("trend.target", target=form.target(result.target, sign))
    if not kpi.accrues or result.due is None:
        return target
    return found.words("trend.due", due=form.value(result.due)) + " · " + target
