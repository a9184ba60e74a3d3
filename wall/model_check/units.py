"""The organisation tree, and the weights that make up each scorecard, in every edition of the model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scoring.definitions import Kpi, Model, Unit
from scoring.methods import Bonus
from scoring.scorecard import by_unit

from .finding import Finding, KeyPath, doubt, fault, fine_weight
from .versions import editions

#: More KPIs than this on one unit blur what matters (指标泛化).
MOST_KPIS = 8


@dataclass(slots=True)
class _Edition:
    """One edition under check: its date, where its faults are written, and what was reported before."""

    model: Model
    date: dt.date | None
    whole: Model
    numbers: Mapping[str, int]
    reported: set[Any] = field(default_factory=set)

    def path(self, unit: Unit, kpis: list[Kpi]) -> KeyPath:
        """The change that makes this edition, where one concerns the unit; else the unit."""
        ids = {kpi.id for kpi in kpis}
        for number, change in enumerate(self.whole.changes):
            if change.from_ == self.date and (unit.id in change.units or ids & change.kpis.keys()):
                return ("changes", number)
        return ("units", self.numbers[unit.id])

    def since(self) -> str:
        """The date, as the end of a message; nothing for what holds from the beginning."""
        return f" from {self.date}" if self.date else ""


def check_units(model: Model) -> Iterator[Finding]:
    """Weights of units, and a tree without cycles in every edition."""
    known = {unit.id for unit in model.units}
    for number, unit in enumerate(model.units):
        if unit.parent is not None and unit.parent not in known:
            yield fault(("units", number), f"unit {unit.id!r}: parent {unit.parent!r} is unknown", "name a unit")
        yield from fine_weight(("units", number, "weight"), f"unit {unit.id!r}: weight", unit.weight)
        yield from fine_weight(("units", number, "child_share"), f"unit {unit.id!r}: child_share", unit.child_share)
    reported: set[str] = set()
    moving = {change.from_ for change in model.changes if any(one.parent for one in change.units.values())}
    for one in _editions(model, moving):
        for unit in _above_themselves(one.model):
            if unit.id not in reported:
                reported.add(unit.id)
                yield fault(
                    one.path(unit, []), f"unit {unit.id!r} is above itself{one.since()}", "break the cycle of parents"
                )


def _editions(model: Model, dates: set[dt.date]) -> Iterator[_Edition]:
    """The first edition, and those of these dates."""
    numbers: dict[str, int] = {}
    for number, unit in enumerate(model.units):
        numbers.setdefault(unit.id, number)
    reported: set[Any] = set()
    for date, standing in editions(model, dates):
        yield _Edition(standing, date, model, numbers, reported)


def _above_themselves(model: Model) -> Iterator[Unit]:
    """The first unit of each trail that runs into a cycle."""
    parents = {unit.id: unit.parent for unit in model.units}
    rooted: set[str] = set()
    for unit in model.units:
        trail: dict[str, None] = {}
        above: str | None = unit.id
        while above is not None and above not in rooted and above not in trail:
            trail[above] = None
            above = parents.get(above)
        if above is not None and above in trail:
            yield unit
        rooted.update(trail)


def check_scorecards(model: Model) -> Iterator[Finding]:
    """Absolute weights: in every edition a unit's KPIs and its children's share make exactly 100."""
    for one in _editions(model, _weighing(model)):
        on: dict[str, list[Kpi]] = {}
        for kpi in one.model.kpis:
            for place in dict.fromkeys(kpi.applies_to):
                on.setdefault(place, []).append(kpi)
        cards = {
            unit.id: list({kpi.id: kpi for kpi in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}.values())
            for unit in one.model.units
        }
        parents = _with_scored_children(one.model, cards)
        for unit in one.model.units:
            if cards[unit.id]:
                yield from _scorecard(one, unit, cards[unit.id], unit.id in parents)


def _weighing(model: Model) -> set[dt.date]:
    """The dates on which the hundred of any unit may be made up differently."""
    dates = {date for kpi in model.kpis for date in (kpi.from_, kpi.until) if date is not None}
    for change in model.changes:
        if any(one.weight is not None or one.method for one in change.kpis.values()) or any(
            one.parent or one.child_share is not None for one in change.units.values()
        ):
            dates.add(change.from_)
    return dates


def _with_scored_children(model: Model, cards: Mapping[str, list[Kpi]]) -> set[str]:
    """The units below which there is any KPI: only there does `child_share` count."""
    parents = {unit.id: unit.parent for unit in model.units}
    found: set[str] = set()
    for unit, kpis in cards.items():
        above = parents[unit] if kpis else None
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found


def _scorecard(one: _Edition, unit: Unit, kpis: list[Kpi], has_children: bool) -> Iterator[Finding]:
    for kpi in kpis:
        missing = by_unit(kpi.weight, unit) is None or by_unit(kpi.target, unit) is None
        if missing and (kpi.id, unit.id) not in one.reported:
            one.reported.add((kpi.id, unit.id))
            yield fault(
                one.path(unit, [kpi]),
                f"kpi {kpi.id!r} stands at {unit.id!r} without weight or target{one.since()}",
                "give both for the unit or its kind",
            )
    known = {
        kpi.id: weight
        for kpi in kpis
        if (weight := by_unit(kpi.weight, unit)) is not None
        and by_unit(kpi.target, unit) is not None
        and not isinstance(kpi.method, Bonus)
    }
    children = unit.child_share if has_children else 0
    total = sum(known.values()) + children
    same = (unit.kind, tuple(known.items()), total)
    if known and same not in one.reported:
        one.reported.add(same)
        if total != 100:
            parts = " + ".join(f"{name} {weight}" for name, weight in known.items())
            yield fault(
                one.path(unit, kpis),
                f"unit {unit.id!r}: weights sum to {total}, not 100 ({parts}, children {children}){one.since()}",
                "change weights or child_share",
            )
        if len(known) > MOST_KPIS:
            yield doubt(
                one.path(unit, kpis),
                f"unit {unit.id!r} has {len(known)} KPIs{one.since()}",
                f"keep {MOST_KPIS} or fewer",
            )
