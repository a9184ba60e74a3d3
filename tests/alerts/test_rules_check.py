"""What the model check says of alert rules: one broken thing each."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from scoring.alerts.rules import AlertRule
from tests.alerts.boards import model_with, rule
from wall.model_check import Finding, check_model

SHIFTS = [{"id": "day", "title": "", "start": "06:00", "end": "18:00"}]
PACE = {"kind": "pace", "below": "0.9"}
SILENCE = {"kind": "silence", "after": "1h"}


def found(*rules: dict[str, Any], **settings: Any) -> list[Finding]:
    return [one for one in check_model(model_with(*rules, **settings)) if one.path[0] == "alerts"]


def test_a_sound_rule_has_no_finding() -> None:
    assert not found(rule(), rule("pace", on=PACE), rule("source", on={**SILENCE, "source": "s"}, kpis=[]))
    assert not found(rule(kpis=["money"], units=["l*", "pl?nt"]))


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        ({"on": {**SILENCE, "source": "x"}, "kpis": []}, "when", "source 'x' is unknown"),
        ({"on": {**SILENCE, "source": "s"}}, "kpis", "is about a source"),
        ({"on": PACE, "kpis": []}, "kpis", "pace is of KPIs"),
        ({"kpis": []}, "when", "a unit's score has no value"),
        ({"on": {"kind": "change", "over": "1h", "falls_by": 1}, "kpis": []}, "when", "a unit's score has no value"),
        ({"inhibited_by": ["x"]}, "inhibited_by", "rule 'x' is unknown"),
        ({"inhibited_by": ["r"]}, "inhibited_by", "inhibited by itself"),
        ({"quiet": {"shifts": ["x"]}}, "quiet", "shift 'x' is unknown"),
        ({"quiet": {"hours": ["08:00", "08:00"]}}, "quiet", "begin and end at 08:00"),
        ({"notify": ["boss"]}, "notify", "nobody is 'boss'"),
    ],
)
def test_what_can_not_be_is_a_fault(settings: dict[str, Any], key: str, message: str) -> None:
    [one] = found(rule(**settings))
    assert one.level == "error"
    assert one.path[:3] == ("alerts", 0, key)
    assert message in one.message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"units": ["line", "x*"]}, "'x*' names no unit"),
        ({"kpis": ["k", "x"]}, "'x' names no KPI"),
        ({"on": PACE, "kpis": ["q"]}, "none of its KPIs accrues"),
        ({"notify": []}, "nobody is told"),
        ({"quiet": {"hours": ["00:00", "24:00"]}}, "always quiet"),
        ({"quiet": {"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}}, "always quiet"),
        ({"on": {"kind": "threshold", "below": 0}}, "no score is below 0"),
        ({"on": {"kind": "threshold", "above": 120}}, "no score is above 120"),
        ({"on": {"kind": "threshold", "of": "attainment", "below": 80}}, "attainment is 1 on target"),
        ({"on": {"kind": "pace", "below": 0}}, "hardly falls below 0"),
        ({"on": {"kind": "change", "over": "1h", "falls_by": 120, "percent": True}}, "nothing falls by 120"),
        ({"kpis": ["q"], "hold": "2d"}, "as long as hold"),
        ({"on": {"kind": "rank", "from": 3, "at_least": 2}}, "there is no place 3"),
        ({"on": {"kind": "rank", "from": 2, "at_least": 3}}, "no group of siblings has 3"),
    ],
)
def test_what_never_matches_is_doubtful(settings: dict[str, Any], message: str) -> None:
    [one] = found(rule(**settings))
    assert one.level == "warning"
    assert message in one.message


def test_a_rule_that_stands_nowhere_is_doubtful() -> None:
    model = model_with(rule(units=["line"]))
    kpis = [one.model_copy(update={"applies_to": ["group"]}) for one in model.kpis]
    findings = [one for one in check_model(model.model_copy(update={"kpis": kpis})) if one.path[0] == "alerts"]
    assert ["stands nowhere" in one.message for one in findings] == [True]


def test_rules_must_not_inhibit_each_other_in_a_circle() -> None:
    rules = [rule("a", inhibited_by=["b"]), rule("b", inhibited_by=["c"]), rule("c", inhibited_by=["a"])]
    assert [one.path for one in found(*rules)] == [("alerts", number, "inhibited_by") for number in range(3)]


def test_ids_stand_once() -> None:
    assert [one.path for one in found(rule(), rule())] == [("alerts", 1)]


def test_shifts_that_leave_no_hour_are_always_quiet() -> None:
    night = {"id": "night", "title": "", "start": "18:00", "end": "06:00"}
    calendar = {"zone": "UTC", "shifts": [*SHIFTS, night]}
    assert found(rule(quiet={"shifts": ["day", "night"]}), calendar=calendar)
    assert not found(rule(quiet={"shifts": ["night"]}), calendar=calendar)


@pytest.mark.parametrize(
    "on",
    [
        {"kind": "threshold"},
        {"kind": "threshold", "below": 1, "above": 2},
        {"kind": "threshold", "below": 80, "leave": 70},
        {"kind": "threshold", "above": 80, "leave": 90},
        {"kind": "status", "enter": "watch", "leave": "watch"},
        {"kind": "change", "over": "1h"},
        {"kind": "change", "over": "1h", "falls_by": 1, "leave": 2},
        {"kind": "rank", "from": 3, "leave": 3},
        {"kind": "silence", "after": 0},
    ],
)
def test_levels_that_contradict_each_other_have_no_form(on: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AlertRule.model_validate(rule(on=on))
