"""The descent from full marks to a unit's score: what each part lost or gained, placed on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from scoring.explain import GateEffect, Part, UnitExplanation, possible_shares

from . import formats

FULL = Fraction(100)
#: More parts than this are read by nobody: those that moved the score least become one line.
MOST_PARTS = 24
#: The shortest bar's axis begins this share of the shown span below the lowest point.
ROOM_BELOW = Fraction(1, 4)
#: An axis that could begin at or under this share of its top begins at 0, without a break.
BREAK_FROM = Fraction(1, 3)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the descent.

    `kind` is full, kpi, bonus, unit, rest, gate or score; `start` and `width` are shares of the axis, `end` is where
    the next line begins; `digits` are in units of the last digit shown, None where the part is not known.
    """

    kind: str
    id: str
    digits: int | None
    start: float
    width: float
    end: float


@dataclass(frozen=True, slots=True)
class Descent:
    """All lines, first full marks, last the score; `axis_from` is 0 for an axis without a break."""

    lines: tuple[Line, ...]
    decimals: int
    axis_from: int


@dataclass(frozen=True, slots=True)
class _Change:
    kind: str
    id: str
    points: Fraction | None


def descent(explanation: UnitExplanation) -> Descent | None:
    """The descent; None while the score is unknown. The lines shown add up to the score shown."""
    if explanation.score.score is None:
        return None
    changes = _changes(explanation)
    known = [change for change in changes if change.points is not None]
    amounts = [FULL, *(change.points or Fraction(0) for change in known)]
    shown = formats.parts_that_add_up(amounts, 2)
    levels = [sum(amounts[: place + 1], Fraction(0)) for place in range(len(amounts))]
    first, span = _axis(levels)

    def at(points: Fraction) -> float:
        return round(float(min(max((points - first) / span, Fraction(0)), Fraction(1))), 4)

    lines = [Line("full", "", shown.parts[0], 0.0, at(FULL), at(FULL))]
    for place, change in enumerate(known, 1):
        low, high = sorted((levels[place - 1], levels[place]))
        lines.append(Line(change.kind, change.id, shown.parts[place], at(low), at(high) - at(low), at(levels[place])))
    ends = at(levels[-1])
    lines += [Line(change.kind, change.id, None, ends, 0.0, ends) for change in changes if change.points is None]
    lines.append(Line("score", "", shown.total, 0.0, ends, ends))
    return Descent(tuple(lines), shown.decimals, first)


def _changes(explanation: UnitExplanation) -> list[_Change]:
    """Losses first, the largest on top, then gains, then gates in their order."""
    whole = possible_shares(explanation)
    parts = [_Change(part.kind, part.id, _moved(part, whole)) for part in explanation.parts]
    parts.sort(key=lambda change: (change.kind == "bonus", change.points or Fraction(0), change.id))
    return [*_joined(parts), *(_gate(effect) for effect in explanation.gates)]


def _moved(part: Part, whole: dict[str, Fraction]) -> Fraction | None:
    earned = formats.points(part.points) or Fraction(0)
    if part.kind == "bonus":
        return None if part.score is None else earned
    share = whole[part.key]
    return None if part.score is None and not share else earned - share * FULL


def _joined(parts: Sequence[_Change]) -> list[_Change]:
    """Those that moved least as one line where there are too many."""
    if len(parts) <= MOST_PARTS:
        return list(parts)
    by_size = sorted(parts, key=lambda change: -abs(change.points or Fraction(0)))
    kept = {id(change) for change in by_size[: MOST_PARTS - 1]}
    rest = [change for change in parts if id(change) not in kept]
    total = sum((change.points or Fraction(0) for change in rest), Fraction(0))
    return [*(change for change in parts if id(change) in kept), _Change("rest", str(len(rest)), total)]


def _gate(effect: GateEffect) -> _Change:
    before, after = formats.points(effect.before), formats.points(effect.after)
    return _Change("gate", effect.gate, (after or Fraction(0)) - (before or Fraction(0)))


def _axis(levels: Sequence[Fraction]) -> tuple[int, Fraction]:
    """Where the axis begins, and how long it is.

    >>> _axis([Fraction(100), Fraction(86)])
    (82, Fraction(18, 1))
    >>> _axis([Fraction(100), Fraction(30)])
    (0, Fraction(100, 1))
    """
    low, high = min(levels), max(*levels, Fraction(1))
    first = floor(low - max((high - low) * ROOM_BELOW, Fraction(1)))
    if first <= high * BREAK_FROM:
        first = min(0, floor(low))
    return first, high - first
