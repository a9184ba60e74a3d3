"""The waterfall: why a score moved between two moments, as steps that sum to the difference exactly.

Each step exchanges one kind of input and scores the whole subtree anew, so the steps telescope. Their order is fixed:
values, time, targets, methods, weights, gates, structure; a later step is measured on top of the earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .explain import explain_unit, gate_points
from .rescore import CellKey, Observation, Scored, Scores, observe, rescore, subtree
from .scorecard import Cell, Node, Scorecard


class Cause(StrEnum):
    """What made a score move."""

    VALUE = "value"  # what was counted
    TIME = "time"  # more of the period has passed, so more of the target is due
    TARGET = "target"
    METHOD = "method"  # formula, method, thresholds
    WEIGHT = "weight"  # weights of KPIs and units, shares of child units
    GATE = "gate"
    STRUCTURE = "structure"  # KPIs or units that came, went or moved


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause moved: in all, and by part (`kpi:...`, `unit:...`, `gate:...`)."""

    cause: Cause
    points: int
    by_part: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one score to another; the steps sum to the difference. None where either score is unknown."""

    unit: str
    start: int
    end: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """Results at a moment and the scorecard that they were made under."""

    scorecard: Scorecard
    scored: Scored


def waterfall(before: Moment, after: Moment, unit: str) -> Waterfall | None:
    """Why the score of a unit is another; None where it was or is unknown."""
    start, end = before.scored.units.get(unit), after.scored.units.get(unit)
    if start is None or end is None or start.score is None or end.score is None:
        return None
    steps = []
    held, parts = start.score, _parts(before.scorecard, before.scored, unit)
    for cause, scorecard, scored in _states(before, after, unit):
        now, new_parts = scored.units[unit].score or 0, _parts(scorecard, scored, unit)
        steps.append(Step(cause, now - held, _differences(parts, new_parts)))
        held, parts = now, new_parts
    last = _differences(parts, _parts(after.scorecard, after.scored, unit))
    steps.append(Step(Cause.STRUCTURE, end.score - held, last))
    return Waterfall(unit, start.score, end.score, tuple(step for step in steps if step.by_part))


def _parts(scorecard: Scorecard, scored: Scored, unit: str) -> dict[str, int]:
    """The parts of a score: they sum to it, gates included."""
    explained = explain_unit(scorecard, scored, unit)
    parts = {part.key: part.points for part in explained.parts}
    for effect in explained.gates:
        parts[f"gate:{effect.gate}"] = gate_points([effect])
    return parts


def _differences(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    moved = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: points for key, points in moved.items() if points}


def _states(before: Moment, after: Moment, unit: str) -> Iterator[tuple[Cause, Scorecard, Scores]]:
    """The state after each cause but the last, from old inputs towards new ones."""
    units = subtree(before.scorecard, unit)
    old, new = observe(before.scorecard, before.scored, units), observe(after.scorecard, after.scored, units)
    mixed = _Mixed(before.scorecard, after.scorecard, units)
    nowhere = Scores()

    def state(cause: Cause, seen: Mapping[CellKey, Observation]) -> tuple[Cause, Scorecard, Scores]:
        scorecard = mixed.scorecard(cause)
        return cause, scorecard, rescore(scorecard, seen, units, nowhere)

    valued = {key: _with_values(seen, new.get(key)) for key, seen in old.items()}
    yield state(Cause.VALUE, valued)
    timed = {key: _with_time(seen, new.get(key)) for key, seen in valued.items()}
    yield state(Cause.TIME, timed)
    yield state(Cause.TARGET, timed)
    latest = {key: new.get(key, seen) for key, seen in timed.items()}
    for cause in (Cause.METHOD, Cause.WEIGHT, Cause.GATE):
        yield state(cause, latest)


def _with_values(seen: Observation, new: Observation | None) -> Observation:
    """New metric values, if the old formula can be computed from them."""
    if new is None or not seen.values.keys() <= new.values.keys():
        return seen
    return replace(seen, values=new.values, event_ms=new.event_ms)


def _with_time(seen: Observation, new: Observation | None) -> Observation:
    return seen if new is None else replace(seen, period=new.period, elapsed=new.elapsed)


class _Mixed:
    """Scorecards between an old and a new one: what a cause and those before it bring is new, the rest old."""

    def __init__(self, old: Scorecard, new: Scorecard, units: list[str]) -> None:
        self._old, self._new, self._units = old, new, units

    def scorecard(self, cause: Cause) -> Scorecard:
        """The old tree with everything up to this cause exchanged."""
        causes = list(Cause)
        due = frozenset(causes[: causes.index(cause) + 1])
        nodes = {**self._old.nodes, **{unit: self._node(unit, due) for unit in self._units}}
        return Scorecard(nodes, self._old.moves, self._old.date)

    def _node(self, unit: str, due: frozenset[Cause]) -> Node:
        old, new = self._old.nodes[unit], self._new.nodes.get(unit)
        if new is None or old is new:
            return old
        cells = {cell.rule.kpi.id: cell for cell in new.cells}
        node = replace(old, cells=tuple(self._cell(cell, cells.get(cell.rule.kpi.id), due) for cell in old.cells))
        if Cause.WEIGHT in due and old.children == new.children:
            node = replace(node, weight=new.weight, child_share=new.child_share, child_weight=new.child_weight)
        if Cause.METHOD in due:
            node = replace(node, unit=old.unit.model_copy(update={"missing": new.unit.missing}))
        return replace(node, gates=new.gates) if Cause.GATE in due else node

    @staticmethod
    def _cell(old: Cell, new: Cell | None, due: frozenset[Cause]) -> Cell:
        if new is None or old is new:
            return old
        cell = replace(old, target=new.target) if Cause.TARGET in due else old
        if Cause.METHOD in due:
            cell = replace(cell, rule=new.rule, rollup=new.rollup)
        if Cause.WEIGHT in due:
            cell = replace(cell, weight=new.weight)
        return replace(cell, gates=new.gates) if Cause.GATE in due else cell
