"""The expression language: what it refuses, and that it is exact."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.expressions import ExpressionError, formula, kind, names, parse

REFUSED = [
    "a.b", "a()", "__import__('os').system('x')", "a[0]", "[a]", "{a}", "{a: 1}", "lambda: a", "a if b else c",
    "f'{a}'", "a ** 9", "9 ** 9 ** 9", "a // b", "a % b", "a << 9", "a | b", "~a", "+a", "(a := 1)", "*a", "await a",
    "(yield a)", "[x for x in a]", "a is b", "a not in b", "None", "...", "b'x'", "1j", "a; b", "a = 1", "import os",
    "", "a +", "a b", "a\n+ b", "a\x00", "1e999", "-1e999", "9" * 5000, "(" * 500 + "a" + ")" * 500, "-" * 20_000 + "a",
    "a" + " + a" * 20_000, "a" + " + a" * 150, "0.12345678901234567890",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20])
def test_anything_but_arithmetic_comparisons_and_names_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    "text", ["a < b", "a and b", "not a", "True", "'x'", "a + 'x'", "(a, b)", "a in (1, 2)", "a + (b > 1)"]
)
def test_a_formula_is_arithmetic_only(text: str) -> None:
    with pytest.raises(ExpressionError):
        formula(text)


KINDS = {"text": "text", "other": "text", "number": "number", "flag": "truth"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("number * 2 - 1", "number"),
        ("-number", "number"),
        ("text == 'x' and not flag", "truth"),
        ("text in ('x', other)", "truth"),
        ("'x' in text", "truth"),
        ("1 <= number < 5", "truth"),
        ("number or flag", "truth"),
        ("text", "text"),
    ],
)
def test_an_expression_has_a_kind(text: str, expected: str) -> None:
    assert kind(text, KINDS) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["text < 5", "text + 1", "text + other", "-text", "flag + 1", "number == 'x'", "number in 5", "1 in text",
     "number in ('x', 1)", "(number, 1)", "text * 3", "flag == 1", "number in text", "number < (1, 2)",
     "number in (1, (2, 3))"],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_before_any_event_comes(text: str) -> None:
    with pytest.raises(ExpressionError):
        kind(text, KINDS)  # type: ignore[arg-type]


def test_names_come_in_order_of_first_use() -> None:
    assert names("b / (a + b) - c") == ("b", "a", "c")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 3", Fraction(1, 3)),
        ("a / 3 * 3", Fraction(7)),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("a + 9007199254740993", Fraction(9007199254741000)),
        ("a + " + "9" * 400, Fraction(7 + int("9" * 400))),
        ("1 - a / b", Fraction(9, 2)),
        ("-a * -b", Fraction(-14)),
        ("1_000.5 - a", Fraction("993.5")),
    ],
    ids=lambda one: str(one)[:20],
)
def test_formulas_are_exact(text: str, value: Fraction) -> None:
    assert formula(text)({"a": Fraction(7), "b": Fraction(-2)}) == value


def test_what_rests_on_an_unknown_is_unknown() -> None:
    half_known = {"a": Fraction(1), "b": None}
    assert formula("a + b")(half_known) is None
    assert formula("a + 0 * b")(half_known) is None
    assert formula("a + 1")(half_known) == 2


def test_a_division_by_zero_is_unknown() -> None:
    assert formula("a / (b - b)")({"a": Fraction(1), "b": Fraction(5)}) is None
    assert formula("1 / 0")({}) is None


NUMBERS = st.fractions(-1000, 1000, max_denominator=10**6)


@given(st.recursive(st.sampled_from("abc"), lambda part: st.tuples(part, st.sampled_from("+-*/"), part)),
       NUMBERS, NUMBERS, NUMBERS)  # fmt: skip
def test_any_arithmetic_agrees_with_fractions(tree: object, a: Fraction, b: Fraction, c: Fraction) -> None:
    values = {"a": a, "b": b, "c": c}
    try:
        expected: Fraction | None = worked_out(tree, values)
    except ZeroDivisionError:
        expected = None
    assert formula(written(tree))(values) == expected


def written(tree: object) -> str:
    if isinstance(tree, tuple):
        return f"({written(tree[0])} {tree[1]} {written(tree[2])})"
    return str(tree)


def worked_out(tree: object, values: dict[str, Fraction]) -> Fraction:
    if not isinstance(tree, tuple):
        return values[str(tree)]
    one, sign, other = worked_out(tree[0], values), tree[1], worked_out(tree[2], values)
    if sign == "/":
        return one / other
    return one + other if sign == "+" else one - other if sign == "-" else one * other


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_an_expression_error(text: str) -> None:
    try:
        parse(text)
        kind(text, {})
        formula(text)
    except ExpressionError:
        pass
