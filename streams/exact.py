"""Exact fractions as data: `n/d` text, as hooks of msgspec."""

from __future__ import annotations

from fractions import Fraction
from typing import Any


def fraction_text(value: Any) -> str:
    """A fraction as `n/d`; nothing else is known here.

    >>> fraction_text(Fraction(-3, 4)), fraction_text(Fraction(2))
    ('-3/4', '2/1')
    """
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError(f"{type(value).__name__} is no exact number")


def fraction_read(wanted: Any, found: Any) -> Any:
    """The fraction that `fraction_text` wrote, where one is wanted; anything else as it is."""
    return Fraction(found) if wanted is Fraction else found
