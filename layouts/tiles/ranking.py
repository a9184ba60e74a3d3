"""The ranking of units."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from ..bindings import Attributes, data, fill, freshness, glyph, hidden_without, mark, number, status, string, text
from ..formats import text_width
from ..links import explain_href
from ..lookup import View

#: A name of normal size has this room, in u; a longer one takes the next smaller size, then two lines.
NAME_ROOM, NAME_SIZE, SMALL_SIZE = 220, 24, 20
#: Names of units that are not on target are bold, and so wider than average text.
BOLD = 1.08


def ranking_tile(view: View, units: Sequence[tuple[str, str]], language: str) -> html.Section:
    """One row per (unit id, title), moved to its place by the view; it leads to what explains the unit's score."""
    names = [title for _, title in units]
    widest = max((text_width(name, NAME_SIZE) for name in names), default=0)
    small = widest * BOLD > NAME_ROOM
    room = min(widest * BOLD * (SMALL_SIZE / NAME_SIZE if small else 1), NAME_ROOM) + 16
    gap = html.Div(text(view, "ranking.hidden", ""), className="rank-gap", **_slot(view, "ranking.gap"),
                   **hidden_without(view, "ranking.hidden"))  # fmt: skip
    return html.Section(
        [
            html.Div([html.H2(text(view, "ranking.title", "")), text(view, "ranking.note", "note")],
                     className="panel-head"),
            html.Div([*(_row(view, unit, title, small, language) for unit, title in units), gap], className="rank-rows",
                     style={"--rows": string(view, "ranking.rows"), "--name": f"{room / 10:.2f}rem"}),
        ],
        className="ranking panel",
        **freshness(view, "ranking.freshness"),
    )  # fmt: skip


def _slot(view: View, key: str) -> Attributes:
    return data(slot=key, order=string(view, key))


def _row(view: View, unit: str, title: str, small: bool, language: str) -> html.A:
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
        href=explain_href(unit, language),
        className="rank-row",
        **status(view, f"{prefix}.status"),
        **_slot(view, f"{prefix}.order"),
        **behind,
    )  # fmt: skip
