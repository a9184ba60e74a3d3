"""Dated changes in words and as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from layouts.words import Words
from scoring.definitions import Change, Kpi, KpiChange, Model, Unit, UnitChange
from scoring.editions import edition
from scoring.forms import text_in
from scoring.scorecard import by_unit
from wall.refusal import Refused

from .method_form import MOST_DIGITS, number_text


def change_lines(model: Model, change: Change, words: Words) -> list[str]:
    """What a change does against what holds the day before it sets in, line by line."""
    before = edition(
        model.model_copy(update={"changes": [one for one in model.changes if one != change]}), change.from_
    )
    kpis, units = {one.id: one for one in before.kpis}, {one.id: one for one in before.units}
    language = words.language
    lines = [line for name, one in change.kpis.items() for line in _kpi_lines(kpis.get(name), name, one, units, words)]
    for name, other in change.units.items():
        held = units.get(name)
        title = text_in(held.title, language) if held else name
        for key in set_keys(other):
            was = getattr(held, key, None)
            lines.append(f"{title}: {_key(key, words)} {_short(was)} → {_short(getattr(other, key))}")
    return lines


def set_keys(definition: KpiChange | UnitChange) -> list[str]:
    """The keys that a change sets; one read from the journal has all of them, most as None."""
    return [key for key in type(definition).model_fields if getattr(definition, key) is not None]


def _kpi_lines(kpi: Kpi | None, name: str, change: KpiChange, units: Mapping[str, Unit], words: Words) -> Iterator[str]:
    title = text_in(kpi.title, words.language) if kpi else name
    percent = kpi is not None and kpi.display.percent
    for key in sorted(set_keys(change), key=lambda one: one != "weight"):
        new, old = getattr(change, key), getattr(kpi, key, None)
        if key == "method" and type(new) is type(old):
            yield from (f"{title}: {part}" for part in _method_parts(old, new, percent, words))
            continue
        if not isinstance(new, dict):
            yield f"{title}: {_key(key, words)} {_short(old)} → {_short(new)}"
            continue
        for place, value in new.items():
            unit = units.get(place)
            at = text_in(unit.title, words.language) if unit else place
            was = old if not isinstance(old, dict) else by_unit(old, unit) if unit else old.get(place)
            scale = percent and key == "target"
            yield f"{at} · {title}: {_key(key, words)} {_number(was, scale)} → {_number(value, scale)}"


def _method_parts(old: Any, new: Any, percent: bool, words: Words) -> Iterator[str]:
    """What differs between two methods of a kind: their parameters, or the rows of their tables."""
    for key in type(new).model_fields:
        was, now = getattr(old, key), getattr(new, key)
        if was == now:
            continue
        if key not in ("points", "table"):
            yield f"{_key(key, words)} {_short(was)} → {_short(now)}"
            continue
        scale = percent or getattr(new, "over", "value") == "attainment"
        held, comes = ({_place_of(row, scale): row.points for row in rows} for rows in (was, now))
        for place in dict.fromkeys([*held, *comes]):
            if held.get(place) != comes.get(place):
                yield f"{_key('points', words)} {place}: {_short(held.get(place))} → {_short(comes.get(place))}"


def _place_of(row: Any, percent: bool) -> str:
    """Where a row of a table or a point of a curve lies."""
    if hasattr(row, "at"):
        return _number(row.at, percent)
    low, high = ("" if one is None else _number(one, percent) for one in (row.from_, row.to))
    return f"{low}…{high}"


def _key(key: str, words: Words) -> str:
    return words.table.get(f"desk.key.{key}", key)


def _number(value: Any, percent: bool) -> str:
    if not isinstance(value, Decimal):
        return _short(value)
    small = value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS
    return f"{number_text(value * 100)}%" if percent and small else number_text(value)


def _short(value: Any) -> str:
    """A value in a few words."""
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return number_text(value)
    if hasattr(value, "model_dump"):
        content = value.model_dump(mode="json", by_alias=True, exclude_none=True)
        value = yaml.safe_dump(content, default_flow_style=True, allow_unicode=True, width=10_000).strip()
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "…"


def as_yaml(changes: Sequence[Change]) -> str:
    """Changes as a file of a model folder, the same that `kpiwall what-if` reads."""
    content = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in changes]
    return yaml.safe_dump({"changes": content}, allow_unicode=True, sort_keys=False, width=100)


def from_yaml(text: bytes, words: Words) -> list[Change]:
    """The changes of a file; raises `Refused` with every fault."""
    try:
        content = yaml.safe_load(text.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Refused(words("desk.file.no_yaml", why=str(error).replace("\n", " "))) from None
    listed = content.get("changes") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not listed:
        raise Refused(words("desk.file.no_changes"))
    try:
        return [Change.model_validate(one) for one in listed]
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Refused(faults) from None
