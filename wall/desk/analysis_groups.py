"""A KPI by any declared dimension: which values of a field its number is made of."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from layouts import formats
from layouts.analysis.facts import AnalysisFacts, Picker
from layouts.analysis.sheet import BLANK, Cell, Column, Entry, Measure, Row, Sheet
from layouts.desk.facts import Choice
from layouts.kpi_view import amount_text, form_for
from scoring.calendar import Period
from scoring.definitions import Kpi, Metric, Unit
from wall.results.dimensions import Dimensions, Group, Grouping, dimensions_of
from wall.results.kpi_reading import KpiReader
from wall.results.period_names import period_name

from .analysis_scope import Scope

#: Periods offered, and groups of one table; the rest stand in its last row.
MOST_PERIODS, MOST_GROUPS = 12, 200


def groups_facts(scope: Scope, reader: KpiReader, asked: Mapping[str, str], export: bool) -> AnalysisFacts:
    """The page of an address."""
    words = scope.found.words
    unit = _unit(scope, asked)
    kpis = [kpi for kpi in scope.kpis_at([unit] if unit else []) if dimensions_of(scope.found.model, kpi)]
    kpi = next((one for one in kpis if one.id == asked.get("kpi")), kpis[0] if kpis else None)
    state = {"unit": unit.id if unit and scope.unit_asked(asked) else ""}
    units = Picker("unit", words("analysis.unit"), scope.unit_choices(unit.id if unit else ""))
    if unit is None or kpi is None:
        return AnalysisFacts("groups", state, (units,), empty=words("analysis.groups.none"))
    by = _dimension(scope, kpi, asked)
    periods = _periods(scope, kpi)
    period = next((one for one in periods if period_name(one, scope.desk.calendar) == asked.get("period")), periods[0])
    known = {"kpi": kpi.id, "by": by, "period": period_name(period, scope.desk.calendar)}
    state |= {key: value for key, value in known.items() if asked.get(key) == value}
    pickers = (
        units,
        Picker("kpi", words("analysis.kpi"), tuple(Choice(one.id, scope.title(one), one is kpi) for one in kpis)),
        Picker("by", words("analysis.by"), tuple(Choice(one, field_title(scope, one), one == by)
                                                 for one in dimensions_of(scope.found.model, kpi))),
        Picker("period", words("analysis.period"), tuple(
            Choice(period_name(one, scope.desk.calendar), scope.desk.period_title(one, words), one is period)
            for one in periods)),
    )  # fmt: skip
    if not scope.sees_all_below(unit.id):
        return AnalysisFacts("groups", state, pickers, empty=words("analysis.groups.hidden"))
    found = Dimensions(reader).of(unit.id, kpi.id, by, period, scope.found.board.as_of_ms)
    if found is None or not found.groups:
        return AnalysisFacts("groups", state, pickers, empty=words("analysis.groups.nothing"))
    sheet = _sheet(scope, unit, kpi, by, period, found)
    return AnalysisFacts("groups", state, pickers, (sheet,), notes=_notes(scope, found), export=export)


def _unit(scope: Scope, asked: Mapping[str, str]) -> Unit | None:
    """The unit of the address, else the first that has something to group."""
    named = scope.unit_asked(asked)
    if named:
        return scope.found.units[named]
    listed = [unit for unit, _ in scope.below("")]
    grouped = (unit for unit in listed
               if any(dimensions_of(scope.found.model, kpi) for kpi in scope.kpis_at([unit])))  # fmt: skip
    return next(grouped, listed[0] if listed else None)


def _dimension(scope: Scope, kpi: Kpi, asked: Mapping[str, str]) -> str:
    offered = dimensions_of(scope.found.model, kpi)
    return asked["by"] if asked.get("by") in offered else offered[0]


def _periods(scope: Scope, kpi: Kpi) -> list[Period]:
    """The KPI's own periods, the running one first."""
    return scope.desk.periods(kpi.period, MOST_PERIODS)


