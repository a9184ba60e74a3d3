"""Tracks: how a value went within its period, kept coarsely, so that it can be compared with how it was before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

#: A span is remembered in so many slots; the value it is compared with is one slot older than the span at most.
SLOTS = 60


@dataclass(frozen=True, slots=True)
class Track:
    """How a value went within one period: it stands from each slot on (slots are numbered by time, from the epoch)."""

    period_ms: int
    slots: tuple[int, ...] = ()
    values: tuple[Fraction | None, ...] = ()

    def taken(self, slot: int, value: Fraction | None, oldest: int) -> Track:
        """The track with a value that stands from a slot on; what only stood before `oldest` is forgotten."""
        if self.values and self.values[-1] == value:
            return self
        slots, values = self.slots, self.values
        if slots and slots[-1] >= slot:
            slots, values = slots[:-1], values[:-1]
        first = max(0, bisect_right(slots, oldest) - 1)
        return Track(self.period_ms, (*slots[first:], slot), (*values[first:], value))

    def at(self, slot: int) -> Fraction | None:
        """The value that stood at a slot; None where it was not known, or the period had not begun."""
        found = bisect_right(self.slots, slot) - 1
        return None if found < 0 else self.values[found]

    def following(self, slot: int) -> int | None:
        """The first slot after this one with another value."""
        found = bisect_right(self.slots, slot)
        return self.slots[found] if found < len(self.slots) else None


@dataclass(frozen=True, slots=True)
class Memory:
    """What rules about changes remember, by rule, unit and KPI, as `rule|unit|kpi`."""

    tracks: Mapping[str, Track] = field(default_factory=dict)


def slot_ms(over_s: int) -> int:
    """The length of a slot for a span, whole seconds."""
    return max(1, over_s // SLOTS) * 1000
