"""The room of alerts: rules in words with how often they fire, what stands, and what was delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from .. import formats, moments
from ..alerts.facts import AlertFact
from ..alerts.reading import against
from ..alerts.rule_text import fires_when, over_when
from ..bindings import data
from ..lookup import Lookup
from ..words import Words
from .alert_facts import AlertsFacts, ChannelRow, DeliveryRow, ReplayedRule, ReplayFacts, RuleRow
from .history_page import moment
from .parts import button, chip, empty, entry, field, goes, notice, panel, table
from .shell import desk_page

#: Replays that the page offers, in days.
REPLAYS = (7, 30)
_BARS_HIGH = 4.0


def alerts_page(found: Lookup, facts: AlertsFacts) -> html.Div:
    """The page of a tab."""
    words = found.words
    parts = {"rules": _rules_tab, "standing": _standing_tab, "deliveries": _deliveries_tab}
    name = "alerts" if facts.tab == "rules" else f"alerts/{facts.tab}"
    content = [_tabs(words, facts), *parts[facts.tab](found, facts)]
    body = html.Div(content, className="stack")
    return desk_page(found, "alerts", name, words("desk.room.alerts"), [body], words("desk.room.alerts.for"))


def _tabs(words: Words, facts: AlertsFacts) -> html.Nav:
    names = ["rules", "standing", *(["deliveries"] if facts.may_deliveries else [])]
    links = []
    for one in names:
        path = "" if one == "rules" else f"/{one}"
        here: Mapping[str, Any] = {"aria-current": "page"} if one == facts.tab else {}
        href = f"/desk/alerts{path}?lang={words.language}"
        links.append(html.A(words(f"alertsroom.tab.{one}"), href=href, className="alerts-tab", **here))
    return html.Nav(links, className="alerts-tabs")


def _rules_tab(found: Lookup, facts: AlertsFacts) -> list[Any]:
    words = found.words
    heads = [
        (words("alertsroom.rule"), "grow"), (words("alertsroom.places"), "num"), (words("alertsroom.firing"), "num"),
        (words("alertsroom.week"), "week"),
    ]  # fmt: skip
    rows = table(heads, [_rule(found, facts, one) for one in facts.rules], css="alert-rules")
    shown = rows if facts.rules else empty(words("alertsroom.rules.none"))
    return [panel(words("alertsroom.tab.rules"), shown), *([_replay(found, facts)] if facts.may_replay else [])]


def _rule(found: Lookup, facts: AlertsFacts, row: RuleRow) -> list[Any]:
    over = over_when(found, row.rule)
    about = html.Div(
        [
            html.Div([_severity(found.words, row.rule.severity), html.Strong(found.text(row.rule.title))]),
            html.Div(fires_when(found, row.rule), className="rule-when"),
            *([html.Div(over, className="quiet")] if over else []),
        ]
    )
    days = [facts.today - dt.timedelta(days=back) for back in range(6, -1, -1)]
    firing = html.Span(str(row.firing), className="number", **data(**{"is": "bad"} if row.firing else {}))
    return [about, str(row.places), firing, _bars(found.words, row.week, days)]


def _severity(words: Words, severity: str) -> html.Span:
    known = {"critical": "bad", "warning": "watch"}.get(severity, "off")
    return html.Span(words(f"alerts.severity.{severity}"), className="severity", **data(**{"is": known}))


def _bars(words: Words, counts: Mapping[dt.date, int], days: Sequence[dt.date], css: str = "") -> html.Div:
    """A bar for each day, from zero, as high as its count against the highest; each says its day and number."""
    most = max((counts.get(day, 0) for day in days), default=0)
    if not most:
        return html.Div(formats.UNKNOWN, className=f"day-bars {css}".strip())
    bars = []
    for day in days:
        count = counts.get(day, 0)
        style = {"height": f"{_BARS_HIGH * count / most:.2f}rem"}
        number = html.Span(str(count) if count else "", className="bar-count")
        bars.append(html.Div([number, html.Div(className="bar", style=style)], className="bar-day",
                             title=f"{moments.day(day, words)}: {count}"))  # fmt: skip
    ends = html.Div([html.Span(moments.day(one, words)) for one in (days[0], days[-1])], className="bar-ends")
    return html.Div([html.Div(bars, className="bars"), ends], className=f"day-bars {css}".strip())


def _replay(found: Lookup, facts: AlertsFacts) -> html.Section:
    words, replay = found.words, facts.replay
    buttons = [
        button(words("alertsroom.replay.do", days=days), {"type": "replay-do", "days": days}) for days in REPLAYS
    ]
    shown: list[Any] = [] if replay is None else _replay_parts(found, replay)
    steps = html.Div(buttons, className="row buttons")
    return panel(
        words("alertsroom.replay"), steps, html.Div(id="replay-told", className="told"), *shown,
        note=words("alertsroom.replay.note"),
    )  # fmt: skip


def replay_progress(words: Words, days: int, share: float) -> html.Div:
    """How far a replay is; the page comes anew when it is done."""
    bar = [html.Div(className="progress-fill"), html.Span("", className="progress-text")]
    address = f"/desk/stream/replay/{days}?lang={words.language}"
    return html.Div(bar, className="progress", style={"--share": share}, **data(progress=address))


def _replay_parts(found: Lookup, replay: ReplayFacts) -> list[Any]:
    words = found.words
    if replay.trouble:
        return [notice("bad", replay.trouble)]
    if replay.running:
        return [replay_progress(words, replay.days, replay.share)]
    if replay.first is None or replay.last is None:
        return [empty(words("alertsroom.replay.nothing"))]
    days = [replay.first + dt.timedelta(days=at) for at in range((replay.last - replay.first).days + 1)]
    fine = words("alertsroom.replay.fine", span=moments.age(replay.step_ms // 1000, words, ago=False))
    per_day = f"{replay.messages / len(days):.1f}"
    span = words("alertsroom.replay.span", first=moments.day(days[0], words), last=moments.day(days[-1], words))
    line = words("alertsroom.replay.messages", n=replay.messages, per_day=per_day)
    columns = (("rule", "grow"), ("days", "days"), ("fired", "num"), ("told", "num"), ("again", "num"),
               ("folded", "num"), ("pending", "num"), ("median", "num"), ("noisy", "noisy"))  # fmt: skip
    heads = [(words(f"alertsroom.replay.{one}"), css) for one, css in columns]
    rows = table(heads, [_replayed(found, one, days) for one in replay.rules], css="alert-replay")
    return [html.Div(f"{span} · {line} · {fine}", className="replay-line"), rows]


def _replayed(found: Lookup, one: ReplayedRule, days: Sequence[dt.date]) -> list[Any]:
    words = found.words
    lasted = "–" if one.median_ms is None else moments.age(one.median_ms // 1000, words, ago=False)
    noisy = html.Div([html.Div([html.Span(place), html.Span(f" {count}", className="number")])
                      for place, count in one.noisy])  # fmt: skip
    numbers = (one.fired, one.told, one.again, one.folded, one.pending_only)
    title = html.Div([_severity(words, one.severity), html.Strong(one.title)])
    return [title, _bars(words, one.per_day, days, "wide"), *(f"{n:,}" for n in numbers), lasted, noisy or "–"]


def _standing_tab(found: Lookup, facts: AlertsFacts) -> list[Any]:
    words = found.words
    columns = (("alert", "grow"), ("reading", "cell"), ("since", "cell"), ("who", "who"), ("do", "acts"))
    heads = [(words(f"alertsroom.standing.{one}"), css) for one, css in columns]
    rows = [_standing(found, facts, one) for one in facts.standing]
    shown = table(heads, rows, css="standing") if rows else empty(words("alerts.none"))
    return [panel(words("alertsroom.tab.standing"), shown, note=words("alerts.count", n=len(rows)))]


def _standing(found: Lookup, facts: AlertsFacts, one: AlertFact) -> list[Any]:
    words, unit, kpi = found.words, found.units.get(one.unit), found.kpis.get(one.kpi)
    place = " · ".join(found.text(title.title) for title in (unit, kpi) if title is not None)
    folded: list[Any] = [" ", html.Span(words("alerts.folded", n=one.folded), className="quiet")] if one.folded else []
    named = html.Div([_severity(words, one.severity), html.Strong(found.text(one.title))])
    who = [words("alerts.acknowledged_by", by=one.acknowledged_by)] if one.acknowledged_by else []
    who += [words("alerts.assigned_to", to=one.assignee)] if one.assignee else []
    link = html.A(words("alertsroom.open"), href=f"/phone/-/alerts/{one.id}?lang={words.language}",
                  className="button")  # fmt: skip
    steps: list[Any] = [link]
    if facts.may_acknowledge and not one.acknowledged_by:
        steps.insert(0, button(words("alerts.acknowledge"), {"type": "alert-ack", "alert": one.id}, "main"))
    said = html.Div(id={"type": "alert-told", "alert": one.id}, className="told")
    about: list[Any] = [html.Span(place), *folded]
    return [
        html.Div([named, html.Div(about, className="rule-when")]),
        against(found, one),
        moment(found, one.fired_ms),
        ("，" if words.language == "zh-CN" else ", ").join(who) or "–",
        html.Div([html.Div(steps, className="row buttons"), said]),
    ]


def _deliveries_tab(found: Lookup, facts: AlertsFacts) -> list[Any]:
    words = found.words
    address = f"/desk/alerts/deliveries?lang={words.language}&outcome={{}}"
    filters = goes("outcome", facts.outcomes, words("alertsroom.outcome"), address)
    columns = (("when", "when"), ("channel", "cell"), ("to", "who"), ("kind", "cell"), ("outcome", "cell"),
               ("ms", "num"), ("error", "grow"))  # fmt: skip
    heads = [(words(f"alertsroom.delivery.{one}"), css) for one, css in columns]
    rows = [_delivery(words, one) for one in facts.deliveries]
    shown = table(heads, rows, css="deliveries") if rows else empty(words("alertsroom.deliveries.none"))
    return [_channels(words, facts.channels), panel(words("alertsroom.tab.deliveries"), filters, shown)]


def _delivery(words: Words, one: DeliveryRow) -> list[Any]:
    outcome = html.Span(words(f"alertsroom.outcome.{one.outcome}"), **data(**{"is": "bad"} if one.bad else {}))
    return [html.Span(one.when, className="number"), one.channel, one.recipient,
            words(f"alertsroom.kind.{one.kind}"), outcome, f"{one.ms:,} ms", one.error or "–"]  # fmt: skip


def _channels(words: Words, channels: Sequence[ChannelRow]) -> html.Section:
    rows = []
    for one in channels:
        whom = chip(words("alertsroom.channel.personal")) if one.personal else chip(one.unit or "–")
        to = [field(words("alertsroom.channel.to"), entry({"type": "channel-to", "channel": one.name}))]
        steps = [
            *(to if one.personal else [html.Div(entry({"type": "channel-to", "channel": one.name}), hidden=True)]),
            button(words("alertsroom.channel.test"), {"type": "channel-test", "channel": one.name}),
        ]
        told = html.Div(id={"type": "channel-told", "channel": one.name}, className="told")
        rows.append(html.Div([html.Strong(one.name), whom, html.Span(one.address, className="quiet address"),
                              html.Div(steps, className="row buttons"), told], className="channel-row"))  # fmt: skip
    return panel(words("alertsroom.channels"), *(rows or [empty(words("alertsroom.channels.none"))]))
