"""The step that is talked about: a KPI with its line and its reasons, or a list."""

from __future__ import annotations

from typing import Any

from dash import html

from scoring.board import KpiResult

from .. import formats
from ..bindings import data, glyph
from ..formats import Form
from ..kpi_view import TARGET_TICK, amount_text, form_for, position
from ..links import explain_href
from ..lookup import Lookup
from . import wording
from .ahead import will_miss
from .facts import HIDDEN, Cell, Item, MeetingFact, Task
from .trend import PHONE, WALL, spark, trend
from .why import Row, below_rows, made_of, moved_points, moved_rows, signed_points


def item_view(found: Lookup, fact: MeetingFact, item: Item | None) -> html.Section:
    """The panel of a step."""
    if item is None:
        return _nothing(found, fact)
    if item.kpi:
        result = found.board.kpis.get((item.unit, item.kpi))
        return _nothing(found, fact) if result is None else _kpi(found, fact, item, result)
    body = _actions(found, fact, item) if item.actions else [_cell(found, cell) for cell in item.cells]
    head = html.Div([html.H2(wording.section(found, item.section)),
                     html.Span(wording.count(found, item.section, [item]), className="su-about")],
                    className="su-item-head")  # fmt: skip
    return html.Section(
        [head, html.Div(body, className="su-list")], className="su-item panel", **data(kind=item.section)
    )


def _nothing(found: Lookup, fact: MeetingFact) -> html.Section:
    """No step, or one that the reader may not see: which of them is not told apart by numbers."""
    key = "standup.hidden" if fact.at == HIDDEN else "standup.nothing"
    text = [html.H2(found.words(key)), html.P(found.words(f"{key}.how"))]
    return html.Section(text, className="su-item panel su-empty")


def _kpi(found: Lookup, fact: MeetingFact, item: Item, result: KpiResult) -> html.Section:
    kpi, words = found.kpis[item.kpi], found.words
    named = _owner(found, item.kpi)
    owner = words("standup.owner", name=named) if named else ""
    own = item.unit in (fact.unit, item.raised_by)
    place = "" if own else found.text(found.units[item.unit].title)
    raised = ""
    if item.raised_by:
        raised = words("standup.raised_by", unit=found.text(found.units[item.raised_by].title))
    days = words("standup.days", n=item.days) if (item.days or 0) > 1 and item.section != "new" else ""
    about = [
        one for one in (raised, place, wording.turned(found, fact, result), days,
                        wording.lost_text(found, result), owner) if one
    ]  # fmt: skip
    shown = html.Span(
        [glyph(), words(f"status.{result.status}")], className="status", **data(**{"is": result.status.value})
    )
    title = html.A(found.text(kpi.title), href=explain_href(item.unit, words.language, item.kpi))
    head = html.Div(
        [html.Div([html.H2(title), shown], className="su-name"), html.Span(" · ".join(about), className="su-about")],
        className="su-item-head",
    )
    form = form_for(found, kpi, result.target)
    value = html.Div(
        [html.Span(form.value(result.value), className="number"), html.Span(form.unit, className="su-unit")],
        className="su-value",
    )
    figures = html.Div([value, html.Div([_facts(found, fact, result), _bar(result)], className="su-facts-bar")],
                       className="su-figures")  # fmt: skip
    drawn = (trend(found, result, WALL, "su-trend wide"), trend(found, result, PHONE, "su-trend slim"))
    lines = [line for line in drawn if line is not None]
    chart: list[Any] = lines or [html.P(words("standup.no_trend"), className="su-quiet")]
    body = [
        head,
        figures,
        html.Div(chart, className="su-chart"),
        _why(found, fact, result),
        *_alerts(found, fact, item),
    ]
    return html.Section(body, className="su-item panel", **data(kind="kpi", **{"is": result.status.value}))


def _facts(found: Lookup, fact: MeetingFact, result: KpiResult) -> html.Div:
    words, form = found.words, form_for(found, found.kpis[result.kpi], result.target)
    change = _change(found, result, form)
    told = [
        (words("standup.target"), wording.target_text(found, result)),
        change,
        (words("standup.weight"), wording.weight_text(result)),
        (words("standup.score"), formats.score(result.score) if result.weight else "–"),
    ]
    return html.Div([html.Div([html.Span(name, className="label"), html.Span(value, className="number")])
                     for name, value in told], className="su-facts")  # fmt: skip


