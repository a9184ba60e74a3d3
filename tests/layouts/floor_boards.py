"""The small model with tables and a KPI of the shift, and boards with rows and hours of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from scoring.board import Board, Freshness, KpiResult, Row, Series
from scoring.calendar import HOUR_MS, BusinessCalendar
from scoring.definitions import Model
from scoring.scores import elapsed_share, status_of

from .boards import NOON_MS, board_of, small_model

EIGHT_MS = NOON_MS - 4 * HOUR_MS
NOW_MS = NOON_MS + HOUR_MS // 2
MINUTE_MS = 60_000
#: Good pieces of each hour of the early shift, whose plan is 62.5 an hour: 253 of 281.25 due by 12:30.
HOURS = (62, 64, 40, 56, 31)
LINES: dict[str, Any] = {
    "tile": "lines", "table": "states", "state": "state", "about": ["order", "product"], "reason": "reason",
    "states": {"run": "running", "stop": "stopped", "slow": "slow", "set": "planned"}, "kpis": ["output", "otd"],
}  # fmt: skip
LIST: dict[str, Any] = {
    "tile": "list", "table": "late", "title": {"en": "Late orders", "zh-CN": "延误订单"}, "name": "customer",
    "number": "days", "number_title": {"en": "days", "zh-CN": "天"}, "about": ["product", "order"],
}  # fmt: skip
_OUTPUT: dict[str, Any] = {
    "id": "output", "title": "Output", "value": "sales", "target": 500, "accrues": True, "weight": 0,
    "period": "shift", "trend": "hour", "applies_to": ["company", "department"],
    "display": {"decimals": 0, "unit": {"zh-CN": "台", "en": "pcs"}},
}  # fmt: skip


def floor_model() -> Model:
    """The model."""
    raw = small_model().model_dump(mode="json", by_alias=True, exclude_unset=True)
    text = {"type": "text"}
    names = ("unit", "state", "order", "product", "reason", "customer", "days")
    raw["events"].append({"type": "floor", "source": "qms", "unit": "{unit}", "fields": dict.fromkeys(names, text)})
    raw["kpis"].append(_OUTPUT)
    raw["calendar"]["shifts"] = [{"id": "early", "title": "Early", "start": "08:00", "end": "16:00"}]
    raw["tables"] = [
        {"id": table, "title": table, "event": "floor", "key": key, "fields": {name: name for name in names}}
        for table, key in (("states", "unit"), ("late", "order"))
    ]
    return Model.model_validate(raw)


def state_row(unit: str, state: str, minutes: int, **fields: str | int | None) -> Row:
    """What a line said so many minutes ago."""
    return Row(unit, NOW_MS - minutes * MINUTE_MS, True, {"state": state, **fields})


def order_row(unit: str, order: str, customer: str, days: int, product: str = "H7") -> Row:
    """An order that is late."""
    fields: dict[str, str | int] = {"order": order, "customer": customer, "days": days, "product": product}
    return Row(unit, NOW_MS - days * HOUR_MS, True, fields)


def floor_board(
    model: Model,
    rows: Mapping[tuple[str, str], Row] | None = None,
    freshness: Mapping[str, Freshness] | None = None,
    units: tuple[str, ...] = ("co", "d0", "d1", "d2"),
) -> Board:
    """A board at 12:30 of the early shift; the output of each unit is the same."""
    board = board_of(model, {"revenue": Fraction("1.012"), "otd": Fraction("0.755"), "claims": Fraction("0.823"),
                             "output": None}, freshness)  # fmt: skip
    kpis = {**board.kpis, **{(unit, "output"): output_of(model, unit) for unit in units}}
    series = {**board.series, **{(unit, "output"): _hours(model) for unit in units}}
    return replace(board, as_of_ms=NOW_MS, kpis=kpis, series=series, rows=rows or {})


def output_of(model: Model, unit: str, value: int | None = None) -> KpiResult:
    """The output of the shift so far at a unit."""
    share = elapsed_share(BusinessCalendar(model.calendar), _shift(model), NOW_MS)
    made, due = Fraction(sum(HOURS) if value is None else value), 500 * share
    kpi = next(kpi for kpi in model.kpis if kpi.id == "output")
    status = status_of(made / due, kpi.status.good, kpi.status.watch)
    heard, since = NOW_MS - 4000, NOW_MS - HOUR_MS
    return KpiResult(
        unit, "output", EIGHT_MS, EIGHT_MS + 8 * HOUR_MS, share, made, Fraction(500), due, made / due, None, 0, None,
        status, heard, since,
    )  # fmt: skip


def _shift(model: Model) -> Any:
    return BusinessCalendar(model.calendar).period("shift", NOW_MS)


def _hours(model: Model) -> Series:
    calendar, period = BusinessCalendar(model.calendar), _shift(model)
    starts = tuple(EIGHT_MS + hour * HOUR_MS for hour in range(len(HOURS)))
    reached = tuple(Fraction(sum(HOURS[: hour + 1])) for hour in range(len(HOURS)))
    due = tuple(500 * elapsed_share(calendar, period, end) for end in [*starts[1:], NOW_MS])
    return Series(starts, reached, due)
