"""The targets page: the workbook out, the filled workbook in, its faults or what it would do, and applying it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from ..bindings import data
from ..lookup import Lookup
from ..words import Words
from .facts import Said
from .parts import button, empty, entry, field, link_button, notice, panel, table
from .shell import desk_page

#: Faults shown of one workbook; who sees these has enough to do.
MOST_FAULTS = 200


def targets_page(found: Lookup, today: dt.date, first: dt.date, most_bytes: int, may_export: bool) -> html.Div:
    """The page; `first` is the day offered for new targets, `may_export` whether the workbook may be taken away."""
    words = found.words
    out = panel(
        words("desk.targets.out"),
        html.P(words("desk.targets.out.text"), className="para"),
        _download(words, may_export),
        note=words("desk.as_of", day=today.isoformat()),
    )
    drop = dcc.Upload(
        html.Div(
            [
                html.Div(words("desk.targets.drop"), className="drop-title"),
                html.Div(words("desk.targets.drop.note", most=f"{most_bytes >> 20} MB"), id="tg-file-name"),
                html.Button(words("desk.targets.pick"), className="button", type="button"),
            ],
            className="drop",
        ),
        id="tg-file",
        accept=".xlsx",
        max_size=most_bytes,
    )
    large = words("desk.file.large", most=f"{most_bytes >> 20} MB")
    entries = [
        field(words("desk.from"), entry("tg-from", first.isoformat(), "day-entry"), css="day-entry"),
        field(
            words("desk.reason"),
            entry("tg-reason", "", placeholder=words("desk.reason.hint"), maxLength=500),
            css="wide",
        ),
    ]
    in_ = panel(
        words("desk.targets.in"),
        html.Div(entries, className="row"),
        html.Div(drop, **data(most=str(most_bytes), most_text=large)),
        html.Div(button(words("desk.targets.again"), "tg-try", "main"), className="row buttons"),
        css="ask",
    )
    hint = panel(words("desk.trial.title"), empty(words("desk.targets.hint")))
    room = html.Div(
        [
            html.Div(words("desk.working"), className="working", role="status"),
            html.Div(hint, id="tg-result", className="stack"),
        ],
        className="desk-result",
        id="tg-room",
    )
    return desk_page(
        found,
        "targets",
        "targets",
        words("desk.room.targets"),
        [html.Div([html.Div([out, in_], className="desk-side"), room], className="two")],
        words("desk.room.targets.for"),
    )


def _download(words: Words, may_export: bool) -> html.Div:
    if not may_export:
        return notice("unknown", words("desk.no_export"))
    return html.Div(link_button(words("desk.targets.download"), "/desk/targets/targets.xlsx"), className="row buttons")


def sheet_faults(found: Lookup, faults: Sequence[Said]) -> list[Any]:
    """What is wrong with a workbook, by sheet and cell."""
    words = found.words
    heads = [(words("desk.cell"), "cell"), (words("desk.fault"), "grow"), (words("desk.fix"), "grow")]
    rows = [[one.place, one.message, one.fix] for one in faults[:MOST_FAULTS]]
    more = len(faults) - len(rows)
    rest = [html.Div(words("desk.more", n=more), className="quiet")] if more > 0 else []
    line = notice("bad", words("desk.targets.faults", n=len(faults)))
    return [panel(words("desk.targets.faulty"), line, table(heads, rows, "faults"), *rest)]
