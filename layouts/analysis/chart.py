"""Lines over a common axis as plain data; the browser draws them with the page's own type and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

#: Room above and below the lines, as a share of their height.
_MARGIN = Fraction(1, 12)


@dataclass(frozen=True, slots=True)
class Line:
    """A line by (x, value), a gap where a value is unknown; its name and last value stand at its end.

    `now` lines stand out before those of earlier periods.
    """

    name: str
    points: tuple[tuple[Fraction, Fraction | None], ...]
    last: str
    now: bool = False


def lines_chart(
    lines: Sequence[Line],
    ticks: Sequence[tuple[Fraction, str]],
    target: Fraction | tuple[Fraction, Fraction] | None,
    target_text: str,
) -> dict[str, Any]:
    """The chart with all places between 0 and 1, from below; the target is a height, or one at each end of the axis.

    >>> lines_chart([Line("a", ((Fraction(0), Fraction(1)), (Fraction(1), None)), "1")], [(Fraction(0), "x")],
    ...             None, "")["lines"][0]["points"]
    [[0.0, 0.5], [1.0, None]]
    """
    ends = target if isinstance(target, tuple) else (target, target)
    heights = [value for line in lines for _, value in line.points if value is not None]
    heights += [one for one in ends if one is not None]
    low, high = min(heights), max(heights)
    margin = (high - low) * _MARGIN or Fraction(1)
    low, high = low - margin, high + margin
    across = [x for line in lines for x, _ in line.points] + [x for x, _ in ticks]
    left, wide = min(across), max(across) - min(across) or Fraction(1)

    def place(x: Fraction, value: Fraction | None) -> list[float | None]:
        y = None if value is None else round(float((value - low) / (high - low)), 4)
        return [round(float((x - left) / wide), 4), y]

    return {
        "lines": [
            {"name": one.name, "last": one.last, "now": int(one.now), "points": [place(*point) for point in one.points]}
            for one in lines
        ],
        "ticks": [[place(x, None)[0], text] for x, text in ticks],
        "target": None if target is None else [place(left, one)[1] for one in ends],
        "target_text": target_text,
    }
