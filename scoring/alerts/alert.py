"""An alert: one rule at one unit and KPI, from the first breach until it is over; and what is read of a board."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .rules import Severity


class Phase(StrEnum):
    """How an alert stands; inactive is an alert that there is not."""

    INACTIVE = "inactive"
    PENDING = "pending"  # the level was entered, but not for long enough
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"  # it still fires, and somebody has said that they see to it
    RESOLVED = "resolved"


#: The phases in which the level is breached and people have been told, or will be.
STANDING = frozenset({Phase.FIRING, Phase.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True, order=True)
class AlertKey:
    """Where a rule stands; `kpi` is empty for the unit's score, and the source's id for a silent source."""

    rule: str
    unit: str
    kpi: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule reads now, and which side of its levels that is; both sides are None where nothing is known.

    Between the two levels it is neither breached nor clear. A status reads 0 good, 1 watch, 2 bad; a rank the place; a
    change its move with its sign; a silence the seconds of quiet time that it is declared for, or 0.
    """

    reading: Fraction | None
    breached: bool | None = None
    clear: bool | None = None


UNKNOWN = Observation(None)


@dataclass(frozen=True, slots=True)
class Alert:
    """One occurrence. Moments are business time in ms.

    `since_ms` is the first breach of this occurrence, `clear_ms` since when it is over while it still fires. `reading`
    is the last one, `worst` the worst since the breach, `board` and `model` the versions of that first breach.

    `unknown_ms` is since when nothing is known, while holding and clearing stand still; `paused_ms` is how long they
    stood still before. `period_ms` is the start of the KPI's period that was read last.
    """

    key: AlertKey
    severity: Severity
    phase: Phase
    since_ms: int
    fired_ms: int | None = None
    clear_ms: int | None = None
    acknowledged_ms: int | None = None
    resolved_ms: int | None = None
    reading: Fraction | None = None
    worst: Fraction | None = None
    board: int = 0
    model: str = ""
    unknown_ms: int | None = None
    paused_ms: int = 0
    period_ms: int | None = None

    @property
    def id(self) -> str:
        """What names this occurrence everywhere: in messages, addresses and the journal."""
        return alert_id(self.key, self.since_ms)

    @property
    def stands(self) -> bool:
        """Whether it fires, acknowledged or not."""
        return self.phase in STANDING


def alert_id(key: AlertKey, since_ms: int) -> str:
    """The id of an occurrence: the same for the same key and moment, whoever works it out.

    >>> alert_id(AlertKey("late", "asm-1", "on_time_delivery"), 1_700_000_000_000)
    '3a501ea0b61bdc88'
    """
    named = f"{key.rule}|{key.unit}|{key.kpi}|{since_ms}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Transition:
    """An alert that went from one phase to another at a moment (business ms)."""

    before: Phase
    alert: Alert
    at_ms: int
