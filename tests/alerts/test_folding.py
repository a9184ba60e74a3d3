"""Which alerts are told as part of another, and what they are grouped by."""

from __future__ import annotations

from typing import Any

from scoring.alerts.alert import Alert, AlertKey, Phase
from scoring.alerts.folding import stand_ins
from scoring.alerts.grouping import group_of
from scoring.definitions import Model
from tests.alerts.boards import model_with, rule
from tests.scoring.models import JUNE


def firing(name: str, unit: str, kpi: str = "k", phase: Phase = Phase.FIRING) -> Alert:
    return Alert(AlertKey(name, unit, kpi), "warning", phase, JUNE, fired_ms=JUNE)


def told_by(model: Model, *alerts: Alert) -> dict[str, str]:
    """Who stands for whom, by `rule unit kpi`."""
    names = {one.id: f"{one.key.rule} {one.key.unit} {one.key.kpi}".rstrip() for one in alerts}
    return {names[one]: names[other] for one, other in stand_ins(alerts, model).items()}


def test_alerts_fold_into_the_highest_of_the_same_rule_and_kpi() -> None:
    model = model_with(rule(kpis=["*"]))
    found = told_by(model, firing("r", "a1"), firing("r", "a"), firing("r", "top"), firing("r", "b1", "q"))
    assert found == {"r a1 k": "r top k", "r a k": "r top k"}


def test_a_pending_alert_stands_for_nothing() -> None:
    assert told_by(model_with(rule()), firing("r", "a1"), firing("r", "a", phase=Phase.PENDING)) == {}


def test_an_acknowledged_alert_still_stands_for_those_below() -> None:
    found = told_by(model_with(rule()), firing("r", "a1"), firing("r", "a", phase=Phase.ACKNOWLEDGED))
    assert found == {"r a1 k": "r a k"}


def test_a_rule_may_leave_folding_be() -> None:
    assert told_by(model_with(rule(fold=False)), firing("r", "a1"), firing("r", "a")) == {}


def inhibited(**settings: Any) -> Model:
    return model_with(rule("worse", kpis=["*"]), rule("bad", kpis=["*"], inhibited_by=["worse"], **settings))


def test_another_rule_stands_for_the_same_kpi_at_the_unit_and_above_it() -> None:
    found = told_by(
        inhibited(), firing("worse", "a"), firing("bad", "a1"), firing("bad", "b1"), firing("bad", "a", "q")
    )
    assert found == {"bad a1 k": "worse a k"}


def test_a_rule_about_something_else_stands_for_every_kpi() -> None:
    stopped = rule("stopped", kpis=["q"])
    model = model_with(stopped, rule("bad", kpis=["k"], inhibited_by=["stopped"]))
    assert told_by(model, firing("stopped", "a1", "q"), firing("bad", "a1"), firing("bad", "a2")) == {
        "bad a1 k": "stopped a1 q"
    }


def test_a_silent_source_stands_for_what_it_feeds() -> None:
    quiet = rule("quiet", on={"kind": "silence", "after": "1h", "source": "s"}, kpis=[])
    other = rule("other", on={"kind": "silence", "after": "1h", "source": "t"}, kpis=[])
    sources = [{"id": one, "title": "", "stale_after": "1m", "silent_after": "1h"} for one in ("s", "t")]
    model = model_with(quiet, other, rule("bad", inhibited_by=["quiet", "other"]), sources=sources)
    assert told_by(model, firing("quiet", "top", "s"), firing("bad", "a1")) == {"bad a1 k": "quiet top s"}
    assert told_by(model, firing("other", "top", "t"), firing("bad", "a1")) == {}


def test_who_is_part_of_another_hands_on_what_it_stands_for() -> None:
    found = told_by(inhibited(), firing("worse", "top"), firing("worse", "a"), firing("bad", "a1"))
    assert found == {"worse a k": "worse top k", "bad a1 k": "worse top k"}
    model = model_with(rule("first"), rule("second", inhibited_by=["first"]), rule("third", inhibited_by=["second"]))
    chain = told_by(model, firing("first", "a1"), firing("second", "a1"), firing("third", "a1"))
    assert chain == {"second a1 k": "first a1 k", "third a1 k": "first a1 k"}


def test_nobody_who_stands_for_another_is_part_of_one() -> None:
    model = inhibited()
    units = ("top", "a", "a1", "a2", "b", "b1")
    alerts = [firing(name, unit, kpi) for name in ("worse", "bad") for unit in units for kpi in ("k", "q")]
    found = stand_ins(alerts, model)
    assert not found.keys() & set(found.values())
    assert len(found) == len(alerts) - 2  # `worse` at the top, for each KPI


def test_groups_have_in_common_what_the_rule_asks_for() -> None:
    model, both = model_with(), rule(group_by=["rule", "parent"])
    by_parent, by_kpi = model_with(both).alerts[0], model_with(rule(group_by=["kpi", "severity"])).alerts[0]
    groups = [group_of(by_parent, firing("r", unit), model) for unit in ("a1", "a2", "b1", "top")]
    assert groups == ["rule=r|parent=a", "rule=r|parent=a", "rule=r|parent=b", "rule=r|parent="]
    assert group_of(by_kpi, firing("r", "a1"), model) == "kpi=k|severity=warning"
