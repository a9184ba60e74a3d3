"""Alerts over the HTTP API: what stands, one alert with what happened to it, and what people do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import flask

from layouts.alerts.facts import AlertFact
from scoring.roles import Capability
from streams.records import LogUnavailable
from wall.people.permits import Permit, api_for
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.sight.seen_site import SeenSite

from .book import AlertBook
from .steps import AlertSteps

#: Alerts that one answer lists at most.
MOST = 500
_Answer = flask.Response | tuple[flask.Response, int]


def add_alert_routes(server: flask.Flask, seen: SeenSite, book: AlertBook, steps: AlertSteps) -> None:
    """Add the routes; what a viewer does not see is answered like what does not exist."""

    @server.get("/api/v1/alerts")
    @api_for(Permit((Capability.VIEW,)))
    def alerts() -> _Answer:
        recent = flask.request.args.get("recent", "")
        if recent and not recent.isdecimal():
            return flask.jsonify(error=f"recent is {recent!r}; use how many to list, up to {MOST}"), 400
        visible = seen.visible()
        found = book.recent(visible, min(int(recent), MOST)) if recent else book.standing(visible)
        return flask.jsonify(now_ms=seen.now_ms(), alerts=[plain(one) for one in found])

    @server.get("/api/v1/alerts/<name>")
    @api_for(Permit((Capability.VIEW,)))
    def alert(name: str) -> _Answer:
        visible = seen.visible()
        fact = book.one(visible, name)
        if fact is None:
            return no_such_alert()
        events = [
            {"at_ms": one.at_ms, "kind": one.kind} | ({"who": list(one.who)} if one.kind in _DONE else {})
            for one in book.events(visible, name)
        ]
        return flask.jsonify(**plain(fact), events=events)

    @server.post("/api/v1/alerts/<name>/acknowledge")
    @api_for(Permit((Capability.ACKNOWLEDGE,)))
    def acknowledge(name: str) -> _Answer:
        return _done(name, lambda _: steps.acknowledge(current_viewer(), name))

    @server.post("/api/v1/alerts/<name>/snooze")
    @api_for(Permit((Capability.ACKNOWLEDGE,)))
    def snooze(name: str) -> _Answer:
        return _done(name, lambda body: steps.snooze(current_viewer(), name, _whole(body, "until_ms")))

    @server.post("/api/v1/alerts/<name>/assign")
    @api_for(Permit((Capability.ASSIGN,)))
    def assign(name: str) -> _Answer:
        return _done(name, lambda body: steps.assign(current_viewer(), name, _text(body, "account")))

    def _done(name: str, step: Callable[[Mapping[str, Any]], AlertFact]) -> _Answer:
        body = flask.request.get_json(silent=True) if flask.request.data else {}
        if book.one(seen.visible(), name) is None:
            return no_such_alert()
        try:
            return flask.jsonify(plain(step(body if isinstance(body, dict) else {})))
        except Refused as refused:
            return flask.jsonify(error=str(refused)), 409
        except ValueError as fault:
            return flask.jsonify(error=str(fault)), 400
        except LogUnavailable as outage:
            return flask.jsonify(error=str(outage)), 503


#: What people did, whose names may be told to whoever sees the alert.
_DONE = frozenset({"acknowledged", "snoozed", "assigned"})


def no_such_alert() -> tuple[flask.Response, int]:
    """What is said of an alert that there is not, and of one that the viewer does not see."""
    return flask.jsonify(error="there is no such alert"), 404


def plain(fact: AlertFact) -> dict[str, Any]:
    """An alert as JSON: numbers as numbers, and exactly as `n/d` in `reading_exact`."""
    found = asdict(fact)
    for name in ("reading", "level"):
        value = getattr(fact, name)
        found[name] = None if value is None else float(value)
    found["reading_exact"] = None if fact.reading is None else f"{fact.reading.numerator}/{fact.reading.denominator}"
    return found


def _whole(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 <= value < 1 << 53:
        raise ValueError(f"{name} is {value!r}; use a whole number of milliseconds, business time")
    return value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is {value!r}; use the name of an account, or an empty text for nobody")
    return value
