"""The line of a KPI with its target and the level at which it is red, drawn once, in u."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import KpiResult, Series
from scoring.definitions import Kpi
from scoring.methods import Ratio

from .. import moments
from ..formats import text_width
from ..kpi_view import form_for, judged
from ..lookup import Lookup
from ..markup import Element, svg
from .wording import target_text


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing's size and type, in u (on a phone in px)."""

    width: int
    height: int
    type: int


WALL, PHONE = Size(820, 206, 20), Size(358, 150, 12)


def trend(found: Lookup, result: KpiResult, size: Size, css: str) -> Element | None:
    """The drawing; None with fewer than two known points."""
    series = found.board.series.get((result.unit, result.kpi))
    if series is None:
        return None
    kpi = found.kpis[result.kpi]
    values, target = judged(kpi, result, series)
    if sum(value is not None for value in values) < 2:
        return None
    form = form_for(found, kpi, result.target)
    red = red_level(kpi, result)
    label = form.signed(values[-1]) if kpi.accrues else form.value(values[-1])
    goal = (
        found.words("standup.plan") if kpi.accrues else f"{found.words('standup.target')} {target_text(found, result)}"
    )
    limit = f"{found.words('standup.red')} {form.signed(red) if kpi.accrues else form.value(red)}"
    right = max(text_width(text, size.type) for text in (label + "0", goal, limit)) + size.type
    plot = _Plot(size, values, target, red, size.width - right)
    status = result.status.value
    parts = [*_red_ground(plot, kpi, red), *_levels(plot, target, red), *_line(plot, status)]
    labels = [(plot.y(target), goal, "goal"), (plot.y(red), limit, "limit"), (plot.y(plot.last), label, "now")]
    parts += _labels(labels, plot.right + size.type * 0.6, size)
    parts += _days(found, series, plot, kpi.trend or "day")
    named = f"{found.text(kpi.title)} {label}"
    box = f"0 0 {size.width} {size.height}"
    return svg("svg", *parts, viewBox=box, preserveAspectRatio="xMinYMid meet", className=css, role="img",
               aria_label=named)  # fmt: skip


def red_level(kpi: Kpi, result: KpiResult) -> Fraction:
    """The value at which the KPI turns red; of what accrues, its lag behind what is due by now."""
    share = Fraction(kpi.status.watch)
    if kpi.accrues:
        due = result.due if result.due is not None else result.target
        return due * (share - 1) if kpi.direction == "higher" else due * (1 - share)
    if kpi.direction == "higher":
        return result.target * share
    if isinstance(kpi.method, Ratio) and kpi.method.inverse == "symmetric":
        return result.target * (2 - share)
    return result.target / share if share else result.target


class _Plot:
    """From values to places in the drawing."""

    def __init__(
        self, size: Size, values: Sequence[Fraction | None], target: Fraction, red: Fraction, right: float
    ) -> None:
        known = [one for one in values if one is not None]
        low, high = min(*known, target, red), max(*known, target, red)
        margin = (high - low or Fraction(1)) / 8
        self.low, self.high = low - margin, high + margin
        self.size, self.right, self.values = size, right, values
        self.bottom = size.height - size.type * 1.7
        self.last = known[-1]

    def y(self, value: Fraction) -> float:
        """The height of a value."""
        top = self.size.type * 0.6
        share = float((value - self.low) / (self.high - self.low))
        return round(self.bottom - share * (self.bottom - top), 1)

    def x(self, at: int) -> float:
        """The place of a point."""
        return round(6 + (self.right - 12) * at / max(len(self.values) - 1, 1), 1)


def _red_ground(plot: _Plot, kpi: Kpi, red: Fraction) -> list[Element]:
    level = plot.y(red)
    top, bottom = (level, plot.bottom) if kpi.direction == "higher" else (0.0, level)
    return [svg("rect", x=0, y=top, width=plot.right, height=max(0.0, round(bottom - top, 1)), className="su-red")]


