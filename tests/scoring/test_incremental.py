"""Oracles: the incremental result is the from-scratch result, and both are what plain fractions give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, counter_name, merge_into
from scoring.definitions import Model
from scoring.evaluator import SERIES_POINTS, Evaluator
from scoring.expressions import names

from .models import model_of

ZONE = ZoneInfo("America/New_York")
HOUR = 3_600_000
MINUTE = 60_000
#: Around the change of clocks on Sunday, 1 November 2026; Sundays don't work.
BEGIN = int(dt.datetime(2026, 10, 30, tzinfo=ZONE).timestamp() * 1000)
HOURS = 24 * 5 + 1
SHIFTS = [("early", 6, 14), ("late", 16, 22)]
POINT = 10**12

METRICS: dict[str, dict[str, Any]] = {
    "summed": {"aggregate": "sum", "decimals": 2, "value": "1"},
    "counted": {"aggregate": "count", "absent": "zero"},
    "matched": {"aggregate": "count", "event": "other"},
    "highest": {"aggregate": "max", "value": "1"},
    "lowest": {"aggregate": "min", "value": "1"},
    "newest": {"aggregate": "last", "value": "1"},
    "kinds": {"aggregate": "distinct", "value": "1"},
}
VALUES = [
    "summed",
    "summed / counted",
    "counted - 2 * matched",
    "highest + lowest",
    "newest",
    "kinds / 3",
    "1 / matched",
]


#: Long ones twice, because most events fall into them.
PERIODS = ["quarter", "year", "month", "week", "day", "shift", "quarter", "year"]


@dataclass(frozen=True)
class Fact:
    """One event that feeds one metric: which, where, when, how much."""

    metric: str
    unit: str
    ms: int
    amount: int

    @property
    def increments(self) -> Increments:
        aggregate, event = METRICS[self.metric]["aggregate"], METRICS[self.metric].get("event", "e")
        local = dt.datetime.fromtimestamp(self.ms / 1000, ZONE)
        day, bucket_ms = f"{local:%Y%m%d}", self.ms - self.ms % HOUR
        operation: Any = aggregate if aggregate in ("min", "max", "last") else "add"
        name = counter_name(self.metric, self.unit, bucket_ms, f"={self.amount}" if aggregate == "distinct" else "")
        amount: int | str = f"{self.ms}:{self.amount}" if aggregate == "last" else self.amount
        seen: Increments = {(day, "max"): {counter_name(f"@{event}", self.unit, bucket_ms): self.ms}}
        merge_into(seen, {(day, operation): {name: 1 if aggregate in ("count", "distinct") else amount}})
        return seen


@st.composite
def models(draw: st.DrawFn) -> Model:
    weights = st.sampled_from(["0.6", "0.3", "0.1", "1", "7", "33.3333", "100"])
    count = draw(st.integers(2, 8))
    units = [{"id": "u0", "title": "", "kind": "root"}]
    for number in range(1, count):
        parent = draw(st.integers(0, number - 1))
        units.append(
            {"id": f"u{number}", "title": "", "kind": draw(st.sampled_from(["a", "b"])), "parent": f"u{parent}"}
        )
    for unit in units:
        unit["weight"] = draw(weights)
        unit["child_share"] = draw(st.sampled_from(["0", "40", "12.5", "100"]))
        unit["missing"] = draw(st.sampled_from(["renormalise", "zero", "block"]))
    places = sorted({unit["kind"] for unit in units} | {"u0"})
    kpis = []
    for number in range(draw(st.integers(1, 5))):
        lower = draw(st.booleans())
        ratio = {"name": "ratio", "cap": draw(st.sampled_from([100, 120])), "floor": draw(st.sampled_from([0, -50]))}
        if lower:
            ratio["inverse"] = draw(st.sampled_from(["reciprocal", "symmetric"]))
        table = [{"to": 0, "points": 10}, {"from": 0, "to": 7, "points": "33.3"}, {"from": 7, "points": 95}]
        kpis.append({
            "id": f"k{number}", "title": "", "value": draw(st.sampled_from(VALUES)),
            "applies_to": draw(st.lists(st.sampled_from(places), min_size=1, unique=True)),
            "period": draw(st.sampled_from(PERIODS)),
            "direction": "lower" if lower else "higher", "accrues": draw(st.booleans()),
            "target": draw(st.sampled_from(["7", "0.37", "250"])), "weight": draw(weights),
            "method": draw(st.sampled_from([ratio, {"name": "bands", "table": table}])),
            "trend": draw(st.sampled_from([None, "hour", "day"])),
        })  # fmt: skip
    events = [{"type": one, "source": "s", "unit": "{u}", "fields": {"u": {"type": "text"}}} for one in ("e", "other")]
    shifts = [{"id": name, "title": "", "start": f"{start:02d}:00", "end": f"{end}:00"} for name, start, end in SHIFTS]
    calendar = {
        "zone": "America/New_York",
        "shifts": shifts,
        "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
    }
    return model_of(
        kpis, units, events=events, calendar=calendar,
        metrics=[{"id": name, "title": "", "event": "e", **metric} for name, metric in METRICS.items()],
    )  # fmt: skip


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


def plain(evaluator: Evaluator) -> tuple[Any, Any]:
    """Results without the moments they last moved at."""
    accruing = {cell.key for cell in evaluator.scorecard.cells() if cell.rule.kpi.accrues}
    kpis = {
        key: replace(result, since_ms=None, elapsed=result.elapsed if key in accruing else Fraction(0))
        for key, result in evaluator.kpis.items()
    }
    return kpis, {key: replace(score, since_ms=None) for key, score in evaluator.units.items()}


SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(st.data())
def test_any_split_order_and_ticks_give_what_a_fresh_evaluation_gives(data: st.DataObject) -> None:
    model = data.draw(models())
    log = data.draw(facts(model))
    calendar = BusinessCalendar(model.calendar)
    start = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    fresh, online = Evaluator(model, calendar, start), Evaluator(model, calendar, start)
    end = data.draw(st.integers(start // MINUTE, fresh.ends_ms // MINUTE - 1)) * MINUTE
    whole: Increments = {}
    for fact in log:
        merge_into(whole, fact.increments)
    fresh.apply(whole)
    fresh.tick(end)
    now = start
    for fact in data.draw(st.permutations(log)):
        online.apply(fact.increments)
        if data.draw(st.booleans()):
            now = data.draw(st.integers(now, end))
            online.tick(now)
    online.tick(end)
    assert plain(online) == plain(fresh)
    for key, series in online.series.items():
        shown = fresh.series[key]
        assert {at for at in series.bucket_start_ms if at >= shown.bucket_start_ms[0]} <= set(shown.bucket_start_ms)
        late = dict(zip(shown.bucket_start_ms, shown.values, strict=True))
        for bucket, value in zip(series.bucket_start_ms, series.values, strict=True):
            assert bucket not in late or late[bucket] == value
        assert 0 < len(shown.values) <= SERIES_POINTS


@SLOW
@given(st.data())
def test_the_last_point_of_a_series_is_the_value_now_and_its_due(data: st.DataObject) -> None:
    model = data.draw(models())
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in data.draw(facts(model)):
        if fact.ms <= now:
            evaluator.apply(fact.increments)
    evaluator.tick(now)
    for key, series in evaluator.series.items():
        assert series.values[-1] == evaluator.kpis[key].value
        assert series.due[-1] == evaluator.kpis[key].due
        assert list(series.bucket_start_ms) == sorted(set(series.bucket_start_ms))


@SLOW
@given(st.data())
def test_an_evaluation_is_what_plain_fractions_give(data: st.DataObject) -> None:
    model = data.draw(models())
    log = data.draw(facts(model))
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in log:
        evaluator.apply(fact.increments)
    evaluator.tick(now)
    oracle = Oracle(model, log, now)
    for unit in model.units:
        scores = oracle.cells(unit.id)
        for name, (value, due, score) in scores.items():
            result = evaluator.kpis[unit.id, name]
            assert (result.value, result.due, result.score) == (value, due, score)
        assert {key[1] for key in evaluator.kpis if key[0] == unit.id} == scores.keys()
        shown = evaluator.units.get(unit.id)
        assert (shown.score if shown else None) == oracle.score(unit.id)


@SLOW
@given(st.data())
def test_contributions_and_the_child_units_part_sum_to_the_score(data: st.DataObject) -> None:
    model = data.draw(models())
    now = BEGIN + data.draw(st.integers(0, HOURS * 60 - 1)) * MINUTE
    evaluator = Evaluator(model, BusinessCalendar(model.calendar), now)
    for fact in data.draw(facts(model)):
        evaluator.apply(fact.increments)
    evaluator.tick(now)
    for name, unit in evaluator.units.items():
        parts = [one.contribution for key, one in evaluator.kpis.items() if key[0] == name]
        given_ = [part for part in parts if part is not None]
        if unit.score is None:
            assert not given_
        elif not evaluator.scorecard.nodes[name].child_share or not any(
            evaluator.units[child].score is not None for child in evaluator.scorecard.nodes[name].children
        ):
            assert sum(given_) == unit.score


class Oracle:
    """The same results from the facts themselves, by recursion over the tree, in fractions."""

    def __init__(self, model: Model, log: list[Fact], now_ms: int) -> None:
        self.model, self.log, self.now_ms = model, log, now_ms
        self.units = {unit.id: unit for unit in model.units}

    def children(self, unit: str) -> list[str]:
        return [one.id for one in self.model.units if one.parent == unit]

    def below(self, unit: str) -> set[str]:
        return {unit}.union(*(self.below(child) for child in self.children(unit)))

    def scored(self, unit: str) -> bool:
        return bool(self.cells(unit)) or any(self.scored(child) for child in self.children(unit))

    def cells(self, unit: str) -> dict[str, tuple[Fraction | None, Fraction, int | None]]:
        stands = [kpi for kpi in self.model.kpis if {unit, self.units[unit].kind} & set(kpi.applies_to)]
        return {kpi.id: self.cell(unit, kpi) for kpi in stands}

    def cell(self, unit: str, kpi: Any) -> tuple[Fraction | None, Fraction, int | None]:
        start, end = period(kpi.period, self.now_ms)
        facts = [one for one in self.log if one.unit in self.below(unit) and start <= one.ms < end]
        value = value_of(kpi.value, {name: metric(name, facts) for name in METRICS})
        due = Fraction(kpi.target)
        if kpi.accrues:
            due *= elapsed(start, end, self.now_ms)
        return value, due, self.points(kpi, value, due)

    def points(self, kpi: Any, value: Fraction | None, due: Fraction) -> int | None:
        if value is None:
            return None
        if kpi.method.name == "bands":
            return on_grid(Fraction(10) if value < 0 else Fraction("33.3") if value < 7 else Fraction(95))
        if due == 0:
            return None
        cap, floor = Fraction(kpi.method.cap), Fraction(kpi.method.floor)
        if kpi.direction == "higher":
            percent = value * 100 / due
        elif kpi.method.inverse == "symmetric":
            percent = 200 - value * 100 / due
        else:
            percent = cap if value <= 0 else due * 100 / value
        return on_grid(sorted([floor, percent, cap])[1])

    def score(self, unit: str) -> int | None:
        """S = sum of w x s over sum of w; the children come in as one part, rounded to the grid like a KPI."""
        node, zero = self.units[unit], self.units[unit].missing == "zero"
        parts = [
            (
                Fraction(next(kpi.weight for kpi in self.model.kpis if kpi.id == name)),
                score,
                Fraction(score is not None),
            )
            for name, (_, _, score) in self.cells(unit).items()
        ]
        scored = [child for child in self.children(unit) if self.scored(child)]
        if scored:
            known = {child: score for child in scored if (score := self.score(child)) is not None}
            weight = {child: Fraction(self.units[child].weight) for child in scored}
            base = sum((weight[child] for child in (scored if zero else known)), Fraction(0))
            mean = on_grid(sum(weight[child] * known[child] for child in known) / base / POINT) if known else None
            covered = sum((weight[child] for child in known), Fraction(0)) / sum(weight.values())
            parts.append((Fraction(node.child_share) if parts else Fraction(100), mean, covered))
        if all(score is None for weight, score, _ in parts if weight):
            return None
        whole = sum(weight for weight, _, _ in parts)
        if node.missing == "block" and sum(weight * covered for weight, _, covered in parts) < whole:
            return None
        base = whole if zero else sum(weight for weight, score, _ in parts if score is not None)
        return on_grid(sum((weight * (score or 0) for weight, score, _ in parts), Fraction(0)) / base / POINT)


def on_grid(points: Fraction) -> int:
    """Half-even to a whole number of 10^-12 points."""
    whole, rest = divmod(points * POINT, 1)
    return int(whole) + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1))


def metric(name: str, facts: list[Fact]) -> Fraction | None:
    aggregate, event = METRICS[name]["aggregate"], METRICS[name].get("event", "e")
    own = [one for one in facts if one.metric == name]
    if not own:
        seen = any(METRICS[one.metric].get("event", "e") == event for one in facts)
        additive = aggregate in ("sum", "count", "distinct")
        return Fraction(0) if additive and (seen or METRICS[name].get("absent") == "zero") else None
    amounts = [one.amount for one in own]
    found = {
        "sum": sum(amounts),
        "count": len(own),
        "min": min(amounts),
        "max": max(amounts),
        "last": max((one.ms, one.amount) for one in own)[1],
        "distinct": len(set(amounts)),
    }[aggregate]
    return Fraction(found, 10 ** METRICS[name].get("decimals", 0))


def value_of(text: str, of: Mapping[str, Fraction | None]) -> Fraction | None:
    summed, counted, matched, kinds = of["summed"], of["counted"], of["matched"], of["kinds"]
    try:
        match text:
            case "summed":
                return summed
            case "summed / counted":
                return None if summed is None or counted is None else summed / counted
            case "counted - 2 * matched":
                return None if counted is None or matched is None else counted - 2 * matched
            case "highest + lowest":
                return None if of["highest"] is None or of["lowest"] is None else of["highest"] + of["lowest"]
            case "newest":
                return of["newest"]
            case "kinds / 3":
                return None if kinds is None else kinds / 3
            case _:
                return None if matched is None else 1 / matched
    except ZeroDivisionError:
        return None


def midnight(date: dt.date) -> int:
    return int(dt.datetime.combine(date, dt.time(), ZONE).timestamp() * 1000)


def shift_spans(date: dt.date) -> list[tuple[int, int]]:
    if date.weekday() == 6:
        return []
    return [
        tuple(int(dt.datetime.combine(date, dt.time(hour), ZONE).timestamp() * 1000) for hour in (start, end))
        for _, start, end in SHIFTS
    ]  # type: ignore[misc]


def period(kind: str, ms: int) -> tuple[int, int]:
    today = dt.datetime.fromtimestamp(ms / 1000, ZONE).date()
    if kind == "shift":
        spans = [span for back in range(10) for span in shift_spans(today - dt.timedelta(days=back))]
        return max(span for span in spans if span[0] <= ms)
    first, following = {
        "day": (today, today + dt.timedelta(days=1)),
        "week": (today - dt.timedelta(days=today.weekday()), today + dt.timedelta(days=7 - today.weekday())),
        "month": (today.replace(day=1), dt.date(2026, 11, 1) if today.month == 10 else dt.date(2026, 12, 1)),
        "quarter": (dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
        "year": (dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
    }[kind]
    return midnight(first), midnight(following)


def elapsed(start: int, end: int, now: int) -> Fraction:
    """Worked time passed over worked time, as of the last of (at most) 1,440 whole-minute steps."""
    step = max(1, (end - start) // MINUTE // 1440) * MINUTE
    until = end if now >= end else start + (now - start) // step * step
    worked = passed = 0
    date = dt.datetime.fromtimestamp(start / 1000, ZONE).date()
    while midnight(date) < end:
        for opens, closes in shift_spans(date):
            worked += max(0, min(closes, end) - max(opens, start))
            passed += max(0, min(closes, until) - max(opens, start))
        date += dt.timedelta(days=1)
    return Fraction(passed, worked) if worked else Fraction(0)
