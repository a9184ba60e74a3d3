"""The page of one alert: what it reads now, what lies behind it, what was done about it, and what can be done."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import quote

from dash import html

from scoring.board import Board, Freshness, KpiResult
from scoring.definitions import Model
from scoring.explain import points_lost

from .. import formats, moments
from ..alert_rows import alert_title
from ..bindings import data, glyph, number, text
from ..followup.section import followup_section
from ..kpi_view import displayed_status, form_for, value_text
from ..links import alerts_href, unit_href
from ..lookup import Lookup, View, lookup
from ..phone.ages import aged
from ..phone.cards import fact as fact_line
from ..phone.cards import kpi_card
from ..phone.frame import Frame, PhoneReader, list_head, page
from ..phone.kpi_views import kpi_page_view
from ..phone.trend_page import trend_block
from ..phone.unit_view import phone_view
from ..phone.way import Step, Way, kpi_href
from .alert_steps import step_buttons, step_sheets, told_line
from .facts import AlertFact
from .inbox_page import about_handling, clock_ahead
from .live import reading_view, stamp
from .message_text import lasting
from .reading import level_text
from .standing import RESOLVED
from .story import AlertStory, HistoryLine

#: Parts that are named as likely contributors.
MOST_CONTRIBUTORS = 5
_ANY_WIDTH = 10_000


def alert_page(model: Model, board: Board, language: str, reader: PhoneReader, story: AlertStory) -> html.Div:
    """The page; the reader sees the alert's unit, and its KPI or score."""
    found = lookup(model, board, language, alerts=reader.alerts)
    alert, words = story.fact, found.words
    view = _view(found, reader, alert)
    first = [_reading(found, view, alert), told_line(), *_advice(found, alert), *_kpi(found, view, alert)]
    rest = [*_trend(found, alert), *_contributors(found, reader, alert), *_history(found, story)]
    pinned = reader.followup(alert.unit, alert.kpi if alert.kpi in found.kpis else "")
    rest += [] if pinned is None else followup_section(found, pinned)
    name = f"{alert.unit}:{alert.kpi}" if alert.kpi in found.kpis else alert.unit
    frame = Frame(
        unit=reader.home,
        title=alert_title(found, alert, _ANY_WIDTH, 1),
        push=f"/push/phone/{quote(name)}?lang={language}",
        tab="alerts",
        way=Way(Step(alerts_href(language), words("alerts.title"))),
        actions=step_buttons(found, story),
    )
    content = [html.Div(first, className="first"), html.Div(rest, className="rest"), *step_sheets(found, story)]
    made = page(found, view, reader, frame, content, "alert")
    setattr(made, "data-alerts", stamp(found))
    return made


def _view(found: Lookup, reader: PhoneReader, alert: AlertFact) -> View:
    """What the KPI's own page shows, or the unit's, with the alert's reading."""
    model, board, language = found.model, found.board, found.words.language
    if alert.kpi in found.kpis:
        view = kpi_page_view(model, board, alert.unit, alert.kpi, language, reader.alerts)
    else:
        view = phone_view(model, board, alert.unit, language, reader.alerts)
    return view | reading_view(found, [alert])


def _reading(found: Lookup, view: View, alert: AlertFact) -> html.Section:
    """Severity and phase; the reading, large; the level; since when; what was done."""
    words, over = found.words, alert.phase == RESOLVED
    state = [
        html.Div([glyph(), html.Span(words(f"alerts.severity.{alert.severity}"))], className="status"),
        html.Span(words(f"alerts.phase.{alert.phase}"), className="alert-phase"),
    ]
    unit = html.A(found.text(found.units[alert.unit].title), href=unit_href(alert.unit, words.language),
                  className="alert-unit")  # fmt: skip
    rows = [
        *([fact_line(words("alerts.level"), html.Span(level, className="strong"))]
          if (level := level_text(found, alert)) else []),
        _since(found, view, alert),
        *([fact_line(words("alerts.owner"), html.Span(owner))] if (owner := _owner(found, alert)) else []),
    ]  # fmt: skip
    done = [html.Span(one) for one in about_handling(found, alert)]
    return html.Section(
        [
            html.Div(state, className="spread"),
            html.Div([html.Span(found.text(alert.title), className="alert-rule"), unit], className="dotted"),
            *([_figure(view, alert)] if alert.of != "silence" else []),
            html.Div(rows, className="facts-list"),
            *([html.Div(done, className="alert-told dotted")] if done else []),
        ],
        className="card alert-card",
        **data(**{"is": "good" if over else alert.severity}),
    )


def _figure(view: View, alert: AlertFact) -> html.Div:
    """The number large and what it counts small; words alone in between."""
    key = f"alert.{alert.id}"
    css = "unit" if view[f"{key}.number"] else "alert-state"
    parts = [number(view, f"{key}.number", "kpi-value"), text(view, f"{key}.rest", css)]
    return html.Div(parts, className="kpi-amount")


