"""Event expressions as integer arithmetic: every number is a whole number in a power of ten, so nothing rounds.

Scales and ranges are worked out once, when a plan is made; what is left for each event is plain integer code.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scoring.counters import EXACT_LIMIT
from scoring.definitions import EventField
from scoring.expressions import parse

_COMPARE = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of generated source; a number is in 10^-`decimals`, from `low` to `high`; text and truth have none."""

    source: str
    decimals: int | None = None
    low: int = 0
    high: int = 0

    def at(self, decimals: int) -> Term:
        """The same number in a finer scale."""
        grow = 10 ** (decimals - (self.decimals or 0))
        if self.decimals is None or grow == 1:
            return self
        return Term(f"({self.source} * {grow})", decimals, self.low * grow, self.high * grow)

    @property
    def exact(self) -> bool:
        """Whether no event can take it beyond what is exact."""
        return self.low >= -EXACT_LIMIT and self.high <= EXACT_LIMIT


def fixed(value: float, scale: int) -> int:
    """A decimal field as a whole number in 1/scale; more digits than the scale holds are an error, never rounded.

    The reader gives the nearest double; if that is the nearest double of the result too, the digits were the same.

    >>> fixed(4.35, 100)
    435
    >>> fixed(4.355, 100)
    Traceback (most recent call last):
    ValueError: 4.355 has more digits than 1/100
    """
    whole = round(value * scale)
    if whole / scale != value:
        raise ValueError(f"{value} has more digits than 1/{scale}")
    return whole


def field_range(field: EventField) -> tuple[int, int]:
    """The range of a field in its own scale; what is not declared ends where numbers stop being exact."""
    scale = 10**field.decimals
    low = -EXACT_LIMIT if field.min is None else int(field.min * scale)
    high = EXACT_LIMIT if field.max is None else int(field.max * scale)
    return low, high


def compiled(text: str, fields: Mapping[str, EventField]) -> Term:
    """An expression over the fields of `d` as integer source.

    >>> price = EventField(type="decimal", decimals=2, min=0, max=100)
    >>> compiled("pieces * price", {"pieces": EventField(type="integer", min=0, max=9), "price": price})
    Term(source='(d.pieces * fixed(d.price, 100))', decimals=2, low=0, high=90000)
    """
    return _term(parse(text), fields)


def _term(node: ast.expr, fields: Mapping[str, EventField]) -> Term:
    match node:
        case ast.Name(id=name):
            return _field(name, fields[name])
        case ast.Constant(value=bool() | str() as value):
            return Term(repr(value))
        case ast.Constant(value=int() | float() as value):
            return _number(Decimal(str(value)))
        case ast.BinOp(left=left, op=op, right=right):
            return _arithmetic(_term(left, fields), op, _term(right, fields))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            term = _term(operand, fields)
            return Term(f"(-{term.source})", term.decimals, -term.high, -term.low)
        case ast.UnaryOp(operand=operand):
            return Term(f"(not {_term(operand, fields).source})")
        case ast.BoolOp(op=op, values=values):
            word = " and " if isinstance(op, ast.And) else " or "
            return Term("(" + word.join(_term(value, fields).source for value in values) + ")")
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _comparison([left, *others], ops, fields)
    raise ValueError(f"{ast.unparse(node)} can't stand here")


def _field(name: str, field: EventField) -> Term:
    if field.type in ("text", "boolean"):
        return Term(f"d.{name}")
    source = f"fixed(d.{name}, {10**field.decimals})" if field.type == "decimal" else f"d.{name}"
    return Term(source, field.decimals if field.type == "decimal" else 0, *field_range(field))


def _number(value: Decimal) -> Term:
    exponent = value.normalize().as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = int(value.scaleb(decimals))
    return Term(str(whole), decimals, whole, whole)


def _arithmetic(left: Term, op: ast.operator, right: Term) -> Term:
    if left.decimals is None or right.decimals is None:
        raise ValueError(f"{left.source} and {right.source} are not both numbers")
    if isinstance(op, ast.Mult):
        ends = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
        return Term(f"({left.source} * {right.source})", left.decimals + right.decimals, min(ends), max(ends))
    decimals = max(left.decimals, right.decimals)
    left, right = left.at(decimals), right.at(decimals)
    if isinstance(op, ast.Add):
        return Term(f"({left.source} + {right.source})", decimals, left.low + right.low, left.high + right.high)
    return Term(f"({left.source} - {right.source})", decimals, left.low - right.high, left.high - right.low)


def _comparison(sides: list[ast.expr], ops: list[ast.cmpop], fields: Mapping[str, EventField]) -> Term:
    parts: list[list[Term]] = [
        [_term(one, fields) for one in side.elts] if isinstance(side, ast.Tuple) else [_term(side, fields)]
        for side in sides
    ]
    decimals = max((term.decimals or 0 for side in parts for term in side), default=0)
    sources = [
        f"({' '.join(term.at(decimals).source + ',' for term in terms)})" if isinstance(side, ast.Tuple)
        else terms[0].at(decimals).source
        for side, terms in zip(sides, parts, strict=True)
    ]  # fmt: skip
    text = sources[0]
    for sign, source in zip(ops, sources[1:], strict=True):
        text += f" {_COMPARE[type(sign)]} {source}"
    return Term(f"({text})")
