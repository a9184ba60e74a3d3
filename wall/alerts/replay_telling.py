"""What people would have been told of alerts: waited for, held back in quiet hours, folded, and in groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.alerts.alert import Alert, Phase, Transition
from scoring.alerts.folding import stand_ins
from scoring.alerts.grouping import group_of
from scoring.alerts.quiet import quiet_until_ms
from scoring.alerts.rules import AlertRule
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model

Kind = Literal["fired", "recovered"]


@dataclass(frozen=True, slots=True)
class Told:
    """One message: that a group of alerts fired, or is over; `rules` are theirs."""

    ms: int
    kind: Kind
    group: str
    alerts: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An alert that is to be told, and when its group is at the earliest."""

    alert: Alert
    kind: Kind
    group: str
    due_ms: int


class Telling:
    """Takes transitions in the order of their moments, and makes the messages that come of them.

    An alert that is part of another waits while that one fires; one that is over before it was told is told to nobody,
    and so is its end.
    """

    def __init__(self, model: Model) -> None:
        self._waiting: dict[tuple[str, Kind], _Waiting] = {}
        self._due: dict[tuple[str, Kind], int] = {}
        self._standing: dict[str, Alert] = {}
        self._told: set[str] = set()
        self._folded: Mapping[str, str] | None = None
        self._last_ms = 0
        self.folded: set[str] = set()
        self.turn(model)

    def turn(self, model: Model) -> None:
        """Go on under another edition of the model."""
        self._model, self._calendar = model, BusinessCalendar(model.calendar)
        self._rules = {rule.id: rule for rule in model.alerts}
        self._folded = None

    def take(self, transitions: Iterable[Transition]) -> Iterator[Told]:
        """The messages made until each transition's moment; the transitions themselves are then waited for."""
        for one in transitions:
            yield from self.until(one.at_ms)
            self._last_ms = one.at_ms
            if one.alert.phase is Phase.FIRING:
                self._standing[one.alert.id] = one.alert
                self._wait(one.alert, "fired", one.at_ms)
                self._folded = None
            elif one.alert.phase is Phase.RESOLVED and self._standing.pop(one.alert.id, None) is not None:
                self._over(one)

    def until(self, ms: int) -> Iterator[Told]:
        """The messages made before a moment, oldest first."""
        while ready := self._ready(ms):
            yield self._tell(*min(ready))

    def _ready(self, ms: int) -> list[tuple[int, str, Kind]]:
        """Groups whose time comes before a moment and that have anything to tell: when, which and what."""
        if min(self._due.values(), default=ms) >= ms:
            return []
        due = {(self._due_ms(one), one.group, one.kind) for one in self._waiting.values()
               if self._due[one.group, one.kind] < ms and not self._is_folded(one)}  # fmt: skip
        return [one for one in due if one[0] < ms]

    def _due_ms(self, one: _Waiting) -> int:
        """When a group is told; one that was part of another, not before that is over, and not in quiet hours."""
        due_ms = self._due[one.group, one.kind]
        return due_ms if due_ms >= self._last_ms else self._loud_ms(self._rules[one.alert.key.rule], self._last_ms)

    def _wait(self, alert: Alert, kind: Kind, ms: int) -> None:
        rule = self._rules.get(alert.key.rule)
        if rule is None:
            return
        group = group_of(rule, alert, self._model)
        due_ms = self._loud_ms(rule, ms + rule.group_wait * 1000)
        self._waiting[alert.id, kind] = _Waiting(alert, kind, group, due_ms)
        held = self._due.get((group, kind))
        self._due[group, kind] = due_ms if held is None else min(held, due_ms)

    def _loud_ms(self, rule: AlertRule, ms: int) -> int:
        until_ms = quiet_until_ms(rule, self._calendar, ms)
        return ms if until_ms is None else until_ms

    def _over(self, one: Transition) -> None:
        self._folded = None
        waited = self._waiting.pop((one.alert.id, "fired"), None)
        if waited is not None:
            self._drop(waited)
        if one.alert.id in self._told:
            self._told.discard(one.alert.id)
            self._wait(one.alert, "recovered", one.at_ms)

    def _drop(self, gone: _Waiting) -> None:
        if not any((one.group, one.kind) == (gone.group, gone.kind) for one in self._waiting.values()):
            self._due.pop((gone.group, gone.kind), None)

    def _is_folded(self, one: _Waiting) -> bool:
        if one.kind == "recovered":
            return False
        if self._folded is None:
            self._folded = stand_ins(self._standing.values(), self._model)
            self.folded |= self._folded.keys()
        return one.alert.id in self._folded

    def _tell(self, due_ms: int, group: str, kind: Kind) -> Told:
        found = [one for one in self._waiting.values() if (one.group, one.kind) == (group, kind)]
        told = [one for one in found if not self._is_folded(one)]
        for one in told:
            del self._waiting[one.alert.id, kind]
            if kind == "fired":
                self._told.add(one.alert.id)
        if len(told) == len(found):
            self._due.pop((group, kind), None)
        rules = dict.fromkeys(one.alert.key.rule for one in told)
        return Told(due_ms, kind, group, tuple(one.alert.id for one in told), tuple(rules))
