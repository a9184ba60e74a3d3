"""Timelines of units and KPIs: how periods ended, and how the running one goes against earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from layouts import formats
from layouts.analysis.chart import Line, lines_chart
from layouts.analysis.facts import AnalysisFacts, Chart, Picker
from layouts.analysis.sheet import BLANK, Cell, Column, Entry, Measure, Row, Sheet
from layouts.desk.facts import Choice
from layouts.kpi_view import form_for
from layouts.links import explain_href
from scoring.calendar import Period
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at
from wall.results.kpi_reading import KpiReader
from wall.results.timeline import Kind, PeriodPoint, Timelines

from .analysis_compare import SCORE
from .analysis_courses import course_parts, same_sheet, target_text
from .analysis_scope import MOST_LISTED, Scope, apart_cell, kpi_cell, measure_of

#: Periods shown of each kind: what is usually compared.
COUNTS: Mapping[Kind, int] = {"day": 14, "week": 8, "month": 12, "quarter": 8, "year": 4}
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Units and KPIs on one page.
MOST_UNITS, MOST_KPIS = 4, 4


@dataclass(frozen=True, slots=True)
class Told:
    """What tells of the past."""

    timelines: Timelines
    reader: KpiReader


def timeline_facts(scope: Scope, told: Told, asked: Mapping[str, str], export: bool) -> AnalysisFacts:
    """The page of an address."""
    words, below = scope.found.words, scope.unit_asked(asked)
    offered = [unit for unit, _ in scope.below(below)]
    units = scope.units_named(asked, "units", MOST_UNITS) or offered[:1]
    kpis = scope.kpis_at(units)
    chosen = _chosen(asked, kpis)
    kind: Kind = next((one for one in KINDS if one == asked.get("kind")), _kind(scope, chosen))
    state = {
        "unit": below,
        "units": ",".join(unit.id for unit in units) if asked.get("units") else "",
        "kpis": ",".join(chosen) if asked.get("kpis") else "",
        "kind": kind if asked.get("kind") else "",
    }
    pickers = _pickers(scope, below, offered, units, kpis, chosen, kind)
    if not units or not chosen:
        return AnalysisFacts("timeline", state, pickers, empty=words("analysis.timeline.none"))
    points = {unit.id: told.timelines.of(unit.id, kind, COUNTS[kind]) for unit in units}
    shown = _from_first_known(list(points.values()))
    points = {unit: found[shown:] for unit, found in points.items()}
    first_ms, spans = scope.desk.first_ms(), points[units[0].id]
    titles = [scope.desk.period_title(Period(kind, one.start_ms, one.end_ms), words) for one in spans]
    partly = [one.start_ms < first_ms for one in spans]
    notes = [
        words("analysis.running") if one.running else words("analysis.partly") if part else ""
        for one, part in zip(spans, partly, strict=True)
    ]
    series = [found for name in chosen for unit in units
              if (found := _series(scope, unit, name, points[unit.id], partly))]  # fmt: skip
    ended = Sheet(
        words("analysis.timeline.title", kind=words(f"desk.kind.{kind}")),
        (Column("unit", words("analysis.unit"), scope.as_of(), is_text=True),
         *(Column(f"p{at}", title, notes[at]) for at, title in enumerate(titles)),
         Column("change", words("analysis.change"), words("analysis.change.note"))),
        tuple(one.row for one in series),
        filters=((words("analysis.period"), words(f"desk.kind.{kind}")),),
    )  # fmt: skip
    charts = [chart for name in chosen if (chart := _chart(scope, name, series, titles)) is not None]
    compared = [
        course for name in chosen if name != SCORE for unit in units
        if scope.sees_kpi(unit.id, name)
        and (course := course_parts(scope, told.reader, unit, scope.found.kpis[name])) is not None
    ]  # fmt: skip
    charts += [chart for chart, _ in compared]
    same = [row for _, rows in compared for row in rows]
    sheets = (ended, *([same_sheet(scope, same)] if same else []))
    return AnalysisFacts("timeline", state, pickers, sheets, tuple(charts), export=export)


def _pickers(
    scope: Scope, below: str, offered: Sequence[Unit], units: Sequence[Unit], kpis: Sequence[Kpi],
    chosen: Sequence[str], kind: Kind,
) -> tuple[Picker, ...]:  # fmt: skip
    words = scope.found.words
    return (
        Picker("unit", words("analysis.offer"), scope.unit_choices(below, words("analysis.everything"))),
        Picker("kind", words("analysis.period"), tuple(Choice(one, words(f"desk.kind.{one}"), one == kind)
                                                      for one in KINDS)),
        Picker("units", words("analysis.units"), _units(scope, offered, units), True,
               words("analysis.most", n=MOST_UNITS)),
        Picker("kpis", words("analysis.kpis"), _kpi_choices(scope, kpis, chosen), True,
               words("analysis.most", n=MOST_KPIS)),
    )  # fmt: skip


def _kind(scope: Scope, chosen: Sequence[str]) -> Kind:
    """The kind of the first KPI's own period, else the month."""
    own = next((scope.found.kpis[name].period for name in chosen if name != SCORE), "month")
    return next((kind for kind in KINDS if kind == own), "day")


def _chosen(asked: Mapping[str, str], kpis: Sequence[Kpi]) -> list[str]:
    known = [SCORE, *(kpi.id for kpi in kpis)]
    named = [one for one in dict.fromkeys(asked.get("kpis", "").split(",")) if one in known]
    return (named or known)[: MOST_KPIS if named else 3]


