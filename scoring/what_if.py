"""What-if: the scores that another model would give for what was counted, before it is applied."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from .board import UnitScore
from .definitions import Change, Model
from .rescore import CellKey, Observation, Scored, Scores, rescore
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


def scores_under(after: Scorecard, before: Scorecard, observed: Mapping[CellKey, Observation], known: Scored) -> Scores:
    """The results under another scorecard, for the units that it touches.

    `after` must have been compiled with `before` as its former. Raises `Uncountable` where a cell is new, or its
    formula uses metrics that were not observed.
    """
    units = touched_units(before, after) & after.nodes.keys()
    for unit in units:
        for cell in after.nodes[unit].cells:
            seen = observed.get(cell.key)
            if seen is None or not {metric.id for metric in cell.rule.metrics} <= seen.values.keys():
                raise Uncountable(f"{cell.rule.kpi.id} at {unit} needs counters")
    return rescore(after, observed, units, known)


def effects(before: Scorecard, after: Scorecard, old: Scored, new: Scored) -> list[Effect]:
    """Every unit that either scorecard scores, with both scores and ranks among its siblings of the same kind."""
    ranks_before, ranks_after = _ranks(before, old), _ranks(after, new)
    units = [unit for unit in {**before.nodes, **after.nodes} if unit in old.units or unit in new.units]
    return [
        Effect(unit, old.units.get(unit), new.units.get(unit), ranks_before.get(unit), ranks_after.get(unit))
        for unit in units
    ]


def overlaid(known: Scored, fresh: Scores) -> Scores:
    """Results with those made anew in place of the former ones."""
    return Scores({**known.kpis, **fresh.kpis}, {**known.units, **fresh.units})


def _ranks(scorecard: Scorecard, scored: Scored) -> dict[str, int]:
    """Places among siblings of the same kind, 1 for the best; equal scores share a place."""
    groups: dict[tuple[str | None, str], list[tuple[int, str]]] = {}
    for unit, node in scorecard.nodes.items():
        own = scored.units.get(unit)
        if own is not None and own.score is not None:
            parent = node.ancestors[0] if node.ancestors else None
            groups.setdefault((parent, node.unit.kind), []).append((own.score, unit))
    ranks: dict[str, int] = {}
    for members in groups.values():
        ordered = sorted(score for score, _ in members)
        ranks.update({unit: 1 + len(ordered) - bisect_right(ordered, score) for score, unit in members})
    return ranks
