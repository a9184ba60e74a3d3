"""The heat map of units and KPIs."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

from ..bindings import age, data, freshness, glyph, hidden_without, link, status, text
from ..heat_view import HeatLook
from ..lookup import View
from ..room import Slots


def heat_tile(view: View, titles: Sequence[str], looks: tuple[HeatLook, HeatLook]) -> html.Section:
    """Heads of columns, and rows of cells; each row leads to what explains its unit."""
    newest = html.Span(age(view, "heat.event_ms", "note age"), **hidden_without(view, "heat.event_ms"))
    note = html.Div([text(view, "heat.note", "note"), newest], className="heat-note")
    heads = [html.Div(html.Span(title), className="heat-head") for title in titles]
    slots = Slots(*(look.rows for look in looks))
    rows = [_row(view, place, len(titles), slots.only(place)) for place in range(slots.most)]
    forms = data(heads=looks[0].heads, upright_heads=looks[1].heads)
    small = [f"small-{wall}" for wall, look in zip(("landscape", "portrait"), looks, strict=True) if look.small]
    return html.Section(
        [
            html.Div([html.H2(text(view, "heat.title", "")), note], className="panel-head"),
            html.Div([html.Div(), *heads], className="heat-heads", **forms),
            html.Div(rows, className=" ".join(["heat-rows", *small])),
        ],
        className="heat chart-panel panel",
        style={"--kpis": len(titles), **_sizes("", looks[0]), **_sizes("upright-", looks[1])},
        **freshness(view, "heat.freshness"),
    )


def _sizes(wall: str, look: HeatLook) -> dict[str, str]:
    return {f"--{wall}name": f"{look.names / 10:.2f}rem", f"--{wall}head": f"{look.head / 10:.2f}rem"}


def _row(view: View, place: int, columns: int, only: str) -> html.A:
    return html.A(
        [
            text(view, f"row.{place}.name", "heat-name"),
            *(_cell(view, f"cell.{place}.{column}") for column in range(columns)),
        ],
        className=f"heat-row only-{only}",
        **link(view, f"row.{place}.link"),
        **hidden_without(view, f"row.{place}.shown"),
    )


def _cell(view: View, prefix: str) -> html.Div:
    share = [text(view, f"{prefix}.share", "heat-share"), text(view, f"{prefix}.brief", "heat-brief")]
    return html.Div(html.Div([glyph(), *share], className="heat-content"), className="heat-cell",
                    **status(view, f"{prefix}.status"))  # fmt: skip
