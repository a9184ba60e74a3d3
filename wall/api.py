"""The HTTP API on Flask: health, metrics, the board, and the door for events."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import flask
import msgspec
from prometheus_client import CollectorRegistry, generate_latest

from scoring.board import POINT, WEIGHT, Board, KpiResult, UnitScore
from scoring.forecast import Forecast
from scoring.roles import Capability
from streams.decode import BINARY_PREFIX, Headers
from streams.fold import Fold, PartitionState
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.log import StreamRecord

from .board_follower import BoardFollower
from .definitions_api import add_definition_routes
from .metrics import SiteCollector
from .people.permits import Permit, api_for, no_such_route, route_for
from .people.viewer import current_viewer
from .sight.seen_site import SeenSite
from .sight.seen_stories import SeenStories
from .wiring import Site, fold_of

#: A request may carry at most this much; a batch larger than that is split by its sender.
MAX_REQUEST_BYTES = 8 << 20
#: A board older than this (real time) means that the scorer is gone: not ready.
READY_S = 10


def create_api(
    server: flask.Flask, site: Site, follower: BoardFollower, screens: Any, seen: SeenSite, stories: SeenStories
) -> None:
    """Add the routes to the server; what they tell of the model and the board is what the viewer sees."""
    door = Door(site, follower)
    registry = CollectorRegistry()
    registry.register(SiteCollector(site, follower, screens))
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES

    @server.get("/healthz")
    def healthz() -> flask.Response:
        return flask.jsonify(status="alive")

    @server.get("/readyz")
    def readyz() -> tuple[flask.Response, int]:
        return _readiness(site, follower)

    @server.get("/metrics")
    @route_for(Permit((Capability.READ_METRICS,)))
    def metrics() -> flask.Response:
        return flask.Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")

    @server.get("/api/v1/board")
    @api_for(Permit((Capability.VIEW,)))
    def board() -> flask.Response | tuple[flask.Response, int]:
        unit, visible = flask.request.args.get("unit"), seen.visible()
        if unit is not None and not visible.has_unit(unit):
            return flask.jsonify(error=f"unit {unit!r} is not in the model"), 404
        return _json(board_content(visible.board(follower.board()), unit))

    @server.post("/api/v1/events")
    @api_for(Permit((Capability.SEND_EVENTS,)))
    def events() -> tuple[flask.Response, int]:
        return door.receive(flask.request)

    add_definition_routes(server, site, follower, seen, stories)

    @server.route("/api/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(_: str) -> tuple[flask.Response, int]:
        return no_such_route()

    @server.errorhandler(413)
    def too_large(_: Exception) -> tuple[flask.Response, int]:
        return flask.jsonify(error=f"more than {MAX_REQUEST_BYTES} bytes; send smaller batches"), 413


def _readiness(site: Site, follower: BoardFollower) -> tuple[flask.Response, int]:
    faults = []
    try:
        site.store.ping()
    except StoreUnavailable as outage:
        faults.append(str(outage))
    if not follower.heard_at:
        faults.append("no board yet; is `kpiwall score` running?")
    elif time.monotonic() - follower.heard_at > READY_S:
        faults.append(f"the last board is older than {READY_S} s; is `kpiwall score` running?")
    told = {"faults": faults} if current_viewer().may(Capability.READ_METRICS) else {}
    return flask.jsonify(status="waiting" if faults else "ready", **told), 503 if faults else 200


def _json(content: Any) -> flask.Response:
    return flask.Response(msgspec.json.encode(content), mimetype="application/json")


def board_content(board: Board, unit: str | None) -> dict[str, Any]:
    """The board as JSON: values both as numbers and as exact fractions, scores in points with 12 decimals."""
    return {
        "version": board.version,
        "model_version": board.model_version,
        "as_of_ms": board.as_of_ms,
        "units": [
            {**_unit(one), "forecast": _forecast(board.unit_forecasts.get(key), POINT)}
            for key, one in sorted(board.units.items())
            if unit in (None, key)
        ],
        "kpis": [
            {**_kpi(one), "forecast": _forecast(board.forecasts.get(key), 1)}
            for key, one in sorted(board.kpis.items())
            if unit in (None, key[0])
        ],
        "sources": [
            {"source": one.source, "event_ms": one.event_ms, "freshness": one.freshness}
            for one in board.sources.values()
        ],
        "rows": [
            {"table": table, "key": key, "unit": one.unit, "event_ms": one.event_ms, "fields": one.fields}
            for (table, key), one in sorted(board.rows.items())
            if one.open and unit in (None, one.unit)
        ],
    }


def _unit(one: UnitScore) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "score": _points(one.score),
        "status": one.status,
        "base": _points(one.base),
        "coverage": float(one.coverage),
        "definition": one.definition,
        "gates": one.gates,
        "since_ms": one.since_ms,
    }


def _kpi(one: KpiResult) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "kpi": one.kpi,
        "value": _number(one.value),
        "value_exact": None if one.value is None else str(one.value),
        "target": _number(one.target),
        "due": _number(one.due),
        "attainment": _number(one.attainment),
        "score": _points(one.score),
        "contribution": _points(one.contribution),
        "weight": one.weight / WEIGHT,
        "status": one.status,
        "definition": one.definition,
        "gates": one.gates,
        "since_ms": one.since_ms,
        "event_ms": one.event_ms,
        "period_start_ms": one.period_start_ms,
        "period_end_ms": one.period_end_ms,
        "elapsed": float(one.elapsed),
    }


def _forecast(found: Forecast | None, unit: int) -> dict[str, float] | None:
    """An estimate, so plain numbers; None while hidden."""
    if found is None:
        return None
    return {"low": float(found.low / unit), "mid": float(found.mid / unit), "high": float(found.high / unit)}


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _points(points: int | None) -> str | None:
    """Points as exact decimal text.

    >>> _points(92_400_000_000_000)
    '92.400000000000'
    """
    return None if points is None else f"{points // POINT}.{points % POINT:012d}"


class Door:
    """Takes events in: each is checked as the fold will check it, good ones go to the log, bad ones back."""

    def __init__(self, site: Site, follower: BoardFollower) -> None:
        self._site = site
        self._follower = follower
        self._fold: tuple[int, Fold] | None = None

    def receive(self, request: flask.Request) -> tuple[flask.Response, int]:
        """Answer one POST: 202 with what was accepted and why the rest was not, 400 if nothing was, 503 to retry."""
        headers = _binary_headers(request.headers)
        body = request.get_data()
        try:
            values = [body] if headers else _split(body)
        except msgspec.DecodeError as error:
            return flask.jsonify(accepted=0, rejected=[], error=f"the body is not JSON: {error}"), 400
        try:
            entries, rejected = self._judged(values, headers)
            if entries:
                self._site.log.append(entries, headers)
        except (StoreUnavailable, LogUnavailable) as outage:
            answer = flask.jsonify(accepted=0, rejected=[], error=f"{outage}; send the same events again")
            answer.headers["Retry-After"] = "2"
            return answer, 503
        return flask.jsonify(accepted=len(entries), rejected=rejected), 202 if entries or not rejected else 400

    def _judged(
        self, values: list[bytes], headers: Headers
    ) -> tuple[list[tuple[str, bytes]], list[Mapping[str, object]]]:
        """(key, value) of the good ones, and the reasons against the rest."""
        fold, now_ms = self._current_fold(), self._site.store.clock().now_ms()
        records = [StreamRecord(str(at), now_ms, value, headers) for at, value in enumerate(values)]
        letters = fold.batch(PartitionState(), records, "").dead
        bad = {int(one.position) for one in letters}
        good = [(fold.key(one), one.value) for at, one in enumerate(records) if at not in bad]
        return good, [{"index": int(one.position), "code": one.code, "reason": one.reason} for one in letters]

    def _current_fold(self) -> Fold:
        applied = self._follower.applied
        if self._fold is None or self._fold[0] != applied.applied_ms:
            self._fold = (applied.applied_ms, fold_of(applied.model))
        return self._fold[1]


def _split(body: bytes) -> list[bytes]:
    """The events of a body: one object, or a list of them, each as its own bytes."""
    if body.lstrip()[:1] == b"[":
        return [bytes(one) for one in msgspec.json.decode(body, type=list[msgspec.Raw])]
    return [bytes(msgspec.json.decode(body, type=msgspec.Raw))]


def _binary_headers(headers: Any) -> Headers:
    """CloudEvents binary mode over HTTP: `ce-` headers become the log's `ce_` headers."""
    return tuple(_ce_headers(headers))


def _ce_headers(headers: Any) -> Iterator[tuple[str, bytes]]:
    for name, value in headers.items():
        if name.lower().startswith("ce-"):
            yield BINARY_PREFIX + name[3:].lower(), value.encode()
