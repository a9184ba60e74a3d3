"""Formulas and conditions for people: names become titles or numbers, signs the ones of arithmetic."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .formats import MINUS

_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|\d[\d_]*(?:\.\d+)?|[<>=!]=|[()+\-*/<>])")
_SIGNS = {
    "*": " × ", "/": " ÷ ", "+": " + ", "-": f" {MINUS} ", "<=": " ≤ ", ">=": " ≥ ", "==": " = ", "!=": " ≠ ",
    "<": " < ", ">": " > ", "and": " and ", "or": " or ", "not": "not ",
}  # fmt: skip


def formula_text(formula: str, shown: Mapping[str, str]) -> str:
    """The formula with each name replaced by what stands for it.

    >>> formula_text("(all - late) / all", {"all": "Orders", "late": "Late orders"})
    '(Orders − Late orders) ÷ Orders'
    >>> formula_text("a * 1000000", {"a": "7"})
    '7 × 1,000,000'
    >>> formula_text("accidents >= 1 and not drill > 0", {"accidents": "Accidents", "drill": "Drills"})
    'Accidents ≥ 1 and not Drills > 0'
    """
    return "".join(_written(token, shown) for token in _TOKEN.findall(formula)).strip()


def _written(token: str, shown: Mapping[str, str]) -> str:
    if token in shown or token in _SIGNS:
        return shown.get(token) or _SIGNS[token]
    if token[0].isdigit():
        whole, point, rest = token.replace("_", "").partition(".")
        return f"{int(whole):,}{point}{rest}"
    return token
