"""The history page: what was applied, what holds from when, and what a definition said on a day."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from dash import dcc, html

from scoring.board import WEIGHT

from .. import formats, moments
from ..bindings import data
from ..formula_text import formula_text
from ..kpi_view import form_for
from ..lookup import Lookup
from ..method_text import method_sentence
from .facts import Applied, DatedChange, Difference, HistoryFacts, Standing
from .parts import chip, empty, notice, panel, picker
from .shell import desk_page

#: Differences shown of one application before the rest is counted.
_MOST = 60


def moment(found: Lookup, ms: int) -> str:
    """A moment of the company's clock with its date."""
    return f"{moments.local(ms, found.zone):%Y-%m-%d %H:%M}"


def history_page(found: Lookup, facts: HistoryFacts) -> html.Div:
    """The page."""
    words = found.words
    filling = [] if facts.filling is None else [_filling(found, facts)]
    left = html.Div([*filling, _line_of_time(found, facts), _as_of(found, facts)], className="pile")
    right = html.Div([_applications(found, facts), _between(found, facts)], className="pile")
    return desk_page(
        found,
        "history",
        "history",
        words("desk.room.history"),
        [html.Div([left, right], className="halves")],
        words("desk.room.history.for"),
    )


def _filling(found: Lookup, facts: HistoryFacts) -> html.Section:
    words = found.words
    following = next((one for one in facts.applied if one.state == "next"), None)
    share = facts.filling or 0
    line = words("desk.filling", version=following.version if following else "")
    bar = html.Div(
        [html.Div(className="progress-fill"), html.Span(formats.percent(facts.filling), className="progress-text")],
        className="progress",
        style={"--share": float(share)},
        **data(progress="/desk/stream/filling"),
    )
    return panel(words("desk.filling.title"), html.Div(line, className="quiet"), bar)


def _line_of_time(found: Lookup, facts: HistoryFacts) -> html.Section:
    words = found.words
    if not facts.changes:
        return panel(words("desk.timeline"), empty(words("desk.timeline.none")))
    rows: list[Any] = []
    marked = False
    for one in facts.changes:
        if one.state != "to_come" and not marked:
            marked = True
            rows.append(_today(found, facts))
        rows.append(_change(found, one))
    if not marked:
        rows.append(_today(found, facts))
    return panel(words("desk.timeline"), html.Ol(rows, className="timeline"), note=words("desk.timeline.note"))


def _today(found: Lookup, facts: HistoryFacts) -> html.Li:
    return html.Li(
        html.Div([html.Span(found.words("desk.today")), html.Span(facts.today.isoformat(), className="number")]),
        className="now",
    )


def _change(found: Lookup, one: DatedChange) -> html.Li:
    words = found.words
    head = [html.Span(one.from_.isoformat(), className="number"), chip(words(f"desk.state.{one.state}"), one.state)]
    about = [html.Div(one.reason, className="reason")]
    if one.author:
        about.append(html.Div(one.author, className="quiet"))
    lines = html.Ul([html.Li(line) for line in one.lines], className="moves")
    undo = []
    if one.state == "to_come" and one.token:
        name = f"undo-{one.token}"
        fold = html.Details([html.Summary(words("desk.undo")), _undo(found, one.token)], className="undo")
        undo = [html.Div(fold, id=name)]
    return html.Li([html.Div(head, className="line-head"), *about, lines, *undo], **data(state=one.state))


def _undo(found: Lookup, token: str) -> html.Div:
    """The entries that take a change out again; several may stand on the page, so their ids are patterns."""
    words = found.words
    ids = {part: {"type": f"undo-{part}", "change": token} for part in ("reason", "do", "told")}
    said = dcc.Input(id=ids["reason"], type="text", placeholder=words("desk.act.reason"), maxLength=500, value="")
    do = html.Button(words("desk.undo.do"), id=ids["do"], n_clicks=0, className="button", type="button")
    line = html.Div(
        [
            html.Div(
                html.Label([html.Span(words("desk.act.reason"), className="label"), said]), className="field wide"
            ),
            do,
        ],
        className="act-row",
    )
    return html.Div([line, html.Div(id=ids["told"], className="told")], className="act")


def _applications(found: Lookup, facts: HistoryFacts) -> html.Section:
    words = found.words
    rows = [_application(found, one) for one in facts.applied]
    more = [html.Div(words("desk.more", n=facts.more), className="quiet")] if facts.more else []
    return panel(
        words("desk.applications"), html.Div(rows, className="log"), *more, note=words("desk.applications.note")
    )


