"""The matrix: every unit of a subtree by every KPI, reds first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from layouts import formats
from layouts.analysis.address import analysis_href
from layouts.analysis.facts import AnalysisFacts, Picker
from layouts.analysis.sheet import BLANK, REDS, Cell, Column, Entry, Measure, Row, Sheet
from layouts.desk.facts import Choice
from layouts.links import explain_href
from scoring.board import Status
from scoring.definitions import Kpi, Unit
from scoring.scorecard import stands_at

from .analysis_scope import Scope, kpi_cell, unit_of_measure

MODES = ("value", "attained", "score")
#: Rows of one page; what lies deeper is reached through a unit above it.
MOST_ROWS = 400


def matrix_facts(scope: Scope, asked: Mapping[str, str], export: bool) -> AnalysisFacts:
    """The page of an address."""
    words = scope.found.words
    unit = scope.unit_asked(asked)
    listed = list(scope.below(unit))
    kinds = list(dict.fromkeys(one.kind for one, _ in listed))
    kind = asked.get("kind", "") if asked.get("kind") in kinds else ""
    of_kind = [(one, 0 if kind else depth) for one, depth in listed if not kind or one.kind == kind]
    kpis = scope.kpis_at([one for one, _ in of_kind])
    measured = [(one, depth) for one, depth in of_kind if _has_numbers(scope, one, kpis)]
    rows = [_row(scope, one, depth, kpis) for one, depth in _worst(scope, measured, kpis)]
    state = {"unit": unit, "kind": kind, **_order(asked, kpis)}
    pickers = (
        Picker("unit", words("analysis.below"), scope.unit_choices(unit, words("analysis.everything"))),
        Picker("kind", words("analysis.kind"), _kinds(scope, kinds, kind)),
    )
    if not rows:
        return AnalysisFacts("matrix", state, pickers, empty=words("analysis.matrix.none"))
    sheet = Sheet(
        words("analysis.matrix.title", units=len(rows), kpis=len(kpis)),
        (Column("unit", words("analysis.unit"), scope.as_of(), is_text=True), Column("points", words("analysis.score")),
         *(_column(scope, kpi) for kpi in kpis)),
        tuple(rows),
        MODES,
        MODES.index(state["mode"]) if state["mode"] else 0,
        state["sort"] or REDS,
        state["dir"] == "down",
        True,
        (*((picker.label, one.title) for picker in pickers for one in picker.choices if one.chosen),
         (words("analysis.mode"), words(f"analysis.mode.{state['mode'] or MODES[0]}"))),
    )  # fmt: skip
    return AnalysisFacts(
        "matrix", state, pickers, (sheet,), notes=_notes(scope, measured), export=export,
        summary=_summary(scope, rows),
    )  # fmt: skip


def _order(asked: Mapping[str, str], kpis: Sequence[Kpi]) -> dict[str, str]:
    """Mode and order of the address; what it can't be is left out."""
    columns = {"unit", "points", *(kpi.id for kpi in kpis)}
    mode, sort = asked.get("mode", ""), asked.get("sort", "")
    return {
        "mode": mode if mode in MODES[1:] else "",
        "sort": sort if sort in columns else "",
        "dir": "down" if asked.get("dir") == "down" and sort in columns else "",
    }


def _kinds(scope: Scope, kinds: Sequence[str], chosen: str) -> tuple[Choice, ...]:
    every = Choice("", scope.found.words("analysis.kinds"), not chosen)
    return (every, *(Choice(kind, kind, kind == chosen) for kind in kinds))


def _column(scope: Scope, kpi: Kpi) -> Column:
    fresh = scope.found.freshness(kpi.id).value
    note = " · ".join(one for one in (unit_of_measure(scope, kpi), scope.found.words(f"this.{kpi.period}")) if one)
    return Column(kpi.id, scope.found.short(kpi), note, status="" if fresh == "live" else fresh)


def _has_numbers(scope: Scope, unit: Unit, kpis: Sequence[Kpi]) -> bool:
    """Whether a unit has anything to show, or to say that it is withheld."""
    if scope.withholds(unit.id) or unit.id in scope.found.board.units:
        return True
    return any(stands_at(kpi, unit) for kpi in kpis)


def _row(scope: Scope, unit: Unit, depth: int, kpis: Sequence[Kpi]) -> Row:
    language = scope.found.words.language
    cells = [_kpi(scope, unit, kpi) for kpi in kpis]
    score = _score(scope, unit)
    inner = any(scope.has_unit(child.id) for child in scope.found.children(unit.id))
    href = analysis_href("matrix", language, {"unit": unit.id}) if inner else explain_href(unit.id, language)
    statuses = Counter(cell.status for cell in cells)
    points = score.entry(0).number
    reds = (-statuses["bad"], -statuses["watch"], int(points is None), int((points or 0) * 10**6))
    return Row((Cell((Entry(scope.title(unit)),), href=href), score, *cells), depth, reds=reds)


def _kpi(scope: Scope, unit: Unit, kpi: Kpi) -> Cell:
    """A cell; blank where the KPI does not stand, which is also what a hidden one looks like."""
    if not stands_at(kpi, unit) or not scope.sees_kpi(unit.id, kpi.id):
        return BLANK
    href = explain_href(unit.id, scope.found.words.language, kpi.id)
    return kpi_cell(scope, unit, kpi, scope.result(unit.id, kpi.id), href, brief=True)


def _score(scope: Scope, unit: Unit) -> Cell:
    words = scope.found.words
    if not scope.sees_score(unit.id):
        said = scope.withholds(unit.id)
        return Cell((Entry(words("analysis.withheld")),), "withheld", words("analysis.withheld.why")) if said else BLANK
    scored = scope.found.unit_score(unit.id)
    if scored is None:
        return BLANK
    tip = words("analysis.score.tip", unit=scope.title(unit), status=words(f"status.{scored.status}"))
    text, number = formats.score(scored.score), formats.points(scored.score)
    href = explain_href(unit.id, words.language)
    return Cell((Entry(text, number, Measure(1)),), scored.status.value, tip, href)


def _summary(scope: Scope, rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """How many cells are in which state, the worst first."""
    counts = Counter(cell.status for row in rows for cell in row.cells[2:] if cell.status)
    words = scope.found.words
    order = ("bad", "watch", "good", "stale", "silent", "unknown")
    return tuple((one, f"{words(f'status.{one}')} {counts[one]}") for one in order if counts[one])


def _worst(scope: Scope, units: Sequence[tuple[Unit, int]], kpis: Sequence[Kpi]) -> Sequence[tuple[Unit, int]]:
    """All units, or of very many those with the most reds, in the order of the tree."""
    if len(units) <= MOST_ROWS:
        return units
    reds = {unit.id: sum(_is_bad(scope, unit.id, kpi.id) for kpi in kpis) for unit, _ in units}
    kept = {unit.id for unit, _ in sorted(units, key=lambda one: -reds[one[0].id])[:MOST_ROWS]}
    return [one for one in units if one[0].id in kept]


def _is_bad(scope: Scope, unit: str, kpi: str) -> bool:
    result = scope.result(unit, kpi)
    return result is not None and result.status is Status.BAD


def _notes(scope: Scope, units: Sequence[tuple[Unit, int]]) -> tuple[tuple[str, str], ...]:
    words = scope.found.words
    withheld = sum(scope.withholds(unit.id) for unit, _ in units)
    notes = [("unknown", words("analysis.withheld.note", n=withheld))] if withheld else []
    if len(units) > MOST_ROWS:
        notes.append(("watch", words("analysis.matrix.more", n=MOST_ROWS, all=len(units))))
    return tuple(notes)
