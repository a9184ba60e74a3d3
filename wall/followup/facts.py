"""Notes and actions for pages: as far as the reader sees them, with what the reader may do about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from layouts.followup.facts import ActionLine, MyActions, NoteLine, Pinned, Seen
from scoring.calendar import DAY_MS, BusinessCalendar
from scoring.roles import Capability
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from wall.messages.view import FollowedBoard
from wall.people.viewer import Viewer

from .items import Action, Anchor, Decision, Note, Standing
from .ledger import Followup, Ledger
from .seen import seen, sees
from .steps import FollowupSteps

#: What was done is shown so long on the list of one's own.
DONE_MS = 14 * DAY_MS
#: Working days until a new action is due, unless somebody says otherwise.
DUE_DAYS = 2
_LATEST = 20


@dataclass(frozen=True, slots=True)
class FollowupPages:
    """Makes facts for whoever reads; while the journal can't be read, of what was read last."""

    ledger: Ledger
    steps: FollowupSteps
    view: FollowedBoard

    def state(self, viewer: Viewer) -> Followup:
        """What somebody sees."""
        try:
            found = self.ledger.state()
        except (LogUnavailable, StoreUnavailable):
            found = self.ledger.known
        return seen(found, self.steps.readers.visible(viewer))

    def seen(self, viewer: Viewer, unit: str, kpi: str) -> Pinned | None:
        """The same where the viewer sees it; else nothing."""
        shown = sees(self.steps.readers.visible(viewer), Anchor(unit, kpi))
        return self.pinned(viewer, unit, kpi) if shown else None

    def pinned(self, viewer: Viewer, unit: str, kpi: str) -> Pinned:
        """What is pinned to a unit or KPI that the reader sees; open actions by their day, the rest newest first."""
        anchor, state, today = Anchor(unit, kpi), self.state(viewer), self.steps.today
        actions = [one for one in state.actions.values() if one.anchor == anchor]
        written = [one for held in (state.notes, state.decisions) for one in held.values() if one.anchor == anchor]
        opened = sorted((one for one in actions if one.state == "open"), key=lambda one: (one.due, one.at_ms))
        ended = sorted((one for one in actions if one.state != "open"), key=lambda one: -(one.ended_ms or 0))
        may_note = self.steps.may(viewer, anchor, Capability.NOTE)
        may_assign = self.steps.may(viewer, anchor, Capability.ASSIGN)
        return Pinned(
            unit,
            kpi,
            today,
            self.view.now_ms(),
            tuple(note_line(one, viewer) for one in sorted(written, key=lambda one: -one.at_ms)[:_LATEST]),
            tuple(self.line(one, viewer) for one in [*opened, *ended][:_LATEST]),
            may_note=may_note,
            may_act=may_note or may_assign,
            people=self._people(anchor) if may_assign else (),
            me=viewer.name,
            first_due=working_day_after(BusinessCalendar(self.view.applied.model.calendar), today, DUE_DAYS),
        )

    def mine(self, viewer: Viewer) -> MyActions:
        """The reader's own actions by how urgent they are, and what they gave to others and is open or done lately."""
        today, now_ms = self.steps.today, self.view.now_ms()
        actions = sorted(self.state(viewer).actions.values(), key=lambda one: (one.due, one.at_ms))
        own = [one for one in actions if one.owner == viewer.name]
        lately = [one for one in own if one.ended_ms is not None and now_ms - one.ended_ms <= DONE_MS]
        given = [
            one for one in actions
            if one.author == viewer.name != one.owner
            and (one.state == "open" or now_ms - (one.ended_ms or 0) <= DONE_MS)
        ]  # fmt: skip
        opened = [one for one in own if one.state == "open"]

        def lines(found: Iterable[Action]) -> tuple[ActionLine, ...]:
            return tuple(self.line(one, viewer) for one in found)

        return MyActions(
            today,
            now_ms,
            late=lines(one for one in opened if one.due < today),
            now=lines(one for one in opened if one.due == today),
            later=lines(one for one in opened if one.due > today),
            done=lines(sorted(lately, key=lambda one: -(one.ended_ms or 0))),
            given=lines(given),
        )

    def count(self, viewer: Viewer) -> int:
        """How many actions of the reader are due or overdue."""
        if viewer.kind != "person":
            return 0
        own = (one for one in self.state(viewer).actions.values() if one.owner == viewer.name)
        return sum(one.state == "open" and one.due <= self.steps.today for one in own)

    def line(self, action: Action, viewer: Viewer) -> ActionLine:
        """An action as the reader sees it."""
        assigns = self.steps.may(viewer, action.anchor, Capability.ASSIGN)
        return ActionLine(
            id=action.id,
            unit=action.anchor.unit,
            kpi=action.anchor.kpi,
            title=action.title,
            owner=action.owner,
            owner_title=action.owner_title,
            author=action.author_title,
            due=action.due,
            state=action.state,
            late=action.overdue(self.steps.today),
            at_ms=action.at_ms,
            ended_ms=action.ended_ms,
            outcome=action.outcome,
            moved=sum(one.what == "due" for one in action.changes),
            mine=action.author == viewer.name,
            may_change=assigns or (viewer.kind == "person" and action.owner == viewer.name),
            may_assign=assigns,
            people=self._people(action.anchor) if assigns and action.state == "open" else (),
        )

    def _people(self, anchor: Anchor) -> tuple[tuple[str, str], ...]:
        return tuple((one.id, one.name) for one in self.steps.readers.all(anchor))


def note_line(item: Note | Decision, viewer: Viewer) -> NoteLine:
    """A note or a decision as the reader sees it."""
    return NoteLine(
        id=item.id,
        kind="note" if isinstance(item, Note) else "decision",
        unit=item.anchor.unit,
        kpi=item.anchor.kpi,
        text=item.text,
        author=item.author_title,
        at_ms=item.at_ms,
        seen=seen_then(item.standing),
        mine=item.author == viewer.name,
    )


def seen_then(standing: Standing) -> Seen:
    """The number of that moment."""
    value = None if standing.value is None else Fraction(standing.value)
    return Seen(value, standing.score, standing.status, standing.as_of_ms)


def working_day_after(calendar: BusinessCalendar, day: dt.date, count: int) -> dt.date:
    """The day after so many working days; within a year, as a calendar may have none."""
    found, left = day, count
    for _ in range(366):
        if not left:
            break
        found += dt.timedelta(days=1)
        left -= calendar.works(found)
    return found