def _since(found: Lookup, view: View, alert: AlertFact) -> html.Div:
    words, now_ms = found.words, found.board.as_of_ms
    clock = moments.clock(alert.fired_ms, found.zone, now_ms, words)
    if alert.resolved_ms is None:
        ago = aged(found, view, f"alert.{alert.id}.fired_ms", "strong", "span")
        return fact_line(words("alerts.since"), html.Span(f"{clock} · "), ago)
    end = moments.clock(alert.resolved_ms, found.zone, now_ms, words)
    span = lasting(max(0, alert.resolved_ms - alert.fired_ms), words)
    return fact_line(words("alerts.phase.resolved"), html.Span(f"{clock}–{end} · {span}"))


def _owner(found: Lookup, alert: AlertFact) -> str:
    kpi = found.kpis.get(alert.kpi)
    own = found.text(kpi.owner) if kpi is not None else ""
    return own or found.text(found.units[alert.unit].owner)


def _advice(found: Lookup, alert: AlertFact) -> list[Any]:
    advice = found.text(alert.advice)
    if not advice:
        return []
    return [html.Section([html.H2(found.words("alerts.advice")), html.P(advice)], className="card alert-advice")]


def _kpi(found: Lookup, view: View, alert: AlertFact) -> list[Any]:
    """The KPI as its own page has it, and the way there."""
    if (alert.unit, alert.kpi) not in found.board.kpis:
        return []
    href = kpi_href(alert.unit, alert.kpi, found.words.language)
    return [list_head(found.words("alerts.now")), kpi_card(found, view, "kpi", href)]


def _trend(found: Lookup, alert: AlertFact) -> list[Any]:
    if alert.kpi not in found.kpis:
        return []
    return [list_head(found.words("phone.tab.trend")), trend_block(found.words, alert.unit, "day", alert.kpi)]


def _contributors(found: Lookup, reader: PhoneReader, alert: AlertFact) -> list[Any]:
    """Of a KPI the units below that are short of it, of a score the KPIs that cost most; each leads on."""
    rows = _short_units(found, alert) if alert.kpi in found.kpis else _costly_kpis(found, alert)
    if not rows:
        return []
    return [list_head(found.words("alerts.contributors")), html.Div(rows, className="card rows")]


def _short_units(found: Lookup, alert: AlertFact) -> list[html.A]:
    below = [found.board.kpis.get((unit.id, alert.kpi)) for unit in found.children(alert.unit)]
    short = [one for one in below if one is not None and one.status.value in ("bad", "watch")]
    short.sort(key=lambda one: one.attainment or Fraction(0))
    return [_part(found, one, found.text(found.units[one.unit].title), "") for one in short[:MOST_CONTRIBUTORS]]


def _costly_kpis(found: Lookup, alert: AlertFact) -> list[html.A]:
    results = found.results(alert.unit)
    lost = [(points_lost(one, results) or Fraction(0), one) for one in results]
    worst = sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: -pair[0])[:MOST_CONTRIBUTORS]
    return [
        _part(found, one, found.text(found.kpis[one.kpi].title),
              found.words("alerts.points", points=formats.MINUS + formats.fixed(cost, 1)))
        for cost, one in worst
    ]  # fmt: skip


def _part(found: Lookup, result: KpiResult, name: str, cost: str) -> html.A:
    value = value_text(form_for(found, found.kpis[result.kpi], result.target), result)
    fresh = found.freshness(result.kpi)
    shown = displayed_status(result.status, fresh)
    told = [html.Span(value, className="number"), *([html.Span(cost, className="label")] if cost else [])]
    word = found.words(f"status.{shown}") if fresh is not Freshness.LIVE else ""
    return html.A(
        [glyph(), html.Span(name, className="row-name"), html.Span([*told, *([html.Span(word)] if word else [])],
                                                                  className="part-value"),
         html.I(className="chevron")],
        href=kpi_href(result.unit, result.kpi, found.words.language),
        className="row part-row",
        **data(**{"is": shown}),
    )  # fmt: skip


def _history(found: Lookup, story: AlertStory) -> list[Any]:
    rows = [_event(found, line) for line in story.history]
    return [list_head(found.words("alerts.history")), html.Ol(rows, className="card alert-history")] if rows else []


def _event(found: Lookup, line: HistoryLine) -> html.Li:
    until = "" if line.until_ms is None else clock_ahead(found, line.until_ms)
    told = found.words(f"alerts.event.{line.kind}", who=line.who, time=until)
    when = moments.clock(line.at_ms, found.zone, found.board.as_of_ms, found.words)
    exact = moments.local(line.at_ms, found.zone)
    shown = f"{exact:%H:%M}" if when == f"{exact:%H:%M}" else f"{when} {exact:%H:%M}"
    return html.Li([html.Span(shown, className="event-time number"), html.Span(told)])
