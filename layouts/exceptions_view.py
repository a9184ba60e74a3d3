"""The exceptions: data faults first, then alerts with the KPIs they are about, then KPIs off target by their cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.board import Freshness, KpiResult, SourceState, Status
from scoring.definitions import Kpi, Source
from scoring.explain import points_lost

from . import formats, moments
from .alert_rows import Alerted, alert_detail, alert_line, alert_title, alerted_subjects, handler
from .alerts.standing import MOST_SEVERE_FIRST
from .formats import Form
from .kpi_view import form_for, value_text
from .links import alert_href, explain_href
from .lookup import Lookup, ShownScene, View
from .ranking_view import ranked_units
from .room import Slots

#: Rows that fit in the panel; three rows of KPI tiles leave it less room.
ROWS, ROWS_UNDER_THREE = 4, 3
#: The room of a detail beside its owner on a portrait wall, in u.
DETAIL_SIZE, DETAIL_ROOM = 20, 320
#: The room of a bold title beside its impact there.
TITLE_SIZE, TITLE_ROOM = 24, 290


#: A number that is off target matters more than a hint, and less than an alert.
_ORDER = {name: place for place, name in enumerate(("critical", "warning", "bad", "info", "watch"))}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what a KPI costs in points (`lost`), or since when a source is quiet or an alert stands (`quiet_ms`).

    The status of an alert's row is its severity.
    """

    status: str
    title: str
    worst: str  # for a source: since when it is quiet
    detail: str
    lost: Fraction | None = None
    owner: str = ""
    word: str = ""
    since_ms: int | None = None
    quiet_ms: int | None = None
    href: str = ""


def exceptions(found: Lookup, scene: ShownScene) -> list[Row]:
    """All exceptions of a scene, the most urgent first; a KPI that is off target and has an alert is one row."""
    results = found.results(scene.unit)
    faults, alerted = _source_faults(found, results), alerted_subjects(found, scene.unit)
    off = [result for result in results if result.status in (Status.WATCH, Status.BAD)]
    off = [result for result in off if found.freshness(result.kpi) is Freshness.LIVE]
    lost = {result.kpi: points_lost(result, results) for result in off}
    off.sort(key=lambda result: (result.status is not Status.BAD, -(lost[result.kpi] or Fraction(0)), result.kpi))
    rows = {("", result.kpi): _kpi_row(found, scene, result, lost[result.kpi]) for result in off}
    quiet = {source.id for source, _ in _quiet_sources(found, results)}
    told = {key: one for key, one in alerted.items() if key[1] not in quiet}
    # Sorting keeps the order of what is equally urgent: alerts by age, KPIs by what they cost.
    every = {key: _alert_row(found, scene, one, rows.get(key)) for key, one in told.items()}
    every |= {key: row for key, row in rows.items() if key not in every}
    return faults + sorted(every.values(), key=lambda row: _ORDER.get(row.status, len(_ORDER)))


def exceptions_view(found: Lookup, scene: ShownScene, fit: Slots) -> View:
    """The panel's head and as many slots as the walls have rows; a slot without a status is empty."""
    every = exceptions(found, scene)
    view: View = {
        "exceptions.note": _note(found, every, fit.landscape),
        "exceptions.note_upright": _note(found, every, fit.portrait),
        "exceptions.none": not every,
    }
    for index in range(fit.most):
        view |= _slot(found, f"exc.{index}", every[index] if index < len(every) else None)
    return view


def _note(found: Lookup, every: Sequence[Row], rows: int) -> str:
    """By what the rows are sorted, or what those cost that have no room."""
    if len(every) > rows:
        lost = sum((row.lost for row in every[rows:] if row.lost is not None), Fraction(0))
        return found.words("exceptions.more", n=len(every) - rows, points=formats.fixed(lost, 1))
    if any(row.status in MOST_SEVERE_FIRST for row in every):
        return found.words("exceptions.note.alerts")
    faults = any(row.quiet_ms is not None or row.lost is None for row in every)
    return found.words("exceptions.note.sources" if faults else "exceptions.note") if every else ""


def _slot(found: Lookup, prefix: str, row: Row | None) -> View:
    if row is None:
        row = Row("", "", "", "")
    impact = "" if row.lost is None else formats.signed_digits(-formats.rounded(max(row.lost, Fraction(0)), 1), 1)
    return {
        f"{prefix}.status": row.status,
        f"{prefix}.title": row.title,
        f"{prefix}.worst": row.worst,
        f"{prefix}.detail": row.detail,
        f"{prefix}.impact": impact,
        f"{prefix}.impact_unit": found.words("exceptions.points") if impact else "",
        f"{prefix}.quiet_ms": row.quiet_ms,
        f"{prefix}.owner": row.owner,
        f"{prefix}.word": row.word,
        f"{prefix}.since_ms": row.since_ms,
        f"{prefix}.href": row.href,
    }


