"""What is kept of alerts: the record of each that fired, and the case of each that people are being told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from ..forms import Text
from .alert import Alert

#: What happened to an alert. `folded`: it is told as part of another, `who` is that one; `untold`: it was over before
#: anybody was told; `unheard`: nobody could be told, `ended`: its end was told. What people did is in the journal.
EventKind = Literal[
    "fired", "folded", "told", "unheard", "untold", "escalated", "reminded", "resolved", "ended",
    "acknowledged", "snoozed", "assigned",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something that happened to an alert; `who` are accounts' ids or `channel:NAME`.

    `at_ms` is business time; `until_ms` is the end of a snooze.
    """

    at_ms: int
    kind: EventKind
    who: tuple[str, ...] = ()
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """An alert that fired, with what its rule said then: the rule may be another one by now, or gone."""

    alert: Alert
    title: Text
    advice: Text
    of: str
    level: Fraction | None
    events: tuple[AlertEvent, ...] = ()

    def then(self, *events: AlertEvent) -> Record:
        """The record after something more has happened."""
        return replace(self, events=(*self.events, *events))


@dataclass(frozen=True, slots=True)
class Case:
    """What people were told of one alert, from when it fires until its end was told, too. Moments are business time.

    From `tell_ms` on they are told, with the others of `group`; at `settled_ms` that was done, and `told` are the
    recipients that it reached, each with the moment. `escalated` counts the units above whose heads were told,
    `reminded_ms` is the end of the snooze after which they were told again, `assigned` the account that knows that it
    is theirs.
    """

    alert: str
    group: str
    tell_ms: int
    folded: str = ""
    settled_ms: int | None = None
    told: Mapping[str, int] = field(default_factory=dict)
    escalated: int = 0
    reminded_ms: int | None = None
    assigned: str = ""
