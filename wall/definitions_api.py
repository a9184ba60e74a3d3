"""The HTTP API about definitions and what they make: explain, waterfall, what-if, history, periods."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import flask
import msgspec
from pydantic import ValidationError

from scoring.calendar import BusinessCalendar
from scoring.definitions import Change
from scoring.editions import edition
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable

from .board_follower import BoardFollower
from .definitions.apply import changes
from .definitions.history import applications, model_as_known
from .definitions.what_ifs import compare, trial
from .refusal import Refused
from .results.closing import closed_periods
from .results.explained import kpi_content, unit_content
from .results.explaining import Explainer
from .results.frozen import plain
from .results.period_names import NoPeriod, moment_named
from .wiring import Site

#: A what-if over more past periods than this is split by who asks.
MOST_PERIODS = 12


def add_definition_routes(server: flask.Flask, site: Site, follower: BoardFollower) -> None:
    """Add the routes to the server."""
    explainer = Explainer(site, follower)

    @server.get("/api/v1/explain/<unit>")
    def explain_unit(unit: str) -> flask.Response:
        story = explainer.explain_unit(unit)
        return _missing(f"unit {unit!r} has no score") if story is None else _json(unit_content(story))

    @server.get("/api/v1/explain/<unit>/<kpi>")
    def explain_kpi(unit: str, kpi: str) -> flask.Response:
        story = explainer.explain_kpi(unit, kpi)
        return _missing(f"kpi {kpi!r} does not stand at {unit!r}") if story is None else _json(kpi_content(story))

    @server.get("/api/v1/explain/<unit>/<kpi>/events")
    def explain_events(unit: str, kpi: str) -> flask.Response:
        cursor = flask.request.args.get("cursor")
        found = explainer.origins(unit, kpi, _cursor(cursor) if cursor else None)
        return _missing(f"kpi {kpi!r} does not stand at {unit!r}") if found is None else _json(plain(found))

    @server.get("/api/v1/waterfall/<unit>")
    def waterfall(unit: str) -> flask.Response:
        calendar, now_ms = BusinessCalendar(follower.model.calendar), follower.board().as_of_ms
        asked = flask.request.args
        start, end = (moment_named(asked.get(name, "now"), calendar, now_ms) for name in ("from", "to"))
        found = explainer.waterfall(unit, start, end) if any(one.id == unit for one in follower.model.units) else None
        return _missing(f"the score of {unit!r} is not known at both moments") if found is None else _json(plain(found))

    @server.post("/api/v1/what-if")
    def what_if() -> flask.Response:
        asked = flask.request.get_json(force=True, silent=True)
        if not isinstance(asked, dict):
            raise Refused("send a JSON object with `changes`, and `periods` for past ones")
        listed, periods = asked.get("changes") or [], asked.get("periods") or []
        if len(periods) > MOST_PERIODS:
            raise Refused(f"at most {MOST_PERIODS} periods at once")
        tried = trial(follower.applied, [Change.model_validate(one) for one in listed])
        found = [] if tried.errors else compare(tried, site, follower, periods, explainer.scorecards)
        return _json({"base": tried.base.number, "findings": plain(tried.findings), "comparisons": plain(found)})

    @server.get("/api/v1/definitions")
    def definitions() -> flask.Response:
        return _json(_standing(site, follower, flask.request.args))

    @server.get("/api/v1/history")
    def history() -> flask.Response:
        return _json(_history(site))

    @server.get("/api/v1/periods")
    def periods() -> flask.Response:
        about = [{**plain(one), "kpis": len(one.kpis), "units": len(one.units)} for one in _closed(site)]
        return _json(about)

    @server.errorhandler(Refused)
    @server.errorhandler(NoPeriod)
    def refused(error: Exception) -> tuple[flask.Response, int]:
        return flask.jsonify(error=str(error)), 400

    @server.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> tuple[flask.Response, int]:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        return flask.jsonify(error="; ".join(faults)), 400

    @server.errorhandler(StoreUnavailable)
    @server.errorhandler(LogUnavailable)
    def unavailable(error: Exception) -> tuple[flask.Response, int]:
        return flask.jsonify(error=f"{error}; ask again"), 503


def _json(content: Any) -> flask.Response:
    return flask.Response(msgspec.json.encode(content), mimetype="application/json")


def _missing(why: str) -> flask.Response:
    answer = flask.jsonify(error=why)
    answer.status_code = 404
    return answer


def _cursor(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Refused("cursor must be what the page before gave")
    return found


def _date(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is no date; write 2026-03-17") from None


def _standing(site: Site, follower: BoardFollower, asked: Any) -> dict[str, Any]:
    """The definitions in force on a day, by the model known then."""
    applied, calendar = follower.applied, BusinessCalendar(follower.model.calendar)
    known_at, as_of = _date(asked.get("known_at")), _date(asked.get("as_of"))
    if known_at is not None:
        end_ms = calendar.day_start_ms(known_at + dt.timedelta(days=1))
        found = model_as_known(site.journal, end_ms - 1)
        if found is None:
            raise Refused(f"no model had been applied by {known_at}")
        applied = found
    date = as_of or calendar.business_date(follower.board().as_of_ms)
    model = edition(applied.model, date).model_dump(mode="json", by_alias=True)
    return {"application": applied.number, "version": applied.model.version, "as_of": str(date), "model": model}


def _history(site: Site) -> list[dict[str, Any]]:
    """Every application, newest first, with what it changed."""
    found, before = [], None
    for one in applications(site.journal):
        changed = [plain(change) for change in changes(before, one.model)]
        about = {"number": one.number, "applied_ms": one.applied_ms, "author": one.author, "reason": one.reason}
        found.append({**about, "version": one.model.version, "generation": one.generation, "changes": changed})
        before = one.model
    return found[::-1]


def _closed(site: Site) -> list[Any]:
    return list(closed_periods(site.journal).values())
