"""Periods on a page: close, reopen, adjustments, verify."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State, html, no_update

from layouts.desk.facts import Adjusted, PeriodDetail, PeriodRow, PeriodsFacts
from layouts.desk.parts import PAGE, told
from layouts.desk.periods_page import periods_page, verified
from layouts.words import Words
from scoring.forms import PeriodKind
from wall.dash_app import PageApp
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.results.closing import ClosedPeriod, adjustments, close_period, closed_periods, reopen_period, verify_period
from wall.results.period_names import NoPeriod, period_name, period_named

from .acting import acting
from .desk import EXPECTED, Desk, answering, faults_of
from .jobs import Recount, Recounts
from .permits import CLOSE, EXPORT_ALL, PERIODS

#: Kinds listed, and at most how many periods of each.
KINDS: tuple[tuple[PeriodKind, int], ...] = (("month", 24), ("quarter", 8), ("year", 3), ("week", 6))


def periods_room(desk: Desk, recounts: Recounts, asked: Mapping[str, str], language: str, done: str = "") -> html.Div:
    """The page; a period in the address is shown in detail, the newest that is over otherwise."""
    found = desk.lookup(language, PERIODS)
    words, closed = found.words, closed_periods(desk.site.journal)
    groups: list[tuple[str, tuple[PeriodRow, ...]]] = [
        (kind, tuple(row_of(desk, period_name(one, desk.calendar), closed, words) for one in desk.periods(kind, most)))
        for kind, most in KINDS
    ]
    listed = {row.name for _, rows in groups for row in rows}
    groups.append(("other", tuple(row_of(desk, name, closed, words) for name in closed if name not in listed)))
    name = asked.get("period") or period_name(desk.newest(desk.periods(*KINDS[0])), desk.calendar)
    try:
        detail = detail_of(desk, recounts, name, words)
    except NoPeriod:
        detail = None
    may = CLOSE.admits(current_viewer()), EXPORT_ALL.admits(current_viewer())
    return periods_page(found, PeriodsFacts(tuple(groups), detail, done, *may))


def row_of(desk: Desk, name: str, closed: Mapping[str, ClosedPeriod], words: Words) -> PeriodRow:
    """One period as it stands."""
    period = period_named(name, desk.calendar)
    title, held = desk.period_title(period, words), closed.get(name)
    if held is None:
        return PeriodRow(name, title, "running" if period.end_ms > desk.now_ms else "over")
    state = "reopened" if held.reopened else "closed"
    return PeriodRow(name, title, state, held.digest, held.author, held.at_ms, held.reason, held.reopened)


def detail_of(desk: Desk, recounts: Recounts, name: str, words: Words) -> PeriodDetail:
    """One period with its adjustments and its proof."""
    closed = closed_periods(desk.site.journal)
    row, held = row_of(desk, name, closed, words), closed.get(name)
    if held is None:
        return PeriodDetail(row)
    late, note = _adjustments(desk, held)
    model = f"{held.model_version} (#{held.model})"
    return PeriodDetail(row, len(held.kpis), len(held.units), model, late, note, recounts.known(held.digest))


def _adjustments(desk: Desk, held: ClosedPeriod) -> tuple[tuple[Adjusted, ...] | None, str]:
    try:
        found = adjustments(desk.site, desk.applied, held)
    except EXPECTED as error:
        return None, faults_of(error)
    scores = [(one, [side.score if side else None for side in (one.frozen, one.now)]) for one in found]
    shown = [Adjusted(one.unit, one.kpi, *sides) for one, sides in scores]
    return tuple(sorted(shown, key=lambda one: -abs((one.now or 0) - (one.frozen or 0)))), ""


def recount_of(desk: Desk, name: str) -> Recount:
    """The recount that would prove a closed period."""
    held = closed_periods(desk.site.journal).get(name)
    if held is None:
        raise Refused(f"{name} was never closed")
    counters = desk.site.counters(held.generation)
    total = sum(int(counters.counts(one).get("records", 0)) for one in held.positions)
    return Recount(held.digest, total, lambda progress: verify_period(desk.site, held, progress))


def add_periods(app: PageApp, desk: Desk, recounts: Recounts) -> None:
    """The callbacks of the page."""

    def asked_period(page: Mapping[str, str]) -> str:
        return page.get("period") or page.get("query", "").partition("=")[2]

    def step(name: str, take: Any) -> None:
        @app.callback(
            Output("page", "children", allow_duplicate=True),
            Output(f"{name}-told", "children"),
            Input(f"{name}-do", "n_clicks"),
            State(f"{name}-reason", "value"),
            State(PAGE, "data"),
            permit=CLOSE,
            running=[(Output(f"{name}-do", "disabled"), True, False)],
            prevent_initial_call=True,
        )
        def done(clicks: int, reason: str, page: dict[str, str]) -> Any:
            words = desk.words(page)
            if not clicks:
                return no_update, no_update

            @answering(lambda why: (no_update, told(why, good=False)))
            def answer() -> Any:
                who, period = acting(current_viewer(), reason, words), asked_period(page)
                take(period, who.author, who.reason)
                done = words(f"desk.{name}.done", period=period)
                return periods_room(desk, recounts, {"period": period}, words.language, done), no_update

            return answer()

    def close(period: str, author: str, reason: str) -> None:
        close_period(desk.site, desk.applied, period_named(period, desk.calendar), desk.now_ms, author, reason)

    step("close", close)
    step("reopen", lambda period, author, reason: reopen_period(desk.site, period, author, reason))

    @app.callback(
        Output("verify-told", "children"),
        Output("verify-do", "hidden"),
        Input("verify-do", "n_clicks"),
        State(PAGE, "data"),
        permit=PERIODS,
        prevent_initial_call=True,
    )
    def verify(clicks: int, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not clicks:
            return no_update, no_update

        @answering(lambda why: (told(why, good=False), False))
        def answer() -> Any:
            period = asked_period(page)
            job = recount_of(desk, period)
            if not recounts.start(job):
                raise Refused(words("desk.verify.busy"))
            known = recounts.known(job.digest)
            assert known is not None
            return verified(desk.lookup(words.language, PERIODS), period, known), True

        return answer()
