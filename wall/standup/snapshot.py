"""The numbers that a stand-up talks about, as they were when it began: what of a board goes into the journal.

Whole, with nothing hidden; every reader gets of it what they see (`Visible.board`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from layouts.standup.facts import Cell
from scoring.board import Board, KpiResult, Series, SourceState, Status, UnitScore
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.forecast import Forecast
from scoring.waterfall import Waterfall
from streams.exact import fraction_text
from wall.sight.tree import Tree

#: A line of more points tells no more on a screen.
MOST_POINTS = 62


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """A snapshot as the journal has it; `moved` is why the unit's score is another than at `moved_from_ms`."""

    version: int
    model: str
    as_of_ms: int
    kpis: list[KpiResult]
    units: list[UnitScore]
    yesterday_kpis: list[KpiResult]
    yesterday_units: list[UnitScore]
    sources: list[SourceState]
    series: list[tuple[str, str, Series]]
    forecasts: list[tuple[str, str, Forecast]]
    moved: Waterfall | None = None
    moved_from_ms: int | None = None

    def board(self) -> Board:
        """The board of the snapshot."""
        return Board(
            self.version,
            self.model,
            self.as_of_ms,
            kpis={(one.unit, one.kpi): one for one in self.kpis},
            units={one.unit: one for one in self.units},
            sources={one.source: one for one in self.sources},
            series={(unit, kpi): one for unit, kpi, one in self.series},
            forecasts={(unit, kpi): one for unit, kpi, one in self.forecasts},
            yesterday_kpis={(one.unit, one.kpi): one for one in self.yesterday_kpis},
            yesterday_units={one.unit: one for one in self.yesterday_units},
        )

    def reds(self, cells: Iterable[Cell]) -> frozenset[Cell]:
        """Which of some cells were red."""
        red = {(one.unit, one.kpi) for one in self.kpis if one.status is Status.BAD}
        return frozenset(red.intersection(cells))


def taken(
    board: Board, unit: str, tree: Tree, model: Model, moved: Waterfall | None = None, moved_from_ms: int | None = None
) -> Held:
    """What a unit's stand-up needs of a board: the unit and all below it, and the scores beside it for its rank.

    Only the lines of the unit, the units below it, and whatever is red further down are kept.
    """
    below = set(tree.children[unit])
    inside = {unit, *below, *_further(tree, below)}
    parent = next((one.parent for one in model.units if one.id == unit), None)
    beside = set(tree.children.get(parent or "", ()))
    cells = [key for key in board.kpis if key[0] in inside]
    lines = [key for key in cells if key[0] == unit or key[0] in below or board.kpis[key].status is Status.BAD]
    calendar = BusinessCalendar(model.calendar)
    return Held(
        version=board.version,
        model=board.model_version,
        as_of_ms=board.as_of_ms,
        kpis=[board.kpis[key] for key in cells],
        units=[one for one in board.units.values() if one.unit in inside | beside],
        yesterday_kpis=[one for key, one in board.yesterday_kpis.items() if key[0] in inside],
        yesterday_units=[one for one in board.yesterday_units.values() if one.unit in inside | beside],
        sources=list(board.sources.values()),
        series=[(*key, thinned(board.series[key], calendar)) for key in lines if key in board.series],
        forecasts=[(*key, board.forecasts[key]) for key in lines if key in board.forecasts],
        moved=moved,
        moved_from_ms=moved_from_ms,
    )


def _further(tree: Tree, units: Iterable[str]) -> set[str]:
    """Everything below some units."""
    found: set[str] = set()
    left = list(units)
    while left:
        for child in tree.children[left.pop()]:
            if child not in found:
                found.add(child)
                left.append(child)
    return found


def thinned(series: Series, calendar: BusinessCalendar) -> Series:
    """A long series by business day: how each stood at its end."""
    if len(series.values) <= MOST_POINTS:
        return series
    last = {calendar.business_date(ms): at for at, ms in enumerate(series.bucket_start_ms)}
    kept = list(last.values())[-MOST_POINTS:]
    due = tuple(series.due[at] for at in kept) if series.due else ()
    return Series(
        tuple(series.bucket_start_ms[at] for at in kept), tuple(series.values[at] for at in kept), due
    )  # fmt: skip


def plain(held: Held) -> Mapping[str, Any]:
    """A snapshot as the body of an entry."""
    found: Mapping[str, Any] = msgspec.to_builtins(held, enc_hook=fraction_text)
    return found


def read(body: Mapping[str, Any]) -> Held:
    """The snapshot of a body that `plain` made."""
    return msgspec.convert(body, Held, dec_hook=_read, strict=False)


def _read(kind: type, value: Any) -> Any:
    if kind is Fraction:
        return _fraction(value)
    raise NotImplementedError(f"a snapshot keeps no {kind.__name__}")


@lru_cache(maxsize=4096)
def _fraction(text: str) -> Fraction:
    return Fraction(text)
