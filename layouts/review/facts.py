"""What the review of a period shows; everything in it is seen by the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scoring.board import KpiResult
from scoring.waterfall import Waterfall

from ..desk.facts import Choice

State = Literal["running", "over", "closed"]
#: What a moment of the time line is.
What = Literal["note", "decision", "action", "ended", "fired", "resolved", "change"]


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A KPI of the unit in the period, and what it was in the one before; `lost` are points below full marks."""

    result: KpiResult
    lost: Fraction | None
    before: KpiResult | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A moment of the time line; `what_for` is the KPI's id, empty for a whole unit."""

    at_ms: int
    what: What
    unit: str
    kpi: str
    text: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """How the unit and its KPIs stood at the end of a part of the period; points, and attainments."""

    label: str
    end_ms: int
    score: int | None
    attainment: dict[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the team keeps, or changes; `mine`: the reader wrote it."""

    id: str
    kind: Literal["keep", "change"]
    text: str
    author: str
    at_ms: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target or weight that should be another; `applied` is the number of the application that named it."""

    id: str
    kpi: str
    field: Literal["target", "weight"]
    value: str
    reason: str
    author: str
    at_ms: int
    mine: bool
    applied: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The review of a unit's period. Scores are points on the grid; None where they are unknown or not seen.

    `in_part`: counters begin within the period. `before_in_part`: the one before is not compared with, for that.
    """

    unit: str
    period: str
    title: str
    state: State
    start_ms: int
    end_ms: int
    before_title: str
    kinds: Sequence[Choice]
    periods: Sequence[Choice]
    units: Sequence[Choice]
    score: int | None = None
    score_before: int | None = None
    lines: Sequence[ResultLine] = ()
    moved: Waterfall | None = None
    moved_note: str = ""
    course: Sequence[CoursePoint] = ()
    tried: Sequence[Tried] = ()
    more_tried: int = 0
    lessons: Sequence[Lesson] = ()
    proposals: Sequence[Proposal] = ()
    before_in_part: bool = False
    in_part: bool = False
    may_write: bool = False
    may_try: bool = False
    may_export: bool = False