def field_title(scope: Scope, dimension: str) -> str:
    """What a field is called: as a table calls it, one of the same events before others; else by its name."""
    used = {metric.event for metric in scope.found.model.metrics if dimension in metric.dimensions}
    tables = sorted(scope.found.model.tables, key=lambda table: table.event not in used)
    titles = (table.fields[dimension] for table in tables if dimension in table.fields)
    return scope.found.text(next(titles, dimension))


def _sheet(scope: Scope, unit: Unit, kpi: Kpi, by: str, period: Period, found: Grouping) -> Sheet:
    words = scope.found.words
    value = _whole_text(scope, kpi, found)
    columns = (
        Column("value", field_title(scope, by), is_text=True),
        Column("bar", words("analysis.share"), words("analysis.share.note")),
        Column("share", words("analysis.share")),
        *(Column(metric.id, scope.found.text(metric.title)) for metric in found.metrics),
        Column("kpi", scope.title(kpi), words("analysis.share.of_kpi") if found.adds else words("analysis.within")),
    )
    first = found.metrics[0]
    rows = [_row(scope, kpi, found, first, one) for one in found.groups[:MOST_GROUPS]]
    rows.append(_total(scope, found, value))
    return Sheet(
        words("analysis.groups.title", unit=scope.title(unit), kpi=scope.title(kpi), value=value),
        columns,
        tuple(rows),
        filters=(
            (words("analysis.unit"), scope.title(unit)),
            (words("analysis.kpi"), scope.title(kpi)),
            (words("analysis.by"), field_title(scope, by)),
            (words("analysis.period"), scope.desk.period_title(period, words)),
        ),
    )


def _row(scope: Scope, kpi: Kpi, found: Grouping, first: Metric, one: Group) -> Row:
    share = _share(found, one, first)
    form = form_for(scope.found, kpi, found.result.target)
    cells = (
        Cell((Entry(one.value if one.value != "None" else scope.found.words("analysis.no_value")),)),
        Cell((Entry("", share, Measure(1, True)),), bar=None if share is None else _bar(share)),
        Cell((Entry(formats.percent(share), share, Measure(1, True)),)),
        *(_amount(metric, one.amounts[metric.id]) for metric in found.metrics),
        BLANK if one.result is None
        else Cell((Entry(amount_text(form, one.result), one.result, Measure(form.decimals, form.percent)),)),
    )  # fmt: skip
    return Row(cells)


def _share(found: Grouping, one: Group, first: Metric) -> Fraction | None:
    """A group's share: of the KPI where the groups add up to it, else of the first metric that is kept apart."""
    if found.adds and found.result.value and one.result is not None:
        return one.result / found.result.value
    whole = found.whole[first.id]
    return one.amounts[first.id] / whole if whole else None


def _bar(share: Fraction) -> float:
    return round(float(min(max(share, Fraction(0)), Fraction(1))), 4)


def _amount(metric: Metric, amount: Fraction) -> Cell:
    return Cell((Entry(formats.fixed(amount, metric.decimals), amount, Measure(metric.decimals)),))


def _whole_text(scope: Scope, kpi: Kpi, found: Grouping) -> str:
    return amount_text(form_for(scope.found, kpi, found.result.target), found.result.value)


def _total(scope: Scope, found: Grouping, value: str) -> Row:
    form = form_for(scope.found, found.kpi, found.result.target)
    left = found.groups[MOST_GROUPS:]
    words = scope.found.words
    name = words("analysis.total.more", n=len(left)) if left else words("analysis.total")
    cells = (
        Cell((Entry(name),)),
        BLANK,
        Cell((Entry(formats.percent(Fraction(1)), Fraction(1), Measure(1, True)),)),
        *(_amount(metric, found.whole[metric.id]) for metric in found.metrics),
        Cell((Entry(value, found.result.value, Measure(form.decimals, form.percent)),)),
    )
    return Row(cells, marked=True)


def _notes(scope: Scope, found: Grouping) -> tuple[tuple[str, str], ...]:
    words = scope.found.words
    return (("good", words("analysis.groups.adds")),) if found.adds else (("unknown", words("analysis.groups.apart")),)
