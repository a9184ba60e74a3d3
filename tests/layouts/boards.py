"""A small model with two objectives, three departments and two sources, and boards of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.board import POINT, WEIGHT, Board, Freshness, KpiResult, Series, SourceState, UnitScore
from scoring.definitions import Kpi, Model
from scoring.scores import status_of

NOON_MS = 1_773_806_400_000  # 2026-03-18 12:00 in Shanghai
DAY_MS = 86_400_000

KPIS: list[dict[str, Any]] = [
    {"id": "revenue", "title": {"zh-CN": "营业收入", "en": "Revenue"}, "objective": "growth", "value": "sales",
     "target": 440_000_000, "accrues": True, "weight": 40, "display": {"compact": True, "decimals": 2}},
    {"id": "otd", "title": {"zh-CN": "准时交付率", "en": "On time"}, "objective": "delivery",
     "value": "late / all_orders", "target": "0.98", "weight": 35, "display": {"percent": True}, "trend": "day"},
    {"id": "claims", "title": {"zh-CN": "客诉", "en": "Claims"}, "objective": "delivery", "value": "claim_count",
     "target": 350, "direction": "lower", "weight": 25, "display": {"unit": "PPM", "decimals": 0},
     "method": {"name": "ratio", "inverse": "reciprocal"}},
]  # fmt: skip

#: Attainments that give 101.2 × 40 + 75.5 × 35 + 82.3 × 25.
ATTAINED = {"revenue": Fraction("1.012"), "otd": Fraction("0.755"), "claims": Fraction("0.823")}


def small_model() -> Model:
    """The model."""
    kpis = [{"applies_to": ["company", "department"], **kpi} for kpi in KPIS]
    sources = [
        {"id": name, "title": name.upper(), "stale_after": "5m", "silent_after": "30m"} for name in ("erp", "qms")
    ]
    fields = {"u": {"type": "text"}}
    events = [{"type": name, "source": name, "unit": "{u}", "fields": fields} for name in ("erp", "qms")]
    counted = {"sales": "erp", "late": "erp", "all_orders": "erp", "claim_count": "qms"}
    metrics = [{"id": name, "title": name, "event": event, "aggregate": "count"} for name, event in counted.items()]
    units = [{"id": "co", "title": {"zh-CN": "远川", "en": "Yuanchuan"}, "kind": "company"}]
    units += [{"id": f"d{n}", "title": f"D{n}", "kind": "department", "parent": "co"} for n in range(3)]
    ids = [kpi["id"] for kpi in KPIS]
    return Model.model_validate({
        "name": "small", "title": "Small", "version": "1", "calendar": {"zone": "Asia/Shanghai"}, "sources": sources,
        "events": events, "metrics": metrics, "kpis": kpis, "units": units,
        "objectives": [{"id": "growth", "title": "Growth"}, {"id": "delivery", "title": "Delivery"}],
        "scenes": [{"id": "main", "title": "Main", "unit": "co", "kpis": ids, "trend": "otd"}],
    })  # fmt: skip


def result_of(kpi: Kpi, unit: str, attained: Fraction | None) -> KpiResult:
    """The result of a KPI at an attainment, half of its month gone."""
    target = Fraction(kpi.target) if isinstance(kpi.target, Decimal) else Fraction(1)
    due = target / 2 if kpi.accrues else target
    value = None if attained is None else due * attained if kpi.direction == "higher" else due / attained
    score = None if attained is None else int(attained * 100 * POINT)
    weight = int(kpi.weight * WEIGHT) if isinstance(kpi.weight, Decimal) else 0
    status = status_of(attained, kpi.status.good, kpi.status.watch)
    start, end = NOON_MS - 15 * DAY_MS, NOON_MS + 15 * DAY_MS
    heard, since = NOON_MS - 4000, NOON_MS - 3_600_000
    half = Fraction(1, 2)
    return KpiResult(
        unit, kpi.id, start, end, half, value, target, due, attained, score, weight, None, status, heard, since
    )


def results_of(
    model: Model, attained: Mapping[str, Fraction | None]
) -> tuple[dict[Any, KpiResult], dict[str, UnitScore]]:
    """Results and scores of all units; departments fall behind by one percent each."""
    kpis: dict[Any, KpiResult] = {}
    units: dict[str, UnitScore] = {}
    for place, unit in enumerate(model.units):
        lag = Fraction(100 - place, 100)
        scored = {kpi.id: attained[kpi.id] for kpi in model.kpis}
        own = [result_of(kpi, unit.id, None if (a := scored[kpi.id]) is None else a * lag) for kpi in model.kpis]
        known = [result for result in own if result.score is not None]
        weight = sum(result.weight for result in known)
        for result in own:
            part = None if result.score is None else result.weight * result.score // weight
            kpis[unit.id, result.kpi] = replace(result, contribution=part)
        total = sum(kpis[unit.id, result.kpi].contribution or 0 for result in known)
        reached = Fraction(total, POINT) / Fraction(unit.target_score)
        status = status_of(reached, Decimal(1), Decimal("0.9"))
        units[unit.id] = UnitScore(unit.id, total, status, Fraction(1))
    return kpis, units


def board_of(
    model: Model,
    attained: Mapping[str, Fraction | None] | None = None,
    freshness: Mapping[str, Freshness] | None = None,
) -> Board:
    """A board, with a yesterday on which every attainment was two percent better."""
    attained = attained or ATTAINED
    kpis, units = results_of(model, attained)
    better = {kpi: None if reached is None else reached * Fraction(102, 100) for kpi, reached in attained.items()}
    before, units_before = results_of(model, better)
    freshness = freshness or {}
    sources = {
        source.id: SourceState(source.id, NOON_MS - 4000, freshness.get(source.id, Freshness.LIVE))
        for source in model.sources
    }
    days = tuple(NOON_MS - (9 - day) * DAY_MS for day in range(10))
    rates = tuple(Fraction(90 + day % 4, 100) if day != 3 else None for day in range(10))
    series = {("co", "otd"): Series(days, rates, (Fraction(98, 100),) * len(days))}
    return Board(
        1, "1", NOON_MS, kpis, units, sources, series, yesterday_kpis=before, yesterday_units=units_before
    )  # fmt: skip
