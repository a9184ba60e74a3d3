"""The small expression language of models: arithmetic, comparisons, and/or/not, names and literals.

It reads like Python and is parsed by Python's own parser, then checked against a list of allowed nodes; nothing
else of Python can be reached from a model.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal

#: Deeper expressions don't compile: Python nests 200 brackets at most, and a fold adds some around each.
DEEPEST = 100

Kind = Literal["number", "text", "truth"]

_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_COMPARE = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In)


class ExpressionError(ValueError):
    """An expression that is not of the language; the message names the part and what is allowed."""


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The checked tree of an expression.

    >>> type(parse("a + 1")).__name__
    'BinOp'
    >>> parse("__import__('os')")
    Traceback (most recent call last):
    scoring.expressions.ExpressionError: "__import__('os')" is not allowed; use names, numbers, + - * /, comparisons
    """
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"{text!r} can't be read: {error}") from None
    except (RecursionError, MemoryError):
        raise ExpressionError(f"{text[:60]!r}... can't be read: it is nested too deeply") from None
    _check(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            written = (ast.get_source_segment(text, node) or "").replace("_", "")
            if Decimal(written) != Decimal(str(node.value)):
                raise ExpressionError(f"{written} has more digits than are kept; write 15 or fewer")
    return tree


def _check(node: ast.expr, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise ExpressionError(f"nested or chained more than {DEEPEST} deep; split it into several definitions")
    match node:
        case ast.Name() | ast.Constant(value=bool() | int() | float() | str()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check(left, depth + 1)
            _check(right, depth + 1)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            _check(operand, depth + 1)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for value in values:
                _check(value, depth + 1)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(isinstance(op, _COMPARE) for op in ops):
            for side in [left, *others]:
                _check(side, depth + 1)
        case _:
            raise ExpressionError(f'"{ast.unparse(node)}" is not allowed; use names, numbers, + - * /, comparisons')


def names(text: str) -> tuple[str, ...]:
    """The names an expression uses, in order of first use.

    >>> names("a / (a + b)")
    ('a', 'b')
    """
    found = [node for node in ast.walk(parse(text)) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: node.col_offset)
    return tuple(dict.fromkeys(node.id for node in found))


def divides(text: str) -> bool:
    """Whether the expression divides: event values must not, because ratios are formulas over metrics."""
    return any(isinstance(node, ast.Div) for node in ast.walk(parse(text)))


def kind(text: str, fields: Mapping[str, Kind]) -> Kind:
    """What an expression yields over fields of these kinds; parts that don't go together are an error.

    >>> kind("stage == 'final' and not late", {"stage": "text", "late": "truth"})
    'truth'
    """
    return _kind(parse(text), fields)


def _kind(node: ast.expr, fields: Mapping[str, Kind]) -> Kind:
    match node:
        case ast.Name(id=used):
            return fields.get(used, "number")
        case ast.Constant(value=value):
            return "truth" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _kind(operand, fields)
            return "truth"
        case ast.BoolOp(values=values):
            for side in values:
                _kind(side, fields)
            return "truth"
        case ast.BinOp(left=left, right=right):
            _agree(node, {_kind(left, fields), _kind(right, fields), "number"})
            return "number"
        case ast.UnaryOp(operand=operand):
            _agree(node, {_kind(operand, fields), "number"})
            return "number"
        case ast.Compare(left=left, ops=ops, comparators=others):
            for sign, one, other in zip(ops, [left, *others], others, strict=False):
                _agree(node, _compared(sign, one, other, fields))
            return "truth"
    raise ExpressionError(f'"{ast.unparse(node)}" stands alone; a list belongs behind "in"')


def _compared(sign: ast.cmpop, one: ast.expr, other: ast.expr, fields: Mapping[str, Kind]) -> set[Kind]:
    """The kinds that meet in a comparison; `in` looks into a list, or for a text in a text."""
    if isinstance(sign, ast.In) and isinstance(other, ast.Tuple):
        return {_kind(side, fields) for side in [one, *other.elts]}
    found: set[Kind] = {_kind(one, fields), _kind(other, fields)}
    return found | {"text"} if isinstance(sign, ast.In) else found


def _agree(node: ast.expr, kinds: set[Kind]) -> None:
    if len(kinds) > 1:
        raise ExpressionError(f'"{ast.unparse(node)}" mixes {" and ".join(sorted(kinds))}')


Formula = Callable[[Mapping[str, Fraction | None]], Fraction | None]


def formula(text: str) -> Formula:
    """A KPI's formula over metric values: exact, unknown where a value is unknown or a divisor is zero.

    >>> formula("a / b")({"a": Fraction(1), "b": Fraction(3)})
    Fraction(1, 3)
    >>> formula("a / b")({"a": Fraction(1), "b": Fraction(0)}) is None
    True
    """
    used = names(text)
    if kind(text, {}) != "number":
        raise ExpressionError(f"{text!r} is no number; a KPI formula is arithmetic over metrics")
    compute = eval(f"lambda v: {_arithmetic(parse(text))}", {"Fraction": Fraction})

    def value(values: Mapping[str, Fraction | None]) -> Fraction | None:
        if any(values[one] is None for one in used):
            return None
        try:
            return Fraction(compute(values))
        except ZeroDivisionError:
            return None

    return value


Condition = Callable[[Mapping[str, Fraction | None]], bool | None]


def condition(text: str) -> Condition:
    """A gate's condition over KPI values: exact, None (not known) where a value is unknown or a divisor is zero.

    >>> accidents = condition("accidents > 0 and not drill > 0")
    >>> accidents({"accidents": Fraction(1), "drill": Fraction(0)}), accidents({"accidents": None, "drill": None})
    (True, None)
    """
    used = names(text)
    if kind(text, {}) != "truth":
        raise ExpressionError(f"{text!r} is no condition; compare KPIs, such as accidents > 0")
    compute = eval(f"lambda v: {_truth(parse(text))}", {"Fraction": Fraction})

    def holds(values: Mapping[str, Fraction | None]) -> bool | None:
        if any(values.get(one) is None for one in used):
            return None
        try:
            return bool(compute(values))
        except ZeroDivisionError:
            return None

    return holds


def _truth(node: ast.expr) -> str:
    """A condition as Python source over `v`."""
    match node:
        case ast.BoolOp(op=op, values=values):
            word = " and " if isinstance(op, ast.And) else " or "
            return "(" + word.join(_truth(value) for value in values) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"(not {_truth(operand)})"
        case ast.Compare(left=left, ops=ops, comparators=others):
            signs = [_SIGNS[type(op)] for op in ops if type(op) in _SIGNS]
            if len(signs) == len(ops):
                pairs = zip(signs, others, strict=True)
                return f"({_arithmetic(left)} {' '.join(f'{sign} {_arithmetic(side)}' for sign, side in pairs)})"
    raise ExpressionError(f"{ast.unparse(node)} is no comparison of numbers")


def _arithmetic(node: ast.expr) -> str:
    """Arithmetic as Python source over `v`; literals become fractions, so that 1 / 3 stays exact."""
    match node:
        case ast.Name(id=used):
            return f"v[{used!r}]"
        case ast.Constant(value=value):
            return f"Fraction({str(value)!r})"
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_arithmetic(left)} {_BINARY[type(op)]} {_arithmetic(right)})"
        case ast.UnaryOp(operand=operand):
            return f"(-{_arithmetic(operand)})"
    raise ExpressionError(f"{ast.unparse(node)} is no arithmetic")
