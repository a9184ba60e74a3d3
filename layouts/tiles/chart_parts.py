"""Parts that charts share: head, foot, and the hatching of what is not live."""

from __future__ import annotations

from dash import html

from ..bindings import age, text
from ..lookup import View
from ..markup import Element, svg
from .kpi import status_mark


def chart_head(view: View, prefix: str) -> html.Div:
    """Name, and status as glyph and word."""
    return html.Div([text(view, f"{prefix}.name", "name"), status_mark(view, prefix)], className="chart-head")


def chart_foot(view: View, prefix: str) -> html.Div:
    """What is attained and the age; of what is not live the last status, and since when."""
    event = f"{prefix}.event_ms"
    own = [text(view, f"{prefix}.attained", "own"), text(view, f"{prefix}.last", "last")]
    return html.Div([*own, age(view, event, "age"), age(view, event, "since", "since")], className="chart-foot")


def hatching(id_: str, step: float) -> Element:
    """A pattern of 45° lines every `step` units of a drawing; `url(#id_)` fills with it."""
    line = svg("rect", width=round(step * 0.4, 3), height=step, className="hatch-line")
    turned = {"patternTransform": "rotate(45)", "patternUnits": "userSpaceOnUse"}
    return svg("defs", svg("pattern", line, id=id_, width=step, height=step, **turned))
