"""Small models with alert rules, and boards written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from scoring.board import POINT, Board, Freshness, KpiResult, SourceState, Status, UnitScore
from scoring.definitions import Model
from scoring.forecast import Forecast
from tests.scoring.models import DAY, JUNE, kpi, model_of, unit

#: Group with two plants of two lines each.
TREE = [
    unit("top", kind="group"),
    *(unit(plant, "top", kind="plant") for plant in ("a", "b")),
    *(unit(f"{plant}{n}", plant, kind="line") for plant in ("a", "b") for n in (1, 2)),
]
_STATUSES = (Status.BAD, Status.WATCH, Status.GOOD)


def rule(name: str = "r", on: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    """A rule, by default about the value of the KPI `k` below 80, everywhere."""
    on = on or {"kind": "threshold", "of": "value", "below": 80}
    settings.setdefault("kpis", ["k"])
    return {"id": name, "title": name, "on": on, **settings}


def model_with(*rules: dict[str, Any], **settings: Any) -> Model:
    """The tree with the KPIs `k` (accrues) and `q` at every unit, one source, and these rules."""
    kpis = [
        kpi("k", applies_to=["group", "plant", "line"], weight=50, accrues=True, tags=["money"]),
        kpi("q", applies_to=["group", "plant", "line"], weight=50, period="day"),
    ]
    return model_of(kpis, TREE, alerts=list(rules), **settings)


def result(place: tuple[str, str], value: Fraction | int | None, **settings: Any) -> KpiResult:
    """A result whose value, attainment (in percent) and score are one number; the status follows from it."""
    known = None if value is None else Fraction(value)
    held = {
        "period_start_ms": JUNE, "period_end_ms": JUNE + 30 * DAY, "elapsed": Fraction(1, 2), "value": known,
        "target": Fraction(100), "due": Fraction(100), "attainment": None if known is None else known / 100,
        "score": None if known is None else int(known * POINT), "weight": 500_000, "contribution": None,
        "status": status(known), "event_ms": JUNE,
    }  # fmt: skip
    return KpiResult(*place, **{**held, **settings})


def status(value: Fraction | None) -> Status:
    """Good from 100 on, watch from 90 on."""
    return Status.UNKNOWN if value is None else _STATUSES[(value >= 90) + (value >= 100)]


def scored(name: str, value: Fraction | int | None) -> UnitScore:
    """A unit's score."""
    known = None if value is None else Fraction(value)
    return UnitScore(name, None if known is None else int(known * POINT), status(known), Fraction(1))


def board(
    values: Mapping[tuple[str, str], Fraction | int | None] | None = None,
    *,
    results: Mapping[tuple[str, str], KpiResult] | None = None,
    units: Mapping[str, Fraction | int | None] | None = None,
    freshness: Freshness = Freshness.LIVE,
    heard_ms: int | None = JUNE,
    forecasts: Mapping[tuple[str, str], Forecast] | None = None,
    version: int = 1,
) -> Board:
    """A board of these values, or of whole results."""
    kpis = {place: result(place, value) for place, value in (values or {}).items()}
    return Board(
        version,
        "1",
        JUNE,
        kpis={**kpis, **(results or {})},
        units={name: scored(name, value) for name, value in (units or {}).items()},
        sources={"s": SourceState("s", heard_ms, freshness)},
        forecasts=forecasts or {},
    )