def _change(found: Lookup, result: KpiResult, form: Form) -> tuple[str, str]:
    """A rate against yesterday; what accrues against what is due by now, as it only ever grows."""
    words, value = found.words, result.value
    if found.kpis[result.kpi].accrues:
        lead = None if value is None or result.due is None else value - result.due
        return words("standup.lead"), form.signed(lead)
    before = found.board.yesterday_kpis.get((result.unit, result.kpi))
    moved = None if before is None or before.value is None or value is None else value - before.value
    return words("standup.change"), form.signed(moved)


def _bar(result: KpiResult) -> html.Div:
    """The attainment bar from 0 to 120 %, with the target."""
    share = position(result.attainment) or 0.0
    fill = html.Div(className="fill", style={"transform": f"translateX({share * 100 - 100:.2f}%)"})
    tick = html.Div(className="tick", style={"transform": f"translateX({TARGET_TICK * 100:.2f}%)"})
    return html.Div(
        [html.Div(fill, className="track"), tick], className="bar su-bar", **data(**{"is": result.status.value})
    )


def _why(found: Lookup, fact: MeetingFact, result: KpiResult) -> html.Div:
    """Units below, what the number is made of, and what moved its part of the score since the last meeting."""
    words = found.words
    below = below_rows(found, result)
    moved = fact.moved if result.unit == fact.unit else None
    made = made_of(found, result)
    aside = [
        html.Span([html.Span(name), html.Span(value, className="number")], className="su-made") for name, value in made
    ]
    blocks: list[Any] = []
    if below:
        blocks.append(_rows(words("standup.why.below"), below))
    points, rows = moved_points(result.kpi, moved), moved_rows(found, result.kpi, moved)
    if rows and points is not None:
        since = words("standup.why.since" if fact.moved_from_ms else "standup.why.yesterday")
        blocks.append(_rows(f"{since} {words('standup.points', n=signed_points(points))}", rows))
    if not blocks and fact.id and result.unit == fact.unit:
        blocks.append(html.P(words("standup.why.none"), className="su-quiet"))
    head = html.Div([html.H3(words("standup.why")), *aside], className="su-why-head")
    return html.Div([head, html.Div(blocks, className="su-why-body")], className="su-why")


def _rows(title: str, rows: list[Row]) -> html.Div:
    lines = [
        html.Div(
            [
                html.Span(row.title, className="su-row-name"),
                html.Span(html.I(style={"width": f"{max(row.share, 0.02) * 100:.1f}%"}), className="su-row-bar"),
                html.Span(row.value, className="number"),
                html.Span(row.note, className="su-row-note"),
            ],
            className="su-row",
            **data(bad="1" if row.is_bad else "0"),
        )
        for row in rows
    ]
    return html.Div([html.Span(title, className="label"), *lines], className="su-rows")


def _alerts(found: Lookup, fact: MeetingFact, item: Item) -> list[html.Div]:
    """The alerts that stand at the KPI."""
    own = [one for one in fact.alerts if (one.unit, one.kpi) == (item.unit, item.kpi)]
    return [
        html.Div([glyph(), html.Span(found.text(one.title)), html.Span(
            found.words("standup.alert.since", time=wording.clock(found, one.fired_ms)), className="su-row-note")],
            className="su-alert", **data(**{"is": "bad" if one.severity == "critical" else "watch"}))
        for one in own[:1]
    ]  # fmt: skip


def _cell(found: Lookup, cell: Cell) -> html.Div:
    """A line of a list of KPIs: glyph, name, reason, value."""
    result = found.board.kpis.get(cell)
    if result is None:
        return html.Div()
    name, form = found.text(found.kpis[cell[1]].title), form_for(found, found.kpis[cell[1]], result.target)
    return html.Div(
        [
            glyph(),
            html.Span(name, className="su-cell-name"),
            html.Span(risk_text(found, result), className="su-about"),
            html.Span([form.value(result.value), html.Small(form.unit)], className="number"),
        ],
        className="su-cell",
        **data(**{"is": result.status.value}),
    )


def risk_text(found: Lookup, result: KpiResult, brief: bool = False) -> str:
    """Why a KPI is at risk: what it will end at, or how far behind what is due; else its target."""
    words, kpi = found.words, found.kpis[result.kpi]
    form = form_for(found, kpi, result.target)
    ahead = found.board.forecasts.get((result.unit, result.kpi))
    if ahead is not None and will_miss(kpi, result, ahead):
        told = amount_text(form, ahead.mid)
        if brief:
            return words("standup.risk.ends", value=told)
        return words("standup.risk.forecast", value=told, target=wording.target_text(found, result))
    if kpi.accrues and result.value is not None and result.due is not None and result.value < result.due:
        gap = f"{form.signed(result.value - result.due)} {form.unit}".strip()
        return gap if brief else words("standup.risk.behind", gap=gap)
    return f"{words('standup.target')} {wording.target_text(found, result)}"


