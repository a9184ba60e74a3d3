"""What people are to be told of alerts at a moment: pure, from what they were told so far and what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scoring.alerts.folding import stand_ins
from scoring.alerts.quiet import quiet_until_ms
from scoring.alerts.record import AlertEvent, Case, Record
from scoring.alerts.rules import AlertRule
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from wall.messages.message import MessageKind

from .handling import UNTOUCHED, Handled
from .recipients import Directory


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that one recipient is to be told of some alerts; `name` tells it from others of its kind.

    `folded` are the alerts that are told as part of one of them, by its id.
    """

    kind: MessageKind
    recipient: str
    alerts: tuple[Record, ...]
    name: str = ""
    folded: Mapping[str, Sequence[Record]] = field(default_factory=dict)


#: Makes a telling ready to be sent; the ids of the alerts that the recipient may see and is told of.
Reach = Callable[[Telling], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is judged; `model` is the edition of the day, `records` are at least those of the cases."""

    now_ms: int
    model: Model
    cases: Mapping[str, Case]
    records: Mapping[str, Record]
    handled: Mapping[str, Handled]
    directory: Callable[[], Directory]


@dataclass(slots=True)
class Plan:
    """What comes of it: changed cases (None: closed), what is noted of alerts, and when to look again at the latest.

    What changed may let something else be due at once.
    """

    cases: dict[str, Case | None] = field(default_factory=dict)
    noted: dict[str, list[AlertEvent]] = field(default_factory=dict)
    next_ms: int | None = None


def plan(situation: Situation, reach: Reach) -> Plan:
    """Tell what is due; whoever a telling reaches counts as told once the plan is kept."""
    planner = _Planner(situation, reach)
    planner.settle()
    planner.end()
    planner.escalate()
    planner.remind()
    planner.assign()
    return planner.plan


class _Planner:
    def __init__(self, situation: Situation, reach: Reach) -> None:
        self._at = situation
        self._reach = reach
        self._rules = {rule.id: rule for rule in situation.model.alerts}
        self._quiet = _Quiets(BusinessCalendar(situation.model.calendar), situation.now_ms)
        standing = [one.alert for one in situation.records.values() if one.alert.stands]
        self._folds = stand_ins(standing, situation.model)
        self.plan = Plan()

    def settle(self) -> None:
        """Tell of alerts that people were not told of yet, all of a group as soon as one of it has waited enough."""
        groups: dict[str, list[Case]] = {}
        for case in self._open(settled=False):
            if not self._record(case).alert.stands:
                self._close(case, () if case.folded else (self._event("untold"),))
            elif not self._is_folded(case) and not self._waits_for(self._held_until(case)):
                groups.setdefault(case.group, []).append(self._case(case.alert))
        folded = self._folded() if groups else {}
        for cases in groups.values():
            if self._has_come(min(cases, key=lambda one: one.tell_ms).tell_ms, cases[0]):
                self._tell_fired(cases, folded)

    def end(self) -> None:
        """Tell whoever was told of an alert that it is over."""
        groups: dict[str, list[Case]] = {}
        for case in self._open(settled=True):
            if not self._record(case).alert.stands:
                if not case.told:
                    self._close(case)
                elif not self._waits_for(self._held_until(case)):
                    groups.setdefault(case.group, []).append(case)
        for cases in groups.values():
            if self._has_come(min(map(self._end_due_ms, cases)), cases[0]):
                told = self._tell("recovered", cases, lambda case: list(case.told))
                for case in cases:
                    self._close(case, (self._event("ended", told.get(case.alert, ())),))

    def escalate(self) -> None:
        """Tell the head of the unit above of what nobody acknowledged, then the next one up who does not know."""
        groups: dict[tuple[str, str, int], list[Case]] = {}
        for case in self._open(settled=True):
            rule = self._rule(case)
            if rule is None or rule.escalation is None or case.escalated >= rule.escalation.levels:
                continue
            due_ms = (case.settled_ms or 0) + (case.escalated + 1) * rule.escalation.after * 1000
            if not self._is_open_to_escalation(case) or self._waits_for(due_ms):
                continue
            above = self._above(case)
            if above is None:
                self._change(replace(case, escalated=rule.escalation.levels))
            elif not self._waits_for(self._held_until(case)):
                groups.setdefault((case.group, above, case.escalated + 1), []).append(case)
        for (_, above, level), cases in groups.items():
            self._tell_above(above, level, cases)

    def remind(self) -> None:
        """Tell again of what still fires when its snooze is over."""
        for case in self._open(settled=True):
            until_ms = self._handled(case).snoozed_until_ms
            if not until_ms or case.reminded_ms == until_ms or not self._record(case).alert.stands:
                continue
            if self._waits_for(until_ms) or self._waits_for(self._held_until(case)):
                continue
            told = self._tell("reminded", [case], lambda one: list(one.told), str(until_ms)).get(case.alert, ())
            self._change(replace(case, reminded_ms=until_ms))
            self._note(case, self._event("reminded", told))

    def assign(self) -> None:
        """Tell somebody that an alert is theirs now, unless they took it themselves."""
        for case in self._open():
            handled = self._handled(case)
            if handled.assignee == case.assigned or not self._record(case).alert.stands:
                continue
            known, told = dict(case.told), handled.assignee
            if told and told != handled.assigned_by:
                for one in self._tell("assigned", [case], lambda _, to=told: [to]).get(case.alert, ()):  # type: ignore[misc]
                    known.setdefault(one, self._at.now_ms)
            self._change(replace(case, assigned=told, told=known))

    def _tell_fired(self, cases: list[Case], folded: Mapping[str, Sequence[Record]]) -> None:
        directory = self._at.directory()

        def named(case: Case) -> list[str]:
            rule = self._rule(case)
            who = directory.recipients(rule, self._record(case).alert.key) if rule is not None else []
            return [one for one in who if one not in case.told]

        told = self._tell("fired", cases, named, folded=folded)
        for case in cases:
            who = told.get(case.alert, ())
            known = {**dict.fromkeys(who, self._at.now_ms), **case.told}
            until_ms = self._handled(case).snoozed_until_ms or case.reminded_ms
            self._change(replace(case, settled_ms=self._at.now_ms, told=known, reminded_ms=until_ms))
            self._note(case, self._event("told" if who or case.told else "unheard", who))

    def _tell_above(self, above: str, level: int, cases: list[Case]) -> None:
        heads = self._at.directory().heads(above)
        told = self._tell("escalated", cases, lambda case: [one for one in heads if one not in case.told], str(level))
        for case in cases:
            who = told.get(case.alert, ())
            known = {**case.told, **dict.fromkeys(who, self._at.now_ms)}
            self._change(replace(case, escalated=level, told=known))
            self._note(case, self._event("escalated", who))

    def _tell(
        self,
        kind: MessageKind,
        cases: list[Case],
        named: Callable[[Case], list[str]],
        name: str = "",
        folded: Mapping[str, Sequence[Record]] | None = None,
    ) -> dict[str, tuple[str, ...]]:
        """One telling for each recipient that any of the cases names; whom it reached, by alert."""
        mail: dict[str, list[Record]] = {}
        for case in sorted(cases, key=lambda one: one.alert):
            for recipient in named(case):
                mail.setdefault(recipient, []).append(self._record(case))
        found: dict[str, tuple[str, ...]] = {}
        for recipient, records in mail.items():
            for alert in self._reach(Telling(kind, recipient, tuple(records), name, folded or {})):
                found[alert] = (*found.get(alert, ()), recipient)
        return found

    def _open(self, settled: bool | None = None) -> Iterator[Case]:
        """The cases as they are by now, those that are closed left out."""
        for name in self._at.cases:
            case = self.plan.cases.get(name, self._at.cases[name])
            if case is not None and (settled is None or settled == (case.settled_ms is not None)):
                yield case

    def _is_folded(self, case: Case) -> bool:
        """Whether it is told as part of another; one that is not any more is given time to be over, too."""
        part_of = self._folds.get(case.alert, "")
        if part_of and not case.folded:
            self._note(case, self._event("folded", (part_of,)))
        if part_of != case.folded:
            rule = self._rule(case)
            wait_ms = 0 if part_of or rule is None else rule.group_wait * 1000
            self._change(replace(case, folded=part_of, tell_ms=max(case.tell_ms, self._at.now_ms + wait_ms)))
        return bool(part_of)

    def _folded(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for alert, part_of in self._folds.items():
            found.setdefault(part_of, []).append(self._at.records[alert])
        return found

    def _is_open_to_escalation(self, case: Case) -> bool:
        alert = self._record(case).alert
        seen_to = alert.acknowledged_ms is not None or self._handled(case).acknowledged_ms is not None
        return alert.stands and not seen_to and case.alert not in self._folds

    def _above(self, case: Case) -> str | None:
        """The next unit up whose head does not know yet; None beyond the top."""
        directory, unit = self._at.directory(), self._record(case).alert.key.unit
        level = case.escalated + 1
        while (above := directory.above(unit, level)) is not None:
            if any(one not in case.told for one in directory.heads(above)):
                return above
            level += 1
        return None

    def _end_due_ms(self, case: Case) -> int:
        rule, over_ms = self._rule(case), self._record(case).alert.resolved_ms or 0
        return over_ms + (rule.group_wait * 1000 if rule is not None else 0)

    def _held_until(self, case: Case) -> int:
        """Until when nobody is told anything: it is snoozed, or the rule's hours are quiet; 0 where they may be."""
        rule = self._rule(case)
        quiet_ms = self._quiet.until_ms(rule) if rule is not None else 0
        return max(quiet_ms, self._handled(case).snoozed_until_ms or 0)

    def _waits_for(self, ms: int) -> bool:
        """Whether a moment is still to come; then that is when to look again."""
        if ms <= self._at.now_ms:
            return False
        self.plan.next_ms = ms if self.plan.next_ms is None else min(self.plan.next_ms, ms)
        return True

    def _has_come(self, ms: int, case: Case) -> bool:
        """Likewise, but where the business clock went back before the alert fired nobody waits for it to come again."""
        fired_ms = self._record(case).alert.fired_ms or 0
        return self._at.now_ms < fired_ms or not self._waits_for(ms)

    def _case(self, alert: str) -> Case:
        return self.plan.cases.get(alert) or self._at.cases[alert]

    def _record(self, case: Case) -> Record:
        return self._at.records[case.alert]

    def _rule(self, case: Case) -> AlertRule | None:
        return self._rules.get(self._record(case).alert.key.rule)

    def _handled(self, case: Case) -> Handled:
        return self._at.handled.get(case.alert, UNTOUCHED)

    def _event(self, kind: str, who: Iterable[str] = ()) -> AlertEvent:
        return AlertEvent(self._at.now_ms, kind, tuple(who))  # type: ignore[arg-type]

    def _change(self, case: Case) -> None:
        self.plan.cases[case.alert] = case

    def _close(self, case: Case, events: Iterable[AlertEvent] = ()) -> None:
        self.plan.cases[case.alert] = None
        self._note(case, *events)

    def _note(self, case: Case, *events: AlertEvent) -> None:
        if events:
            self.plan.noted.setdefault(case.alert, []).extend(events)


@dataclass(slots=True)
class _Quiets:
    """Until when each rule is quiet; 0 where it is not."""

    calendar: BusinessCalendar
    now_ms: int
    _until_ms: dict[str, int] = field(default_factory=dict)

    def until_ms(self, rule: AlertRule) -> int:
        if rule.id not in self._until_ms:
            self._until_ms[rule.id] = quiet_until_ms(rule, self.calendar, self.now_ms) or 0
        return self._until_ms[rule.id]
