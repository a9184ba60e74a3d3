"""Since yesterday: what moved a score, by cause and by part, as bars around a common zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.board import POINT
from scoring.waterfall import Waterfall

from . import formats

#: More parts than this are read by nobody; the smallest become one line.
MOST_PARTS = 16
#: The key of that line.
REST = "rest"


@dataclass(frozen=True, slots=True)
class Bar:
    """One change: `key` is a cause, or a part such as `kpi:oee`; `start` and `width` are shares of the axis."""

    key: str
    text: str
    start: float
    width: float
    up: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """The scores before and after, the change, and the same change by cause and by part, each adding up to it."""

    before: str
    after: str
    change: str
    causes: tuple[Bar, ...]
    parts: tuple[Bar, ...]
    zero: tuple[float, float]


def moved_view(waterfall: Waterfall) -> Moved:
    """The waterfall as shown."""
    by_cause = {step.cause.value: step.points for step in waterfall.steps}
    by_part: Counter[str] = Counter()
    for step in waterfall.steps:
        by_part.update(step.by_part)
    ends = formats.parts_that_add_up(
        [Fraction(points, POINT) for points in (waterfall.start, waterfall.end - waterfall.start)], 2
    )
    causes, zero_causes = _bars(list(by_cause.items()), ends.decimals, ends.parts[1])
    parts, zero_parts = _bars(_largest(by_part), ends.decimals, ends.parts[1])
    return Moved(
        formats.digits(ends.parts[0], ends.decimals),
        formats.digits(ends.total, ends.decimals),
        formats.signed_digits(ends.parts[1], ends.decimals),
        causes,
        parts,
        (zero_causes, zero_parts),
    )


def _largest(by_part: Counter[str]) -> list[tuple[str, int]]:
    """The parts that moved it most, losses first; the others as one."""
    by_size = sorted(by_part.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    kept = by_size if len(by_size) <= MOST_PARTS else by_size[: MOST_PARTS - 1]
    rest = [(REST, sum(points for _, points in by_size[len(kept) :]))] if len(kept) < len(by_size) else []
    return sorted(kept, key=lambda pair: (pair[1], pair[0])) + rest


def _bars(amounts: Sequence[tuple[str, int]], decimals: int, total: int) -> tuple[tuple[Bar, ...], float]:
    """Bars that add up to a total already shown with these decimals, and where their zero lies; none of no length."""
    exact = [Fraction(points, POINT) for _, points in amounts]
    digits = formats.rounded_to_total(exact, decimals, total)
    low, high = min([0, *digits]), max([0, *digits])
    width = (high - low) or 1
    bars = tuple(
        Bar(
            key,
            formats.signed_digits(shown, decimals),
            round((min(shown, 0) - low) / width, 4),
            round(abs(shown) / width, 4),
            shown > 0,
        )
        for (key, _), shown in zip(amounts, digits, strict=True)
        if shown
    )
    return bars, round(-low / width, 4)
