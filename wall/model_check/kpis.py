"""The KPIs: formulas, targets, methods, status bands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal

from scoring.definitions import Kpi, Metric, Model
from scoring.expressions import ExpressionError, formula, names
from scoring.methods import Bands, Ratio

from .finding import Finding, KeyPath, doubt, fault, fine_weight

#: A weight below this hardly moves a score.
LEAST_WEIGHT = Decimal(5)
#: A band step above this share of the weight is a cliff that invites gaming.
CLIFF = Decimal(5)

_FINENESS = {"minute": 0, "hour": 1, "day": 2}
_PERIOD_FINENESS = {"shift": 1, "day": 2, "week": 3, "month": 3, "quarter": 4, "year": 5}


def check_kpis(model: Model) -> Iterator[Finding]:
    metrics = {metric.id: metric for metric in model.metrics}
    places = {unit.id for unit in model.units} | {unit.kind for unit in model.units}
    objectives = {objective.id for objective in model.objectives}
    on_the_hour = all(clock.endswith(":00") for shift in model.calendar.shifts for clock in (shift.start, shift.end))
    for number, kpi in enumerate(model.kpis):
        path = ("kpis", number)
        finest = _PERIOD_FINENESS[kpi.period] if kpi.period != "shift" or on_the_hour else 0
        yield from _kpi_formula(kpi, metrics, finest, path)
        yield from _kpi_targets(kpi, path)
        for key in ("target", "weight"):
            setting = getattr(kpi, key)
            for name in setting.keys() - places if isinstance(setting, dict) else ():
                yield fault(
                    (*path, key), f"kpi {kpi.id!r}: {key} for {name!r}, no such unit or kind", "name a unit or kind"
                )
        for name in set(kpi.applies_to) - places:
            yield fault(
                (*path, "applies_to"), f"kpi {kpi.id!r}: {name!r} is no unit and no kind", "name a unit or kind"
            )
        if kpi.objective is not None and kpi.objective not in objectives:
            yield fault((*path, "objective"), f"kpi {kpi.id!r}: objective {kpi.objective!r} is unknown", "declare it")
        for key in ("owner", "objective", "definition"):
            if not getattr(kpi, key):
                yield doubt(path, f"kpi {kpi.id!r} has no {key}", f"add {key}:")


def _kpi_formula(kpi: Kpi, metrics: dict[str, Metric], finest: int, path: KeyPath) -> Iterator[Finding]:
    try:
        formula(kpi.value)
        used = names(kpi.value)
    except ExpressionError as error:
        yield fault((*path, "value"), f"kpi {kpi.id!r}: {error}", "write arithmetic over metric ids")
        return
    for name in used:
        if name not in metrics:
            yield fault((*path, "value"), f"kpi {kpi.id!r}: metric {name!r} is unknown", "use a declared metric")
        elif _FINENESS[metrics[name].bucket] > min(_FINENESS.get(kpi.trend or "day", 2), finest):
            yield fault(
                (*path, "trend"),
                f"kpi {kpi.id!r}: metric {name!r} is kept by the {metrics[name].bucket}, too coarse",
                "keep the metric in finer buckets",
            )


def _kpi_targets(kpi: Kpi, path: KeyPath) -> Iterator[Finding]:
    targets = kpi.target.values() if isinstance(kpi.target, dict) else [kpi.target]
    weights = kpi.weight.values() if isinstance(kpi.weight, dict) else [kpi.weight]
    if isinstance(kpi.method, Ratio) and any(target <= 0 for target in targets):
        yield fault(
            (*path, "target"),
            f"kpi {kpi.id!r}: a target of zero or less can't be divided by",
            "use a target above 0 or bands",
        )
    if isinstance(kpi.method, Ratio) and (kpi.method.inverse is None) != (kpi.direction == "higher"):
        yield fault(
            (*path, "method"),
            f"kpi {kpi.id!r}: lower is better says its inverse, higher has none",
            "inverse: reciprocal or symmetric with direction: lower",
        )
    if isinstance(kpi.method, Ratio) and kpi.method.floor >= kpi.method.cap:
        yield fault((*path, "method"), f"kpi {kpi.id!r}: floor is not below cap", "use floor: 0 and cap: 120, say")
    for weight in weights:
        yield from fine_weight((*path, "weight"), f"kpi {kpi.id!r}: weight", weight)
        if weight < 0:
            yield fault((*path, "weight"), f"kpi {kpi.id!r}: weight is {weight}", "use a number ≥ 0")
        elif weight < LEAST_WEIGHT:
            yield doubt(
                (*path, "weight"),
                f"kpi {kpi.id!r}: a weight of {weight} hardly moves a score",
                f"use {LEAST_WEIGHT} or more",
            )
    if kpi.status.good <= kpi.status.watch:
        yield fault((*path, "status"), f"kpi {kpi.id!r}: good is not better than watch", "use good above watch")
    if isinstance(kpi.method, Bands):
        yield from _bands(kpi, kpi.method, path)


def _bands(kpi: Kpi, method: Bands, path: KeyPath) -> Iterator[Finding]:
    rows = sorted(method.table, key=lambda row: (row.from_ is not None, row.from_ or 0))
    for row in rows:
        if row.from_ is not None and row.to is not None and row.from_ >= row.to:
            yield fault(
                (*path, "method"), f"kpi {kpi.id!r}: band {row.from_} to {row.to} is empty", "let from be below to"
            )
    for row, following in itertools.pairwise(rows):
        if row.to != following.from_ or following.from_ is None:
            yield fault(
                (*path, "method"),
                f"kpi {kpi.id!r}: bands meet badly at {row.to} and {following.from_}",
                "let each band begin where the one before ends",
            )
        step = following.points - row.points
        if (step < 0) == (kpi.direction == "higher") and step:
            yield fault(
                (*path, "method"),
                f"kpi {kpi.id!r}: points fall as the value gets better",
                "sort the points by direction",
            )
        if abs(step) > CLIFF:
            yield doubt(
                (*path, "method"),
                f"kpi {kpi.id!r}: a cliff of {abs(step)} points at {row.to}",
                "use smaller steps or ratio",
            )
