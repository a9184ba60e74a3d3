"""Explanations of what a board shows, put together from board, model, counters and log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from layouts import formats
from layouts.stories import EventPage, EventRow, KpiStory, UnitStory
from scoring.calendar import BusinessCalendar
from scoring.definitions import Metric, Model
from scoring.editions import kpi_versions, unit_versions
from scoring.explain import explain_kpi, explain_unit
from scoring.forms import PeriodKind, text_in
from scoring.rescore import Scores
from scoring.scorecard import Scorecard
from scoring.waterfall import Moment, Waterfall, waterfall
from streams.decode import CORRECTED
from streams.origin import Added, Origin, Origins, Wanted, newest_origins

from ..board_follower import BoardView
from ..wiring import Site, fold_of
from .past import Past
from .scorecards import Scorecards

#: Events on one page, and how many records are read at most to find them (about a second).
EVENTS = 10
MOST_SCANNED = 20_000


class Explainer:
    """Answers why for one site, as of the board that its pages show."""

    def __init__(self, site: Site, view: BoardView) -> None:
        self._site = site
        self._view = view
        self.scorecards = Scorecards()

    @property
    def calendar(self) -> BusinessCalendar:
        """The company's calendar."""
        return BusinessCalendar(self._view.applied.model.calendar)

    def scorecard(self, ms: int) -> Scorecard:
        """The scorecard of the model in force on the business day of a moment."""
        return self.scorecards.of(self._view.applied, self.calendar.business_date(ms))

    def explain_unit(self, unit: str) -> UnitStory | None:
        """Why a unit has its score; None where it has none yet."""
        board = self._view.board()
        scorecard = self.scorecard(board.as_of_ms)
        try:
            explanation = explain_unit(scorecard, board, unit)
        except KeyError:
            return None
        kpis = frozenset(cell.rule.kpi.id for cell in explanation.node.cells)
        versions = unit_versions(self._view.applied.model, explanation.node.unit, kpis, scorecard.date)
        return UnitStory(explanation, versions, self._since_yesterday(unit), board.as_of_ms)

    def moved_since(self, unit: str, kind: PeriodKind) -> Waterfall | None:
        """Why a unit's score moved since the last period of a kind ended, up to the board."""
        if kind == "day":
            return self._since_yesterday(unit)
        board = self._view.board()
        before = Past(self._site, self._view.applied).at(self.calendar.period_at(kind, board.as_of_ms).start_ms)
        now = Moment(self.scorecard(board.as_of_ms), board)
        try:
            return waterfall(Moment(before.scorecard, before), now, unit)
        except KeyError:
            return None

    def _since_yesterday(self, unit: str) -> Waterfall | None:
        board = self._view.board()
        today = self.calendar.period_at("day", board.as_of_ms)
        before = Moment(self.scorecard(today.start_ms - 1), Scores(board.yesterday_kpis, board.yesterday_units))
        try:
            return waterfall(before, Moment(self.scorecard(board.as_of_ms), board), unit)
        except KeyError:
            return None

    def waterfall(self, unit: str, start_ms: int, end_ms: int) -> Waterfall | None:
        """Why a unit's score moved between two moments, both exclusive; None where it was or is unknown."""
        past = Past(self._site, self._view.applied)
        before, after = past.at(start_ms), past.at(end_ms)
        return waterfall(Moment(before.scorecard, before), Moment(after.scorecard, after), unit)

    def explain_kpi(self, unit: str, kpi: str) -> KpiStory | None:
        """Why a KPI has its score; None where the unit does not have it or there is no board yet."""
        board = self._view.board()
        scorecard = self.scorecard(board.as_of_ms)
        try:
            explanation = explain_kpi(scorecard, board, (unit, kpi))
            versions = kpi_versions(self._view.applied.model, kpi, scorecard.date, scorecard.nodes[unit].unit)
            return KpiStory(explanation, versions, board.units[unit], board.as_of_ms)
        except (KeyError, StopIteration):
            return None

    def origins(
        self,
        unit: str,
        kpi: str,
        before: Mapping[str, str] | None = None,
        shows: Callable[[str], bool] = lambda _: True,
    ) -> Origins | None:
        """The newest events behind a KPI in its running period, of the units that `shows` holds for.

        `before` is the cursor of the page before.
        """
        story = self.explain_kpi(unit, kpi)
        if story is None:
            return None
        result, cell = story.explanation.result, story.explanation.cell
        wanted = Wanted(
            frozenset(metric.id for metric in cell.rule.metrics),
            frozenset(one for one in self._units_below(unit) if shows(one)),
            result.period_start_ms,
            result.period_end_ms,
        )
        start = dict.fromkeys(self._site.log.partitions(), "") if before is None else before
        found = newest_origins(self._site.log, fold_of(self._view.applied.model), wanted, start, EVENTS, MOST_SCANNED)
        kept = tuple(one for one in found.events if self._stood_below(one, unit))
        return Origins(kept, found.cursor, found.scanned, found.bounded)

    def _units_below(self, unit: str) -> frozenset[str]:
        """The unit and every unit that ever stood below it."""
        scorecard = self.scorecard(self._view.board().as_of_ms)
        below = {one for one, node in scorecard.nodes.items() if one == unit or unit in node.ancestors}
        moved = {one for one, placed in scorecard.moves.items() if any(unit in trail for trail in placed.ancestors)}
        return frozenset(below | moved)

    def _stood_below(self, origin: Origin, unit: str) -> bool:
        """Whether the unit an event names stood below another at the event's own time."""
        placed = self.scorecard(self._view.board().as_of_ms).moves.get(origin.unit)
        return placed is None or origin.unit == unit or unit in placed.ancestors[placed.era(origin.event_ms)]

    def events_behind(
        self, unit: str, kpi: str, cursor: str | None, language: str, shows: Callable[[str], bool] = lambda _: True
    ) -> EventPage:
        """A page of the events behind a KPI, as texts."""
        found = self.origins(unit, kpi, json.loads(cursor) if cursor else None, shows)
        if found is None:
            return EventPage((), None, 0, True)
        rows = event_rows(self._view.applied.model, found.events, language)
        return EventPage(rows, json.dumps(found.cursor) if found.cursor else None, found.scanned, not found.bounded)


