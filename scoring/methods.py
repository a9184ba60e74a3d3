"""The scoring methods of a model: each names its parameters; `scoring.curves` makes a curve of them.

Points are of 100 unless a method says `out_of`; a KPI's weight turns them into points of its unit's score.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from .forms import Definition, Text

Over = Literal["value", "attainment"]
OutOf = Annotated[Decimal, Field(gt=0, description="the points of this method are out of this many")]


class Ratio(Definition):
    """完成率法: score = 100 x attainment, clamped; lower-is-better says which inverse it means."""

    name: Literal["ratio"]
    inverse: Literal["reciprocal", "symmetric"] | None = None
    floor: Decimal = Decimal(0)
    cap: Decimal = Decimal(120)


class Point(Definition):
    """A point of a curve."""

    at: Decimal = Field(description="the value (or attainment) at which")
    points: Decimal = Field(description="so many points are earned")


class Interpolate(Definition):
    """线性插值: straight lines between points; worse than the worst point `floor`, better than the best `cap`."""

    name: Literal["interpolate"]
    over: Over = "value"
    points: list[Point] = Field(min_length=2)
    floor: Decimal = Decimal(0)
    cap: Decimal | None = Field(None, description="none: what the best point earns")
    out_of: OutOf = Decimal(100)


class Band(Definition):
    """One step of a band table: a value in [from, to) earns these points; without a bound it is open."""

    from_: Decimal | None = Field(None, alias="from")
    to: Decimal | None = None
    points: Decimal = Field(ge=0)


class Bands(Definition):
    """区间赋分: a step table over the raw value; bands neither overlap nor leave gaps."""

    name: Literal["bands"]
    over: Over = "value"
    table: list[Band] = Field(min_length=1)
    out_of: OutOf = Decimal(100)


class PlusMinus(Definition):
    """加减分法: base, and so many points more or less per step of deviation from the target, capped both ways."""

    name: Literal["plus_minus"]
    base: Decimal = Field(description="points on target")
    per_step: Decimal = Field(gt=0, description="points per step")
    step: Decimal = Field(gt=0, description="size of a step: percent of the target, or the value's own unit")
    step_in: Literal["percent", "value"] = "percent"
    steps: Literal["whole", "pro_rata"] = Field(description="only whole steps count, or parts of a step too")
    most: Decimal = Field(gt=0, description="at most so many points more or less than base")
    out_of: OutOf = Decimal(100)


class Deduct(Definition):
    """减分法: full points less the deductions; the value is their sum, or the largest of them (就高不就低)."""

    name: Literal["deduct"]
    policy: Literal["sum", "largest"] = Field(description="must be what the value's metric does: sum or max")
    out_of: OutOf = Decimal(100)


class Bonus(Definition):
    """加分项: the value is points on top of the unit's weighted score, up to a cap; its weight is 0."""

    name: Literal["bonus"]
    cap: Decimal = Field(gt=0)


class Binary(Definition):
    """非此即彼法: on target 100, else 0; unknown stays unknown."""

    name: Literal["binary"]


class PickedGrade(Definition):
    """One described grade that a person may pick."""

    value: int = Field(description="what the grading event carries")
    title: Text
    definition: Text = ""
    points: Decimal = Field(ge=0)


class Graded(Definition):
    """说明法: a person picks one of these grades; its event names author, evidence and a second reviewer."""

    name: Literal["graded"]
    grades: list[PickedGrade] = Field(min_length=2)
    out_of: OutOf = Decimal(100)


class Efficacy(Definition):
    """功效系数法: five standards, best first; points run straight from one coefficient to the next."""

    name: Literal["efficacy"]
    over: Over = "value"
    standards: tuple[Decimal, Decimal, Decimal, Decimal, Decimal]
    coefficients: tuple[Decimal, Decimal, Decimal, Decimal, Decimal] = (
        Decimal(1), Decimal("0.8"), Decimal("0.6"), Decimal("0.4"), Decimal("0.2"),
    )  # fmt: skip


class WorstBest(Definition):
    """极值归一法: 0 at the worst value, 100 at the best, straight between."""

    name: Literal["worst_best"]
    worst: Decimal
    best: Decimal


class RedGoal(Definition):
    """红线目标法: a third of the points at the red line, two thirds at the goal, straight through both."""

    name: Literal["red_goal"]
    red: Decimal
    goal: Decimal


class Stabilise(Definition):
    """区间型: full points inside a band, falling straight to 0 on both sides."""

    name: Literal["stabilise"]
    low: Decimal
    high: Decimal
    zero_below: Decimal = Field(description="0 points from here downwards")
    zero_above: Decimal = Field(description="0 points from here upwards")


Method = Annotated[
    Ratio | Interpolate | Bands | PlusMinus | Deduct | Bonus | Binary | Graded | Efficacy | WorstBest | RedGoal
    | Stabilise,
    Field(discriminator="name"),
]  # fmt: skip
