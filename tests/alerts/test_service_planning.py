"""What people are told when: groups, folding, quiet hours, snoozes, escalation; by time as a parameter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from scoring.alerts.alert import Alert, AlertKey, Phase
from scoring.alerts.grouping import group_of
from scoring.alerts.record import AlertEvent, Case, Record
from scoring.alerts.rules import AlertRule
from scoring.calendar import BusinessCalendar
from tests.alerts.boards import model_with, rule
from tests.scoring.models import HOUR, JUNE
from wall.alerts.handling import Handled
from wall.alerts.planning import Situation, Telling, plan
from wall.alerts.recipients import Directory
from wall.alerts.shown import record_of
from wall.people.account import Absence, Account, People
from wall.sight.look import WHOLE, Grant
from wall.sight.visible import visible

MINUTE = 60_000
#: Noon of a Monday.
NOON = JUNE + 12 * HOUR
PEOPLE = People({name: Account(name, title=name.title(), grants=(Grant("admin"),)) for name in ("top", "ada", "ann")})


@dataclass
class Desk:
    """A site's telling without a store: what fires and ends is said by hand, plans are kept at once."""

    rules: Sequence[dict[str, Any]]
    blind: frozenset[tuple[str, str]] = frozenset()
    people: People = PEOPLE
    cases: dict[str, Case] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    handled: dict[str, Handled] = field(default_factory=dict)
    said: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    folded: dict[str, int] = field(default_factory=dict)
    next_ms: int | None = None

    def __post_init__(self) -> None:
        model = model_with(*self.rules)
        heads = {"top": "top", "a": "ada", "a1": "ann"}
        units = [unit.model_copy(update={"owner": heads.get(unit.id, "")}) for unit in model.units]
        self.model = model.model_copy(update={"units": units})

    def rule(self, name: str) -> AlertRule:
        return next(one for one in self.model.alerts if one.id == name)

    def fire(self, unit: str, now_ms: int, name: str = "r") -> str:
        named = self.rule(name)
        alert = Alert(AlertKey(name, unit, "k"), named.severity, Phase.FIRING, now_ms, now_ms)
        self.records[alert.id] = record_of(alert, named, now_ms)
        group = group_of(named, alert, self.model)
        self.cases[alert.id] = Case(alert.id, group, now_ms + named.group_wait * 1000)
        return alert.id

    def resolve(self, alert: str, now_ms: int) -> None:
        record = self.records[alert]
        over = replace(record.alert, phase=Phase.RESOLVED, resolved_ms=now_ms)
        self.records[alert] = replace(record, alert=over).then(AlertEvent(now_ms, "resolved"))

    def look(self, now_ms: int) -> list[tuple[str, str, tuple[str, ...]]]:
        """What is told at a moment: kind, recipient and units, with all that follows at once."""
        self.said = []
        for _ in range(20):
            found = plan(
                Situation(now_ms, self.model, self.cases, self.records, self.handled, self._directory), self._reach
            )
            for name, events in found.noted.items():
                self.records[name] = self.records[name].then(*events)
            for name, case in found.cases.items():
                if case is None:
                    del self.cases[name]
                else:
                    self.cases[name] = case
            self.next_ms = found.next_ms
            if not found.cases:
                return sorted(self.said)
        raise AssertionError("plans go on without end")

    def kinds(self, alert: str) -> list[str]:
        return [one.kind for one in self.records[alert].events]

    def _directory(self) -> Directory:
        date = BusinessCalendar(self.model.calendar).business_date(NOON)
        return Directory(visible(self.model, WHOLE), self.people, date)

    def _reach(self, telling: Telling) -> Iterable[str]:
        seen = [one for one in telling.alerts if (telling.recipient, one.alert.key.unit) not in self.blind]
        if seen:
            self.said.append((telling.kind, telling.recipient, tuple(sorted(one.alert.key.unit for one in seen))))
        self.folded |= {unit: len(below) for unit, below in telling.folded.items()}
        return [one.alert.id for one in seen]


def _desk(**settings: Any) -> Desk:
    return Desk([rule("r", **{"notify": ["head"], "group_wait": 30, "fold": False, **settings})])


