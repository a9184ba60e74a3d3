"""Gates: rules that act after the scoring methods. Veto, ceiling, cap by ambition, difficulty."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .forms import Definition, NameId, PeriodKind, Text

Places = Annotated[list[str], Field(min_length=1, description="unit ids or kinds")]
Condition = Annotated[str, Field(description="comparison over KPI ids of the same unit, such as accidents > 0")]


class Veto(Definition):
    """一票否决: until the end of the period it began in, a score is 0, a grade has a ceiling or pay a coefficient of 0.

    It is declared (`from`) or follows from a condition (`when`); either way somebody vouches for it.
    """

    kind: Literal["veto"]
    id: NameId
    title: Text
    units: Places
    kpi: NameId | None = Field(None, description="only this KPI's score; none: the unit's")
    from_: dt.date | None = Field(None, alias="from", description="first day; none: follows from `when`")
    period: PeriodKind = Field("month", description="it ends with the period of this kind that `from` lies in")
    when: Condition | None = None
    effect: Literal["zero", "grade", "coefficient"] = "zero"
    grade: str | None = Field(None, description="effect grade: no better than this grade")
    evidence: str = Field(min_length=1, description="where it is documented")
    approver: str = Field(min_length=1, description="who approved it")

    @model_validator(mode="after")
    def _has_a_ground(self) -> Veto:
        if self.from_ is None and self.when is None:
            raise ValueError(f"veto {self.id!r} would never end; give its first day in from, or a condition in when")
        if self.kpi is not None and (self.when is not None or self.effect != "zero"):
            raise ValueError(f"veto {self.id!r}: a KPI's score is zeroed from a day on; drop when and effect, or kpi")
        return self


class Ceiling(Definition):
    """封顶: while its condition holds, a unit's score has a ceiling, or its grade is no better than one."""

    kind: Literal["ceiling"]
    id: NameId
    title: Text
    units: Places
    when: Condition
    points: Decimal | None = None
    grade: str | None = None


class Ambition(Definition):
    """目标先进性: a target less ambitious than the base keeps the KPI's score at or under a cap."""

    kind: Literal["ambition"]
    id: NameId
    title: Text
    units: Places
    kpi: NameId
    base: Decimal = Field(description="the target that would be ambitious, such as last year's result")
    cap: Decimal = Decimal(100)


class Difficulty(Definition):
    """难度系数: a KPI's score is multiplied, up to a cap."""

    kind: Literal["difficulty"]
    id: NameId
    title: Text
    units: Places
    kpi: NameId
    factor: Decimal = Field(gt=0)
    cap: Decimal = Decimal(120)


Gate = Annotated[Veto | Ceiling | Ambition | Difficulty, Field(discriminator="kind")]
