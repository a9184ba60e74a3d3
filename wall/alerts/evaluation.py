"""The evaluation of a site's rules: boards in, steps for the store out; goes on from what the store holds."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from scoring.alerts.alert import Alert, Phase, Transition
from scoring.alerts.engine import AlertEngine
from scoring.alerts.grouping import group_of
from scoring.alerts.record import AlertEvent, Case, Record
from scoring.board import Board
from scoring.definitions import Model
from streams.redis_adapters.alerts import Held, Step

from .handling import Handled
from .planning import Plan
from .shown import record_of

log = logging.getLogger(__name__)

#: A clock of business time that goes back by more than this was set; the engine then begins anew at that moment.
_SET_BACK_MS = 60_000


class Evaluation:
    """The engine of a model's edition, with the records and cases of what it found.

    What a method changes here is lost where the step it returns can't be kept: the caller then starts anew from the
    store.
    """

    def __init__(self, held: Held, model: Model) -> None:
        self._engine = AlertEngine(model, held.alerts, held.memory)
        self._memory = self._engine.memory
        self._now_ms = 0
        self._fresh = True
        self._late: set[str] = set()
        self.model = model
        self.records = dict(held.records)
        self.cases = {name: case for name, case in held.cases.items() if name in held.records}

    @property
    def due_ms(self) -> int | None:
        """When time alone changes something."""
        return self._engine.due_ms

    @property
    def standing(self) -> list[Alert]:
        """The alerts that fire."""
        return [one for one in self._engine.alerts.values() if one.stands]

    @property
    def pending(self) -> int:
        """How many alerts have not fired yet."""
        return sum(not one.stands for one in self._engine.alerts.values())

    def adopt(self, model: Model) -> None:
        """Go on under another edition or model."""
        self._engine = AlertEngine(model, self._engine.alerts.values(), self._engine.memory)
        self.model, self._fresh = model, True

    def take(self, board: Board, now_ms: int, moved: Collection[str] | None) -> Step:
        """What a board and the time until now change."""
        if now_ms < self._now_ms - _SET_BACK_MS:
            log.warning("business time went back by %d s; rules go on from there", (self._now_ms - now_ms) // 1000)
            self.adopt(self.model)
        self._now_ms = now_ms
        transitions = self._engine.take(board, now_ms, None if self._fresh else moved)
        self._fresh = False
        return self._step(transitions)

    def acknowledge(self, handled: Mapping[str, Handled]) -> Step:
        """Let alerts know that somebody sees to them."""
        step = Step()
        for alert in self.standing:
            done = handled.get(alert.id)
            if alert.phase is Phase.FIRING and done is not None and done.acknowledged_ms is not None:
                moved = self._engine.acknowledge(alert.id, done.acknowledged_ms)
                if moved is not None:
                    step.alerts[alert.key] = moved.alert
                    self._keep(step, replace(self._record(moved.alert, moved.at_ms), alert=moved.alert))
        return step

    def readings(self) -> Step:
        """The records whose readings moved since they were kept last."""
        step, late = Step(), self._late
        self._late = set()
        for alert in self.standing if late else ():
            if alert.id in late:
                self._keep(step, replace(self._record(alert, self._now_ms), alert=alert))
        return step

    def told(self, plan: Plan) -> Step:
        """What a plan changes of cases and records; closed cases take their records out of memory."""
        step = Step(cases=dict(plan.cases))
        for name, events in plan.noted.items():
            self._keep(step, self.records[name].then(*events))
        for name, case in plan.cases.items():
            if case is None:
                self.cases.pop(name, None)
                self.records.pop(name, None)
            else:
                self.cases[name] = case
        return step

    def _step(self, transitions: Iterable[Transition]) -> Step:
        step = Step({key: self._engine.alerts.get(key) for key in self._engine.changed})
        for one in transitions:
            self._take_transition(step, one)
        for key in self._engine.changed:
            alert = self._engine.alerts.get(key)
            if alert is not None and alert.stands and alert.id not in step.records:
                self._late.add(alert.id)
        if self._engine.memory is not self._memory:
            self._memory = step.memory = self._engine.memory
        return step

    def _take_transition(self, step: Step, one: Transition) -> None:
        alert = one.alert
        if alert.phase is Phase.FIRING and one.before is not Phase.ACKNOWLEDGED:
            self._keep(step, self._record(alert, one.at_ms))
            if (case := self._case(alert, one.at_ms)) is not None:
                self.cases[alert.id] = step.cases[alert.id] = case
        elif alert.phase is Phase.RESOLVED:
            ended = self._record(alert, one.at_ms).then(AlertEvent(one.at_ms, "resolved"))
            self._keep(step, replace(ended, alert=alert))

    def _case(self, alert: Alert, at_ms: int) -> Case | None:
        rule = next((one for one in self.model.alerts if one.id == alert.key.rule), None)
        if rule is None or alert.id in self.cases:
            return None
        return Case(alert.id, group_of(rule, alert, self.model), at_ms + rule.group_wait * 1000)

    def _record(self, alert: Alert, at_ms: int) -> Record:
        """The record of an alert, made anew where there is none."""
        held = self.records.get(alert.id)
        if held is not None:
            return held
        rule = next((one for one in self.model.alerts if one.id == alert.key.rule), None)
        return Record(alert, alert.key.rule, "", "value", None) if rule is None else record_of(alert, rule, at_ms)

    def _keep(self, step: Step, record: Record) -> None:
        self.records[record.alert.id] = step.records[record.alert.id] = record
