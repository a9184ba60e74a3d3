"""A unit's score and KPIs over the last days, weeks, months or quarters; worked out only when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Protocol, TypeGuard
from urllib.parse import quote

from dash import html

from scoring.board import Board, KpiResult, UnitScore
from scoring.definitions import Kpi, Model, Unit

from .. import formats, moments
from ..bindings import data
from ..formats import UNKNOWN
from ..header_view import header_view
from ..kpi_head import target_text
from ..kpi_view import form_for
from ..lookup import Lookup, lookup
from ..words import Words
from .frame import Frame, PhoneReader, note, page
from .icons import aria
from .trend_chart import Point, from_first_known, trend_chart
from .way import HOME, kpi_href, kpis_of, unit_way

Kind = Literal["day", "week", "month", "quarter"]
#: So many periods of a kind fit on a phone and still have a shape.
COUNTS: Mapping[Kind, int] = {"day": 14, "week": 12, "month": 12, "quarter": 8}


class PeriodPoint(Protocol):
    """How a unit stood at the end of a period, or stands in the one that runs."""

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...

    @property
    def running(self) -> bool: ...

    @property
    def score(self) -> UnitScore | None: ...

    @property
    def kpis(self) -> Mapping[str, KpiResult]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """Which numbers of a unit a reader sees."""

    score: bool
    kpis: frozenset[str]


def is_kind(text: str) -> TypeGuard[Kind]:
    """Whether a word names a kind of period that trends have."""
    return text in COUNTS


def trend_page(model: Model, board: Board, unit_id: str, kind: Kind, language: str, reader: PhoneReader) -> html.Div:
    """The page before its lines are there; KeyError if the model has no such unit."""
    found = lookup(model, board, language, alerts=reader.alerts)
    unit = found.units[unit_id]
    frame = Frame(
        unit=unit_id,
        title=found.text(unit.title),
        push=f"/push/phone/{quote(unit_id)}?lang={language}",
        tab="trend",
        way=unit_way(found, unit, "trend", {"by": kind}),
    )
    view = header_view(found, found.text(unit.title), found.results(unit_id))
    heard = [result.event_ms for result in found.results(unit_id) if result.event_ms is not None]
    view |= {"phone.event_ms": max(heard, default=None)}
    withheld = reader.withheld(unit_id) and unit_id not in board.units and not found.results(unit_id)
    content = [note(found.words("phone.withheld"), found.words("phone.withheld.why"), kind="lock")]
    if not withheld:
        content = [trend_block(found.words, unit_id, kind)]
    return page(found, view, reader, frame, content, "trend")


def trend_block(words: Words, unit: str, kind: Kind, kpi: str = "") -> html.Section:
    """The choice of periods over a place that is filled once it is looked at: loading, lines, or why there are none."""

    def choice(one: Kind) -> html.Button:
        pressed = aria(pressed="true" if one == kind else "false")
        return html.Button(words(f"phone.by.{one}"), type="button", className="choice", **data(by=one), **pressed)

    address = f"{HOME}/{quote(unit)}/trend?lang={words.language}&part=lines" + (f"&kpi={quote(kpi)}" if kpi else "")
    bars = [html.Div(className="ghost") for _ in range(1 if kpi else 3)]
    waiting = html.Div([html.P(words("phone.trend.loading"), role="status"), *bars], className="trend-waiting")
    failed = html.Div(
        [
            html.P(words("phone.trend.failed"), role="alert"),
            html.Button(words("phone.again"), type="button", className="act", **data(again="1")),
        ],
        className="card note trend-failed",
    )
    return html.Section(
        [
            html.Div([choice(one) for one in COUNTS], className="choices", role="group",
                     **aria(label=words("phone.trend.by"))),
            html.Div(className="trend-body", **aria(live="polite")),
            waiting,
            failed,
        ],
        className="trend-block",
        **data(trend=address, by=kind, state="waiting"),
    )  # fmt: skip


def trend_lines(
    found: Lookup, unit: Unit, kind: Kind, points: Sequence[PeriodPoint], seen: Seen, kpi_id: str = ""
) -> list[Any]:
    """What fills a trend's place: a line for the score and for each KPI that is seen, or for one KPI alone."""
    cards = [] if kpi_id or not seen.score else list(_score_line(found, unit, kind, points))
    for kpi in kpis_of(found, unit):
        if kpi.id in seen.kpis and kpi_id in ("", kpi.id):
            cards += _kpi_line(found, unit, kpi, kind, points, linked=not kpi_id)
    if not cards:
        return [note(found.words("phone.trend.none"), found.words("phone.trend.none.why"))]
    return [html.Div(cards, className="cards")]


