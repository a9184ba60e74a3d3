"""Alerts over the HTTP API: read, acknowledged, snoozed and assigned by those who may, and by nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scoring.roles import ADMIN, Capability
from tests.security.organisation import NOW_MS, organisation
from tests.security.ways import Premises, premises
from tests.support.servers import RedisNode
from wall.people.viewer import Viewer
from wall.sight.look import WHOLE, Grant, sights_of

ANN = Viewer("person", "ann", "Ann", sights_of([], [Grant(ADMIN)], "", ""), language="en")
READER = Viewer("person", "bob", "Bob", {Capability.VIEW: WHOLE}, language="en")


@pytest.fixture(scope="module")
def place() -> Iterator[Premises]:
    with RedisNode(appendfsync="no") as redis, premises(redis.url, organisation(3)) as opened:
        yield opened


@pytest.fixture
def alert(place: Premises) -> str:
    return next(iter(place.alerts.values()))


def _post(place: Premises, who: Viewer, alert: str, step: str, body: Any = None) -> tuple[int, Any]:
    status = place.send("POST", f"/api/v1/alerts/{alert}/{step}", who, body).status
    return status, json.loads(place.content)


def test_what_stands_is_listed_with_its_numbers(place: Premises, alert: str) -> None:
    assert place.get("/api/v1/alerts", ANN).status == 200
    listed = json.loads(place.content)["alerts"]
    assert {one["phase"] for one in listed} <= {"firing", "acknowledged"}
    assert place.get("/api/v1/alerts", ANN, recent="x").status == 400
    assert place.get("/api/v1/alerts/none", ANN).status == 404
    assert place.get(f"/api/v1/alerts/{alert}", ANN).status == 200
    assert json.loads(place.content)["events"][0]["kind"] == "fired"


def test_steps_are_taken_and_told(place: Premises, alert: str) -> None:
    status, fact = _post(place, ANN, alert, "acknowledge")
    assert (status, fact["phase"], fact["acknowledged_by"]) == (200, "acknowledged", "Ann")
    status, fact = _post(place, ANN, alert, "snooze", {"until_ms": NOW_MS + 3_600_000})
    assert (status, fact["snoozed_until_ms"]) == (200, NOW_MS + 3_600_000)
    assert _post(place, ANN, alert, "snooze", {"until_ms": 0})[1]["snoozed_until_ms"] is None
    assert [one.kind for one in place.site.journal.entries("alert.")] == [
        "alert.acknowledged", "alert.snoozed", "alert.snoozed"]  # fmt: skip


@pytest.mark.parametrize("body", [{}, {"until_ms": "soon"}, {"until_ms": -1}, {"until_ms": True}, [1]])
def test_a_moment_that_is_none_is_refused_with_what_to_use(place: Premises, alert: str, body: Any) -> None:
    status, said = _post(place, ANN, alert, "snooze", body)
    assert status == 400
    assert "use a whole number of milliseconds" in said["error"]


@pytest.mark.parametrize("step", ["acknowledge", "snooze", "assign"])
def test_for_whoever_may_not_there_is_no_such_route(place: Premises, alert: str, step: str) -> None:
    before = len(place.site.journal.entries("alert."))
    status, said = _post(place, READER, alert, step, {"until_ms": NOW_MS + 1, "account": ""})
    assert (status, said["error"]) == (404, f"there is no POST /api/v1/alerts/{alert}/{step}")
    assert len(place.site.journal.entries("alert.")) == before


def test_nobody_is_given_an_alert_who_is_no_account(place: Premises, alert: str) -> None:
    status, said = _post(place, ANN, alert, "assign", {"account": "nobody"})
    assert status == 409
    assert "nobody" in said["error"]
