"""Boards made of a test's inputs: each number goes the way it goes on a real board."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from scoring.board import Board, KpiResult, SourceState, Status, UnitScore
from scoring.calendar import BusinessCalendar, Period
from scoring.compile import compile_scorecard
from scoring.curves import to_points
from scoring.definitions import Model, StatusBands
from scoring.forecast import Forecast
from scoring.freshness import source_state
from scoring.scorecard import Cell
from scoring.scores import elapsed_share, kpi_result, status_of

from .files import Input, RuleTest
from .series import Series

_KEYS = ("values", "attainments", "scores", "statuses", "forecasts", "events")
#: A unit's status is by the same bands for all.
_UNIT_BANDS = StatusBands()


class InputFaulty(ValueError):
    """An input that the model can't take."""


class Boards:
    """The boards of one test, by step."""

    def __init__(self, model: Model, test: RuleTest) -> None:
        self._model, self._test = model, test
        self._calendar = BusinessCalendar(model.calendar)
        self.start_ms = int(test.start.replace(tzinfo=self._calendar.zone).timestamp() * 1000)
        self.day = self._calendar.business_date(self.start_ms)
        self._card = compile_scorecard(model, self.day)
        self._cells = {cell.key: cell for cell in self._card.cells()}
        self._heard = {one.source: one.events for one in test.inputs if one.source is not None}
        for one in test.inputs:
            self._check(one)

    @property
    def steps(self) -> int:
        """How many steps the longest series has."""
        found = (getattr(one, key) for one in self._test.inputs for key in _KEYS)
        return max(len(one.tokens) for one in found if one is not None)

    def _check(self, one: Input) -> None:
        if one.source is not None and all(source.id != one.source for source in self._model.sources):
            raise InputFaulty(f"source {one.source!r} is unknown; name a source of the model")
        if one.unit is not None and one.unit not in self._card.nodes:
            raise InputFaulty(f"unit {one.unit!r} is unknown; name a unit of the model")
        if one.unit is not None and one.kpi is not None and (one.unit, one.kpi) not in self._cells:
            raise InputFaulty(f"kpi {one.kpi!r} does not stand at {one.unit!r}; name one of its scorecard")

    def ms(self, step: int) -> int:
        """The moment of a step."""
        return self.start_ms + step * self._test.interval * 1000

    def words(self, ms: int) -> str:
        """A moment by the calendar's clock."""
        return f"{self._calendar.local(ms):%Y-%m-%d %H:%M:%S}"

    def board(self, step: int) -> Board:
        """The board that stands from a step on."""
        kpis = [self._result(one, one.kpi, step) for one in self._test.inputs if one.unit and one.kpi]
        units = [self._unit(one, step) for one in self._test.inputs if one.unit and not one.kpi]
        forecasts = {(one.unit or "", one.kpi or ""): _at(one.forecasts, step) for one in self._test.inputs}
        return Board(
            step + 1,
            self._model.version,
            self.ms(step),
            kpis={(one.unit, one.kpi): one for one in kpis},
            units={one.unit: one for one in units},
            sources={one.id: self._source(one.id, step) for one in self._model.sources},
            forecasts={key: Forecast(mid, mid, mid) for key, mid in forecasts.items() if mid is not None},
        )

    def _source(self, source: str, step: int) -> SourceState:
        """A source that the test says nothing of was heard just now."""
        events = self._heard.get(source)
        heard = step if events is None else events.heard(step)
        declared = next(one for one in self._model.sources if one.id == source)
        return source_state(declared, self._calendar, None if heard is None else self.ms(heard), self.ms(step))

    def _result(self, one: Input, kpi: str, step: int) -> KpiResult:
        cell = self._cells[one.unit or "", kpi]
        given = next(held for held in (one.values, one.attainments, one.scores, one.statuses) if held is not None)
        heard, period = given.heard(step), self._calendar.period_at(cell.period, self.ms(step))
        event_ms = None if heard is None or self.ms(heard) < period.start_ms else self.ms(heard)
        made = _by_value(cell, _at(one.values, step), event_ms, period,
                         elapsed_share(self._calendar, period, self.ms(step)))  # fmt: skip
        if one.values is not None:
            return made
        bands = cell.rule.kpi.status
        if one.statuses is not None:
            return replace(made, status=_status(one.statuses.at(step)))
        if one.scores is not None:
            points = _at(one.scores, step)
            status = status_of(None if points is None else points / 100, bands.good, bands.watch)
            return replace(made, score=None if points is None else to_points(points), status=status)
        reached = _at(one.attainments, step)
        return replace(made, attainment=reached, status=status_of(reached, bands.good, bands.watch))

    def _unit(self, one: Input, step: int) -> UnitScore:
        unit = self._card.nodes[one.unit or ""].unit
        if one.statuses is not None:
            return UnitScore(unit.id, None, _status(one.statuses.at(step)), Fraction(1))
        points = _at(one.scores, step)
        reached = None if points is None else points / Fraction(unit.target_score)
        status = status_of(reached, _UNIT_BANDS.good, _UNIT_BANDS.watch)
        return UnitScore(unit.id, None if points is None else to_points(points), status, Fraction(1))


def _by_value(cell: Cell, value: Fraction | None, event_ms: int | None, period: Period, elapsed: Fraction) -> KpiResult:
    """The result of a value, by its KPI's target, curve and gates."""
    given = replace(cell.rule, metrics=(), formula=lambda _: value)
    return kpi_result(replace(cell, rule=given), {}, event_ms, period, elapsed)


def _at(given: Series | None, step: int) -> Fraction | None:
    token = None if given is None else given.at(step)
    try:
        return None if token is None else Fraction(token)
    except (ValueError, ZeroDivisionError):
        raise InputFaulty(f"{token!r} is no number; write 80, 0.8, null or -") from None


def _status(token: str | None) -> Status:
    try:
        return Status(token or "unknown")
    except ValueError:
        raise InputFaulty(f"{token!r} is no status; use good, watch, bad, null or -") from None
