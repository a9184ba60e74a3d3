"""What an explain page is told: the explanation of a unit or a KPI with its versions, and the events behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.board import UnitScore
from scoring.editions import Version
from scoring.explain import KpiExplanation, UnitExplanation
from scoring.waterfall import Waterfall


@dataclass(frozen=True, slots=True)
class UnitStory:
    """Why a unit's score is what it is; `since_yesterday` is None where either score is unknown."""

    explanation: UnitExplanation
    versions: list[Version]
    since_yesterday: Waterfall | None
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class KpiStory:
    """Why a KPI's score is what it is; `unit_score` is that of the unit it stands at."""

    explanation: KpiExplanation
    versions: list[Version]
    unit_score: UnitScore
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event behind a KPI's numbers.

    `log_ms` is when the log took it in, `partition` and `position` where it lies there; `unit` is the title of the
    unit it names. `fields` are its fields as text, `added` what it added per metric, by the metric's title.
    """

    event_ms: int
    log_ms: int
    id: str
    source: str
    type_title: str
    unit: str
    partition: str
    position: str
    fields: Mapping[str, str]
    added: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EventPage:
    """A page of events, newest first.

    `cursor` is where the next older page begins, None where there is none; `scanned` is how many records were read
    (0: not told), and `complete` whether all asked for were found before the reading was cut off.
    """

    rows: Sequence[EventRow]
    cursor: str | None
    scanned: int
    complete: bool

    @property
    def has_more(self) -> bool:
        """Whether older events may follow."""
        return self.cursor is not None
