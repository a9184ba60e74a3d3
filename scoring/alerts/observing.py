"""Observing: what a rule reads of a board at a unit and KPI, and until when that stands by itself.

Numbers of a source that is stale or silent are not known to rules: they neither fire nor resolve anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..board import POINT, Board, Freshness, Status
from ..calendar import BusinessCalendar
from ..definitions import Model, Unit
from ..scores import attainment
from .alert import UNKNOWN, AlertKey, Observation
from .levels import STATUS_RANK
from .machine import Ruled
from .rules import OnChange, OnPace, OnSilence, OnStatus, OnThreshold
from .silence import Silences
from .sources import Sources, kpis_of_units, sources_of_kpis, sources_of_units
from .tracks import Track, slot_ms


@dataclass(frozen=True, slots=True)
class Observed:
    """What is read, since when that is so if earlier than now, and when time alone will change it."""

    observation: Observation
    period_ms: int | None = None
    since_ms: int | None = None
    next_ms: int | None = None


_NOTHING = Observed(UNKNOWN)


class Observer:
    """Reads boards for the rules of one model."""

    def __init__(self, model: Model, calendar: BusinessCalendar) -> None:
        self._units: Mapping[str, Unit] = {unit.id: unit for unit in model.units}
        self._kpis = {kpi.id: kpi for kpi in model.kpis}
        self._fed = sources_of_kpis(model)
        self._fed_units = sources_of_units(model)
        self._own = kpis_of_units(model)
        self._silences = Silences(model, calendar)

    def sources(self, key: AlertKey, ruled: Ruled) -> Sources:
        """The sources whose state decides whether the numbers of a place are known, or that are listened to."""
        if isinstance(ruled.rule.on, OnSilence) and ruled.rule.on.source is not None:
            return frozenset((ruled.rule.on.source,))
        return self._fed[key.kpi] if key.kpi else self._fed_units.get(key.unit, frozenset())

    def stale(self, key: AlertKey, ruled: Ruled, board: Board) -> bool:
        """Whether numbers are old: a KPI's with one of its sources, a unit's score with all of those that feed it."""
        states = [board.sources.get(one) for one in self.sources(key, ruled)]
        old = [one is not None and one.freshness is not Freshness.LIVE for one in states]
        return any(old) if key.kpi else bool(old) and all(old)

    def observe(
        self, key: AlertKey, ruled: Ruled, board: Board, now_ms: int, track: Track | None, rank: int | None
    ) -> Observed:
        """What is read at a moment; a rule about changes has its track, one about ranks the place."""
        on = ruled.rule.on
        if isinstance(on, OnSilence):
            return self._silence(key, on, ruled, board, now_ms)
        result = board.kpis.get((key.unit, key.kpi)) if key.kpi else None
        period_ms = result.period_start_ms if result is not None else None
        stale = self.stale(key, ruled, board)
        if isinstance(on, OnChange):
            return _changed(on, ruled, now_ms, track, stale, period_ms)
        if stale:
            return Observed(UNKNOWN, period_ms)
        return Observed(ruled.levels.observed(self._reading(key, ruled, board, rank)), period_ms)

    def _reading(self, key: AlertKey, ruled: Ruled, board: Board, rank: int | None) -> Fraction | None:
        match ruled.rule.on:
            case OnThreshold(of=of):
                return self.measure(key.unit, key.kpi, of, board)
            case OnStatus():
                return _status(key, board)
            case OnPace() as on:
                return self._pace(key, on, board)
        return None if rank is None else Fraction(rank)

    def measure(self, unit: str, kpi: str, of: str, board: Board) -> Fraction | None:
        """A KPI's value, attainment or score, or without a KPI the unit's score against 100 or its target."""
        if not kpi:
            held = board.units.get(unit)
            points = None if held is None or held.score is None else Fraction(held.score, POINT)
            if points is None or of == "score":
                return points
            return points / Fraction(self._units[unit].target_score) if of == "attainment" else None
        result = board.kpis.get((unit, kpi))
        if result is None:
            return None
        if of == "score":
            return None if result.score is None else Fraction(result.score, POINT)
        return result.value if of == "value" else result.attainment

    def _pace(self, key: AlertKey, on: OnPace, board: Board) -> Fraction | None:
        kpi, result = self._kpis[key.kpi], board.kpis.get((key.unit, key.kpi))
        if result is None or not kpi.accrues or result.elapsed * 100 < Fraction(on.after):
            return None
        if on.of == "due":
            return result.attainment
        forecast = board.forecasts.get((key.unit, key.kpi))
        return None if forecast is None else attainment(kpi, forecast.mid, result.target)

    def period_ms(self, key: AlertKey, board: Board) -> int:
        """The start of the period that changes are looked at within; of a unit's score the longest of its KPIs'."""
        kpis = (key.kpi,) if key.kpi else self._own.get(key.unit, ())
        found = (board.kpis.get((key.unit, kpi)) for kpi in kpis)
        return min((one.period_start_ms for one in found if one is not None), default=0)

    def _silence(self, key: AlertKey, on: OnSilence, ruled: Ruled, board: Board, now_ms: int) -> Observed:
        event_ms, begins_ms = self._heard(key, on, board)
        from_ms = event_ms if event_ms is not None else begins_ms
        if from_ms is None:
            return _NOTHING
        reached_ms = self._silences.reached_ms(self.sources(key, ruled), from_ms, on.after)
        if reached_ms is not None and reached_ms <= now_ms:
            return Observed(ruled.levels.observed(ruled.levels.enter), since_ms=reached_ms)
        spoken = ruled.levels.observed(Fraction(0)) if event_ms is not None else UNKNOWN
        return Observed(spoken, next_ms=reached_ms)

    def _heard(self, key: AlertKey, on: OnSilence, board: Board) -> tuple[int | None, int | None]:
        """The newest event, and since when there could have been one."""
        if on.source is not None:
            held = board.sources.get(on.source)
            return (None if held is None else held.event_ms), None
        kpis = (key.kpi,) if key.kpi else self._own.get(key.unit, ())
        results = [one for kpi in kpis if (one := board.kpis.get((key.unit, kpi))) is not None]
        heard = [one.event_ms for one in results if one.event_ms is not None]
        return max(heard, default=None), min((one.period_start_ms for one in results), default=None)


def _status(key: AlertKey, board: Board) -> Fraction | None:
    found = board.kpis.get((key.unit, key.kpi)) if key.kpi else board.units.get(key.unit)
    if found is None or found.status is Status.UNKNOWN:
        return None
    return Fraction(STATUS_RANK[found.status])


def _changed(
    on: OnChange, ruled: Ruled, now_ms: int, track: Track | None, stale: bool, period_ms: int | None
) -> Observed:
    """The value now against the one that stood a span ago, as far as the track goes back."""
    if track is None or not track.values:
        return Observed(UNKNOWN, period_ms)
    length_ms, over_ms = slot_ms(on.over), on.over * 1000
    slot = (now_ms - over_ms) // length_ms
    following = track.following(slot)
    next_ms = None if following is None else following * length_ms + over_ms
    now, then = track.values[-1], track.at(slot)
    moved = None if stale or now is None or then is None else _moved(now, then, on.percent)
    return Observed(ruled.levels.observed(moved), period_ms, next_ms=next_ms)


def _moved(now: Fraction, then: Fraction, percent: bool) -> Fraction | None:
    """
    >>> _moved(Fraction(90), Fraction(100), percent=True)
    Fraction(-10, 1)
    """
    if not percent:
        return now - then
    return (now - then) / abs(then) * 100 if then else None
