"""The gauge of a KPI: an arc without a needle."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

from dash import html

from scoring.definitions import Kpi

from ..bindings import data, freshness, hidden_without, number, status, string, text
from ..gauge_view import SWEEP, bands
from ..kpi_view import TARGET_TICK
from ..lookup import View
from ..markup import Element, svg
from .chart_parts import chart_foot, chart_head, hatching

#: The drawing's box; the ring's centre and radii, and where on the circle it begins, in degrees clockwise from east.
BOX, CENTRE, RING, BAND, FIRST = "-4 0 208 130", 100, 85, 97.5, 165


def gauge_tile(view: View, kpi: Kpi, href: str, names: str) -> html.A:
    """Name and status, the dial with value and unit, the target, what is attained and the age."""
    size = data(size_key="gauge.size", size=string(view, "gauge.size"))
    beside = data(flag="gauge.beside", on="1" if view.get("gauge.beside") else "0")
    value = [number(view, "gauge.value", "gauge-value"), text(view, "gauge.unit", "unit")]
    amount = html.Div(html.Div(value, className="gauge-amount", **beside), className="gauge-middle", **size)
    dial: list[Any] = [_dial(view, kpi), amount]
    target = html.Div(text(view, "gauge.target", "target"), className="gauge-target")
    return html.A(
        [
            chart_head(view, "gauge"),
            html.Div(dial, className="gauge-dial"),
            html.Div([target, chart_foot(view, "gauge")], className="gauge-facts"),
        ],
        href=href,
        className="gauge chart-panel panel",
        **status(view, "gauge.status"),
        **freshness(view, "gauge.freshness"),
        **data(names=names),
    )


def _dial(view: View, kpi: Kpi) -> Element:
    filled = {"data-arc": "gauge.fill", "style": {"strokeDashoffset": 1 - _share(view)}}
    end = {"data-turn": "gauge.turn", "style": {"transform": f"rotate({view.get('gauge.turn') or 0}deg)"}}
    known = hidden_without(view, "gauge.turn")
    return svg(
        "svg",
        hatching("hatch-gauge", 6),
        svg("path", d=_arc(RING, 0, 1), className="gauge-track"),
        svg("path", d=_arc(RING, 0, 1), className="gauge-fill", pathLength=1, **filled),
        *(svg("path", d=_arc(BAND, low, high), className="gauge-band", **data(**{"is": band}))
          for band, low, high in bands(kpi)),
        svg("g", svg("circle", cx=_x(RING, 0), cy=_y(RING, 0), r=9), svg("circle", cx=_x(RING, 0), cy=_y(RING, 0), r=3),
            className="gauge-end", **end, **known),
        svg("path", d=_spoke(TARGET_TICK, RING - 12, BAND + 5), className="gauge-tick"),
        viewBox=BOX,
        **{"aria-hidden": "true"},
    )  # fmt: skip


def _share(view: View) -> float:
    value = view.get("gauge.fill")
    return value if isinstance(value, float) else 0.0


def _x(radius: float, share: float) -> float:
    return round(CENTRE + radius * cos(radians(FIRST + share * SWEEP)), 2)


def _y(radius: float, share: float) -> float:
    return round(CENTRE + radius * sin(radians(FIRST + share * SWEEP)), 2)


def _arc(radius: float, low: float, high: float) -> str:
    """A path along the ring, clockwise."""
    far = int((high - low) * SWEEP > 180)
    start, end = (f"{_x(radius, share)} {_y(radius, share)}" for share in (low, high))
    return f"M{start}A{radius} {radius} 0 {far} 1 {end}"


def _spoke(share: float, inner: float, outer: float) -> str:
    return f"M{_x(inner, share)} {_y(inner, share)}L{_x(outer, share)} {_y(outer, share)}"
