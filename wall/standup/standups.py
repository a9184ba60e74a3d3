"""The stand-ups of a site: what is begun, stepped through, taken anew and ended, and by whom."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from layouts.alerts.facts import AlertFact
from layouts.standup.facts import Item
from layouts.words import Words, language_or
from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from scoring.roles import Capability
from scoring.waterfall import Waterfall
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.site import AppliedModel
from streams.redis_adapters.standups import Stand, StandupStore
from wall.board_follower import BoardFollower
from wall.followup.items import Action, Anchor, Decision, Note
from wall.followup.ledger import Followup, Ledger
from wall.followup.seen import seen as seen_followup
from wall.followup.steps import FollowupSteps
from wall.journal import Entry
from wall.people.accounts import Accounts
from wall.people.entrance import real_ms
from wall.people.viewer import Viewer
from wall.refusal import Refused
from wall.results.explaining import Explainer
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible
from wall.wiring import Site

from . import snapshot
from .agenda import Former, Given, agenda
from .meetings import BEGUN, ENDED, REFRESHED, Meeting, Meetings
from .seen import seen_items, seen_step
from .timing import BUDGET_S, LEAST_S, MOST_S

log = logging.getLogger(__name__)

#: Every screen of a meeting asks once a second; the journal is asked no more often than this for all of them.
_READ_S = 0.4


class Alerts(Protocol):
    """Knows which alerts stand."""

    def standing(self, seen: Visible) -> list[AlertFact]:
        """Those that are seen."""


class SnapshotView:
    """A site whose board is the snapshot of a meeting: what is written in it is about the numbers on the screen."""

    def __init__(self, follower: BoardFollower, board: Board) -> None:
        self._follower = follower
        self._board = board

    @property
    def applied(self) -> AppliedModel:
        """The model in force."""
        return self._follower.applied

    @property
    def model(self) -> Model:
        """The model in force."""
        return self._follower.model

    def board(self) -> Board:
        """The board of the snapshot."""
        return self._board

    def now_ms(self) -> int:
        """Business time now."""
        return self._follower.now_ms()


class Standups:
    """The meetings of one site; steps raise `Refused` with words where somebody may not or it can't be done."""

    def __init__(
        self, site: Site, follower: BoardFollower, sights: Sights, explainer: Explainer, accounts: Accounts,
        ledger: Ledger, alerts: Alerts,
    ) -> None:  # fmt: skip
        self._site = site
        self._follower = follower
        self._sights = sights
        self._explainer = explainer
        self._accounts = accounts
        self._ledger = ledger
        self._alerts = alerts
        self._store = StandupStore(site.redis, site.settings.site)
        self._read_at = 0.0
        self._lock = threading.Lock()
        self.meetings = Meetings(site.journal)

    def visible(self, viewer: Viewer, capability: Capability = Capability.VIEW) -> Visible:
        """What a capability of somebody reaches today."""
        return self._sights.visible(self._follower.model, viewer.sight(capability), self._follower.now_ms())

    def may_run(self, viewer: Viewer, unit: str) -> bool:
        """Whether somebody may lead the unit's stand-up."""
        return viewer.kind == "person" and self.visible(viewer, Capability.RUN_STANDUP).has_unit(unit)

    @property
    def calendar(self) -> BusinessCalendar:
        """The company's calendar."""
        return BusinessCalendar(self._follower.model.calendar)

    def refresh(self, now: bool = False) -> None:
        """Read on in the journal; while it can't be read, what is known stays."""
        with self._lock:
            if not now and time.monotonic() - self._read_at < _READ_S:
                return
            self._read_at = time.monotonic()
        try:
            self.meetings.read_on()
            self._ledger.state()
        except LogUnavailable as outage:
            log.warning("%s; stand-ups are as they were read last", outage)

    def followup(self, seen: Visible) -> Followup:
        """What of notes, actions and decisions is seen."""
        return seen_followup(self._ledger.known, seen)

    def alerts(self, seen: Visible) -> list[AlertFact]:
        """The standing alerts that are seen."""
        return self._alerts.standing(seen)

    def steps(self, meeting: Meeting) -> FollowupSteps:
        """The steps of notes, actions and decisions, about the meeting's numbers."""
        view = SnapshotView(self._follower, self.meetings.snapshot(meeting).board())
        return FollowupSteps(self._site, view, self._sights, self._accounts, self._ledger)

    def anchor_rights(self, viewer: Viewer, anchor: Anchor) -> set[Capability]:
        """What somebody may write about a unit or KPI: notes, actions for others, decisions."""
        steps, able = self._now_steps(), (Capability.NOTE, Capability.ASSIGN, Capability.RUN_STANDUP)
        return {one for one in able if steps.may(viewer, anchor, one)}

    def owners(self, viewer: Viewer, unit: str) -> list[tuple[str, str]]:
        """Who may own an action of a unit: everybody who sees it; only oneself for who may not assign."""
        anchor = Anchor(unit)
        if Capability.ASSIGN not in self.anchor_rights(viewer, anchor):
            return [(viewer.name, viewer.title or viewer.name)]
        return [(one.id, one.name) for one in self._now_steps().readers.all(anchor)]

    def _now_steps(self) -> FollowupSteps:
        return FollowupSteps(self._site, self._follower, self._sights, self._accounts, self._ledger)

    def agenda(self, unit: str, seen: Visible, budget_s: int) -> tuple[Item, ...]:
        """What a unit's stand-up would talk about now."""
        return agenda(self._given(unit, seen, budget_s, self._follower.board(), self.meetings.last(unit)))

    def _given(self, unit: str, seen: Visible, budget_s: int, board: Board, last: Meeting | None) -> Given:
        below = [one.id for one in seen.model.units if one.parent == unit]
        former = {child: self._former(held) for child in below if (held := self.meetings.last(child)) is not None}
        upwards = [one.id for one in self._accounts.known.accounts.values() if one.unit == unit and not one.disabled]
        return Given(
            unit=unit,
            model=seen.model,
            board=seen.board(board),
            now_ms=self._follower.now_ms(),
            actions=list(self.followup(seen).actions.values()),
            last=None if last is None else self._former(last),
            below=former,
            upwards=frozenset(upwards),
            alerting=frozenset((one.unit, one.kpi) for one in self.alerts(seen)),
            budget_s=budget_s,
        )

    def _former(self, meeting: Meeting) -> Former:
        held = self.meetings.snapshot(meeting)
        return Former(held.as_of_ms, held.reds((one.unit, one.kpi) for one in meeting.items if one.kpi))

    def budget_s(self, unit: str) -> int:
        """How long the unit's last meeting was to take."""
        last = next(iter(self.meetings.of(unit)), None)
        return BUDGET_S if last is None else last.budget_s

    def begin(self, viewer: Viewer, unit: str, minutes: int | None = None) -> Meeting:
        """Begin a unit's stand-up with the numbers of now; the one that runs, where one does."""
        words = self._leader(viewer, unit)
        self.refresh(now=True)
        if running := self.meetings.running(unit):
            return running
        budget_s = self.budget_s(unit) if minutes is None else minutes * 60
        if not LEAST_S <= budget_s <= MOST_S:
            raise Refused(words("standup.refused.minutes", least=LEAST_S // 60, most=MOST_S // 60))
        last = self.meetings.last(unit)
        body = {
            "meeting": uuid.uuid4().hex[:12],
            "unit": unit,
            "budget_s": budget_s,
            "business_ms": self._follower.now_ms(),
            "by": viewer.name,
            "by_title": viewer.title or viewer.name,
            "last": last.id if last else "",
            **self._numbers(viewer, unit, budget_s, last),
        }
        self._append(BEGUN, viewer, body)
        begun = self.meetings.running(unit)
        assert begun is not None  # this one, or that of who was quicker
        self.here(viewer, begun)
        return begun

    def _numbers(self, viewer: Viewer, unit: str, budget_s: int, last: Meeting | None) -> dict[str, Any]:
        """The agenda and the snapshot as entries have them."""
        board, seen = self._follower.board(), self.visible(viewer, Capability.RUN_STANDUP)
        given = self._given(unit, seen, budget_s, board, last)
        items, whole = agenda(given), self._sights.visible(self._follower.model, WHOLE, self._follower.now_ms())
        from_ms = None if last is None else self.meetings.snapshot(last).as_of_ms
        moved = self._moved(unit, from_ms, board)
        held = snapshot.taken(board, unit, whole.tree, whole.model, moved, from_ms)
        taken_up = dict.fromkeys(one.raised_by for one in items if one.raised_by)
        below = [found.id for child in taken_up if (found := self.meetings.last(child)) is not None]
        return {"items": msgspec.to_builtins(items), "snapshot": snapshot.plain(held), "below": below}

    def _moved(self, unit: str, from_ms: int | None, board: Board) -> Waterfall | None:
        """Why the unit's score moved since the last meeting, else since yesterday; None where that can't be told."""
        try:
            if from_ms is not None and from_ms < board.as_of_ms:
                return self._explainer.waterfall(unit, from_ms, board.as_of_ms)
            story = self._explainer.explain_unit(unit)
            return None if story is None else story.since_yesterday
        except (KeyError, StoreUnavailable, LogUnavailable) as outage:
            log.warning("the stand-up of %s begins without what moved its score: %s", unit, outage)
            return None

    def take_anew(self, viewer: Viewer, unit: str) -> Meeting:
        """Go on with the numbers of now; the step stays where it still is on the agenda."""
        meeting = self._led(viewer, unit)
        numbers = self._numbers(viewer, unit, meeting.budget_s, self.meetings.last(unit))
        self._append(REFRESHED, viewer, {"meeting": meeting.id, "unit": unit, **numbers})
        anew = self.meetings.one(meeting.id) or meeting
        stand, now_ms = self.stand(meeting), real_ms()
        if all(one.key != stand.at for one in anew.items):
            self._move(anew, stand.at, _first(anew.items), now_ms)
        return anew

    def move(self, viewer: Viewer, unit: str, before: str, to: str) -> Stand:
        """Go from one step to another; what is not at `before` any more has gone on already and stays."""
        meeting = self._led(viewer, unit)
        seen = self.visible(viewer, Capability.RUN_STANDUP)
        items = seen_items(meeting.items, seen, self.followup(seen))
        if all(one.key != to for one in items):
            raise Refused(self._words(viewer)("standup.refused.step"))
        at = self.stand(meeting).at
        return self._move(meeting, at if seen_step(at, items) == before else before, to, real_ms())

    def _move(self, meeting: Meeting, before: str, to: str, now_ms: int) -> Stand:
        def moved(held: Stand | None) -> Stand:
            stand = held if held is not None and held.meeting == meeting.id else _at_first(meeting, now_ms)
            return stand if stand.at != before else stepped(stand, to, now_ms)

        return self._store.change(meeting.unit, moved)

    def stand(self, meeting: Meeting) -> Stand:
        """Where a meeting stands; one that Redis lost begins again at its first step."""
        try:
            held = self._store.of(meeting.unit)
            if held is not None and held.meeting == meeting.id:
                return held
            now_ms = real_ms()
            return self._store.change(
                meeting.unit,
                lambda held: held if held is not None and held.meeting == meeting.id else _at_first(meeting, now_ms),
            )
        except StoreUnavailable as outage:
            log.warning("%s; the stand-up of %s is shown from its first step", outage, meeting.unit)
            return _at_first(meeting, meeting.begun_ms)

    def here(self, viewer: Viewer, meeting: Meeting) -> Stand:
        """Note that somebody is there."""
        now_ms = real_ms()

        def present(held: Stand | None) -> Stand:
            stand = held if held is not None and held.meeting == meeting.id else _at_first(meeting, now_ms)
            here = {**stand.here, viewer.name: viewer.title or viewer.name}
            return msgspec.structs.replace(stand, here=here, count=stand.count + 1)

        return self._store.change(meeting.unit, present)

    def end(self, viewer: Viewer, unit: str) -> Meeting:
        """End a meeting: its minutes stand from now on."""
        meeting = self._led(viewer, unit)
        stand = stepped(self.stand(meeting), "", real_ms())
        attended = {meeting.host: meeting.host_title, **self._wrote(meeting), **stand.here}
        body = {"meeting": meeting.id, "unit": unit, "spent": stand.spent, "attended": list(attended.items())}
        self._append(ENDED, viewer, body)
        try:
            self._store.drop(unit, meeting.id)
        except StoreUnavailable as outage:
            log.warning("%s; where the ended stand-up of %s stood is forgotten with the next one", outage, unit)
        return self.meetings.one(meeting.id) or meeting

    def last_written(self, viewer: Viewer, meeting: Meeting) -> str:
        """The id of what somebody wrote last in a meeting; empty where they wrote nothing that stands.

        By the order of the journal: a site's clock may say the same moment of two.
        """
        standing = {one.id for one in self._written(meeting) if one.author == viewer.name}
        entries = reversed(self._site.journal.entries("followup."))
        return next((one.body["id"] for one in entries if one.body.get("id") in standing), "")

    def _wrote(self, meeting: Meeting) -> dict[str, str]:
        return {one.author: one.author_title for one in self._written(meeting)}

    def _written(self, meeting: Meeting) -> list[Note | Action | Decision]:
        """What was written in a meeting and stands."""
        state = self._ledger.known
        held: list[Note | Action | Decision] = [
            *state.notes.values(), *state.actions.values(), *state.decisions.values()
        ]  # fmt: skip
        return [one for one in held if one.meeting == meeting.id]

    def due(self) -> dt.date:
        """When an action is due unless somebody says otherwise: two days after the next working day."""
        return due_after(self.calendar, self.calendar.business_date(self._follower.now_ms()))

    def _leader(self, viewer: Viewer, unit: str) -> Words:
        """The words of somebody who may lead; what they may not is refused like what there is not."""
        words = self._words(viewer)
        if not self.may_run(viewer, unit):
            raise Refused(words("standup.refused.lead"))
        return words

    def _led(self, viewer: Viewer, unit: str) -> Meeting:
        words = self._leader(viewer, unit)
        self.refresh(now=True)
        running = self.meetings.running(unit)
        if running is None:
            raise Refused(words("standup.refused.over"))
        return running

    def _words(self, viewer: Viewer) -> Words:
        return Words.of(language_or(viewer.language, self._follower.model.language))

    def _append(self, kind: str, viewer: Viewer, body: dict[str, Any]) -> None:
        self._site.journal.append(Entry(kind, real_ms(), viewer.title or viewer.name, body))
        self.refresh(now=True)


def due_after(calendar: BusinessCalendar, today: dt.date) -> dt.date:
    """Two days after the next working day, and a working day itself."""
    date = _next_working(calendar, today) + dt.timedelta(days=2)
    return date if calendar.works(date) else _next_working(calendar, date)


def _next_working(calendar: BusinessCalendar, date: dt.date) -> dt.date:
    for _ in range(30):
        date += dt.timedelta(days=1)
        if calendar.works(date):
            break
    return date


def stepped(stand: Stand, to: str, now_ms: int) -> Stand:
    """The stand at another step; the time of the one before is added up."""
    spent = dict(stand.spent)
    if stand.at:
        spent[stand.at] = spent.get(stand.at, 0) + max(0, now_ms - stand.since_ms)
    return msgspec.structs.replace(stand, at=to, since_ms=now_ms, spent=spent, count=stand.count + 1)


def _first(items: Sequence[Item]) -> str:
    return items[0].key if items else ""


def _at_first(meeting: Meeting, now_ms: int) -> Stand:
    return Stand(meeting.id, _first(meeting.items), now_ms)
