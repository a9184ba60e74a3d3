"""The trend: one KPI's recent buckets as a plotly figure, sizes in u (the browser scales them to its screen)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import floor, log10
from typing import Any

from scoring.board import KpiResult, Series
from scoring.definitions import Kpi
from scoring.forms import BucketKind

from . import formats, moments
from .formats import Form
from .kpi_view import displayed_status, form_for, heard_ms, judged
from .lookup import Lookup, View

#: Colours of the tokens sheet that plotly needs as values; assets/tokens.css holds the same.
TEXT, TEXT2, LABEL, LINE = "#F2F5F8", "#B9C4CF", "#8F9CA9", "#27313B"
STATUS = {"good": "#2FC4B2", "watch": "#F5B83D", "bad": "#FF6B57"}
OFF = "#9AA6B2"
FONT = "Inter, 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
AXIS_SIZE, VALUE_SIZE = 18, 22
#: Labels at the end of a line stand this far apart, in u, on the lowest plot (a portrait wall's).
LABEL_APART, LOWEST_PLOT = 24, 64
#: Labels on the time axis; more run into each other in a 464 u panel.
TIME_LABELS = 4
#: A longer time axis names days at their midnights instead of clock times.
LONGEST_BY_CLOCK = dt.timedelta(hours=30)


def trend_view(found: Lookup, unit: str, kpi_id: str) -> View:
    """Head and figure of a KPI at a unit, under `trend.*`."""
    result = found.board.kpis.get((unit, kpi_id))
    kpi = found.kpis[kpi_id]
    view: View = {"trend.title": found.text(kpi.title), "trend.figure": None, "trend.empty": True}
    if result is None:
        return view | {"trend.status": "unknown", "trend.word": found.words("status.unknown")}
    fresh = found.freshness(kpi.id)
    form = form_for(found, kpi, result.target)
    shown = displayed_status(result.status, fresh)
    series = found.board.series.get((unit, kpi_id))
    figure = None if series is None else trend_figure(found, kpi, result, series, shown)
    return view | {
        "trend.value": form.value(result.value),
        "trend.unit": form.unit if result.value is not None else "",
        "trend.status": shown,
        "trend.word": found.words(f"status.{shown}"),
        "trend.freshness": fresh.value,
        "trend.event_ms": heard_ms(found, result, fresh),
        "trend.detail": _detail(found, kpi, result, form),
        "trend.bucket": found.words(f"trend.{kpi.trend}") if kpi.trend else "",
        "trend.figure": figure,
        "trend.empty": figure is None,
    }


def _detail(found: Lookup, kpi: Kpi, result: KpiResult, form: Form) -> str:
    sign = "≤" if kpi.direction == "lower" else ""
    target = found.words("trend.target", target=form.target(result.target, sign))
    if not kpi.accrues or result.due is None:
        return target
    return found.words("trend.due", due=form.value(result.due)) + " · " + target


def trend_figure(found: Lookup, kpi: Kpi, result: KpiResult, series: Series, status: str) -> dict[str, Any] | None:
    """The figure as a plain dict, or None with fewer than two known buckets.

    A rate is a line against its target; what accrues is its lead over the plan, the area between them filled.
    """
    form = form_for(found, kpi, result.target)
    values, level = judged(kpi, result, series)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    heights = [None if value is None else _number(value, form) for value in values]
    target = _number(level, form)
    low, high = _range([height for height in heights if height is not None], target)
    last = max(index for index, value in enumerate(heights) if value is not None)
    sign = "≤" if kpi.direction == "lower" else ""
    goal = form.target(result.target, sign)
    words = found.words("trend.plan.line") if kpi.accrues else f"{found.words('trend.target.line')} {goal}"
    shape, note = _target(words, target, heights[last], LOWEST_PLOT / (high - low))
    label = form.signed(values[last]) if kpi.accrues else form.value(values[last])
    notes = [_end_label(label, last, heights[last]), note]
    # A label beside the target's line or at the foot of the time axis would run into its neighbour.
    ticks = [tick for tick in _nice_ticks(low, high) if tick and abs(tick - target) > (high - low) * 0.08]
    time = _time_axis(found, kpi.trend, series)
    right = max(formats.text_width(words, AXIS_SIZE), formats.text_width(label, VALUE_SIZE) * 1.15) + 20
    layout = _layout(len(heights), (low, high), ticks, time, round(right))
    return {
        "data": _line(heights, last, status, filled=kpi.accrues),
        "layout": layout | {"shapes": [shape], "annotations": notes},
    }


def _number(value: Fraction, form: Form) -> float:
    """A drawn height: one digit finer than shown, so that the figure changes only when the picture would."""
    decimals = form.decimals + 1
    return float(Fraction(formats.rounded(value * form.factor, decimals), int(10**decimals)))


def _range(known: list[float], target: float) -> tuple[float, float]:
    low, high = min(*known, target), max(*known, target)
    margin = (high - low or abs(high) or 1.0) * 0.14
    return round(low - margin, 6), round(high + margin, 6)


def _nice_ticks(low: float, high: float) -> list[float]:
    """Two to four round numbers inside the range."""
    rough = (high - low) / 3
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = -(-low // step) * step
    return [round(first + step * index, 9) for index in range(int((high - first) // step) + 1)]


def _line(heights: list[float | None], last: int, status: str, *, filled: bool) -> list[dict[str, Any]]:
    colour = STATUS.get(status, OFF)
    live = status in STATUS
    points = list(range(len(heights)))
    line = {"color": TEXT if live else OFF, "width": 3}
    area = {"fill": "tozeroy", "fillcolor": f"{colour}38"} if filled else {}
    dot = {"color": colour if live else "#141A21", "size": 13, "line": {"color": colour, "width": 3}}
    return [
        {"type": "scatter", "mode": "lines", "x": points, "y": heights, "line": line, "hoverinfo": "skip", **area},
        {"type": "scatter", "mode": "markers", "x": [last], "y": [heights[last]], "marker": dot, "hoverinfo": "skip",
         "cliponaxis": False},
    ]  # fmt: skip


def _end_label(text: str, x: int, y: float | None) -> dict[str, Any]:
    font = {"size": VALUE_SIZE, "color": TEXT}
    return {"x": x, "y": y, "xanchor": "left", "xshift": 12, "showarrow": False, "text": f"<b>{text}</b>", "font": font}


def _target(words: str, target: float, last: float | None, scale: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """The dashed line, and its label at the end of it, pushed clear of the value's label."""
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target}
    apart = 0.0 if last is None else (target - last) * scale
    push = round((LABEL_APART - abs(apart)) * (1 if apart >= 0 else -1)) if abs(apart) < LABEL_APART else 0
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 12, "y": target, "yshift": push}
    look = {"text": words, "showarrow": False, "font": {"size": AXIS_SIZE, "color": TEXT2}}
    return line | {"line": {"color": TEXT2, "width": 2, "dash": "6px,6px"}}, place | look


