"""The ranking of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from ..bindings import Attributes, age, data, fill, freshness, glyph, hidden_without, mark, number, status, string, text
from ..formats import text_width
from ..links import explain_href
from ..lookup import View

#: A name of normal size has this room, in u; a longer one takes the next smaller size, then two lines.
NAME_ROOM, NAME_SIZE, SMALL_SIZE = 220, 24, 20
#: Names of units that are not on target are bold, and so wider than average text.
BOLD = 1.08


#: The column of numbers is wide enough for a score of three digits.
SCORE_ROOM = 84.0


@dataclass(frozen=True, slots=True)
class Look:
    """What rows show: the KPI (none: scores), further classes, and the room of numbers and names, in u."""

    kpi: str = ""
    css: str = ""
    number: float = SCORE_ROOM
    names: float = NAME_ROOM


SCORES = Look()


def ranking_tile(view: View, units: Sequence[tuple[str, str]], language: str, look: Look = SCORES) -> html.Section:
    """One row per (unit id, title), moved to its place by the view; it leads to what explains the unit's number."""
    names = [title for _, title in units]
    widest = max((text_width(name, NAME_SIZE) for name in names), default=0)
    small = widest * BOLD > look.names
    room = min(widest * BOLD * (SMALL_SIZE / NAME_SIZE if small else 1), look.names) + 16
    gap = html.Div(text(view, "ranking.hidden", ""), className="rank-gap", **_slot(view, "ranking.gap"),
                   **hidden_without(view, "ranking.hidden"))  # fmt: skip
    return html.Section(
        [
            html.Div([html.H2(text(view, "ranking.title", "")), _note(view, look.kpi)], className="panel-head"),
            html.Div([*(_row(view, unit, title, small, language, look.kpi) for unit, title in units), gap],
                     className="rank-rows",
                     style={"--rows": string(view, "ranking.rows"), "--name": f"{room / 10:.2f}rem", **_number(look)}),
        ],
        className=f"ranking panel{look.css}",
        **freshness(view, "ranking.freshness"),
    )  # fmt: skip


def _number(look: Look) -> dict[str, str]:
    return {} if look.number == SCORE_ROOM else {"--number": f"{look.number / 10:.2f}rem"}


def _note(view: View, kpi: str) -> html.Span | html.Div:
    """What the numbers are; of a KPI their age too."""
    note = text(view, "ranking.note", "note")
    if not kpi:
        return note
    known = html.Span(age(view, "ranking.event_ms", "note age"), **hidden_without(view, "ranking.event_ms"))
    return html.Div([note, known])


def _slot(view: View, key: str) -> Attributes:
    return data(slot=key, order=string(view, key))


def _row(view: View, unit: str, title: str, small: bool, language: str, kpi: str) -> html.A:
    prefix = f"rank.{unit}"
    behind = data(flag=f"{prefix}.behind", on="1" if view.get(f"{prefix}.behind") else "0")
    return html.A(
        [
            text(view, f"{prefix}.place", "place"),
            html.Span(title, className="rank-name small" if small else "rank-name"),
            html.Div([html.Div(fill(view, f"{prefix}.bar"), className="track"),
                      mark(view, f"{prefix}.target_tick", "tick")], className="bar"),
            number(view, f"{prefix}.score", "rank-score"),
            glyph(),
            text(view, f"{prefix}.move", "move"),
        ],
        href=explain_href(unit, language, kpi),
        className="rank-row",
        **status(view, f"{prefix}.status"),
        **_slot(view, f"{prefix}.order"),
        **behind,
    )  # fmt: skip