def _source_faults(found: Lookup, results: Sequence[KpiResult]) -> list[Row]:
    """One row per source of these KPIs that is not live, by the weight it holds up."""
    weight = sum(result.weight for result in results) or 1
    rows: list[tuple[Fraction, Row]] = []
    for source, hit in _quiet_sources(found, results):
        state = found.board.sources[source.id]
        share = Fraction(sum(result.weight for result in hit), weight)
        title = found.words(f"exceptions.{state.freshness}", source=found.text(source.title))
        detail = found.words("exceptions.source", kpis=len(hit), share=formats.percent(share, 0))
        rows.append((share, Row(state.freshness.value, title, _stopped(found, state), detail, quiet_ms=state.event_ms)))
    return [row for _, row in sorted(rows, key=lambda pair: -pair[0])]


def _quiet_sources(found: Lookup, results: Sequence[KpiResult]) -> Iterator[tuple[Source, list[KpiResult]]]:
    """The sources of these KPIs that are not live, and the KPIs that each holds up."""
    for source in found.model.sources:
        state = found.board.sources.get(source.id)
        hit = [result for result in results if source.id in found.kpi_sources[result.kpi]]
        if hit and state is not None and state.freshness is not Freshness.LIVE:
            yield source, hit


def _alert_row(found: Lookup, scene: ShownScene, alerted: Alerted, row: Row | None) -> Row:
    """An alert's row, or that of the KPI that it is about, marked as one with an alert."""
    fact = alerted.lead
    title = alert_title(found, fact, TITLE_ROOM, TITLE_SIZE) if row is None else row.title
    alert = Row(
        status=fact.severity,
        title=title,
        worst=alert_line(found, alerted, scene.unit, DETAIL_ROOM, DETAIL_SIZE),
        detail=alert_detail(found, alerted),
        owner=handler(found, fact),
        quiet_ms=fact.fired_ms,
        href=alert_href(fact.id, found.words.language),
    )
    if row is None:
        return alert
    return replace(alert, detail=row.detail, lost=row.lost, quiet_ms=None, since_ms=fact.fired_ms,
                   word=found.words("alerts.for"))  # fmt: skip


def _stopped(found: Lookup, state: SourceState) -> str:
    if state.event_ms is None:
        return found.words("never")
    time = moments.clock(state.event_ms, found.zone, found.board.as_of_ms, found.words)
    return found.words("exceptions.stopped", time=time)


def _kpi_row(found: Lookup, scene: ShownScene, result: KpiResult, lost: Fraction | None) -> Row:
    kpi = found.kpis[result.kpi]
    form = form_for(found, kpi, result.target)
    sign = "≤" if kpi.direction == "lower" else ""
    due = result.due if kpi.accrues and result.due is not None else result.target
    value = value_text(form, result)
    goal = form.target(due, sign) if form.percent or not kpi.accrues else form.value(due)
    detail = found.words("exceptions.value.due" if kpi.accrues else "exceptions.value", value=value, target=goal)
    return Row(
        status=result.status.value,
        title=_title(found, kpi),
        worst=_worst_unit(found, scene, result.kpi, form),
        detail=detail,
        lost=lost,
        owner=found.text(kpi.owner),
        word=found.words(f"exceptions.for.{result.status}") if result.since_ms is not None else "",
        since_ms=result.since_ms,
        href=explain_href(result.unit, found.words.language, result.kpi),
    )


def _title(found: Lookup, kpi: Kpi) -> str:
    """The title, or the short one where it would run into the impact on a portrait wall."""
    title = found.text(kpi.title)
    return title if formats.text_width(title, TITLE_SIZE) <= TITLE_ROOM else found.short(kpi)


def _worst_unit(found: Lookup, scene: ShownScene, kpi_id: str, form: Form) -> str:
    """The unit below with the lowest attainment of this KPI and its value, in the scene's form; "" if all are well."""
    units = {unit.id: unit for unit in [*found.children(scene.unit), *ranked_units(found, scene)]}
    below = [result for unit in units if (result := found.board.kpis.get((unit, kpi_id))) is not None]
    below = [result for result in below if result.status in (Status.WATCH, Status.BAD)]
    if not below:
        return ""
    worst = min(below, key=lambda result: (result.attainment or Fraction(0), result.unit))
    key = "exceptions.worst.lower" if found.kpis[kpi_id].direction == "lower" else "exceptions.worst"
    unit = found.short(units[worst.unit])
    text = found.words(key, unit=unit, value=value_text(form, worst))
    return (
        text if formats.text_width(text, DETAIL_SIZE) <= DETAIL_ROOM else found.words(key, unit=unit, value="").strip()
    )
