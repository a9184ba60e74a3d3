"""The scorecard of a day: which KPI stands at which unit, with its target, weight, curve, gates and metrics."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .active_gates import KpiGates, UnitGates
from .curves import Curve
from .definitions import Kpi, Metric, Model, RollUp, Unit
from .expressions import Formula
from .forms import BucketKind, PeriodKind
from .gates import Gate
from .methods import Bonus
from .placements import Placements

#: The edition with every change in it.
LAST_DAY = dt.date.max


@dataclass(frozen=True, slots=True)
class Rule:
    """A KPI's rule, shared by all its cells; what differs by unit (target, weight, roll-up) is the cell's own."""

    kpi: Kpi
    metrics: tuple[Metric, ...]
    event_types: tuple[str, ...]
    formula: Formula = field(compare=False)
    curve: Curve

    @property
    def adds(self) -> bool:
        """Whether its points come on top of the unit's weighted score."""
        return isinstance(self.kpi.method, Bonus)


@dataclass(frozen=True, slots=True)
class Cell:
    """One KPI at one unit; `version` counts the changes of its definition that concern this unit, 1 is the first."""

    unit: str
    rule: Rule
    target: Fraction
    weight: int
    rollup: RollUp = "values"
    gates: KpiGates = ()
    version: int = 1

    @property
    def key(self) -> tuple[str, str]:
        """(unit, kpi)."""
        return self.unit, self.rule.kpi.id

    @property
    def period(self) -> PeriodKind:
        """The kind of period it runs over."""
        return self.rule.kpi.period

    @property
    def trend(self) -> BucketKind | None:
        """The buckets of its series."""
        return self.rule.kpi.trend


@dataclass(frozen=True, slots=True)
class Node:
    """A unit with its cells and child units; `depth` counts from the root, `version` its scorecard's definitions."""

    unit: Unit
    depth: int
    ancestors: tuple[str, ...]
    children: tuple[str, ...]
    cells: tuple[Cell, ...]
    weight: int
    child_share: int
    child_weight: int
    gates: UnitGates = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All nodes by unit id, parents before children, as of a day; `moves` has the units that change place.

    `standing` is the edition that it was compiled from, `gates` those that may act on the day.
    """

    nodes: Mapping[str, Node]
    moves: Mapping[str, Placements] = field(default_factory=dict)
    date: dt.date = LAST_DAY
    standing: Model | None = None
    gates: Sequence[Gate] = ()

    def cells(self) -> list[Cell]:
        """Every cell."""
        return [cell for node in self.nodes.values() for cell in node.cells]


def by_unit(setting: Decimal | Mapping[str, Decimal], unit: Unit) -> Decimal | None:
    """What a setting says for a unit: by its id, else by its kind; None where it says nothing.

    >>> by_unit({"line": Decimal(3)}, Unit(id="l1", title="", kind="line"))
    Decimal('3')
    """
    if isinstance(setting, Decimal):
        return setting
    return setting.get(unit.id, setting.get(unit.kind))


def rollup_at(kpi: Kpi, unit: Unit) -> RollUp:
    """Whether a KPI at a unit is made of summed metrics or of the child units' scores."""
    if isinstance(kpi.rollup, str):
        return kpi.rollup
    return kpi.rollup.get(unit.id) or kpi.rollup.get(unit.kind) or "values"


def applies(kpi: Kpi, unit: Unit) -> bool:
    """Whether a KPI stands on a unit's scorecard."""
    return unit.kind in kpi.applies_to or unit.id in kpi.applies_to


def stands_at(kpi: Kpi, unit: Unit) -> bool:
    """Whether a unit has a cell of a KPI: it applies there, and has a target and a weight."""
    return applies(kpi, unit) and by_unit(kpi.target, unit) is not None and by_unit(kpi.weight, unit) is not None
