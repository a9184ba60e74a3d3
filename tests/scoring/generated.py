"""Generated models and events: every method, gates, changes with a date, moves, roll-up of values and of scores."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from scoring.definitions import Change, Model
from scoring.expressions import names

from .models import model_of
from .oracle import CONDITIONS, METRICS, MINUTE, SHIFTS, ZONE, Fact

#: Around the change of clocks on Sunday, 1 November 2026; Sundays don't work.
BEGIN = int(dt.datetime(2026, 10, 30, tzinfo=ZONE).timestamp() * 1000)
HOURS = 24 * 5 + 1
VALUES = [
    "summed",
    "summed / counted",
    "counted - 2 * matched",
    "highest + lowest",
    "newest",
    "kinds / 3",
    "1 / matched",
    "items",
]
#: Long ones twice, because most events fall into them.
PERIODS = ["quarter", "year", "month", "week", "day", "shift", "quarter", "year"]

SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def table(*rows: tuple[str, str]) -> list[dict[str, str]]:
    return [{"at": at, "points": points} for at, points in rows]


RISING = [{"to": 0, "points": 10}, {"from": 0, "to": 7, "points": "33.3"}, {"from": 7, "points": 95}]
FALLING = [{"to": 0, "points": 95}, {"from": 0, "to": 7, "points": "33.3"}, {"from": 7, "points": 10}]
STEPS = {"name": "plus_minus", "base": 80, "per_step": "2.5", "most": 20}
#: Methods of either direction; the direction goes with its method.
METHODS: list[tuple[str, dict[str, Any]]] = [
    *(("higher", {"name": "ratio", "cap": cap, "floor": floor}) for cap, floor in [(100, 0), (120, -50)]),
    *(("lower", {"name": "ratio", "cap": 120, "inverse": inverse}) for inverse in ("reciprocal", "symmetric")),
    ("higher", {"name": "bands", "table": RISING}),
    ("lower", {"name": "bands", "table": FALLING, "out_of": 95}),
    ("lower", {"name": "bands", "table": RISING, "over": "attainment"}),
    ("higher", {"name": "interpolate", "points": table(("0", "0"), ("10", "80"), ("20", "120")), "cap": 130}),
    ("lower", {"name": "interpolate", "points": table(("0", "100"), ("50", "20")), "floor": 10, "out_of": 70}),
    *(
        (direction, {"name": "interpolate", "over": "attainment", "points": table(("0.5", "50"), ("1.5", "110"))})
        for direction in ("higher", "lower")
    ),
    ("higher", {**STEPS, "step": 3, "steps": "whole"}),
    ("lower", {**STEPS, "step": "0.7", "steps": "pro_rata", "out_of": 120}),
    ("lower", {**STEPS, "step": 2, "steps": "whole", "step_in": "value"}),
    ("lower", {"name": "deduct", "policy": "sum", "out_of": 20}),
    ("higher", {"name": "bonus", "cap": 5}),
    *((direction, {"name": "binary"}) for direction in ("higher", "lower")),
    ("higher", {"name": "efficacy", "standards": [20, 15, 10, 5, 0]}),
    ("lower", {"name": "efficacy", "standards": ["-1", "0.3", 4, 7, 12]}),
    ("lower", {"name": "efficacy", "over": "attainment", "standards": [2, "1.5", 1, "0.7", "0.1"]}),
    ("lower", {"name": "worst_best", "worst": 18, "best": "0.5"}),
    ("higher", {"name": "red_goal", "red": 3, "goal": 9}),
    ("higher", {"name": "stabilise", "low": 4, "high": 6, "zero_below": 0, "zero_above": "15.5"}),
]

LIDS: list[dict[str, Any]] = [{"points": "61.5"}, {"points": 12}, {"grade": "B"}, {"points": 50, "grade": "B"}]
WEIGHTS = st.sampled_from(["0.6", "0.3", "0.1", "1", "7", "33.3333", "100"])
TARGETS = st.sampled_from(["7", "0.37", "250"])
SHARES = st.sampled_from(["0", "40", "12.5", "100"])
POLICIES = st.sampled_from(["renormalise", "zero", "block"])
ROLLUPS = st.sampled_from(["values", "scores", {"a": "scores", "u1": "values"}, {"u0": "scores"}])
DATES = st.dates(dt.date(2026, 10, 28), dt.date(2026, 11, 5)).map(str)


@st.composite
def kpis(draw: st.DrawFn, number: int, places: list[str]) -> dict[str, Any]:
    direction, method = draw(st.sampled_from(METHODS))
    one = {
        "id": f"k{number}", "title": "", "value": draw(st.sampled_from(VALUES)),
        "applies_to": draw(st.lists(st.sampled_from(places), min_size=1, unique=True)),
        "period": draw(st.sampled_from(PERIODS)),
        "direction": direction, "method": method, "accrues": draw(st.booleans()),
        "target": draw(TARGETS), "weight": draw(WEIGHTS), "rollup": draw(ROLLUPS),
        "trend": draw(st.sampled_from([None, "hour", "day"])),
    }  # fmt: skip
    for end in draw(st.lists(st.sampled_from(["from", "until"]), max_size=1)) if draw(st.booleans()) else ():
        one[end] = draw(DATES)
    return one


@st.composite
def gates(draw: st.DrawFn, number: int, places: list[str], kpi_ids: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["veto", "declared", "vetoed kpi", "ceiling", "ambition", "difficulty"]))
    units = draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True))
    one = {"kind": kind, "id": f"g{number}", "title": "", "units": units}
    vouched = {"kind": "veto", "evidence": "there", "approver": "Ada"}
    when, kpi_id = draw(st.sampled_from(sorted(CONDITIONS))), draw(st.sampled_from(kpi_ids))
    effects = [{"effect": "zero"}, {"effect": "coefficient"}, {"effect": "grade", "grade": "C"}]
    effect = draw(st.sampled_from(effects))
    begun = {"from": draw(DATES), "period": draw(st.sampled_from(["day", "week", "month", "quarter", "year"]))}
    match kind:
        case "veto":
            return {**one, **vouched, **effect, "when": when}
        case "declared":
            return {**one, **vouched, **effect, **begun}
        case "vetoed kpi":
            return {**one, **vouched, **begun, "kpi": kpi_id}
        case "ceiling":
            return {**one, "when": when, **draw(st.sampled_from(LIDS))}
        case "ambition":
            return {**one, "kpi": kpi_id, "base": draw(TARGETS), "cap": draw(st.sampled_from([100, "55.5"]))}
    return {**one, "kpi": kpi_id, "factor": draw(st.sampled_from(["1.25", "0.9"])), "cap": 110}


def by_place(values: st.SearchStrategy[str], places: list[str]) -> st.SearchStrategy[Any]:
    return values | st.dictionaries(st.sampled_from(places), values, min_size=1, max_size=2)


@st.composite
def kpi_changes(draw: st.DrawFn, places: list[str], reading: bool) -> dict[str, Any]:
    """What becomes different of a KPI; `reading`: also what it reads and how it rolls up."""
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        fields["weight"] = draw(by_place(WEIGHTS, places))
    if draw(st.booleans()):
        fields["target"] = draw(by_place(TARGETS, places))
    if draw(st.booleans()):
        fields["direction"], fields["method"] = draw(st.sampled_from(METHODS))
    if draw(st.booleans()):
        fields["status"] = {"good": "0.8", "watch": "0.3"}
    if draw(st.booleans()):
        fields["accrues"] = draw(st.booleans())
    if reading and draw(st.booleans()):
        fields["value"] = draw(st.sampled_from(VALUES))
    if reading and draw(st.booleans()):
        fields["rollup"] = draw(ROLLUPS)
    return fields


@st.composite
def unit_changes(draw: st.DrawFn, number: int, moving: bool) -> dict[str, Any]:
    """What becomes different of a unit; it only ever moves below one with a lower number, so that no cycle comes."""
    fields: dict[str, Any] = {}
    if draw(st.booleans()):
        fields["weight"] = draw(WEIGHTS)
    if draw(st.booleans()):
        fields["child_share"] = draw(SHARES)
    if draw(st.booleans()):
        fields["missing"] = draw(POLICIES)
    if draw(st.booleans()):
        fields["target_score"] = "60"
    if moving and number and draw(st.booleans()):
        fields["parent"] = f"u{draw(st.integers(0, number - 1))}"
    return fields


@st.composite
def changes_of(
    draw: st.DrawFn, kpi_ids: list[str], count: int, places: list[str], reading: bool = True, date: str = ""
) -> dict[str, Any]:
    """A change of some KPIs and units; not `reading`: of what a running evaluation can adopt."""
    some = draw(st.lists(st.sampled_from(kpi_ids), max_size=2, unique=True))
    moved = draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True))
    return {
        "from": date or draw(DATES),
        "reason": "drawn",
        "kpis": {one: draw(kpi_changes(places, reading)) for one in some},
        "units": {f"u{number}": draw(unit_changes(number, reading)) for number in moved},
    }


@st.composite
def models(draw: st.DrawFn) -> Model:
    count = draw(st.integers(2, 8))
    units: list[dict[str, Any]] = [{"id": "u0", "title": "", "kind": "root"}]
    for number in range(1, count):
        parent = draw(st.integers(0, number - 1))
        units.append(
            {"id": f"u{number}", "title": "", "kind": draw(st.sampled_from(["a", "b"])), "parent": f"u{parent}"}
        )
    for unit in units:
        unit["weight"], unit["child_share"], unit["missing"] = draw(WEIGHTS), draw(SHARES), draw(POLICIES)
    places = sorted({str(unit["kind"]) for unit in units} | {"u0"})
    drawn = [draw(kpis(number, places)) for number in range(draw(st.integers(1, 5)))]
    kpi_ids = [str(one["id"]) for one in drawn]
    events = [{"type": one, "source": "s", "unit": "{u}", "fields": {"u": {"type": "text"}}} for one in ("e", "other")]
    shifts = [{"id": name, "title": "", "start": f"{start:02d}:00", "end": f"{end}:00"} for name, start, end in SHIFTS]
    calendar = {
        "zone": "America/New_York",
        "shifts": shifts,
        "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
    }
    return model_of(
        drawn, units, events=events, calendar=calendar,
        metrics=[{"id": name, "title": "", "event": "e", **metric} for name, metric in METRICS.items()],
        gates=[draw(gates(number, places, kpi_ids)) for number in range(draw(st.integers(0, 3)))],
        changes=draw(st.lists(changes_of(kpi_ids, count, places), max_size=3)),
    )  # fmt: skip


@st.composite
def overlays(draw: st.DrawFn, model: Model, reading: bool) -> Change:
    """One more change, long in force; applied after all that a model has."""
    places = sorted({unit.kind for unit in model.units} | {"u0"})
    kpi_ids = [kpi.id for kpi in model.kpis]
    return Change.model_validate(draw(changes_of(kpi_ids, len(model.units), places, reading, "2026-01-01")))


def facts(model: Model) -> st.SearchStrategy[list[Fact]]:
    """Events that feed the metrics in use, and now and then another."""
    used = sorted({name for kpi in model.kpis for name in names(kpi.value)})
    one = st.builds(
        Fact,
        metric=st.sampled_from(used) | st.sampled_from(sorted(METRICS)),
        unit=st.sampled_from([unit.id for unit in model.units]),
        ms=st.integers(0, HOURS * 60 - 1).map(lambda minute: BEGIN + minute * MINUTE),
        amount=st.integers(-300, 2000),
    )
    return st.lists(one, max_size=40)
