"""How the time of a meeting is shared among the steps of its agenda."""

from __future__ import annotations

from collections.abc import Sequence

#: Unless a unit's last meeting had another one.
BUDGET_S = 15 * 60
LEAST_S, MOST_S = 60, 120 * 60
#: Nobody reads a plan finer than this.
STEP_S = 5


def shared(budget_s: int, weights: Sequence[int]) -> list[int]:
    """Seconds for each step in proportion to its weight; they add up to the budget, in steps of `STEP_S`.

    >>> shared(900, [3, 4, 3, 3, 2]), shared(60, [1, 1, 1, 1, 1, 1, 1]), shared(900, [])
    ([180, 240, 180, 180, 120], [10, 10, 10, 10, 10, 5, 5], [])
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    units = budget_s // STEP_S
    given = [units * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda at: (-(units * weights[at] % whole), at))
    for at in rest[: units - sum(given)]:
        given[at] += 1
    return [one * STEP_S for one in given]
