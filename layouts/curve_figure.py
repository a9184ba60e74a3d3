"""The curve of a KPI with the point that its value lies on."""

from __future__ import annotations

from dash import html

from scoring.explain import KpiExplanation

from . import formats
from .bindings import data
from .chain_view import Chain
from .curve_chart import CurveChart, curve_chart, target_position
from .explain_parts import state_of
from .lookup import Lookup
from .method_text import abscissa

#: Methods over the value itself in which a target plays no part.
_AIMLESS = {"deduct", "bonus", "graded", "stabilise"}


def curve_figure(found: Lookup, explanation: KpiExplanation, links: Chain) -> html.Div | None:
    """The curve with the point on it, its numbers as text beside it; None while there is no point."""
    rule = explanation.cell.rule
    if explanation.position is None:
        return None
    goal = target_position(rule.curve, explanation.result.due) if rule.kpi.method.name not in _AIMLESS else None
    chart = curve_chart(rule.curve, explanation.position, goal)
    x = abscissa(links.form, rule.curve.over, explanation.position)
    if rule.curve.over.value == "value":
        x = links.value
    elif rule.curve.over.value == "attainment":
        x = links.attained
    state = state_of(found, explanation.result)[0]
    target = "" if goal is None else found.words("explain.target.mark")
    if goal:
        target += f" {abscissa(links.form, rule.curve.over, goal)}"
    return html.Div(
        [
            html.Div([html.Span(target, style=_beside(chart.target))] if target else [], className="curve-above"),
            html.Div(_heights(chart, links), className="curve-heights"),
            html.Div(
                [
                    html.Img(src=chart.picture, alt=links.method),
                    html.I(
                        className="curve-dot", style={"left": f"{chart.x * 100:g}%", "bottom": f"{chart.y * 100:g}%"}
                    ),
                ],
                className="curve-picture",
            ),
            html.Div([html.Span(x, className="strong", style=_beside(chart.x))], className="curve-below"),
        ],
        className="curve",
        **data(**{"is": state}),
    )


def _beside(share: float | None) -> dict[str, str]:
    """A label at a share of a line, never past either end of it."""
    at = (share or 0.0) * 100
    return {"left": f"{at:g}%", "transform": f"translateX(-{at:g}%)"}


def _heights(chart: CurveChart, links: Chain) -> list[html.Span]:
    """The ends of the scale of points where the point's own label leaves room, and that label."""
    own = html.Span(links.curve_points, className="strong", style={"bottom": f"{chart.y * 100:g}%"})
    ends = []
    if chart.y < 0.78 and chart.high != chart.low:
        ends.append(html.Span(formats.plain(chart.high), style={"bottom": "100%"}))
    if chart.y > 0.22 and chart.high != chart.low:
        ends.append(html.Span(formats.plain(chart.low), style={"bottom": "0%"}))
    return [*ends, own]
