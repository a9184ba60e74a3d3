"""The board: what every wall, phone and API shows, as immutable values.

Points and weights are scaled integers (`POINT`, `WEIGHT`), values exact fractions; rounding happens at display.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from .forecast import Forecast

#: One point of score. Scores lie on this grid, so sums of weighted scores are exact in any order (decision 0001).
POINT = 10**12
#: One unit of weight: weights carry up to four decimals.
WEIGHT = 10**4


class Status(StrEnum):
    """How a KPI or unit stands against its target; unknown is not bad."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    UNKNOWN = "unknown"


class Freshness(StrEnum):
    """How a source stands against its declared silence."""

    LIVE = "live"
    STALE = "stale"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class KpiResult:
    """One KPI at one unit in its running period.

    `target` is the whole period's, `due` the part due by now (equal for rates); `attainment` is value against `due`
    in the KPI's direction (1 = on target). `contribution` is what the KPI adds to its unit's score before the unit's
    gates, in points. `elapsed` is of the moment the result last moved; one that accrues moves with every pace step.
    `metrics` are the values of the metrics of its formula, in the formula's order; `definition` is the number of the
    version of its definition, `gates` the ids of the gates that bit. `coverage` is less than 1 where a rolled-up score
    lacks child units.
    """

    unit: str
    kpi: str
    period_start_ms: int
    period_end_ms: int
    elapsed: Fraction
    value: Fraction | None
    target: Fraction
    due: Fraction | None
    attainment: Fraction | None
    score: int | None
    weight: int
    contribution: int | None
    status: Status
    event_ms: int | None
    since_ms: int | None = None
    metrics: tuple[Fraction | None, ...] = ()
    definition: int = 1
    gates: tuple[str, ...] = ()
    coverage: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit's weighted score in points; `coverage` is the share of weight that is known.

    `base` is the score before the unit's gates, to which the contributions sum; `gates` are those that bit.
    """

    unit: str
    score: int | None
    status: Status
    coverage: Fraction
    since_ms: int | None = None
    base: int | None = None
    definition: int = 1
    gates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """When a source was last heard of (event time) and what that makes of its numbers."""

    source: str
    event_ms: int | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class Series:
    """A KPI's value as it stood at the end of each bucket of its running period, oldest first; None where unknown.

    The last point is the value now; `due` is what each point is judged by.
    """

    bucket_start_ms: tuple[int, ...]
    values: tuple[Fraction | None, ...]
    due: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the newest event of its key.

    `unit` is the unit the event names, `event_ms` when it happened; `fields` are kept fields as the event said them:
    text, whole numbers, decimals as text, or None. A row that is not open is kept (so that an older event can't bring
    it back) and not shown.
    """

    unit: str
    event_ms: int
    open: bool
    fields: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown, at one version: results by (unit, kpi), scores by unit, and the same as yesterday ended.

    `rows` are the rows of tables by (table, key).
    """

    version: int
    model_version: str
    as_of_ms: int
    kpis: Mapping[tuple[str, str], KpiResult] = field(default_factory=dict)
    units: Mapping[str, UnitScore] = field(default_factory=dict)
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    series: Mapping[tuple[str, str], Series] = field(default_factory=dict)
    forecasts: Mapping[tuple[str, str], Forecast] = field(default_factory=dict)
    unit_forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    yesterday_kpis: Mapping[tuple[str, str], KpiResult] = field(default_factory=dict)
    yesterday_units: Mapping[str, UnitScore] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], Row] = field(default_factory=dict)