def _time_axis(found: Lookup, bucket: BucketKind | None, series: Series) -> tuple[list[int], list[str]]:
    starts = [moments.local(start_ms, found.zone) for start_ms in series.bucket_start_ms]
    by_day = bucket == "day" or starts[-1] - starts[0] > LONGEST_BY_CLOCK
    places = [at for at, start in enumerate(starts) if bucket == "day" or not by_day or start.hour == start.minute == 0]
    places = places[:: max(1, -(-len(places) // TIME_LABELS))]
    return places, [f"{starts[at].month}-{starts[at]:%d}" if by_day else f"{starts[at]:%H:%M}" for at in places]


def _layout(
    count: int, height: tuple[float, float], ticks: list[float], time: tuple[list[int], list[str]], right: int
) -> dict[str, Any]:
    labels = [f"{tick:,g}".replace("-", formats.MINUS) for tick in ticks]
    left = max((formats.text_width(label, AXIS_SIZE) for label in labels), default=0) + 10
    base = {"fixedrange": True, "zeroline": False, "tickfont": {"size": AXIS_SIZE, "color": LABEL}, "ticks": ""}
    across = {"range": [0, count - 1], "tickvals": time[0], "ticktext": time[1], "showgrid": False}
    up = {"range": list(height), "tickvals": ticks, "ticktext": labels, "gridcolor": LINE, "gridwidth": 1.5}
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
