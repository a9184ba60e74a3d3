"""What pages know of an alert, whoever works it out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.forms import Text


@dataclass(frozen=True, slots=True)
class AlertFact:
    """An alert that the reader may see; moments are business time in ms.

    `phase` is firing, acknowledged or resolved; `of` is what the reading is (value, attainment, score, status, rank,
    change, silence), `level` what it was entered at. `folded` are the alerts below that are told as part of this one,
    as far as the reader sees them; `part` marks one of those, where it is given beside the one that stands for it.
    """

    id: str
    rule: str
    title: Text
    advice: Text
    severity: str
    phase: str
    unit: str
    kpi: str
    of: str
    reading: Fraction | None
    level: Fraction | None
    since_ms: int
    fired_ms: int
    resolved_ms: int | None = None
    acknowledged_by: str = ""
    assignee: str = ""
    snoozed_until_ms: int | None = None
    folded: int = 0
    acknowledged_ms: int | None = None
    part: bool = False
