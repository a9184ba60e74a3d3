"""A unit's scorecard as a form, and the change that an edited form makes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from layouts.desk.facts import CardFacts, CardRow
from layouts.words import Words
from scoring.compile import compile_scorecard
from scoring.definitions import Change, Kpi, Model, Unit
from scoring.editions import edition
from scoring.forms import text_in
from scoring.scorecard import by_unit, stands_at
from wall.refusal import Refused
from wall.sight.visible import Visible

from .method_form import NoNumber, in_thousands, invalid, method_form, method_of, number_of, number_text

#: The reason of a trial that nobody gave one yet; applying asks for a real one.
NO_REASON = "–"


@dataclass(frozen=True, slots=True)
class Entered:
    """An edited form: texts by KPI, name and row; the KPI "" is the unit itself."""

    unit: str
    from_: str
    reason: str
    texts: Mapping[tuple[str, str, int], str]


def card_facts(model: Model, unit_id: str, day: dt.date, language: str, seen: Visible) -> CardFacts:
    """The scorecard that holds on a day, with the KPIs that are seen on it."""
    scorecard = compile_scorecard(model, day)
    node = scorecard.nodes.get(unit_id)
    cells = [cell for cell in node.cells if seen.sees_kpi(*cell.key)] if node else []
    standing = scorecard.standing or model
    unit = next(one for one in standing.units if one.id == unit_id)
    rows = []
    for cell in cells:
        kpi = cell.rule.kpi
        target, weight = by_unit(kpi.target, unit), by_unit(kpi.weight, unit)
        assert target is not None
        assert weight is not None
        percent = kpi.display.percent
        rows.append(
            CardRow(
                cell,
                number_text(weight),
                in_thousands(target * 100 if percent else target),
                "%" if percent else text_in(kpi.display.unit, language),
                method_form(kpi),
                sum(stands_at(kpi, one) for one in standing.units if seen.has_unit(one.id)),
            )
        )
    below = any(one.parent == unit_id for one in standing.units)
    share = number_text(unit.child_share) if below or unit.child_share else None
    return CardFacts(unit_id, day, tuple(rows), share)


def day_of(text: str | None, words: Words) -> dt.date:
    """The day of a text; raises `Refused`."""
    try:
        return dt.date.fromisoformat((text or "").strip())
    except ValueError:
        raise Refused(words("desk.from.wrong", text=(text or "").strip()[:30])) from None


def entered_change(model: Model, entered: Entered, words: Words) -> tuple[Change | None, dict[str, str]]:
    """The change that a form makes against what holds on its day, and faults by KPI; None where it makes none."""
    day = day_of(entered.from_, words)
    standing = edition(model, day)
    unit = next(one for one in standing.units if one.id == entered.unit)
    kpis: dict[str, dict[str, Any]] = {}
    faults: dict[str, str] = {}
    by_kpi: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
    for (of, name, row), text in entered.texts.items():
        by_kpi[of][name, row] = text
    for kpi in standing.kpis:
        if kpi.id not in by_kpi:
            continue
        try:
            made = _changed(kpi, unit, by_kpi[kpi.id])
        except NoNumber as error:
            faults[kpi.id] = words("desk.number.wrong", text=str(error.args[0])[:30])
        except ValidationError as error:
            faults[kpi.id] = invalid(error)
        except yaml.YAMLError as error:
            faults[kpi.id] = f"YAML: {getattr(error, 'problem', error)}"
        else:
            if made:
                kpis[kpi.id] = made
    units: dict[str, Any] = {}
    if ("share", 0) in by_kpi.get("", {}):
        try:
            share = number_of(by_kpi[""]["share", 0]) or Decimal(0)
            if share != unit.child_share:
                units[unit.id] = {"child_share": share}
        except NoNumber as error:
            faults[""] = words("desk.number.wrong", text=str(error.args[0])[:30])
    if faults or not (kpis or units):
        return None, faults
    said = {"from": day, "reason": entered.reason.strip() or NO_REASON, "kpis": kpis, "units": units}
    return Change.model_validate(said), {}


def _changed(kpi: Kpi, unit: Unit, entries: Mapping[tuple[str, int], str]) -> dict[str, Any]:
    """What differs of a KPI from what holds."""
    made: dict[str, Any] = {}
    for name, setting, factor in (
        ("target", kpi.target, 100 if kpi.display.percent else 1),
        ("weight", kpi.weight, 1),
    ):
        text = entries.get((name, 0))
        if text is None:
            continue
        number = number_of(text)
        if number is None:
            raise NoNumber(text)
        if number / factor != by_unit(setting, unit):
            made[name] = {unit.id: number / factor}
    if ("kind", 0) in entries:
        method = method_of(kpi, entries)
        if method != kpi.method:
            made["method"] = method
    return made
