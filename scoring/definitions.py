"""A performance model as data: calendar, events, metrics, organisation, KPIs, scenes and roles.

One class is one concept of the model folder. The classes check form (types, ranges, unknown keys); what one
definition says of another (weights, references, cycles) is checked in `wall.model_check`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .alerts.rules import AlertRule
from .forms import BucketKind, ClockTime, Definition, DurationS, NameId, PeriodKind, Text, UnitId, Weekday
from .gates import Gate
from .grades import GradeBand, Incentive
from .methods import Method, Ratio
from .roles import Role
from .scenes import Brand, Map, Playlist, Scene


class Shift(Definition):
    """A working shift of a working day; one that ends before it starts runs into the next day."""

    id: NameId
    title: Text
    start: ClockTime
    end: ClockTime


class Calendar(Definition):
    """The company's business calendar: event time becomes buckets and periods here."""

    zone: str = Field(description="IANA time zone, such as Asia/Shanghai")
    day_starts: ClockTime = Field("00:00", description="when the business day begins")
    week_starts: Weekday = "mon"
    working_days: list[Weekday] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    holidays: list[dt.date] = Field([], description="dates that do not work though their weekday does")
    working_dates: list[dt.date] = Field([], description="make-up dates that work though their weekday does not")
    shifts: list[Shift] = Field([], description="empty: the whole working day works")
    holidays_of: str | None = Field(
        None, pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        description="country, such as CN or DE-BY, whose holidays and make-up days are added when the model is read",
    )  # fmt: skip


class Source(Definition):
    """A system that events come from, and how long it may be quiet before its numbers are stale."""

    id: NameId
    title: Text
    stale_after: DurationS = Field(description="quiet for longer, in the source's own hours: stale")
    silent_after: DurationS = Field(description="quiet for longer still: silent")
    hours: tuple[ClockTime, ClockTime] | None = Field(None, description="hours it sends in; none: all day")
    working_days_only: bool = False


class EventField(Definition):
    """One field of an event's data: its type and the range outside which the event is refused."""

    type: Literal["text", "integer", "decimal", "boolean"]
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: int = Field(0, ge=0, le=9, description="decimal only: digits after the point; more are refused")
    optional: bool = False
    pattern: str | None = None


class EventType(Definition):
    """A type of business event: its source, its fields and the template that names its unit."""

    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.\-]{0,79}$")]
    title: Text = ""
    source: NameId
    unit: str = Field(description="template over the fields, such as {origin}.{carrier}")
    unit_without: str | None = Field(None, description="template used when an optional field of `unit` is absent")
    fields: dict[NameId, EventField]


class PlainMapping(Definition):
    """How plain JSON (no CloudEvent) becomes an event of a declared type."""

    id: NameId
    when: dict[str, str | int | bool] = Field(description="path: value pairs that recognise the message")
    type: str
    event_id: str = Field(description="path of the unique id")
    time: str = Field(description="path of the event time (RFC 3339)")
    data: dict[NameId, str] = Field(description="field: path")


class Aggregate(StrEnum):
    """How a metric folds its events; each is a commutative monoid."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LAST = "last"
    DISTINCT = "distinct"
    SUM_OF_MAX = "sum_of_max"
    QUANTILE = "quantile"


class Metric(Definition):
    """A counter's definition: which events, which filter, which value, folded how, in which bucket."""

    id: NameId
    title: Text
    event: str
    where: str | None = Field(None, description="expression over the event's fields")
    aggregate: Aggregate
    value: str | None = Field(None, description="expression over the event's fields; not for count")
    decimals: int = Field(0, ge=0, le=9, description="the scale: values are integers in 10^-decimals")
    quantile: Decimal | None = Field(None, gt=0, lt=1)
    item: NameId | None = Field(None, description="sum_of_max only: field of the item that counts once, at its highest")
    bucket: BucketKind = "hour"
    absent: Literal["unknown", "zero"] = Field("unknown", description="what no event at all in the period means")
    dimensions: list[NameId] = Field([], description="fields by which the counter is also kept apart")


class Objective(Definition):
    """A strategic objective that KPIs serve."""

    id: NameId
    title: Text


class Unit(Definition):
    """A place in the organisation tree that owns a scorecard: company, department, line, person."""

    id: UnitId
    title: Text
    short: Text = ""
    kind: NameId = Field(description="level name, such as company, department or line")
    parent: UnitId | None = None
    owner: Text = ""
    weight: Decimal = Field(Decimal(1), gt=0, description="weight among its siblings in the parent's score")
    child_share: Decimal = Field(Decimal(0), ge=0, le=100, description="percent of the score that child units make")
    missing: Literal["renormalise", "zero", "block"] = "renormalise"
    target_score: Decimal = Field(Decimal(95), gt=0)


ByPlace = Decimal | dict[str, Decimal]
RollUp = Literal["values", "scores"]


class StatusBands(Definition):
    """Status by attainment (of the target due by now): at or above good, at or above watch, else bad."""

    good: Decimal = Decimal(1)
    watch: Decimal = Decimal("0.9")


