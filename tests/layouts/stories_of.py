"""Stories of small models that are really evaluated, for tests of explain pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layouts.stories import KpiStory, UnitStory
from scoring.board import Board, Freshness, SourceState
from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, counter_name
from scoring.definitions import Model
from scoring.editions import kpi_versions, unit_versions
from scoring.evaluator import Evaluator
from scoring.explain import explain_kpi, explain_unit
from scoring.waterfall import Moment, waterfall

NOON_MS = 1_773_806_400_000  # 2026-03-18 12:00 in Shanghai
_DAY_MS = 86_400_000


def model_of(kpis: list[dict[str, Any]], units: list[dict[str, Any]] | None = None, **more: Any) -> Model:
    """A model of one shop `s` with metrics `a`, `b` and `c` that add up what events `sale` carry."""
    metrics = [
        {"id": name, "title": {"zh-CN": f"计{name}", "en": f"Count {name}"}, "event": "sale", "aggregate": "sum",
         "value": "n", "decimals": 2}
        for name in "abc"
    ]  # fmt: skip
    event = {
        "type": "sale",
        "source": "till",
        "unit": "{u}",
        "fields": {"u": {"type": "text"}, "n": {"type": "decimal"}},
    }
    return Model.model_validate({
        "name": "shop", "title": "Shop", "version": "1", "calendar": {"zone": "Asia/Shanghai"},
        "sources": [{"id": "till", "title": "Till", "stale_after": "5m", "silent_after": "30m"}],
        "events": [event], "metrics": metrics,
        "units": units or [{"id": "s", "title": {"zh-CN": "门店", "en": "Store"}, "kind": "shop"}],
        "kpis": [{"title": kpi["id"].title(), "applies_to": ["shop"], "weight": 50, **kpi} for kpi in kpis],
        "scenes": [{"id": "main", "title": "Main", "unit": "s", "kpis": [kpis[0]["id"]], "trend": kpis[0]["id"]}],
        **more,
    })  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A model, its board, and what explains it."""

    model: Model
    board: Board
    evaluator: Evaluator

    def kpi(self, kpi: str, unit: str = "s") -> KpiStory:
        """The story of a KPI."""
        explained = explain_kpi(self.evaluator.scorecard, self.evaluator, (unit, kpi))
        versions = kpi_versions(self.model, kpi, self.evaluator.scorecard.date)
        return KpiStory(explained, versions, self.board.units[unit], NOON_MS)

    def unit(self, unit: str = "s") -> UnitStory:
        """The story of a unit; yesterday was as today."""
        scorecard = self.evaluator.scorecard
        explained = explain_unit(scorecard, self.evaluator, unit)
        kpis = frozenset(cell.rule.kpi.id for cell in explained.node.cells)
        moment = Moment(scorecard, self.evaluator)
        versions = unit_versions(self.model, explained.node.unit, kpis, scorecard.date)
        return UnitStory(explained, versions, waterfall(moment, moment, unit), NOON_MS)


def told(model: Model, counted: Mapping[tuple[str, str], int], freshness: Freshness = Freshness.LIVE) -> Told:
    """The model evaluated at noon, with these (metric, unit) counts of hundredths."""
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), NOON_MS)
    bucket = NOON_MS - 3_600_000
    amounts = {counter_name(metric, unit, bucket): amount for (metric, unit), amount in counted.items()}
    increments: Increments = {("20260318", "add"): dict(amounts)}
    evaluator.apply(increments)
    evaluator.tick(NOON_MS)
    state = SourceState("till", NOON_MS - 1_500_000, freshness)
    board = Board(1, "1", NOON_MS, dict(evaluator.kpis), dict(evaluator.units), {"till": state})
    return Told(model, board, evaluator)
