"""Counters: what the log folds into. Names, the operations that merge them, and what a metric reads from them.

A counter's name is `metric|unit|bucket` and, where a metric keeps more than one number, `|part`:
`=value` (distinct: how often a value was seen; sum_of_max: the highest amount of an item), `q+12` (quantile: events in
that bin of the sketch) or `#field=value` (a dimension). The bucket is its start in minutes since the epoch.
`@type|unit|bucket` holds the time of the newest event of a type. A row of a table is named `table|key`, without a unit
and a bucket: it belongs to its key alone. Every operation is commutative and associative, so order and replays cannot
change a digit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .definitions import Aggregate

Operation = Literal["add", "min", "max", "last", "row"]
#: The counters of one business day under one operation.
Group = tuple[str, Operation]
#: A `last` counter is text `event_ms:value`, a `row` is `event_ms:rank:payload`, every other one an integer.
Amount = int | str
Increments = dict[Group, dict[str, Amount]]

#: Redis counts in signed 64 bits, Lua compares in doubles: amounts stay within what both hold exactly.
EXACT_LIMIT = 2**53

#: Operations whose amounts are text.
AS_TEXT: frozenset[Operation] = frozenset({"last", "row"})

OPERATION: dict[Aggregate, Operation] = {
    Aggregate.COUNT: "add",
    Aggregate.SUM: "add",
    Aggregate.MIN: "min",
    Aggregate.MAX: "max",
    Aggregate.LAST: "last",
    Aggregate.DISTINCT: "add",
    Aggregate.SUM_OF_MAX: "max",
    Aggregate.QUANTILE: "add",
}


def counter_name(metric: str, unit: str, bucket_ms: int, part: str = "") -> str:
    """The name of a counter.

    >>> counter_name("departed", "EWR.UA", 1373650800000, "#dest=ATL")
    'departed|EWR.UA|22894180|#dest=ATL'
    """
    return f"{metric}|{unit}|{bucket_ms // 60_000}" + (f"|{part}" if part else "")


def merged(operation: Operation, one: Amount, other: Amount) -> Amount:
    """Two amounts of the same counter as one.

    >>> merged("last", "1700:5", "1600:9")
    '1700:5'
    >>> merged("row", '1700:0:["a"]', '1700:0:["b"]')
    '1700:0:["b"]'
    """
    if isinstance(one, int) and isinstance(other, int):
        if operation == "add":
            return one + other
        return min(one, other) if operation == "min" else max(one, other)
    return max(str(one), str(other), key=row_order if operation == "row" else _last_order)


def _last_order(text: str) -> tuple[int, int]:
    """Newest event first; of two at the same moment the larger value, so that the order of arrival can't matter."""
    ms, value = text.split(":")
    return int(ms), int(value)


def row_order(text: str) -> tuple[int, int, str]:
    """Newest event first, then the higher rank, then the greater payload: its characters are ordered as its bytes are.

    >>> row_order('1700:0:["a:b"]')
    (1700, 0, '["a:b"]')
    """
    ms, rank, payload = text.split(":", 2)
    return int(ms), int(rank), payload


def merge_into(total: Increments, more: Increments) -> None:
    """Fold `more` into `total`."""
    for group, amounts in more.items():
        into = total.setdefault(group, {})
        for name, amount in amounts.items():
            held = into.get(name)
            into[name] = amount if held is None else merged(group[1], held, amount)


#: Relative error of a quantile: the sketch's bins grow by gamma (Masson et al., DDSketch, VLDB 2019).
QUANTILE_ERROR = 0.01
_GAMMA = (1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR)
_LOG_GAMMA = math.log(_GAMMA)


def quantile_bin(value: int) -> str:
    """The sketch bin of a scaled value; zero and negative values have bins of their own.

    >>> quantile_bin(0), quantile_bin(100), quantile_bin(-100)
    ('q0', 'q+231', 'q-231')
    """
    if value == 0:
        return "q0"
    return f"q{'+' if value > 0 else '-'}{math.ceil(math.log(abs(value)) / _LOG_GAMMA)}"


def _bin_value(name: str) -> int:
    if name == "q0":
        return 0
    size = 2 * _GAMMA ** int(name[2:]) / (_GAMMA + 1)
    return round(size) if name[1] == "+" else -round(size)


def quantile(parts: Mapping[str, int], q: Decimal) -> int | None:
    """The q-quantile of a sketch, within `QUANTILE_ERROR` of the exact one; None of an empty sketch.

    >>> quantile({"q0": 1, "q+231": 1}, Decimal("0.5"))
    0
    """
    bins = sorted((_bin_value(name), count) for name, count in parts.items() if count > 0)
    total = sum(count for _, count in bins)
    rank = Fraction(q) * (total - 1)
    seen = 0
    for value, count in bins:
        seen += count
        if seen > rank:
            return value
    return None


def distinct(parts: Mapping[str, int]) -> int:
    """How many different values were seen and not withdrawn again."""
    return sum(1 for count in parts.values() if count > 0)


def sum_of_max(parts: Mapping[str, int]) -> int | None:
    """The items' amounts, each at its highest, added up; None where no item was seen.

    >>> sum_of_max({"=a": 3, "=b": -1}), sum_of_max({})
    (2, None)
    """
    return sum(parts.values()) if parts else None
