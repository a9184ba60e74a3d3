"""Pages about stand-ups that are read at a desk: all units, the meetings of one, and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import html

from .. import formats
from ..bindings import data, glyph
from ..lookup import Lookup
from ..markup import Element
from ..words import LANGUAGES
from . import wording
from .facts import MeetingFact, MeetingLink
from .minutes import Block, Line, href, link_text, minutes


def units_page(found: Lookup, meetings: dict[str, MeetingLink], leads: frozenset[str]) -> html.Main:
    """All units with their last or running meeting; those that run come first, then those that the reader may lead."""
    words = found.words
    units = sorted(
        found.model.units,
        key=lambda one: (not (one.id in meetings and meetings[one.id].runs), one.id not in leads),
    )
    rows: list[Any] = [_unit(found, one.id, meetings.get(one.id), one.id in leads) for one in units]
    body = rows or [html.P(words("index.nothing.how"), className="su-quiet")]
    return html.Main([_top(found, words("standup.plain"), "/standup", ""), html.Section(body, className="su-sheet")],
                     className="su-read")  # fmt: skip


def _unit(found: Lookup, unit: str, last: MeetingLink | None, may_lead: bool) -> html.A:
    words, score = found.words, found.unit_score(unit)
    told = words("standup.never") if last is None else (
        words("standup.runs") if last.runs else words("standup.last_on", date=wording.date_text(found, last.at_ms))
    )  # fmt: skip
    status = score.status.value if score else "unknown"
    shown = [glyph(), html.Span(formats.score(score.score), className="number")] if score else []
    lead = [html.Span(words("standup.may_lead"), className="label")] if may_lead else []
    return html.A(
        [
            html.Span(found.text(found.units[unit].title), className="su-line-title"),
            html.Span(
                [html.Span(told, **data(runs="1" if last and last.runs else "0")), *lead], className="su-line-about"
            ),
            html.Span(shown, className="su-line-score", **data(**{"is": status})),
        ],
        href=f"/standup/{quote(unit)}?lang={words.language}",
        className="su-line-row",
    )


def meetings_page(found: Lookup, unit: str, links: Sequence[MeetingLink], asked: str) -> html.Main:
    """The meetings of a unit, newest first, as far as a search finds them."""
    words = found.words
    field = Element("input", {"name": "q", "type": "search", "value": asked, "placeholder": words("standup.search"),
                              "aria-label": words("standup.search")}, [])  # fmt: skip
    hidden = Element("input", {"name": "lang", "type": "hidden", "value": words.language}, [])
    search = Element("form", {"class": "su-search", "role": "search"}, [field, hidden])
    rows: list[Any] = [_meeting(found, one) for one in links]
    if not rows:
        rows = [html.P(words("standup.found.none" if asked else "standup.none_yet"), className="su-quiet")]
    title = words("standup.meetings", unit=found.text(found.units[unit].title))
    head = _top(found, title, f"/standup/{quote(unit)}/minutes", f"/standup/{quote(unit)}?lang={words.language}")
    parts: list[Any] = [head, Element("section", {"class": "su-sheet"}, [search, *rows])]
    return html.Main(parts, className="su-read")


def _meeting(found: Lookup, one: MeetingLink) -> html.A:
    words = found.words
    about = words("standup.meeting.about", host=one.host, kpis=one.items, actions=one.actions, decisions=one.decisions)
    when = f"{wording.date_text(found, one.at_ms)} {wording.clock(found, one.at_ms)}"
    state = [html.Span(words("standup.runs"), **data(runs="1"))] if one.runs else []
    return html.A([html.Span(when, className="su-line-title"), html.Span(about, className="su-line-about"), *state],
                  href=href(one, words.language), className="su-line-row")  # fmt: skip


def minutes_page(found: Lookup, fact: MeetingFact) -> html.Main:
    """The minutes of a meeting."""
    words, told = found.words, minutes(found, fact)
    place = f"/standup/{quote(fact.unit)}/minutes/{quote(fact.id)}"
    links = [
        html.A(name, href=f"{place}.{end}?lang={words.language}", className="su-button")
        for name, end in (("Markdown", "md"), ("PDF", "pdf"))
    ]
    files = [html.Nav(links, className="su-files")] if fact.may_export else []
    head = _top(found, told.title, place, f"/standup/{quote(fact.unit)}/minutes?lang={words.language}")
    about = html.Div([html.P(one) for one in told.about], className="su-minutes-about")
    blocks = [_block(one) for one in told.blocks]
    others = [_other(found, name, one) for name, one in told.links]
    linked = [html.Section([html.H2(words("standup.minutes.linked")), *others], className="su-block")] if others else []
    return html.Main([head, html.Section([about, *files], className="su-sheet su-minutes-head"), *blocks, *linked],
                     className="su-read")  # fmt: skip


def _other(found: Lookup, name: str, one: MeetingLink) -> html.P:
    """A link to a meeting of another tier."""
    link = html.A(link_text(found, one), href=href(one, found.words.language))
    return html.P([html.Span(f"{name} ", className="label"), link])


def _block(block: Block) -> html.Section:
    head = html.Div([html.H2(block.title), html.Span(block.note, className="label number")], className="su-panel-head")
    return html.Section([head, *[_line(one) for one in block.lines]], className="su-block")


def _line(line: Line) -> html.Div:
    word: list[Any] = [glyph(), html.Span(line.word, className="su-state")] if line.word else []
    said = [
        html.P([html.Span(f"{when} ", className="label"), text], className="su-line-said") for when, text in line.said
    ]
    return html.Div(
        [
            html.Div([html.Span(line.title, className="su-line-title"), html.Span(line.value, className="number")],
                     className="su-line-first"),
            html.Div([html.Span(word, className="su-line-word"), html.Span(line.about, className="su-line-about")],
                     className="su-line-second"),
            *said,
        ],
        className="su-minute", **data(**{"is": line.tone or "unknown"}),
    )  # fmt: skip


def _top(found: Lookup, title: str, place: str, back: str) -> html.Header:
    words = found.words
    other = next(one for one in LANGUAGES if one != words.language)
    links = [html.A(words("standup.back"), href=back or f"/?lang={words.language}"),
             html.A(words("index.language"), href=f"{place}?lang={other}")]  # fmt: skip
    return html.Header([html.H1(title), html.Nav(links, className="su-links")], className="su-read-head")
