"""The agenda of a unit's stand-up, from what its presenter sees: pure, and the same for the same inputs.

First what was promised and not done, then what turned red, what units below could not solve, what has been red for
longest, what may turn red today, and what is well, in one line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from layouts.standup.ahead import will_miss
from layouts.standup.facts import Cell, Item, Section
from scoring.board import Board, KpiResult, Status
from scoring.calendar import BusinessCalendar
from scoring.definitions import Kpi, Model
from scoring.explain import points_lost
from wall.followup.items import Action

from .timing import BUDGET_S, shared

#: More steps of one kind are not talked through in a quarter of an hour; the rest is red on the walls all the same.
MOST: Mapping[Section, int] = {"new": 6, "raised": 6, "longest": 4}
#: Names in the lists that are one step.
MOST_LISTED = 8
_WEIGHTS: Mapping[Section, int] = {"overdue": 3, "new": 4, "raised": 3, "longest": 3, "risk": 3, "green": 2}


@dataclass(frozen=True, slots=True)
class Former:
    """A stand-up before: when its numbers were of (business ms), and what it talked about that was red."""

    as_of_ms: int
    reds: frozenset[Cell] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """What an agenda is made from; model and board as the presenter sees them.

    `last` is the unit's stand-up before, `below` the last one of each unit below that had one. `upwards` are accounts
    of this unit: an open action that units below gave to one of them is raised. `alerting` is where alerts stand.
    """

    unit: str
    model: Model
    board: Board
    now_ms: int
    actions: Sequence[Action] = ()
    last: Former | None = None
    below: Mapping[str, Former] = field(default_factory=dict)
    upwards: Collection[str] = ()
    alerting: Collection[Cell] = ()
    budget_s: int = BUDGET_S


def agenda(given: Given) -> tuple[Item, ...]:
    """The steps in their order, each with its share of the time; only the greens' line when all is well."""
    cells = _Cells(given)
    raised = _raised(given, cells)
    reds = [one for one in cells.own if one.status is Status.BAD]
    new = [one for one in reds if cells.is_new(one)]
    old = sorted((one for one in reds if not cells.is_new(one)), key=lambda one: (one.since_ms or 0, *_place(one)))
    steps = [
        *_overdue(given, cells),
        *_steps("new", given, cells, sorted(new, key=cells.by_loss)),
        *raised,
        *_steps("longest", given, cells, old),
        *_list("risk", given, sorted(cells.risks(given.alerting), key=cells.by_loss)),
        *_list("green", given, sorted(cells.greens(given.alerting), key=lambda one: (-one.weight, *_place(one)))),
    ]
    return timed(steps, given.budget_s)


def timed(steps: Sequence[Item], budget_s: int) -> tuple[Item, ...]:
    """The steps with the time that a budget gives each."""
    seconds = shared(budget_s, [_weight(one) for one in steps])
    return tuple(replace(one, seconds=given) for one, given in zip(steps, seconds, strict=True))


def working_days(calendar: BusinessCalendar, since_ms: int, now_ms: int) -> int:
    """On how many working days something has stood, today among them."""
    date, last = calendar.business_date(since_ms), calendar.business_date(now_ms)
    days = (last - date).days + 1
    return sum(calendar.works(date + dt.timedelta(days=at)) for at in range(min(days, 3660)))


def last_working_day_ms(calendar: BusinessCalendar, now_ms: int) -> int:
    """When the working day before today began."""
    date = calendar.business_date(now_ms) - dt.timedelta(days=1)
    for _ in range(30):
        if calendar.works(date):
            break
        date -= dt.timedelta(days=1)
    return calendar.day_start_ms(date)


