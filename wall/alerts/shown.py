"""Alerts as pages and messages are given them: from what is kept of them and what people did about them."""

from __future__ import annotations

from fractions import Fraction

from layouts.alerts.facts import AlertFact
from scoring.alerts.alert import Alert, Phase
from scoring.alerts.levels import levels_of
from scoring.alerts.record import AlertEvent, Record
from scoring.alerts.rules import AlertRule, Condition, OnChange, OnPace, OnRank, OnSilence, OnThreshold

from .handling import UNTOUCHED, Handled


def record_of(alert: Alert, rule: AlertRule, at_ms: int) -> Record:
    """The record of an alert that fires from now on."""
    level: Fraction | None = levels_of(rule.on).enter
    return Record(alert, rule.title, rule.advice, reading_of(rule.on), level, (AlertEvent(at_ms, "fired"),))


def reading_of(on: Condition) -> str:
    """What a condition reads."""
    match on:
        case OnThreshold():
            return on.of
        case OnPace():
            return "attainment"
        case OnChange():
            return "change"
        case OnRank():
            return "rank"
        case OnSilence():
            return "silence"
    return "status"


def fact_of(record: Record, handled: Handled = UNTOUCHED, now_ms: int = 0, folded: int = 0) -> AlertFact:
    """An alert as it stands; what was acknowledged a moment ago counts, whether or not the service knows it by now."""
    alert = record.alert
    acknowledged = alert.phase is Phase.FIRING and handled.acknowledged_ms is not None
    until_ms = handled.snoozed_until_ms or 0
    return AlertFact(
        id=alert.id,
        rule=alert.key.rule,
        title=record.title,
        advice=record.advice,
        severity=alert.severity,
        phase=(Phase.ACKNOWLEDGED if acknowledged else alert.phase).value,
        unit=alert.key.unit,
        kpi=alert.key.kpi,
        of=record.of,
        reading=alert.reading,
        level=record.level,
        since_ms=alert.since_ms,
        fired_ms=alert.since_ms if alert.fired_ms is None else alert.fired_ms,
        resolved_ms=alert.resolved_ms,
        acknowledged_by=handled.acknowledged_by_title,
        assignee=handled.assignee_title,
        snoozed_until_ms=until_ms if until_ms > now_ms and alert.stands else None,
        folded=folded,
        acknowledged_ms=alert.acknowledged_ms if handled.acknowledged_ms is None else handled.acknowledged_ms,
    )
