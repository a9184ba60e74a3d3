"""Stand-ups as the journal's entries make them: begun, taken anew, ended; nothing of one is changed afterwards."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from layouts.standup.facts import Item
from wall.journal import Entry, Journal

from . import snapshot
from .snapshot import Held

PREFIX = "standup."
BEGUN, REFRESHED, ENDED = "standup.begun", "standup.refreshed", "standup.ended"
#: Snapshots are read from entries whenever a page asks; the newest are kept.
_KEPT = 24


@dataclass(frozen=True, slots=True)
class Meeting:
    """A stand-up. `begun_ms` and `ended_ms` are real time, `business_ms` the business clock's.

    `items` is its agenda as it was made, `held` the snapshot in the form of the journal. `last` is the unit's meeting
    before, `below` are those of units below that its agenda took up. `spent` is what each step took, in ms, and
    `attended` who was there, once it has ended.
    """

    id: str
    unit: str
    begun_ms: int
    business_ms: int
    host: str
    host_title: str
    budget_s: int
    items: tuple[Item, ...]
    held: Mapping[str, Any]
    last: str = ""
    below: tuple[str, ...] = ()
    ended_ms: int | None = None
    spent: Mapping[str, int] = field(default_factory=dict)
    attended: tuple[tuple[str, str], ...] = ()
    snapshots: int = 1

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.ended_ms is None


class Meetings:
    """All stand-ups of a site, read on from the journal; for any number of threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read = 0
        self._by_id: dict[str, Meeting] = {}
        self._by_unit: dict[str, list[str]] = {}
        self._snapshots: OrderedDict[tuple[str, int], Held] = OrderedDict()
        self._lock = threading.Lock()

    def read_on(self) -> None:
        """Take what is new of the journal; raises what the journal raises where it can't be read."""
        with self._lock:
            new = self._journal.since(self._read)
            self._take(new)
            self._read += len(new)

    def one(self, name: str) -> Meeting | None:
        """A meeting by its id."""
        return self._by_id.get(name)

    def of(self, unit: str) -> list[Meeting]:
        """A unit's meetings, newest first."""
        return [self._by_id[one] for one in reversed(self._by_unit.get(unit, ()))]

    def running(self, unit: str) -> Meeting | None:
        """The meeting that has begun and not ended."""
        return next((one for one in self.of(unit)[:1] if one.runs), None)

    def last(self, unit: str) -> Meeting | None:
        """The last meeting that has ended."""
        return next((one for one in self.of(unit)[:2] if not one.runs), None)

    def all(self) -> list[Meeting]:
        """Every meeting, newest first."""
        return list(reversed(list(self._by_id.values())))

    def snapshot(self, meeting: Meeting) -> Held:
        """The numbers that a meeting talks about."""
        key = (meeting.id, meeting.snapshots)
        with self._lock:
            if key in self._snapshots:
                self._snapshots.move_to_end(key)
                return self._snapshots[key]
        found = snapshot.read(meeting.held)
        with self._lock:
            self._snapshots[key] = found
            if len(self._snapshots) > _KEPT:
                self._snapshots.popitem(last=False)
        return found

    def _take(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.kind == BEGUN:
                self._begin(begun(entry))
            elif entry.kind in (REFRESHED, ENDED) and entry.body["meeting"] in self._by_id:
                held = self._by_id[entry.body["meeting"]]
                if held.runs:
                    self._by_id[held.id] = changed(held, entry)

    def _begin(self, meeting: Meeting) -> None:
        """Of two that began at once for a unit, the first in the journal stands."""
        if self.running(meeting.unit) is None and meeting.id not in self._by_id:
            self._by_id[meeting.id] = meeting
            self._by_unit.setdefault(meeting.unit, []).append(meeting.id)


def begun(entry: Entry) -> Meeting:
    """The meeting that an entry began."""
    body = entry.body
    return Meeting(
        id=body["meeting"],
        unit=body["unit"],
        begun_ms=entry.at_ms,
        business_ms=body["business_ms"],
        host=body["by"],
        host_title=body["by_title"],
        budget_s=body["budget_s"],
        items=_items(body["items"]),
        held=body["snapshot"],
        last=body.get("last", ""),
        below=tuple(body.get("below", ())),
    )


def changed(meeting: Meeting, entry: Entry) -> Meeting:
    """The meeting with newer numbers, or at its end."""
    body = entry.body
    if entry.kind == REFRESHED:
        items, number = _items(body["items"]), meeting.snapshots + 1
        return replace(meeting, items=items, held=body["snapshot"], snapshots=number)
    attended = tuple((one[0], one[1]) for one in body["attended"])
    return replace(meeting, ended_ms=entry.at_ms, spent=body["spent"], attended=attended)


def _items(plain: Sequence[Any]) -> tuple[Item, ...]:
    return msgspec.convert(plain, tuple[Item, ...])
