"""Alerts on phones: the inbox, the page of one alert, and the steps that its buttons send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import flask
import msgspec

from layouts.alerts.alert_page import alert_page
from layouts.alerts.facts import AlertFact
from layouts.alerts.inbox_page import inbox_page
from layouts.alerts.snoozes import snoozes
from layouts.alerts.story import AlertStory, HistoryLine
from layouts.phone.way import ALERTS
from layouts.words import Words, language_or
from scoring.alerts.record import AlertEvent
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.forms import text_in
from scoring.roles import Capability
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable

from .people.account import Account
from .people.viewer import Viewer, current_viewer
from .refusal import Refused
from .sight.seen_alerts import Alerts
from .sight.seen_site import SeenSite
from .sight.visible import Visible

STEPS = f"{ALERTS}/<alert>/<step>"
#: How a channel is told from an account.
_CHANNEL = "channel:"

#: A page made of what a phone page is made of, as `PhonePages` takes it.
Making = Callable[..., Any]


class Book(Alerts, Protocol):
    """Knows the alerts of a site, and what happened to each."""

    def events(self, seen: Visible, alert_id: str) -> Sequence[AlertEvent]:
        """What happened to an alert, the oldest first."""


class Steps(Protocol):
    """What people do about alerts; each step raises `Refused` in words where it can't be taken."""

    def acknowledge(self, viewer: Viewer, alert_id: str) -> AlertFact:
        """Say that one sees to it."""

    def snooze(self, viewer: Viewer, alert_id: str, until_ms: int) -> AlertFact:
        """Let it tell nobody anything until then."""

    def assign(self, viewer: Viewer, alert_id: str, account: str) -> AlertFact:
        """Give it to somebody."""

    def assignable(self, viewer: Viewer, alert_id: str) -> Sequence[Account]:
        """Whom it may be given to."""

    def may(self, viewer: Viewer, alert_id: str, capability: Capability) -> bool:
        """Whether somebody may do this about it."""


class _Asked(msgspec.Struct, frozen=True):
    """What a button sends: how long, or to whom."""

    value: str = ""


class PhoneAlerts:
    """The routes; `people` are the accounts by id."""

    def __init__(self, site: SeenSite, book: Book, steps: Steps, people: Callable[[], Mapping[str, Account]]) -> None:
        self._site = site
        self._book = book
        self._steps = steps
        self._people = people

    def add_to(
        self, server: flask.Flask, whole: Callable[[Making], flask.Response], missing: Callable[[], Any]
    ) -> None:
        """Add the routes; `whole` makes a phone page, `missing` says that there is none."""

        def inbox() -> flask.Response:
            return whole(partial(inbox_page, mine=self._mine(current_viewer())))

        def alert(alert: str) -> Any:
            fact = self._site.alert(alert)
            return missing() if fact is None else whole(partial(alert_page, story=self._story(fact)))

        server.add_url_rule(ALERTS, "phone alerts", inbox)
        server.add_url_rule(f"{ALERTS}/<alert>", "phone alert", alert)
        server.add_url_rule(STEPS, "phone alert step", self.step, methods=["POST"])

    def step(self, alert: str, step: str) -> flask.Response:
        """One step; what can't be taken is refused in words."""
        viewer = replace(current_viewer(), language=self._language())
        words = Words.of(viewer.language)
        try:
            asked = msgspec.json.decode(flask.request.get_data() or b"{}", type=_Asked)
            self._take(viewer, alert, step, asked.value, words)
        except Refused as refused:
            return flask.make_response({"error": str(refused)}, 400)
        except msgspec.DecodeError:
            return flask.make_response({"error": words("alerts.unknown")}, 400)
        except (StoreUnavailable, LogUnavailable):
            return flask.make_response({"error": words("alerts.failed")}, 503)
        return flask.make_response({"done": True})

    def _take(self, viewer: Viewer, alert: str, step: str, value: str, words: Words) -> None:
        if step == "acknowledge":
            self._steps.acknowledge(viewer, alert)
        elif step == "assign":
            self._steps.assign(viewer, alert, value)
        elif step == "snooze":
            self._steps.snooze(viewer, alert, self._until_ms(value, words))
        else:
            raise Refused(words("alerts.unknown"))

    def _until_ms(self, name: str, words: Words) -> int:
        """The end of a snooze by its name; "off" is now."""
        now_ms = self._site.now_ms()
        if name == "off":
            return now_ms
        offered = dict(snoozes(BusinessCalendar(self._site.model.calendar), now_ms))
        if name not in offered:
            raise Refused(words("alerts.unknown"))
        return offered[name]

    def _story(self, fact: AlertFact) -> AlertStory:
        viewer, seen = current_viewer(), self._site.visible()
        may = self._steps.may(viewer, fact.id, Capability.ACKNOWLEDGE)
        return AlertStory(
            fact,
            tuple(reversed(self._history(seen, fact))),
            may_acknowledge=may,
            snoozes=snoozes(BusinessCalendar(seen.model.calendar), self._site.now_ms()) if may else (),
            people=tuple((one.id, one.name or one.id) for one in self._steps.assignable(viewer, fact.id)),
        )

    def _history(self, seen: Visible, fact: AlertFact) -> list[HistoryLine]:
        """What happened, from when the level was crossed; who is told by the names that people read."""
        began = [HistoryLine(fact.since_ms, "breached")] if fact.since_ms < fact.fired_ms else []
        return began + [self._line(one) for one in self._book.events(seen, fact.id)]

    def _line(self, event: AlertEvent) -> HistoryLine:
        ended = event.kind == "snoozed" and event.until_ms is not None and event.until_ms <= event.at_ms
        who = ", ".join(map(self._named, event.who))
        return HistoryLine(event.at_ms, "unsnoozed" if ended else event.kind, who, event.until_ms)

    def _named(self, who: str) -> str:
        """What people read of an account or a channel."""
        known = self._people().get(who)
        return who.removeprefix(_CHANNEL) if known is None else known.name or known.id

    def _mine(self, viewer: Viewer) -> frozenset[str]:
        """The alerts given to the viewer, those of KPIs and units that they own, and those of their own unit."""
        model = self._site.model
        return frozenset(one.id for one in self._site.alerts() if concerns(one, viewer, model))

    def _language(self) -> str:
        own = language_or(current_viewer().language, self._site.model.language)
        return language_or(flask.request.args.get("lang"), own)


def concerns(fact: AlertFact, viewer: Viewer, model: Model) -> bool:
    """Whether an alert concerns somebody before others."""
    names = {one for one in (viewer.name, viewer.title) if one}
    if fact.assignee in names or (fact.unit and fact.unit in (viewer.unit, viewer.person)):
        return True
    owners = [kpi.owner for kpi in model.kpis if kpi.id == fact.kpi]
    owners += [unit.owner for unit in model.units if unit.id == fact.unit]
    return any(text_in(owner, language) in names for owner in owners for language in ("zh-CN", "en"))
