"""Whether a forecast says that a KPI will miss its target."""

from __future__ import annotations

from scoring.board import KpiResult
from scoring.definitions import Kpi
from scoring.forecast import Forecast


def will_miss(kpi: Kpi, result: KpiResult, ahead: Forecast | None) -> bool:
    """Whether the middle of a forecast lies on the wrong side of the target.

    Forecasts are made less often than boards: one of an amount that has been passed since says nothing any more.
    """
    if ahead is None or (kpi.accrues and result.value is not None and ahead.mid < result.value):
        return False
    return ahead.mid > result.target if kpi.direction == "lower" else ahead.mid < result.target
