"""Grades and incentive coefficients: tables over a unit's score."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from .forms import Definition, NameId, PeriodKind, Text


class GradeBand(Definition):
    """One grade: a score of `from` points or more, unless a better grade begins below it."""

    grade: str = Field(min_length=1, max_length=16)
    title: Text = ""
    from_: Decimal | None = Field(None, alias="from", description="none: the lowest grade")
    most_share: Decimal | None = Field(None, gt=0, le=100, description="at most this percent of units; more: a warning")


class CoefficientPoint(Definition):
    """A score and the coefficient it earns; straight lines between points."""

    score: Decimal
    coefficient: Decimal = Field(ge=0)


class Incentive(Definition):
    """A trial calculation of incentive pay: base x coefficient of the score x coefficients of unit and company."""

    id: NameId
    title: Text
    units: list[str] = Field(min_length=1, description="unit ids or kinds it is for")
    period: PeriodKind = "month"
    table: list[CoefficientPoint] = Field(
        min_length=2, description="rising scores; level before the first, after the last"
    )
    company: str | None = Field(None, description="unit whose own coefficient by the same table multiplies all")
    unit_coefficient: Decimal | dict[str, Decimal] = Decimal(1)
    base: Decimal | dict[str, Decimal] = Field(Decimal(0), description="amount at coefficient 1, by unit id or kind")
    decimals: int = Field(2, ge=0, le=4, description="digits of an amount; rounded once, half up")
