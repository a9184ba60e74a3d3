"""The KPIs in all their versions: formulas, targets, weights, status bands, and what a SMART one says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from scoring.definitions import Kpi, Metric, Model
from scoring.expressions import ExpressionError, formula, names
from scoring.methods import Bonus

from .finding import Finding, KeyPath, doubt, fault, fine_weight
from .methods import Counted, check_method
from .versions import KpiVersion, kpi_versions

#: A weight below this hardly moves a score; one of 0 is shown and not scored.
LEAST_WEIGHT = Decimal(5)

_FINENESS = {"minute": 0, "hour": 1, "day": 2}
_PERIOD_FINENESS = {"shift": 1, "day": 2, "week": 3, "month": 3, "quarter": 4, "year": 5}
#: What a KPI should say, and the letter of SMART that it answers.
_SMART = {
    "definition": "S, specific",
    "unit of measure": "M, measurable",
    "owner": "A, assignable",
    "objective": "R, relevant",
}


def check_kpis(model: Model) -> Iterator[Finding]:
    places = {unit.id for unit in model.units} | {unit.kind for unit in model.units}
    objectives = {objective.id for objective in model.objectives}
    on_the_hour = all(clock.endswith(":00") for shift in model.calendar.shifts for clock in (shift.start, shift.end))
    counted = Counted.of(model)
    for versions in kpi_versions(model):
        kpi, path = versions[0].kpi, versions[0].path
        finest = _PERIOD_FINENESS[kpi.period] if kpi.period != "shift" or on_the_hour else 0
        yield from _versions(versions, counted, finest, places)
        for name in sorted(set(kpi.applies_to) - places):
            yield fault(
                (*path, "applies_to"), f"kpi {kpi.id!r}: {name!r} is no unit and no kind", "name a unit or kind"
            )
        if kpi.objective is not None and kpi.objective not in objectives:
            yield fault((*path, "objective"), f"kpi {kpi.id!r}: objective {kpi.objective!r} is unknown", "declare it")
        if kpi.from_ is not None and kpi.until is not None and kpi.until <= kpi.from_:
            yield fault(
                (*path, "until"), f"kpi {kpi.id!r}: until {kpi.until} is not after from {kpi.from_}", "use a later date"
            )
        yield from _hints(kpi, path)


def _hints(kpi: Kpi, path: KeyPath) -> Iterator[Finding]:
    """What is missing of a SMART KPI; its period has a default, its targets are asked for with the scorecards."""
    measured = kpi.display.percent or kpi.display.unit
    said = {"definition": kpi.definition, "unit of measure": measured, "owner": kpi.owner, "objective": kpi.objective}
    for what, value in said.items():
        if not value:
            key = "display: {unit: ...}" if what == "unit of measure" else f"{what}:"
            yield doubt(path, f"kpi {kpi.id!r} has no {what} (SMART: {_SMART[what]})", f"add {key}")


def _versions(versions: list[KpiVersion], counted: Counted, finest: int, places: set[str]) -> Iterator[Finding]:
    """What is found of each version; what an older version has too is reported with that one only."""
    seen: set[tuple[KeyPath, str]] = set()
    for version in versions:
        found = [
            *_formula(version, counted.metrics, finest),
            *_by_place(version, places),
            *_weights(version),
            *check_method(version, counted),
        ]
        if version.kpi.status.good <= version.kpi.status.watch:
            found.append(version.wrong("status", "good is not better than watch", "use good above watch"))
        for finding in found:
            plain = finding.path, finding.message.removesuffix(f" (from {version.from_})")
            if plain not in seen:
                seen.add(plain)
                yield finding


def _formula(version: KpiVersion, metrics: Mapping[str, Metric], finest: int) -> Iterator[Finding]:
    try:
        formula(version.kpi.value)
        used = names(version.kpi.value)
    except ExpressionError as error:
        yield version.wrong("value", str(error), "write arithmetic over metric ids")
        return
    for name in used:
        if name not in metrics:
            yield version.wrong("value", f"metric {name!r} is unknown", "use a declared metric")
        elif _FINENESS[metrics[name].bucket] > min(_FINENESS.get(version.kpi.trend or "day", 2), finest):
            yield version.wrong(
                "trend",
                f"metric {name!r} is kept by the {metrics[name].bucket}, too coarse",
                "keep the metric in finer buckets",
            )


def _by_place(version: KpiVersion, places: set[str]) -> Iterator[Finding]:
    for key in ("target", "weight", "rollup"):
        setting = getattr(version.kpi, key)
        for name in sorted(setting.keys() - places) if isinstance(setting, dict) else ():
            yield version.wrong(key, f"{key} for {name!r}, no such unit or kind", "name a unit or kind")


def _weights(version: KpiVersion) -> Iterator[Finding]:
    for weight in version.weights():
        yield from fine_weight(version.at("weight"), f"kpi {version.kpi.id!r}: weight", weight)
        if weight < 0:
            yield version.wrong("weight", f"weight is {weight}", "use a number ≥ 0")
        elif 0 < weight < LEAST_WEIGHT and not isinstance(version.kpi.method, Bonus):
            yield version.doubtful(
                "weight", f"a weight of {weight} hardly moves a score", f"use {LEAST_WEIGHT} or more"
            )
