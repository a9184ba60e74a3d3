"""Alert rules as the model declares them: what is watched, where, when it enters and leaves, and who is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from ..forms import ClockTime, Definition, DurationS, NameId, Text, Weekday

Severity = Literal["critical", "warning", "info"]
#: From the one that matters least.
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")


class _Sided(Definition):
    """A level that is entered from one side, and left at another level (none: the same)."""

    below: Decimal | None = Field(None, description="fires below this")
    above: Decimal | None = Field(None, description="fires above this")
    leave: Decimal | None = Field(
        None, description="is over at this level again, on the good side of it; none: as entered"
    )

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise ValueError("give either below or above")
        if self.leave is not None and self.below is not None and self.leave < self.below:
            raise ValueError(f"leave {self.leave} lies on the wrong side of below {self.below}")
        if self.leave is not None and self.above is not None and self.leave > self.above:
            raise ValueError(f"leave {self.leave} lies on the wrong side of above {self.above}")
        return self

    @property
    def enter(self) -> Decimal:
        """The level at which it fires."""
        level = self.below if self.below is not None else self.above
        assert level is not None
        return level


class OnThreshold(_Sided):
    """A KPI's value, attainment (1 = on target) or score, or without KPIs the unit's score, beyond a level."""

    kind: Literal["threshold"]
    of: Literal["value", "attainment", "score"] = "score"


class OnStatus(Definition):
    """A KPI's or unit's status as bad as this, until it is as good as that."""

    kind: Literal["status"]
    enter: Literal["watch", "bad"] = "bad"
    leave: Literal["good", "watch"] = "good"

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.enter == self.leave:
            raise ValueError("enter and leave are the same status; leave at good")
        return self


class OnPace(_Sided):
    """A KPI that accrues against what is due by now, or where its forecast ends against the target (1 = as due)."""

    kind: Literal["pace"]
    of: Literal["due", "forecast"] = "due"
    after: Decimal = Field(Decimal(10), ge=0, le=100, description="percent of the period that must have passed")


class OnChange(Definition):
    """A fall or rise within a span of time, in the unit of what is read or in percent of what it was."""

    kind: Literal["change"]
    of: Literal["value", "attainment", "score"] = "value"
    over: DurationS = Field(gt=0, description="against how it was so long ago, within the same period")
    falls_by: Decimal | None = Field(None, gt=0)
    rises_by: Decimal | None = Field(None, gt=0)
    percent: bool = False
    leave: Decimal | None = Field(
        None, ge=0, description="is over when it moved by no more than this; none: as entered"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.falls_by is None) == (self.rises_by is None):
            raise ValueError("give either falls_by or rises_by")
        if self.leave is not None and self.leave > self.enter:
            raise ValueError(f"leave {self.leave} is more than the move of {self.enter} that it fires at")
        return self

    @property
    def enter(self) -> Decimal:
        """The move at which it fires, without its direction."""
        move = self.falls_by if self.falls_by is not None else self.rises_by
        assert move is not None
        return move


class OnRank(Definition):
    """A unit's place among its siblings of the same kind, the best being 1."""

    kind: Literal["rank"]
    of: Literal["score", "attainment"] = "score"
    from_: int = Field(alias="from", ge=2, description="fires at this place and behind it")
    leave: int | None = Field(None, ge=1, description="is over at this place and before it; none: the place before")
    at_least: int = Field(3, ge=2, description="units that must have a place")

    @model_validator(mode="after")
    def _better(self) -> Self:
        if self.leave is not None and self.leave >= self.from_:
            raise ValueError(f"leave {self.leave} is no better place than from {self.from_}")
        return self


class OnSilence(Definition):
    """No event for so long in working time: of a source, else of a KPI or of all KPIs of a unit."""

    kind: Literal["silence"]
    after: DurationS = Field(gt=0, description="of working time, in the hours that the source sends in")
    source: NameId | None = Field(None, description="a source; its alert stands at the top unit")


Condition = Annotated[OnThreshold | OnStatus | OnPace | OnChange | OnRank | OnSilence, Field(discriminator="kind")]


class Quiet(Definition):
    """When nobody is told: in these hours, shifts or weekdays, or outside working days; each counts alone."""

    hours: tuple[ClockTime, ClockTime] | None = Field(None, description="by the business clock; may go over midnight")
    shifts: list[NameId] = []
    weekdays: list[Weekday] = []
    outside_working_days: bool = False


class Escalation(Definition):
    """Who is told of an alert that nobody acknowledged: after so long the head of the unit above, and so on upwards."""

    after: DurationS = Field(gt=0)
    levels: int = Field(1, ge=1, le=8, description="how many units up, one more each time")


class AlertRule(Definition):
    """One rule: it has a state of its own at every unit and KPI that it names.

    `units` and `kpis` name ids, kinds of units or tags of KPIs, `*` and `?` standing for anything; without KPIs the
    rule is about the unit's score.
    """

    model_config = ConfigDict(populate_by_name=True)

    id: NameId
    title: Text
    advice: Text = Field("", description="what to do about it; told with every message")
    severity: Severity = "warning"
    #: `on` without quotes is a truth value to YAML, so that files say `when`.
    on: Condition = Field(alias="when")
    units: list[str] = Field(["*"], min_length=1)
    kpis: list[str] = []
    hold: DurationS = Field(0, ge=0, description="must have lasted so long before it fires")
    clear: DurationS = Field(0, ge=0, description="must have been over so long before it is resolved")
    keep_firing: DurationS = Field(0, ge=0, description="fires at least so long")
    quiet: Quiet | None = None
    fold: bool = Field(True, description="while it fires at a unit above, those below it are told as part of that one")
    inhibited_by: list[NameId] = Field([], description="rules that, firing at the unit or above it, stand for this one")
    group_by: list[Literal["rule", "kpi", "parent", "severity"]] = Field(
        ["rule", "parent"], description="what alerts must have in common to be told in one message"
    )
    group_wait: DurationS = Field(30, ge=0, description="others are waited for so long before a message is made")
    notify: list[str] = Field(
        ["owner", "head"], description="owner of the KPI, head of the unit, or channel:NAME of the site's channels"
    )
    escalation: Escalation | None = None
