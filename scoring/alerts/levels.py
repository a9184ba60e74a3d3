"""Levels: on which side of a rule's enter and leave levels a reading lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ..board import Status
from .alert import UNKNOWN, Observation
from .rules import Condition, OnChange, OnPace, OnRank, OnSilence, OnStatus, OnThreshold

#: A status as a number: the higher, the worse.
STATUS_RANK = {Status.GOOD: 0, Status.WATCH: 1, Status.BAD: 2}


@dataclass(frozen=True, slots=True)
class Levels:
    """When a reading is beyond the level that is entered, and when it is back at the level that is left.

    `inclusive` lets the enter level itself fire; without a leave level a rule is left where it would not be entered.
    """

    enter: Fraction
    leave: Fraction | None
    falling: bool
    inclusive: bool

    def observed(self, reading: Fraction | None) -> Observation:
        """The sides of a reading.

        >>> Levels(Fraction(80), Fraction(85), falling=True, inclusive=False).observed(Fraction(82))
        Observation(reading=Fraction(82, 1), breached=False, clear=False)
        """
        if reading is None:
            return UNKNOWN
        breached = self._beyond(reading)
        if self.leave is None:
            return Observation(reading, breached, not breached)
        return Observation(reading, breached, reading >= self.leave if self.falling else reading <= self.leave)

    def _beyond(self, reading: Fraction) -> bool:
        if reading == self.enter:
            return self.inclusive
        return reading < self.enter if self.falling else reading > self.enter

    def worse(self, one: Fraction | None, other: Fraction | None) -> Fraction | None:
        """The worse of two readings."""
        if one is None or other is None:
            return other if one is None else one
        return min(one, other) if self.falling else max(one, other)


def levels_of(on: Condition) -> Levels:
    """The levels of a condition, in the unit of its readings: moves with their sign, silence in seconds.

    >>> levels_of(OnChange(kind="change", over="1h", falls_by=5)).enter
    Fraction(-5, 1)
    """
    match on:
        case OnThreshold() | OnPace():
            return Levels(Fraction(on.enter), _maybe(on.leave), on.below is not None, inclusive=False)
        case OnStatus():
            enter, leave = STATUS_RANK[Status(on.enter)], STATUS_RANK[Status(on.leave)]
            return Levels(Fraction(enter), Fraction(leave), falling=False, inclusive=True)
        case OnChange():
            sign = -1 if on.falls_by is not None else 1
            leave_at = None if on.leave is None else sign * Fraction(on.leave)
            return Levels(sign * Fraction(on.enter), leave_at, falling=sign < 0, inclusive=True)
        case OnRank():
            place = on.from_ - 1 if on.leave is None else on.leave
            return Levels(Fraction(on.from_), Fraction(place), falling=False, inclusive=True)
        case OnSilence():
            return Levels(Fraction(on.after), None, falling=False, inclusive=True)


def _maybe(level: Decimal | None) -> Fraction | None:
    return None if level is None else Fraction(level)
