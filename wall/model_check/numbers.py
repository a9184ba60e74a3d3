"""Numbers and dates beyond what any business has, which would only make arithmetic slow or inexact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from scoring.definitions import Model

from .finding import Finding, KeyPath, fault

#: Numbers below 10^15 with at most 12 decimals add up exactly in decimal arithmetic, and as points on their grid.
DIGITS_BEFORE, DECIMALS = 15, 12
#: Dates that calendars and time zones can be asked about.
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2200, 1, 1)

_SECTIONS = ("kpis", "changes", "gates", "grades", "incentives")
_OF_UNITS = ("weight", "child_share", "target_score")


def check_numbers(model: Model) -> Iterator[Finding]:
    for section in _SECTIONS:
        for number, item in enumerate(getattr(model, section)):
            yield from _walk((section, number), item.model_dump(by_alias=True, exclude_none=True))
    for number, unit in enumerate(model.units):
        for key in _OF_UNITS:
            yield from _walk(("units", number, key), getattr(unit, key))


def _walk(path: KeyPath, value: Any) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk((*path, key), one)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _walk((*path, number), one)
    elif isinstance(value, Decimal) and not _usual(value):
        yield fault(
            path,
            f"{'.'.join(map(str, path))}: {value} has too many digits",
            f"stay below 10^{DIGITS_BEFORE}, with at most {DECIMALS} decimals",
        )
    elif isinstance(value, dt.date) and not FIRST_DAY <= value < LAST_DAY:
        yield fault(path, f"{'.'.join(map(str, path))}: {value} is out of all calendars", "use a date from 1970 on")


def _usual(number: Decimal) -> bool:
    """Whether a number is of a size that is met in business.

    >>> _usual(Decimal("440000000.25")), _usual(Decimal("1e400")), _usual(Decimal("1e-30")), _usual(Decimal(0))
    (True, False, False, True)
    """
    exponent = number.normalize().as_tuple().exponent
    return number == 0 or (number.adjusted() < DIGITS_BEFORE and isinstance(exponent, int) and exponent >= -DECIMALS)
