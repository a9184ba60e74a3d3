"""Notes, actions and decisions: what the journal's entries make of them. Each is pinned to a unit, and most to a KPI.

Whoever sees what an item is pinned to sees the item, as its text may tell the numbers (see `seen.py`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

PREFIX = "followup."
NOTED = "followup.noted"
ACTION_ADDED, ACTION_CHANGED = "followup.action_added", "followup.action_changed"
DECIDED = "followup.decided"
#: An item was taken back by who wrote it, at once or later; it stays in the journal.
WITHDRAWN = "followup.withdrawn"

ActionState = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """What an item is pinned to; `kpi` is empty for the unit as a whole."""

    unit: str
    kpi: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The number as it was seen when an item was written: exact value (`n/d`) and score in points, or None.

    `board` and `model` are the versions of the board and the model, `as_of_ms` the board's moment.
    """

    board: int = 0
    model: str = ""
    as_of_ms: int = 0
    value: str | None = None
    score: int | None = None
    status: str = "unknown"


@dataclass(frozen=True, slots=True)
class Note:
    """A check-in: what somebody says of a KPI, with the number of that moment.

    `author` is the account's id and `author_title` what people read; `mentions` are accounts. `meeting` is the stand-up
    in which it was written, `alert` the alert that it is about, empty where there is none.
    """

    id: str
    anchor: Anchor
    text: str
    author: str
    author_title: str
    at_ms: int
    standing: Standing
    mentions: tuple[str, ...] = ()
    meeting: str = ""
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody changed of an action: `before` and `after` are a day, a title or a state."""

    what: Literal["due", "owner", "state"]
    before: str
    after: str
    at_ms: int
    by_title: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something somebody will do by a day. `owner` is an account's id; `owner_title` is what people read.

    `at_ms`, `ended_ms` and the moments of changes are business time, as all moments of items.
    """

    id: str
    anchor: Anchor
    title: str
    owner: str
    owner_title: str
    due: dt.date
    author: str
    author_title: str
    at_ms: int
    standing: Standing
    state: ActionState = "open"
    ended_ms: int | None = None
    outcome: str = ""
    meeting: str = ""
    alert: str = ""
    changes: tuple[Change, ...] = ()

    def overdue(self, today: dt.date) -> bool:
        """Whether it is open past its day."""
        return self.state == "open" and self.due < today


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, with the version of the board that was seen."""

    id: str
    anchor: Anchor
    text: str
    author: str
    author_title: str
    at_ms: int
    standing: Standing
    meeting: str = ""
