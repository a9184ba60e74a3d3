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
from scoring.roles import Capability
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable

from .board_follower import BoardFollower
from .definitions.apply import changes
from .definitions.history import applications, model_as_known
from .definitions.what_ifs import compare
from .desk.permits import HISTORY, PERIODS, WHAT_IF
from .people.permits import Permit, api_for
from .people.viewer import Viewer, current_viewer
from .refusal import Refused
from .results.closing import closed_periods
from .results.explained import kpi_content, unit_content
from .results.frozen import plain
from .results.period_names import NoPeriod, moment_named
from .sight.seen_site import SeenSite
from .sight.seen_stories import SeenStories
from .sight.seen_trial import Showing, seen_trial, unseen_names
from .sight.visible import Sights
from .wiring import Site

VIEW, EXPLAIN = Permit((Capability.VIEW,)), Permit((Capability.EXPLAIN,))
#: Roles are for those who give them, look into them, or write them.
ROLES = Permit((Capability.MANAGE_USERS, Capability.AUDIT, Capability.APPLY_MODEL), whole=True)
#: A what-if over more past periods than this is split by who asks.
MOST_PERIODS = 12


def add_definition_routes(
    server: flask.Flask, site: Site, follower: BoardFollower, seen: SeenSite, stories: SeenStories
) -> None:
    """Add the routes to the server."""
    _add_explaining(server, follower, stories)
    past = Sights()

    @server.post("/api/v1/what-if")
    @api_for(WHAT_IF)
    def what_if() -> flask.Response:
        asked = flask.request.get_json(force=True, silent=True)
        if not isinstance(asked, dict):
            raise Refused("send a JSON object with `changes`, and `periods` for past ones")
        listed, periods = asked.get("changes") or [], asked.get("periods") or []
        if len(periods) > MOST_PERIODS:
            raise Refused(f"at most {MOST_PERIODS} periods at once")
        changes = [Change.model_validate(one) for one in listed]
        return _json(_tried(site, follower, seen, past, changes, periods))

    @server.get("/api/v1/definitions")
    @api_for(VIEW)
    def definitions() -> flask.Response:
        return _json(_standing(site, follower, past, flask.request.args))

    @server.get("/api/v1/history")
    @api_for(HISTORY)
    def history() -> flask.Response:
        return _json(_history(site))

    @server.get("/api/v1/periods")
    @api_for(PERIODS)
    def periods() -> flask.Response:
        about = [{**plain(one), "kpis": len(one.kpis), "units": len(one.units)} for one in _closed(site)]
        return _json(about)

    _add_refusals(server)


def _add_explaining(server: flask.Flask, follower: BoardFollower, stories: SeenStories) -> None:
    @server.get("/api/v1/explain/<unit>")
    @api_for(VIEW)
    def explain_unit(unit: str) -> flask.Response:
        story = stories.explain_unit(unit)
        return _missing(f"unit {unit!r} has no score") if story is None else _json(unit_content(story))

    @server.get("/api/v1/explain/<unit>/<kpi>")
    @api_for(VIEW)
    def explain_kpi(unit: str, kpi: str) -> flask.Response:
        story = stories.explain_kpi(unit, kpi)
        return _missing(f"kpi {kpi!r} does not stand at {unit!r}") if story is None else _json(kpi_content(story))

    @server.get("/api/v1/explain/<unit>/<kpi>/events")
    @api_for(EXPLAIN)
    def explain_events(unit: str, kpi: str) -> flask.Response:
        cursor = flask.request.args.get("cursor")
        found = stories.origins(unit, kpi, _cursor(cursor) if cursor else None)
        return _missing(f"kpi {kpi!r} does not stand at {unit!r}") if found is None else _json(plain(found))

    @server.get("/api/v1/waterfall/<unit>")
    @api_for(VIEW)
    def waterfall(unit: str) -> flask.Response:
        calendar, now_ms = BusinessCalendar(follower.model.calendar), follower.board().as_of_ms
        asked = flask.request.args
        start, end = (moment_named(asked.get(name, "now"), calendar, now_ms) for name in ("from", "to"))
        found = stories.waterfall(unit, start, end)
        return _missing(f"the score of {unit!r} is not known at both moments") if found is None else _json(plain(found))


def _add_refusals(server: flask.Flask) -> None:
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


def _standing(site: Site, follower: BoardFollower, past: Sights, asked: Any) -> dict[str, Any]:
    """The definitions in force on a day as the viewer sees them, by the model known then."""
    applied, calendar = follower.applied, BusinessCalendar(follower.model.calendar)
    known_at, as_of = _date(asked.get("known_at")), _date(asked.get("as_of"))
    if known_at is not None:
        end_ms = calendar.day_start_ms(known_at + dt.timedelta(days=1))
        found = model_as_known(site.journal, end_ms - 1)
        if found is None:
            raise Refused(f"no model had been applied by {known_at}")
        applied = found
    date = as_of or calendar.business_date(follower.board().as_of_ms)
    viewer = current_viewer()
    visible = past.visible(applied.model, viewer.sight(), calendar.day_start_ms(date))
    model = visible.model.model_dump(mode="json", by_alias=True, exclude=_kept_back(viewer))
    return {"application": applied.number, "version": applied.model.version, "as_of": str(date), "model": model}


def _kept_back(viewer: Viewer) -> set[str]:
    """What of a model is not for everybody who sees all units: who may see what, and what is paid."""
    kept = set() if ROLES.admits(viewer) else {"roles"}
    return kept if viewer.may_everywhere(Capability.SEE_INCENTIVE) else kept | {"incentives"}


def _tried(
    site: Site, follower: BoardFollower, seen: SeenSite, past: Sights, changes: list[Change], periods: list[str]
) -> dict[str, Any]:
    """What changes would do, as far as the viewer sees it."""
    applied, sight = follower.applied, WHAT_IF.sight(current_viewer())
    today = seen.through(sight).visible()
    unseen = unseen_names(changes, today)
    if unseen:
        raise Refused(f"not known here: {', '.join(unseen)}; name KPIs and single units that you see")
    tried = seen_trial(applied, changes, today)
    if tried.goes_further:
        raise Refused("this touches more than you see; ask whoever applies models to try it")
    found = [] if tried.faulty else compare(tried.whole, site, follower, periods)
    pay = seen.visible(Capability.SEE_INCENTIVE)
    showing = Showing(today, lambda moment: past.visible(applied.model, sight, moment), pay)
    shown = showing.comparisons(found, BusinessCalendar(applied.model.calendar))
    return {"base": applied.number, "findings": plain(tried.findings), "comparisons": plain(shown)}


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
