"""What people conclude from a period: checked, and written to the journal."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from layouts.words import Words
from wall.desk.method_form import NoNumber, number_of
from wall.journal import Entry, Journal
from wall.people.viewer import Viewer
from wall.refusal import Refused
from wall.sight.visible import Visible

from .ledger import LEARNED, PROPOSED, WITHDRAWN, ReviewLedger

MOST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Where somebody concludes something: who, in which words, and what of the unit they may write about."""

    viewer: Viewer
    words: Words
    seen: Visible
    unit: str
    period: str
    now_ms: int


class ReviewSteps:
    """The steps; each raises `Refused` with words where it can't be taken."""

    def __init__(self, journal: Journal, ledger: ReviewLedger) -> None:
        self._journal = journal
        self._ledger = ledger

    def learn(self, where: Conclusion, way: Literal["keep", "change"], text: str) -> None:
        """Keep a lesson."""
        self._check(where)
        self._append(LEARNED, where, {"way": way, "text": _tidy(where, text)})

    def propose(self, where: Conclusion, kpi: str, field: str, value: str, reason: str) -> None:
        """Propose another target or weight of a KPI at the unit."""
        self._check(where)
        if not where.seen.sees_kpi(where.unit, kpi) or field not in ("target", "weight"):
            raise Refused(where.words("followup.refused.unknown"))
        try:
            number = number_of(value)
        except NoNumber:
            number = None
        if number is None or (field == "weight" and number < 0):
            raise Refused(where.words("review.refused.number", text=value.strip()[:30]))
        about = {"kpi": kpi, "field": field, "value": value.strip(), "reason": _tidy(where, reason)}
        self._append(PROPOSED, where, about)

    def withdraw(self, where: Conclusion, id_: str) -> None:
        """Take back what one wrote oneself."""
        state = self._ledger.state()
        held = state.learned.get(id_) or state.proposed.get(id_)
        if held is None or held.unit != where.unit or not where.seen.sees_score(where.unit):
            raise Refused(where.words("followup.refused.unknown"))
        if held.author != where.viewer.name:
            raise Refused(where.words("followup.refused.not_written"))
        self._append(WITHDRAWN, where, {"id": id_})

    def _check(self, where: Conclusion) -> None:
        if where.viewer.kind != "person":
            raise Refused(where.words("followup.refused.people"))
        if not where.seen.sees_score(where.unit):
            raise Refused(where.words("followup.refused.may_not"))

    def _append(self, kind: str, where: Conclusion, about: Mapping[str, Any]) -> None:
        viewer = where.viewer
        body = {"id": uuid.uuid4().hex[:16], "unit": where.unit, "period": where.period, "by": viewer.name,
                "by_title": viewer.title or viewer.name, "business_ms": where.now_ms, **about}  # fmt: skip
        self._journal.append(Entry(kind, time.time_ns() // 1_000_000, viewer.title or viewer.name, body))


def _tidy(where: Conclusion, text: str) -> str:
    tidy = text.strip()
    if not tidy:
        raise Refused(where.words("followup.refused.empty"))
    if len(tidy) > MOST_TEXT:
        raise Refused(where.words("followup.refused.long", most=MOST_TEXT, n=len(tidy)))
    return tidy
