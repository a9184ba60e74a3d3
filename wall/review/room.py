"""The room of reviews on the desk: its page, the steps of its forms, and its files."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Literal

import flask
from dash import ALL, Input, Output, State, ctx, html, no_update
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from layouts.desk.parts import PAGE, told
from layouts.lookup import Lookup
from layouts.review.facts import ReviewFacts
from layouts.review.page import lessons, proposals, review_page
from layouts.review.sheet import as_markdown, tables
from layouts.words import Words
from wall.dash_app import PageApp
from wall.desk.analysis_export import defused
from wall.desk.desk import EXPECTED, answering, faults_of
from wall.desk.permits import EXPORT, REVIEW, REVIEW_WRITE
from wall.people.audit import Act, AuditTrail
from wall.people.permits import no_such_page, route_for
from wall.people.viewer import current_viewer, language_for
from wall.refusal import Refused
from wall.results.period_names import period_name, period_named

from .gather import Reviews
from .steps import Conclusion, ReviewSteps

_KINDS = {
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def review_room(reviews: Reviews, parts: list[str], language: str) -> html.Div | None:
    """The page of a unit and period: without them the viewer's own unit and the newest month that is over."""
    desk = reviews.desk
    found = desk.lookup(language, REVIEW)
    own = found.reader.unit if found.reader.unit in found.units else next(iter(found.units), "")
    unit = parts[0] if parts else own
    if not unit or not desk.visible(REVIEW).has_unit(unit):
        return None
    name = parts[1] if len(parts) > 1 else period_name(desk.newest(desk.periods("month", 2)), desk.calendar)
    return review_page(found, reviews.facts(unit, name, found))


def add_review(app: PageApp, server: flask.Flask, reviews: Reviews) -> None:
    """The callbacks and routes."""
    steps = ReviewSteps(reviews.desk.site.journal, reviews.concluded)
    _add_lessons(app, reviews, steps)
    _add_proposals(app, reviews, steps)
    _add_files(server, reviews)


def _where(reviews: Reviews, of: dict[str, str], words: Words) -> Conclusion:
    """What a step is about, as far as the viewer may write there; the period must be one."""
    desk = reviews.desk
    unit, name = str(of["unit"]), period_name(period_named(str(of["period"]), desk.calendar), desk.calendar)
    if not desk.visible(REVIEW).has_unit(unit):
        raise Refused(words("missing.unit", id=unit))
    return Conclusion(current_viewer(), words, desk.visible(REVIEW_WRITE), unit, name, desk.now_ms)


def _shown(
    reviews: Reviews, of: dict[str, str], words: Words, show: Callable[[Lookup, ReviewFacts], list[Any]]
) -> list[Any]:  # fmt: skip
    found = reviews.desk.lookup(words.language, REVIEW)
    return show(found, reviews.conclusions(of["unit"], of["period"], found))


def _add_lessons(app: PageApp, reviews: Reviews, steps: ReviewSteps) -> None:
    @app.callback(
        Output("review-lessons", "children"),
        Output("review-told", "children"),
        Output("review-text", "value"),
        Input("review-keep", "n_clicks"),
        Input("review-change", "n_clicks"),
        State("review-text", "value"),
        State("review-of", "data"),
        State(PAGE, "data"),
        permit=REVIEW_WRITE,
        prevent_initial_call=True,
    )
    def learned(keep: int, change: int, text: str | None, of: dict[str, str], page: dict[str, str]) -> Any:
        words = reviews.desk.words(page)
        if not keep and not change:
            return no_update, no_update, no_update
        way: Literal["keep", "change"] = "keep" if ctx.triggered_id == "review-keep" else "change"

        @answering(lambda why: (no_update, told(why, good=False), no_update))
        def answer() -> Any:
            steps.learn(_where(reviews, of, words), way, text or "")
            return _shown(reviews, of, words, lessons), "", ""

        return answer()

    @app.callback(
        Output("review-lessons", "children", allow_duplicate=True),
        Output("review-proposals", "children", allow_duplicate=True),
        Input({"type": "review-back", "id": ALL}, "n_clicks"),
        State("review-of", "data"),
        State(PAGE, "data"),
        permit=REVIEW_WRITE,
        prevent_initial_call=True,
    )
    def taken_back(clicks: list[int], of: dict[str, str], page: dict[str, str]) -> Any:
        words = reviews.desk.words(page)
        if not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update
        id_ = str(ctx.triggered_id["id"])

        @answering(lambda _: (no_update, no_update))
        def answer() -> Any:
            steps.withdraw(_where(reviews, of, words), id_)
            return _shown(reviews, of, words, lessons), _shown(reviews, of, words, proposals)

        return answer()


