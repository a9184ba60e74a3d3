"""Which numbers a sight opens, so that no sum of them tells one that is hidden.

What a viewer sees of a unit is a sum over what lies below it. Where all but one of the parts are seen, too, the
difference tells the hidden one. So a number is withheld if some of its parts are hidden, but fewer than the model's
`minimum_group`. Parts that can be summed from what is seen count as seen, whatever the roles say of them.

Sums are of metrics, means of scores; a KPI is withheld with any of the metrics in it. Running periods, yesterday and
trends hold numbers of former days, so a number is shown only if it could have been on each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .granted import Granted, granted
from .look import Sight
from .tree import Tree


@dataclass(frozen=True, slots=True)
class Opened:
    """What is seen: units by name in the model's order, KPIs by (unit, KPI), scores by unit.

    `named` are the KPIs that a role grants, `withheld` the units that lack a number which one grants. `events` are
    those of which everything is seen, so that their single events may be; `joint` and `joint_kpis` have scores that
    hidden ones are part of.
    """

    units: tuple[str, ...]
    kpis: frozenset[tuple[str, str]]
    scores: frozenset[str]
    withheld: frozenset[str]
    named: frozenset[tuple[str, str]]
    events: frozenset[str]
    joint: frozenset[str]
    joint_kpis: frozenset[tuple[str, str]]


def opened(tree: Tree, sight: Sight, minimum_group: int, former: Sequence[Tree] = ()) -> Opened:
    """What a sight opens on an edition's tree; `former` are the trees of days before, as far as they differ."""
    named = granted(tree, sight.looks)
    known = granted(tree, sight.looks | sight.beside) if sight.beside else named
    then = [(one, granted(one, sight.looks | sight.beside) | known) for one in former]
    withheld_kpis: set[tuple[str, str]] = set()
    withheld_scores: set[str] = set()
    while True:
        days = [_Opening(one, given.without(withheld_kpis, withheld_scores), minimum_group)
                for one, given in ((tree, known), *then)]  # fmt: skip
        more_kpis = set[tuple[str, str]]().union(*(day.withheld_kpis for day in days))
        more_scores = set[str]().union(*(day.withheld_scores for day in days))
        withheld_kpis |= more_kpis
        withheld_scores |= more_scores
        # What one day withholds is hidden on the others, too.
        if len(days) == 1 or not (more_kpis or more_scores):
            break
    today = days[0]
    kpis, scores = named.kpis & today.kpis, named.scores & today.scores
    units = {unit for unit, _ in named.kpis} | named.scores
    withheld = {unit for unit, _ in named.kpis - kpis} | (named.scores - scores)
    return Opened(
        units=tuple(unit for unit in tree.units if unit in units),
        kpis=frozenset(kpis),
        scores=frozenset(scores),
        withheld=frozenset(withheld),
        named=frozenset(named.kpis),
        events=frozenset(unit for unit in scores if all((unit, kpi) in kpis for kpi in tree.cards[unit])),
        joint=frozenset(today.joint & scores),
        joint_kpis=frozenset(today.joint_kpis & kpis),
    )


@dataclass(frozen=True, slots=True)
class _Hidden:
    """How many hidden numbers are in a sum: at least, if inner units count only what is below them, and at most.

    Which inner units count events of their own is not in the model; then what is seen below is not all of them.
    """

    least: int = 0
    most: int = 0

    def tells(self, minimum_group: int) -> bool:
        """Whether a sum with so many hidden parts tells of one of them."""
        return self.most > 0 and self.least < minimum_group


_NONE, _ONE, _PERHAPS = _Hidden(), _Hidden(1, 1), _Hidden(0, 1)


