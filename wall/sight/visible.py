"""The one decision about who sees what: every page, stream, answer, file and explanation is made from a `Visible`."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from layouts.lookup import Announcement
from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Change, Model
from scoring.editions import edition
from scoring.same import Same

from .look import Sight
from .opened import Opened, opened
from .seen_board import BoardFilter, board_filter
from .seen_model import seen_model
from .tree import Tree, built_tree, tree_of

#: Each signed-in sight of the day has one; one for a single unit takes some kilobytes.
_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Visible:
    """What one sight shows on one business day.

    `model` is the edition of the day without what is hidden; `opened` says which numbers are seen, `tree` is the whole
    edition's. With a whole sight both model and boards are what they are.
    """

    sight: Sight
    model: Model
    opened: Opened
    tree: Tree
    _filter: BoardFilter | None

    def board(self, board: Board) -> Board:
        """What is seen of a board."""
        return board if self._filter is None else self._filter.board(board)

    def has_unit(self, unit: str) -> bool:
        """Whether the viewer may know of a unit; one that does not exist is answered alike."""
        return (self._filter is None and unit in self.tree.units) or unit in self.opened.units

    def sees_score(self, unit: str) -> bool:
        """Whether the unit's score is seen."""
        return unit in self.opened.scores

    def sees_kpi(self, unit: str, kpi: str) -> bool:
        """Whether the KPI's numbers at the unit are seen."""
        return (unit, kpi) in self.opened.kpis

    def sees_events(self, unit: str) -> bool:
        """Whether a unit's single events and rows are seen: they tell of everything that is counted there."""
        return (self._filter is None and unit in self.tree.units) or unit in self.opened.events

    def sees_all_below(self, unit: str) -> bool:
        """Whether nothing at a unit and below it is hidden; what can't be filtered is shown only then."""
        if self._filter is None:
            return unit in self.tree.units
        found = [unit] if unit in self.tree.units else []
        for one in found:
            found += self.tree.children[one]
        return bool(found) and all(
            one in self.opened.scores and all((one, kpi) in self.opened.kpis for kpi in self.tree.cards[one])
            for one in found
        )

    def withholds(self, unit: str) -> bool:
        """Whether a role grants numbers of the unit that would tell a hidden one."""
        return unit in self.opened.withheld

    def announcements(self, made: Sequence[Announcement]) -> list[Announcement]:
        """What was announced for somebody who sees this; for a unit above, it counts as made for what is seen of it."""
        if self._filter is None:
            return list(made)
        tops = [unit.id for unit in self.model.units if unit.parent is None]
        found: list[Announcement] = []
        for one in made:
            if one.unit in self.opened.units:
                found.append(one)
            else:
                found += [replace(one, unit=top) for top in tops if one.unit in self.tree.above(top)]
        return found


@dataclass(frozen=True, slots=True)
class _Day:
    """The edition of a model on one business day, and when that day begins and ends (ms)."""

    model: Model
    start_ms: int
    end_ms: int
    standing: Model
    former: tuple[Tree, ...]


def _day(model: Model, now_ms: int) -> _Day:
    calendar = BusinessCalendar(model.calendar)
    date = calendar.business_date(now_ms)
    ends_ms = calendar.day_start_ms(date + dt.timedelta(days=1))
    standing = edition(model, date)
    return _Day(model, calendar.day_start_ms(date), ends_ms, standing, former_trees(model, standing, date))


def former_trees(model: Model, standing: Model, date: dt.date) -> tuple[Tree, ...]:
    """The trees of the days before a day, as far as they differ from that of the day and from each other."""
    dates = {change.from_ for change in model.changes if change.from_ <= date and _is_structural(change)}
    found = [tree_of(Same(standing))]
    for start in sorted(dates, reverse=True):
        before = built_tree(edition(model, start - dt.timedelta(days=1)))
        if not any(before.sums_like(one) for one in found):
            found.append(before)
    return tuple(found[1:])


def _is_structural(change: Change) -> bool:
    """Whether a change may make other sums or means; other targets and methods don't."""
    units = any(one.parent is not None or one.child_share is not None for one in change.units.values())
    kpis = change.kpis.values()
    return units or any(one.value is not None or one.rollup is not None or one.weight is not None for one in kpis)


class Sights:
    """Makes what sights show, and keeps it for the model in force and the day; for any number of threads."""

    def __init__(self) -> None:
        self._today: _Day | None = None
        self._held: dict[Sight, Visible] = {}
        self._lock = threading.Lock()

    def visible(self, model: Model, sight: Sight, now_ms: int) -> Visible:
        """What a sight shows of the model in force at a moment of business time."""
        with self._lock:
            today = self._today
            if today is None or today.model is not model or not today.start_ms <= now_ms < today.end_ms:
                today = self._today = _day(model, now_ms)
                self._held = {}
            held = self._held
            found = held.get(sight)
        if found is None:
            found = visible(today.standing, sight, today.former)
            with self._lock:
                while len(held) >= _KEPT:
                    del held[next(iter(held))]
                found = held.setdefault(sight, found)
        return found


def visible(standing: Model, sight: Sight, former: Sequence[Tree] = ()) -> Visible:
    """What a sight shows of an edition; everything that no look of it opens is hidden.

    `former` are the trees of days before, whose numbers are in today's.
    """
    tree = tree_of(Same(standing))
    shown = opened(tree, sight, standing.minimum_group, former)
    if sight.whole:
        return Visible(sight, standing, shown, tree, None)
    model = seen_model(standing, shown)
    sources, gates = frozenset(one.id for one in model.sources), frozenset(one.id for one in model.gates)
    return Visible(sight, model, shown, tree, board_filter(shown, tree.cards, sources, gates))
