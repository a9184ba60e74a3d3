"""A board as a sight shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from scoring.board import Board, KpiResult, Row, UnitScore

from .only import Only
from .opened import Opened

Result = TypeVar("Result", KpiResult, UnitScore)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What of any board is let through."""

    kpis: Mapping[tuple[str, str], None]
    scores: Mapping[str, None]
    opened: Opened
    sources: Mapping[str, None]
    gates: frozenset[str]

    def board(self, board: Board) -> Board:
        """The board; it costs the same however large the whole one is."""
        kpis, scores = self._kpi, self._score
        return replace(
            board,
            kpis=Only(board.kpis, self.kpis, kpis),
            units=Only(board.units, self.scores, scores),
            sources=Only(board.sources, self.sources),
            series=Only(board.series, self.kpis),
            forecasts=Only(board.forecasts, self.kpis),
            unit_forecasts=Only(board.unit_forecasts, self.scores),
            yesterday_kpis=Only(board.yesterday_kpis, self.kpis, kpis),
            yesterday_units=Only(board.yesterday_units, self.scores, scores),
            rows=_RowsOf(board.rows, self.opened.events),
        )

    def _kpi(self, result: KpiResult) -> KpiResult:
        if (result.unit, result.kpi) in self.opened.joint_kpis:
            result = without_coverage(result)
        return _cleaned(result, self.gates)

    def _score(self, score: UnitScore) -> UnitScore:
        if score.unit in self.opened.joint:
            score = without_coverage(score)
        return _cleaned(score, self.gates)


def without_coverage(result: Result) -> Result:
    """A score as if all or none of its parts were known: that one of two hidden ones is would tell whose it is."""
    coverage = Fraction(0 if result.score is None else 1)
    return result if result.coverage == coverage else replace(result, coverage=coverage)


def board_filter(
    opened: Opened, order: Mapping[str, tuple[str, ...]], sources: frozenset[str], gates: frozenset[str]
) -> BoardFilter:
    """The filter of what is opened; `order` is which KPIs stand at which unit, in the model's order."""
    kpis = {(unit, kpi): None for unit in opened.units for kpi in order[unit] if (unit, kpi) in opened.kpis}
    scores = {unit: None for unit in opened.units if unit in opened.scores}
    return BoardFilter(kpis, scores, opened, dict.fromkeys(sorted(sources)), gates)


def _cleaned(result: Result, gates: frozenset[str]) -> Result:
    """Results name only gates that are seen."""
    if not result.gates or gates.issuperset(result.gates):
        return result
    return replace(result, gates=tuple(gate for gate in result.gates if gate in gates))


class _RowsOf(Mapping[tuple[str, str], Row]):
    """The rows of the units whose events are seen; found once something asks for them."""

    def __init__(self, rows: Mapping[tuple[str, str], Row], units: frozenset[str]) -> None:
        self._rows = rows
        self._units = units
        self._seen: dict[tuple[str, str], Row] | None = None

    def _found(self) -> dict[tuple[str, str], Row]:
        if self._seen is None:
            self._seen = {key: row for key, row in self._rows.items() if row.unit in self._units}
        return self._seen

    def __getitem__(self, key: tuple[str, str]) -> Row:
        return self._found()[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())