class _Cells:
    """The results an agenda is about: the unit's own, or those of the units below where it has none."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self.calendar = BusinessCalendar(given.model.calendar)
        self.kpis: Mapping[str, Kpi] = {one.id: one for one in given.model.kpis}
        self.below = [one.id for one in given.model.units if one.parent == given.unit]
        own = self._of([given.unit])
        self.own = own or self._of(self.below)
        self._since_ms = given.last.as_of_ms if given.last else last_working_day_ms(self.calendar, given.now_ms)
        self._loss = {(one.unit, one.kpi): self._lost(one) for one in self.own}

    def _of(self, units: Iterable[str]) -> list[KpiResult]:
        found = (self._given.board.kpis.get((unit, kpi)) for unit in units for kpi in self.kpis)
        return [one for one in found if one is not None]

    def _lost(self, result: KpiResult) -> Fraction:
        beside = [one for one in self.own if one.unit == result.unit]
        return points_lost(result, beside) or Fraction(0)

    def by_loss(self, result: KpiResult) -> tuple[Fraction, str, str]:
        """What cost the unit most comes first."""
        return (-self._loss.get((result.unit, result.kpi), Fraction(0)), *_place(result))

    def is_new(self, red: KpiResult) -> bool:
        """Whether it turned red after the last stand-up; without one, since the working day before."""
        return red.since_ms is None or red.since_ms > self._since_ms

    def risks(self, alerting: Collection[Cell]) -> list[KpiResult]:
        """What is not red yet, but at risk: watched, behind what is due by now, forecast to miss, or alerted of."""
        return [
            one for one in self.own if one.status not in (Status.BAD, Status.UNKNOWN) and self._at_risk(one, alerting)
        ]

    def greens(self, alerting: Collection[Cell]) -> list[KpiResult]:
        """What is on target and no risk."""
        return [one for one in self.own if one.status is Status.GOOD and not self._at_risk(one, alerting)]

    def _at_risk(self, result: KpiResult, alerting: Collection[Cell]) -> bool:
        if (result.unit, result.kpi) in alerting:
            return True
        kpi = self.kpis[result.kpi]
        behind = kpi.accrues and result.attainment is not None and result.attainment < 1
        misses = will_miss(kpi, result, self._given.board.forecasts.get((result.unit, result.kpi)))
        return result.status is Status.WATCH or behind or misses


def _place(result: KpiResult) -> tuple[str, str]:
    return result.unit, result.kpi


def _overdue(given: Given, cells: _Cells) -> list[Item]:
    """One step for all actions of the unit and the units below that are open past their day, the oldest first."""
    today = cells.calendar.business_date(given.now_ms)
    here = {given.unit, *cells.below}
    late = sorted(
        (one for one in given.actions if one.overdue(today) and one.anchor.unit in here),
        key=lambda one: (one.due, one.id),
    )
    return [Item("overdue", given.unit, actions=tuple(one.id for one in late))] if late else []


def _steps(section: Section, given: Given, cells: _Cells, results: Sequence[KpiResult]) -> list[Item]:
    return [Item(section, one.unit, one.kpi, days=_days(given, cells, one)) for one in results[: MOST[section]]]


def _days(given: Given, cells: _Cells, result: KpiResult) -> int | None:
    return None if result.since_ms is None else working_days(cells.calendar, result.since_ms, given.now_ms)


def _list(section: Section, given: Given, results: Sequence[KpiResult]) -> list[Item]:
    listed = tuple(_place(one) for one in results[:MOST_LISTED])
    return [Item(section, given.unit, cells=listed)] if listed else []


def _raised(given: Given, cells: _Cells) -> list[Item]:
    """What a unit below talked about and is still red, and what it gave an action for to somebody of this unit."""
    found: dict[Cell, str] = {}
    for unit in cells.below:
        former = given.below.get(unit)
        for cell in sorted(former.reds) if former else ():
            found.setdefault(cell, unit)
    stayed = {cell: unit for cell, unit in found.items() if _stayed_red(given, cell, given.below[unit])}
    for action in given.actions:
        if action.state == "open" and action.anchor.unit in cells.below and action.owner in given.upwards:
            cell = (action.anchor.unit, action.anchor.kpi)
            result = given.board.kpis.get(cell)
            if result is not None and result.status is Status.BAD:
                stayed.setdefault(cell, action.anchor.unit)
    own = {_place(one) for one in cells.own}
    reds = sorted(
        (given.board.kpis[cell] for cell in stayed if cell not in own),
        key=lambda one: (one.since_ms or 0, *_place(one)),
    )
    return [
        Item("raised", one.unit, one.kpi, raised_by=stayed[_place(one)], days=_days(given, cells, one))
        for one in reds[: MOST["raised"]]
    ]


def _stayed_red(given: Given, cell: Cell, former: Former) -> bool:
    result = given.board.kpis.get(cell)
    if result is None or result.status is not Status.BAD:
        return False
    return result.since_ms is None or result.since_ms <= former.as_of_ms


def _weight(item: Item) -> int:
    """A list is as long as what is on it, within reason."""
    return _WEIGHTS[item.section] + (min(len(item.actions), 3) - 1 if item.actions else 0)
