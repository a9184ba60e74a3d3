"""What-if: the page of a unit, trying its edited scorecard or a file of changes, and applying what was shown."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, ctx, html, no_update

from layouts.desk.facts import CardFacts, CardRow, Choice, Said, TrialFacts, WhatIfFacts
from layouts.desk.parts import PAGE, told
from layouts.desk.trial_view import TRIAL, trial_refused, trial_view
from layouts.desk.what_if_page import MOST_BYTES, card_table, unit_choices, what_if_page
from layouts.words import Words
from scoring.definitions import Change
from wall.dash_app import PageApp
from wall.people.viewer import current_viewer
from wall.refusal import Refused
from wall.results.period_names import period_named
from wall.sight.visible import Visible

from .acting import acting
from .change_text import from_yaml
from .desk import Desk, answering
from .permits import HISTORY, WHAT_IF
from .scorecard_form import Entered, card_facts, day_of, entered_change
from .trials import apply_kept, try_changes

#: Past periods offered to look back at.
_MONTHS, _WEEKS, _DAYS = 6, 3, 2
_ENTRIES = {"type": "wi", "kpi": ALL, "field": ALL, "n": ALL}


def what_if_room(desk: Desk, unit: str, language: str, asked: Mapping[str, str] | None = None) -> html.Div:
    """The page of a unit; the first unit that is seen where none is named.

    An address may fill in a proposal: `kpi`, `field` (target or weight), `value` and `reason`.
    """
    found = desk.lookup(language, WHAT_IF)
    unit = asked_unit(desk, unit or next((one.id for one in found.model.units), ""), found.words)
    first_of_next = (desk.today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    card = card_facts(desk.model, unit, first_of_next, language, seen_on(desk, first_of_next))
    reason = (asked or {}).get("reason", "")[:500]
    card = proposed(card, asked or {})
    return what_if_page(found, WhatIfFacts(card, unit_choices(found, unit), past_periods(desk, found.words), reason))


def proposed(card: CardFacts, asked: Mapping[str, str]) -> CardFacts:
    """The scorecard with one entry as an address has it; what the form does not have changes nothing."""
    name, value = asked.get("field", ""), asked.get("value", "")[:30]
    if name not in ("target", "weight") or not value:
        return card
    kpi = asked.get("kpi", "")

    def filled(row: CardRow) -> CardRow:
        return replace(row, target=value) if name == "target" else replace(row, weight=value)

    return replace(card, rows=tuple(filled(one) if one.cell.rule.kpi.id == kpi else one for one in card.rows))


def asked_unit(desk: Desk, unit: str, words: Words) -> str:
    """A unit that a request names; refused where it is not seen or does not exist."""
    if not desk.visible(WHAT_IF).has_unit(unit):
        raise Refused(words("missing.unit", id=unit))
    return unit


def seen_on(desk: Desk, day: dt.date) -> Visible:
    """What is seen of the definitions of a day."""
    return desk.visible(WHAT_IF, desk.calendar.day_start_ms(day))


def past_periods(desk: Desk, words: Words) -> tuple[Choice, ...]:
    """Periods that are over and have counters: months, then weeks and days."""
    months = desk.over("month", _MONTHS, words)
    return (*months, *desk.over("week", _WEEKS, words), *desk.over("day", _DAYS, words))


def period_titles(desk: Desk, names: list[str], words: Words) -> dict[str, str]:
    """How the named periods are called."""
    calendar = desk.calendar
    return {name: desk.period_title(period_named(name, calendar), words) for name in names}


def add_what_if(app: PageApp, desk: Desk) -> None:
    """The callbacks of the page, and of applying a trial on any page."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("kpiwall_desk", "sum"),
        Output("wi-sum", "children"),
        Output("wi-sum", "className"),
        Input({"type": "wi", "kpi": ALL, "field": "weight", "n": ALL}, "value"),
        Input({"type": "wi", "kpi": ALL, "field": "share", "n": ALL}, "value"),
        State("wi-texts", "data"),
    )

    @app.callback(
        Output("wi-card", "children"),
        Output("wi-card-note", "children"),
        Output("wi-day", "data"),
        Input("wi-from", "n_blur"),
        Input("wi-from", "n_submit"),
        State("wi-from", "value"),
        State("wi-unit", "data"),
        State("wi-day", "data"),
        State(PAGE, "data"),
        permit=WHAT_IF,
        prevent_initial_call=True,
    )
    def another_day(_: int, __: int, day: str, unit: str, held: str, page: dict[str, str]) -> Any:
        """What holds on another day, where that differs from what the form began with."""
        words = desk.words(page)
        try:
            asked_unit(desk, unit, words)
            days = day_of(held, words), day_of(day, words)
        except Refused as error:
            return no_update, str(error), no_update
        before, card = (card_facts(desk.model, unit, one, words.language, seen_on(desk, one)) for one in days)
        if _texts(before) == _texts(card):
            return no_update, "", no_update
        note = words("desk.card.as_of", day=days[1].isoformat())
        return card_table(desk.lookup(words.language, WHAT_IF), card), note, days[1].isoformat()

    @app.callback(
        Output("trial-result", "children"),
        Output({"type": "wi-fault", "kpi": ALL}, "children"),
        Input("wi-try", "n_clicks"),
        Input("wi-file", "contents"),
        State(_ENTRIES, "value"),
        State(_ENTRIES, "id"),
        State({"type": "wi-fault", "kpi": ALL}, "id"),
        State("wi-from", "value"),
        State("wi-reason", "value"),
        State("wi-periods", "value"),
        State("wi-unit", "data"),
        State(PAGE, "data"),
        permit=WHAT_IF,
        running=[
            (Output("wi-try", "disabled"), True, False),
            (Output("trial-room", "className"), "desk-result busy", "desk-result"),
        ],
        prevent_initial_call=True,
    )
    def tried(
        _: int,
        file: str | None,
        values: list[Any],
        ids: list[dict[str, Any]],
        spots: list[dict[str, Any]],
        day: str,
        reason: str,
        periods: list[str],
        unit: str,
        page: dict[str, str],
    ) -> Any:
        words = desk.words(page)
        found = desk.lookup(words.language, WHAT_IF)

        @answering(lambda why: (trial_refused(found, why), {}))
        def answer() -> tuple[list[Any], dict[str, str]]:
            faults: dict[str, str] = {}
            if ctx.triggered_id == "wi-file":
                changes = from_yaml(uploaded(file, MOST_BYTES, words), words)
            else:
                seen = seen_on(desk, day_of(day, words))
                texts = {
                    (one["kpi"], one["field"], one["n"]): str(text or "")
                    for one, text in zip(ids, values, strict=True)
                    if not one["kpi"] or seen.sees_kpi(unit, one["kpi"])
                }
                entered = Entered(asked_unit(desk, unit, words), day, reason or "", texts)
                change, faults = entered_change(desk.model, entered, words)
                changes = [change] if change is not None else []
            if faults:
                return trial_view(found, _faulty(found, faults), None, {}), faults
            return shown(desk, changes, periods or [], words), {}

        content, faults = answer()
        return content, [faults.get(one["kpi"], "") for one in spots]

    @app.callback(
        Output(f"{TRIAL}-told", "children"),
        Input(f"{TRIAL}-do", "n_clicks"),
        State(TRIAL, "data"),
        State(f"{TRIAL}-reason", "value"),
        State(PAGE, "data"),
        permit=WHAT_IF,
        running=[(Output(f"{TRIAL}-do", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def applied(clicks: int, stored: dict[str, Any] | None, reason: str, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not clicks:
            return no_update

        @answering(lambda why: told(why, good=False))
        def answer() -> Any:
            done = apply_kept(desk, stored, acting(current_viewer(), reason, words), words)
            text = words("desk.trial.applied", n=done.number)
            if not HISTORY.admits(current_viewer()):
                return told(text, good=True)
            link = html.A(
                words("desk.trial.applied.link"), href=f"/desk/history?lang={words.language}", className="text-link"
            )
            return told(text, " ", link, good=True)

        return answer()


def shown(desk: Desk, changes: list[Change], periods: list[str], words: Words) -> list[Any]:
    """The answer to trying changes."""
    found = desk.lookup(words.language, WHAT_IF)
    if not changes:
        return trial_view(found, TrialFacts((), (), (), ""), None, {})
    facts, stored = try_changes(desk, changes, periods, words)
    return trial_view(found, facts, stored, period_titles(desk, periods, words))


def uploaded(content: str | None, most: int, words: Words) -> bytes:
    """The bytes of an upload; raises `Refused` where it is too large or nothing."""
    _, _, encoded = (content or "").partition(",")
    try:
        found = base64.b64decode(encoded)
    except ValueError:
        found = b""
    if not found or len(found) > most:
        raise Refused(words("desk.file.large", most=f"{most >> 20} MB"))
    return found


def _texts(card: CardFacts) -> Any:
    """What of a card a form shows."""
    return card.share, [(row.cell.rule.kpi.id, row.weight, row.target, row.form) for row in card.rows]


def _faulty(found: Any, faults: dict[str, str]) -> TrialFacts:
    titles = {kpi.id: found.text(kpi.title) for kpi in found.model.kpis}
    said = tuple(
        Said("error", message, place=titles.get(kpi, found.words("desk.share"))) for kpi, message in faults.items()
    )
    return TrialFacts((), said, (), "")
