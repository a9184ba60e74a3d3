"""Why a unit's score is what it is: the descent from full marks, what moved it since yesterday, gates, definitions."""

from __future__ import annotations

from typing import Any

from dash import html

from scoring.board import UnitScore
from scoring.definitions import Unit
from scoring.explain import OTHERS

from . import formats
from .bindings import data, glyph
from .descent import Line, descent
from .explain_parts import as_of, explain_head, history, state_of, status_of, version_text
from .formats import UNKNOWN
from .gate_text import GateLine, calm_vetoes, gate_line, gate_title
from .header_view import header_view
from .hero_view import scorecard_freshness
from .kpi_view import displayed_status
from .links import explain_href, unit_href
from .lookup import Lookup
from .moved_card import moved_card
from .ranking_view import unit_freshness
from .stories import UnitStory
from .withheld import withheld_card

#: Size of a part's name, the room its glyph takes, and the least and most room for both, in px of a phone.
NAME_SIZE, GLYPH_ROOM, NAME_ROOM = 16, 27, (96, 142)


def explain_unit_page(found: Lookup, unit_id: str, story: UnitStory | None) -> html.Div:
    """The page; KeyError if the model has no such unit.

    Without a story it says that there is no score yet, or that what makes it is withheld.
    """
    unit = found.units[unit_id]
    if story is None:
        own = found.unit_score(unit_id)
        withheld = unit_id in found.reader.withheld or own is not None
        parts = [_head(found, unit, own, None), withheld_card(found) if withheld else _no_score(found)]
        return html.Div(parts, className="phone explain")
    calm = calm_vetoes(found, unit, story.explanation.score.gates)
    main = [_descent(found, story), *_gates(found, story, calm)]
    aside = [moved_card(found, unit, story.since_yesterday), history(found, story.versions, story.as_of_ms)]
    columns = html.Div([html.Div(main, className="column"), html.Div(aside, className="column")], className="columns")
    fresh = scorecard_freshness(found, found.results(unit_id))[0].value
    parts = [_head(found, unit, story.explanation.score, story), columns]
    return html.Div(parts, className="phone explain", **data(live=fresh))


def _head(found: Lookup, unit: Unit, score: UnitScore | None, story: UnitStory | None) -> html.Header:
    words, results = found.words, found.results(unit.id)
    fresh, when = scorecard_freshness(found, results)
    status = "unknown" if score is None else displayed_status(score.status, fresh)
    word = words(f"status.{status}") if when is None or score is None else words("hero.as_of", time=when)
    word = words("withheld.short") if score is None and unit.id in found.reader.withheld else word
    shown = formats.score(None if score is None else score.score)
    title = words("explain.why.unknown") if shown == UNKNOWN else words("explain.why", score=shown)
    period = str(header_view(found, "", results)["header.period"])
    facts = [found.text(unit.title), period]
    if story is not None:
        facts += [version_text(found, story.versions, story.as_of_ms), as_of(found, story.as_of_ms)]
    here = explain_href(unit.id, words.language)
    back = found.text(unit.title), unit_href(unit.id, words.language)
    return explain_head(found, back, title, status_of(status, word), facts, here)


def _no_score(found: Lookup) -> html.Section:
    return html.Section(
        [
            html.H2(found.words("explain.no_score"), className="card-title"),
            html.P(found.words("explain.no_score.why"), className="prose"),
        ],
        className="card",
    )


def _descent(found: Lookup, story: UnitStory) -> html.Section:
    fall, words = descent(story.explanation), found.words
    if fall is None:
        return _unknown(found, story)
    axis = html.Span(words("explain.axis", from_=fall.axis_from)) if fall.axis_from else None
    coverage = story.explanation.score.coverage
    part = [] if coverage == 1 else [html.Span(words("explain.coverage", share=formats.percent(coverage)))]
    head = html.Div([html.Span(words("explain.descent")), *part, axis], className="label spread wrap")
    rows = [_line(found, story, line, fall.decimals, fall.axis_from > 0) for line in fall.lines]
    return html.Section([head, _rows(found, story, rows)], className="card")


def _rows(found: Lookup, story: UnitStory, rows: list[Any]) -> html.Div:
    """The lines with one width for all their names: that of the longest, within bounds."""
    own = [found.short(item) for part in story.explanation.parts
           if (item := (found.units if part.kind == "unit" else found.kpis).get(part.id)) is not None]  # fmt: skip
    widest = max((formats.text_width(name, NAME_SIZE) for name in own), default=0) + GLYPH_ROOM
    width = min(max(widest, NAME_ROOM[0]), NAME_ROOM[1])
    return html.Div(rows, className="descent", style={"--name": f"{width / 10:.2f}rem"})


