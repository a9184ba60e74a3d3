"""Forecasts: hidden until enough has passed, free of order, possible, and right four times out of five."""

from __future__ import annotations

import math
import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.forecast import Forecast, Part, Weighted, forecast_rate, forecast_sum, score_forecast, t90

DAY = 8 * 3_600_000
HALF = Fraction(1, 2)
AMOUNTS = st.lists(st.fractions(0, 1000, max_denominator=100), min_size=5, max_size=25)
SPANS = st.lists(st.integers(1, 3), min_size=25, max_size=25)


def parts_of(values: list[Fraction], spans: list[int] | None = None) -> list[Part]:
    return [Part(value, DAY * (spans[at] if spans else 1)) for at, value in enumerate(values)]


def fractions(*values: object) -> list[Fraction]:
    return [Fraction(str(value)) for value in values]


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(4, 1.5332), (5, 1.4759), (9, 1.3830), (14, 1.3450), (30, 1.3104), (120, 1.2886)]
)
def test_t_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert t90(freedom) == pytest.approx(quantile, abs=2e-4)


def test_a_sum_goes_on_at_its_mean_rate() -> None:
    values = fractions(10, 12, 8, 11, 9)
    found = forecast_sum(sum(values, Fraction(0)), parts_of(values), Fraction(1, 4), 15 * DAY)
    assert found is not None
    half = t90(4) * statistics.stdev(map(float, values)) * math.sqrt(15 + 15**2 / 5)
    assert found.mid == 200
    assert (float(found.low), float(found.high)) == pytest.approx((200 - half, 200 + half))


def test_a_rate_keeps_what_has_passed_and_the_rest_is_like_its_mean_day() -> None:
    values = fractions("0.9", "0.92", "0.94", "0.9", "0.89", "0.91")
    found = forecast_rate(Fraction("0.93"), parts_of(values), Fraction(1, 4), 18 * DAY)
    assert found is not None
    floats = [float(value) for value in values]
    half = 0.75 * t90(5) * statistics.stdev(floats) * math.sqrt(1 / 18 + 1 / 6)
    assert found.mid == Fraction("0.93") / 4 + Fraction(3, 4) * sum(values) / 6
    assert float(found.high - found.mid) == pytest.approx(half)


@pytest.mark.parametrize(
    ("days", "elapsed"), [(4, Fraction(1, 2)), (5, Fraction(19, 100)), (0, Fraction(1)), (30, Fraction(0))]
)
def test_it_is_hidden_until_a_fifth_and_five_days_have_passed(days: int, elapsed: Fraction) -> None:
    parts = parts_of(fractions(*range(days)))
    assert forecast_sum(Fraction(10), parts, elapsed, DAY) is None
    assert forecast_rate(Fraction(10), parts, elapsed, DAY) is None


def test_days_off_and_days_without_data_do_not_count_towards_the_five() -> None:
    parts = [*parts_of(fractions(1, 2, 3, 4)), Part(None, DAY), Part(Fraction(1), 0)]
    assert forecast_sum(Fraction(11), parts, HALF, DAY) is None
    assert forecast_sum(Fraction(16), [*parts, Part(Fraction(5), DAY)], HALF, DAY) is not None


def test_an_unknown_value_has_no_forecast() -> None:
    parts = parts_of(fractions(1, 2, 3, 4, 5))
    assert forecast_sum(None, parts, HALF, DAY) is None
    assert forecast_rate(None, parts, HALF, DAY) is None


def test_at_the_end_of_the_period_the_forecast_is_the_value() -> None:
    values = fractions(1, 2, 3, 4, 50)
    assert forecast_sum(Fraction(60), parts_of(values), Fraction(1), 0) == Forecast(*[Fraction(60)] * 3)
    assert forecast_rate(Fraction(12), parts_of(values), Fraction(1), 0) == Forecast(*[Fraction(12)] * 3)


@given(AMOUNTS, SPANS, st.randoms(use_true_random=False), st.integers(0, 30))
def test_the_order_of_days_does_not_matter(
    values: list[Fraction], spans: list[int], order: random.Random, left: int
) -> None:
    parts = parts_of(values, spans)
    shuffled = order.sample(parts, len(parts))
    total = sum(values, Fraction(0))
    assert forecast_sum(total, parts, HALF, left * DAY) == forecast_sum(total, shuffled, HALF, left * DAY)
    assert forecast_rate(values[0], parts, HALF, left * DAY) == forecast_rate(values[0], shuffled, HALF, left * DAY)


@given(AMOUNTS, SPANS, st.integers(0, 30))
def test_a_sum_of_what_is_never_negative_stays_above_what_is_there(
    values: list[Fraction], spans: list[int], left: int
) -> None:
    total = sum(values, Fraction(0))
    found = forecast_sum(total, parts_of(values, spans), HALF, left * DAY)
    assert found is not None
    assert total <= found.low <= found.mid <= found.high
    taken = forecast_sum(-total, parts_of([-value for value in values], spans), HALF, left * DAY)
    assert taken == Forecast(-found.high, -found.mid, -found.low)


@given(st.lists(st.fractions(0, 1, max_denominator=50), min_size=5, max_size=25), st.integers(1, 30))
def test_a_share_stays_a_share(values: list[Fraction], left: int) -> None:
    found = forecast_rate(values[0], parts_of(values), HALF, left * DAY, most=Fraction(1))
    assert found is not None
    assert 0 <= values[0] / 2 <= found.low <= found.mid <= found.high <= 1


