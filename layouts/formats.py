"""Exact formatting of numbers: no digit ever passes through a float.

Rounding is half away from zero, as a person with a calculator or a spreadsheet rounds, and happens once, here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import POINT
from scoring.definitions import Display
from scoring.forms import text_in

MINUS = "\u2212"
UNKNOWN = "\u2013"

#: From which size a compact number takes which form. English K starts at 10,000: 8,240 is as short as 8.24 K.
COMPACT = {
    "zh-CN": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "B"), (10**6, "M"), (10**4, "K")),
}
#: A unit of measure of more characters is left out where room is short and the value beside it has it.
BRIEF_UNIT = 3
_COMPACT_SCALE = {"K": 10**3}


def rounded(value: Fraction | int, decimals: int) -> int:
    """The value in units of its last shown digit.

    >>> rounded(Fraction(-25, 1000), 2), rounded(Fraction(25, 1000), 2), rounded(Fraction(1, 3), 1)
    (-3, 3, 3)
    """
    scaled = Fraction(value) * _power(decimals)
    size = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return -size if scaled < 0 else size


def _power(decimals: int) -> int:
    return int(10**decimals)


def digits(last_digits: int, decimals: int) -> str:
    """A rounded number as text, with thousands separators.

    >>> digits(-1234567, 2), digits(-4, 1), digits(0, 1)
    ('−12,345.67', '−0.4', '0.0')
    """
    whole, part = divmod(abs(last_digits), _power(decimals))
    text = f"{whole:,}" + (f".{part:0{decimals}d}" if decimals else "")
    return MINUS + text if last_digits < 0 else text


def fixed(value: Fraction | int | None, decimals: int) -> str:
    """A number with fixed decimals; unknown is an en dash, never 0.

    >>> fixed(Fraction(931, 10), 1), fixed(Fraction(1, 8), 2), fixed(None, 1)
    ('93.1', '0.13', '–')
    """
    return UNKNOWN if value is None else digits(rounded(value, decimals), decimals)


def signed_digits(last_digits: int, decimals: int) -> str:
    """A rounded change as text, with its sign; no change has none.

    >>> signed_digits(20, 2), signed_digits(-165, 2), signed_digits(0, 1)
    ('+0.20', '−1.65', '0.0')
    """
    return ("+" if last_digits > 0 else "") + digits(last_digits, decimals)


def percent(share: Fraction | None, decimals: int = 1) -> str:
    """A share as percent.

    >>> percent(Fraction(1012, 1000)), percent(None)
    ('101.2%', '–')
    """
    return UNKNOWN if share is None else fixed(share * 100, decimals) + "%"


def points(score: int | None) -> Fraction | None:
    """A score on the point grid as a plain number of points."""
    return None if score is None else Fraction(score, POINT)


def score(value: int | None) -> str:
    """A score, always with one decimal.

    >>> score(92_440_000_000_000), score(None)
    ('92.4', '–')
    """
    return fixed(points(value), 1)


def plain(value: Fraction) -> str:
    """A weight or target without trailing zeros, at most two decimals.

    >>> plain(Fraction(20)), plain(Fraction(25, 2)), plain(Fraction(1, 3))
    ('20', '12.5', '0.33')
    """
    text = fixed(value, 2)
    return text.rstrip("0").rstrip(".")


def _without_zeros(text: str) -> str:
    """A whole target loses its zeros (≤12, but 4.40), as nobody sets a target of 12.0."""
    whole, _, decimals = text.partition(".")
    return text if decimals.strip("0") else whole


@dataclass(frozen=True, slots=True)
class Form:
    """How one KPI's numbers are written for its whole period: multiplied, with decimals, before a unit."""

    factor: Fraction
    decimals: int
    suffix: str
    measure: str
    percent: bool

    @property
    def unit(self) -> str:
        """Suffix and unit of measure, such as 万台 or K units."""
        return self._joined(self.measure)

    def value(self, amount: Fraction | None) -> str:
        """The number alone; the unit stands after it in small type."""
        return fixed(None if amount is None else amount * self.factor, self.decimals)

    def signed(self, amount: Fraction | None) -> str:
        """A lead or a lag alone, with its sign."""
        if amount is None:
            return "–"
        return signed_digits(rounded(amount * self.factor, self.decimals), self.decimals)

    def target(self, amount: Fraction, sign: str = "", brief: bool = False) -> str:
        """A target with its unit, without the zeros of a whole number; `brief` leaves out a long unit of measure."""
        if self.percent:
            return f"{sign}{plain(amount * self.factor)}%"
        text = sign + _without_zeros(self.value(amount))
        unit = self._joined("" if brief and len(self.measure) > BRIEF_UNIT else self.measure)
        return f"{text} {unit}" if unit else text

    def _joined(self, measure: str) -> str:
        between = " " if self.suffix.isascii() else ""
        return f"{self.suffix}{between}{measure}".strip()


