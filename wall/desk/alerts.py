"""The room of alerts: rules and what they do, what stands, what was delivered; each as far as the viewer sees."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import flask
from dash import MATCH, Input, Output, State, ctx, html, no_update

from layouts.desk.alert_facts import AlertsFacts, ChannelRow, DeliveryRow, ReplayedRule, ReplayFacts, RuleRow
from layouts.desk.alerts_page import REPLAYS, alerts_page, replay_progress
from layouts.desk.facts import Choice
from layouts.desk.history_page import moment
from layouts.desk.parts import PAGE, told
from layouts.lookup import Lookup
from layouts.words import Words
from scoring.alerts.alert import AlertKey
from scoring.alerts.places import places
from scoring.alerts.rules import AlertRule
from scoring.calendar import DAY_MS
from streams.redis_adapters.outbox import Outbox
from wall.alerts.book import AlertBook
from wall.alerts.replay import RuleReplay
from wall.alerts.steps import AlertSteps
from wall.dash_app import PageApp
from wall.messages.delivery_log import Delivery, deliveries
from wall.messages.testing import ChannelTest
from wall.people.permits import route_for
from wall.people.viewer import Viewer, current_viewer, language_for
from wall.refusal import Refused
from wall.sight.visible import Visible

from .alert_replays import Replays
from .desk import Desk, answering
from .permits import ACKNOWLEDGE, ALERTS, DELIVERIES, REPLAY
from .routes import Progress, progress_stream

_TABS = ("rules", "standing", "deliveries")
#: Attempts that are looked through for the list, and those that it shows.
_LOOKED, _SHOWN = 2000, 200
_WEEK_MS = 7 * DAY_MS
#: Outcomes after which nobody tries again: what to look at first.
_ENDED_BADLY = ("given_up", "refused")
_OUTCOMES = ("", "given_up", "refused", "again", "sent")
_NOISY = 3
#: Pages that follow a replay at the same time: each holds a worker of the server.
_MOST_STREAMS = 2


@dataclass(frozen=True, slots=True)
class Alerting:
    """What a server has of alerts and of messages about them."""

    book: AlertBook
    steps: AlertSteps
    outbox: Outbox
    test: ChannelTest


@dataclass(frozen=True, slots=True)
class AlertRoom:
    """The desk, alerts, and the replays under way."""

    desk: Desk
    has: Alerting
    replays: Replays


def alerts_room(parts: AlertRoom, tab: str, asked: Mapping[str, str], language: str) -> html.Div | None:
    """The page of a tab; None where there is no such tab, or not for the viewer."""
    viewer = current_viewer()
    may_deliveries = DELIVERIES.admits(viewer)
    if tab not in _TABS or (tab == "deliveries" and not may_deliveries):
        return None
    found = parts.desk.lookup(language, ALERTS)
    seen = parts.desk.visible(ALERTS)
    more: dict[str, Any] = {
        "rules": lambda: _rules(parts, found, seen, viewer),
        "standing": lambda: _standing(parts, seen, viewer),
        "deliveries": lambda: _deliveries(parts, found, asked.get("outcome", "")),
    }[tab]()
    return alerts_page(found, AlertsFacts(tab, parts.desk.today, may_deliveries=may_deliveries, **more))


def _rules(parts: AlertRoom, found: Lookup, seen: Visible, viewer: Viewer) -> dict[str, Any]:
    """Rules that stand anywhere where the viewer sees; one without a place that is seen does not exist."""
    now_ms = parts.desk.now_ms
    stood = parts.has.book.between(seen, now_ms - _WEEK_MS, now_ms)
    calendar = parts.desk.calendar
    week = Counter((one.rule, calendar.business_date(one.fired_ms)) for one in stood)
    firing = Counter(one.rule for one in stood if one.resolved_ms is None)
    rows = []
    for rule in seen.model.alerts:
        held = seen_places(rule, seen)
        if held:
            days = {day: count for (name, day), count in week.items() if name == rule.id}
            rows.append(RuleRow(rule, len(held), firing[rule.id], days))
    may_replay = REPLAY.admits(viewer)
    return {
        "rules": tuple(rows),
        "may_replay": may_replay,
        "replay": _replayed(parts, found) if may_replay else None,
    }


def seen_places(rule: AlertRule, seen: Visible) -> list[AlertKey]:
    """Where a rule stands, as far as unit and KPI, or the unit's score, are seen; a source's place is its top unit."""
    sources = {one.id for one in seen.model.sources}
    found = places(rule, seen.model)
    return [
        key for key in found
        if (seen.sees_kpi(key.unit, key.kpi) if key.kpi and key.kpi not in sources else seen.sees_score(key.unit))
    ]  # fmt: skip


def _replayed(parts: AlertRoom, found: Lookup) -> ReplayFacts | None:
    known = parts.replays.newest(parts.desk.applied)
    if known is None:
        return None
    days, one = known
    done = one.found
    if done is None:
        return ReplayFacts(days, one.done / max(1, one.total), one.running, one.trouble)
    messages = sum(told.kind == "fired" for told in done.messages)
    rules = tuple(_rule(found, rule) for rule in done.rules)
    last = done.until
    return ReplayFacts(days, 1.0, False, "", done.first if last else None, last, done.step_ms, messages, rules)


def _rule(found: Lookup, one: RuleReplay) -> ReplayedRule:
    noisy = tuple((_place(found, key), count) for key, count in one.places[:_NOISY])
    return ReplayedRule(
        found.text(one.rule.title), one.rule.severity, one.fired, one.told, one.again, one.folded, one.pending_only,
        one.median_ms, one.per_day, noisy,
    )  # fmt: skip


def _place(found: Lookup, key: AlertKey) -> str:
    titles = [found.short(one) for one in (found.units.get(key.unit), found.kpis.get(key.kpi)) if one is not None]
    return " · ".join(titles) or key.unit


def _standing(parts: AlertRoom, seen: Visible, viewer: Viewer) -> dict[str, Any]:
    return {"standing": tuple(parts.has.book.standing(seen)), "may_acknowledge": ACKNOWLEDGE.admits(viewer)}


def _deliveries(parts: AlertRoom, found: Lookup, outcome: str) -> dict[str, Any]:
    """The newest attempts, those that ended badly first."""
    words, outcome = found.words, outcome if outcome in _OUTCOMES else ""
    log = [one for one in deliveries(parts.has.outbox, _LOOKED) if outcome in ("", one.outcome)]
    log.sort(key=lambda one: (one.outcome not in _ENDED_BADLY, -one.at_ms))
    chosen = tuple(
        Choice(one, words(f"alertsroom.outcome.{one or 'any'}"), one == outcome) for one in _OUTCOMES
    )  # fmt: skip
    channels = tuple(ChannelRow(one.id, one.shown, one.personal, one.unit) for one in parts.has.test.channels)
    rows = tuple(_delivery(found, one) for one in islice(log, _SHOWN))
    return {"deliveries": rows, "outcomes": chosen, "channels": channels}


def _delivery(found: Lookup, one: Delivery) -> DeliveryRow:
    bad = one.outcome in _ENDED_BADLY
    return DeliveryRow(
        moment(found, one.at_ms), one.channel, one.recipient, one.kind, one.outcome, bad, one.ms, one.error
    )  # fmt: skip


def replay_progressed(parts: AlertRoom, days: int, language: str) -> Progress:
    """How far a replay is."""
    words, known = Words.of(language), parts.replays.known(parts.desk.applied, days)
    if known is None or not known.running:
        return 1.0, "", True
    text = words("alertsroom.replay.running", done=known.done, total=known.total)
    return known.done / max(1, known.total), text, False


def add_alerts(app: PageApp, server: flask.Flask, parts: AlertRoom) -> None:
    """The callbacks and the stream: start a replay and follow it, acknowledge, test a channel."""
    desk, streams = parts.desk, threading.BoundedSemaphore(_MOST_STREAMS)

    @server.get("/desk/stream/replay/<int:days>")
    @route_for(REPLAY)
    def replaying(days: int) -> flask.Response:
        language = language_for(flask.request.args.get("lang"), desk.model.language)
        return progress_stream(streams, lambda: replay_progressed(parts, days, language))

    @app.callback(
        Output("replay-told", "children"),
        [Input({"type": "replay-do", "days": days}, "n_clicks") for days in REPLAYS],
        State(PAGE, "data"),
        permit=REPLAY,
        prevent_initial_call=True,
    )
    def start(*given: Any) -> Any:
        words = desk.words(given[-1])
        asked = ctx.triggered_id
        if not any(given[:-1]) or not isinstance(asked, dict) or asked["days"] not in REPLAYS:
            return no_update
        if not parts.replays.start(desk.applied, asked["days"]):
            return told(words("alertsroom.replay.busy"), good=False)
        return replay_progress(words, asked["days"], 0.0)

    @app.callback(
        Output({"type": "alert-told", "alert": MATCH}, "children"),
        Input({"type": "alert-ack", "alert": MATCH}, "n_clicks"),
        State(PAGE, "data"),
        permit=ACKNOWLEDGE,
        prevent_initial_call=True,
    )
    def acknowledge(clicks: int, page: dict[str, str]) -> Any:
        return _step(desk, clicks, page, lambda alert: parts.has.steps.acknowledge(current_viewer(), alert))

    @app.callback(
        Output({"type": "channel-told", "channel": MATCH}, "children"),
        Input({"type": "channel-test", "channel": MATCH}, "n_clicks"),
        State({"type": "channel-to", "channel": MATCH}, "value"),
        State(PAGE, "data"),
        permit=DELIVERIES,
        prevent_initial_call=True,
    )
    def test(clicks: int, to: str | None, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not clicks:
            return no_update

        @answering(lambda why: told(why, good=False))
        def answer() -> Any:
            name = str(ctx.triggered_id["channel"])
            done = parts.has.test.send(name, (to or "").strip(), current_viewer(), words)
            if done.outcome != "sent":
                raise Refused(words("alertsroom.channel.failed", why=done.error))
            return told(words("alertsroom.channel.sent"), good=True)

        return answer()


def _step(desk: Desk, clicks: int, page: dict[str, str], act: Callable[[str], object]) -> Any:
    words = desk.words(page)
    if not clicks:
        return no_update

    @answering(lambda why: told(why, good=False))
    def answer() -> Any:
        act(str(ctx.triggered_id["alert"]))
        return told(words("alertsroom.acknowledged"), good=True)

    return answer()