def test_alerts_that_fire_together_are_told_in_one_message() -> None:
    desk = _desk()
    for at, unit in enumerate(("a1", "a2")):
        desk.fire(unit, NOON + at * 10_000)
    assert desk.look(NOON + 29_000) == []
    assert desk.next_ms == NOON + 30_000
    assert desk.look(NOON + 30_000) == [("fired", "ada", ("a2",)), ("fired", "ann", ("a1",))]
    assert desk.look(NOON + HOUR) == []


def test_whoever_joins_a_group_later_is_told_alone() -> None:
    desk = _desk(notify=["channel:team"])
    desk.fire("a1", NOON)
    assert desk.look(NOON + MINUTE) == [("fired", "channel:team", ("a1",))]
    desk.fire("a2", NOON + MINUTE)
    assert desk.look(NOON + 2 * MINUTE) == [("fired", "channel:team", ("a2",))]


def test_the_end_is_told_once_to_whom_the_beginning_was_told() -> None:
    desk = _desk(notify=["head", "channel:team"])
    desk.blind = frozenset({("channel:team", "a1")})
    alert = desk.fire("a1", NOON)
    assert desk.look(NOON + MINUTE) == [("fired", "ann", ("a1",))]
    desk.blind = frozenset()
    desk.resolve(alert, NOON + HOUR)
    assert desk.look(NOON + HOUR) == []
    assert desk.look(NOON + HOUR + 30_000) == [("recovered", "ann", ("a1",))]
    assert desk.look(NOON + 2 * HOUR) == []
    assert desk.cases == {}
    assert desk.kinds(alert) == ["fired", "told", "resolved", "ended"]


def test_what_is_over_before_its_group_was_told_is_told_to_nobody() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.resolve(alert, NOON + 10_000)
    assert desk.look(NOON + MINUTE) == []
    assert desk.kinds(alert) == ["fired", "resolved", "untold"]


def test_quiet_hours_hold_messages_back_until_they_end() -> None:
    desk = _desk(quiet={"hours": ["22:00", "06:00"]})
    night, morning = JUNE + 23 * HOUR, JUNE + 30 * HOUR
    short, long = desk.fire("a1", night), desk.fire("a2", night)
    assert desk.look(night + MINUTE) == []
    desk.resolve(short, night + HOUR)
    assert desk.look(night + HOUR) == []
    assert desk.kinds(short)[-1] == "untold"
    assert desk.next_ms == morning
    assert desk.look(morning) == [("fired", "ada", ("a2",))]
    desk.resolve(long, morning + 20 * HOUR)
    assert desk.look(morning + 20 * HOUR) == []
    assert desk.look(morning + 24 * HOUR) == [("recovered", "ada", ("a2",))]


def test_what_fires_below_is_told_as_part_of_what_fires_above() -> None:
    desk = _desk(fold=True)
    below, above = desk.fire("a1", NOON), desk.fire("a", NOON)
    assert desk.look(NOON + MINUTE) == [("fired", "ada", ("a",))]
    assert desk.folded == {above: 1}
    desk.resolve(above, NOON + HOUR)
    assert desk.look(NOON + HOUR) == []
    assert desk.look(NOON + HOUR + 30_000) == [("fired", "ann", ("a1",)), ("recovered", "ada", ("a",))]
    assert desk.kinds(below) == ["fired", "folded", "told"]


def test_what_was_folded_until_its_end_is_told_to_nobody() -> None:
    desk = _desk(fold=True)
    below, above = desk.fire("a1", NOON), desk.fire("a", NOON)
    desk.look(NOON + MINUTE)
    desk.resolve(below, NOON + HOUR)
    desk.resolve(above, NOON + HOUR)
    assert desk.look(NOON + 2 * HOUR) == [("recovered", "ada", ("a",))]


def test_what_nobody_acknowledges_goes_to_the_heads_above_one_by_one() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 5})
    alert = desk.fire("a1", NOON)
    told = NOON + 30_000
    assert desk.look(told) == [("fired", "ann", ("a1",))]
    assert desk.look(told + 14 * MINUTE) == []
    assert desk.look(told + 15 * MINUTE) == [("escalated", "ada", ("a1",))]
    assert desk.look(told + 30 * MINUTE) == [("escalated", "top", ("a1",))]
    assert desk.look(told + 5 * HOUR) == []
    desk.resolve(alert, told + 6 * HOUR)
    assert [who for _, who, _ in desk.look(told + 7 * HOUR)] == ["ada", "ann", "top"]


