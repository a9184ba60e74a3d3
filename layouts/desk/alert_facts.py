"""What the room of alerts is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.alerts.rules import AlertRule

from ..alerts.facts import AlertFact
from .facts import Choice


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with how it stands: places that the reader sees, those firing now, and firings of the last seven days."""

    rule: AlertRule
    places: int
    firing: int
    week: Mapping[dt.date, int]


@dataclass(frozen=True, slots=True)
class ReplayedRule:
    """What a rule would have done in a replay; `noisy` are its noisiest places in words."""

    title: str
    severity: str
    fired: int
    told: int
    again: int
    folded: int
    pending_only: int
    median_ms: int | None
    per_day: Mapping[dt.date, int]
    noisy: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReplayFacts:
    """A replay that is done, or how far one is; `trouble` where it failed."""

    days: int
    share: float = 0.0
    running: bool = False
    trouble: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    step_ms: int = 0
    messages: int = 0
    rules: tuple[ReplayedRule, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One attempt to deliver a message; `bad` where it was given up or refused."""

    when: str
    channel: str
    recipient: str
    kind: str
    outcome: str
    bad: bool
    ms: int
    error: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as it may be shown, and whether it reaches single people."""

    name: str
    address: str
    personal: bool
    unit: str


@dataclass(frozen=True, slots=True)
class AlertsFacts:
    """What the room shows; tabs that the reader may not open are None."""

    tab: str
    today: dt.date
    rules: tuple[RuleRow, ...] = ()
    may_replay: bool = False
    replay: ReplayFacts | None = None
    standing: tuple[AlertFact, ...] = ()
    may_acknowledge: bool = False
    may_deliveries: bool = False
    deliveries: tuple[DeliveryRow, ...] = ()
    outcomes: tuple[Choice, ...] = ()
    channels: tuple[ChannelRow, ...] = ()
