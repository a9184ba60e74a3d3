"""Boards as they stood at every step of past days, worked out step by step from what each step counted."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scoring.board import Board, KpiResult, SourceState
from scoring.calendar import BusinessCalendar
from scoring.compile import compile_scorecard
from scoring.counters import Increments
from scoring.definitions import Model
from scoring.editions import edition_dates
from scoring.evaluator import CellKey, Changes, Evaluator
from scoring.forecast import Forecast
from scoring.freshness import source_state
from scoring.outlook import kpi_forecast
from scoring.scorecard import Scorecard

from .past_counts import Buckets, Counted, PastCounts, increments_of, joined

#: Forecasts are made anew this often: they follow from whole days or hours, so more often says little more.
FORECAST_MS = 3_600_000
#: Sources are known by what they sent up to so many days before.
_HEARD_DAYS = 7


@dataclass(frozen=True, slots=True)
class PastBoard:
    """A board, the business day it is of, and the units that moved since the one before; None: any."""

    date: dt.date
    board: Board
    moved: Collection[str] | None


class PastBoards:
    """The boards of a span of past days under one model; what is not known of a moment then is not used for it.

    A counter is known when its bucket is over; of events, the newest of a bucket when it begins. `forecast` are the
    KPIs whose forecasts are wanted, `silence` those whose newest events are.
    """

    def __init__(
        self, model: Model, counts: PastCounts, forecast: Collection[CellKey] = (), silence: Collection[CellKey] = ()
    ) -> None:  # fmt: skip
        wanted = {kpi for _, kpi in forecast}
        kpis = [one if one.id in wanted else one.model_copy(update={"trend": None}) for one in model.kpis]
        self._model = model.model_copy(update={"kpis": kpis})  # series are nobody's concern here, and cost the most
        self._counts = counts
        self._calendar = BusinessCalendar(model.calendar)
        self._buckets = Buckets(counts.model, self._calendar)
        self._forecast, self._silence = forecast, silence
        self._of = _History(counts, self._buckets, self._calendar)
        self._dated = bool(model.changes or model.gates or edition_dates(model))
        self._source_of = {event.type: event.source for event in model.events}

    def between(self, first: dt.date, last: dt.date, step_ms: int) -> Iterator[PastBoard]:
        """The boards of these business days: at every step, and just before and when a period or a day ends."""
        standing: _Standing | None = None
        date = first
        while date <= last:
            following = date + dt.timedelta(days=1)
            start_ms, end_ms = self._calendar.day_start_ms(date), self._calendar.day_start_ms(following)
            counted, at_ms = self._of.day(date), start_ms
            while at_ms < end_ms:
                standing = self._standing(date, at_ms, standing, [one for one in counted if one.start_ms < at_ms])
                until_ms = min(standing.evaluator.ends_ms, end_ms)
                coming = [one for one in counted if at_ms <= one.start_ms < until_ms]
                yield from standing.boards(at_ms, list(_ticks(start_ms, at_ms, until_ms, step_ms)), coming)
                at_ms = until_ms
            date = following

    def _standing(self, date: dt.date, at_ms: int, former: _Standing | None, today: list[Counted]) -> _Standing:
        """What stands from a moment on: the evaluator that goes on, or one of the periods that run from then."""
        if former is not None and at_ms < former.evaluator.ends_ms:
            card = self._scorecard(date, former.evaluator.scorecard)
            if card is former.evaluator.scorecard or former.evaluator.adopt(card):
                former.date = date
                return former
        card = self._scorecard(date, former.evaluator.scorecard if former else None)
        evaluator = Evaluator(self._model, self._calendar, at_ms, scorecard=card)
        starts = {one.period.start_ms for one in evaluator.readings.values()}
        joins = not card.moves and not self._forecast
        for increments in self._of.before(date, starts, joins=joins):
            evaluator.apply(increments)
        evaluator.apply(increments_of(today))
        heard = former.heard if former else self._of.heard(date, _HEARD_DAYS)
        return _Standing(
            self._model, self._calendar, self._source_of, self._forecast, self._silence, date, evaluator, heard
        )  # fmt: skip

    def _scorecard(self, date: dt.date, former: Scorecard | None) -> Scorecard:
        if former is not None and not self._dated:
            return former
        return compile_scorecard(self._model, date, former)


class _Standing:
    """An evaluator on its way through its periods, with what is heard of sources and forecast beside it."""

    def __init__(
        self, model: Model, calendar: BusinessCalendar, source_of: Mapping[str, str], forecast: Collection[CellKey],
        silence: Collection[CellKey], date: dt.date, evaluator: Evaluator, heard: dict[str, int],
    ) -> None:  # fmt: skip
        self._model, self._calendar, self._source_of = model, calendar, source_of
        self._forecast, self._silence = forecast, silence
        self._ahead: list[Counted] = []
        self._spoken: dict[tuple[str, str], int] = {}
        self.date, self.evaluator, self.heard = date, evaluator, heard
        self._sources: dict[str, SourceState] = {}
        self._forecasts: dict[CellKey, Forecast] = {}
        self._forecast_ms: int | None = None
        self._kpis, self._units = dict(evaluator.kpis), dict(evaluator.units)

    def boards(self, start_ms: int, ticks: Sequence[int], coming: Sequence[Counted]) -> Iterator[PastBoard]:
        """The boards at a moment and at these, of which the last has taken in all that is to come."""
        self._ahead = sorted((one for one in coming if one.name[0] == "@"), key=lambda one: -one.start_ms)
        yield self._board(start_ms, [], whole=True)
        place = 0
        for tick_ms in ticks:
            over = bisect_right(coming, tick_ms, key=lambda one: one.end_ms) if tick_ms < ticks[-1] else len(coming)
            yield self._board(tick_ms, coming[place:over])
            place = over

    def _board(self, now_ms: int, counted: Sequence[Counted], *, whole: bool = False) -> PastBoard:
        """The board at a moment, after taking in what was counted since the one before."""
        if counted:
            self.evaluator.apply(increments_of(counted))
        begun = self._begun(now_ms)
        hear(self.heard, begun)
        changes = self.evaluator.tick(now_ms)
        self._keep(changes)
        spoken = self._speak(begun, changes.kpis, whole=whole)
        moved = None if whole else {unit for unit, _ in changes.kpis} | changes.units.keys() | spoken
        self._look_ahead(now_ms)
        board = Board(
            0, self._model.version, now_ms, kpis=self._kpis, units=self._units, sources=self._heard(now_ms),
            forecasts=self._forecasts,
        )  # fmt: skip
        return PastBoard(self.date, board, moved)

    def _keep(self, changes: Changes) -> None:
        """Results as of now; boards given out before keep their own."""
        if changes.kpis:
            self._kpis = {**self._kpis, **changes.kpis}
        if changes.units:
            self._units = {**self._units, **changes.units}

    def _begun(self, now_ms: int) -> list[Counted]:
        """The newest events of buckets that have begun by now.

        What happened within a bucket is not known, so one with events has no silence before the newest of them.
        """
        begun: list[Counted] = []
        while self._ahead and self._ahead[-1].start_ms <= now_ms:
            begun.append(self._ahead.pop())
        return begun

    def _speak(self, begun: Sequence[Counted], changed: Collection[CellKey], *, whole: bool) -> set[str]:
        """Let KPIs whose silence is watched have spoken when the newest event of a begun bucket comes; their units."""
        if not self._silence:
            return set()
        nodes, now = self.evaluator.scorecard.nodes, set()
        for one in begun:
            type_, unit = one.name[1:].split("|", 2)[:2]
            for place in (unit, *nodes[unit].ancestors) if unit in nodes else ():
                self._spoken[type_, place] = max(self._spoken.get((type_, place), 0), int(one.amount))
                now.add(place)
        kpis: dict[CellKey, KpiResult] = {}
        for key in self._silence:
            held = self._kpis.get(key)
            if held is not None and (whole or key[0] in now or key in changed):
                types = self.evaluator.readings[key].cell.rule.event_types
                known = [self._spoken[type_, key[0]] for type_ in types if (type_, key[0]) in self._spoken]
                event_ms = max([one for one in known if one < held.period_end_ms], default=0)
                if event_ms >= max(held.period_start_ms, (held.event_ms or 0) + 1):
                    kpis[key] = replace(held, event_ms=event_ms)
        self._kpis = {**self._kpis, **kpis}
        return {unit for unit, _ in kpis}

    def _heard(self, now_ms: int) -> dict[str, SourceState]:
        """The states of the sources; the same object while none differs."""
        newest: dict[str, int] = {}
        for type_, event_ms in self.heard.items():
            source = self._source_of.get(type_)
            if source is not None:
                newest[source] = max(newest.get(source, 0), event_ms)
        found = {
            one.id: source_state(one, self._calendar, newest.get(one.id), now_ms) for one in self._model.sources
        }  # fmt: skip
        if found != self._sources:
            self._sources = found
        return self._sources

    def _look_ahead(self, now_ms: int) -> None:
        """Forecasts anew, an hour after the last ones."""
        if not self._forecast or (self._forecast_ms is not None and now_ms - self._forecast_ms < FORECAST_MS):
            return
        self._forecast_ms = now_ms
        held = [key for key in self._forecast if key in self.evaluator.readings]
        found = {key: kpi_forecast(self.evaluator, self._calendar, key, now_ms) for key in held}
        self._forecasts = {key: one for key, one in found.items() if one is not None}


class _History:
    """The counters of days that are over, each read once."""

    def __init__(self, counts: PastCounts, buckets: Buckets, calendar: BusinessCalendar) -> None:
        self._counts, self._buckets, self._calendar = counts, buckets, calendar
        self._days = counts.days()
        self._read: dict[str, list[Counted]] = {}
        self._whole: dict[str, Increments] = {}
        self._joined: dict[str, tuple[str, Increments]] = {}

    def day(self, date: dt.date) -> list[Counted]:
        """The counters of a business day in the order in which they were known."""
        day = f"{date:%Y%m%d}"
        if day not in self._read:
            self._read[day] = self._buckets.counted(self._counts.of(day)) if day in self._days else []
        return self._read[day]

    def heard(self, date: dt.date, days: int) -> dict[str, int]:
        """The newest event of each type in the days before one."""
        found: dict[str, int] = {}
        for back in range(days, 0, -1):
            hear(found, self.day(date - dt.timedelta(days=back)))
        return found

    def before(self, date: dt.date, starts: Collection[int], *, joins: bool) -> Iterator[Increments]:
        """The counters of the days before one, as far as periods with these starts read them.

        A day in which one of them begins is given as it was counted, any other as one bucket; with `joins` days that
        belong to the same periods are one bucket, too.
        """
        first = f"{self._calendar.business_date(min(starts)):%Y%m%d}" if starts else "99991231"
        groups: dict[int, list[str]] = {}
        for day in (one for one in self._days if first <= one < f"{date:%Y%m%d}"):
            begins, ends = self._span(day)
            if any(begins < start < ends for start in starts):
                yield increments_of(self.day(_date(day)))
            else:
                group = max((one for one in starts if one <= begins), default=None) if joins else begins
                if group is not None:
                    groups.setdefault(group, []).append(day)
        yield from (self._one(days) for days in groups.values())

    def _span(self, day: str) -> tuple[int, int]:
        date = _date(day)
        return self._calendar.day_start_ms(date), self._calendar.day_start_ms(date + dt.timedelta(days=1))

    def _one(self, days: list[str]) -> Increments:
        """These consecutive days as one bucket, made of what was joined of them before."""
        begins = self._span(days[0])[0]
        until, held = self._joined.get(days[0], ("", {}))
        if until > days[-1]:
            until, held = "", {}
        fresh = [self._day_whole(day) for day in days if day > until]
        if fresh:
            held = joined(begins, [held, *fresh])
            self._joined[days[0]] = days[-1], held
        return held

    def _day_whole(self, day: str) -> Increments:
        if day not in self._whole:
            self._whole[day] = joined(self._span(day)[0], [increments_of(self.day(_date(day)))])
            self._read.pop(day, None)
        return self._whole[day]


def hear(heard: dict[str, int], counted: Collection[Counted]) -> None:
    """Note the newest event of each type."""
    for one in counted:
        if one.name[0] == "@":
            type_ = one.name[1:].split("|", 1)[0]
            heard[type_] = max(heard.get(type_, 0), int(one.amount))


def _ticks(day_ms: int, start_ms: int, end_ms: int, step_ms: int) -> Iterator[int]:
    """The steps of a day after a moment, and the last moment before another."""
    following = day_ms + ((start_ms - day_ms) // step_ms + 1) * step_ms
    yield from range(following, end_ms - 1, step_ms)
    yield end_ms - 1


def _date(day: str) -> dt.date:
    return dt.date(int(day[:4]), int(day[4:6]), int(day[6:]))