def _levels(plot: _Plot, target: Fraction, red: Fraction) -> list[Element]:
    def level(value: Fraction, css: str) -> Element:
        return svg("line", x1=0, x2=plot.right, y1=plot.y(value), y2=plot.y(value), className=css)

    ground = svg("line", x1=0, x2=plot.right, y1=plot.bottom, y2=plot.bottom, className="su-ground")
    return [ground, level(target, "su-goal"), level(red, "su-limit")]


def _line(plot: _Plot, status: str) -> list[Element]:
    points = [(plot.x(at), plot.y(one)) for at, one in enumerate(plot.values) if one is not None]
    path = " ".join(f"{x},{y}" for x, y in points)
    radius = plot.size.type / 5
    dots = points[:-1] if len(points) <= 32 else []
    found = [svg("polyline", points=path, className="su-line")]
    found += [svg("circle", cx=x, cy=y, r=radius, className="su-dot") for x, y in dots]
    (x, y), half = points[-1], radius * 2
    end = svg("rect", x=round(x - half, 1), y=round(y - half, 1), width=half * 2, height=half * 2, rx=2,
              className="su-end", data_is=status)  # fmt: skip
    return [*found, end]


def _labels(labels: list[tuple[float, str, str]], x: float, size: Size) -> list[Element]:
    """Labels at their heights from the top, pushed apart where they would meet, and back where they ran out of room."""
    apart, wanted = size.type * 1.25, sorted(labels)
    heights: list[float] = []
    for y, _, _ in wanted:
        heights.append(max(y, heights[-1] + apart) if heights else y)
    over = max(0.0, heights[-1] - (size.height - size.type * 1.2))
    return [
        svg("text", text, x=round(x, 1), y=round(height - over + size.type * 0.36, 1), font_size=size.type,
            className=f"su-label {css}")
        for height, (_, text, css) in zip(heights, wanted, strict=True)
    ]  # fmt: skip


def _days(found: Lookup, series: Series, plot: _Plot, kind: str) -> list[Element]:
    """First, middle and last moment under the line."""
    last = len(series.bucket_start_ms) - 1
    places = sorted({0, last // 2, last})
    if last * 10 < 20:
        places = sorted({0, last})
    anchors = {0: "start", last: "end"}
    found_: list[Element] = []
    days = (series.bucket_start_ms[-1] - series.bucket_start_ms[0]) >= 86_400_000
    for at in places:
        moment = moments.local(series.bucket_start_ms[at], found.zone)
        text = f"{moment.month}-{moment.day:02d}" if days or kind == "day" else f"{moment:%H:%M}"
        found_.append(svg("text", text, x=plot.x(at), y=plot.size.height - 3, font_size=plot.size.type * 0.9,
                          text_anchor=anchors.get(at, "middle"), className="su-label day"))  # fmt: skip
    return found_


def spark(found: Lookup, result: KpiResult) -> Element | None:
    """A small line with its target, for a step that is not talked about now."""
    series = found.board.series.get((result.unit, result.kpi))
    if series is None:
        return None
    values, target = judged(found.kpis[result.kpi], result, series)
    known = [one for one in values if one is not None]
    if len(known) < 2:
        return None
    low, high = min(*known, target), max(*known, target)
    span = (high - low) or Fraction(1)
    width, height = 200, 56

    def place(at: int, value: Fraction) -> tuple[float, float]:
        return round(4 + 192 * at / (len(values) - 1), 1), round(6 + 44 * float((high - value) / span), 1)

    points = [place(at, one) for at, one in enumerate(values) if one is not None]
    goal = place(0, target)[1]
    return svg(
        "svg",
        svg("line", x1=0, x2=width, y1=goal, y2=goal, className="su-goal"),
        svg("polyline", points=" ".join(f"{x},{y}" for x, y in points), className="su-line thin"),
        svg("circle", cx=points[-1][0], cy=points[-1][1], r=6, className="su-end", data_is=result.status.value),
        viewBox=f"0 0 {width} {height}", className="su-spark", aria_hidden="true",
    )  # fmt: skip
