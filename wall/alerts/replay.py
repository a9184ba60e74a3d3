"""Replay: how often alert rules would have fired over past days, and what people would have been told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from scoring.alerts.alert import Alert, AlertKey
from scoring.alerts.places import places
from scoring.alerts.rules import AlertRule, OnPace, OnSilence
from scoring.calendar import MINUTE_MS, BusinessCalendar
from scoring.definitions import Model
from scoring.editions import edition
from scoring.evaluator import CellKey
from scoring.expressions import names

from .past_boards import PastBoard, PastBoards
from .past_counts import LENGTH_MS, Buckets, PastCounts
from .replay_telling import Told, Watch

#: Boards are looked at this often, if counters say more in less time.
STEP_MS = 5 * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a rule was breached at a place: as it was when it ended, or at the end of the replay."""

    alert: Alert
    folded: bool
    end_ms: int

    @property
    def fired(self) -> bool:
        """Whether it lasted long enough to fire."""
        return self.alert.fired_ms is not None

    @property
    def lasted_ms(self) -> int:
        """How long it fired, so far."""
        fired_ms = self.alert.fired_ms
        return 0 if fired_ms is None else (self.alert.resolved_ms or self.end_ms) - fired_ms


@dataclass(frozen=True, slots=True)
class RuleReplay:
    """What one rule would have done.

    `again` counts firings at a place at which the rule had already fired on the same business day, `standing` those
    that still fire at the end. Messages are those in which any alert of the rule is told.
    """

    rule: AlertRule
    fired: int
    pending_only: int
    folded: int
    standing: int
    again: int
    told: int
    recovered: int
    median_ms: int | None
    longest_ms: int | None
    per_day: dict[dt.date, int]
    told_per_day: dict[dt.date, int]
    places: tuple[tuple[AlertKey, int], ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the rules of a model would have done from a day to a day, looked at every `step_ms` of business time.

    `until` is the last day that was gone through, before `last` where it was interrupted; None where no day was.
    """

    first: dt.date
    last: dt.date
    until: dt.date | None
    step_ms: int
    rules: tuple[RuleReplay, ...]
    occurrences: tuple[Occurrence, ...]
    messages: tuple[Told, ...]

    @property
    def days(self) -> int:
        """How many days were gone through."""
        return 0 if self.until is None else (self.until - self.first).days + 1


def replay(
    models: Sequence[Model], counts: PastCounts, first: dt.date, last: dt.date, step_ms: int = STEP_MS, *,
    progress: Callable[[], None] = lambda: None, stopping: Callable[[], bool] = lambda: False,
) -> list[Replayed]:  # fmt: skip
    """What the rules of models would have done on these business days, beginning with every rule inactive.

    The models differ in their rules only, so that the boards are worked out once for all. `progress` hears of every day
    that is done; `stopping` is asked after each.
    """
    step_ms = max(step_ms, *(finest_ms(model, counts) for model in models))
    runs = [_Run(model) for model in models]
    forecast = {key for model in models for key in forecast_keys(model)}
    silence = {key for model in models for key in silence_keys(model)}
    calendar = BusinessCalendar(models[0].calendar)
    until: dt.date | None = None
    for date, boards in _by_day(PastBoards(models[0], counts, forecast, silence).between(first, last, step_ms)):
        for board in boards:
            for run in runs:
                run.take(board)
        until = date
        progress()
        if stopping():
            break
    end_ms = calendar.day_start_ms(first if until is None else until + dt.timedelta(days=1))
    return [run.ended(end_ms, calendar, Replayed(first, last, until, step_ms, (), (), ())) for run in runs]


def _by_day(boards: Iterator[PastBoard]) -> Iterator[tuple[dt.date, Iterable[PastBoard]]]:
    """The boards of each day; the next day is not begun before it is asked for."""
    day: list[PastBoard] = []
    for board in boards:
        if day and board.date != day[0].date:
            yield day[0].date, day
            day = []
        day.append(board)
    if day:
        yield day[0].date, day


def finest_ms(model: Model, counts: PastCounts) -> int:
    """How finely the counters tell what the KPIs of a model's rules read; steps between say nothing of values.

    A rule about scores reads all KPIs.
    """
    kpis = {key.kpi for rule in model.alerts for key in places(rule, model)}
    metrics = {name for one in model.kpis if "" in kpis or one.id in kpis for name in names(one.value)}
    return LENGTH_MS[Buckets(counts.model, BusinessCalendar(model.calendar)).coarsest(metrics)]


def forecast_keys(model: Model) -> set[CellKey]:
    """The KPIs at units whose forecasts a model's rules read."""
    ahead = [rule for rule in model.alerts if isinstance(rule.on, OnPace) and rule.on.of == "forecast"]
    return {(key.unit, key.kpi) for rule in ahead for key in places(rule, model)}


def silence_keys(model: Model) -> set[CellKey]:
    """The KPIs at units whose newest events a model's rules read."""
    found: set[CellKey] = set()
    for rule in (one for one in model.alerts if isinstance(one.on, OnSilence) and one.on.source is None):
        for key in places(rule, model):
            found |= {(key.unit, key.kpi)} if key.kpi else {(key.unit, kpi.id) for kpi in model.kpis}
    return found


class _Run:
    """The rules of one model on their way through the days."""

    def __init__(self, model: Model) -> None:
        self._model = self._today = model
        self._date: dt.date | None = None
        self._watch = Watch(model)

    def take(self, past: PastBoard) -> None:
        """Take a board in, under the edition of its day."""
        if past.date != self._date:
            self._date, today = past.date, edition(self._model, past.date)
            if today != self._today:
                self._today = today
                self._watch.adopt(today)
        self._watch.take(past.board, past.moved)

    def ended(self, end_ms: int, calendar: BusinessCalendar, bare: Replayed) -> Replayed:
        """What came of it."""
        watch = self._watch
        watch.until(end_ms)
        alerts = [*watch.over, *watch.standing]
        occurrences = [Occurrence(one, one.id in watch.folded, end_ms) for one in alerts]
        occurrences.sort(key=lambda one: (one.alert.since_ms, one.alert.key))
        rules = tuple(
            _rule_replay(rule, [one for one in occurrences if one.alert.key.rule == rule.id], watch.messages, calendar)
            for rule in self._model.alerts
        )
        return replace(bare, rules=rules, occurrences=tuple(occurrences), messages=tuple(watch.messages))


def _rule_replay(
    rule: AlertRule, found: Sequence[Occurrence], messages: Sequence[Told], calendar: BusinessCalendar
) -> RuleReplay:
    fired = [one for one in found if one.fired]
    days = [calendar.business_date(one.alert.fired_ms or 0) for one in fired]
    on_day = Counter((one.alert.key, day) for one, day in zip(fired, days, strict=True))
    told = [one for one in messages if rule.id in one.rules]
    told_days = Counter(calendar.business_date(one.ms) for one in told if one.kind == "fired")
    lasted = [one.lasted_ms for one in fired]
    where = Counter(one.alert.key for one in fired)
    return RuleReplay(
        rule=rule,
        fired=len(fired),
        pending_only=len(found) - len(fired),
        folded=sum(one.folded for one in fired),
        standing=sum(one.alert.stands for one in fired),
        again=sum(count - 1 for count in on_day.values()),
        told=sum(one.kind == "fired" for one in told),
        recovered=sum(one.kind == "recovered" for one in told),
        median_ms=int(median(lasted)) if lasted else None,
        longest_ms=max(lasted, default=None),
        per_day=dict(sorted(Counter(days).items())),
        told_per_day=dict(sorted(told_days.items())),
        places=tuple(sorted(where.items(), key=lambda one: (-one[1], one[0]))),
    )
