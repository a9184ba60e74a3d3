"""The API of a running site, over HTTP."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest

from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from tests.support.signed_in import bearer
from wall.bench.push import await_port
from wall.definitions.apply import put_in_force
from wall.ports import free_port
from wall.samples import samples
from wall.settings import Settings
from wall.wiring import Site, open_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A factory site, its clock standing at the demo's moment."""
    with RedisNode() as redis, ExitStack() as running:
        settings = Settings(site="api", redis=redis.url, topic="api", port=free_port())
        site = open_site(settings)
        put_in_force(site, read("factory"), "test", "test")
        clock = replace(site.store.clock(), event_ms=samples()["factory"].sets_in_ms, real_ms=1, speed=0.0)
        site.store.set_clock(clock)
        for name in ("ingest", "score", "serve"):
            running.enter_context(Service(name, settings))
        await_port(settings.port)
        wait_until(lambda: _ask(site, "GET", "/readyz")[0] == 200, 30, "the site is ready")
        yield site


@lru_cache(maxsize=1)
def _admin(site: Site) -> dict[str, str]:
    return bearer(site)


def _ask(
    site: Site, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of one request; as an admin's program unless `headers` say otherwise."""
    connection = http.client.HTTPConnection("127.0.0.1", site.settings.port, timeout=10)
    given = _admin(site) if headers is None else headers
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    found = answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return found


def _event(number: int, **changes: Any) -> dict[str, Any]:
    data = {"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360, "produced": 2,
            "first_pass": 2, "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0}  # fmt: skip
    return {"specversion": "1.0", "id": f"api-{number}", "source": "/mes/asm-1", "type": "production.reported",
            "time": "2026-03-18T10:00:00+08:00", "data": data, **changes}  # fmt: skip


def _board(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_ask(site, "GET", "/api/v1/board?unit=group")[1])
    return found


def _output_today(site: Site) -> float | None:
    return next((one["value"] for one in _board(site)["kpis"] if one["kpi"] == "output_today"), None)


def test_nothing_but_health_answers_strangers(site: Site) -> None:
    assert _ask(site, "GET", "/healthz", headers={})[0] == 200
    assert _ask(site, "GET", "/readyz", headers={})[0] == 200
    paths = ["/", "/metrics", "/api/v1/board", "/wall/overview", "/push/wall/overview", "/_dash-layout"]
    paths += ["/_dash-dependencies", "/_dash-update-component", "/lib/plotly.min.js", "/nowhere"]
    paths += ["/desk", "/desk/targets/targets.xlsx", "/desk/periods/2026-03.xlsx", "/desk/stream/filling"]
    for path in paths:
        assert _ask(site, "GET", path, headers={})[0] == 401, path
        assert _ask(site, "GET", path, headers={"Authorization": "Bearer kpw_0_wrong"})[0] == 401, path


def test_every_answer_carries_the_security_headers(site: Site) -> None:
    headers = _ask(site, "GET", "/")[2]
    assert "script-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_a_posted_event_is_counted_and_its_repetition_is_not(site: Site) -> None:
    before = _output_today(site) or 0
    body = json.dumps(_event(1)).encode()
    for _ in range(2):
        status, answer, _ = _ask(site, "POST", "/api/v1/events", body)
        assert (status, json.loads(answer)) == (202, {"accepted": 1, "rejected": []})
    wait_until(lambda: (_output_today(site) or 0) == before + 2, 10, "the event is counted")
    time.sleep(1)
    assert _output_today(site) == before + 2


def test_a_batch_answers_what_was_accepted_and_why_the_rest_was_not(site: Site) -> None:
    bad_unit = _event(12)
    bad_unit["data"]["line"] = "asm-99"
    batch = [_event(10), _event(11, type="production.dreamt"), bad_unit, "no object", _event(13, time="yesterday")]
    status, answer, _ = _ask(site, "POST", "/api/v1/events", json.dumps(batch).encode())
    found = json.loads(answer)
    assert status == 202
    assert found["accepted"] == 1
    assert [(one["index"], one["code"]) for one in found["rejected"]] == [
        (1, "unknown_type"), (2, "unknown_unit"), (3, "invalid"), (4, "invalid"),
    ]  # fmt: skip
    assert all(one["reason"] for one in found["rejected"])


def test_a_cloud_event_in_binary_mode_is_accepted(site: Site) -> None:
    event = _event(20)
    headers = {**_admin(site), "Content-Type": "application/json"}
    headers |= {f"ce-{name}": str(event[name]) for name in ("specversion", "id", "source", "type", "time")}
    status, answer, _ = _ask(site, "POST", "/api/v1/events", json.dumps(event["data"]).encode(), headers)
    assert (status, json.loads(answer)["accepted"]) == (202, 1), answer


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"\xff\xfe", b"not json"])
def test_a_body_that_is_not_json_is_refused_whole(site: Site, body: bytes) -> None:
    status, answer, _ = _ask(site, "POST", "/api/v1/events", body)
    assert status == 400
    assert json.loads(answer)["accepted"] == 0


def test_an_oversized_body_is_refused(site: Site) -> None:
    assert _ask(site, "POST", "/api/v1/events", b"[" + b" " * (9 << 20) + b"]")[0] == 413


def test_the_board_of_an_unknown_unit_is_not_found(site: Site) -> None:
    status, answer, _ = _ask(site, "GET", "/api/v1/board?unit=nobody")
    assert status == 404
    assert "nobody" in json.loads(answer)["error"]


def test_metrics_tell_lag_rate_dead_letters_and_board_age(site: Site) -> None:
    text = _ask(site, "GET", "/metrics")[1].decode()
    for name in ("lag_records", "ingest_records_per_second", "events_dead_total", "events_late_total",
                 "tick_milliseconds", "board_age_seconds", "screens", "up"):  # fmt: skip
        assert f"kpiwall_{name}" in text, name


def test_the_push_stream_begins_with_a_snapshot_and_goes_on_in_sequence(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.settings.port, timeout=15)
    connection.request("GET", "/push/wall/overview?lang=en", headers=_admin(site))
    answer = connection.getresponse()
    assert answer.status == 200
    first = _next_frame(answer)
    assert first[0] == "snapshot"
    _ask(site, "POST", "/api/v1/events", json.dumps(_event(30)).encode())
    event, data = _next_frame(answer)
    while event == "beat":
        event, data = _next_frame(answer)
    assert event == "change"
    assert data["seq"] == first[1]["seq"] + 1
    assert set(data["view"]) < set(first[1]["view"]), "a change carries only what changed"
    connection.close()


def _next_frame(answer: http.client.HTTPResponse) -> tuple[str, dict[str, Any]]:
    event = answer.readline().decode().removeprefix("event: ").strip()
    data = json.loads(answer.readline().decode().removeprefix("data: "))
    answer.readline()
    return event, data
