"""Alerts in a real browser: on a wall within a second, in the inbox, acknowledged, snoozed and given to somebody."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from scoring.alerts.alert import Alert, AlertKey, Phase
from scoring.alerts.record import AlertEvent, Record
from scoring.alerts.rules import AlertRule
from streams.redis_adapters.alerts import AlertStore, Step
from tests.browser import fit
from tests.browser.staging import SEEN_MS, Stage, staged
from tests.samples.folders import read
from wall.bench.screen import browser

_RULE = {
    "id": "late", "title": {"en": "Delivery is late", "zh-CN": "交付延迟"}, "severity": "critical",
    "advice": {"en": "Call the planner.", "zh-CN": "联系计划员。"},
    "when": {"kind": "threshold", "of": "value", "below": "0.95"}, "units": ["assembly"], "kpis": ["on_time_delivery"],
}  # fmt: skip
_SMALL = """all => all.filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return one.checkVisibility() && (height < 43.5 || width < 43.5);
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    model = read("factory")
    with (
        browser() as chromium,
        staged("factory", chromium, model.model_copy(update={"alerts": [AlertRule.model_validate(_RULE)]})) as found,
    ):
        yield found


@pytest.fixture
def alert(stage: Stage) -> Iterator[Alert]:
    """An alert that has fired, as the service keeps it."""
    now_ms = stage.site.store.clock().now_ms()
    made = Alert(AlertKey("late", "assembly", "on_time_delivery"), "critical", Phase.FIRING, now_ms - 60_000, now_ms,
                 reading=Fraction(91, 100))  # fmt: skip
    rule = stage.model.alerts[0]
    _keep(stage, Record(made, rule.title, rule.advice, "value", Fraction(95, 100), (AlertEvent(now_ms, "fired"),)))
    yield made
    over = dataclasses.replace(made, phase=Phase.RESOLVED, resolved_ms=stage.site.store.clock().now_ms())
    _keep(stage, Record(over, rule.title, rule.advice, "value", Fraction(95, 100)))


def _keep(stage: Stage, record: Record) -> None:
    store = AlertStore(stage.site.redis, stage.site.settings.site)
    assert store.hold("test")
    standing = record.alert if record.alert.stands else None
    store.commit("test", Step({record.alert.key: standing}, records={record.alert.id: record}))


def _phone(stage: Stage, path: str, **context: Any) -> Any:
    page = stage.open(path, 390, 844, has_touch=True, is_mobile=True, **context)
    page.wait_for_selector(".page h1", timeout=SEEN_MS)
    return page


def _says(page: Any, selector: str, text: str) -> None:
    page.wait_for_function(
        "([where, text]) => [...document.querySelectorAll(where)].some(one => one.textContent.includes(text))",
        arg=[selector, text],
        timeout=SEEN_MS,
    )


def test_an_alert_comes_to_wall_bell_and_inbox_without_a_reload(stage: Stage, request: pytest.FixtureRequest) -> None:
    wall = stage.open("/wall/workshop?lang=en", 1920, 1080)
    inbox = _phone(stage, "/phone/-/alerts?lang=en")
    _says(inbox, ".note", "No alerts are firing")
    wall.evaluate("window.stayed = true")
    request.getfixturevalue("alert")
    _says(wall, ".firing-mark[data-is=critical]:not([data-off='1'])", "1")
    _says(wall, ".exception[data-is=critical]", "91.0%")
    _says(inbox, ".badge", "1")
    _says(inbox, ".alert-row[data-is=critical]", "91.0%, alert <\N{NO-BREAK SPACE}95")
    assert wall.evaluate("window.stayed")
    wall.close()
    inbox.close()
    assert not stage.complaints()


def test_whoever_acknowledges_is_named_everywhere(stage: Stage, alert: Alert) -> None:
    other = _phone(stage, f"/phone/-/alerts/{alert.id}?lang=en")
    page = _phone(stage, "/phone/-/alerts?lang=en")
    page.tap(".alert-row")
    page.wait_for_selector(".alert-card", timeout=SEEN_MS)
    assert "Call the planner." in page.inner_text(".alert-advice")
    assert not page.eval_on_selector_all("button, .bottom a, .alert-row", _SMALL)
    page.tap("[data-step=acknowledge]")
    _says(page, ".alert-history li", "Acknowledged by")
    _says(other, ".alert-phase", "Acknowledged")
    assert not page.query_selector("[data-step=acknowledge]")
    page.close()
    other.close()
    assert not stage.complaints()


def test_a_snooze_is_chosen_told_and_undone_by_keys_alone(stage: Stage, alert: Alert) -> None:
    page = _phone(stage, f"/phone/-/alerts/{alert.id}?lang=en")
    page.focus("[data-sheet=alert-snooze]")
    page.keyboard.press("Enter")
    page.focus("#alert-snooze [data-value=hour]")
    page.keyboard.press("Enter")
    _says(page, ".alert-told", "snoozed until")
    page.focus("[data-sheet=alert-snooze]")
    page.keyboard.press("Enter")
    page.focus("#alert-snooze [data-value=off]")
    page.keyboard.press("Enter")
    _says(page, ".alert-history li", "Snooze ended by")
    page.close()
    assert not stage.complaints()


def test_without_a_connection_nothing_is_claimed(stage: Stage, alert: Alert) -> None:
    page = _phone(stage, f"/phone/-/alerts/{alert.id}?lang=en")
    page.context.set_offline(True)
    page.tap("[data-step=acknowledge]")
    _says(page, ".alert-outcome[data-failed]", "No connection")
    assert page.inner_text(".alert-phase") == "Firing"
    page.context.set_offline(False)
    page.close()
    stage.complaints()


def test_a_step_that_fails_is_taken_back(stage: Stage, alert: Alert) -> None:
    page = _phone(stage, f"/phone/-/alerts/{alert.id}?lang=en")
    page.route("**/acknowledge?*", lambda route: route.fulfill(status=503, body="{}"))
    page.tap("[data-step=acknowledge]")
    _says(page, ".alert-outcome[data-failed]", "not saved")
    assert page.inner_text(".alert-phase") == "Firing"
    page.close()
    stage.complaints()


def test_the_link_of_a_message_leads_on_after_signing_in(stage: Stage, alert: Alert) -> None:
    page = stage.chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{stage.root}/phone/-/alerts/{alert.id}?lang=en")
    assert "/sign-in" in page.url
    assert alert.id in page.url
    page.close()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("scene", ["overview", "workshop", "alarm"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1080, 1920)])
def test_walls_with_alerts_fit(stage: Stage, alert: Alert, scene: str, language: str, size: tuple[int, int]) -> None:
    page = stage.open(f"/wall/{scene}?lang={language}", *size)
    page.wait_for_selector(".exception[data-is=critical]", timeout=SEEN_MS)
    fit.settle(page)
    found = fit.faults(page)
    page.close()
    assert not found
