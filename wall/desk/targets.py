"""Targets through Excel on a page: the filled workbook is checked, compared and tried before it is applied."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dash import Dash, Input, Output, State, html, no_update

from layouts.desk.facts import Said
from layouts.desk.parts import PAGE
from layouts.desk.targets_page import sheet_faults, targets_page
from layouts.desk.trial_view import trial_refused
from wall.definitions.targets import MOST_BYTES, import_targets

from .desk import Desk, answering
from .scorecard_form import NO_REASON, day_of
from .what_if import shown, uploaded


def targets_room(desk: Desk, language: str) -> html.Div:
    """The page; new targets are offered from the first of next month on."""
    today = desk.today
    first = (today.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return targets_page(desk.lookup(language), today, first, MOST_BYTES)


def add_targets(app: Dash, desk: Desk) -> None:
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
        running=[
            (Output("tg-try", "disabled"), True, False),
            (Output("tg-room", "className"), "desk-result busy", "desk-result"),
        ],
        prevent_initial_call=True,
    )
    def look(content: str | None, _: int, name: str | None, day: str, reason: str, page: dict[str, str]) -> Any:
        words = desk.words(page)
        if not content:
            return trial_refused(desk.lookup(words.language), words("desk.targets.first")), no_update
        found = desk.lookup(words.language)

        @answering(lambda why: trial_refused(found, why))
        def answer() -> list[Any]:
            book = uploaded(content, MOST_BYTES, words)
            given = (reason or "").strip() or NO_REASON
            change, faults = import_targets(desk.model, book, day_of(day, words), given, "")
            if faults:
                return sheet_faults(
                    found, [Said("error", one.message, one.fix, f"{one.sheet}!{one.cell}".strip("!")) for one in faults]
                )
            return shown(desk, [change] if change else [], [], words)

        return answer(), name
