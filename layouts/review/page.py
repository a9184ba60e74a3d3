"""The review of a period: what came out, why, what was tried, and what to keep or to change."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from scoring.board import WEIGHT

from .. import formats
from ..bindings import data, glyph
from ..desk.parts import button, chip, empty, entry, field, goes, link_button, panel, table
from ..desk.shell import desk_page
from ..kpi_view import amount_text, form_for
from ..lookup import Lookup
from ..moved_card import moved_bars
from ..moved_view import moved_view
from .course import course_chart
from .facts import Lesson, Proposal, ResultLine, ReviewFacts, Tried
from .texts import change_text, lost_text, moment_text, proposal_text, tried_place

#: How long a text may be; the steps refuse more.
MOST_TEXT = 2000


def review_page(found: Lookup, facts: ReviewFacts) -> html.Div:
    """The page."""
    words, unit = found.words, found.units[facts.unit]
    left = html.Div([_head(found, facts), _results(found, facts), _moved(found, facts)], className="stack")
    right = html.Div([_course(found, facts), _tried(found, facts)], className="stack")
    below = html.Div(
        [panel(words("review.lessons"), html.Div(lessons(found, facts), id="review-lessons"),
               *(_lesson_form(found) if facts.may_write else []), css="lessons"),
         panel(words("review.proposals"), html.Div(proposals(found, facts), id="review-proposals"),
               *(_proposal_form(found, facts) if facts.may_write and facts.lines else []),
               note=words("review.proposals.note"), css="proposals")],
        className="halves review-ends",
    )  # fmt: skip
    of = dcc.Store(id="review-of", data={"unit": facts.unit, "period": facts.period})
    title = words("review.title", unit=found.text(unit.title), period=facts.title)
    name = f"review/{quote(facts.unit)}/{quote(facts.period)}"
    content = [html.Div([left, right], className="halves"), below, of]
    return desk_page(found, "review", name, title, content, _pickers(found, facts))


def _pickers(found: Lookup, facts: ReviewFacts) -> list[Any]:
    words, lang = found.words, found.words.language
    pick = [
        goes("unit", facts.units, words("desk.unit"), f"/desk/review/{{}}/{quote(facts.period)}?lang={lang}"),
        goes("kind", facts.kinds, words("review.kind"), f"/desk/review/{quote(facts.unit)}/{{}}?lang={lang}"),
        goes("period", facts.periods, words("desk.period"), f"/desk/review/{quote(facts.unit)}/{{}}?lang={lang}"),
    ]
    return [html.Div(pick, className="review-picks"), *_files(found, facts)]


def _files(found: Lookup, facts: ReviewFacts) -> list[Any]:
    if not facts.may_export:
        return []
    stem = f"/desk/review/{quote(facts.unit)}/{quote(facts.period)}"
    links = [
        link_button(found.words(f"review.export.{suffix}"), f"{stem}.{suffix}?lang={found.words.language}")
        for suffix in ("md", "xlsx")
    ]  # fmt: skip
    return [html.Div(links, className="review-files")]


def _head(found: Lookup, facts: ReviewFacts) -> html.Section:
    words, unit = found.words, found.units[facts.unit]
    if facts.score is None:
        return panel(words("review.result"), empty(words("review.no_score")), note=chip(words(f"review.{facts.state}")))
    target = formats.fixed(Fraction(unit.target_score), 1)
    moved = change_text(facts.score, facts.score_before)
    before = words(
        "review.before", period=facts.before_title, score=formats.score(facts.score_before), change=moved
    )  # fmt: skip
    before = words("review.before.part") if facts.before_in_part else before
    part = [html.Div(words("review.part"))] if facts.in_part else []
    amount = html.Div(formats.score(facts.score), className="review-score number")
    about = html.Div(
        [html.Div(words("review.target", target=target)), html.Div(before), *part], className="review-about"
    )
    note = chip(words(f"review.{facts.state}"))
    return panel(words("review.result"), html.Div([amount, about], className="review-head"), note=note)


def _results(found: Lookup, facts: ReviewFacts) -> html.Section:
    words = found.words
    if not facts.lines:
        return panel(words("review.kpis"), empty(words("review.no_results")))
    heads = [(words("desk.kpi"), ""), (words("review.value"), "num"), (words("desk.target"), "num"),
             (words("review.before.head"), "num"), (words("review.score"), "num"), (words("desk.weight"), "num"),
             (words("review.lost"), "num")]  # fmt: skip
    rows = [_line(found, one) for one in facts.lines]
    return panel(words("review.kpis"), table(heads, rows, "review-results"), note=words("review.kpis.note"))


def _line(found: Lookup, line: ResultLine) -> list[Any]:
    kpi, result = found.kpis[line.result.kpi], line.result
    form = form_for(found, kpi, result.target)
    name = html.Div([glyph(), html.Span(found.text(kpi.title), className="kpi-name")], className="review-kpi",
                    **data(**{"is": str(result.status)}))  # fmt: skip
    before = None if line.before is None else line.before.value
    return [
        name,
        html.Span(amount_text(form, result.value), className="strong"),
        form.target(result.target),
        amount_text(form, before),
        formats.score(result.score),
        formats.plain(Fraction(result.weight, WEIGHT)),
        lost_text(line.lost),
    ]


def _moved(found: Lookup, facts: ReviewFacts) -> html.Section:
    words = found.words
    title = words("review.moved", period=facts.before_title)
    if facts.moved is None:
        return panel(title, empty(words("review.before.part" if facts.before_in_part else "review.moved.none")))
    moved = moved_view(facts.moved)
    body: list[Any] = moved_bars(found, moved) or [empty(words("explain.moved.none"))]
    note = words("explain.moved.span", before=moved.before, after=moved.after)
    late = [html.Div(facts.moved_note, className="hint")] if facts.moved_note else []
    return panel(title, html.Div(body, className="review-bars"), *late, note=note, css="moved")


def _course(found: Lookup, facts: ReviewFacts) -> html.Section:
    words = found.words
    if len(facts.course) < 2:
        return panel(words("review.course"), empty(words("review.course.none")))
    target = found.units[facts.unit].target_score
    return panel(words("review.course"), course_chart(found, facts, target), note=words("review.course.note"))


def _tried(found: Lookup, facts: ReviewFacts) -> html.Section:
    words = found.words
    if not facts.tried:
        return panel(words("review.tried"), empty(words("review.tried.none")))
    rows = [_moment(found, facts, at + 1, one) for at, one in enumerate(facts.tried)]
    note = words("review.tried.more", n=facts.more_tried) if facts.more_tried else ""
    return panel(words("review.tried"), html.Ol(rows, className="tried"), note=note)


def _moment(found: Lookup, facts: ReviewFacts, number: int, one: Tried) -> html.Li:
    words = found.words
    who = [html.Span(one.who, className="quiet")] if one.who else []
    place = tried_place(found, facts.unit, one)
    at = [html.Span(place, className="quiet")] if place else []
    about = [html.Span(words(f"review.what.{one.what}"), className="tried-what"), *at, *who]
    return html.Li(
        [html.Span(number, className="tried-mark number"),
         html.Span(moment_text(found, one.at_ms), className="tried-when"),
         html.Div([html.Div(about, className="tried-about"), html.Div(one.text, className="tried-text")])],
        **data(what=one.what),
    )  # fmt: skip


def lessons(found: Lookup, facts: ReviewFacts) -> list[Any]:
    """What to keep beside what to change."""
    words = found.words
    columns = [
        html.Div([html.H3(words(f"review.{kind}")), *_lesson_list(found, facts, kind)], className="lesson-column")
        for kind in ("keep", "change")
    ]  # fmt: skip
    return [html.Div(columns, className="lesson-columns")]


def _lesson_list(found: Lookup, facts: ReviewFacts, kind: str) -> list[Any]:
    held = [one for one in facts.lessons if one.kind == kind]
    return [_lesson(found, one) for one in held] or [empty(found.words(f"review.{kind}.none"))]


def _lesson(found: Lookup, one: Lesson) -> html.Div:
    about = [html.Span(one.author), html.Span(moment_text(found, one.at_ms))]
    return html.Div([html.Div(one.text, className="lesson-text"),
                     html.Div([*about, *_back(found, one.id, one.mine)], className="lesson-about")],
                    className="lesson")  # fmt: skip


def _back(found: Lookup, id_: str, mine: bool) -> list[Any]:
    if not mine:
        return []
    return [button(found.words("followup.withdraw"), {"type": "review-back", "id": id_}, "quiet-button")]


def _lesson_form(found: Lookup) -> list[Any]:
    words = found.words
    text = entry("review-text", "", placeholder=words("review.lesson.hint"), maxLength=MOST_TEXT)
    row = [field(words("review.lesson"), text, css="wide"), button(words("review.keep.add"), "review-keep"),
           button(words("review.change.add"), "review-change")]  # fmt: skip
    return [html.Div(row, className="act-row review-form"), html.Div(id="review-told", className="told")]


def proposals(found: Lookup, facts: ReviewFacts) -> list[Any]:
    """What is proposed, each with its way to what-if or the application that it led to."""
    held = [_proposal(found, facts, one) for one in facts.proposals]
    return held or [empty(found.words("review.proposals.none"))]


def _proposal(found: Lookup, facts: ReviewFacts, one: Proposal) -> html.Div:
    words = found.words
    ways: list[Any] = []
    if one.applied is not None:
        ways.append(chip(words("review.applied", n=one.applied), "good"))
    elif facts.may_try:
        href = what_if_href(facts, one, words.language, words("review.mark", period=facts.title, id=one.id[:8]))
        ways.append(html.A(words("review.try"), href=href, className="button main"))
    about = [html.Span(one.author), html.Span(moment_text(found, one.at_ms)), *_back(found, one.id, one.mine)]
    return html.Div(
        [html.Div([html.Span(proposal_text(found, one), className="strong"), *ways], className="proposal-head"),
         html.Div(one.reason, className="lesson-text"), html.Div(about, className="lesson-about")],
        className="lesson",
    )  # fmt: skip


def what_if_href(facts: ReviewFacts, one: Proposal, language: str, mark: str) -> str:
    """The what-if page with the proposal filled in; its reason carries the mark by which its application is known."""
    asked = {"lang": language, "kpi": one.kpi, "field": one.field, "value": one.value, "reason": f"{one.reason} {mark}"}
    return f"/desk/what-if/{quote(facts.unit)}?{urlencode(asked)}"


def _proposal_form(found: Lookup, facts: ReviewFacts) -> list[Any]:
    words = found.words
    kpis = [{"label": found.text(found.kpis[one.result.kpi].title), "value": one.result.kpi} for one in facts.lines]
    fields = [{"label": words(f"desk.{name}"), "value": name} for name in ("target", "weight")]
    row = [
        field(words("desk.kpi"), _list("review-kpi", kpis), css="review-pick"),
        field(words("review.field"), _list("review-field", fields), css="review-pick"),
        field(words("review.value.new"), entry("review-value", "", "num", inputMode="decimal"), css="review-value"),
        field(words("review.why"), entry("review-why", "", maxLength=MOST_TEXT), css="wide"),
        button(words("review.propose"), "review-propose"),
    ]
    return [html.Div(row, className="act-row review-form"), html.Div(id="review-told-2", className="told")]


def _list(id_: str, options: Sequence[dict[str, str]]) -> dcc.Dropdown:
    return dcc.Dropdown(list(options), options[0]["value"], id=id_, clearable=False, searchable=False)
