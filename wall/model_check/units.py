"""The organisation tree, and the weights that make up each scorecard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scoring.definitions import Kpi, Model, Unit
from scoring.scorecard import by_unit

from .finding import Finding, doubt, fault, fine_weight

#: More KPIs than this on one unit blur what matters (指标泛化).
MOST_KPIS = 8


def check_units(model: Model) -> Iterator[Finding]:
    parents = {unit.id: unit.parent for unit in model.units}
    rooted: set[str] = set()
    for number, unit in enumerate(model.units):
        if unit.parent is not None and unit.parent not in parents:
            yield fault(("units", number), f"unit {unit.id!r}: parent {unit.parent!r} is unknown", "name a unit")
            continue
        trail: list[str] = []
        above: str | None = unit.id
        while above is not None and above not in rooted and above not in trail:
            trail.append(above)
            above = parents.get(above)
        if above is not None and above in trail:
            yield fault(("units", number), f"unit {unit.id!r} is above itself", "break the cycle of parents")
        yield from fine_weight(("units", number, "weight"), f"unit {unit.id!r}: weight", unit.weight)
        yield from fine_weight(("units", number, "child_share"), f"unit {unit.id!r}: child_share", unit.child_share)
        rooted.update(trail)


def check_scorecards(model: Model) -> Iterator[Finding]:
    """Absolute weights: a unit's KPIs and its children's share make exactly 100."""
    parents = {unit.parent for unit in model.units}
    on: dict[str, list[Kpi]] = {}
    for kpi in model.kpis:
        for place in set(kpi.applies_to):
            on.setdefault(place, []).append(kpi)
    reported: set[Any] = set()
    for number, unit in enumerate(model.units):
        cards = {kpi.id: kpi for kpi in [*on.get(unit.kind, ()), *on.get(unit.id, ())]}.values()
        yield from _scorecard(unit, number, list(cards), unit.id in parents, reported)


def _scorecard(unit: Unit, number: int, kpis: list[Kpi], has_children: bool, reported: set[Any]) -> Iterator[Finding]:
    weights = {kpi.id: by_unit(kpi.weight, unit) for kpi in kpis if by_unit(kpi.target, unit) is not None}
    known = {name: weight for name, weight in weights.items() if weight is not None}
    for kpi in kpis:
        if by_unit(kpi.weight, unit) is None or by_unit(kpi.target, unit) is None:
            yield fault(
                ("units", number),
                f"kpi {kpi.id!r} stands at {unit.id!r} without weight or target",
                "give both for the unit or its kind",
            )
    total = sum(known.values()) + (unit.child_share if has_children else 0)
    same = (unit.kind, tuple(known.items()), total)
    if known and total != 100 and same not in reported:
        reported.add(same)
        parts = " + ".join(f"{name} {weight}" for name, weight in known.items())
        yield fault(
            ("units", number),
            f"unit {unit.id!r}: weights sum to {total}, not 100 ({parts}, children {unit.child_share})",
            "change weights or child_share",
        )
    if len(known) > MOST_KPIS and same not in reported:
        reported.add(same)
        yield doubt(("units", number), f"unit {unit.id!r} has {len(known)} KPIs", f"keep {MOST_KPIS} or fewer")
