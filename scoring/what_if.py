"""What-if: the scores that another model would give for what was counted, before it is applied."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .board import UnitScore
from .definitions import Change, Model
from .rescore import Scored, Scores, observe, rescore
from .scorecard import Scorecard


class Uncountable(ValueError):
    """A change that needs metrics which the results at hand don't hold; evaluate it from counters instead."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One unit before and after; `None` where a score or a rank is not known."""

    unit: str
    before: UnitScore | None
    after: UnitScore | None
    rank_before: int | None = None
    rank_after: int | None = None

    @property
    def moved(self) -> bool:
        """Whether its score, status or rank is another."""
        shown = [(one.score, one.status, one.gates) if one else None for one in (self.before, self.after)]
        return shown[0] != shown[1] or self.rank_before != self.rank_after


def with_change(model: Model, change: Change) -> Model:
    """The model with one more effective-dated change."""
    return model.model_copy(update={"changes": [*model.changes, change]})


def touched_units(before: Scorecard, after: Scorecard) -> set[str]:
    """The units whose scorecard differs, and all above them, before or after."""
    different = {
        unit for unit in before.nodes.keys() | after.nodes.keys() if before.nodes.get(unit) is not after.nodes.get(unit)
    }
    nodes = [card.nodes[unit] for card in (before, after) for unit in different if unit in card.nodes]
    return different.union(*(node.ancestors for node in nodes))


def scores_under(after: Scorecard, before: Scorecard, known: Scored) -> Scores:
    """The results under another scorecard, for the units that it touches; `known` are those under `before`.

    `after` must have been compiled with `before` as its former. Raises `Uncountable` where a cell is new, or its
    formula uses metrics that were not observed.
    """
    units = touched_units(before, after) & after.nodes.keys()
    observed = observe(before, known, units)
    for unit in units:
        for cell in after.nodes[unit].cells:
            seen = observed.get(cell.key)
            if seen is None or not {metric.id for metric in cell.rule.metrics} <= seen.values.keys():
                raise Uncountable(f"{cell.rule.kpi.id} at {unit} needs counters")
    return rescore(after, observed, units, known)


def effects(before: Scorecard, after: Scorecard, old: Scored, new: Scored) -> list[Effect]:
    """The units that the change touches and those ranked with them, with both scores and both ranks.

    Ranks are among siblings of the same kind.
    """
    touched = touched_units(before, after)
    parents = {_parent(card, unit) for card in (before, after) for unit in touched if unit in card.nodes}
    ranks_before, ranks_after = _ranks(before, old, parents), _ranks(after, new, parents)
    units = {**ranks_before, **ranks_after, **dict.fromkeys(sorted(touched))}
    return [
        Effect(unit, old.units.get(unit), new.units.get(unit), ranks_before.get(unit), ranks_after.get(unit))
        for unit in sorted(units, key=lambda unit: _depth(before, after, unit))
        if unit in old.units or unit in new.units
    ]


def _parent(scorecard: Scorecard, unit: str) -> str | None:
    return next(iter(scorecard.nodes[unit].ancestors), None)


def _depth(before: Scorecard, after: Scorecard, unit: str) -> int:
    return (before.nodes.get(unit) or after.nodes[unit]).depth


def overlaid(known: Scored, fresh: Scores) -> Scores:
    """Results with those made anew in place of the former ones."""
    return Scores({**known.kpis, **fresh.kpis}, {**known.units, **fresh.units})


def _ranks(scorecard: Scorecard, scored: Scored, parents: Collection[str | None]) -> dict[str, int]:
    """Places among siblings of the same kind below these parents, 1 for the best; equal scores share a place."""
    groups: dict[tuple[str | None, str], list[tuple[int, str]]] = {}
    for parent in parents:
        for unit in _below(scorecard, parent):
            own = scored.units.get(unit)
            if own is not None and own.score is not None:
                groups.setdefault((parent, scorecard.nodes[unit].unit.kind), []).append((own.score, unit))
    ranks: dict[str, int] = {}
    for members in groups.values():
        ordered = sorted(score for score, _ in members)
        ranks.update({unit: 1 + len(ordered) - bisect_right(ordered, score) for score, unit in members})
    return ranks


def _below(scorecard: Scorecard, parent: str | None) -> Sequence[str]:
    if parent is None:
        return [unit for unit, node in scorecard.nodes.items() if not node.ancestors]
    return scorecard.nodes[parent].children if parent in scorecard.nodes else ()
