"""Grades, coefficients and trial calculations."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.board import POINT
from scoring.definitions import Unit
from scoring.grades import CoefficientPoint, GradeBand, Incentive
from scoring.grading import coefficient, crowded_grades, grade_of, incentive_lines, jumps, worst_grade

BANDS = [
    GradeBand.model_validate(one)
    for one in ({"grade": "S", "from": 110, "most_share": 10}, {"grade": "A", "from": 95, "most_share": 30},
                {"grade": "B", "from": 80}, {"grade": "C"})
]  # fmt: skip
#: D0 70, C0 100, B0 110, A0 125, max 140 at 0/1/1.5/2/3.
LADDER = [
    CoefficientPoint(score=Decimal(score), coefficient=Decimal(earned))
    for score, earned in ((70, "0"), (100, "1"), (110, "1.5"), (125, "2"), (140, "3"))
]
UNITS = [
    Unit(id="all", title="", kind="company"),
    Unit(id="a", title="", kind="shop", parent="all"),
    Unit(id="b", title="", kind="shop", parent="all"),
    Unit(id="c", title="", kind="office", parent="all"),
]


@pytest.mark.parametrize(
    ("points", "grade"),
    [("110", "S"), ("109.99", "A"), ("95", "A"), ("80", "B"), ("79.999999999999", "C"), ("-3", "C")],
)
def test_a_grade_begins_with_its_own_points(points: str, grade: str) -> None:
    assert grade_of(Fraction(points), BANDS) == grade


def test_an_unknown_score_has_no_grade() -> None:
    assert grade_of(None, BANDS) is None
    assert grade_of(Fraction(90), []) is None


def test_a_ceiling_lowers_what_is_better_and_nothing_else() -> None:
    assert [grade_of(Fraction(points), BANDS, "B") for points in (120, 96, 85, 10)] == ["B", "B", "B", "C"]
    assert grade_of(Fraction(120), BANDS, "S") == "S"


def test_of_several_ceilings_the_worst_holds() -> None:
    assert worst_grade(BANDS, ["A", "C", "B"]) == "C"
    assert worst_grade(BANDS, []) is None


def test_a_forced_ratio_that_is_exceeded_is_named_and_one_that_is_met_is_not() -> None:
    grades = ["S", "S", *["A"] * 3, *["B"] * 5, None]
    (found,) = crowded_grades(BANDS, grades)
    assert (found.grade, found.count, found.whole, found.most_share) == ("S", 2, 10, 10)
    assert crowded_grades(BANDS, []) == []


@pytest.mark.parametrize(
    ("score", "earned"),
    [(60, "0"), (70, "0"), (85, "0.5"), (100, "1"), (105, "1.25"), (110, "1.5"), (125, "2"), (140, "3"), (200, "3")],
)
def test_the_incentive_ladder_of_the_design(score: int, earned: str) -> None:
    assert coefficient(LADDER, Fraction(score)) == Fraction(earned)


def test_a_coefficient_between_points_is_exact() -> None:
    assert coefficient(LADDER, Fraction(117)) == Fraction(26, 15)
    assert round(float(coefficient(LADDER, Fraction(117))), 3) == 1.733


def test_two_points_at_one_score_are_a_jump_that_the_score_itself_has_made() -> None:
    table = [
        CoefficientPoint(score=Decimal(score), coefficient=Decimal(earned))
        for score, earned in ((60, 0), (60, 1), (90, 2))
    ]
    assert [coefficient(table, Fraction(score)) for score in ("59.999", "60", "75")] == [0, 1, Fraction("1.5")]
    assert [(jump.score, jump.below, jump.above) for jump in jumps(table)] == [(60, 0, 1)]
    assert jumps(LADDER) == []


@given(st.fractions(0, 200), st.fractions(0, 200))
def test_a_better_score_never_earns_less(one: Fraction, two: Fraction) -> None:
    low, high = sorted((one, two))
    assert coefficient(LADDER, low) <= coefficient(LADDER, high)


def incentive(**settings: Any) -> Incentive:
    return Incentive.model_validate(
        {"id": "bonus", "title": "", "units": ["shop"], "table": [one.model_dump() for one in LADDER], "base": 1000}
        | settings
    )


SCORES = {"all": 110 * POINT, "a": 105 * POINT, "b": None, "c": 125 * POINT}
GRADES = {"all": "S", "a": "A", "b": None, "c": "S"}


def test_an_amount_is_base_times_all_coefficients() -> None:
    pay = incentive(company="all", unit_coefficient={"a": "1.2", "shop": 1}, base={"a": "1000.10", "shop": 900})
    line = incentive_lines(pay, UNITS, SCORES, GRADES)[0]
    assert (line.unit, line.score, line.grade, line.base) == ("a", 105 * POINT, "A", Decimal("1000.10"))
    assert (line.coefficient, line.unit_coefficient, line.company_coefficient) == (
        Fraction("1.25"),
        Fraction("1.2"),
        Fraction("1.5"),
    )
    assert str(line.amount) == "2250.23"  # 2250.225, rounded once, half up


def test_only_units_it_is_for_have_a_line() -> None:
    assert [line.unit for line in incentive_lines(incentive(), UNITS, SCORES, GRADES)] == ["a", "b"]
    assert [line.unit for line in incentive_lines(incentive(units=["c", "company"]), UNITS, SCORES, GRADES)] == [
        "all",
        "c",
    ]


def test_an_unknown_score_gives_an_unknown_amount_and_not_zero() -> None:
    line = incentive_lines(incentive(), UNITS, SCORES, GRADES)[1]
    assert (line.score, line.coefficient, line.amount) == (None, None, None)
    company = incentive_lines(incentive(company="all"), UNITS, {**SCORES, "all": None}, GRADES)[0]
    assert (company.coefficient, company.company_coefficient, company.amount) == (Fraction("1.25"), None, None)


def test_a_base_that_is_not_declared_is_unknown() -> None:
    assert incentive_lines(incentive(base={"b": 1}), UNITS, SCORES, GRADES)[0].amount is None


def test_a_gate_makes_the_coefficient_zero_even_of_an_unknown_score() -> None:
    lines = incentive_lines(incentive(), UNITS, SCORES, GRADES, no_pay={"a", "b"})
    assert [str(line.amount) for line in lines] == ["0.00", "0.00"]
    (one, _) = incentive_lines(incentive(company="all"), UNITS, SCORES, GRADES, no_pay={"all"})
    assert (one.coefficient, one.company_coefficient, str(one.amount)) == (Fraction("1.25"), 0, "0.00")


@given(st.integers(70 * POINT, 140 * POINT), st.decimals(0, 10**9, places=2), st.integers(0, 4))
def test_an_amount_is_the_exact_product_rounded_once(score: int, base: Decimal, decimals: int) -> None:
    pay = incentive(base=base, decimals=decimals)
    amount = incentive_lines(pay, UNITS, {"a": score}, {})[0].amount
    exact = Fraction(base) * coefficient(LADDER, Fraction(score, POINT))
    assert amount is not None
    assert abs(Fraction(amount) - exact) <= Fraction(1, 2 * 10**decimals)
    assert -amount.as_tuple().exponent == decimals
    as_decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    if exact.denominator in (1, 2, 4, 5, 8, 10):
        assert amount == as_decimal.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
