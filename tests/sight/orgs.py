"""Generated organisations and sights: trees, KPIs that share metrics, tags, places by kind and by id, dated moves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from scoring.definitions import Model
from tests.scoring.models import model_of
from wall.sight.look import Look, Sight

#: The day that is seen; changes lie before it.
TODAY = dt.date(2026, 3, 20)
METRICS = ["m0", "m1", "m2"]
VALUES = ["m0", "m1", "m2", "m0 / m1", "m1 - m0", "m0 + m2", "m1 / m2"]
TAGS = ["t0", "t1"]
KINDS = ["k0", "k1", "k2", "k3"]
WEIGHTS = st.sampled_from(["1", "2", "3.5"])


@st.composite
def _units(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to forty units in up to four levels; a level's kind may be carried at another."""
    count = draw(st.integers(1, 8) | st.integers(9, 40))
    units: list[dict[str, Any]] = []
    levels: list[int] = []
    for number in range(count):
        uppers = [at for at in range(number) if levels[at] < 3]
        upper = draw(st.sampled_from([None, *uppers])) if number and draw(st.integers(0, 9)) == 0 else (
            draw(st.sampled_from(uppers)) if uppers else None
        )  # fmt: skip
        levels.append(0 if upper is None else levels[upper] + 1)
        kind = draw(st.sampled_from(KINDS)) if draw(st.integers(0, 4)) == 0 else KINDS[levels[-1]]
        units.append({
            "id": f"u{number}", "title": f"u{number}", "kind": kind, "parent": None if upper is None else f"u{upper}",
            "weight": draw(WEIGHTS), "child_share": draw(st.sampled_from(["0", "40", "100"])),
        })  # fmt: skip
    return units


@st.composite
def _kpi(draw: st.DrawFn, number: int, units: list[str]) -> dict[str, Any]:
    places = draw(st.just(KINDS) | st.lists(st.sampled_from(KINDS + units), min_size=1, max_size=5, unique=True))
    bonus = draw(st.integers(0, 5)) == 0
    weight = "0" if bonus else draw(st.sampled_from(["10", "20", "0"]) | st.fixed_dictionaries(
        {place: st.sampled_from(["10", "0"]) for place in places}))  # fmt: skip
    return {
        "id": f"k{number}", "title": f"k{number}", "value": draw(st.sampled_from(VALUES)), "applies_to": places,
        "target": "10", "weight": weight, "period": draw(st.sampled_from(["month", "month", "day"])),
        "rollup": draw(st.sampled_from(["values", "values", "scores", {"k0": "scores"}])),
        "method": {"name": "bonus", "cap": 5} if bonus else {"name": "ratio"},
        "tags": draw(st.lists(st.sampled_from(TAGS), max_size=2, unique=True)),
    }  # fmt: skip


@st.composite
def _changes(draw: st.DrawFn, units: list[dict[str, Any]], kpis: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to three changes: units that move below one of a lower number, other shares, other formulas."""
    found = []
    for day in range(1, 1 + draw(st.integers(0, 3))):
        moved: dict[str, Any] = {}
        for at in draw(st.lists(st.integers(0, len(units) - 1), max_size=3, unique=True)):
            if at and draw(st.booleans()):
                moved[f"u{at}"] = {"parent": f"u{draw(st.integers(0, at - 1))}"}
            else:
                moved[f"u{at}"] = {"child_share": draw(st.sampled_from(["0", "30"]))}
        more = {}
        if draw(st.integers(0, 3)) == 0:
            more[draw(st.sampled_from(kpis))["id"]] = {"value": draw(st.sampled_from(VALUES))}
        found.append({"from": f"2026-03-{5 * day:02d}", "reason": "drawn", "units": moved, "kpis": more})
    return found


@st.composite
def orgs(draw: st.DrawFn, moving: bool) -> Model:
    """A model; with `moving`, one that changed before the day that is seen."""
    units = draw(_units())
    ids = [str(unit["id"]) for unit in units]
    kpis = [draw(_kpi(number, ids)) for number in range(draw(st.integers(1, 4)))]
    metrics = [{"id": name, "title": name, "event": "e", "aggregate": "sum", "value": "1"} for name in METRICS]
    return model_of(
        kpis, units, metrics=metrics, minimum_group=draw(st.sampled_from([2, 2, 3])),
        changes=draw(_changes(units, kpis)) if moving else [],
    )  # fmt: skip


@st.composite
def looks(draw: st.DrawFn, model: Model) -> frozenset[Look]:
    """What roles show: single units, children, subtrees, tags, whole levels."""
    ids = [unit.id for unit in model.units]
    one = st.builds(
        Look,
        unit=st.sampled_from(ids),
        depth=st.sampled_from(["total", "total", "total", "children", "everything"]),
        tags=st.sampled_from([(), (), ("t0",), ("t1",), ("t0", "t1")]),
    )
    found = draw(st.frozensets(one, min_size=1, max_size=6))
    if draw(st.booleans()):
        gone = draw(st.sets(st.sampled_from(ids), max_size=4))
        tops = {unit.id for unit in model.units if unit.parent is None}
        # Nearly everything, and a unit above: the shape in which differences tell most.
        found |= {Look(unit, "total") for unit in ids if unit not in gone or unit in tops}
    return found


@st.composite
def sights(draw: st.DrawFn, model: Model) -> Sight:
    """A sight; sometimes with something seen beside it by another capability."""
    shown = draw(looks(model))
    beside = draw(looks(model)) - shown if draw(st.integers(0, 3)) == 0 else frozenset()
    return Sight(shown, beside)
