"""What a reader's page of a stand-up knows, put together from the meeting, its snapshot and what was written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from layouts.standup.facts import Item, MeetingFact, MeetingLink, Spoken, Task
from scoring.board import Board
from scoring.roles import Capability
from streams.redis_adapters.standups import Stand
from wall.board_follower import BoardFollower
from wall.followup.items import Action, Anchor, Decision, Note
from wall.followup.ledger import Followup
from wall.people.entrance import real_ms
from wall.people.viewer import Viewer
from wall.sight.seen_story import seen_waterfall
from wall.sight.visible import Visible

from .meetings import Meeting
from .seen import seen_items, seen_step
from .standups import Standups


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting for one reader: what they see of the model, the board that it is about, and the rest."""

    seen: Visible
    board: Board
    fact: MeetingFact


class Gatherer:
    """Makes what pages and minutes are made from; for any number of threads."""

    def __init__(self, standups: Standups, follower: BoardFollower) -> None:
        self._standups = standups
        self._follower = follower

    def now(self, viewer: Viewer, unit: str) -> Shown:
        """The meeting that runs at a unit, else what the next one would talk about."""
        self._standups.refresh()
        running = self._standups.meetings.running(unit)
        return self._next(viewer, unit) if running is None else self.of(viewer, running)

    def stamp(self, viewer: Viewer, unit: str) -> tuple[str, str]:
        """Changes with the page of a unit, but for the time; and the meeting that runs. Asked once a second by each."""
        self._standups.refresh()
        running = self._standups.meetings.running(unit)
        followup = self._standups.followup(self._standups.visible(viewer))
        if running is None:
            return self._next_stamp(followup), ""
        return self._stamp(running, self._standups.stand(running), followup), running.id

    def _next_stamp(self, followup: Followup) -> str:
        """What is not begun is shown anew every minute."""
        return f"next.{self._follower.now_ms() // 60_000}.{len(followup.actions)}"

    def of(self, viewer: Viewer, meeting: Meeting, capability: Capability = Capability.VIEW) -> Shown:
        """A meeting, whether it runs or not, as far as a capability of the viewer reaches."""
        seen = self._standups.visible(viewer, capability)
        followup = self._standups.followup(seen)
        held = self._standups.meetings.snapshot(meeting)
        board = seen.board(held.board())
        items = seen_items(meeting.items, seen, followup)
        stand = self._standups.stand(meeting) if meeting.runs else None
        moved = None if held.moved is None else seen_waterfall(held.moved, seen)
        fact = MeetingFact(
            id=meeting.id,
            unit=meeting.unit,
            items=items,
            at=seen_step(stand.at, items) if stand else "",
            budget_s=meeting.budget_s,
            snapshot_ms=held.as_of_ms,
            snapshot_version=held.version,
            now_ms=real_ms(),
            today=self._today(self._follower.now_ms() if meeting.runs else meeting.business_ms),
            host=meeting.host_title,
            begun_ms=meeting.begun_ms,
            since_ms=stand.since_ms if stand else 0,
            ended_ms=meeting.ended_ms,
            spent=stand.spent if stand else meeting.spent,
            tasks=self._tasks(followup, meeting.unit, seen, items, meeting.id, viewer),
            spoken=_spoken(followup, meeting.id, viewer),
            alerts=self._standups.alerts(seen) if meeting.runs else (),
            moved=moved,
            moved_from_ms=held.moved_from_ms,
            attended=tuple(stand.here.values() if stand else (title for _, title in meeting.attended)),
            is_here=stand is not None and viewer.name in stand.here,
            last=self._last(meeting),
            above=self._above(meeting, seen),
            below=[link for one in meeting.below if (link := self._linked(one, seen)) is not None],
            stamp=self._stamp(meeting, stand, followup),
            **self._rights(viewer, meeting.unit),
        )
        return Shown(seen, board, fact)

    def _next(self, viewer: Viewer, unit: str) -> Shown:
        seen = self._standups.visible(viewer)
        followup, now_ms = self._standups.followup(seen), self._follower.now_ms()
        budget_s, board = self._standups.budget_s(unit), self._follower.board()
        items = self._standups.agenda(unit, seen, budget_s)
        last = self._standups.meetings.last(unit)
        fact = MeetingFact(
            id="",
            unit=unit,
            items=items,
            at=items[0].key if items else "",
            budget_s=budget_s,
            snapshot_ms=board.as_of_ms,
            snapshot_version=board.version,
            now_ms=real_ms(),
            today=self._today(now_ms),
            tasks=self._tasks(followup, unit, seen, items, "", viewer),
            alerts=self._standups.alerts(seen),
            last=last.id if last else "",
            stamp=self._next_stamp(followup),
            **self._rights(viewer, unit),
        )
        return Shown(seen, seen.board(board), fact)

    def _rights(self, viewer: Viewer, unit: str) -> dict[str, Any]:
        steps = self._standups.anchor_rights(viewer, Anchor(unit))
        assigns = Capability.ASSIGN in steps
        found: dict[str, Any] = {
            "may_run": self._standups.may_run(viewer, unit),
            "may_write": bool(steps),
            "may_assign": assigns,
            "may_export": self._standups.visible(viewer, Capability.EXPORT).has_unit(unit),
            "due": self._standups.due(),
            "clock_ms": self._follower.now_ms(),
            "speed": self._follower.clock.speed,
        }
        if steps:
            found["owners"] = self._standups.owners(viewer, unit)
        return found

    def _today(self, ms: int) -> dt.date:
        return self._standups.calendar.business_date(ms)

    def _last(self, meeting: Meeting) -> str:
        return meeting.last if self._standups.meetings.one(meeting.last) else ""

    def _above(self, meeting: Meeting, seen: Visible) -> list[MeetingLink]:
        """Meetings of units above that took up what this one could not solve."""
        taking = [one.id for one in self._standups.meetings.all() if meeting.id in one.below]
        return [link for one in taking if (link := self._linked(one, seen)) is not None]

    def _linked(self, name: str, seen: Visible) -> MeetingLink | None:
        meeting = self._standups.meetings.one(name)
        return None if meeting is None or not seen.has_unit(meeting.unit) else self.link(meeting, seen)

    def link(self, meeting: Meeting, seen: Visible) -> MeetingLink:
        """A line about a meeting; its counts are of what the reader sees."""
        followup = self._standups.followup(seen)
        return MeetingLink(
            meeting.id,
            meeting.unit,
            meeting.business_ms,
            meeting.host_title,
            meeting.runs,
            items=sum(1 for one in seen_items(meeting.items, seen, followup) if one.kpi),
            decisions=sum(1 for one in followup.decisions.values() if one.meeting == meeting.id),
            actions=sum(1 for one in followup.actions.values() if one.meeting == meeting.id),
        )

    def _tasks(
        self, followup: Followup, unit: str, seen: Visible, items: Iterable[Item], meeting: str, viewer: Viewer
    ) -> list[Task]:
        """Open actions of the unit and of what the agenda is about; this meeting's own whatever became of them."""
        about = {(one.unit, one.kpi) for one in items if one.kpi}
        listed = {name for one in items for name in one.actions}

        def concerns(one: Action) -> bool:
            if meeting and one.meeting == meeting:
                return True
            anchored = one.anchor.unit == unit or (one.anchor.unit, one.anchor.kpi) in about
            return one.id in listed or (one.state == "open" and anchored)

        found = [one for one in followup.actions.values() if concerns(one)]
        found.sort(key=lambda one: (bool(meeting) and one.meeting == meeting, one.state != "open", one.due, one.id))
        return [
            Task(
                one.id, one.anchor.unit, one.anchor.kpi, one.title, one.owner_title, one.due, one.state, one.at_ms,
                fresh=bool(meeting) and one.meeting == meeting, mine=one.author == viewer.name,
            )
            for one in found
        ]  # fmt: skip

    def _stamp(self, meeting: Meeting, stand: Stand | None, followup: Followup) -> str:
        """Changes with everything that the page shows, but for the time."""
        told = [meeting.id, meeting.snapshots, meeting.ended_ms, stand.count if stand else 0, stand.at if stand else ""]
        for held in (followup.notes, followup.actions, followup.decisions):
            told += [(one.id, getattr(one, "state", ""), getattr(one, "due", "")) for one in held.values()]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _spoken(followup: Followup, meeting: str, viewer: Viewer) -> list[Spoken]:
    """Notes and decisions of a meeting, oldest first."""

    def told(kind: str, one: Note | Decision) -> Spoken:
        return Spoken(
            "note" if kind == "note" else "decision", one.id, one.anchor.unit, one.anchor.kpi, one.text,
            one.author_title, one.at_ms, one.standing.board, one.author == viewer.name,
        )  # fmt: skip

    notes = [told("note", one) for one in followup.notes.values() if one.meeting == meeting]
    decided = [told("decision", one) for one in followup.decisions.values() if one.meeting == meeting]
    return sorted([*notes, *decided], key=lambda one: (one.at_ms, one.id))
