"""The states that an alert goes through: inactive, pending, firing, acknowledged, resolved; pure, one alert at a time.

At any moment the reading comes first (`observed`), then what time alone changes (`ripened`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .alert import STANDING, Alert, AlertKey, Observation, Phase, Transition
from .levels import Levels
from .rules import AlertRule


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule with its levels."""

    rule: AlertRule
    levels: Levels

    @property
    def hold_ms(self) -> int:
        """A breach must have lasted so long before it fires."""
        return self.rule.hold * 1000


@dataclass(frozen=True, slots=True)
class Read:
    """What was read at a moment, from which board, and the start of the KPI's period where it has one."""

    observation: Observation
    ms: int
    board: int = 0
    model: str = ""
    period_ms: int | None = None


@dataclass(slots=True)
class Course:
    """One place's alert, or None, and the transitions that it went through."""

    key: AlertKey
    ruled: Ruled
    alert: Alert | None
    transitions: list[Transition]

    def observed(self, read: Read) -> None:
        """Take a reading in.

        What is unknown changes no phase, and holding and clearing stand still meanwhile. A new period lets a pending
        alert go; one that fires is judged by the new period's readings.
        """
        alert, found = self.alert, read.observation
        if alert is not None and alert.phase is Phase.PENDING and _new_period(alert, read):
            self._to(replace(alert, phase=Phase.INACTIVE), read.ms)
            alert = self.alert
        if found.breached is None or found.clear is None:
            if alert is not None and alert.unknown_ms is None:
                self.alert = replace(alert, unknown_ms=read.ms)
        elif alert is None:
            if found.breached:
                self._enter(read)
        else:
            self._follow(_resumed(alert, read.ms, self.ruled.rule.clear * 1000), read, found)

    def _enter(self, read: Read) -> None:
        rule, reading = self.ruled.rule, read.observation.reading
        alert = Alert(
            self.key, rule.severity, Phase.INACTIVE, read.ms, reading=reading, worst=reading, board=read.board,
            model=read.model, period_ms=read.period_ms,
        )  # fmt: skip
        if rule.hold:
            self._to(replace(alert, phase=Phase.PENDING), read.ms)
        else:
            self._fire(alert, read.ms)

    def _follow(self, alert: Alert, read: Read, found: Observation) -> None:
        worst = self.ruled.levels.worse(alert.worst, found.reading)
        alert = replace(alert, reading=found.reading, worst=worst, period_ms=read.period_ms)
        if alert.phase is Phase.PENDING and found.clear:
            self._to(replace(alert, phase=Phase.INACTIVE), read.ms)
        elif alert.phase is not Phase.PENDING and found.breached and alert.clear_ms is not None:
            alert = replace(alert, clear_ms=None, paused_ms=0)
        elif alert.phase is not Phase.PENDING and found.clear and alert.clear_ms is None:
            alert = replace(alert, clear_ms=read.ms, paused_ms=0)
        if self.alert is not None and alert != self.alert:
            self.alert = alert

    def due_ms(self) -> int | None:
        """When it fires, or is resolved, if nothing else is read until then."""
        alert, rule = self.alert, self.ruled.rule
        if alert is None or alert.unknown_ms is not None:
            return None
        if alert.phase is Phase.PENDING:
            return alert.since_ms + self.ruled.hold_ms + alert.paused_ms
        if alert.clear_ms is None or alert.fired_ms is None:
            return None
        return max(alert.clear_ms + rule.clear * 1000 + alert.paused_ms, alert.fired_ms + rule.keep_firing * 1000)

    def ripened(self, until_ms: int) -> None:
        """Let it fire, or be resolved, at the moment that was due, if that is no later than `until_ms`."""
        due_ms = self.due_ms()
        if self.alert is None or due_ms is None or due_ms > until_ms:
            return
        if self.alert.phase is Phase.PENDING:
            self._fire(self.alert, due_ms)
        else:
            self.resolve(due_ms)

    def _fire(self, alert: Alert, ms: int) -> None:
        self._to(replace(alert, phase=Phase.FIRING, fired_ms=ms, paused_ms=0), ms)

    def resolve(self, ms: int) -> None:
        """It is over; one that only was pending never was."""
        if self.alert is None:
            return
        if self.alert.phase in STANDING:
            self._to(replace(self.alert, phase=Phase.RESOLVED, resolved_ms=ms), ms)
        else:
            self._to(replace(self.alert, phase=Phase.INACTIVE), ms)

    def acknowledge(self, ms: int) -> None:
        """Somebody sees to it."""
        if self.alert is not None and self.alert.phase is Phase.FIRING:
            self._to(replace(self.alert, phase=Phase.ACKNOWLEDGED, acknowledged_ms=ms), ms)

    def _to(self, alert: Alert, ms: int) -> None:
        before = self.alert.phase if self.alert is not None else Phase.INACTIVE
        self.transitions.append(Transition(before, alert, ms))
        self.alert = None if alert.phase in (Phase.INACTIVE, Phase.RESOLVED) else alert


def _new_period(alert: Alert, read: Read) -> bool:
    return None not in (alert.period_ms, read.period_ms) and alert.period_ms != read.period_ms


def _resumed(alert: Alert, ms: int, clear_ms: int) -> Alert:
    """The alert when something is known again: what holds or clears goes on from where it stood still."""
    if alert.unknown_ms is None:
        return alert
    paused_ms = alert.paused_ms + ms - alert.unknown_ms
    if alert.phase is not Phase.PENDING:
        # One that was clear for long enough, but had to fire on, is over now and not while nothing was known.
        paused_ms = 0 if alert.clear_ms is None else max(paused_ms, ms - alert.clear_ms - clear_ms)
    return replace(alert, unknown_ms=None, paused_ms=paused_ms)
