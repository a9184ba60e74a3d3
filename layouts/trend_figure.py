"""The figure of a trend for plotly: sizes in u and colours as tokens; the browser makes them those of its screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, log10
from typing import Any

from scoring.board import KpiResult, Series
from scoring.definitions import Kpi
from scoring.forecast import Forecast

from . import formats
from .formats import UNKNOWN, Form
from .kpi_view import form_for, judged
from .lookup import Lookup
from .trend_times import TimeAxis, time_axis

TEXT, TEXT2, LABEL, LINE, SURFACE, NOW = "--text", "--text2", "--text3", "--line", "--surface", "--accent"
STATUS = {"good": "--good", "watch": "--watch", "bad": "--bad"}
OFF = "--off"
#: Shares of 100 of a colour: the area between line and plan, and the range to come.
AREA, BAND = 22, 16
FONT = "Inter, 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
AXIS_SIZE, VALUE_SIZE, RANGE_SIZE = 18, 22, 20
#: Labels at the end of a line stand this far apart, in u, on the lowest plot (a portrait wall's); of two lines farther.
LABEL_APART, TWO_LINES_APART, LOWEST_PLOT = 24, 38, 64
#: Room above and below the heights, as a share of them; with the value's label inside the plot more.
MARGIN, MARGIN_WITH_LABEL = 0.14, 0.2
#: Less of the plot's height than this leaves no room for a label, or between a tick and its neighbours.
LABEL_ROOM, TICK_APART = 0.3, 0.1


@dataclass(frozen=True, slots=True)
class Range:
    """What the KPI will be at the end of its period, as heights of the chart, and in words, line by line."""

    low: float
    mid: float
    high: float
    words: tuple[str, ...]


def trend_figure(
    found: Lookup, kpi: Kpi, result: KpiResult, series: Series, status: str, ahead: Forecast | None = None
) -> dict[str, Any] | None:
    """The figure as a plain dict, or None with fewer than two known buckets.

    A rate is a line against its target; what accrues is its lead over the plan, the area between them filled. With a
    forecast the time axis runs on to the period's end.
    """
    form = form_for(found, kpi, result.target)
    values, level = judged(kpi, result, series)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    heights = [None if value is None else _number(value, form) for value in values]
    target, range_ = _number(level, form), _range_of(result, kpi, form, ahead)
    low, high = _range([*(height for height in heights if height is not None), *_spread(range_)], target, range_)
    last = max(index for index, value in enumerate(heights) if value is not None)
    label = form.signed(values[last]) if kpi.accrues else form.value(values[last])
    words = _target_words(found, kpi, result, form)
    # A label beside the target's line or at the foot of the time axis would run into its neighbour.
    near = (high - low) * TICK_APART
    ticks = [tick for tick in _nice_ticks(low, high) if tick and abs(tick - target) > near and tick - low > near]
    times = time_axis(found, kpi.trend, series, result.period_end_ms if range_ else None)
    told = (label,) if range_ is None else range_.words
    right = max(formats.text_width(words, AXIS_SIZE), *(_label_width(text) for text in told)) + 20
    layout = _layout((low, high), ticks, times, round(right))
    traces = _line(heights, last, status, filled=kpi.accrues)
    if range_ is None:
        shape, note = _target(words, target, heights[last], LABEL_APART, LOWEST_PLOT / (high - low))
        notes, shapes = [_end_label(label, last, heights[last]), note], [shape]
    else:
        apart = LABEL_APART if len(told) == 1 else TWO_LINES_APART
        shape, note = _target(words, target, range_.mid, apart, LOWEST_PLOT / (high - low))
        traces = [*_band(range_, last, heights[last], times.end), *traces]
        inside = _inside_label(label, last, heights[last], target, (low, high))
        notes, shapes = [inside, note, _range_label(range_, (low, high))], [shape, _now(last)]
    return {"data": traces, "layout": layout | {"shapes": shapes, "annotations": notes}}


def _label_width(text: str) -> float:
    return formats.text_width(text, VALUE_SIZE) * 1.15


def _target_words(found: Lookup, kpi: Kpi, result: KpiResult, form: Form) -> str:
    if kpi.accrues:
        return found.words("trend.plan.line")
    goal = form.target(result.target, "≤" if kpi.direction == "lower" else "")
    return f"{found.words('trend.target.line')} {goal}"


def _range_of(result: KpiResult, kpi: Kpi, form: Form, ahead: Forecast | None) -> Range | None:
    """The forecast in the chart's terms: of what accrues the lead over the whole target, high above low."""
    if ahead is None:
        return None
    level = result.target if kpi.accrues else Fraction(0)
    low, mid, high = (value - level for value in (ahead.low, ahead.mid, ahead.high))
    write = form.signed if kpi.accrues else form.value
    words = (write(high), write(low)) if kpi.accrues else (f"{write(low)}{UNKNOWN}{write(high)}",)
    if write(low) == write(high):
        words = (write(low),)
    return Range(_number(low, form), _number(mid, form), _number(high, form), words)


def _spread(range_: Range | None) -> list[float]:
    return [] if range_ is None else [range_.low, range_.high]


def _number(value: Fraction, form: Form) -> float:
    """A drawn height: one digit finer than shown, so that the figure changes only when the picture would."""
    decimals = form.decimals + 1
    return float(Fraction(formats.rounded(value * form.factor, decimals), int(10**decimals)))


