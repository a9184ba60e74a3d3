"""The oracle: the same results from the events themselves, by recursion over the tree, naively and in fractions.

It knows definitions, not how `scoring` compiles or counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from scoring.board import POINT
from scoring.counters import Increments, counter_name, merge_into
from scoring.definitions import Model

from .models import on_grid

ZONE = ZoneInfo("America/New_York")
MINUTE = 60_000
HOUR = 3_600_000
SHIFTS = [("early", 6, 14), ("late", 16, 22)]

METRICS: dict[str, dict[str, Any]] = {
    "summed": {"aggregate": "sum", "decimals": 2, "value": "1"},
    "counted": {"aggregate": "count", "absent": "zero"},
    "matched": {"aggregate": "count", "event": "other"},
    "highest": {"aggregate": "max", "value": "1"},
    "lowest": {"aggregate": "min", "value": "1"},
    "newest": {"aggregate": "last", "value": "1"},
    "kinds": {"aggregate": "distinct", "value": "1"},
    "items": {"aggregate": "sum_of_max", "value": "1", "item": "u", "decimals": 1},
}
#: Conditions of gates, and what they say of KPI values that are all known; None where a divisor is 0.
CONDITIONS: dict[str, Any] = {
    "k0 > 3": lambda v: v["k0"] > 3,
    "k1 <= 0.5 or k0 == 7": lambda v: v["k1"] <= Fraction(1, 2) or v["k0"] == 7,
    "not k0 >= 0": lambda v: not v["k0"] >= 0,
    "k0 / k1 > 1": lambda v: v["k0"] / v["k1"] > 1 if v["k1"] else None,
    "k2 + k0 != 0 and k0 < 100": lambda v: v["k2"] + v["k0"] != 0 and v["k0"] < 100,
}


@dataclass(frozen=True)
class Fact:
    """One event that feeds one metric: which, where, when, how much."""

    metric: str
    unit: str
    ms: int
    amount: int

    @property
    def item(self) -> str:
        """What `sum_of_max` tells events apart by."""
        return str(self.amount % 3)

    @property
    def increments(self) -> Increments:
        """What ingest would make of it."""
        aggregate, event = METRICS[self.metric]["aggregate"], METRICS[self.metric].get("event", "e")
        local = dt.datetime.fromtimestamp(self.ms / 1000, ZONE)
        day, bucket_ms = f"{local:%Y%m%d}", self.ms - self.ms % HOUR
        operation: Any = {"min": "min", "max": "max", "last": "last", "sum_of_max": "max"}.get(aggregate, "add")
        part = {"distinct": f"={self.amount}", "sum_of_max": f"={self.item}"}.get(aggregate, "")
        name = counter_name(self.metric, self.unit, bucket_ms, part)
        amount: int | str = f"{self.ms}:{self.amount}" if aggregate == "last" else self.amount
        seen: Increments = {(day, "max"): {counter_name(f"@{event}", self.unit, bucket_ms): self.ms}}
        merge_into(seen, {(day, operation): {name: 1 if aggregate in ("count", "distinct") else amount}})
        return seen


def clamped(number: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """A number, or the bound that it is beyond."""
    return low if number < low else high if number > high else number


def between(points: Sequence[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Straight lines between points, x not outside them."""
    ordered = sorted(points)
    for (x0, y0), (x1, y1) in zip(ordered, ordered[1:], strict=False):  # noqa: RUF007
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    raise AssertionError(f"{x} is outside {points}")


@dataclass(frozen=True)
class Best:
    """Where lower is better, nothing at all is better than any attainment."""


def looked_at(over: str, higher: bool, value: Fraction, due: Fraction) -> Fraction | Best | None:
    """The number that a method runs over."""
    if over == "value":
        return value
    if due == 0:
        return None
    if higher:
        return value / due
    return Best() if value <= 0 else due / value


