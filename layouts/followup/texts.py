"""Words around notes and actions: what they are pinned to, when they are due."""

from __future__ import annotations

import datetime as dt

from scoring.definitions import Model
from scoring.forms import text_in

from .. import moments
from ..words import Words


def place_text(model: Model, unit: str, kpi: str, language: str) -> str:
    """What an item is pinned to: the unit, and its KPI; what the model does not have any more goes by its id."""
    units = {one.id: one.title for one in model.units if one.id == unit}
    named = text_in(units.get(unit, unit), language)
    if not kpi:
        return named
    kpis = {one.id: one.title for one in model.kpis if one.id == kpi}
    return f"{named} · {text_in(kpis.get(kpi, kpi), language)}"


def day_text(day: dt.date, words: Words) -> str:
    """A day with its weekday.

    >>> day_text(dt.date(2026, 3, 18), Words.of("zh-CN"))
    '3 月 18 日 周三'
    """
    return words("date.line", day=moments.day(day, words), weekday=words(f"weekday.{day.isoweekday()}"))


def due_text(due: dt.date, words: Words) -> str:
    """By when something is to be done."""
    return words("followup.due", day=day_text(due, words))
