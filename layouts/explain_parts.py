"""What both explain pages are built of: head, status, cards of facts and the history of a definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from dash import html

from scoring.board import Freshness, KpiResult
from scoring.editions import Version

from . import moments
from .bindings import data, glyph
from .kpi_view import displayed_status
from .lookup import Lookup


def state_of(found: Lookup, result: KpiResult) -> tuple[str, str]:
    """The status shown of a KPI and its word."""
    shown = displayed_status(result.status, found.freshness(result.kpi))
    return shown, found.words(f"status.{shown}")


def status_of(state: str, word: str = "") -> html.Div:
    """Glyph and word of a status."""
    children = [glyph(), *([html.Span(word)] if word else [])]
    return html.Div(children, className="status", **data(**{"is": state}))


def explain_head(
    found: Lookup, back: tuple[str, str], title: str, status: html.Div, facts: Iterable[str], here: str
) -> html.Header:
    """Way back, title with status, and what is explained: whose, when, under which definition, as of when."""
    line = [html.Span(fact) for fact in facts if fact]
    again = html.A(found.words("explain.refresh"), href=here, className="again")
    return html.Header(
        [
            html.Div(
                [html.A([html.I(className="chevron"), html.Span(back[0])], href=back[1], className="up"), again],
                className="ways",
            ),
            html.Div([html.H1(title), status], className="phone-title"),
            html.Div(line, className="explain-facts dotted"),
        ]
    )


def as_of(found: Lookup, ms: int) -> str:
    """ "as of 14:24"."""
    return found.words("explain.as_of", time=moments.clock(ms, found.zone, found.board.as_of_ms or ms, found.words))


def day_text(found: Lookup, date: dt.date, now_ms: int) -> str:
    """A day; of another year with its year."""
    if date.year != moments.local(now_ms, found.zone).year:
        return date.isoformat()
    return moments.day(date, found.words)


def version_text(found: Lookup, versions: Sequence[Version], now_ms: int) -> str:
    """The version in force and from when."""
    if not versions:
        return ""
    last = versions[-1]
    if last.from_ is None:
        return found.words("explain.version", n=last.number)
    return found.words("explain.version.from", n=last.number, day=day_text(found, last.from_, now_ms))


def history(found: Lookup, versions: Sequence[Version], now_ms: int) -> html.Section:
    """All versions, newest first: from when, why and by whom."""
    rows = [_version(found, version, now_ms) for version in reversed(versions)]
    head = html.Div([html.H2(found.words("explain.history"), className="card-title")], className="spread")
    if len(versions) < 2:
        note = found.words("explain.history.none")
        return html.Section([head, html.Div(note, className="quiet-line")], className="card history")
    return html.Section([head, html.Div(rows, className="versions")], className="card history")


def _version(found: Lookup, version: Version, now_ms: int) -> html.Div:
    first = version.number == 1
    when = "" if version.from_ is None else day_text(found, version.from_, now_ms)
    about = [html.Span(part) for part in (when, version.author) if part]
    return html.Div(
        [
            html.Span(f"v{version.number}", className="version-number number"),
            html.Div(
                [
                    html.Div(found.words("explain.first") if first else version.reason, className="version-reason"),
                    html.Div(about, className="dotted"),
                ]
            ),
        ],
        className="version",
    )


def fact_row(label: str, *content: Any) -> html.Div:
    """A labelled line of a card."""
    return html.Div([html.Span(label, className="label"), html.Div(list(content), className="fact-text")],
                    className="fact-row")  # fmt: skip


def stale_note(found: Lookup, result: KpiResult) -> list[html.Div]:
    """A line that says since when the source is quiet; nothing while it is live."""
    worst = found.worst_source(result.kpi)
    if worst is None or worst.freshness is Freshness.LIVE:
        return []
    words = found.words
    since = words("never")
    if worst.event_ms is not None:
        since = moments.clock(worst.event_ms, found.zone, found.board.as_of_ms, words)
    text = words("explain.stale", time=since, status=words(f"status.{result.status}"))
    return [html.Div([glyph(), html.Span(text)], className="explain-note", **data(**{"is": worst.freshness.value}))]