def form_of(display: Display, target: Fraction, language: str) -> Form:
    """The form of a KPI, chosen once from its target, so that value and target never differ in form.

    >>> yuan = form_of(Display(decimals=2, compact=True), Fraction(440_000_000), "zh-CN")
    >>> yuan.value(Fraction(251_000_000)), yuan.unit, yuan.target(Fraction(440_000_000))
    ('2.51', '亿', '4.40 亿')
    >>> form_of(Display(decimals=2, compact=True, unit="units"), Fraction(33_000), "en").target(Fraction(33_000))
    '33 K units'
    >>> form_of(Display(decimals=1, percent=True), Fraction(98, 100), "en").target(Fraction(98, 100))
    '98%'
    """
    unit = text_in(display.unit, language)
    if display.percent:
        return Form(Fraction(100), display.decimals, "", "%", True)
    if display.compact:
        for size, suffix in COMPACT[language]:
            if abs(target) >= size:
                scale = Fraction(1, _COMPACT_SCALE.get(suffix, size))
                return Form(scale, display.decimals, suffix, unit, False)
    return Form(Fraction(1), display.decimals, "", unit, False)


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts and their total as shown, all with the same decimals, adding up digit by digit."""

    decimals: int
    parts: tuple[int, ...]
    total: int


def parts_that_add_up(values: Sequence[Fraction], decimals: int) -> Parts:
    """Rounded parts whose sum is the rounded total; one more decimal where rounding breaks that.

    Where even that does not add up, the parts rounded worst give way by one last digit.

    >>> parts_that_add_up([Fraction(294, 10), Fraction(268, 10)], 1)
    Parts(decimals=1, parts=(294, 268), total=562)
    >>> parts_that_add_up([Fraction(104, 1000), Fraction(104, 1000), Fraction(104, 1000)], 2)
    Parts(decimals=3, parts=(104, 104, 104), total=312)
    """
    total = sum(values, Fraction(0))
    for tried in (decimals, decimals + 1):
        parts = [rounded(value, tried) for value in values]
        if sum(parts) == rounded(total, tried):
            return Parts(tried, tuple(parts), sum(parts))
    shown = rounded(total, tried)
    return Parts(tried, tuple(rounded_to_total(values, tried, shown)), shown)


def rounded_to_total(values: Sequence[Fraction], decimals: int, total: int) -> list[int]:
    """Rounded parts made to add up to a total: those rounded worst give way by one last digit.

    >>> rounded_to_total([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 2, 100)
    [34, 33, 33]
    """
    parts = [rounded(value, decimals) for value in values]
    missing = total - sum(parts)
    step = 1 if missing > 0 else -1
    error = [step * (value * _power(decimals) - part) for value, part in zip(values, parts, strict=True)]
    worst = sorted(range(len(parts)), key=lambda index: (-error[index], index))
    for index in worst[: abs(missing)]:
        parts[index] += step
    return parts


def text_width(text: str, size: float) -> float:
    """About how wide a text is at a font size: a Chinese character is 1 em, others 0.54 em on average.

    >>> text_width("增长 30", 20)
    72.4
    """
    return round(sum(size if ord(char) > 0x2E7F else size * 0.54 for char in text), 1)
