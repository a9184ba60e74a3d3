"""What reviews of periods concluded: lessons and proposals, as the journal's entries make them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from wall.journal import Entry, Journal

PREFIX = "review."
LEARNED, PROPOSED, WITHDRAWN = "review.learned", "review.proposed", "review.withdrawn"


@dataclass(frozen=True, slots=True)
class Learned:
    """What to keep or to change; it is pinned to the unit's score in a period, by its name."""

    id: str
    unit: str
    period: str
    kind: Literal["keep", "change"]
    text: str
    author: str
    author_title: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """That a KPI's target or weight at the unit should be another; `real_ms` is when that was written, in real time."""

    id: str
    unit: str
    period: str
    kpi: str
    field: Literal["target", "weight"]
    value: str
    reason: str
    author: str
    author_title: str
    at_ms: int
    real_ms: int


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Everything that stands, by id, oldest first."""

    learned: Mapping[str, Learned] = field(default_factory=dict)
    proposed: Mapping[str, Proposed] = field(default_factory=dict)


class ReviewLedger:
    """Folds what is new of the journal; for any number of threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._state = Conclusions()
        self._read = 0
        self._lock = threading.Lock()

    def state(self) -> Conclusions:
        """What stands as the journal is now; raises what the journal raises."""
        with self._lock:
            new = self._journal.since(self._read)
            mine = [one for one in new if one.kind.startswith(PREFIX)]
            if mine:
                self._state = folded(self._state, mine)
            self._read += len(new)
            return self._state


def folded(state: Conclusions, entries: Iterable[Entry]) -> Conclusions:
    """What stands after further entries."""
    learned, proposed = dict(state.learned), dict(state.proposed)
    for entry in entries:
        body = entry.body
        shared = (body["id"], body.get("unit", ""), body.get("period", ""))
        by = (body["by"], body["by_title"], body["business_ms"])
        if entry.kind == LEARNED:
            learned[body["id"]] = Learned(*shared, body["way"], body["text"], *by)
        elif entry.kind == PROPOSED:
            about = (body["kpi"], body["field"], body["value"], body["reason"])
            proposed[body["id"]] = Proposed(*shared, *about, *by, entry.at_ms)
        elif entry.kind == WITHDRAWN:
            learned.pop(body["id"], None)
            proposed.pop(body["id"], None)
    return Conclusions(learned, proposed)