def event_rows(model: Model, events: Sequence[Origin], language: str) -> list[EventRow]:
    """Events as texts in a language."""
    units = {unit.id: text_in(unit.title, language) for unit in model.units}
    types = {event.type: text_in(event.title, language) for event in model.events}
    metrics = {metric.id: metric for metric in model.metrics}
    return [
        EventRow(
            event_ms=one.event_ms,
            log_ms=one.log_ms,
            id=one.id,
            source=one.source,
            type_title=types.get(one.type.removesuffix(CORRECTED)) or one.type,
            unit=units.get(one.unit, one.unit),
            partition=one.partition,
            position=one.position,
            fields=_fields(one.data),
            added=_added(one, metrics, language),
        )
        for one in events
    ]


def _fields(data: Mapping[str, object]) -> dict[str, str]:
    """Fields as text; those of a correction's `before` and `after` each by themselves.

    >>> _fields({"n": 4, "after": {"region": "east"}})
    {'n': '4', 'after.region': 'east'}
    """
    flat: dict[str, str] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": str(one) for inner, one in value.items()}
        else:
            flat[name] = str(value)
    return flat


def _added(origin: Origin, metrics: Mapping[str, Metric], language: str) -> dict[str, str]:
    """What an event added, by metric title; several parts of one metric stand side by side."""
    found: dict[str, list[str]] = {}
    for one in origin.added:
        metric = metrics[one.metric]
        found.setdefault(text_in(metric.title, language), []).append(_amount(one, metric.decimals))
    return {title: ", ".join(amounts) for title, amounts in found.items()}


def _amount(added: Added, decimals: int) -> str:
    if added.part.startswith("="):
        return added.part[1:]
    return formats.signed_digits(formats.rounded(Fraction(added.amount, 10**decimals), decimals), decimals)
