"""What pages know of notes, actions and decisions; all of it is seen by the reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class Seen:
    """The number when an item was written; `score` is on the point grid."""

    value: Fraction | None
    score: int | None
    status: str
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note or a decision; `mine`: the reader wrote it, and may take it back."""

    id: str
    kind: Literal["note", "decision"]
    unit: str
    kpi: str
    text: str
    author: str
    at_ms: int
    seen: Seen
    mine: bool = False


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action. `late`: it is open past its day; `moved` counts how often its day was moved.

    `may_change`: the reader may say that it is done and move its day; `may_assign`: hand it on, too; `people` are then
    those it may be handed to.
    """

    id: str
    unit: str
    kpi: str
    title: str
    owner: str
    owner_title: str
    author: str
    due: dt.date
    state: Literal["open", "done", "dropped"]
    late: bool
    at_ms: int
    ended_ms: int | None = None
    outcome: str = ""
    moved: int = 0
    mine: bool = False
    may_change: bool = False
    may_assign: bool = False
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is pinned to a unit or one of its KPIs, and what the reader may add; `people` may own an action there."""

    unit: str
    kpi: str
    today: dt.date
    now_ms: int
    notes: tuple[NoteLine, ...] = ()
    actions: tuple[ActionLine, ...] = ()
    may_note: bool = False
    may_act: bool = False
    people: tuple[tuple[str, str], ...] = ()
    me: str = ""
    first_due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MyActions:
    """The reader's own actions, and those they gave to others."""

    today: dt.date
    now_ms: int
    late: tuple[ActionLine, ...] = ()
    now: tuple[ActionLine, ...] = ()
    later: tuple[ActionLine, ...] = ()
    done: tuple[ActionLine, ...] = ()
    given: tuple[ActionLine, ...] = ()
