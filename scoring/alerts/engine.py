"""The engine: boards and moments in, transitions of alerts out, at a cost that follows what moved."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from ..board import Board
from ..calendar import BusinessCalendar
from ..definitions import Model
from .alert import Alert, AlertKey, Phase, Transition
from .levels import levels_of
from .machine import Course, Read, Ruled
from .observing import Observer
from .places import places
from .ranks import Ranks
from .rules import OnChange, OnPace, OnRank, OnSilence
from .tracks import Memory, Track, slot_ms

__all__ = ["AlertEngine", "Memory", "Track"]


class AlertEngine:
    """Holds every alert that is pending or stands; `take` and `acknowledge` are its only ways in.

    `model` is the edition of the day. What was read last stands until something else is read, so that stepping at
    further moments changes nothing, and an engine made of the alerts and the memory of another goes on where that one
    was. An alert whose rule, unit or KPI is no longer in the model is over with the first take.
    """

    def __init__(self, model: Model, alerts: Iterable[Alert] = (), memory: Memory | None = None) -> None:
        self._rules = {rule.id: Ruled(rule, levels_of(rule.on)) for rule in model.alerts}
        self._observer = Observer(model, BusinessCalendar(model.calendar))
        self._keys = {key: self._rules[rule.id] for rule in model.alerts for key in places(rule, model)}
        self._by_unit: dict[str, list[AlertKey]] = {}
        self._fed: dict[str, list[AlertKey]] = {}
        self._heard: dict[str, list[AlertKey]] = {}
        for key, ruled in self._keys.items():
            self._by_unit.setdefault(key.unit, []).append(key)
            on = ruled.rule.on
            if isinstance(on, OnSilence) and on.source is not None:
                self._heard.setdefault(on.source, []).append(key)
            for source in self._observer.sources(key, ruled) if not isinstance(on, OnSilence) else ():
                self._fed.setdefault(source, []).append(key)
        self._forecast = [
            key for key, one in self._keys.items() if isinstance(one.rule.on, OnPace) and one.rule.on.of == "forecast"
        ]
        ranked = [key for key, one in self._keys.items() if isinstance(one.rule.on, OnRank)]
        self._ranks = Ranks(ranked, {unit.id: unit for unit in model.units})
        self._alerts = {one.key: one for one in alerts}
        self._by_id = {one.id: one.key for one in self._alerts.values()}
        named = {_name(key): key for key, one in self._keys.items() if isinstance(one.rule.on, OnChange)}
        held = memory.tracks if memory is not None else {}
        self._tracks = {key: held[name] for name, key in named.items() if name in held}
        self._memory: Memory | None = None
        self._changed: set[AlertKey] = set()
        self._board: Board | None = None
        self._now_ms: int | None = None
        self._next: dict[AlertKey, int] = {}
        self._due: dict[AlertKey, int] = {}
        self._heap: list[tuple[int, AlertKey]] = []
        for key in self._alerts.keys() & self._keys.keys():
            self._schedule(key, self._course(key))

    @property
    def alerts(self) -> Mapping[AlertKey, Alert]:
        """The alerts that are pending, firing or acknowledged."""
        return self._alerts

    @property
    def changed(self) -> Collection[AlertKey]:
        """The alerts that the last `take` or `acknowledge` changed in anything, or ended: what is to be kept anew."""
        return self._changed

    @property
    def memory(self) -> Memory:
        """What rules about changes remember; the same object while nothing of it changed."""
        if self._memory is None:
            self._memory = Memory({_name(key): track for key, track in self._tracks.items()})
        return self._memory

    @property
    def due_ms(self) -> int | None:
        """When time alone changes something next; None: never."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take(self, board: Board, now_ms: int, moved: Collection[str] | None = None) -> list[Transition]:
        """What the time until now changes, and then a board; `moved` are the units that moved, None all.

        Transitions bear the moment at which they were due, oldest first.
        """
        self._changed = set()
        before, now_ms = self._board, max(now_ms, self._now_ms or 0)
        found = self._passed(now_ms) if before is not None or self._alerts else []
        self._board, self._now_ms = board, now_ms
        found += self._gone(now_ms) if before is None else []
        keys = self._touched(before, board, moved)
        for key, ruled in self._keys.items() if keys is None else ((key, self._keys[key]) for key in keys):
            course = self._course(key)
            self._read(key, ruled, course, board, now_ms)
            course.ripened(now_ms)
            found += self._settled(key, course)
        found += self._passed(now_ms + 1)
        return sorted(found, key=lambda one: (one.at_ms, one.alert.key))

    def acknowledge(self, alert_id: str, at_ms: int) -> Transition | None:
        """Note that somebody sees to an alert; None where it does not fire, or somebody does already."""
        self._changed = set()
        key = self._by_id.get(alert_id)
        if key is None or key not in self._keys:
            return None
        course = self._course(key)
        course.acknowledge(at_ms)
        return next(iter(self._settled(key, course)), None)

    def _course(self, key: AlertKey) -> Course:
        return Course(key, self._keys[key], self._alerts.get(key), [])

    def _passed(self, end_ms: int) -> list[Transition]:
        """What time alone changes before a moment, by what was read last."""
        found: list[Transition] = []
        while (due_ms := self.due_ms) is not None and due_ms < end_ms:
            key = heapq.heappop(self._heap)[1]
            del self._due[key]
            course = self._course(key)
            if self._board is not None and self._next.get(key) == due_ms:
                self._read(key, self._keys[key], course, self._board, due_ms)
            course.ripened(due_ms)
            found += self._settled(key, course)
        return found

    def _gone(self, now_ms: int) -> list[Transition]:
        """The end of alerts that have no place in the model."""
        found: list[Transition] = []
        for key in [one for one in self._alerts if one not in self._keys]:
            alert = self._alerts.pop(key)
            before, over = alert.phase, Phase.RESOLVED if alert.stands else Phase.INACTIVE
            resolved_ms = now_ms if alert.stands else None
            self._by_id.pop(alert.id, None)
            self._changed.add(key)
            found.append(Transition(before, replace(alert, phase=over, resolved_ms=resolved_ms), now_ms))
        return found

    def _touched(
        self, before: Board | None, board: Board, moved: Collection[str] | None
    ) -> Collection[AlertKey] | None:
        """The places to be read; None: all."""
        if before is None or moved is None:
            self._rank(None)
            return None
        keys = self._rank(moved)
        for unit in moved:
            keys.update(self._by_unit.get(unit, ()))
        if board.sources is not before.sources:
            keys |= self._sourced(before, board)
        if board.forecasts is not before.forecasts:
            new, old = board.forecasts, before.forecasts
            keys.update(key for key in self._forecast if new.get((key.unit, key.kpi)) != old.get((key.unit, key.kpi)))
        return keys

    def _sourced(self, before: Board, board: Board) -> set[AlertKey]:
        """The places whose numbers became stale or live again, and those that wait for a source's events."""
        keys = set[AlertKey]()
        for source in board.sources.keys() | before.sources.keys():
            new, old = board.sources.get(source), before.sources.get(source)
            if new != old:
                keys.update(self._heard.get(source, ()))
            if (new and new.freshness) != (old and old.freshness):
                keys.update(self._fed.get(source, ()))
        return keys

    def _rank(self, moved: Collection[str] | None) -> set[AlertKey]:
        """Rank anew where units moved; the places whose rank changed."""
        changed = set[AlertKey]()
        for group in self._ranks.groups(moved):
            on = self._rules[group[0]].rule.on
            if self._board is not None and isinstance(on, OnRank):
                measure = partial(self._observer.measure, of=on.of, board=self._board)
                changed |= self._ranks.rank(group, measure, on.at_least)
        return changed

    def _read(self, key: AlertKey, ruled: Ruled, course: Course, board: Board, now_ms: int) -> None:
        """Read a board at a place and let the alert's course take it in."""
        if isinstance(ruled.rule.on, OnChange) and board is self._board and now_ms == self._now_ms:
            self._remember(key, ruled.rule.on, board, now_ms)
        found = self._observer.observe(key, ruled, board, now_ms, self._tracks.get(key), self._ranks.places.get(key))
        at_ms = now_ms if found.since_ms is None else min(found.since_ms, now_ms)
        course.observed(Read(found.observation, at_ms, board.version, board.model_version, found.period_ms))
        if found.next_ms is None:
            self._next.pop(key, None)
        else:
            self._next[key] = max(found.next_ms, now_ms + 1)

    def _remember(self, key: AlertKey, on: OnChange, board: Board, now_ms: int) -> None:
        value, period_ms = self._observer.measure(key.unit, key.kpi, on.of, board), self._observer.period_ms(key, board)
        held, length_ms = self._tracks.get(key), slot_ms(on.over)
        track = held if held is not None and held.period_ms == period_ms else Track(period_ms)
        track = track.taken(-(-now_ms // length_ms), value, (now_ms - on.over * 1000) // length_ms)
        if track is not held:
            self._tracks[key], self._memory = track, None

    def _settled(self, key: AlertKey, course: Course) -> list[Transition]:
        """Keep what a course led to, and when its time comes next."""
        held, alert = self._alerts.get(key), course.alert
        if alert is not held:
            self._changed.add(key)
            if held is not None:
                self._by_id.pop(held.id, None)
            if alert is None:
                self._alerts.pop(key, None)
            else:
                self._alerts[key], self._by_id[alert.id] = alert, key
        self._schedule(key, course)
        return course.transitions

    def _schedule(self, key: AlertKey, course: Course) -> None:
        moments = [one for one in (course.due_ms(), self._next.get(key)) if one is not None]
        due_ms = min(moments, default=None)
        if due_ms is None:
            self._due.pop(key, None)
        elif self._due.get(key) != due_ms:
            self._due[key] = due_ms
            heapq.heappush(self._heap, (due_ms, key))


def _name(key: AlertKey) -> str:
    return f"{key.rule}|{key.unit}|{key.kpi}"