def test_levels_that_are_all_due_are_told_at_once_and_once() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 2})
    desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    assert desk.look(NOON + 9 * HOUR) == [("escalated", "ada", ("a1",)), ("escalated", "top", ("a1",))]


def test_heads_who_know_already_are_passed_over() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 1})
    desk.fire("a2", NOON)
    assert desk.look(NOON + MINUTE) == [("fired", "ada", ("a2",))]
    assert desk.look(NOON + HOUR) == [("escalated", "top", ("a2",))]
    assert desk.look(NOON + 9 * HOUR) == []


def test_acknowledging_stops_escalation() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 2})
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(acknowledged_ms=NOON + 2 * MINUTE, acknowledged_by="ann")
    assert desk.look(NOON + 9 * HOUR) == []


def test_a_snoozed_alert_is_told_again_once_if_it_still_fires() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 1})
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(snoozed_until_ms=NOON + HOUR)
    assert desk.look(NOON + 30 * MINUTE) == []
    assert desk.look(NOON + HOUR) == [("escalated", "ada", ("a1",)), ("reminded", "ada", ("a1",)),
                                      ("reminded", "ann", ("a1",))]  # fmt: skip
    assert desk.look(NOON + 2 * HOUR) == []


def test_a_snooze_that_was_ended_reminds_nobody() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(snoozed_until_ms=0)
    assert desk.look(NOON + 2 * HOUR) == []


def test_the_end_of_a_snoozed_alert_waits_for_the_end_of_the_snooze() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(snoozed_until_ms=NOON + 5 * HOUR)
    desk.resolve(alert, NOON + HOUR)
    assert desk.look(NOON + 2 * HOUR) == []
    assert desk.look(NOON + 5 * HOUR) == [("recovered", "ann", ("a1",))]


def test_whoever_is_given_an_alert_is_told_once_and_of_its_end() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(assignee="top", assigned_by="ann")
    assert desk.look(NOON + 2 * MINUTE) == [("assigned", "top", ("a1",))]
    assert desk.look(NOON + 3 * MINUTE) == []
    desk.resolve(alert, NOON + HOUR)
    assert [who for _, who, _ in desk.look(NOON + 2 * HOUR)] == ["ann", "top"]


def test_whoever_takes_an_alert_is_not_told_so() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.handled[alert] = Handled(assignee="ann", assigned_by="ann")
    assert desk.look(NOON + 2 * MINUTE) == []


def test_an_alert_that_reaches_nobody_says_so_and_still_goes_upwards() -> None:
    desk = _desk(escalation={"after": "15m", "levels": 1})
    desk.blind = frozenset({("ann", "a1")})
    alert = desk.fire("a1", NOON)
    assert desk.look(NOON + MINUTE) == []
    assert desk.kinds(alert) == ["fired", "unheard"]
    assert desk.look(NOON + HOUR) == [("escalated", "ada", ("a1",))]


def test_a_clock_that_goes_back_or_jumps_ahead_repeats_nothing() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    assert desk.look(NOON - 5 * HOUR) == []
    assert desk.look(NOON + 100 * HOUR) == []
    desk.resolve(alert, NOON + 100 * HOUR)
    assert len(desk.look(NOON + 101 * HOUR)) == 1


def test_a_rule_that_is_gone_ends_its_alerts_once() -> None:
    desk = _desk()
    alert = desk.fire("a1", NOON)
    desk.look(NOON + MINUTE)
    desk.resolve(alert, NOON + HOUR)
    desk.model = desk.model.model_copy(update={"alerts": []})
    assert desk.look(NOON + HOUR) == [("recovered", "ann", ("a1",))]
    assert desk.look(NOON + 2 * HOUR) == []


def test_a_substitute_is_told_in_place_of_who_is_away() -> None:
    desk = _desk()
    away = Absence(dt.date(2026, 6, 1), dt.date(2026, 6, 3), "top")
    desk.people = People({**PEOPLE.accounts, "ann": replace(PEOPLE.accounts["ann"], away=away)})
    alert = desk.fire("a1", NOON)
    assert desk.look(NOON + MINUTE) == [("fired", "top", ("a1",))]
    desk.resolve(alert, NOON + HOUR)
    assert desk.look(NOON + 2 * HOUR) == [("recovered", "top", ("a1",))]
