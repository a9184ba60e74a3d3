"""The outlook: forecasts of the KPIs and units of an evaluator, from the days (or hours) of their running periods."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .board import POINT
from .calendar import HOUR_MS, BusinessCalendar, Period
from .evaluator import CellKey, Evaluator
from .forecast import Forecast, Part, Weighted, forecast_rate, forecast_sum, score_forecast
from .readings import CellReadings
from .scorecard import Cell, Node
from .scores import elapsed_share, gated_points, judged

#: A unit's score is forecast only if this share of its weight is: the rest counts as it stands.
LEAST_FORECAST_WEIGHT = Fraction(1, 2)


def kpi_forecast(evaluator: Evaluator, calendar: BusinessCalendar, key: CellKey, now_ms: int) -> Forecast | None:
    """The forecast of one KPI's value; None while hidden, without a trend, or where scores are rolled up."""
    reading, result = evaluator.readings[key], evaluator.kpis.get(key)
    if reading.cell.trend is None or reading.cell.rollup == "scores" or result is None:
        return None
    period, kpi = reading.period, reading.cell.rule.kpi
    parts = [_part(reading, calendar, start, end) for start, end in _past_spans(calendar, period, now_ms)]
    elapsed = elapsed_share(calendar, period, now_ms)
    remaining_ms = calendar.working_ms(min(now_ms, period.end_ms), period.end_ms)
    if kpi.accrues:
        return forecast_sum(result.value, parts, elapsed, remaining_ms)
    most = Fraction(1) if kpi.display.percent else None
    return forecast_rate(result.value, parts, elapsed, remaining_ms, most)


def _part(reading: CellReadings, calendar: BusinessCalendar, start_ms: int, end_ms: int) -> Part:
    value = reading.cell.rule.formula(reading.values_between(start_ms, end_ms))
    return Part(value, calendar.working_ms(start_ms, end_ms))


def _past_spans(calendar: BusinessCalendar, period: Period, now_ms: int) -> list[tuple[int, int]]:
    """The whole days of a period that are over; of a day or shift, the whole hours."""
    spans, start = [], period.start_ms
    while start < period.end_ms:
        end = start + HOUR_MS if period.kind in ("day", "shift") else calendar.period_at("day", start).end_ms
        if end > now_ms:
            break
        spans.append((start, end))
        start = end
    return spans


def unit_forecast(
    evaluator: Evaluator, node: Node, forecasts: Mapping[CellKey, Forecast], below: Mapping[str, Forecast]
) -> Forecast | None:
    """The forecast score of a unit, in points on the grid of `POINT`; bonus and gates are left out.

    `below` has those of its child units. None unless enough of the weight is forecast; what is not counts as it stands,
    what is unknown not at all.
    """
    kpis: list[Weighted] = []
    children: list[Weighted] = []
    ahead = Fraction(0)
    for cell in node.cells:
        score, found = evaluator.kpis[cell.key].score, forecasts.get(cell.key)
        if cell.rule.adds or score is None:
            continue
        ahead += cell.weight if found else 0
        kpis.append(Weighted(Fraction(cell.weight), scored(cell, found) if found else _fixed(score)))
    for child in node.children:
        score, held = evaluator.units[child].score, below.get(child)
        if score is not None:
            share = Fraction(node.child_share * evaluator.scorecard.nodes[child].weight, node.child_weight)
            ahead += share if held else 0
            children.append(Weighted(share, held or _fixed(score)))
    share = sum((child.weight for child in children), Fraction(0))
    whole = sum((one.weight for one in kpis), Fraction(0)) + share
    if not whole or ahead < LEAST_FORECAST_WEIGHT * whole:
        return None
    return score_forecast(kpis, children, share)


def scored(cell: Cell, value: Forecast) -> Forecast:
    """The scores of a forecast value against the whole period's target, sorted."""
    points = [gated_points(cell, judged(cell, one, cell.target)[1])[0] for one in (value.low, value.mid, value.high)]
    known = [one for one in points if one is not None] or [Fraction(0)]
    mid = points[1] if points[1] is not None else known[0]
    return Forecast(min(known) * POINT, mid * POINT, max(known) * POINT)


def _fixed(score: int) -> Forecast:
    return Forecast(Fraction(score), Fraction(score), Fraction(score))
