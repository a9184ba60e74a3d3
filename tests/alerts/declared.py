"""Which messages readings that flap around a threshold declare: worked out from the readings alone, step by step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MINUTE = 60_000


@dataclass(frozen=True)
class Watched:
    """A rule as the declaration knows it: fires below `enter` after `hold` ms, is over from `leave` on."""

    name: str
    enter: int
    leave: int
    hold: int
    wait: int
    quiet: tuple[int, int] | None = None


@dataclass
class _Case:
    alert: str
    place: tuple[str, str]
    fired: int
    over: int | None = None
    told: tuple[str, ...] | None = None


@dataclass
class Declared:
    """The ids of messages that were declared so far, and how many alerts fired."""

    rules: Sequence[Watched]
    places: Mapping[str, tuple[str, tuple[str, ...]]]  # by unit: its parent, and the recipients of its messages
    channel: str
    ids: set[str] = field(default_factory=set)
    fired: int = 0
    untold: int = 0
    _since: dict[tuple[str, str], int] = field(default_factory=dict)
    _firing: dict[tuple[str, str], _Case] = field(default_factory=dict)
    _cases: list[_Case] = field(default_factory=list)

    def step(self, now: int, values: Mapping[str, int | None]) -> None:
        """Take a step's readings; what is unknown changes nothing."""
        for rule in self.rules:
            for unit, value in values.items():
                if value is not None:
                    self._read(rule, unit, value, now)
            if rule.quiet is None or not _within(rule.quiet, now):
                self._tell(rule, now)

    def _read(self, rule: Watched, unit: str, value: int, now: int) -> None:
        place = rule.name, unit
        case = self._firing.get(place)
        if case is not None:
            if value >= rule.leave:
                del self._firing[place]
                case.over = now
                if case.told is None:
                    self._cases.remove(case)
                    self.untold += 1
            return
        if value >= rule.leave:
            self._since.pop(place, None)
        elif value < rule.enter:
            self._since.setdefault(place, now)
        since = self._since.get(place)
        if since is not None and now - since >= rule.hold:
            del self._since[place]
            self._firing[place] = _Case(_alert(rule.name, unit, since), place, now)
            self._cases.append(self._firing[place])
            self.fired += 1

    def _tell(self, rule: Watched, now: int) -> None:
        groups: dict[str, list[_Case]] = {}
        for case in self._cases:
            if case.place[0] == rule.name:
                groups.setdefault(self.places[case.place[1]][0], []).append(case)
        for cases in groups.values():
            new = [one for one in cases if one.told is None]
            if new and min(one.fired for one in new) + rule.wait <= now:
                for one in new:
                    one.told = self.places[one.place[1]][1]
                self._send("fired", new)
            over = [one for one in cases if one.told is not None and one.over is not None]
            if over and min(one.over or 0 for one in over) + rule.wait <= now:
                self._send("recovered", over)
                for one in over:
                    self._cases.remove(one)

    def _send(self, kind: str, cases: Sequence[_Case]) -> None:
        for recipient in {who for one in cases for who in one.told or ()}:
            alerts = sorted(one.alert for one in cases if recipient in (one.told or ()))
            named = "\0".join(["alert", kind, recipient, self.channel, "", *alerts])
            self.ids.add(f"msg_{hashlib.sha256(named.encode()).hexdigest()[:24]}")


def _alert(rule: str, unit: str, since: int) -> str:
    return hashlib.sha256(f"{rule}|{unit}|k|{since}".encode()).hexdigest()[:16]


def _within(hours: tuple[int, int], now: int) -> bool:
    """Whether a moment (UTC) lies in quiet hours that go over midnight."""
    hour = now // (60 * MINUTE) % 24
    return hour >= hours[0] or hour < hours[1]