def _add_proposals(app: PageApp, reviews: Reviews, steps: ReviewSteps) -> None:
    @app.callback(
        Output("review-proposals", "children"),
        Output("review-told-2", "children"),
        Input("review-propose", "n_clicks"),
        State("review-kpi", "value"),
        State("review-field", "value"),
        State("review-value", "value"),
        State("review-why", "value"),
        State("review-of", "data"),
        State(PAGE, "data"),
        permit=REVIEW_WRITE,
        prevent_initial_call=True,
    )
    def proposed(clicks: int, kpi: str, field: str, value: str | None, why: str | None, of: Any, page: Any) -> Any:
        words = reviews.desk.words(page)
        if not clicks:
            return no_update, no_update

        @answering(lambda why_not: (no_update, told(why_not, good=False)))
        def answer() -> Any:
            steps.propose(_where(reviews, of, words), kpi, field, value or "", why or "")
            return _shown(reviews, of, words, proposals), ""

        return answer()


def _add_files(server: flask.Flask, reviews: Reviews) -> None:
    trail = AuditTrail(reviews.desk.site)

    @server.get("/desk/review/<unit>/<period>.<suffix>")
    @route_for(REVIEW & EXPORT)
    def review_file(unit: str, period: str, suffix: str) -> Any:
        seen = reviews.desk.visible(REVIEW).sees_score(unit) and reviews.desk.visible(EXPORT).sees_score(unit)
        if suffix not in _KINDS or not seen:
            return no_such_page()
        try:
            return _file(reviews, trail, unit, period, suffix)
        except EXPECTED as error:
            return flask.Response(faults_of(error) + "\n", 400, mimetype="text/plain")


def _file(reviews: Reviews, trail: AuditTrail, unit: str, period: str, suffix: str) -> flask.Response:
    """The file of a review; it is noted before anything leaves."""
    language = language_for(flask.request.args.get("lang"), reviews.desk.model.language)
    found = reviews.desk.lookup(language, REVIEW & EXPORT)
    facts = reviews.facts(unit, period, found, EXPORT)
    content = as_markdown(found, facts).encode() if suffix == "md" else workbook(found, facts)
    about = {"what": f"review/{unit}/{facts.period}.{suffix}", "rows": sum(len(one[2]) for one in tables(found, facts))}
    trail.note(Act.EXPORTED, current_viewer(), about)
    headers = {
        "Content-Disposition": f'attachment; filename="review-{facts.period}.{suffix}"',
        "Cache-Control": "no-store",
    }
    return flask.Response(content, mimetype=_KINDS[suffix], headers=headers)


def workbook(found: Lookup, facts: ReviewFacts) -> bytes:
    """One sheet for each table; no text is taken for a formula."""
    book = Workbook()
    for number, (title, heads, rows) in enumerate(tables(found, facts)):
        sheet = book.worksheets[0] if not number else book.create_sheet()
        sheet.title = f"{number + 1} {title}"[:31].translate(str.maketrans("[]:*?/\\", "       "))
        for at, row in enumerate([heads, *rows], 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(at, column, defused(text))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=at == 1)
        sheet.freeze_panes = "A2"
        for column in range(1, len(heads) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 24
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
