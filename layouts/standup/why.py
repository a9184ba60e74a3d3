"""Why a KPI stands as it does: which units below make it so, what it is made of, and what moved it since."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.board import KpiResult
from scoring.expressions import names
from scoring.scores import margin
from scoring.waterfall import Waterfall

from .. import formats
from ..kpi_view import form_for
from ..lookup import Lookup

#: Rows that fit beside the chart.
MOST = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A line with a bar: `share` is 0 to 1 of the longest; `is_bad` where it takes away."""

    title: str
    value: str
    share: float
    note: str = ""
    is_bad: bool = True


def below_rows(found: Lookup, result: KpiResult) -> list[Row]:
    """The units below that have the KPI, the farthest behind first, by how far they are."""
    kpi = found.kpis[result.kpi]
    behind = []
    for unit in found.children(result.unit):
        own = found.board.kpis.get((unit.id, result.kpi))
        if own is not None and own.value is not None and own.due:
            behind.append((margin(kpi, own.value, own.due), unit, own))
    behind.sort(key=lambda one: (one[0], one[1].id))
    widest = max((abs(one[0]) for one in behind), default=Fraction(0)) or Fraction(1)
    form = form_for(found, kpi, result.target)
    return [
        Row(found.short(unit), form.signed(gap), _share(gap, widest), f"{form.value(own.value)} {form.unit}".strip(),
            gap < 0)
        for gap, unit, own in behind[:MOST]
    ]  # fmt: skip


def moved_rows(found: Lookup, kpi: str, moved: Waterfall | None) -> list[Row]:
    """What moved the KPI's part of the score since the last stand-up, by cause."""
    if moved is None:
        return []
    steps = [(step.cause, points) for step in moved.steps if (points := step.by_part.get(f"kpi:{kpi}"))]
    steps.sort(key=lambda one: -abs(one[1]))
    widest = max((abs(points) for _, points in steps), default=1)
    return [
        Row(found.words(f"cause.{cause}"), signed_points(points), _share(Fraction(points), Fraction(widest)), "",
            points < 0)
        for cause, points in steps[:MOST]
    ]  # fmt: skip


def made_of(found: Lookup, result: KpiResult) -> list[tuple[str, str]]:
    """The metrics of the formula with their values; none where the KPI is one metric alone."""
    titles = {one.id: found.text(one.title) or one.id for one in found.model.metrics}
    named = [one for one in names(found.kpis[result.kpi].value) if one in titles]
    if len(named) < 2 or len(named) != len(result.metrics):
        return []
    return [
        (titles[name], formats.fixed(value, 0)) for name, value in zip(named, result.metrics, strict=True)
        if value is not None
    ]  # fmt: skip


def moved_points(kpi: str, moved: Waterfall | None) -> int | None:
    """By how many points the KPI moved the unit's score."""
    return None if moved is None else sum(step.by_part.get(f"kpi:{kpi}", 0) for step in moved.steps)


def signed_points(points: int) -> str:
    """Points with their sign."""
    return formats.signed_digits(formats.rounded(formats.points(points) or Fraction(0), 2), 2)


def _share(part: Fraction, whole: Fraction) -> float:
    return round(float(abs(part) / whole), 3)