def _units(scope: Scope, offered: Sequence[Unit], units: Sequence[Unit]) -> tuple[Choice, ...]:
    picked = {unit.id for unit in units}
    listed = {unit.id: unit for unit in [*units, *offered]}
    return tuple(Choice(one.id, scope.title(one), one.id in picked) for one in list(listed.values())[:MOST_LISTED])


def _kpi_choices(scope: Scope, kpis: Sequence[Kpi], chosen: Sequence[str]) -> tuple[Choice, ...]:
    score = Choice(SCORE, scope.found.words("analysis.score"), SCORE in chosen)
    return (score, *(Choice(kpi.id, scope.title(kpi), kpi.id in chosen) for kpi in kpis))


def _from_first_known(timelines: Sequence[Sequence[PeriodPoint]]) -> int:
    """How many of the oldest periods nobody knows anything of; at least two periods stay."""
    for at in range(len(timelines[0]) - 2):
        if any(found[at].score is not None or found[at].kpis for found in timelines):
            return at
    return max(0, len(timelines[0]) - 2)


@dataclass(frozen=True, slots=True)
class _Series:
    """One unit and KPI, or its score, over the periods."""

    name: str
    unit: Unit
    row: Row
    numbers: tuple[Fraction | None, ...]
    texts: tuple[str, ...]
    target: Fraction | None


def _series(
    scope: Scope, unit: Unit, name: str, points: Sequence[PeriodPoint], partly: Sequence[bool]
) -> _Series | None:  # fmt: skip
    """What of a period is counted in part stands in the table, and is neither drawn nor compared with."""
    if name == SCORE:
        return _score_series(scope, unit, points, partly) if scope.sees_score(unit.id) else None
    kpi = scope.found.kpis[name]
    if not stands_at(kpi, unit) or not scope.sees_kpi(unit.id, name):
        return None
    cells = [_kpi_cell(scope, unit, kpi, one) for one in points]
    values = [one.kpis[name].value if name in one.kpis else None for one in points]
    numbers = tuple(None if part else value for value, part in zip(values, partly, strict=True))
    targets = [one.kpis[name].target for one in points if name in one.kpis]
    change = BLANK
    if len(numbers) > 1 and numbers[-1] is not None and numbers[-2] is not None:
        form, apart = form_for(scope.found, kpi, targets[-1]), numbers[-1] - numbers[-2]
        change = apart_cell(scope, form, apart, measure_of(kpi))
    head = Cell((Entry(scope.title(unit)),), href=explain_href(unit.id, scope.found.words.language, name))
    group = f"{scope.title(kpi)} · {scope.found.words(f'this.{kpi.period}')}"
    row = Row((head, *cells, change), group=group)
    texts = tuple(cell.entry(0).text for cell in cells)
    return _Series(name, unit, row, numbers, texts, targets[-1] if targets else None)


def _kpi_cell(scope: Scope, unit: Unit, kpi: Kpi, point: PeriodPoint) -> Cell:
    result = point.kpis.get(kpi.id)
    if result is None or result.value is None:
        return Cell((Entry(formats.UNKNOWN),), tip=scope.found.words("analysis.unknown"))
    whole = kpi_cell(scope, unit, kpi, result)
    # Of a period that is over no source is silent.
    status = whole.status if point.running else result.status.value
    return Cell(whole.entries[:1], status, whole.tip)


def _score_series(scope: Scope, unit: Unit, points: Sequence[PeriodPoint], partly: Sequence[bool]) -> _Series:
    known = [None if one.score is None else formats.points(one.score.score) for one in points]
    numbers = tuple(None if part else score for score, part in zip(known, partly, strict=True))
    cells = [
        Cell((Entry(formats.fixed(score, 1), score, Measure(1)),), point.score.status.value if point.score else "")
        for score, point in zip(known, points, strict=True)
    ]
    change = BLANK
    if len(numbers) > 1 and numbers[-1] is not None and numbers[-2] is not None:
        apart = numbers[-1] - numbers[-2]
        change = Cell((Entry(formats.signed_digits(formats.rounded(apart, 1), 1), apart, Measure(1)),))
    head = Cell((Entry(scope.title(unit)),), href=explain_href(unit.id, scope.found.words.language))
    row = Row((head, *cells, change), group=scope.found.words("analysis.score"))
    texts = tuple(cell.entry(0).text for cell in cells)
    return _Series(SCORE, unit, row, numbers, texts, Fraction(unit.target_score))


def _chart(scope: Scope, name: str, series: Sequence[_Series], titles: Sequence[str]) -> Chart | None:
    """The lines of one KPI over the periods, each unit's named at its end."""
    own = [one for one in series if one.name == name and sum(number is not None for number in one.numbers) > 1]
    if not own:
        return None
    title = scope.found.words("analysis.score") if name == SCORE else scope.title(scope.found.kpis[name])
    lines = [
        Line(scope.title(one.unit), tuple((Fraction(at), number) for at, number in enumerate(one.numbers)),
             one.texts[-1], now=True)
        for one in own
    ]  # fmt: skip
    targets = {one.target for one in own}
    target = targets.pop() if len(targets) == 1 else None
    text = "" if target is None else score_or_target(scope, name, target)
    ticks = [(Fraction(at), title) for at, title in enumerate(titles)]
    return Chart(title, scope.found.words("analysis.timeline.caption"), lines_chart(lines, ticks, target, text))


def score_or_target(scope: Scope, name: str, target: Fraction) -> str:
    """The target of a KPI or of a unit's score, in words."""
    if name == SCORE:
        return scope.found.words("kpi.target", target=formats.plain(target))
    return target_text(scope, scope.found.kpis[name], target)
