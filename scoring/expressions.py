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

_BINARY: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
}  # fmt: skip


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
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise ExpressionError(f"{text!r} can't be read: {error}") from None
    _check(tree)
    return tree


def _check(node: ast.expr) -> None:
    match node:
        case ast.Name() | ast.Constant(value=bool() | int() | float() | str()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            _check(left)
            _check(right)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            _check(operand)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for value in values:
                _check(value)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            for side in [left, *others]:
                _check(side)
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


def python_source(text: str, name: Callable[[str], str]) -> str:
    """The expression as Python source with each name replaced; decimal literals stay exact.

    >>> python_source("amount >= 0.5 and not late", lambda n: f"d.{n}")
    "((d.amount >= Decimal('0.5')) and (not d.late))"
    """
    return _source(parse(text), name)


def _source(node: ast.expr, name: Callable[[str], str]) -> str:
    match node:
        case ast.Name(id=used):
            return name(used)
        case ast.Constant(value=float() as number):
            return f"Decimal({str(number)!r})"
        case ast.Constant(value=value):
            return repr(value)
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_source(left, name)} {_BINARY[type(op)]} {_source(right, name)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{_source(operand, name)})"
        case ast.UnaryOp(operand=operand):
            return f"(not {_source(operand, name)})"
        case ast.BoolOp(op=op, values=values):
            word = " and " if isinstance(op, ast.And) else " or "
            return "(" + word.join(_source(value, name) for value in values) + ")"
        case ast.Tuple(elts=elements):
            return "(" + "".join(_source(element, name) + "," for element in elements) + ")"
        case ast.Compare(left=left, ops=ops, comparators=others):
            parts = [_source(left, name)]
            parts += [f"{_COMPARE[type(sign)]} {_source(side, name)}" for sign, side in zip(ops, others, strict=True)]
            return "(" + " ".join(parts) + ")"
    raise ExpressionError(f"{ast.dump(node)} has no source")  # unreachable: parse() has checked every node


Formula = Callable[[Mapping[str, Fraction | None]], Fraction | None]


def formula(text: str) -> Formula:
    """A KPI's formula over metric values: exact, unknown where a value is unknown or a divisor is zero.

    >>> formula("a / b")({"a": Fraction(1), "b": Fraction(3)})
    Fraction(1, 3)
    >>> formula("a / b")({"a": Fraction(1), "b": Fraction(0)}) is None
    True
    """
    used = names(text)
    tree = parse(text)
    if any(isinstance(node, ast.Compare | ast.BoolOp | ast.Tuple | ast.Not) for node in ast.walk(tree)):
        raise ExpressionError(f"{text!r} compares; a KPI formula is arithmetic over metrics")
    source = f"lambda v: {_source(_exact(tree), lambda n: f'v[{n!r}]')}"
    compute = eval(source, {"Fraction": Fraction, "Decimal": Fraction})

    def value(values: Mapping[str, Fraction | None]) -> Fraction | None:
        if any(values[one] is None for one in used):
            return None
        try:
            return Fraction(compute(values))
        except ZeroDivisionError:
            return None

    return value


class _Exact(ast.NodeTransformer):
    """Write whole-number literals as decimals, so that 1 / 3 stays a fraction."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(float(node.value)) if type(node.value) is int else node


def _exact(tree: ast.expr) -> ast.expr:
    copied = ast.parse(ast.unparse(tree), mode="eval").body
    exact: ast.expr = _Exact().visit(copied)
    return exact


def scaled(value: int | Decimal, decimals: int) -> int:
    """A value as an integer in 10^-decimals; a digit that does not fit is an error, never rounded.

    >>> scaled(Decimal("12.34"), 4)
    123400
    """
    if isinstance(value, int):
        return value * int(10**decimals)
    grown = value.scaleb(decimals)
    whole = int(grown)
    if whole != grown:
        raise ValueError(f"{value} has more than {decimals} decimals")
    return whole