def _application(found: Lookup, one: Applied) -> html.Div:
    words = found.words
    state = [chip(words(f"desk.state.{one.state}"), one.state)] if one.state else []
    about = [
        html.Span(moment(found, one.at_ms), className="number"),
        html.Span(one.author),
        html.Span(words("desk.version", version=one.version)),
    ]
    summary = words("desk.differences", n=len(one.differences)) if one.differences else words("desk.differences.none")
    fold: Any = html.Div(summary, className="quiet")
    if one.differences:
        fold = html.Details([html.Summary(summary), differences(found, one.differences)])
    return html.Div(
        [
            html.Div(f"#{one.number}", className="log-number number"),
            html.Div(
                [
                    html.Div([html.Span(one.reason, className="reason"), *state], className="line-head"),
                    html.Div(about, className="dotted quiet"),
                    fold,
                ]
            ),
        ],
        className="log-row",
    )


def differences(found: Lookup, shown: Sequence[Difference]) -> html.Ul:
    """What differs between two models."""
    rows = [
        html.Li(
            [html.Span(one.sign, className="sign"), html.Span(one.what, className="what"), html.Span(one.detail)],
            **data(sign=one.sign),
        )
        for one in shown[:_MOST]
    ]
    if len(shown) > _MOST:
        rows.append(html.Li(found.words("desk.more", n=len(shown) - _MOST)))
    return html.Ul(rows, className="differences")


def _form(found: Lookup, fields: Sequence[Any], text: str) -> html.Form:
    """Fields that ask for this page anew; what is asked stands in its address."""
    language = html.Div(
        html.Select([html.Option(found.words.language, value=found.words.language)], name="lang"), hidden=True
    )
    button = html.Button(text, className="button", type="submit")
    return html.Form([*fields, language, button], method="GET", action="/desk/history", className="row query")


def _as_of(found: Lookup, facts: HistoryFacts) -> html.Section:
    words = found.words
    day = html.Label(
        [
            html.Span(words("desk.day"), className="label"),
            dcc.Input(id="as-of-day", name="on", type="text", value=facts.on, className="day-entry"),
        ],
        className="field day-entry",
    )
    fields = [picker("unit", facts.units, words("desk.unit")), picker("kpi", facts.kpis, words("desk.kpi")), day]
    content: list[Any] = [_form(found, fields, words("desk.as_of.show"))]
    if facts.standing is not None:
        content.append(_standing(found, facts.standing))
    elif facts.standing_note:
        content.append(notice("unknown", facts.standing_note))
    return panel(words("desk.as_of.title"), *content)


def _standing(found: Lookup, standing: Standing) -> html.Dl:
    words, cell = found.words, standing.cell
    metrics = {metric.id: found.text(metric.title) for metric in found.model.metrics}
    kpi = cell.rule.kpi
    form = form_for(found, kpi, cell.target)
    since = words("desk.since", day=standing.since.isoformat()) if standing.since else words("desk.since.start")
    why = " · ".join(part for part in (since, standing.reason, standing.author) if part)
    facts = [
        (words("desk.key.version"), f"v{cell.version} · {why}"),
        (words("desk.target"), form.target(cell.target)),
        (words("desk.weight"), formats.plain(Fraction(cell.weight, WEIGHT))),
        (words("desk.key.value"), formula_text(kpi.value, metrics)),
        (words("desk.key.direction"), words(f"desk.direction.{kpi.direction}")),
        (words("desk.method"), method_sentence(found, cell.rule, form)),
        (words("desk.key.rollup"), words(f"desk.rollup.{cell.rollup}")),
        (words("desk.key.definition"), found.text(kpi.definition)),
    ]
    rows = [html.Div([html.Dt(label), html.Dd(text)]) for label, text in facts if text]
    return html.Dl(rows, className="said-list")


def _between(found: Lookup, facts: HistoryFacts) -> html.Section:
    words = found.words
    fields = [picker("a", facts.pair[0], words("desk.between.a")), picker("b", facts.pair[1], words("desk.between.b"))]
    content: list[Any] = [_form(found, fields, words("desk.between.show"))]
    if facts.between is not None:
        same = notice("good", words("desk.between.same"))
        content.append(differences(found, facts.between) if facts.between else same)
    return panel(words("desk.between"), *content)
