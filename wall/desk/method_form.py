"""Scoring methods as texts of a form, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from layouts.desk.facts import MethodForm
from scoring.definitions import Kpi
from scoring.methods import Bands, Interpolate, Method, Ratio

_METHOD: TypeAdapter[Method] = TypeAdapter(Method)

#: A number of more digits is written with its exponent, and not read.
MOST_DIGITS = 18
_PLAIN = re.compile(rf"-?\d{{1,{MOST_DIGITS}}}(\.\d{{0,{MOST_DIGITS}}})?")
#: The entries of one KPI: text by name and row.
Entries = Mapping[tuple[str, int], str]


class NoNumber(ValueError):
    """A text that is no number; `args[0]` is the text."""


def number_text(value: Decimal) -> str:
    """A number as it is typed: all its digits, no exponent, no needless zeros.

    >>> number_text(Decimal("0.980")), number_text(Decimal("1E+3"))
    ('0.98', '1000')
    """
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        return str(value)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_thousands(value: Decimal) -> str:
    """A number as it is typed, its thousands apart so that it can be read.

    >>> in_thousands(Decimal("440000000.50")), in_thousands(Decimal("-1250"))
    ('440,000,000.5', '-1,250')
    """
    whole, point, part = number_text(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{part}" if digits.isdigit() else whole + point + part


def number_of(text: str | None) -> Decimal | None:
    """The number of a text; None for an empty one. Raises `NoNumber`.

    >>> number_of(" 1,250.5 "), number_of(""), number_of("\u22124")
    (Decimal('1250.5'), None, Decimal('-4'))
    """
    plain = (text or "").strip().replace(",", "").replace("，", "").replace("\u2212", "-").removesuffix("%").strip()
    if not plain:
        return None
    if not _PLAIN.fullmatch(plain):
        raise NoNumber(text)
    return Decimal(plain)


def is_percent(kpi: Kpi) -> bool:
    """Whether the abscissa of its curve is written as percent."""
    over = getattr(kpi.method, "over", "value")
    return over == "attainment" or kpi.display.percent


def method_form(kpi: Kpi) -> MethodForm:
    """A KPI's method as texts."""
    method, percent = kpi.method, is_percent(kpi)
    text = yaml.safe_dump(
        method.model_dump(mode="json", by_alias=True, exclude_none=True), allow_unicode=True, sort_keys=False
    )
    inverse = "" if kpi.direction == "higher" else "reciprocal"
    form = MethodForm("other", "0", "120", inverse, yaml=text, percent=percent)

    def at(value: Decimal | None) -> str:
        return "" if value is None else number_text(value * 100 if percent else value)

    match method:
        case Ratio():
            floor, cap = number_text(method.floor), number_text(method.cap)
            said = "" if kpi.direction == "higher" else method.inverse or "reciprocal"
            return MethodForm("ratio", floor, cap, said, yaml=text, percent=percent)
        case Interpolate():
            points = tuple((at(point.at), number_text(point.points)) for point in method.points)
            return MethodForm("interpolate", "0", "120", inverse, points, yaml=text, percent=percent)
        case Bands():
            table = tuple((at(one.from_), at(one.to), number_text(one.points)) for one in method.table)
            return MethodForm("bands", "0", "120", inverse, (), table, text, percent)
    return form


def method_of(kpi: Kpi, entries: Entries) -> Method:
    """The method of a KPI's entries; raises `NoNumber` or `ValidationError`."""
    match entries.get(("kind", 0)):
        case "ratio":
            return _METHOD.validate_python(_ratio(kpi, entries))
        case "interpolate":
            return _METHOD.validate_python(
                {**_kept(kpi, Interpolate), "name": "interpolate", "points": _points(kpi, entries)}
            )
        case "bands":
            return _METHOD.validate_python({**_kept(kpi, Bands), "name": "bands", "table": _table(kpi, entries)})
    return _METHOD.validate_python(yaml.safe_load(entries.get(("yaml", 0)) or "") or {})


def _ratio(kpi: Kpi, entries: Entries) -> dict[str, Any]:
    said: dict[str, Any] = {"name": "ratio"}
    for name in ("floor", "cap"):
        number = number_of(entries.get((name, 0)))
        if number is not None:
            said[name] = number
    if kpi.direction == "lower":
        said["inverse"] = entries.get(("inverse", 0)) or "reciprocal"
    return said


def _kept(kpi: Kpi, kind: type[Interpolate] | type[Bands]) -> dict[str, Any]:
    """What the form does not ask for stays as it is."""
    if not isinstance(kpi.method, kind):
        return {"over": getattr(kpi.method, "over", "value")}
    return kpi.method.model_dump(by_alias=True, exclude={"points", "table"}, exclude_none=True)


def _rows(entries: Entries, name: str) -> range:
    return range(1 + max((row for one, row in entries if one == name), default=-1))


def _at(kpi: Kpi, text: str | None) -> Decimal | None:
    number = number_of(text)
    return number / 100 if number is not None and is_percent(kpi) else number


def _points(kpi: Kpi, entries: Entries) -> list[dict[str, Any]]:
    rows = [
        {"at": _at(kpi, entries.get(("at", row))), "points": number_of(entries.get(("points", row)))}
        for row in _rows(entries, "at")
    ]
    return [row for row in rows if any(one is not None for one in row.values())]


def _table(kpi: Kpi, entries: Entries) -> list[dict[str, Any]]:
    rows = [
        {
            "from": _at(kpi, entries.get(("low", row))),
            "to": _at(kpi, entries.get(("high", row))),
            "points": number_of(entries.get(("earns", row))),
        }
        for row in _rows(entries, "low")
    ]
    return [row for row in rows if any(one is not None for one in row.values())]


def invalid(error: ValidationError) -> str:
    """A validation error in a line, without the name of the variant."""
    return "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
