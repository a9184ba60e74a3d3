"""What the desk's pages are told; `wall.desk` gathers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from scoring.grades import GradeBand
from scoring.grading import Crowded, Line
from scoring.scorecard import Cell


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be picked: its value and how it is called."""

    value: str
    title: str
    chosen: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class MethodForm:
    """A method's parameters as texts for a form; what has no form of its own is YAML.

    `percent`: values on the curve are written as percent. `inverse` is empty where higher is better.
    """

    kind: str
    floor: str = ""
    cap: str = ""
    inverse: str = ""
    points: tuple[tuple[str, str], ...] = ()
    table: tuple[tuple[str, str, str], ...] = ()
    yaml: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class CardRow:
    """One KPI of a scorecard that can be edited: what holds on the day, in texts as they are typed.

    `places` is at how many units the KPI stands: its method is the same at all of them.
    """

    cell: Cell
    weight: str
    target: str
    measure: str
    form: MethodForm
    places: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A unit's scorecard as it holds on a day; `share` is that of its child units, None without any."""

    unit: str
    from_: dt.date
    rows: tuple[CardRow, ...]
    share: str | None


@dataclass(frozen=True, slots=True)
class WhatIfFacts:
    """What the what-if page offers: the scorecard, other units, and periods to look back at; a reason to begin with."""

    card: CardFacts
    units: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a check says: `error` or `warning`, what about, and how to mend it; `place` names a field or a cell."""

    level: str
    message: str
    fix: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class MovedUnit:
    """One unit before and after: points on the grid, places, grades and amounts by incentive title."""

    unit: str
    before: int | None
    after: int | None
    change: int | None
    ranks: tuple[int | None, int | None]
    grades: tuple[str | None, str | None]
    pay: tuple[tuple[str, Decimal | None, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class PeriodEffect:
    """What a trial does in one period; an empty name is the running one.

    `more` units move less than those listed; `pay` is by how much each incentive moves in all.
    """

    period: str
    units: tuple[MovedUnit, ...]
    more: int = 0
    pay: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """A trial: what it changes, what the check says, and its effects; `token` names it for its download.

    `may_apply`: whether whoever reads may put it in force.
    """

    differences: tuple[str, ...]
    said: tuple[Said, ...]
    effects: tuple[PeriodEffect, ...]
    reason: str
    token: str = ""
    may_apply: bool = True

    @property
    def faulty(self) -> bool:
        """Whether it can't be applied."""
        return any(one.level == "error" for one in self.said)


@dataclass(frozen=True, slots=True)
class Difference:
    """One definition that is new (+), gone (-) or another (~), in texts."""

    sign: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """One application of a model."""

    number: int
    at_ms: int
    author: str
    version: str
    reason: str
    differences: tuple[Difference, ...]
    state: str = ""


@dataclass(frozen=True, slots=True)
class DatedChange:
    """A change on the time line; `state` is past (later changes replaced it), held or to_come; `token` names it."""

    from_: dt.date
    reason: str
    author: str
    lines: tuple[str, ...]
    state: str
    token: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The definition of a KPI at a unit on a day."""

    cell: Cell
    author: str
    since: dt.date | None
    reason: str


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """What the history page shows."""

    today: dt.date
    applied: tuple[Applied, ...]
    more: int
    changes: tuple[DatedChange, ...]
    units: tuple[Choice, ...]
    kpis: tuple[Choice, ...]
    on: str
    standing: Standing | None
    standing_note: str
    pair: tuple[tuple[Choice, ...], tuple[Choice, ...]]
    between: tuple[Difference, ...] | None
    filling: Fraction | None


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period: `state` is running, over, closed or reopened."""

    name: str
    title: str
    state: str
    digest: str = ""
    author: str = ""
    at_ms: int = 0
    reason: str = ""
    reopened: str = ""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A frozen result that would be another today: points on the grid."""

    unit: str
    kpi: str
    frozen: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """A recount: how far it is, and what came of it; `same` is None while it runs, `trouble` says why it failed."""

    done: int
    total: int
    same: bool | None = None
    digest: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PeriodDetail:
    """One period with what can be said of it."""

    row: PeriodRow
    kpis: int = 0
    units: int = 0
    model: str = ""
    adjustments: tuple[Adjusted, ...] | None = None
    adjustments_note: str = ""
    verified: Verified | None = None


@dataclass(frozen=True, slots=True)
class PeriodsFacts:
    """What the periods page shows: groups of periods by kind, and one of them in detail; what may be done with it."""

    groups: tuple[tuple[str, tuple[PeriodRow, ...]], ...]
    detail: PeriodDetail | None
    done: str = ""
    may_close: bool = True
    may_export: bool = True


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of a coefficient table."""

    score: Fraction
    coefficient: Fraction


@dataclass(frozen=True, slots=True)
class GradeCount:
    """A grade, how many units got it, and how many may."""

    band: GradeBand
    count: int
    whole: int


@dataclass(frozen=True, slots=True)
class IncentiveFacts:
    """What the incentive page shows: a trial calculation with its stage; who may not settle sees no step.

    `whole`: no lines are missing; only then do shares of grades mean something.
    """

    incentive: str
    title: str
    period: str
    period_title: str
    lines: tuple[Line, ...]
    decimals: int
    total: Decimal | None
    closed: bool
    over: bool
    stage: str
    proposed_by: str
    proposed_ms: int
    approved_by: str
    approved_ms: int
    reason: str
    digest: str
    table: tuple[CurvePoint, ...]
    grades: tuple[GradeCount, ...]
    crowded: Sequence[Crowded] = ()
    incentives: tuple[Choice, ...] = ()
    periods: tuple[Choice, ...] = ()
    outdated: bool = False
    whole: bool = True
    may_settle: bool = True
    may_export: bool = True
    notes: tuple[str, ...] = field(default=())
