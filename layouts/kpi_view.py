"""The keys of one KPI tile: `<prefix>.value`, `.unit`, `.status`, `.bar` and so on."""

from __future__ import annotations

from fractions import Fraction

from scoring.board import WEIGHT, Freshness, KpiResult, Series, Status
from scoring.definitions import Kpi

from . import formats
from .formats import Form
from .lookup import Lookup, View

#: Attainment bars run from 0 to 120 % of the target.
AXIS = Fraction(6, 5)
#: Sizes of a value in u, with the room it may take in a tile of 290 u inside; a digit is wider than average text.
SIZES = (("l", 72, 208), ("m", 64, 290))
UNIT_SIZE, DIGIT_WIDTH = 22, 1.08
TARGET_TICK = float(1 / AXIS)


def position(share: Fraction | None) -> float | None:
    """Where a share of the target lies on an attainment bar, 0 to 1."""
    return None if share is None else round(float(min(max(share / AXIS, Fraction(0)), Fraction(1))), 4)


def form_for(found: Lookup, kpi: Kpi, target: Fraction) -> Form:
    """How this KPI's numbers are written."""
    return formats.form_of(kpi.display, target, found.words.language)


def value_text(form: Form, result: KpiResult) -> str:
    """A result's value with its unit on one line, such as "93.1%" or "2.51 亿"."""
    return amount_text(form, result.value)


def amount_text(form: Form, value: Fraction | None) -> str:
    """A number in a KPI's form, with its unit; unknown has none."""
    if form.percent or value is None:
        return form.value(value) + ("%" if form.percent and value is not None else "")
    return f"{form.value(value)} {form.unit}".rstrip()


def kpi_view(found: Lookup, result: KpiResult, prefix: str, main_period: str) -> View:
    """Everything a tile shows of one result.

    A KPI of another period than the screen's says so beside its unit. `event_ms` is when the KPI last moved while it
    is live, and when its worst source was last heard once it is not; the browser makes ages of it.
    """
    kpi, words = found.kpis[result.kpi], found.words
    form = form_for(found, kpi, result.target)
    fresh = found.freshness(kpi.id)
    sign = "≤" if kpi.direction == "lower" else ""
    unit = form.unit if result.value is not None else ""
    if kpi.period != main_period:
        unit = f"{unit} · {words(f'this.{kpi.period}')}" if unit else words(f"this.{kpi.period}")
    shown = displayed_status(result.status, fresh)
    last = words(f"status.{result.status}")
    view: View = {
        f"{prefix}.name": found.text(kpi.title),
        f"{prefix}.value": form.value(result.value),
        f"{prefix}.unit": unit,
        f"{prefix}.size": _size(form.value(result.value), unit),
        f"{prefix}.status": shown,
        f"{prefix}.word": words(f"status.{shown}"),
        f"{prefix}.freshness": fresh.value,
        f"{prefix}.last": words("kpi.last", status=last),
        f"{prefix}.target": words("kpi.target", target=form.target(result.target, sign, brief=True)),
        f"{prefix}.attained": _attained(found, kpi, result),
        f"{prefix}.weight": words("kpi.weight", weight=formats.plain(Fraction(result.weight, WEIGHT))),
        f"{prefix}.score": formats.score(result.score) if result.weight else "",  # of no weight: shown, not scored
        f"{prefix}.event_ms": heard_ms(found, result, fresh),
    }
    return view | _bar(kpi, result, prefix) | spark_view(found, result, prefix)


def _size(value: str, unit: str) -> str:
    """Which of three sizes lets value and unit fit in the narrowest tile, with a sparkline in the largest."""
    beside = formats.text_width(unit, UNIT_SIZE) + 8
    for name, size, room in SIZES:
        if formats.text_width(value, size) * DIGIT_WIDTH + beside <= room:
            return name
    return "s"


def displayed_status(status: Status, fresh: Freshness) -> str:
    """What the glyph says: a number that is not live has no status now, only a last one."""
    return status.value if fresh is Freshness.LIVE else fresh.value


def heard_ms(found: Lookup, result: KpiResult, fresh: Freshness) -> int | None:
    """The moment that the tile's age counts from."""
    worst = found.worst_source(result.kpi)
    return result.event_ms if fresh is Freshness.LIVE or worst is None else worst.event_ms


def _attained(found: Lookup, kpi: Kpi, result: KpiResult) -> str:
    key = "kpi.pace" if kpi.accrues else "kpi.attained"
    return found.words(key, share=formats.percent(result.attainment))


def _bar(kpi: Kpi, result: KpiResult, prefix: str) -> View:
    """Fill, notch and target tick. What accrues is measured against the whole target, a rate by its attainment."""
    if kpi.accrues and result.target:
        fill = None if result.value is None else result.value / result.target
        notch = None if result.due is None else result.due / result.target
    else:
        fill, notch = result.attainment, Fraction(1)
    return {
        f"{prefix}.bar": position(fill),
        f"{prefix}.notch": position(notch),
        f"{prefix}.target_tick": round(TARGET_TICK, 4),
    }


def judged(kpi: Kpi, result: KpiResult, series: Series) -> tuple[list[Fraction | None], Fraction]:
    """The points of a series and the level they are judged by: a rate against its target, what accrues by its lead."""
    if not kpi.accrues:
        return list(series.values), result.target
    pairs = zip(series.values, series.due, strict=True)
    return [None if value is None else value - due for value, due in pairs], Fraction(0)


def spark_view(found: Lookup, result: KpiResult, prefix: str) -> View:
    """The sparkline's points between 0 and 1, and where the target (or the plan) lies among them."""
    series = found.board.series.get((result.unit, result.kpi))
    if series is None or sum(value is not None for value in series.values) < 2:
        return {f"{prefix}.spark": None, f"{prefix}.spark_target": None}
    values, target = judged(found.kpis[result.kpi], result, series)
    known = [value for value in values if value is not None]
    low, high = min(*known, target), max(*known, target)
    span = (high - low) or Fraction(1)

    def height(value: Fraction | None) -> float | None:
        return None if value is None else round(float((value - low) / span), 3)

    return {f"{prefix}.spark": [height(value) for value in values], f"{prefix}.spark_target": height(target)}
