"""Gates compiled for a day: which ones stand at a KPI or unit, and what they do to a score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .board import POINT
from .calendar import BusinessCalendar
from .definitions import Kpi, Model, Unit
from .expressions import Condition, condition
from .gates import Ambition, Ceiling, Difficulty, Gate, Veto


@dataclass(frozen=True, slots=True)
class KpiGate:
    """What a gate does to a KPI's points: multiply, then keep at or under a cap."""

    id: str
    factor: Fraction = Fraction(1)
    cap: Fraction | None = None

    def act(self, points: Fraction) -> Fraction:
        """The points after the gate.

        >>> str(KpiGate("hard", Fraction(11, 10), Fraction(120)).act(Fraction(115)))
        '120'
        """
        points *= self.factor
        return points if self.cap is None else min(points, self.cap)


@dataclass(frozen=True, slots=True)
class UnitGate:
    """What a gate does to a unit: a ceiling of points (0 for a veto), of a grade, or a coefficient of 0."""

    id: str
    when: str | None
    holds: Condition | None = field(compare=False)
    ceiling: Fraction | None = None
    grade: str | None = None
    no_pay: bool = False


KpiGates = tuple[KpiGate, ...]
UnitGates = tuple[UnitGate, ...]


def active_gates(model: Model, calendar: BusinessCalendar, date: dt.date) -> list[Gate]:
    """The gates that may act on a day: a declared veto from its day to the end of its period, all others always."""
    return [gate for gate in model.gates if not isinstance(gate, Veto) or _stands(gate, calendar, date)]


def _stands(veto: Veto, calendar: BusinessCalendar, date: dt.date) -> bool:
    if veto.from_ is None or date == dt.date.max:
        return veto.from_ is None
    ends_ms = calendar.period_at(veto.period, calendar.day_start_ms(veto.from_)).end_ms
    return veto.from_ == date or (veto.from_ < date and calendar.day_start_ms(date) < ends_ms)


def kpi_gates(gates: Sequence[Gate], kpi: Kpi, unit: Unit, target: Decimal) -> KpiGates:
    """The gates of one KPI at one unit, in the order: difficulty, ambition, veto."""
    own = [gate for gate in gates if not isinstance(gate, Ceiling) and gate.kpi == kpi.id and _at(gate, unit)]
    hard = [KpiGate(gate.id, Fraction(gate.factor), Fraction(gate.cap)) for gate in own if isinstance(gate, Difficulty)]
    timid = [
        KpiGate(gate.id, cap=Fraction(gate.cap))
        for gate in own
        if isinstance(gate, Ambition) and (target < gate.base if kpi.direction == "higher" else target > gate.base)
    ]
    vetoed = [KpiGate(gate.id, cap=Fraction(0)) for gate in own if isinstance(gate, Veto)]
    return (*hard, *timid, *vetoed)


def unit_gates(gates: Sequence[Gate], unit: Unit) -> UnitGates:
    """The gates of a unit's score, ceilings before vetoes."""
    found = [gate for gate in gates if _of_units(gate) and _at(gate, unit)]
    return tuple(_unit_gate(gate) for gate in sorted(found, key=lambda gate: isinstance(gate, Veto)))


def _of_units(gate: Gate) -> bool:
    return isinstance(gate, Ceiling) or (isinstance(gate, Veto) and gate.kpi is None)


def _at(gate: Gate, unit: Unit) -> bool:
    return unit.id in gate.units or unit.kind in gate.units


def _unit_gate(gate: Gate) -> UnitGate:
    assert isinstance(gate, Veto | Ceiling)
    holds = condition(gate.when) if gate.when else None
    if isinstance(gate, Ceiling):
        points = None if gate.points is None else Fraction(gate.points)
        return UnitGate(gate.id, gate.when, holds, points, gate.grade)
    zero = Fraction(0) if gate.effect == "zero" else None
    return UnitGate(gate.id, gate.when, holds, zero, gate.grade, no_pay=gate.effect == "coefficient")


def gated(score: int, gates: UnitGates, values: Mapping[str, Fraction | None]) -> tuple[int, tuple[str, ...]]:
    """A unit's score after its gates, and the ids of those that bit; a condition that is not known does not bite.

    >>> gated(95 * POINT, (UnitGate("fire", None, None, Fraction(0)),), {})
    (0, ('fire',))
    """
    bit = []
    for gate in gates:
        if gate.holds is not None and not gate.holds(values):
            continue
        ceiling = None if gate.ceiling is None else round(gate.ceiling * POINT)
        if ceiling is None or score > ceiling or gate.grade is not None:
            bit.append(gate.id)
        if ceiling is not None:
            score = min(score, ceiling)
    return score, tuple(bit)