class _Opening:
    """Decides from the leaves up: whether a unit's number may be seen depends on what is seen of those below it."""

    def __init__(self, tree: Tree, granted: Granted, minimum_group: int) -> None:
        self._tree = tree
        self._whole = granted.whole
        self._least = minimum_group
        self.kpis = {key for key in granted.kpis if key[0] in tree.units and key[1] in tree.cards[key[0]]}
        self.scores = granted.scores & tree.units.keys()
        self.withheld_kpis: set[tuple[str, str]] = set()
        self.withheld_scores: set[str] = set()
        self.joint: set[str] = set()
        self.joint_kpis: set[tuple[str, str]] = set()
        self._sums: dict[tuple[str, str, str], _Hidden] = {}
        self._belows: dict[tuple[str, str, str], _Hidden] = {}
        units = {unit for unit, _ in self.kpis} | self.scores
        trails = {unit: tree.above(unit) for unit in units}
        self._touched = units.union(*trails.values())
        for unit in sorted(units - self._whole, key=lambda one: -len(trails[one])):
            self._decide(unit)

    def _decide(self, unit: str) -> None:
        for kpi in self._tree.cards[unit]:
            if (unit, kpi) in self.kpis and self._kpi_tells(unit, kpi):
                self.withheld_kpis.add((unit, kpi))
        withheld = {kpi for kpi in self._tree.cards[unit] if (unit, kpi) in self.withheld_kpis}
        self.kpis -= {(unit, kpi) for kpi in withheld}
        if unit in self.scores and (withheld or self._score_tells(unit)):
            self.scores.discard(unit)
            self.withheld_scores.add(unit)

    def _kpi_tells(self, unit: str, kpi: str) -> bool:
        tree = self._tree
        if tree.is_mean(unit, kpi):
            hidden = _sum(self._hidden_result(child, kpi) for child in tree.children[unit])
            if hidden.tells(self._least):
                return True
            if hidden.most:
                self.joint_kpis.add((unit, kpi))
        return any(self._sum_tells(unit, metric, tree.kpis[kpi].period) for metric in tree.metrics[kpi])

    def _sum_tells(self, unit: str, metric: str, period: str) -> bool:
        """Numbers of another period may come to this one's, such as days to a month: so they are judged together.

        What is seen of some period everywhere is judged by this period alone.
        """
        hidden = self._below(unit, metric, "")
        if not hidden.most and len(self._tree.periods[metric]) > 1:
            hidden = self._below(unit, metric, period)
        return hidden.tells(self._least)

    def _score_tells(self, unit: str) -> bool:
        if not self._tree.units[unit].child_share:
            return False
        hidden = _sum(self._hidden_score(child) for child in self._tree.children[unit])
        if hidden.most:
            self.joint.add(unit)
        # A mean of hidden scores of a KPI is another sum over the same units: the two together tell more than each.
        return hidden.tells(self._least) or bool(hidden.most and self._joint_kpis_at(unit))

    def _joint_kpis_at(self, unit: str) -> list[str]:
        return [kpi for kpi in self._tree.cards[unit] if (unit, kpi) in self.joint_kpis and (unit, kpi) in self.kpis]

    def _below(self, unit: str, metric: str, period: str) -> _Hidden:
        key = unit, metric, period
        if key not in self._belows:
            self._belows[key] = _sum(self._hidden(child, metric, period) for child in self._tree.children[unit])
        return self._belows[key]

    def _hidden(self, unit: str, metric: str, period: str) -> _Hidden:
        """How many hidden numbers a metric's sum above takes from here, of a kind of period or ("") of any."""
        if unit in self._whole:
            return _NONE
        if unit not in self._touched:
            reached = self._tree.reach(unit, metric, period)
            return _Hidden(reached, reached)
        key = unit, metric, period
        if key not in self._sums:
            self._sums[key] = self._counted(unit, metric, period)
        return self._sums[key]

    def _counted(self, unit: str, metric: str, period: str) -> _Hidden:
        tree = self._tree
        carriers = tree.carriers(unit, metric, period)
        if not carriers:
            return self._below(unit, metric, period)
        if any((unit, kpi) in self.kpis for kpi in carriers):
            return _NONE
        reached = any(tree.reach(child, metric, period) for child in tree.children[unit])
        return _PERHAPS if reached and not self._below(unit, metric, period).least else _ONE

    def _hidden_result(self, unit: str, kpi: str) -> _Hidden:
        """Whether a KPI's score here is a hidden part of the mean above."""
        tree = self._tree
        if (unit, kpi) in self.kpis or not tree.is_judged(unit, kpi):
            return _NONE
        if unit not in self._touched:
            return _ONE
        one = tree.kpis[kpi]
        if tree.is_mean(unit, kpi):
            told = not _sum(self._hidden_result(child, kpi) for child in tree.children[unit]).least
        else:
            if not any(self._hidden(unit, metric, one.period).most for metric in tree.metrics[kpi]):
                return _NONE
            told = not any(self._hidden(unit, metric, "").least for metric in tree.metrics[kpi])
        return _PERHAPS if told else _ONE

    def _hidden_score(self, unit: str) -> _Hidden:
        """Whether a child unit adds a score that is not seen; at least none where it is a sum of what is seen."""
        tree = self._tree
        if not tree.is_scored(unit) or unit in self.scores:
            return _NONE
        if unit not in self._touched or any(self._hidden_result(unit, kpi).least for kpi in tree.judged(unit)):
            return _ONE
        if self._joint_kpis_at(unit):
            return _PERHAPS
        below = tree.children[unit] if tree.units[unit].child_share else ()
        return _ONE if _sum(self._hidden_score(child) for child in below).least else _PERHAPS


def _sum(counts: Iterable[_Hidden]) -> _Hidden:
    least = most = 0
    for one in counts:
        least += one.least
        most += one.most
    return _Hidden(least, most)
