"""How a scene's KPI tiles are arranged: under objective heads where that fills the room, else in even rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil

#: More columns make tiles narrower than a value with its sparkline; more rows make them lower than its five lines.
MOST_COLUMNS = 4
MOST_ROWS = 3
#: Rows that fit on a portrait wall; each objective starts a new row there.
MOST_PORTRAIT_ROWS = 6


@dataclass(frozen=True, slots=True)
class Group:
    """KPIs that stand together: under one objective, or all of them (`objective` None)."""

    objective: str | None
    kpis: tuple[str, ...]
    columns: int
    spans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Groups left to right, the rows they need, and whether a portrait wall keeps the groups apart."""

    groups: tuple[Group, ...]
    rows: int
    portrait_grouped: bool

    @property
    def columns(self) -> int:
        """Columns of all groups together."""
        return sum(group.columns for group in self.groups)

    @property
    def portrait_rows(self) -> int:
        """Rows of two tiles on a portrait wall."""
        if self.portrait_grouped:
            return sum(ceil(len(group.kpis) / 2) for group in self.groups)
        return ceil(sum(len(group.kpis) for group in self.groups) / 2)


def arrange(kpis: Sequence[tuple[str, str | None]]) -> Arrangement:
    """The arrangement of (KPI, objective) pairs, in their order.

    >>> arrange([("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")]).columns
    4
    >>> [group.spans for group in arrange([(name, None) for name in "abcde"]).groups]
    [(4, 4, 4, 6, 6)]
    """
    members: dict[str | None, list[str]] = {}
    for kpi, objective in kpis:
        members.setdefault(objective, []).append(kpi)
    flat = _flat([kpi for kpi, _ in kpis])
    if None in members or not 2 <= len(members) <= MOST_COLUMNS:
        return flat
    return _grouped(members, flat) or flat


def _flat(kpis: Sequence[str]) -> Arrangement:
    rows = 1 if len(kpis) <= 3 else 2 if len(kpis) <= 8 else MOST_ROWS
    group = Group(None, tuple(kpis), MOST_COLUMNS, _spans(len(kpis), rows))
    return Arrangement((group,), rows, False)


def _grouped(members: dict[str | None, list[str]], flat: Arrangement) -> Arrangement | None:
    """The columns per objective that need the fewest rows, then the fewest columns; None if flat needs fewer rows."""
    sizes = [len(kpis) for kpis in members.values()]
    choices = [
        (max(ceil(size / columns) for size, columns in zip(sizes, chosen, strict=True)), sum(chosen), chosen)
        for chosen in product(range(1, MOST_COLUMNS + 1), repeat=len(sizes))
        if sum(chosen) <= MOST_COLUMNS
    ]
    rows, _, chosen = min(choices)
    if rows > flat.rows:
        return None
    groups = tuple(
        Group(objective, tuple(kpis), columns, _spans(len(kpis), ceil(len(kpis) / columns)))
        for (objective, kpis), columns in zip(members.items(), chosen, strict=True)
    )
    portrait = sum(ceil(size / 2) for size in sizes) <= MOST_PORTRAIT_ROWS
    return Arrangement(groups, rows, portrait)


def _spans(count: int, rows: int) -> tuple[int, ...]:
    """Each tile's share of a row of twelfths; longer rows come first, and every row is filled.

    >>> _spans(7, 2)
    (3, 3, 3, 3, 4, 4, 4)
    """
    base, longer = divmod(count, rows)
    sizes = [base + 1] * longer + [base] * (rows - longer)
    return tuple(12 // size for size in sizes for _ in range(size))
