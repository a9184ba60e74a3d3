"""Incentive trials on a page: a calculation with its stage, proposed, approved by a second person, withdrawn."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from layouts.desk.facts import Choice, CurvePoint, GradeCount, IncentiveFacts
from layouts.desk.incentive_page import incentive_page, no_incentive_page
from layouts.desk.parts import AUTHOR, PAGE, told
from layouts.words import Words
from scoring.definitions import Model
from scoring.forms import text_in
from scoring.grades import Incentive
from wall.results.incentives import (
    Calculation,
    Stage,
    approve,
    calculations,
    incentive_named,
    preview,
    propose,
    warnings,
    withdraw,
)
from wall.results.period_names import period_name, period_named

from .acting import acting
from .desk import Desk, answering

#: Periods offered.
_MOST = 24


def incentive_room(desk: Desk, name: str, period: str, language: str) -> html.Div:
    """The page of an incentive and a period; the first and the newest one that is over, unless named."""
    found = desk.lookup(language)
    if not desk.model.incentives:
        return no_incentive_page(found)
    incentive = incentive_named(desk.model, name or desk.model.incentives[0].id)
    return incentive_page(found, incentive_facts(desk, incentive, period, found.words))


def calculation_of(desk: Desk, incentive: Incentive, period: str) -> Calculation:
    """What is proposed or approved, else a preview."""
    held = calculations(desk.site.journal).get((incentive.id, period))
    return held or preview(desk.site, desk.applied, incentive, period_named(period, desk.calendar))


def incentive_facts(desk: Desk, incentive: Incentive, period: str, words: Words) -> IncentiveFacts:
    """Everything of the page."""
    calendar, model = desk.calendar, desk.model
    offered = desk.periods(incentive.period, _MOST)
    period = period_name(period_named(period, calendar) if period else desk.newest(offered), calendar)
    named, found = period_named(period, calendar), calculation_of(desk, incentive, period)
    periods = {period_name(one, calendar): desk.period_title(one, words) for one in offered}
    periods.setdefault(period, desk.period_title(named, words))
    return IncentiveFacts(
        incentive.id,
        text_in(incentive.title, words.language),
        period,
        desk.period_title(named, words),
        found.lines,
        incentive.decimals,
        found.total,
        found.closed,
        named.end_ms <= desk.now_ms,
        found.stage.value,
        found.proposed_by,
        found.proposed_ms,
        found.approved_by,
        found.approved_ms,
        found.reason,
        found.digest,
        tuple(CurvePoint(Fraction(one.score), Fraction(one.coefficient)) for one in incentive.table),
        _grades(model, found),
        tuple(warnings(model, found)),
        tuple(Choice(one.id, text_in(one.title, words.language), one.id == incentive.id) for one in model.incentives),
        tuple(Choice(name, title, name == period) for name, title in periods.items()),
        _outdated(desk, incentive, found),
    )


def _outdated(desk: Desk, incentive: Incentive, found: Calculation) -> bool:
    """Whether calculating anew would give something else than what was proposed or approved."""
    if found.stage is Stage.PREVIEW:
        return False
    again = preview(desk.site, desk.applied, incentive, period_named(found.period, desk.calendar))
    return again.digest != found.digest


def _grades(model: Model, found: Calculation) -> tuple[GradeCount, ...]:
    counted = Counter(line.grade for line in found.lines if line.grade is not None)
    return tuple(GradeCount(band, counted[band.grade], counted.total()) for band in model.grades)


def add_incentive(app: Dash, desk: Desk) -> None:
    """The callbacks of the page; after a step it is shown anew."""

    def step(name: str, asks: bool, take: Any) -> None:
        reason = [State(f"{name}-reason", "value")] if asks else []

        @app.callback(
            Output("page", "children", allow_duplicate=True),
            Output(f"{name}-told", "children"),
            Input(f"{name}-do", "n_clicks"),
            State(AUTHOR, "value"),
            State(PAGE, "data"),
            *reason,
            running=[(Output(f"{name}-do", "disabled"), True, False)],
            prevent_initial_call=True,
        )
        def done(clicks: int, author: str, page: dict[str, str], *given: str) -> Any:
            words = desk.words(page)
            if not clicks:
                return no_update, no_update

            @answering(lambda why: (no_update, told(why, good=False)))
            def answer() -> Any:
                who = acting(author, given[0] if given else "", words, needs_reason=asks)
                _, incentive, period = page["name"].split("/")
                take(incentive, period, who)
                return incentive_room(desk, incentive, period, words.language), no_update

            return answer()

    def put_up(incentive: str, period: str, who: Any) -> None:
        found = preview(
            desk.site, desk.applied, incentive_named(desk.model, incentive), period_named(period, desk.calendar)
        )
        propose(desk.site, found, who.author, who.reason)

    step("propose", True, put_up)
    step("approve", False, lambda incentive, period, who: approve(desk.site, incentive, period, who.author))
    step(
        "withdraw", True, lambda incentive, period, who: withdraw(desk.site, incentive, period, who.author, who.reason)
    )
