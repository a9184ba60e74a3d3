"""Targets through Excel on a page: the filled workbook is checked, compared and tried before it is applied."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dash import Input, Output, State, html, no_update

from layouts.desk.facts import Said
from layouts.desk.parts import PAGE
from layouts.desk.targets_page import sheet_faults, targets_page
from layouts.desk.trial_view import trial_refused
from wall.dash_app import PageApp
from wall.definitions.targets import MOST_BYTES, export_targets, import_targets
from wall.people.viewer import current_viewer

from .desk import Desk, answering
from .permits import EXPORT, TARGETS
from .scorecard_form import NO_REASON, day_of
from .what_if import shown, uploaded


def targets_room(desk: Desk, language: str) -> html.Div:
    """The page; new targets are offered from the first of next month on."""
    today = desk.today
    first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return targets_page(desk.lookup(language, TARGETS), today, first, MOST_BYTES, EXPORT.admits(current_viewer()))


def targets_workbook(desk: Desk) -> bytes:
    """The targets of today at the units that the viewer may both export and set targets for."""
    seen, taken = desk.visible(TARGETS), desk.visible(EXPORT)
    return export_targets(
        desk.model, desk.today, lambda unit, kpi: seen.sees_kpi(unit, kpi) and taken.sees_kpi(unit, kpi)
    )


def add_targets(app: PageApp, desk: Desk) -> None:
    """The callback that looks at a workbook; applying is that of every trial."""

    @app.callback(
        Output("tg-result", "children"),
        Output("tg-file-name", "children"),
        Input("tg-file", "contents"),
        Input("tg-try", "n_clicks"),
        State("tg-file", "filename"),
        State("tg-from", "value"),
        State("tg-reason", "value"),
        State(PAGE, "data"),
        permit=TARGETS,
        running=[
            (Output("tg-try", "disabled"), True, False),
            (Output("tg-room", "className"), "desk-result busy", "desk-result"),
        ],
        prevent_initial_call=True,
    )
    def look(content: str | None, _: int, name: str | None, day: str, reason: str, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not content:
            return trial_refused(desk.lookup(words.language, TARGETS), words("desk.targets.first")), no_update
        found = desk.lookup(words.language, TARGETS)

        @answering(lambda why: trial_refused(found, why))
        def answer() -> list[Any]:
            book = uploaded(content, MOST_BYTES, words)
            given = (reason or "").strip() or NO_REASON
            asked = day_of(day, words)
            today, then = desk.visible(TARGETS), desk.visible(TARGETS, desk.calendar.day_start_ms(asked))
            change, faults = import_targets(
                desk.model,
                book,
                asked,
                given,
                "",
                lambda unit, kpi: today.has_unit(unit) and then.sees_kpi(unit, kpi),
            )
            if faults:
                return sheet_faults(
                    found, [Said("error", one.message, one.fix, f"{one.sheet}!{one.cell}".strip("!")) for one in faults]
                )
            return shown(desk, [change] if change else [], [], words)

        return answer(), name