def _score_line(found: Lookup, unit: Unit, kind: Kind, points: Sequence[PeriodPoint]) -> Iterator[html.A | html.Div]:
    target = Fraction(unit.target_score)
    line = []
    for one in points:
        score = None if one.score is None else formats.points(one.score.score)
        status = "unknown" if one.score is None else one.score.status.value
        line.append(Point(_label(found, kind, one), score, target, status, formats.fixed(score, 1), one.running))
    if any(point.value is not None for point in line):
        yield _card(found, found.words("hero.plain"), line, formats.fixed(target, 1))


def _kpi_line(
    found: Lookup, unit: Unit, kpi: Kpi, kind: Kind, points: Sequence[PeriodPoint], *, linked: bool
) -> Iterator[html.A | html.Div]:
    results = [one.kpis.get(kpi.id) for one in points]
    known = [result for result in results if result is not None and result.value is not None]
    if not known:
        return
    form = form_for(found, kpi, max(result.target for result in known))
    line = [
        Point(_label(found, kind, one), None, None, "unknown", UNKNOWN, one.running)
        if result is None
        else Point(_label(found, kind, one), result.value, result.due if kpi.accrues else result.target,
                   result.status.value, form.value(result.value), one.running)
        for one, result in zip(points, results, strict=True)
    ]  # fmt: skip
    href = kpi_href(unit.id, kpi.id, found.words.language) if linked else ""
    target = target_text(kpi, form, known[-1].target)
    yield _card(found, found.text(kpi.title), line, target, form.unit, href)


def _card(
    found: Lookup, title: str, line: Sequence[Point], target: str, unit: str = "", href: str = ""
) -> html.A | html.Div:
    """Name, newest value and target over the line; every value is told to who can't see the line."""
    line = from_first_known(line)
    words, last = found.words, line[-1]
    newest = last if last.value is not None else next(p for p in reversed(line) if p.value is not None)
    when = words("phone.trend.so_far") if newest.running else newest.label
    measure = unit if unit in ("", "%") else f" {unit}"
    told = "; ".join(f"{one.label} {one.text}{measure if one.value is not None else ''}" for one in line)
    amount = html.Div([html.Span(newest.text, className="trend-now number"), html.Span(unit, className="unit")],
                      className="amount")  # fmt: skip
    head = [
        html.Div([html.H2(title), html.Span(words("kpi.target", target=target), className="label")]),
        html.Div([amount, html.Span(when, className="label")], className="trend-newest"),
    ]
    body = [html.Div(head, className="spread"), trend_chart(line, f"{title}: {told}")]
    return html.A(body, href=href, className="card trend-card") if href else html.Div(body, className="card trend-card")


def _label(found: Lookup, kind: Kind, point: PeriodPoint) -> str:
    """A short name of a period."""
    start = moments.local(point.start_ms, found.zone)
    if kind in ("day", "week"):
        return f"{start.month}-{start.day:02d}"
    if kind == "quarter":
        return f"{start.year % 100}Q{(start.month + 2) // 3}"
    return found.words(f"month.{start.month}") if start.month > 1 else f"{start.year}"