@given(AMOUNTS, SPANS, st.integers(1, 30), st.integers(0, 4), st.fractions(0, 100, max_denominator=10))
def test_a_better_day_never_lowers_the_middle(
    values: list[Fraction], spans: list[int], left: int, at: int, more: Fraction
) -> None:
    better = [value + more * (number == at) for number, value in enumerate(values)]
    one = forecast_sum(sum(values, Fraction(0)), parts_of(values, spans), HALF, left * DAY)
    two = forecast_sum(sum(better, Fraction(0)), parts_of(better, spans), HALF, left * DAY)
    assert one is not None
    assert two is not None
    assert two.mid >= one.mid + more
    first = forecast_rate(values[0], parts_of(values, spans), HALF, left * DAY)
    second = forecast_rate(values[0], parts_of(better, spans), HALF, left * DAY)
    assert first is not None
    assert second is not None
    assert second.mid >= first.mid


@given(AMOUNTS, SPANS, st.integers(1, 30))
def test_more_remaining_time_gives_a_wider_range_of_a_sum(values: list[Fraction], spans: list[int], left: int) -> None:
    total = 10**6 + sum(values, Fraction(0))
    near, far = (forecast_sum(total, parts_of(values, spans), HALF, more * DAY) for more in (left, left + 1))
    assert near is not None
    assert far is not None
    assert far.high - far.mid >= near.high - near.mid


@pytest.mark.parametrize("past", [8, 14])
@pytest.mark.parametrize("kind", ["sum", "rate"])
def test_four_of_five_simulated_periods_end_in_their_range(kind: str, past: int) -> None:
    """Days as skewed as business is: gamma-distributed amounts, some days half as long."""
    chance, hits, rounds, whole = random.Random(f"{kind} {past}"), 0, 600, 22
    for _ in range(rounds):
        spans = [chance.choice([DAY // 2, DAY, DAY]) for _ in range(whole)]
        rates = [chance.gammavariate(4, 25) for _ in range(whole)]
        if kind == "sum":
            rates = [rate * span / DAY for rate, span in zip(rates, spans, strict=True)]
        values = [Fraction(round(rate * 100), 100) for rate in rates]
        parts, rest = list(map(Part, values[:past], spans[:past])), sum(spans[past:])
        elapsed = Fraction(sum(spans[:past]), sum(spans))
        if kind == "sum":
            end = sum(values, Fraction(0))
            found = forecast_sum(sum(values[:past], Fraction(0)), parts, elapsed, rest)
        else:
            end = weighted(values, spans)
            found = forecast_rate(weighted(values[:past], spans[:past]), parts, elapsed, rest)
        assert found is not None
        hits += found.low <= end <= found.high
    assert 0.70 <= hits / rounds <= 0.90, hits / rounds


def weighted(values: list[Fraction], spans: list[int]) -> Fraction:
    return Fraction(sum(value * span for value, span in zip(values, spans, strict=True)), sum(spans))


def item(weight: int, low: object, mid: object, high: object) -> Weighted:
    return Weighted(Fraction(weight), Forecast(*fractions(low, mid, high)))


def test_independent_deviations_combine_by_their_squares() -> None:
    found = score_forecast([item(60, 85, 90, 95), item(40, 70, 80, 90)], [], Fraction(0))
    assert found is not None
    assert found.mid == 86
    assert float(found.high - found.mid) == pytest.approx(math.sqrt(300**2 + 400**2) / 100)


def test_children_share_their_part_by_their_own_weights() -> None:
    found = score_forecast([item(60, 90, 90, 90)], [item(3, 76, 80, 84), item(1, 100, 100, 100)], Fraction(40))
    assert found is not None
    assert found.mid == Fraction("0.6") * 90 + Fraction("0.4") * 85
    assert float(found.mid - found.low) == pytest.approx(0.3 * 4)


def test_a_capped_side_stays_as_narrow_as_it_is() -> None:
    found = score_forecast([item(100, 110, 120, 120)], [], Fraction(0))
    assert found == Forecast(*fractions(110, 120, 120))


def test_a_unit_without_any_weight_has_no_forecast() -> None:
    assert score_forecast([], [], Fraction(0)) is None
    assert score_forecast([], [item(1, 1, 2, 3)], Fraction(0)) is None


RANGES = st.lists(
    st.tuples(st.integers(1, 100), st.integers(0, 100), st.integers(0, 30), st.integers(0, 30)).map(
        lambda one: item(one[0], one[1], one[1] + one[2], one[1] + one[2] + one[3])
    ),
    min_size=1,
    max_size=8,
)


@given(RANGES, RANGES, st.randoms(use_true_random=False))
def test_a_units_range_is_free_of_order_and_within_that_of_its_parts(
    kpis: list[Weighted], children: list[Weighted], order: random.Random
) -> None:
    found = score_forecast(kpis, children, Fraction(40))
    assert found is not None
    shuffled = score_forecast(order.sample(kpis, len(kpis)), order.sample(children, len(children)), Fraction(40))
    assert found == shuffled
    lowest, highest = (min(one.score.low for one in kpis + children), max(one.score.high for one in kpis + children))
    slack = Fraction(1, 10**9)
    assert lowest - slack <= found.low <= found.mid <= found.high <= highest + slack