def _range(known: Sequence[float], target: float, range_: Range | None) -> tuple[float, float]:
    low, high = min(*known, target), max(*known, target)
    margin = (high - low or abs(high) or 1.0) * (MARGIN if range_ is None else MARGIN_WITH_LABEL)
    return round(low - margin, 6), round(high + margin, 6)


def _nice_ticks(low: float, high: float) -> list[float]:
    """Two to four round numbers inside the range."""
    rough = (high - low) / 3.4
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = -(-low // step) * step
    return [round(first + step * index, 9) for index in range(int((high - first) // step) + 1)]


def _line(heights: Sequence[float | None], last: int, status: str, *, filled: bool) -> list[dict[str, Any]]:
    colour = STATUS.get(status, OFF)
    live = status in STATUS
    points = list(range(len(heights)))
    line = {"color": TEXT if live else OFF, "width": 3}
    area = {"fill": "tozeroy", "fillcolor": f"{colour}/{AREA}"} if filled else {}
    dot = {"color": colour if live else SURFACE, "size": 13, "line": {"color": colour, "width": 3}}
    return [
        {"type": "scatter", "mode": "lines", "x": points, "y": [*heights], "line": line, "hoverinfo": "skip", **area},
        {"type": "scatter", "mode": "markers", "x": [last], "y": [heights[last]], "marker": dot, "hoverinfo": "skip",
         "cliponaxis": False},
    ]  # fmt: skip


def _band(range_: Range, last: int, value: float | None, end: float) -> list[dict[str, Any]]:
    """From the value now to the range at the period's end, and its middle as a dotted line."""
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    outline = {"x": [last, end, end], "y": [value, range_.high, range_.low], "line": {"color": TEXT2, "width": 0}}
    middle = {"x": [last, end], "y": [value, range_.mid], "line": {"color": LABEL, "width": 2, "dash": "2px,6px"}}
    return [line | outline | {"fill": "toself", "fillcolor": f"{TEXT2}/{BAND}"}, line | middle]


def _now(last: int) -> dict[str, Any]:
    """Where what is known ends."""
    line = {"color": NOW, "width": 2}
    return {"type": "line", "yref": "paper", "x0": last, "x1": last, "y0": 0, "y1": 1, "line": line, "layer": "below"}


def _end_label(text: str, x: int, y: float | None) -> dict[str, Any]:
    font = {"size": VALUE_SIZE, "color": TEXT}
    return {"x": x, "y": y, "xanchor": "left", "xshift": 12, "showarrow": False, "text": f"<b>{text}</b>", "font": font}


def _inside_label(text: str, x: int, y: float | None, target: float, plot: tuple[float, float]) -> dict[str, Any]:
    """Where the axis runs on: left of the end of the line, away from the target's line if there is room."""
    low, high = plot
    share = ((y if y is not None else low) - low) / (high - low)
    above = share < LABEL_ROOM or (share <= 1 - LABEL_ROOM and (y is None or y >= target))
    place = {"xanchor": "right", "xshift": -8, "yanchor": "bottom" if above else "top", "yshift": 6 if above else -6}
    return _end_label(text, x, y) | place


def _range_label(range_: Range, plot: tuple[float, float]) -> dict[str, Any]:
    """At the end of the band; two lines near the foot or the top of the plot move inwards."""
    share = (range_.mid - plot[0]) / (plot[1] - plot[0])
    inwards = 14 if share < LABEL_ROOM else -14 if share > 1 - LABEL_ROOM else 0
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 12, "y": range_.mid, "showarrow": False}
    text = "<br>".join(f"<b>{line}</b>" for line in range_.words)
    look = {"text": text, "align": "left", "font": {"size": RANGE_SIZE, "color": TEXT2}}
    return place | look | ({"yshift": inwards} if len(range_.words) > 1 else {})


def _target(
    words: str, target: float, last: float | None, clear: int, scale: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The dashed line, and its label at the end of it, pushed clear of the label at the height `last`."""
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target}
    apart = 0.0 if last is None else (target - last) * scale
    push = round((clear - abs(apart)) * (1 if apart >= 0 else -1)) if abs(apart) < clear else 0
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 12, "y": target, "yshift": push}
    look = {"text": words, "showarrow": False, "font": {"size": AXIS_SIZE, "color": TEXT2}}
    return line | {"line": {"color": TEXT2, "width": 2, "dash": "6px,6px"}}, place | look


def _layout(height: tuple[float, float], ticks: Sequence[float], times: TimeAxis, right: int) -> dict[str, Any]:
    labels = [f"{tick:,g}".replace("-", formats.MINUS) for tick in ticks]
    left = max((formats.text_width(label, AXIS_SIZE) for label in labels), default=0) + 10
    base = {"fixedrange": True, "zeroline": False, "tickfont": {"size": AXIS_SIZE, "color": LABEL}, "ticks": ""}
    across = {"range": [0, times.end], "tickvals": times.places, "ticktext": times.labels, "showgrid": False,
              "tickangle": 0}  # fmt: skip
    up = {"range": list(height), "tickvals": [*ticks], "ticktext": labels, "gridcolor": LINE, "gridwidth": 1.5}
    return {
        "margin": {"l": round(left), "r": right, "t": 6, "b": 30, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": AXIS_SIZE, "color": LABEL},
        "showlegend": False,
        "hovermode": False,
        "dragmode": False,
        "xaxis": base | across,
        "yaxis": base | up,
    }
