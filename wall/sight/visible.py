"""The one decision about who sees what: every page, stream, answer, file and explanation is made from a `Visible`."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from layouts.lookup import Announcement
from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.editions import edition
from scoring.same import Same

from .look import Sight
from .opened import Opened, opened
from .seen_board import BoardFilter, board_filter
from .seen_model import seen_model
from .tree import Tree, tree_of

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


class Sights:
    """Makes what sights show, and keeps it while the model and the day are the same; for any number of threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[Same[Model], Sight], Visible] = OrderedDict()
        self._editions: OrderedDict[tuple[Same[Model], dt.date], Model] = OrderedDict()
        self._lock = threading.Lock()

    def visible(self, model: Model, sight: Sight, now_ms: int) -> Visible:
        """What a sight shows of a model in force at a moment of business time."""
        standing = self._edition(model, BusinessCalendar(model.calendar).business_date(now_ms))
        key = Same(standing), sight
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
                return found
        made = visible(standing, sight)
        with self._lock:
            self._held[key] = made
            if len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return made

    def _edition(self, model: Model, date: dt.date) -> Model:
        key = Same(model), date
        with self._lock:
            if key not in self._editions:
                self._editions[key] = edition(model, date)
                if len(self._editions) > 4:
                    self._editions.popitem(last=False)
            return self._editions[key]


def visible(standing: Model, sight: Sight) -> Visible:
    """What a sight shows of an edition; everything that no look of it opens is hidden."""
    tree = tree_of(Same(standing))
    shown = opened(tree, sight, standing.minimum_group)
    if sight.whole:
        return Visible(sight, standing, shown, tree, None)
    model = seen_model(standing, shown)
    sources, gates = frozenset(one.id for one in model.sources), frozenset(one.id for one in model.gates)
    return Visible(sight, model, shown, tree, board_filter(shown, tree.cards, sources, gates))
