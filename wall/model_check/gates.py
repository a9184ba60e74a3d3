"""The gates: where they stand, what they ask, what they do, and who vouches for them."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.definitions import Kpi, Model, Unit
from scoring.expressions import ExpressionError, condition, names
from scoring.gates import Ceiling, Gate, Veto
from scoring.scorecard import applies

from .finding import Finding, KeyPath, fault


def check_gates(model: Model) -> Iterator[Finding]:
    kpis = {kpi.id: kpi for kpi in model.kpis}
    kinds = {unit.kind for unit in model.units}
    grades = {band.grade for band in model.grades}
    ids = {unit.id for unit in model.units}
    for number, gate in enumerate(model.gates):
        path = ("gates", number)
        units = [unit for unit in model.units if unit.id in gate.units or unit.kind in gate.units]
        for name in sorted(set(gate.units) - ids - kinds):
            yield fault((*path, "units"), f"gate {gate.id!r}: {name!r} is no unit and no kind", "name a unit or kind")
        named = None if isinstance(gate, Ceiling) else gate.kpi
        if named is not None:
            yield from _stands(gate, named, kpis, units, (*path, "kpi"))
        when = gate.when if isinstance(gate, Veto | Ceiling) else None
        if when is not None:
            yield from _condition(gate, when, kpis, units, (*path, "when"))
        if isinstance(gate, Veto):
            yield from _veto(gate, path)
        if isinstance(gate, Ceiling) and gate.points is None and gate.grade is None:
            yield fault(path, f"gate {gate.id!r}: a ceiling without points or grade", "give points: or grade:")
        grade = gate.grade if isinstance(gate, Veto | Ceiling) else None
        if grade is not None and grade not in grades:
            yield fault((*path, "grade"), f"gate {gate.id!r}: grade {grade!r} is unknown", "use a grade of grades:")


def _stands(gate: Gate, name: str, kpis: dict[str, Kpi], units: list[Unit], path: KeyPath) -> Iterator[Finding]:
    """A KPI of a gate exists, and stands at every unit of the gate."""
    kpi = kpis.get(name)
    if kpi is None:
        yield fault(path, f"gate {gate.id!r}: kpi {name!r} is unknown", "use a declared KPI")
        return
    without = [unit.id for unit in units if not applies(kpi, unit)]
    if without:
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        yield fault(
            path, f"gate {gate.id!r}: kpi {name!r} does not stand at {without[0]!r}{more}", "use a KPI of its units"
        )


def _condition(gate: Gate, when: str, kpis: dict[str, Kpi], units: list[Unit], path: KeyPath) -> Iterator[Finding]:
    try:
        condition(when)
        used = names(when)
    except ExpressionError as error:
        yield fault(path, f"gate {gate.id!r}: {error}", "compare KPIs of the unit, such as accidents > 0")
        return
    if not used:
        yield fault(path, f"gate {gate.id!r}: {when!r} asks no KPI", "compare KPIs of the unit, such as accidents > 0")
    for name in used:
        yield from _stands(gate, name, kpis, units, path)


def _veto(veto: Veto, path: KeyPath) -> Iterator[Finding]:
    for key in ("evidence", "approver"):
        if not getattr(veto, key).strip():
            yield fault(
                (*path, key), f"gate {veto.id!r}: a veto without {key}", "say who vouches for it, and with what"
            )
    if (veto.grade is not None) != (veto.effect == "grade"):
        yield fault(
            (*path, "grade"), f"gate {veto.id!r}: grade goes with effect: grade, and only with it", "give both or none"
        )
