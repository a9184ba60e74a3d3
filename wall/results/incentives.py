"""Trial calculations of incentive pay: previewed, proposed, approved by a second person, frozen, exported."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scoring.calendar import BusinessCalendar, Period
from scoring.compile import compile_scorecard
from scoring.definitions import Model
from scoring.grades import Incentive
from scoring.grading import Crowded, Line, crowded_grades
from streams.redis_adapters.site import AppliedModel

from ..definitions.history import applications
from ..journal import Entry, Journal
from ..refusal import Refused
from ..wiring import Site
from .closing import closed_periods
from .frozen import digest, plain, restored
from .past import Past
from .pay import pay_lines
from .period_names import period_name

PROPOSED, APPROVED, WITHDRAWN = "incentive.proposed", "incentive.approved", "incentive.withdrawn"


class Stage(StrEnum):
    """How far a trial calculation has come."""

    PREVIEW = "preview"
    PROPOSED = "proposed"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Calculation:
    """The lines of one incentive and period; `digest` signs them, `closed` whether the scores were frozen before."""

    incentive: str
    period: str
    model: int
    model_version: str
    closed: bool
    lines: tuple[Line, ...]
    digest: str
    stage: Stage = Stage.PREVIEW
    proposed_by: str = ""
    proposed_ms: int = 0
    approved_by: str = ""
    approved_ms: int = 0
    reason: str = ""

    @property
    def total(self) -> Decimal | None:
        """The sum of all amounts; None while one is unknown."""
        amounts = [line.amount for line in self.lines]
        return (
            None
            if any(one is None for one in amounts)
            else sum((one for one in amounts if one is not None), Decimal(0))
        )


def incentive_named(model: Model, name: str) -> Incentive:
    """An incentive of the model; raises `Refused` with those there are."""
    for one in model.incentives:
        if one.id == name:
            return one
    known = ", ".join(one.id for one in model.incentives) or "none; add incentives: to the model"
    raise Refused(f"the model has no incentive {name!r}; it has {known}")


def preview(site: Site, applied: AppliedModel, incentive: Incentive, period: Period) -> Calculation:
    """The calculation over a period's scores: those frozen when it was closed, else as the counters say now.

    A running period counts up to now, as targets that accrue are due only so far.
    """
    calendar = BusinessCalendar(applied.model.calendar)
    name = period_name(period, calendar)
    held = closed_periods(site.journal).get(name)
    frozen = held if held is not None and not held.reopened else None
    if frozen is not None:
        applied = next(one for one in applications(site.journal) if one.number == frozen.model)
        incentive = next((one for one in applied.model.incentives if one.id == incentive.id), incentive)
    if frozen is None:
        now_ms = max(site.store.clock().now_ms(), period.start_ms + 1)
        evaluator = Past(site, applied).at(min(period.end_ms, now_ms))
        lines = tuple(pay_lines(applied.model, incentive, evaluator.scorecard, evaluator))
    else:
        scorecard = compile_scorecard(applied.model, calendar.business_date(period.end_ms - 1))
        lines = tuple(pay_lines(applied.model, incentive, scorecard, frozen.scores))
    content = _content(incentive.id, name, applied, lines)
    return Calculation(
        incentive.id, name, applied.number, applied.model.version, frozen is not None, lines, digest(content)
    )


def _content(incentive: str, period: str, applied: AppliedModel, lines: tuple[Line, ...]) -> dict[str, Any]:
    return {"incentive": incentive, "period": period, "model": applied.number, "lines": plain(lines)}


def calculations(journal: Journal) -> dict[tuple[str, str], Calculation]:
    """Every calculation that was proposed and not withdrawn, by incentive and period, as it stands now."""
    found: dict[tuple[str, str], Calculation] = {}
    for entry in journal.entries("incentive."):
        key = entry.body["incentive"], entry.body["period"]
        held = found.get(key)
        if entry.kind == PROPOSED and (held is None or held.stage is not Stage.APPROVED):
            about = {"stage": Stage.PROPOSED, "proposed_by": entry.author, "proposed_ms": entry.at_ms}
            found[key] = restored({**entry.body, **about}, Calculation)
        elif entry.kind == APPROVED and held is not None and held.stage is Stage.PROPOSED:
            if entry.body["digest"] == held.digest and entry.author != held.proposed_by:
                about = {"stage": Stage.APPROVED, "approved_by": entry.author, "approved_ms": entry.at_ms}
                found[key] = restored({**plain(held), **about}, Calculation)
        elif entry.kind == WITHDRAWN:
            found.pop(key, None)
    return found


def propose(site: Site, calculation: Calculation, author: str, reason: str) -> None:
    """Put a calculation up for approval; raises `Refused` where one is approved, or the period is not closed."""
    held = calculations(site.journal).get((calculation.incentive, calculation.period))
    if held is not None and held.stage is Stage.APPROVED:
        raise Refused(
            f"{held.incentive} {held.period} is approved by {held.approved_by}; withdraw it with a reason first"
        )
    if not calculation.closed:
        raise Refused(f"{calculation.period} is not closed, so its scores may still move; run kpiwall close first")
    if calculation.total is None:
        unknown = [line.unit for line in calculation.lines if line.amount is None]
        raise Refused(f"amounts of {', '.join(unknown[:5])} are not known; give base and scores first")
    site.journal.append(_entry(PROPOSED, author, {**plain(calculation), "reason": reason}))


def approve(site: Site, incentive: str, period: str, author: str) -> Calculation:
    """Approve and freeze what was proposed; raises `Refused` where nothing is proposed, or by whom it was proposed."""
    held = calculations(site.journal).get((incentive, period))
    if held is None or held.stage is not Stage.PROPOSED:
        raise Refused(f"nothing is proposed for {incentive} {period}; run kpiwall incentive propose first")
    if held.proposed_by == author:
        raise Refused(f"{author} proposed it; a second person must approve")
    site.journal.append(_entry(APPROVED, author, {"incentive": incentive, "period": period, "digest": held.digest}))
    return calculations(site.journal)[incentive, period]


def withdraw(site: Site, incentive: str, period: str, author: str, reason: str) -> None:
    """Take a proposed or approved calculation back; it stays in the journal."""
    if (incentive, period) not in calculations(site.journal):
        raise Refused(f"nothing is proposed or approved for {incentive} {period}")
    site.journal.append(_entry(WITHDRAWN, author, {"incentive": incentive, "period": period, "reason": reason}))


def _entry(kind: str, author: str, body: dict[str, Any]) -> Entry:
    return Entry(kind, time.time_ns() // 1_000_000, author, body)


def warnings(model: Model, calculation: Calculation) -> list[Crowded]:
    """The grades that more units got than the model's forced ratios allow."""
    return crowded_grades(model.grades, [line.grade for line in calculation.lines])