class Display(Definition):
    """How a KPI's value is written: percent or plain, decimals, and its unit of measure."""

    decimals: int = Field(1, ge=0, le=6)
    percent: bool = False
    compact: bool = Field(False, description="万/亿 or K/M")
    unit: Text = ""


class Kpi(Definition):
    """A KPI: a formula over metrics, judged against a target, scored by a method and weighted."""

    id: NameId
    title: Text
    short: Text = ""
    objective: NameId | None = None
    owner: Text = ""
    definition: Text = Field("", description="口径: source, window, time zone, rounding")
    value: str = Field(description="expression over metric ids")
    applies_to: list[str] = Field(min_length=1, description="unit kinds or unit ids")
    period: PeriodKind = "month"
    direction: Literal["higher", "lower"] = "higher"
    target: ByPlace = Field(description="one for all, or by unit id or kind")
    accrues: bool = Field(False, description="the target falls due evenly over the period's working time")
    weight: ByPlace = Field(description="one for all, or by unit id or kind")
    method: Method = Ratio(name="ratio")
    rollup: RollUp | dict[str, RollUp] = Field(
        "values",
        description="values: from summed metrics; scores: the weighted mean of the child units' scores of this KPI",
    )
    from_: dt.date | None = Field(None, alias="from", description="first day it counts; none: always")
    until: dt.date | None = Field(None, description="first day it no longer counts")
    status: StatusBands = StatusBands()
    display: Display = Display()
    trend: BucketKind | None = Field(None, description="buckets of its sparkline; none: no sparkline")
    tags: list[NameId] = Field([], description="what roles may be limited to, such as money or safety")


class KpiChange(Definition):
    """What becomes different of a KPI; values by unit id or kind replace only what they name."""

    value: str | None = None
    target: ByPlace | None = None
    weight: ByPlace | None = None
    method: Method | None = None
    status: StatusBands | None = None
    rollup: RollUp | dict[str, RollUp] | None = None
    direction: Literal["higher", "lower"] | None = None
    accrues: bool | None = None


class UnitChange(Definition):
    """What becomes different of a unit; a new parent moves it with all below it."""

    parent: UnitId | None = None
    weight: Decimal | None = Field(None, gt=0)
    child_share: Decimal | None = Field(None, ge=0, le=100)
    missing: Literal["renormalise", "zero", "block"] | None = None
    target_score: Decimal | None = Field(None, gt=0)
    owner: Text | None = None


class Change(Definition):
    """One decision: from a day on, these definitions are different, and why."""

    from_: dt.date = Field(alias="from", description="first business day on which it holds")
    reason: str = Field(min_length=1)
    author: str = ""
    kpis: dict[NameId, KpiChange] = {}
    units: dict[UnitId, UnitChange] = {}


class Table(Definition):
    """Rows kept by a key: each the newest event of that key, by event time; such as the state of lines or open orders.

    A row leaves when its newest event does not satisfy `open`, or is older than `keep`.
    """

    id: NameId
    title: Text
    event: str
    key: NameId = Field(description="the field that tells rows apart")
    where: str | None = Field(None, description="expression over the event's fields: which events concern the table")
    open: str | None = Field(None, description="expression over the event's fields: a row is shown while it holds")
    fields: dict[NameId, Text] = Field(description="the event's fields that are kept, and their titles", max_length=12)
    keep: DurationS = Field(7 * 86400, gt=0)


class Acceptance(Definition):
    """Which events the log may hold; judged only by what the log itself records, so that a recount agrees."""

    after: dt.date = dt.date(2000, 1, 1)
    before: dt.date = dt.date(2100, 1, 1)
    ahead: DurationS = Field(86400, description="event time may lie this far ahead of its entry into the log")
    max_bytes: int = Field(1 << 20, gt=0)
    duplicate_window: DurationS = Field(3 * 86400, description="ids are remembered this long, in the log's own time")
    late_after: DurationS = Field(3600, description="older than the newest event by more: counted as late")


class Model(Definition):
    """A whole performance model, as one folder of YAML describes it."""

    name: NameId
    title: Text
    version: str = Field(description="named by every score; change it with every change")
    language: Literal["zh-CN", "en"] = "zh-CN"
    accept: Acceptance = Acceptance()
    calendar: Calendar
    sources: list[Source]
    events: list[EventType] = Field(min_length=1)
    mappings: list[PlainMapping] = []
    metrics: list[Metric]
    objectives: list[Objective] = []
    units: list[Unit] = Field(min_length=1)
    kpis: list[Kpi]
    changes: list[Change] = Field([], description="effective-dated changes of KPIs and units, in any order")
    gates: list[Gate] = []
    grades: list[GradeBand] = Field([], description="from best to worst")
    incentives: list[Incentive] = []
    tables: list[Table] = []
    scenes: list[Scene]
    playlists: list[Playlist] = Field([], description="none: all scenes in turn")
    maps: list[Map] = []
    brand: Brand | None = None
    roles: list[Role] = []
    alerts: list[AlertRule] = []
    minimum_group: int = Field(
        2, ge=2, le=100, description="units that a viewer may not see stand in a sum the viewer sees only if so many"
    )
