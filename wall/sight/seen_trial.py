"""Trials for somebody who does not see everything: what may be tried, what the check says, and whose results are shown.

A trial can bend a KPI's curve at will, so the score of a unit above would tell, try by try, what lies below it. Results
are shown of a unit only where nothing at it and below it is hidden, today and in the period they are of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scoring.calendar import BusinessCalendar
from scoring.definitions import Change, KpiChange
from streams.redis_adapters.site import AppliedModel
from wall.definitions.what_ifs import Compared, Comparison, Trial, trial
from wall.model_check import Finding
from wall.results.period_names import period_named

from .visible import Visible

_BY_PLACE = ("target", "weight", "rollup")


@dataclass(frozen=True, slots=True)
class SeenTrial:
    """The whole trial, that is worked out, and the findings about what is seen.

    `goes_further`: it can't be worked out for a reason that lies in what is hidden.
    """

    whole: Trial
    findings: tuple[Finding, ...]

    @property
    def faulty(self) -> bool:
        """Whether something seen keeps it from being worked out."""
        return any(one.level == "error" for one in self.findings)

    @property
    def goes_further(self) -> bool:
        """Whether only something hidden keeps it from being worked out."""
        return bool(self.whole.errors) and not self.faulty


def seen_trial(base: AppliedModel, changes: Sequence[Change], seen: Visible) -> SeenTrial:
    """A trial whose check is that of the model as it is seen: it can't speak of what is hidden."""
    whole = trial(base, changes)
    if seen.sight.whole:
        return SeenTrial(whole, whole.findings)
    return SeenTrial(whole, trial(replace(base, model=seen.model), changes).findings)


def unseen_names(changes: Sequence[Change], seen: Visible) -> list[str]:
    """The KPIs and units that changes name and that are not seen, whether they exist or not; none for a whole sight."""
    if seen.sight.whole:
        return []
    units, kpis = {unit.id for unit in seen.model.units}, {kpi.id for kpi in seen.model.kpis}
    named = (name for change in changes for name in _named(change, units, kpis))
    return list(dict.fromkeys(named))


def _named(change: Change, units: Collection[str], kpis: Collection[str]) -> Iterator[str]:
    """What a change names that is not among these; a kind of units stands for units that may be hidden."""
    for kpi, one in change.kpis.items():
        if kpi not in kpis:
            yield kpi
        for name in _BY_PLACE:
            places = getattr(one, name)
            yield from (place for place in places if place not in units) if isinstance(places, Mapping) else ()
    for unit, other in change.units.items():
        yield from (name for name in (unit, other.parent) if name is not None and name not in units)


def sets_targets_only(changes: Sequence[Change], today: Visible, seen_on: Callable[[dt.date], Visible]) -> bool:
    """Whether changes do no more than set targets and weights of KPIs at units seen today and on the change's day."""

    def sees(kpi: str, one: KpiChange, day: dt.date) -> bool:
        units = (unit for setting in (one.target, one.weight) if isinstance(setting, Mapping) for unit in setting)
        return all(today.has_unit(unit) and seen_on(day).sees_kpi(unit, kpi) for unit in units)

    return not any(change.units for change in changes) and all(
        _sets_targets(one) and sees(kpi, one, change.from_) for change in changes for kpi, one in change.kpis.items()
    )


def _sets_targets(change: KpiChange) -> bool:
    others = (name for name in type(change).model_fields if name not in ("target", "weight"))
    if any(getattr(change, name) is not None for name in others):
        return False
    return all(one is None or isinstance(one, Mapping) for one in (change.target, change.weight))


@dataclass(frozen=True, slots=True)
class Showing:
    """What of comparisons is shown: by what is seen today and on other days, and whose pay is seen."""

    today: Visible
    seen_at: Callable[[int], Visible]
    pay: Visible

    def comparisons(self, found: Sequence[Comparison], calendar: BusinessCalendar) -> list[Comparison]:
        """Comparisons as they are seen: what one of a past period shows must have been seen at its end, too."""
        return [self._comparison(one, calendar) for one in found]

    def _comparison(self, found: Comparison, calendar: BusinessCalendar) -> Comparison:
        sights = [self.today]
        if not found.running and not self.today.sight.whole:
            sights.append(self.seen_at(period_named(found.period, calendar).end_ms - 1))
        units = (self._unit(one, sights) for one in found.units if _is_open(one.effect.unit, sights))
        return replace(found, units=tuple(one for one in units if one.moved))

    def _unit(self, one: Compared, sights: Sequence[Visible]) -> Compared:
        unit = one.effect.unit
        if not all(_sees_siblings(unit, seen) for seen in sights):
            one = replace(one, effect=replace(one.effect, rank_before=None, rank_after=None))
        return one if self.pay.sees_score(unit) else replace(one, pay_before={}, pay_after={})


def _is_open(unit: str, sights: Sequence[Visible]) -> bool:
    return all(seen.sight.whole or seen.sees_all_below(unit) for seen in sights)


def _sees_siblings(unit: str, seen: Visible) -> bool:
    """Whether a place among siblings counts nobody who is hidden."""
    if seen.sight.whole:
        return True
    tree = seen.tree
    parent = tree.units[unit].parent if unit in tree.units else None
    siblings = (
        tree.children[parent] if parent is not None else [one.id for one in tree.units.values() if not one.parent]
    )
    return all(seen.sees_score(other) for other in siblings)
