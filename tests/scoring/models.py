"""Small models to score, and the shortest way from numbers to results."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.board import POINT, KpiResult
from scoring.calendar import BusinessCalendar, Period
from scoring.compile import compile_scorecard
from scoring.counters import Increments, counter_name
from scoring.definitions import Model
from scoring.evaluator import Evaluator
from scoring.scores import kpi_result

#: Monday, 1 June 2026, 00:00 UTC.
JUNE = 1_780_272_000_000
HOUR = 3_600_000
DAY = 24 * HOUR


def on_grid(points: Fraction) -> int:
    """Half-even to a whole number of 10^-12 points, without what is tested."""
    whole, rest = divmod(points * POINT, 1)
    return int(whole) + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1))


def kpi(name: str = "k", **settings: Any) -> dict[str, Any]:
    """A KPI over the metric of its own name, of weight 100 at the unit `top`."""
    return {"id": name, "title": name, "value": name, "applies_to": ["top"], "target": 100, "weight": 100, **settings}


def unit(name: str = "top", parent: str | None = None, **settings: Any) -> dict[str, Any]:
    """A unit of the kind of its own name."""
    return {"id": name, "title": name, "kind": "place", "parent": parent, **settings}


def model_of(kpis: list[dict[str, Any]], units: list[dict[str, Any]] | None = None, **settings: Any) -> Model:
    """A model with a summed metric for each KPI, in UTC."""
    return Model.model_validate(
        {
            "name": "test",
            "title": "",
            "version": "1",
            "calendar": {"zone": "UTC"},
            "sources": [{"id": "s", "title": "", "stale_after": "1m", "silent_after": "1h"}],
            "events": [{"type": "e", "source": "s", "unit": "{u}", "fields": {"u": {"type": "text"}}}],
            "metrics": [
                {"id": one["id"], "title": "", "event": "e", "aggregate": "sum", "value": "1", "decimals": 4}
                for one in kpis
            ],
            "units": units or [unit()],
            "kpis": kpis,
            "scenes": [],
            **settings,
        }
    )


def judged(value: object, elapsed: Fraction = Fraction(1), **settings: Any) -> KpiResult:
    """The result of one KPI with this value."""
    (cell,) = compile_scorecard(model_of([kpi(**settings)])).cells()
    values = {"k": None if value is None else Fraction(str(value))}
    return kpi_result(cell, values, None, Period("month", 0, 1), elapsed)


def evaluated(model: Model, values: Mapping[tuple[str, str], object], now_ms: int = JUNE + DAY) -> Evaluator:
    """An evaluator fed one amount per (unit, metric), after its first tick."""
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now_ms)
    amounts = {counter_name(name, place, JUNE): int(Fraction(str(value)) * 10**4)
               for (place, name), value in values.items()}  # fmt: skip
    increments: Increments = {("20260601", "add"): dict(amounts)}
    evaluator.apply(increments)
    evaluator.tick(now_ms)
    return evaluator
