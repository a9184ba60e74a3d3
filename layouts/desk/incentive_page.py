"""The incentive page: the trial calculation of a period, its curve and grades, and who stands by it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from urllib.parse import quote

from dash import html

from scoring.grading import Line

from .. import formats
from ..bindings import data
from ..lookup import Lookup
from .coefficient_chart import coefficient_chart
from .facts import GradeCount, IncentiveFacts
from .history_page import moment
from .parts import act, empty, goes, link_button, notice, panel, table
from .shell import desk_page
from .trial_view import amount

_STAGES = ("preview", "proposed", "approved")


def incentive_page(found: Lookup, facts: IncentiveFacts) -> html.Div:
    """The page of an incentive and a period."""
    words = found.words
    picks = html.Div(
        [
            goes(
                "incentive",
                facts.incentives,
                words("desk.incentive"),
                f"/desk/incentive/{{}}/{facts.period}?lang={words.language}",
            ),
            goes(
                "period",
                facts.periods,
                words("desk.period"),
                f"/desk/incentive/{facts.incentive}/{{}}?lang={words.language}",
            ),
        ],
        className="row",
    )
    grades = [_grades(found, facts)] if facts.whole else []
    left = html.Div([_lines(found, facts), *grades], className="pile")
    right = html.Div([_stage(found, facts), _curve(found, facts)], className="pile")
    return desk_page(
        found,
        "incentive",
        f"incentive/{quote(facts.incentive)}/{quote(facts.period)}",
        f"{facts.title} · {facts.period_title}",
        [html.Div([left, right], className="lines-and-side")],
        picks,
    )


def no_incentive_page(found: Lookup) -> html.Div:
    """What stands where the model has no incentive."""
    words = found.words
    return desk_page(
        found,
        "incentive",
        "incentive",
        words("desk.room.incentive"),
        [panel(words("desk.incentive"), empty(words("desk.incentive.none")))],
        words("desk.room.incentive.for"),
    )


def _factor(value: Fraction | None) -> str:
    return formats.fixed(value, 3)


def _lines(found: Lookup, facts: IncentiveFacts) -> html.Section:
    words = found.words
    heads = [
        (words("desk.unit"), "grow"),
        (words("desk.score"), "num"),
        (words("desk.grade"), "num"),
        (words("desk.coefficient"), "num"),
        (words("desk.coefficient.unit"), "num"),
        (words("desk.coefficient.company"), "num"),
        (words("desk.base"), "num"),
        (words("desk.amount"), "num"),
    ]
    rows: list[Any] = [_line(found, one) for one in facts.lines]
    rest = html.Td("", colSpan=len(heads) - 2)
    total = [html.Td(words("desk.total")), rest, html.Td(amount(facts.total), className="num total")]
    rows.append(html.Tr(total, className="sum-row"))
    loose = words("desk.not_frozen") if facts.over else words("desk.not_over")
    warn = notice("good", words("desk.is_frozen")) if facts.closed else notice("watch", loose)
    note = words("desk.formula")
    return panel(
        words("desk.lines"),
        warn,
        table(heads, rows, "money"),
        html.Div(words("desk.trial_only"), className="quiet"),
        note=note,
    )


def _line(found: Lookup, line: Line) -> list[Any]:
    unit = found.units.get(line.unit)
    return [
        found.text(unit.title) if unit else line.unit,
        formats.fixed(formats.points(line.score), 2),
        line.grade or formats.UNKNOWN,
        _factor(line.coefficient),
        _factor(line.unit_coefficient),
        _factor(line.company_coefficient),
        amount(line.base),
        html.Span(amount(line.amount), className="strong"),
    ]


def _stage(found: Lookup, facts: IncentiveFacts) -> html.Section:
    words = found.words
    reached = _STAGES.index(facts.stage)
    who = {
        "proposed": (facts.proposed_by, facts.proposed_ms),
        "approved": (facts.approved_by, facts.approved_ms),
    }
    steps = []
    for place, stage in enumerate(_STAGES):
        name, at_ms = who.get(stage, ("", 0))
        about = f"{name} · {moment(found, at_ms)}" if name and place <= reached else ""
        state = "done" if place < reached else "here" if place == reached else "ahead"
        steps.append(
            html.Li(
                [html.Div(words(f"desk.stage.{stage}"), className="stage-name"), html.Div(about)], **data(state=state)
            )
        )
    content: list[Any] = [html.Ol(steps, className="stages")]
    content += [notice("watch", words("desk.stage.outdated"))] if facts.outdated else []
    if facts.reason:
        content.append(html.Div(f"{words('desk.reason')}: {facts.reason}", className="quiet"))
    content += [_step(found, facts)] if facts.may_settle else []
    file = f"/desk/incentive/{quote(facts.incentive)}/{quote(facts.period)}.xlsx"
    export = html.Div(link_button(words("desk.incentive.export"), file), className="row buttons")
    content += [export] if facts.may_export else []
    digest = html.Span(facts.digest[:12], className="digest", title=facts.digest)
    return panel(words("desk.stage"), *content, note=digest)


def _step(found: Lookup, facts: IncentiveFacts) -> html.Div:
    words = found.words
    if facts.stage == "preview":
        if not facts.closed:
            href = f"/desk/periods?lang={words.language}&period={quote(facts.period)}"
            link = html.A(words("desk.to_period"), href=href, className="text-link")
            return html.Div([html.Span(words("desk.propose.closed_first")), " ", link], className="quiet")
        return act(words, "propose", words("desk.propose"))
    back = html.Details(
        [html.Summary(words("desk.withdraw.fold")), act(words, "withdraw", words("desk.withdraw"), main=False)],
        className="undo",
    )
    if facts.stage == "approved":
        return html.Div(back)
    second = html.Div(words("desk.approve.second", name=facts.proposed_by), className="quiet")
    approve = html.Div(
        [
            html.Div(
                [
                    html.Button(
                        words("desk.approve"), id="approve-do", n_clicks=0, className="button main", type="button"
                    )
                ],
                className="act-row",
            ),
            html.Div(id="approve-told", className="told"),
        ],
        className="act",
    )
    return html.Div([second, approve, back])


def _curve(found: Lookup, facts: IncentiveFacts) -> html.Section:
    words = found.words
    marks = [
        (
            found.short(found.units[line.unit]) if line.unit in found.units else line.unit,
            formats.points(line.score),
            line.coefficient,
        )
        for line in facts.lines
    ]
    known = [(title, score, factor) for title, score, factor in marks if score is not None and factor is not None]
    return panel(words("desk.curve"), coefficient_chart(facts.table, known), note=words("desk.curve.note"))


def _grades(found: Lookup, facts: IncentiveFacts) -> html.Section:
    words = found.words
    if not facts.grades:
        return panel(words("desk.grades"), empty(words("desk.grades.none")))
    most = max((one.count for one in facts.grades), default=0) or 1
    crowded = {one.grade for one in facts.crowded}
    rows = [_grade(found, one, most, one.band.grade in crowded) for one in facts.grades]
    warn = [
        notice(
            "watch",
            words(
                "desk.crowded",
                grade=one.grade,
                n=one.count,
                whole=one.whole,
                most=formats.plain(Fraction(one.most_share)),
            ),
        )
        for one in facts.crowded
    ]
    return panel(words("desk.grades"), html.Div(rows, className="grade-rows"), *warn, note=words("desk.grades.note"))


def _grade(found: Lookup, one: GradeCount, most: int, over: bool) -> html.Div:
    limit = (
        ""
        if one.band.most_share is None
        else found.words("desk.grades.most", n=formats.plain(Fraction(one.band.most_share)))
    )
    bar = html.Div(html.Div(style={"width": f"{100 * one.count / most:.1f}%"}), className="grade-bar")
    title = found.text(one.band.title)
    return html.Div(
        [
            html.Span(one.band.grade, className="strong grade-name"),
            html.Span(title, className="grade-title"),
            bar,
            html.Span(str(one.count), className="number"),
            html.Span(limit, className="quiet"),
        ],
        className="grade-row",
        **data(over="1" if over else "0"),
    )
