"""Why a KPI's score is what it is: the chain from what was counted to what it adds to each level, and its events."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from dash import html

from scoring.board import WEIGHT
from scoring.definitions import Kpi

from . import formats
from .bindings import data
from .chain_view import Chain, ShareLine, chain, children_scores
from .curve_figure import curve_figure
from .definition_card import definition_card
from .events_list import events_card
from .explain_parts import (
    as_of,
    explain_head,
    history,
    stale_note,
    state_of,
    status_of,
    version_text,
)
from .explain_unit_page import gate_block
from .followup.card import followup_card
from .followup.facts import Pinned
from .gate_text import gate_line
from .header_view import period_title
from .kpi_view import amount_text
from .links import explain_href
from .lookup import Lookup
from .stories import KpiStory
from .withheld import withheld_card

#: Room of the summary on a phone of 390 px, and what stands between two of its steps, in px.
STRIP_ROOM, STEP_GAP = 334, 19


def explain_kpi_page(found: Lookup, story: KpiStory, shows_events: bool, pinned: Pinned | None = None) -> html.Div:
    """The page of one KPI at one unit; its events, if they are for whoever reads, are fetched when it stands."""
    links = chain(found, story.explanation)
    unit, kpi = story.explanation.cell.key
    main = [_summary(found, story, links, shows_events), _chain(found, story, links)]
    about = [
        *followup_card(found, pinned),
        definition_card(found, story, links),
        history(found, story.versions, story.as_of_ms),
    ]
    sides = ([*main, *about], [events_card(found.words, unit, kpi)]) if shows_events else (main, about)
    columns = html.Div([html.Div(side, className="column") for side in sides], className="columns")
    fresh = found.freshness(kpi).value
    return html.Div([_head(found, story), columns], className="phone explain", **data(live=fresh))


def withheld_kpi_page(found: Lookup, unit_id: str, kpi_id: str) -> html.Div:
    """The page of a KPI whose numbers at a unit are withheld."""
    words = found.words
    unit, kpi = found.units[unit_id], found.kpis[kpi_id]
    back = words("explain.back.unit", unit=found.text(unit.title), score=formats.UNKNOWN)
    head = explain_head(
        found, (back, explain_href(unit.id, words.language)), found.text(kpi.title),
        status_of("unknown", words("withheld.short")), [found.text(unit.title)],
        explain_href(unit.id, words.language, kpi.id),
    )  # fmt: skip
    return html.Div([head, withheld_card(found)], className="phone explain")


def _head(found: Lookup, story: KpiStory) -> html.Header:
    result, words = story.explanation.result, found.words
    kpi, unit = story.explanation.cell.rule.kpi, found.units[result.unit]
    score = formats.score(story.unit_score.score)
    back = words("explain.back.unit", unit=found.text(unit.title), score=score)
    facts = [
        found.text(unit.title),
        period_title(found, result),
        version_text(found, story.versions, story.as_of_ms),
        as_of(found, story.as_of_ms),
    ]
    return explain_head(
        found, (back, explain_href(unit.id, words.language)), found.text(kpi.title),
        status_of(*state_of(found, result)), facts, explain_href(unit.id, words.language, kpi.id),
    )  # fmt: skip


def _summary(found: Lookup, story: KpiStory, links: Chain, shows_events: bool) -> html.Section:
    """The whole chain in one line: value, attainment, score, contribution; and what it costs."""
    words, cell = found.words, story.explanation.cell
    weight = formats.plain(Fraction(story.explanation.result.weight, WEIGHT))
    attained = words("explain.step.pace" if cell.rule.kpi.accrues else "explain.step.attained")
    by = words("explain.bonus") if cell.rule.adds else f"× {words('kpi.weight', weight=weight)}"
    steps = [
        (words("explain.step.value"), links.value),
        *([(attained, links.attained)] if cell.rollup == "values" else []),
        (words("kpi.score"), links.score),
        (by, links.contribution),
    ]
    strip = [
        html.Div([html.Span(label, className="label"), _figure(amount)], className="link") for label, amount in steps
    ]
    unit = "" if links.moved == formats.UNKNOWN else f" {words('exceptions.points')}"
    cost = html.Span([html.Span(links.moved, className="number"), html.Span(unit)])
    against = html.Span(words("explain.bonus" if cell.rule.adds else "explain.cost"), className="label")
    to_events: list[Any] = [words("explain.to_events"), html.I(className="chevron")]
    events = [html.A(to_events, href="#events-card", className="to-events")] if shows_events else []
    return html.Section(
        [
            *stale_note(found, story.explanation.result),
            html.Div(strip, className="strip", **data(fit=_fit(steps))),
            html.Div([html.Span([against, cost], className="cost"), *events], className="spread"),
        ],
        className="card summary",
    )  # fmt: skip


def _split(amount: str) -> tuple[str, str]:
    """A number and its unit: ("2.54", "亿元") of "2.54 亿元"."""
    found = re.match(r"[-+\u2212\u2013\d.,]*", amount)
    length = found.end() if found else 0
    return amount[:length], amount[length:].strip()


def _fit(steps: list[tuple[str, str]]) -> str:
    """Whether the steps stand in one row of a phone, or in two."""
    width = float(STEP_GAP * (len(steps) - 1))
    for label, amount in steps:
        number, unit = _split(amount)
        figure = formats.text_width(number, 22) * 1.06 + formats.text_width(unit, 12) + (4 if unit else 0)
        width += max(figure, formats.text_width(label, 13))
    return "row" if width <= STRIP_ROOM else "two"


def _figure(amount: str) -> html.Div:
    """A number and, small, its unit."""
    number, unit = _split(amount)
    shown = [html.Span(number, className="number"), *([html.Span(unit, className="unit")] if unit else [])]
    return html.Div(shown, className="amount")


def _step(label: str, result: str, *body: html.Div | html.Span | str | None, final: bool = False) -> html.Div:
    """A link of the chain: its name, its outcome at the right, and how it came about."""
    inner = [html.Div(part, className="step-line") if isinstance(part, str) else part for part in body if part]
    head = [html.Span(label, className="step-name"), html.Span(result, className="step-result number")]
    return html.Div([html.Div(head, className="step-head"), *inner], className="step final" if final else "step")


def _chain(found: Lookup, story: KpiStory, links: Chain) -> html.Section:
    words, explanation = found.words, story.explanation
    kpi = explanation.cell.rule.kpi
    rolled = explanation.cell.rollup == "scores"
    pace = words("explain.step.pace" if kpi.accrues else "explain.step.attained")
    missing = html.Div(links.missing, className="missing") if links.missing else None
    filled = html.Div(f"= {links.filled}", className="step-line filled")
    goal = words("explain.step.due" if links.due else "explain.step.target")
    due = formats.UNKNOWN if explanation.result.due is None else amount_text(links.form, explanation.result.due)
    steps = [
        _definition(found, story, kpi),
        _step(words("explain.step.metrics"), "", *(_metric(title, amount) for title, amount in links.metrics)),
        _step(words("explain.step.formula"), links.value, links.formula, filled, missing),
    ]
    if not rolled:
        steps += [
            _step(goal, due if links.due else links.target, links.due, links.forecast),
            _step(pace, links.attained, links.attained_how),
        ]
    shown = links.score if rolled else links.curve_points
    chart = None if rolled else curve_figure(found, story.explanation, links)
    steps.append(_step(words("explain.step.curve"), shown, links.method, chart, _piece(links), _children(found, story)))
    gates = [gate_block(gate_line(found, effect)) for effect in explanation.gates]
    if gates:
        after = formats.fixed(formats.points(explanation.result.score), 2)
        steps.append(_step(words("explain.step.gates"), after, *gates))
    else:
        none = html.Span(words("explain.gates.none"), className="step-none")
        steps.append(
            html.Div(
                html.Div([html.Span(words("explain.step.gates"), className="step-name"), none], className="step-head"),
                className="step",
            )
        )
    shares = [_share(found, share, own=place == 0) for place, share in enumerate(links.shares)]
    steps.append(_step(words("explain.step.weight"), links.contribution, links.weighed,
                       html.Div(shares, className="shares") if shares else None, final=True))  # fmt: skip
    return html.Section(steps, className="card chain")


def _definition(found: Lookup, story: KpiStory, kpi: Kpi) -> html.Div:
    name = found.words("explain.step.definition")
    version = version_text(found, story.versions, story.as_of_ms).removeprefix(name).strip()
    return html.Div(
        [
            html.Div([html.Span(name, className="step-name"), html.Span(version, className="label")],
                     className="step-head"),
            html.Div(found.text(kpi.definition), className="step-line prose") if kpi.definition else None,
        ],
        className="step",
    )  # fmt: skip


def _metric(title: str, amount: str) -> html.Div:
    return html.Div([html.Span(title), html.Span(amount, className="number")], className="metric")


def _piece(links: Chain) -> html.Div | None:
    return html.Div(links.piece, className="step-line strong") if links.piece else None


def _children(found: Lookup, story: KpiStory) -> html.Div | None:
    rows = children_scores(found, story.explanation)
    kpi = story.explanation.cell.rule.kpi.id
    links = [
        html.A([html.Span(title), html.Span(score, className="number"), html.I(className="chevron")],
               href=explain_href(unit, found.words.language, kpi), className="share")
        for unit, title, score in rows
    ]  # fmt: skip
    return html.Div(links, className="shares below") if links else None


def _share(found: Lookup, share: ShareLine, own: bool) -> html.A:
    bar = html.Div(html.Div(className="share-bar", style={"width": f"{share.share * 100:.2f}%"}), className="track")
    return html.A(
        [
            html.Span(found.text(found.units[share.unit].title), className="share-name"),
            html.Span(found.words("explain.share", share=share.percent), className="label"),
            html.Span(share.points, className="number"),
            html.I(className="chevron"),
            html.Div(bar, className="share-track"),
        ],
        href=explain_href(share.unit, found.words.language),
        className="share own" if own else "share",
    )
