"""What the pages of a stand-up know: its agenda, where it stands, and what was written in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scoring.waterfall import Waterfall

from ..alerts.facts import AlertFact

Section = Literal["overdue", "new", "raised", "longest", "risk", "green"]
#: In the order in which they are talked about.
SECTIONS: tuple[Section, ...] = ("overdue", "new", "raised", "longest", "risk", "green")
#: Stands for the step that is talked about where the reader does not see it.
HIDDEN = "hidden"
#: How something stands, as the pages colour it; an action that is not late is open.
Tone = Literal["good", "watch", "bad", "unknown", "open", ""]
#: A unit and a KPI.
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One step of an agenda: a KPI, or with `cells` or `actions` a list that is talked about together.

    `days` are the working days that a KPI has been red, `raised_by` is the unit below that could not solve it,
    `seconds` what the budget gives it.
    """

    section: Section
    unit: str
    kpi: str = ""
    cells: tuple[Cell, ...] = ()
    actions: tuple[str, ...] = ()
    raised_by: str = ""
    days: int | None = None
    seconds: int = 0

    @property
    def key(self) -> str:
        """What names the step within its meeting.

        >>> Item("new", "asm-1", "oee").key, Item("green", "asm-1").key
        ('new:asm-1:oee', 'green')
        """
        return f"{self.section}:{self.unit}:{self.kpi}" if self.kpi else self.section


@dataclass(frozen=True, slots=True)
class Task:
    """An action as a meeting shows it; `fresh` was added in this meeting, `mine` was written by the reader."""

    id: str
    unit: str
    kpi: str
    title: str
    owner: str
    due: dt.date
    state: str
    at_ms: int
    fresh: bool = False
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """A note or decision; `at_ms` is business time, `board` the version of the board that was seen."""

    kind: Literal["note", "decision"]
    id: str
    unit: str
    kpi: str
    text: str
    author: str
    at_ms: int
    board: int
    mine: bool = False


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting as its reader sees it; numbers are those of the snapshot, which the page's board is.

    Without an `id` it has not begun, and `items` are what it would talk about now. `begun_ms`, `since_ms` (of the
    step) and `now_ms` are real time, `snapshot_ms` and `clock_ms` (now, going `speed` times as
    fast) business time. `spent` is what former steps took, in ms.
    `moved` is why the unit's score is another than at `moved_from_ms`.
    """

    id: str
    unit: str
    items: Sequence[Item]
    at: str
    budget_s: int
    snapshot_ms: int
    snapshot_version: int
    now_ms: int
    today: dt.date
    clock_ms: int = 0
    speed: float = 1.0
    host: str = ""
    begun_ms: int = 0
    since_ms: int = 0
    ended_ms: int | None = None
    spent: Mapping[str, int] = field(default_factory=dict)
    tasks: Sequence[Task] = ()
    spoken: Sequence[Spoken] = ()
    alerts: Sequence[AlertFact] = ()
    moved: Waterfall | None = None
    moved_from_ms: int | None = None
    attended: Sequence[str] = ()
    is_here: bool = False
    may_run: bool = False
    may_write: bool = False
    may_assign: bool = False
    may_export: bool = False
    owners: Sequence[tuple[str, str]] = ()
    due: dt.date | None = None
    last: str = ""
    above: Sequence[MeetingLink] = ()
    below: Sequence[MeetingLink] = ()
    stamp: str = ""

    @property
    def runs(self) -> bool:
        """Whether it has begun and not ended."""
        return bool(self.id) and self.ended_ms is None

    @property
    def current(self) -> Item | None:
        """The step that is talked about; None where the reader does not see it, or there is none."""
        return next((one for one in self.items if one.key == self.at), None)


@dataclass(frozen=True, slots=True)
class MeetingLink:
    """Another meeting: its unit, when it began (business ms), who led it."""

    id: str
    unit: str
    at_ms: int
    host: str
    runs: bool = False
    items: int = 0
    decisions: int = 0
    actions: int = 0
