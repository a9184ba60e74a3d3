"""What analysis may show somebody, or give them as a file: what every permit that is needed reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from layouts import formats, moments
from layouts.analysis.sheet import Cell, Entry, Measure
from layouts.desk.facts import Choice
from layouts.formats import Form
from layouts.kpi_view import amount_text, displayed_status, form_for
from layouts.lookup import Lookup, lookup
from scoring.board import KpiResult, Status
from scoring.branch import units_below
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at
from wall.people.permits import Permit
from wall.sight.visible import Visible

from .desk import Desk

#: Units listed in a picker; more are found below another one.
MOST_LISTED = 200
#: Bars of attainment run to 120 %.
_AXIS = Fraction(6, 5)


@dataclass(frozen=True, slots=True)
class Scope:
    """The model, the board and the words of a page of analysis; `found` holds nothing that one of `seen` hides."""

    desk: Desk
    found: Lookup
    seen: tuple[Visible, ...]

    def has_unit(self, unit: str) -> bool:
        """Whether the unit may be named."""
        return all(one.has_unit(unit) for one in self.seen)

    def sees_score(self, unit: str) -> bool:
        """Whether the unit's score may be shown."""
        return all(one.sees_score(unit) for one in self.seen)

    def sees_kpi(self, unit: str, kpi: str) -> bool:
        """Whether a KPI's numbers at a unit may be shown."""
        return kpi in self.found.kpis and all(one.sees_kpi(unit, kpi) for one in self.seen)

    def sees_all_below(self, unit: str) -> bool:
        """Whether nothing is hidden at a unit and at all that stands below it at any time."""
        if all(one.sight.whole for one in self.seen):
            return self.has_unit(unit)
        ever = units_below(self.desk.model, unit)
        return all(one.sees_all_below(below) for one in self.seen for below in ever)

    def withholds(self, unit: str) -> bool:
        """Whether numbers of the unit are withheld because they would tell a hidden one."""
        return any(one.withholds(unit) for one in self.seen)

    def below(self, unit: str) -> Iterator[tuple[Unit, int]]:
        """A unit and all below it that may be named, or everything for "", with their depth; parents first."""
        found = self.found
        tops = [found.units[unit]] if unit else [one for one in found.model.units if one.parent is None]
        pending = [(one, 0) for one in reversed(tops)]
        while pending:
            one, depth = pending.pop()
            named = self.has_unit(one.id)
            if named:
                yield one, depth
            pending += [(child, depth + named) for child in reversed(found.children(one.id))]

    def kpis_at(self, units: Sequence[Unit]) -> list[Kpi]:
        """The KPIs that may be shown at one of some units, in the model's order."""
        return [
            kpi for kpi in self.found.model.kpis
            if any(stands_at(kpi, unit) and self.sees_kpi(unit.id, kpi.id) for unit in units)
        ]  # fmt: skip

    def result(self, unit: str, kpi: str) -> KpiResult | None:
        """A KPI's result, if it may be shown."""
        return self.found.board.kpis.get((unit, kpi)) if self.sees_kpi(unit, kpi) else None

    def unit_asked(self, asked: Mapping[str, str]) -> str:
        """The unit that the address names; "" for one that is not there for the viewer."""
        unit = asked.get("unit", "")
        return unit if unit in self.found.units and self.has_unit(unit) else ""

    def units_named(self, asked: Mapping[str, str], key: str, most: int) -> list[Unit]:
        """The units that the address lists under a key, as far as they are there for the viewer."""
        ids = dict.fromkeys(asked.get(key, "").split(","))
        return [self.found.units[one] for one in ids if one in self.found.units and self.has_unit(one)][:most]

    def unit_choices(self, chosen: str, every: str = "") -> tuple[Choice, ...]:
        """The units to pick one from; `every` is what stands for all of them."""
        listed = [(unit, depth) for unit, depth in self.below("")]
        deepest = max((depth for _, depth in listed), default=0)
        while deepest and sum(depth <= deepest for _, depth in listed) > MOST_LISTED:
            deepest -= 1
        first = [Choice("", every, not chosen)] if every else []
        shown = [(unit, depth) for unit, depth in listed if depth <= deepest or unit.id == chosen]
        return (*first, *(Choice(one.id, self.title(one), one.id == chosen, depth) for one, depth in shown))

    def title(self, one: Unit | Kpi) -> str:
        """What a unit or KPI is called."""
        return self.found.text(one.title)

    def as_of(self) -> str:
        """The moment of the board, in words."""
        found = self.found
        when = moments.exact(found.board.as_of_ms, found.zone, self.desk.now_ms)
        return found.words("analysis.as_of", time=when)


def scope_of(desk: Desk, language: str, *permits: Permit) -> Scope:
    """What all of these permits reach together."""
    seen = tuple(desk.visible(permit) for permit in permits)
    last = seen[-1]
    return Scope(desk, lookup(last.model, last.board(desk.view.board()), language, reader=desk.reader()), seen)


def kpi_cell(
    scope: Scope, unit: Unit, kpi: Kpi, result: KpiResult | None, href: str = "", brief: bool = False
) -> Cell:  # fmt: skip
    """A KPI at a unit as value, attainment and score, with what it is judged by; `brief` leaves out its measure."""
    words = scope.found.words
    if result is None:
        return Cell((Entry(formats.UNKNOWN),), "unknown", words("analysis.unknown"))
    form = form_for(scope.found, kpi, result.target)
    status = displayed_status(result.status, scope.found.freshness(kpi.id))
    score = formats.points(result.score)
    attained = formats.percent(result.attainment)
    tip = words(
        "analysis.cell",
        unit=scope.title(unit),
        kpi=scope.title(kpi),
        status=words(f"status.{status}"),
        value=amount_text(form, result.value),
        target=form.target(result.target, "≤" if kpi.direction == "lower" else ""),
        attained=attained,
        score=formats.score(result.score),
    )
    return Cell(
        (
            Entry(
                amount_text(replace(form, measure="") if brief else form, result.value), result.value, measure_of(kpi)
            ),
            Entry(attained, result.attainment, Measure(1, True)),
            Entry(formats.score(result.score), score, Measure(1)),
        ),
        status,
        tip,
        href,
        bar_share(result.attainment),
    )


def apart_cell(scope: Scope, form: Form, apart: Fraction, measure: Measure) -> Cell:
    """A difference with its sign; one of shares is in percentage points."""
    unit = scope.found.words("analysis.pp") if form.percent else form.unit
    return Cell((Entry(f"{form.signed(apart)} {unit}".rstrip(), apart, measure),))


def bar_share(attained: Fraction | None) -> float | None:
    """An attainment as a share of a bar that ends at 120 %."""
    return None if attained is None else round(float(min(max(attained / _AXIS, Fraction(0)), Fraction(1))), 4)


def measure_of(kpi: Kpi) -> Measure:
    """How a KPI's value is written in a file."""
    return Measure(kpi.display.decimals + (1 if kpi.display.compact else 0), kpi.display.percent)


def unit_of_measure(scope: Scope, kpi: Kpi) -> str:
    """A KPI's unit of measure, in a word."""
    return "%" if kpi.display.percent else scope.found.text(kpi.display.unit)


def status_rank(status: str) -> int:
    """Reds before ambers; what is good or not known is neither."""
    return {Status.BAD.value: 0, Status.WATCH.value: 1}.get(status, 2)
