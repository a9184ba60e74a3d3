"""The running period of a KPI against earlier ones when as much of them had passed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from layouts.analysis.chart import Line, lines_chart
from layouts.analysis.facts import Chart
from layouts.analysis.sheet import BLANK, Cell, Column, Entry, Row, Sheet
from layouts.kpi_view import amount_text, form_for
from scoring.calendar import BusinessCalendar, Period
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at
from wall.results.courses import Course, courses
from wall.results.kpi_reading import KpiReader

from .analysis_scope import Scope, apart_cell, measure_of

#: Earlier periods whose courses are drawn.
MOST_COURSES = 3


def course_parts(scope: Scope, reader: KpiReader, unit: Unit, kpi: Kpi) -> tuple[Chart, list[Row]] | None:
    """The running period of a KPI against earlier ones at the same share of working time; None where none is known."""
    if not stands_at(kpi, unit):
        return None
    calendar, now_ms = scope.desk.calendar, scope.found.board.as_of_ms
    running = calendar.period_at(kpi.period, now_ms)
    periods = [*reversed(_earlier(calendar, running, scope.desk.first_ms())), running]
    found = courses(reader, calendar, unit.id, kpi.id, periods, now_ms)
    known = [one for one in found if any(step.value for step in one.steps)]
    if len(known) < 2 or known[-1].period != periods[-1]:
        return None
    return _course_chart(scope, unit, kpi, known), _course_rows(scope, unit, kpi, known)


def _earlier(calendar: BusinessCalendar, running: Period, first_ms: int) -> list[Period]:
    """The periods before that had working time and were counted from their beginning on, the last one first."""
    found: list[Period] = []
    at = calendar.period_at(running.kind, running.start_ms - 1)
    while len(found) < MOST_COURSES and at.start_ms >= first_ms:
        if calendar.working_ms(at.start_ms, at.end_ms):
            found.append(at)
        at = calendar.period_at(running.kind, at.start_ms - 1)
    return found


def _course_chart(scope: Scope, unit: Unit, kpi: Kpi, known: Sequence[Course]) -> Chart:
    words = scope.found.words
    lines = [
        Line(
            scope.desk.period_title(one.period, words),
            tuple((step.share * 100, step.value) for step in one.steps),
            _value(scope, kpi, one, one.steps[-1].value),
            now=one.running,
        )
        for one in known
    ]
    ticks = [(Fraction(share), f"{share}%") for share in (0, 25, 50, 75, 100)]
    # What accrues reaches its target at the end only; a rate has it all the time.
    result = known[-1].result
    due = (Fraction(0), result.target) if kpi.accrues else (result.target, result.target)
    text = target_text(scope, kpi, result.target)
    title = f"{scope.title(unit)} · {scope.title(kpi)}"
    return Chart(title, words("analysis.course.caption"), lines_chart(lines, ticks, due, text))


def _course_rows(scope: Scope, unit: Unit, kpi: Kpi, known: Sequence[Course]) -> list[Row]:
    """Each earlier period as it stood when as much of it had passed as of the running one now."""
    running, rows = known[-1], []
    share = running.steps[-1].share
    for one in reversed(known):
        then = running.steps[-1].value if one is running else one.at(share)
        apart = None if one is running or then is None or running.result.value is None else running.result.value - then
        form = form_for(scope.found, kpi, one.result.target)
        measure = measure_of(kpi)
        rows.append(
            Row(
                (
                    Cell((Entry(scope.desk.period_title(one.period, scope.found.words)),)),
                    Cell((Entry(_value(scope, kpi, one, then), then, measure),)),
                    BLANK if apart is None
                    else apart_cell(scope, form, apart, measure),
                    BLANK if one is running
                    else Cell((Entry(_value(scope, kpi, one, one.result.value), one.result.value, measure),),
                              one.result.status.value),
                    Cell((Entry(form.target(one.result.target), one.result.target, measure),)),
                ),
                group=f"{scope.title(unit)} · {scope.title(kpi)}",
                marked=one is running,
            )
        )  # fmt: skip
    return rows


def _value(scope: Scope, kpi: Kpi, course: Course, value: Fraction | None) -> str:
    return amount_text(form_for(scope.found, kpi, course.result.target), value)


def same_sheet(scope: Scope, rows: Sequence[Row]) -> Sheet:
    words = scope.found.words
    columns = (
        Column("period", words("analysis.period"), is_text=True),
        Column("then", words("analysis.then"), words("analysis.then.note")),
        Column("apart", words("analysis.ahead"), words("analysis.ahead.note")),
        Column("end", words("analysis.at_end")),
        Column("target", words("analysis.target")),
    )
    return Sheet(words("analysis.course.title"), columns, tuple(rows))


def target_text(scope: Scope, kpi: Kpi, target: Fraction) -> str:
    """A KPI's target in words."""
    form = form_for(scope.found, kpi, target)
    return scope.found.words("kpi.target", target=form.target(target, brief=True))
