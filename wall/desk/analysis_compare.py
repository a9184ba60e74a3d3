"""Comparison of departments: chosen units over chosen KPIs, with targets, differences and ranks among what is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from layouts import formats
from layouts.analysis.facts import AnalysisFacts, Picker
from layouts.analysis.sheet import BLANK, Cell, Column, Entry, Measure, Row, Sheet
from layouts.desk.facts import Choice
from layouts.kpi_view import form_for
from layouts.links import explain_href
from scoring.board import POINT, KpiResult, UnitScore
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at

from .analysis_scope import MOST_LISTED, Scope, apart_cell, bar_share, kpi_cell, measure_of

#: Units and KPIs side by side at most; picked when the address names none.
MOST_UNITS, MOST_KPIS = 24, 24
PICKED_UNITS, PICKED_KPIS = 8, 6
#: The name of a unit's score among the KPIs of the address; no KPI may be called so.
SCORE = "-score"


def compare_facts(scope: Scope, asked: Mapping[str, str], export: bool) -> AnalysisFacts:
    """The page of an address."""
    words, below = scope.found.words, scope.unit_asked(asked)
    offered = [unit for unit, _ in scope.below(below)]
    units = scope.units_named(asked, "units", MOST_UNITS) or _siblings(scope, offered)[:PICKED_UNITS]
    kpis = scope.kpis_at(units)
    chosen = _chosen_kpis(asked, kpis, units)
    state = {
        "unit": below,
        "units": ",".join(unit.id for unit in units) if asked.get("units") else "",
        "kpis": ",".join(chosen) if asked.get("kpis") else "",
    }
    listed = list(dict.fromkeys([unit.id for unit in units] + [unit.id for unit in offered]))[:MOST_LISTED]
    more = len(offered) - len(listed)
    pickers = (
        Picker("unit", words("analysis.offer"), scope.unit_choices(below, words("analysis.everything"))),
        Picker("units", words("analysis.units"), _units(scope, listed, units), True,
               words("analysis.more", n=more) if more > 0 else ""),
        Picker("kpis", words("analysis.kpis"), _kpis(scope, kpis, chosen), True),
    )  # fmt: skip
    if len(units) < 2 or not chosen:
        return AnalysisFacts("compare", state, pickers, empty=words("analysis.compare.none"))
    reference = units[0]
    rows = [row for name in chosen for row in _group(scope, name, units, reference)]
    sheet = Sheet(
        words("analysis.compare.title", units=len(units), kpis=len(chosen)),
        _columns(scope),
        tuple(rows),
        filters=((words("analysis.units"), words("list.comma").join(scope.title(unit) for unit in units)),
                 (words("analysis.reference"), scope.title(reference))),
    )  # fmt: skip
    return AnalysisFacts("compare", state, pickers, (sheet,), export=export)


def _siblings(scope: Scope, offered: Sequence[Unit]) -> list[Unit]:
    """What one would compare first: the most units of one kind below one parent that have scores, else of one kind."""
    scored = [unit for unit in offered if scope.sees_score(unit.id) and unit.id in scope.found.board.units]
    for family in (lambda unit: (unit.parent, unit.kind), lambda unit: ("", unit.kind)):
        groups: dict[object, list[Unit]] = {}
        for unit in scored:
            groups.setdefault(family(unit), []).append(unit)
        first = next((group for group in groups.values() if len(group) > 1), None)
        if first:
            return first
    return []


def _chosen_kpis(asked: Mapping[str, str], kpis: Sequence[Kpi], units: Sequence[Unit]) -> list[str]:
    known = [SCORE, *(kpi.id for kpi in kpis)]
    named = [one for one in dict.fromkeys(asked.get("kpis", "").split(",")) if one in known]
    if named:
        return named[:MOST_KPIS]
    shared = [kpi.id for kpi in kpis if sum(stands_at(kpi, unit) for unit in units) > 1]
    return [SCORE, *shared[:PICKED_KPIS]]


def _units(scope: Scope, listed: Sequence[str], chosen: Sequence[Unit]) -> tuple[Choice, ...]:
    picked = {unit.id for unit in chosen}
    return tuple(Choice(one, scope.title(scope.found.units[one]), one in picked) for one in listed)


def _kpis(scope: Scope, kpis: Sequence[Kpi], chosen: Sequence[str]) -> tuple[Choice, ...]:
    score = Choice(SCORE, scope.found.words("analysis.score"), SCORE in chosen)
    return (score, *(Choice(kpi.id, scope.title(kpi), kpi.id in chosen) for kpi in kpis))


def _columns(scope: Scope) -> tuple[Column, ...]:
    words = scope.found.words
    return (
        Column("unit", words("analysis.unit"), scope.as_of(), is_text=True),
        Column("value", words("analysis.mode.value")),
        Column("bar", words("analysis.to_target"), words("analysis.to_target.note")),
        Column("target", words("analysis.target")),
        Column("attained", words("analysis.mode.attained")),
        Column("difference", words("analysis.difference"), words("analysis.against")),
        Column("points", words("analysis.difference.attained"), words("analysis.percentage_points")),
        Column("rank", words("analysis.rank"), words("analysis.rank.note")),
    )


def _group(scope: Scope, name: str, units: Sequence[Unit], reference: Unit) -> list[Row]:
    """The rows of one KPI, or of the score, in the order of the units."""
    if name == SCORE:
        return _score_rows(scope, units, reference)
    kpi = scope.found.kpis[name]
    results = {unit.id: scope.result(unit.id, name) for unit in units
               if stands_at(kpi, unit) and scope.sees_kpi(unit.id, name)}  # fmt: skip
    attained = {unit: one.attainment for unit, one in results.items() if one is not None}
    ranks, base = ranked(attained), results.get(reference.id) or next(filter(None, results.values()), None)
    return [
        _kpi_row(scope, unit, kpi, results[unit.id], base, ranks)
        for unit in units
        if unit.id in results
    ]  # fmt: skip


def _kpi_row(
    scope: Scope, unit: Unit, kpi: Kpi, result: KpiResult | None, base: KpiResult | None, ranks: Mapping[str, str]
) -> Row:
    whole = kpi_cell(scope, unit, kpi, result, explain_href(unit.id, scope.found.words.language, kpi.id))
    value, attained = Cell(whole.entries[:1], whole.status, whole.tip, whole.href), BLANK
    target = difference = points = BLANK
    if result is not None:
        form = form_for(scope.found, kpi, result.target)
        attained = Cell(whole.entries[1:2])
        target = Cell((Entry(form.target(result.target, "≤" if kpi.direction == "lower" else ""), result.target,
                             whole.entries[0].measure),))  # fmt: skip
        if base is not None and base is not result and result.value is not None and base.value is not None:
            difference = apart_cell(scope, form, result.value - base.value, measure_of(kpi))
        if base is not None and base is not result:
            points = _points_apart(result.attainment, base.attainment)
    bar = Cell((Entry("", result.attainment if result else None, Measure(1, True)),), whole.status, bar=whole.bar)
    name = Cell((Entry(scope.title(unit)),), href=explain_href(unit.id, scope.found.words.language))
    cells = (name, value, bar, target, attained, difference, points, Cell((Entry(ranks.get(unit.id, "")),)))
    return Row(cells, group=_heading(scope, kpi), marked=base is result and result is not None)


def _heading(scope: Scope, kpi: Kpi) -> str:
    words = scope.found.words
    way = words("analysis.lower") if kpi.direction == "lower" else words("analysis.higher")
    return f"{scope.title(kpi)} · {words(f'this.{kpi.period}')} · {way}"


def _points_apart(one: Fraction | None, other: Fraction | None) -> Cell:
    if one is None or other is None:
        return BLANK
    apart = (one - other) * 100
    return Cell((Entry(formats.signed_digits(formats.rounded(apart, 1), 1), apart, Measure(1)),))


def _score_rows(scope: Scope, units: Sequence[Unit], reference: Unit) -> list[Row]:
    scores = {unit.id: scope.found.unit_score(unit.id) for unit in units if scope.sees_score(unit.id)}
    known = {unit: Fraction(one.score, POINT) for unit, one in scores.items() if one and one.score is not None}
    ranks = ranked(known)
    marked = reference.id if reference.id in known else next(iter(known), "")
    base = known.get(marked)
    group = scope.found.words("analysis.score")
    return [
        _score_row(scope, unit, scores[unit.id], known.get(unit.id), base, ranks.get(unit.id, ""), group,
                   unit.id == marked)
        for unit in units
        if unit.id in scores
    ]  # fmt: skip


def _score_row(
    scope: Scope, unit: Unit, scored: UnitScore | None, points: Fraction | None, base: Fraction | None, rank: str,
    group: str, marked: bool,
) -> Row:  # fmt: skip
    language, goal = scope.found.words.language, Fraction(unit.target_score)
    status = "unknown" if scored is None else scored.status.value
    attained = None if points is None or not goal else points / goal
    apart = None if points is None or base is None or marked else points - base
    difference = BLANK if apart is None else Cell(
        (Entry(formats.signed_digits(formats.rounded(apart, 1), 1), apart, Measure(1)),)
    )  # fmt: skip
    cells = (
        Cell((Entry(scope.title(unit)),), href=explain_href(unit.id, language)),
        Cell((Entry(formats.fixed(points, 1), points, Measure(1)),), status, href=explain_href(unit.id, language)),
        Cell((Entry("", attained, Measure(1, True)),), status, bar=bar_share(attained)),
        Cell((Entry(formats.plain(goal), goal, Measure(1)),)),
        Cell((Entry(formats.percent(attained), attained, Measure(1, True)),)),
        difference,
        BLANK,
        Cell((Entry(rank),)),
    )
    return Row(cells, group=group, marked=marked)


def ranked(values: Mapping[str, Fraction | None]) -> dict[str, str]:
    """Places among the known values, the largest first; equal ones share a place.

    >>> ranked({"a": Fraction(1), "b": Fraction(2), "c": None, "d": Fraction(1)})
    {'a': '2/3', 'b': '1/3', 'd': '2/3'}
    """
    known = {name: value for name, value in values.items() if value is not None}
    return {name: f"{1 + sum(other > value for other in known.values())}/{len(known)}" for name, value in known.items()}