def points(kpi: Any, value: Fraction | None, due: Fraction) -> Fraction | None:
    """The points of 100 that a value earns, by the formulas of the design."""
    if value is None:
        return None
    method, higher = kpi.method, kpi.direction == "higher"
    number = {name: Fraction(one) for name in type(method).model_fields
              if isinstance(one := getattr(method, name), int) or hasattr(one, "as_tuple")}  # fmt: skip
    full = Fraction(100) / number.get("out_of", Fraction(100))
    match method.name:
        case "ratio":
            return _ratio(method, higher, value, due, number)
        case "interpolate":
            return _interpolate(method, higher, value, due, number, full)
        case "bands":
            return _bands(method, higher, value, due, full)
        case "plus_minus":
            better = value - due if higher else due - value
            if method.step_in == "percent":
                if due == 0:
                    return None
                better = better * 100 / abs(due)
            steps = better / number["step"]
            if method.steps == "whole":
                steps = Fraction(abs(steps) // 1) * (1 if steps > 0 else -1)
            return (number["base"] + clamped(number["per_step"] * steps, -number["most"], number["most"])) * full
        case "deduct":
            return clamped(number["out_of"] - value, Fraction(0), number["out_of"]) * full
        case "bonus":
            return clamped(value, Fraction(0), number["cap"])
        case "binary":
            return Fraction(100 if (value >= due if higher else value <= due) else 0)
        case "graded":
            return next(Fraction(one.points) * full for one in method.grades if one.value == value)
        case "efficacy":
            return _efficacy(method, higher, value, due)
        case "worst_best":
            worst, best = number["worst"], number["best"]
            return 100 * (worst - clamped(value, min(worst, best), max(worst, best))) / (worst - best)
        case "red_goal":
            red, goal = number["red"], number["goal"]
            zero, best = red - (goal - red), goal + (goal - red)
            return 100 * (clamped(value, min(zero, best), max(zero, best)) - zero) / (best - zero)
        case "stabilise":
            return _stabilise(value, number)
    raise AssertionError(method.name)


def _ratio(
    method: Any, higher: bool, value: Fraction, due: Fraction, number: Mapping[str, Fraction]
) -> Fraction | None:
    if due == 0:
        return None
    if higher:
        percent = 100 * value / due
    elif method.inverse == "symmetric":
        percent = 100 * (2 - value / due)
    else:
        percent = number["cap"] if value <= 0 else 100 * due / value
    return clamped(percent, number["floor"], number["cap"])


def _interpolate(
    method: Any, higher: bool, value: Fraction, due: Fraction, number: Mapping[str, Fraction], full: Fraction
) -> Fraction | None:
    table = [(Fraction(one.at), Fraction(one.points)) for one in method.points]
    lowest, highest = min(table)[0], max(table)[0]
    best = number.get("cap", max(earned for _, earned in table))
    x = looked_at(method.over, higher, value, due)
    if x is None:
        return None
    if isinstance(x, Best):
        return best * full
    falling = method.over == "value" and not higher
    if x < lowest:
        return (best if falling else number["floor"]) * full
    if x > highest:
        return (number["floor"] if falling else best) * full
    return between(table, x) * full


def _bands(method: Any, higher: bool, value: Fraction, due: Fraction, full: Fraction) -> Fraction | None:
    x = looked_at(method.over, higher, value, due)
    if x is None:
        return None
    for band in method.table:
        if isinstance(x, Best):
            inside = band.to is None
        else:
            inside = (band.from_ is None or Fraction(band.from_) <= x) and (band.to is None or x < Fraction(band.to))
        if inside:
            return Fraction(band.points) * full
    raise AssertionError(f"{x} is in no band")


def _efficacy(method: Any, higher: bool, value: Fraction, due: Fraction) -> Fraction | None:
    x = looked_at(method.over, higher, value, due)
    if x is None:
        return None
    standards, parts = [Fraction(one) for one in method.standards], [Fraction(one) for one in method.coefficients]
    if isinstance(x, Best):
        return 100 * parts[0]
    falling = method.over == "value" and not higher
    reached = [n for n in range(5) if (x <= standards[n] if falling else x >= standards[n])]
    if not reached:
        return Fraction(0)
    level = reached[0]
    if level == 0:
        return 100 * parts[0]
    towards = (x - standards[level]) / (standards[level - 1] - standards[level])
    return 100 * (parts[level] + towards * (parts[level - 1] - parts[level]))


def _stabilise(value: Fraction, number: Mapping[str, Fraction]) -> Fraction:
    if value <= number["zero_below"] or value >= number["zero_above"]:
        return Fraction(0)
    if value < number["low"]:
        return 100 * (value - number["zero_below"]) / (number["low"] - number["zero_below"])
    if value <= number["high"]:
        return Fraction(100)
    return 100 * (number["zero_above"] - value) / (number["zero_above"] - number["high"])


@dataclass(frozen=True)
class Judged:
    """What is known of one KPI at one unit."""

    value: Fraction | None
    due: Fraction
    score: int | None
    gates: tuple[str, ...]
    version: int
    coverage: Fraction = Fraction(1)


@dataclass(frozen=True)
class Scored:
    """What is known of one unit."""

    score: int | None = None
    base: int | None = None
    gates: tuple[str, ...] = ()
    coverage: Fraction = Fraction(0)
    version: int = 1


@dataclass
class Oracle:
    """All results of a model at a moment, from a log of facts."""

    model: Model
    log: list[Fact]
    now_ms: int
    kpis: dict[str, Any] = field(init=False)
    units: dict[str, Any] = field(init=False)
    found: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        today = dt.datetime.fromtimestamp(self.now_ms / 1000, ZONE).date()
        self.today = today
        self.due = sorted((one for one in self.model.changes if one.from_ <= today), key=lambda one: one.from_)
        standing = [
            one
            for one in self.model.kpis
            if (one.from_ is None or one.from_ <= today) and (one.until is None or today < one.until)
        ]
        self.kpis = {one.id: SimpleNamespace(**dict(one)) for one in standing}
        self.units = {one.id: SimpleNamespace(**dict(one)) for one in self.model.units}
        for change in self.due:
            for name, one in change.kpis.items():
                for key in one.model_fields_set if name in self.kpis else ():
                    self._set(self.kpis[name], key, getattr(one, key))
            for name, other in change.units.items():
                for key in other.model_fields_set:
                    setattr(self.units[name], key, getattr(other, key))

    def _set(self, kpi: Any, key: str, comes: Any) -> None:
        if isinstance(comes, dict):
            held = getattr(kpi, key)
            comes = {**(held if isinstance(held, dict) else dict.fromkeys(kpi.applies_to, held)), **comes}
        setattr(kpi, key, comes)

    def said(self, setting: Any, unit: str, otherwise: Any = None) -> Any:
        """What one for all, or a map by place, says for a unit."""
        if not isinstance(setting, dict):
            return setting
        return setting.get(unit, setting.get(self.units[unit].kind, otherwise))

    def concerns(self, change: Any, kpi_id: str, unit: str) -> bool:
        """Whether a change says anything of a KPI that holds at a unit."""
        said = change.kpis.get(kpi_id)
        fields = {name: getattr(said, name) for name in said.model_fields_set} if said else {}
        return any(
            not isinstance(one, dict) or bool({unit, self.units[unit].kind} & one.keys()) for one in fields.values()
        )

    def children(self, unit: str) -> list[str]:
        """The units right below, today."""
        return [name for name, one in self.units.items() if one.parent == unit]

    def trail(self, unit: str, ms: int) -> list[str]:
        """The unit and those above it at a moment."""
        parents = {one.id: one.parent for one in self.model.units}
        for change in sorted(self.model.changes, key=lambda one: one.from_):
            if midnight(change.from_) <= ms:
                parents.update({name: one.parent for name, one in change.units.items() if one.parent is not None})
        found, at = [], parents[unit]
        while at is not None:
            found.append(at)
            at = parents[at]
        return [unit, *found]

    def stands(self, kpi: Any, unit: str) -> bool:
        """Whether a KPI is on the scorecard of a unit."""
        return bool({unit, self.units[unit].kind} & set(kpi.applies_to))

    def scored(self, unit: str) -> bool:
        """Whether a unit has a scorecard, or one below it has."""
        return bool(self.cells(unit)) or any(self.scored(child) for child in self.children(unit))

    def cells(self, unit: str) -> dict[str, Judged]:
        """All KPIs of a unit."""
        return {name: self.cell(unit, kpi) for name, kpi in self.kpis.items() if self.stands(kpi, unit)}

    def remembered(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was found before is not found again: recursion alone would take the square of the depth."""
        if key not in self.found:
            self.found[key] = make()
        return self.found[key]

    def cell(self, unit: str, kpi: Any) -> Judged:
        """One KPI at one unit."""
        judged: Judged = self.remembered((unit, kpi.id), lambda: self._cell(unit, kpi))
        return judged

    def _cell(self, unit: str, kpi: Any) -> Judged:
        start, end = period(kpi.period, self.now_ms)
        facts = [one for one in self.facts_of(unit) if start <= one.ms < end]
        value = value_of(kpi.value, {name: metric(name, facts) for name in METRICS})
        target = Fraction(self.said(kpi.target, unit))
        due = target * elapsed(start, end, self.now_ms) if kpi.accrues else target
        below = [child for child in self.children(unit) if self.stands(kpi, child)]
        coverage = Fraction(1)
        if self.said(kpi.rollup, unit, "values") == "scores" and below:
            known = {child: self.cell(child, kpi).score for child in below}
            mean = self.mean(unit, known)
            earned = None if mean is None else Fraction(mean, POINT)
            weights = {child: Fraction(self.units[child].weight) for child in below}
            coverage = sum((weights[one] for one in below if known[one] is not None), Fraction(0)) / sum(
                weights.values()
            )
        else:
            earned = points(kpi, value, due)
        score, bit = self.through_kpi_gates(unit, kpi, target, earned)
        version = 1 + sum(self.concerns(change, kpi.id, unit) for change in self.due)
        return Judged(value, due, None if score is None else on_grid(score), bit, version, coverage)

    def facts_of(self, unit: str) -> list[Fact]:
        """What happened at the unit, or at one that stood below it then."""
        held: list[Fact] = self.remembered(
            unit, lambda: [one for one in self.log if unit in self.trail(one.unit, one.ms)]
        )
        return held

    def mean(self, unit: str, known: Mapping[str, int | None]) -> int | None:
        """The weighted mean of child scores, by the policy of the unit for what is missing."""
        have = {child: score for child, score in known.items() if score is not None}
        policy = self.units[unit].missing
        if not have or (policy == "block" and len(have) < len(known)):
            return None
        weights = {child: Fraction(self.units[child].weight) for child in known}
        whole = sum(weights[child] for child in (known if policy == "zero" else have))
        return on_grid(sum(weights[child] * score for child, score in have.items()) / whole / POINT)

    def at(self, gate: Any, unit: str) -> bool:
        """Whether a gate stands at a unit, today."""
        if not {unit, self.units[unit].kind} & set(gate.units):
            return False
        if gate.kind != "veto" or gate.from_ is None:
            return True
        return bool(gate.from_ <= self.today and midnight(self.today) < period(gate.period, midnight(gate.from_))[1])

    def through_kpi_gates(
        self, unit: str, kpi: Any, target: Fraction, earned: Fraction | None
    ) -> tuple[Fraction | None, tuple[str, ...]]:
        """Difficulty, ambition, veto; and who bit."""
        if earned is None:
            return None, ()
        own = [gate for gate in self.model.gates if getattr(gate, "kpi", None) == kpi.id and self.at(gate, unit)]
        bit = []
        for kind in ("difficulty", "ambition", "veto"):
            for gate in own:
                if gate.kind != kind:
                    continue
                before = earned
                if kind == "difficulty":
                    earned = min(earned * Fraction(gate.factor), Fraction(gate.cap))
                elif kind == "ambition":
                    base = Fraction(gate.base)
                    if target < base if kpi.direction == "higher" else target > base:
                        earned = min(earned, Fraction(gate.cap))
                else:
                    earned = min(earned, Fraction(0))
                if earned != before:
                    bit.append(gate.id)
        return earned, tuple(bit)

    def through_unit_gates(
        self, unit: str, base: int, values: Mapping[str, Fraction | None]
    ) -> tuple[int, tuple[str, ...]]:
        """Ceilings, then vetoes; and who bit."""
        score, bit = base, []
        for kind in ("ceiling", "veto"):
            for gate in self.model.gates:
                if gate.kind != kind or getattr(gate, "kpi", None) is not None or not self.at(gate, unit):
                    continue
                if gate.when is not None and not holds(gate.when, values):
                    continue
                lid = 0 if kind == "veto" and gate.effect == "zero" else getattr(gate, "points", None)
                if lid is None or score > lid * POINT or gate.grade is not None:
                    bit.append(gate.id)
                if lid is not None:
                    score = min(score, on_grid(Fraction(lid)))
        return score, tuple(bit)

    def score(self, unit: str) -> Scored:
        """S = sum of w x s over sum of w; the children come in as one part, rounded to the grid like a KPI."""
        scored: Scored = self.remembered((unit,), lambda: self._score(unit))
        return scored

    def _score(self, unit: str) -> Scored:
        node, cells = self.units[unit], self.cells(unit)
        parts = [
            (
                Fraction(self.said(self.kpis[name].weight, unit)),
                one.score,
                one.coverage if one.score is not None else Fraction(0),
            )
            for name, one in cells.items()
            if self.kpis[name].method.name != "bonus"
        ]
        extra = sum(one.score or 0 for name, one in cells.items() if self.kpis[name].method.name == "bonus")
        version = 1 + sum(
            unit in one.units or any(self.concerns(one, name, unit) for name in cells) for one in self.due
        )
        below = [child for child in self.children(unit) if self.scored(child)]
        if below:
            known = {child: self.score(child).score for child in below}
            weight = {child: Fraction(self.units[child].weight) for child in below}
            covered = sum((weight[child] for child in below if known[child] is not None), Fraction(0))
            policy = node.missing if node.missing == "zero" else "renormalise"
            have = {child: score for child, score in known.items() if score is not None}
            over = sum(weight[child] for child in (below if policy == "zero" else have))
            mean = on_grid(sum(weight[child] * score for child, score in have.items()) / over / POINT) if have else None
            share = Fraction(node.child_share) if cells else Fraction(100)
            parts.append((share, mean, covered / sum(weight.values())))
        whole = sum((weight for weight, _, _ in parts), Fraction(0))
        coverage = (
            sum((weight * covered for weight, _, covered in parts), Fraction(0)) / whole if whole else Fraction(0)
        )
        if all(score is None for weight, score, _ in parts if weight) or (node.missing == "block" and coverage < 1):
            return Scored(coverage=coverage, version=version)
        known_weight = sum((weight for weight, score, _ in parts if score is not None), Fraction(0))
        over = whole if node.missing == "zero" else known_weight
        total = sum((weight * (score or 0) for weight, score, _ in parts), Fraction(0))
        base = on_grid(total / over / POINT) + extra
        score, bit = self.through_unit_gates(unit, base, {name: one.value for name, one in cells.items()})
        return Scored(score, base, bit, coverage, version)


def holds(when: str, values: Mapping[str, Fraction | None]) -> bool:
    """Whether a condition holds for certain."""
    named = [name for name in ("k0", "k1", "k2") if name in when]
    if any(values.get(name) is None for name in named):
        return False
    return bool(CONDITIONS[when](values))


def metric(name: str, facts: list[Fact]) -> Fraction | None:
    """A metric over facts."""
    aggregate, event = METRICS[name]["aggregate"], METRICS[name].get("event", "e")
    own = [one for one in facts if one.metric == name]
    if not own:
        seen = any(METRICS[one.metric].get("event", "e") == event for one in facts)
        additive = aggregate in ("sum", "count", "distinct", "sum_of_max")
        return Fraction(0) if additive and (seen or METRICS[name].get("absent") == "zero") else None
    amounts = [one.amount for one in own]
    found = {
        "sum": sum(amounts),
        "count": len(own),
        "min": min(amounts),
        "max": max(amounts),
        "last": max((one.ms, one.amount) for one in own)[1],
        "distinct": len(set(amounts)),
        "sum_of_max": sum(max(one.amount for one in own if one.item == item) for item in {one.item for one in own}),
    }[aggregate]
    return Fraction(found, 10 ** METRICS[name].get("decimals", 0))


def value_of(text: str, of: Mapping[str, Fraction | None]) -> Fraction | None:
    """A KPI's value, written out once more."""
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
            case "items":
                return of["items"]
            case _:
                return None if matched is None else 1 / matched
    except ZeroDivisionError:
        return None


def midnight(date: dt.date) -> int:
    """When a day begins."""
    return int(dt.datetime.combine(date, dt.time(), ZONE).timestamp() * 1000)


def shift_spans(date: dt.date) -> list[tuple[int, int]]:
    """The shifts of a day; Sundays don't work."""
    if date.weekday() == 6:
        return []
    return [
        tuple(int(dt.datetime.combine(date, dt.time(hour), ZONE).timestamp() * 1000) for hour in (start, end))
        for _, start, end in SHIFTS
    ]  # type: ignore[misc]


def period(kind: str, ms: int) -> tuple[int, int]:
    """The period around a moment of autumn 2026."""
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
