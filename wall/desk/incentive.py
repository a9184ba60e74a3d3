"""Incentive trials on a page: a calculation with its stage, proposed, approved by a second person, withdrawn."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

from dash import Input, Output, State, html, no_update

from layouts.desk.facts import Choice, CurvePoint, GradeCount, IncentiveFacts
from layouts.desk.incentive_page import incentive_page, no_incentive_page
from layouts.desk.parts import PAGE, told
from layouts.words import Words
from scoring.definitions import Model
from scoring.forms import text_in
from scoring.grades import Incentive
from wall.dash_app import PageApp
from wall.people.permits import Permit
from wall.people.viewer import current_viewer
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
from .permits import EXPORT, INCENTIVE, SETTLE

#: Periods offered.
_MOST = 24


def incentive_room(desk: Desk, name: str, period: str, language: str) -> html.Div:
    """The page of an incentive and a period; the first and the newest one that is over, unless named."""
    found = desk.lookup(language, INCENTIVE)
    offered = seen_incentives(desk)
    if not offered:
        return no_incentive_page(found)
    incentive = seen_incentive(desk, name or offered[0].id)
    return incentive_page(found, incentive_facts(desk, incentive, period, found.words))


def seen_incentives(desk: Desk) -> list[Incentive]:
    """The incentives of units whose pay the viewer may see."""
    seen = desk.visible(INCENTIVE)
    if seen.sight.whole:
        return desk.model.incentives
    paid = {unit.id for unit in seen.model.units if seen.sees_score(unit.id)}
    kinds = {unit.kind for unit in seen.model.units if unit.id in paid}
    return [one for one in desk.model.incentives if not (paid | kinds).isdisjoint(one.units)]


def seen_incentive(desk: Desk, name: str) -> Incentive:
    """An incentive by its name; one that is not seen is unknown."""
    return incentive_named(desk.model.model_copy(update={"incentives": seen_incentives(desk)}), name)


def calculation_of(desk: Desk, incentive: Incentive, period: str) -> Calculation:
    """What is proposed or approved, else a preview."""
    held = calculations(desk.site.journal).get((incentive.id, period))
    return held or preview(desk.site, desk.applied, incentive, period_named(period, desk.calendar))


def seen_calculation(desk: Desk, incentive: Incentive, period: str, *permits: Permit) -> Calculation:
    """The calculation with the lines of units that all permits reach, today and at the period's end.

    Where lines are missing so are the digest, which signs all of them, and who settled them why.
    """
    found, end_ms = calculation_of(desk, incentive, period), period_named(period, desk.calendar).end_ms
    sights = [desk.visible(permit, at_ms) for permit in permits for at_ms in (None, min(end_ms - 1, desk.now_ms))]
    if all(seen.sight.whole for seen in sights):
        return found
    lines = tuple(line for line in found.lines if all(seen.sees_score(line.unit) for seen in sights))
    return replace(found, lines=lines, digest="", reason="", proposed_by="", approved_by="")


def incentive_facts(desk: Desk, incentive: Incentive, period: str, words: Words) -> IncentiveFacts:
    """Everything of the page."""
    calendar, model = desk.calendar, desk.model
    offered = desk.periods(incentive.period, _MOST)
    period = period_name(period_named(period, calendar) if period else desk.newest(offered), calendar)
    named, found = period_named(period, calendar), seen_calculation(desk, incentive, period, INCENTIVE)
    whole = desk.visible(INCENTIVE).sight.whole
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
        tuple(warnings(model, found)) if whole else (),
        tuple(
            Choice(one.id, text_in(one.title, words.language), one.id == incentive.id) for one in seen_incentives(desk)
        ),
        tuple(Choice(name, title, name == period) for name, title in periods.items()),
        whole and _outdated(desk, incentive, found),
        whole=whole,
        may_settle=SETTLE.admits(current_viewer()),
        may_export=EXPORT.admits(current_viewer()),
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


def add_incentive(app: PageApp, desk: Desk) -> None:
    """The callbacks of the page; after a step it is shown anew."""

    def step(name: str, asks: bool, take: Any) -> None:
        reason = [State(f"{name}-reason", "value")] if asks else []

        @app.callback(
            Output("page", "children", allow_duplicate=True),
            Output(f"{name}-told", "children"),
            Input(f"{name}-do", "n_clicks"),
            State(PAGE, "data"),
            *reason,
            permit=SETTLE,
            running=[(Output(f"{name}-do", "disabled"), True, False)],
            prevent_initial_call=True,
        )
        def done(clicks: int, page: dict[str, str], *given: str) -> Any:
            words = desk.words(page)
            if not clicks:
                return no_update, no_update

            @answering(lambda why: (no_update, told(why, good=False)))
            def answer() -> Any:
                who = acting(current_viewer(), given[0] if given else "", words, needs_reason=asks)
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
