"""The inbox: the alerts that the reader sees, theirs first, then by severity and age; and what has recovered lately."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from dash import html

from scoring.board import Board
from scoring.definitions import Model

from .. import moments
from ..alert_rows import alert_title
from ..bindings import data, glyph, text
from ..links import alert_href
from ..lookup import Lookup, View, lookup
from ..phone.ages import aged
from ..phone.frame import Frame, PhoneReader, list_head, note, page
from .facts import AlertFact
from .live import alerts_view, calls, is_snoozed, stamp, standing
from .message_text import lasting
from .reading import against
from .standing import RESOLVED

#: More rows are not read; the worst come first.
MOST_LISTED = 60
#: What has recovered is told of so many.
MOST_OVER = 15
#: Names are not shortened: a row takes a second line instead.
_ANY_WIDTH = 10_000


def inbox_page(
    model: Model, board: Board, language: str, reader: PhoneReader, mine: Collection[str] = frozenset()
) -> html.Div:
    """The page; `mine` are the ids of alerts that concern the reader before others."""
    found = lookup(model, board, language, alerts=reader.alerts)
    firing = standing(found)
    ended = (one for one in found.alerts if one.phase == RESOLVED and one.unit in found.units)
    over = sorted(ended, key=lambda one: -(one.resolved_ms or 0))
    view = alerts_view(found)
    waiting = [one for one in firing if calls(found, one)]
    sections = [
        *_section(found, view, "alerts.mine", [one for one in waiting if one.id in mine]),
        *_section(found, view, "alerts.others", [one for one in waiting if one.id not in mine]),
        *_section(found, view, "alerts.handled", [one for one in firing if not calls(found, one)]),
        *_section(found, view, "alerts.over", over[:MOST_OVER]),
    ]
    none = [note(found.words("alerts.none"), found.words("alerts.none.why"), kind="alerts")] if not waiting else []
    frame = Frame(
        unit=reader.home,
        title=found.words("alerts.title"),
        push=f"/push/alerts/all?lang={language}",
        tab="alerts",
    )
    made = page(found, view, reader, frame, [*none, *sections], "alerts")
    setattr(made, "data-alerts", stamp(found))
    return made


def rows_about(found: Lookup, view: View, facts: Sequence[AlertFact]) -> list[html.Div]:
    """Some alerts on a page about something else; nothing where there are none."""
    rows = [_row(found, view, one) for one in facts[:MOST_LISTED]]
    return [html.Div(rows, className="card rows alert-rows")] if rows else []


def _section(found: Lookup, view: View, title: str, facts: Sequence[AlertFact]) -> list[Any]:
    """A headed list; nothing where there is nothing in it."""
    if not facts:
        return []
    words = found.words
    rows: list[Any] = [_row(found, view, one) for one in facts[:MOST_LISTED]]
    if len(facts) > MOST_LISTED:
        rows.append(html.P(words("alerts.more_listed", n=len(facts) - MOST_LISTED), className="quiet"))
    head = list_head(words(title), words("alerts.count", n=len(facts)))
    return [html.Section([head, html.Div(rows, className="card rows alert-rows")])]


def _row(found: Lookup, view: View, fact: AlertFact) -> html.A:
    """Severity, what and since when on one line; where and the reading below it; whose it is below that."""
    words = found.words
    over = fact.phase == RESOLVED
    word = words("alerts.phase.resolved") if over else words(f"alerts.severity.{fact.severity}")
    reading = html.Span(against(found, fact)) if over else text(view, f"alert.{fact.id}.reading", "")
    title = html.Span(alert_title(found, fact, _ANY_WIDTH, 1), className="alert-name")
    about = [html.Span(word, className="alert-word"), html.Span(found.text(found.units[fact.unit].title)), reading]
    told = [html.Span(one) for one in about_handling(found, fact)]
    return html.A(
        [
            glyph(),
            html.Div([title, _when(found, view, fact)], className="alert-line"),
            html.Div(about, className="alert-about dotted"),
            *([html.Div(told, className="alert-told dotted")] if told else []),
        ],
        href=alert_href(fact.id, words.language),
        className="alert-row",
        **data(**{"is": "good" if over else fact.severity}),
    )


def _when(found: Lookup, view: View, fact: AlertFact) -> html.Span:
    """How long it fires; of what is over, when that was."""
    if fact.resolved_ms is None:
        return aged(found, view, f"alert.{fact.id}.fired_ms", "alert-age", "span")
    clock = moments.clock(fact.resolved_ms, found.zone, found.board.as_of_ms, found.words)
    return html.Span(clock, className="alert-age")


def about_handling(found: Lookup, fact: AlertFact) -> list[str]:
    """What was done about an alert, in a few words."""
    words = found.words
    told = []
    if fact.resolved_ms is not None:
        told.append(words("alerts.lasted", span=lasting(max(0, fact.resolved_ms - fact.fired_ms), words)))
    if fact.acknowledged_by:
        told.append(words("alerts.acknowledged_by", by=fact.acknowledged_by))
    if fact.assignee:
        told.append(words("alerts.assigned_to", to=fact.assignee))
    if fact.phase != RESOLVED and is_snoozed(found, fact) and fact.snoozed_until_ms is not None:
        told.append(words("alerts.snoozed", time=clock_ahead(found, fact.snoozed_until_ms)))
    if fact.folded:
        told.append(words("alerts.folded", n=fact.folded))
    return told


def clock_ahead(found: Lookup, ms: int) -> str:
    """A moment to come: the time, on another day with its date."""
    moment = moments.local(ms, found.zone)
    today = moments.local(found.board.as_of_ms, found.zone).date()
    time = f"{moment:%H:%M}"
    return time if moment.date() == today else f"{moments.day(moment, found.words)} {time}"
