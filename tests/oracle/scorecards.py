"""Scorecards worked out anew from YAML and a table of values: what `scoring` must give, without using any of it.

Definitions are plain mappings as YAML gives them, numbers fractions, points whole numbers of 10^-12 (decision 0001).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

GRID = 10**12
Values = Mapping[tuple[str, str], Fraction | None]


@dataclass(frozen=True)
class Written:
    """The definitions as they are written down, changes in any order."""

    kpis: list[dict[str, Any]]
    units: list[dict[str, Any]]
    changes: list[dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """The definitions of a day, by id, and the changes that made them."""

    kpis: dict[str, dict[str, Any]]
    units: dict[str, dict[str, Any]]
    due: list[dict[str, Any]]


@dataclass(frozen=True)
class Judged:
    """A KPI at a unit."""

    value: Fraction | None
    target: Fraction
    weight: Fraction
    score: int | None
    version: int


@dataclass(frozen=True)
class Scored:
    """A unit."""

    score: int | None
    coverage: Fraction
    version: int


@dataclass(frozen=True)
class Card:
    """Everything of a month."""

    kpis: dict[tuple[str, str], Judged]
    units: dict[str, Scored]


def written(*files: Path) -> Written:
    """The lists of several files, one behind the other."""
    contents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return Written(*([one for each in contents for one in each.get(key, [])] for key in ("kpis", "units", "changes")))


def standing(of: Written, day: dt.date) -> Standing:
    """What holds on a day."""
    kpis = {one["id"]: dict(one) for one in of.kpis if one.get("from", dt.date.min) <= day}
    units = {one["id"]: dict(one) for one in of.units}
    due = sorted((one for one in of.changes if one["from"] <= day), key=lambda one: one["from"])
    for change in due:
        for name, comes in change.get("kpis", {}).items():
            for key, value in comes.items() if name in kpis else ():
                kpis[name][key] = _laid_over(kpis[name], key, value)
        for name, comes in change.get("units", {}).items():
            units[name].update(comes)
    return Standing(kpis, units, due)


def _laid_over(kpi: Mapping[str, Any], key: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    held = kpi[key] if isinstance(kpi[key], dict) else dict.fromkeys(kpi["applies_to"], kpi[key])
    return {**held, **value}


def said(setting: Any, unit: Mapping[str, Any]) -> Fraction:
    """A number for all, or by unit or kind."""
    if isinstance(setting, dict):
        setting = setting[unit["id"]] if unit["id"] in setting else setting[unit["kind"]]
    return Fraction(str(setting))


def card(of: Standing, values: Values) -> Card:
    """Scores of all units at the end of a month, when plans are due in full."""
    kpis = {
        (unit["id"], name): _judged(of, kpi, unit, values[unit["id"], name])
        for name, kpi in of.kpis.items()
        for unit in of.units.values()
        if unit["kind"] in kpi["applies_to"]
    }
    units: dict[str, Scored] = {}
    for unit in reversed(of.units.values()):  # org.yaml has those below behind those above
        units[unit["id"]] = _scored(of, unit, kpis, units)
    return Card(kpis, units)


def _judged(of: Standing, kpi: Mapping[str, Any], unit: Mapping[str, Any], value: Fraction | None) -> Judged:
    target = said(kpi["target"], unit)
    score = None
    if value is not None:
        reached = 2 - value / target if kpi.get("direction") == "lower" else value / target
        score = round(min(max(100 * reached, Fraction(0)), Fraction(120)) * GRID)
    version = 1 + sum(_concerns(one, kpi["id"], unit) for one in of.due)
    return Judged(value, target, said(kpi["weight"], unit), score, version)


def _concerns(change: Mapping[str, Any], kpi: str, unit: Mapping[str, Any]) -> bool:
    """Whether a change says anything of a KPI at a unit."""
    comes = change.get("kpis", {}).get(kpi, {})
    return any(not isinstance(value, dict) or {unit["id"], unit["kind"]} & value.keys() for value in comes.values())


def _scored(
    of: Standing, unit: Mapping[str, Any], kpis: Mapping[tuple[str, str], Judged], units: Mapping[str, Scored]
) -> Scored:
    own = {name: one for (place, name), one in kpis.items() if place == unit["id"]}
    zero = unit.get("missing") == "zero"
    parts = [(one.weight, one.score, Fraction(one.score is not None)) for one in own.values()]
    below = [one for one in of.units.values() if one.get("parent") == unit["id"]]
    if below:
        weights = {one["id"]: Fraction(str(one.get("weight", 1))) for one in below}
        known = {name: units[name].score for name in weights if units[name].score is not None}
        over = sum(weights[name] for name in (weights if zero else known))
        mean = round(sum(weights[name] * (score or 0) for name, score in known.items()) / over) if known else None
        covered = sum(weights[name] for name in known) / sum(weights.values())
        parts.append((Fraction(str(unit.get("child_share", 0))), mean, Fraction(covered)))
    whole = sum(weight for weight, _, _ in parts)
    counted = whole if zero else sum(weight for weight, score, _ in parts if score is not None)
    total = sum(weight * score for weight, score, _ in parts if score is not None)
    coverage = sum(weight * share for weight, _, share in parts) / whole
    version = 1 + sum(
        unit["id"] in one.get("units", {}) or any(_concerns(one, name, unit) for name in own) for one in of.due
    )
    some = any(score is not None and weight for weight, score, _ in parts)
    return Scored(round(total / counted) if some else None, Fraction(coverage), version)
