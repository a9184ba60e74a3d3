"""What is kept of alerts: the record of each that fired, and the case of each that people are being told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from ..forms import Text
from .alert import Alert

#: What happened to an alert. `untold`: it was over before anybody was told; `unheard`: nobody could be told;
#: `folded`: it is told as part of another.
EventKind = Literal[
    "fired", "told", "escalated", "reminded", "assigned", "folded", "untold", "unheard", "acknowledged", "resolved"
]


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """Something that happened to an alert (business ms); `who` are accounts' ids or `channel:NAME`."""

    at_ms: int
    kind: EventKind
    who: tuple[str, ...] = ()


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

    From `tell_ms` on they are told, with the others of `group`; `settled` says that this was done, `told` are the
    recipients that it reached and when. `escalated` counts the units above whose heads were told, `reminded_ms` is the
    end of the snooze after which they were told again, `assigned` the account that was told that it is theirs.
    """

    alert: str
    group: str
    tell_ms: int
    folded: bool = False
    settled: bool = False
    told: Mapping[str, int] = field(default_factory=dict)
    escalated: int = 0
    reminded_ms: int | None = None
    assigned: str = ""