def _unknown(found: Lookup, story: UnitStory) -> html.Section:
    """A score that is not known: its parts all the same, each with what it has."""
    rows = [
        _row(found, story, Line(part.kind, part.id, None, 0, 0, 0), formats.score(part.score), False)
        for part in story.explanation.parts
    ]
    card = _no_score(found)
    return html.Section([*card.children, _rows(found, story, rows)], className="card")


def _line(found: Lookup, story: UnitStory, line: Line, decimals: int, cut: bool) -> Any:
    total = line.kind in ("full", "score")
    if line.digits is None:
        amount = UNKNOWN
    else:
        amount = (formats.digits if total else formats.signed_digits)(line.digits, decimals)
    return _row(found, story, line, amount, cut and total)


def _row(found: Lookup, story: UnitStory, line: Line, amount: str, cut: bool) -> Any:
    title, state, href = _about(found, story, line)
    bar = html.Div(
        className="descent-bar cut" if cut else "descent-bar",
        style={"left": f"{line.start * 100:.2f}%", "width": f"{line.width * 100:.2f}%"},
    )
    join = html.Div(className="descent-join", style={"left": f"{line.end * 100:.2f}%"})
    quiet = line.digits is None and line.kind in ("kpi", "unit", "bonus") and amount == UNKNOWN
    inside = html.Span(found.words("explain.not_counted"), className="descent-note") if quiet else bar
    children = [
        html.Span([*([glyph()] if state else []), html.Span(title)], className="descent-name"),
        html.Div([inside, *([] if line.kind == "score" else [join])], className="descent-track"),
        html.Span(amount, className="descent-amount number"),
        html.I(className="chevron" if href else ""),
    ]
    attributes = data(kind=line.kind, quiet="1" if quiet else "0", **({"is": state} if state else {}))
    if not href:
        return html.Div(children, className="descent-row", **attributes)
    return html.A(children, href=href, className="descent-row", **attributes)


def _about(found: Lookup, story: UnitStory, line: Line) -> tuple[str, str, str]:
    """Title, status and address of a line; no status or address where it has none."""
    unit, words = story.explanation.node.unit.id, found.words
    match line.kind:
        case "kpi" | "bonus":
            result = found.board.kpis.get((unit, line.id))
            state = state_of(found, result)[0] if result is not None else "unknown"
            if line.id == OTHERS:
                return words("explain.others.kpi"), "", ""
            kpi = found.kpis.get(line.id)
            return found.short(kpi) if kpi else line.id, state, explain_href(unit, words.language, line.id)
        case "unit":
            scored = found.unit_score(line.id)
            state = displayed_status(scored.status, unit_freshness(found, line.id)) if scored else "unknown"
            if line.id == OTHERS:
                return words("explain.others.unit"), "", ""
            child = found.units.get(line.id)
            return found.short(child) if child else line.id, state, explain_href(line.id, words.language)
        case "gate":
            return gate_title(found, line.id), "bad", ""
        case "rest":
            return words("explain.rest", n=line.id), "", ""
    return words("explain.full" if line.kind == "full" else "explain.total"), "", ""


def _gates(found: Lookup, story: UnitStory, calm: tuple[str, str]) -> list[html.Section]:
    """Gates that bit, and in one line the vetoes that did not; nothing where the unit has neither."""
    lines = [gate_line(found, effect) for effect in story.explanation.gates]
    if not lines and not calm[1]:
        return []
    quiet = [html.Div([glyph(), html.Span(calm[1])], className="explain-note", **data(**{"is": calm[0]}))]
    head = html.H2(found.words("explain.gate"), className="card-title")
    body = [*([head] if lines else []), *(gate_block(line) for line in lines), *(quiet if calm[1] else [])]
    return [html.Section(body, className="card gates")]


def gate_block(line: GateLine) -> html.Div:
    """A gate that bit, with its evidence."""
    return html.Div(
        [
            html.Div(
                [
                    html.Span([glyph(), html.Span(line.title, className="strong")], className="descent-name"),
                    html.Span(f"{line.before} → {line.after}", className="number"),
                ],
                className="spread",
            ),
            html.Div([html.Span(part) for part in (line.kind, line.does) if part], className="dotted"),
            *([html.Div(line.ground, className="gate-ground")] if line.ground else []),
        ],
        className="gate-block",
        **data(**{"is": "good" if line.gives else "bad"}),
    )