def _actions(found: Lookup, fact: MeetingFact, item: Item) -> list[html.Div]:
    """The overdue actions, each to be marked as done by who leads."""
    tasks = [one for one in fact.tasks if one.id in item.actions]
    lines = []
    for task in tasks:
        state, word = wording.task_state(found, task, fact.today)
        may_mark = fact.may_write and task.state == "open"
        done = [_mark_done(found, task)] if may_mark else []
        pinned = found.text(found.kpis[task.kpi].title) if task.kpi in found.kpis else ""
        about = " · ".join(one for one in (task.owner, wording.due_text(found, task.due), pinned) if one)
        lines.append(html.Div([glyph(), html.Span(task.title, className="su-cell-name"),
                               html.Span(about, className="su-about"), html.Span(word, className="su-state"), *done],
                              className="su-cell su-late", **data(**{"is": state})))  # fmt: skip
    return lines


def _mark_done(found: Lookup, task: Task) -> html.Button:
    about = data(post="action-state", id=task.id, state="done")
    return html.Button(found.words("standup.task.mark"), type="button", className="su-small", **about)


def preview(found: Lookup, fact: MeetingFact, items: list[Item], number: int) -> html.Section:
    """A section that comes later, in short."""
    first = items[0]
    nth = html.Span(found.words("standup.nth", n=number), className="label")
    head = html.Div([html.H3(wording.section(found, first.section)), nth], className="su-next-head")
    if not first.kpi:
        body: list[Any] = _actions_short(found, fact, first) if first.actions else [
            _short(found, cell, risk=True) for cell in first.cells[:3]
        ]  # fmt: skip
    elif len(items) == 1:
        body = _one(found, first)
    else:
        body = [_item_short(found, one) for one in items[:3]]
    return html.Section([head, *body], className="su-next panel")


def _actions_short(found: Lookup, fact: MeetingFact, item: Item) -> list[html.Div]:
    lines = []
    for task in [one for one in fact.tasks if one.id in item.actions][:3]:
        state, word = wording.task_state(found, task, fact.today)
        parts = [glyph(), html.Span(task.title, className="su-cell-name"), html.Span(word, className="su-about")]
        lines.append(html.Div(parts, className="su-short", **data(**{"is": state})))
    return lines


def _item_short(found: Lookup, item: Item) -> html.Div:
    """A KPI in short: one that was raised with where it stands, an old one with how long it has been red."""
    if item.section == "raised":
        return _short(found, (item.unit, item.kpi), place=found.short(found.units[item.unit]))
    return _short(found, (item.unit, item.kpi), item.days if item.section == "longest" else None)


def _short(found: Lookup, cell: Cell, days: int | None = None, risk: bool = False, place: str = "") -> html.Div:
    result = found.board.kpis.get(cell)
    if result is None:
        return html.Div()
    about = place or wording.value_text(found, result)
    if days:
        about = found.words("standup.days.short", n=days)
    if risk:
        about = risk_text(found, result, brief=True)
    name = html.Span(found.short(found.kpis[cell[1]]), className="su-cell-name")
    return html.Div([glyph(), name, html.Span(about, className="su-about")], className="su-short",
                    **data(**{"is": result.status.value}))  # fmt: skip


def _one(found: Lookup, item: Item) -> list[html.Div]:
    result = found.board.kpis.get((item.unit, item.kpi))
    if result is None:
        return []
    words, form = found.words, form_for(found, found.kpis[item.kpi], result.target)
    days = html.Span(
        [html.Span(str(item.days or "–"), className="number"), words("standup.days.unit")], className="su-days"
    )
    parts = [glyph(), html.Span(found.short(found.kpis[item.kpi]), className="su-cell-name"), days]
    name = html.Div(parts, className="su-short", **data(**{"is": result.status.value}))
    line = spark(found, result)
    number = html.Span([html.Span(form.value(result.value), className="number"), html.Span(form.unit)],
                       className="su-next-value")  # fmt: skip
    figures: list[Any] = [number] if line is None else [number, line]
    value = html.Div(figures, className="su-next-figures", **data(**{"is": result.status.value}))
    target = f"{words('standup.target')} {wording.target_text(found, result)}"
    score = f"{words('standup.score')} {formats.score(result.score)}" if result.weight else ""
    owner = _owner(found, item.kpi)
    told = " · ".join(one for one in (target, score, owner) if one)
    return [name, value, html.Div(told, className="su-next-told")]


def _owner(found: Lookup, kpi: str) -> str:
    return found.text(found.kpis[kpi].owner)
