"""What people do about numbers, checked and written to the journal; the alert service tells whom it concerns."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from layouts.words import Words, language_or
from scoring.board import KpiResult
from scoring.calendar import BusinessCalendar
from scoring.roles import Capability
from wall.journal import Entry
from wall.messages.view import FollowedBoard
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.viewer import Viewer
from wall.refusal import Refused
from wall.sight.visible import Sights
from wall.wiring import Site

from .items import (
    ACTION_ADDED,
    ACTION_CHANGED,
    DECIDED,
    NOTED,
    WITHDRAWN,
    Action,
    ActionState,
    Anchor,
    Decision,
    Note,
    Standing,
)
from .ledger import Followup, Ledger
from .people import Readers
from .seen import seen, sees

MOST_TEXT, MOST_TITLE = 2000, 200
#: A day farther ahead than this is a slip of the pen.
MOST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class _Who:
    """Who acts, in which words, and what of a capability they have where it matters."""

    viewer: Viewer
    words: Words

    def refused(self, key: str, **values: object) -> Refused:
        """A refusal in their words."""
        return Refused(self.words(f"followup.refused.{key}", **values))


class FollowupSteps:
    """The steps of one site; each raises `Refused` with words in the viewer's language where it can't be taken.

    Nothing is sent from here: the journal is the one place that a step writes to, so that no crash loses half of it.
    """

    def __init__(self, site: Site, view: FollowedBoard, sights: Sights, accounts: Accounts, ledger: Ledger) -> None:
        self._site = site
        self._view = view
        self._sights = sights
        self._ledger = ledger
        self.readers = Readers(view, sights, accounts)

    def note(self, viewer: Viewer, anchor: Anchor, text: str, meeting: str = "", alert: str = "") -> Note:
        """Say something of a unit or KPI; `@account` or `@title` mentions whoever sees it, too."""
        who = self._who(viewer, anchor, Capability.NOTE)
        text = _text(who, text, MOST_TEXT)
        mentions = [one.id for one in self.readers.mentioned(text, anchor)]
        body = self._body(who, anchor, {"text": text, "mentions": mentions}, meeting, alert)
        self._append(NOTED, viewer, body)
        return self._ledger.state().notes[body["id"]]

    def add_action(
        self, viewer: Viewer, anchor: Anchor, title: str, owner: str, due: dt.date, meeting: str = "", alert: str = ""
    ) -> Action:
        """Give somebody something to do by a day; without the right to assign only oneself. `owner` is an account."""
        mine = owner in ("", viewer.name)
        who = self._who(viewer, anchor, *((Capability.NOTE, Capability.ASSIGN) if mine else (Capability.ASSIGN,)))
        account = self._owner(who, anchor, owner or viewer.name)
        about = {
            "title": _text(who, title, MOST_TITLE),
            "owner": account.id,
            "owner_title": account.name,
            "due": self._day(who, due).isoformat(),
        }
        body = self._body(who, anchor, about, meeting, alert)
        self._append(ACTION_ADDED, viewer, body)
        return self._ledger.state().actions[body["id"]]

    def change_action(
        self,
        viewer: Viewer,
        id_: str,
        *,
        due: dt.date | None = None,
        owner: str | None = None,
        state: ActionState | None = None,
        outcome: str = "",
        reason: str = "",
    ) -> Action:
        """Move an action's day, hand it on, or say that it is done, dropped or open again.

        Who owns it may all of that but hand it on; its day they move with a reason.
        """
        who = self._known(viewer)
        action = self._seen(who).actions.get(id_)
        if action is None:
            raise who.refused("unknown")
        assigns = self.may(viewer, action.anchor, Capability.ASSIGN)
        if not assigns and (action.owner != viewer.name or owner is not None):
            raise who.refused("not_yours")
        reason = _text(who, reason, MOST_TEXT, needed=due is not None and due != action.due and not assigns)
        changes: dict[str, Any] = {}
        if due is not None and due != action.due:
            changes["due"] = self._day(who, due).isoformat()
        if owner is not None and owner != action.owner:
            account = self._owner(who, action.anchor, owner)
            changes |= {"owner": account.id, "owner_title": account.name}
        if state is not None and state != action.state:
            changes["state"] = state
        if outcome := _text(who, outcome, MOST_TEXT, needed=False):
            changes["outcome"] = outcome
        if changes:
            body = {**self._by(viewer), "id": id_, "unit": action.anchor.unit, "kpi": action.anchor.kpi}
            self._append(ACTION_CHANGED, viewer, {**body, "changes": changes, "reason": reason})
        return self._ledger.state().actions[id_]

    def decide(self, viewer: Viewer, anchor: Anchor, text: str, meeting: str = "") -> Decision:
        """Keep what was decided, with the version of the board that was seen."""
        who = self._who(viewer, anchor, Capability.ASSIGN, Capability.RUN_STANDUP)
        body = self._body(who, anchor, {"text": _text(who, text, MOST_TEXT)}, meeting, "")
        self._append(DECIDED, viewer, body)
        return self._ledger.state().decisions[body["id"]]

    def withdraw(self, viewer: Viewer, id_: str) -> None:
        """Take back what one wrote oneself."""
        who, state = self._known(viewer), self._seen(self._known(viewer))
        held = state.notes.get(id_) or state.actions.get(id_) or state.decisions.get(id_)
        if held is None:
            raise who.refused("unknown")
        if held.author != viewer.name:
            raise who.refused("not_written")
        body = {**self._by(viewer), "id": id_, "unit": held.anchor.unit, "kpi": held.anchor.kpi}
        self._append(WITHDRAWN, viewer, body)

    def may(self, viewer: Viewer, anchor: Anchor, *any_of: Capability) -> bool:
        """Whether somebody who signed in sees an anchor and has one of some capabilities there."""
        if viewer.kind != "person" or not sees(self.readers.visible(viewer), anchor):
            return False
        return any(sees(self.readers.visible(viewer, one), anchor) for one in any_of)

    def standing(self, viewer: Viewer, anchor: Anchor) -> Standing:
        """The number as the viewer sees it now."""
        board = self.readers.visible(viewer).board(self._view.board())
        moment = Standing(board.version, board.model_version, board.as_of_ms)
        found = board.kpis.get((anchor.unit, anchor.kpi)) if anchor.kpi else board.units.get(anchor.unit)
        if found is None:
            return moment
        value = found.value if isinstance(found, KpiResult) else None
        exact = None if value is None else f"{value.numerator}/{value.denominator}"
        return replace(moment, value=exact, score=found.score, status=str(found.status))

    def _known(self, viewer: Viewer) -> _Who:
        """Whoever acts; programs and screens write nothing."""
        language = language_or(viewer.language, self._view.applied.model.language)
        who = _Who(viewer, Words.of(language))
        if viewer.kind != "person":
            raise who.refused("people")
        return who

    def _who(self, viewer: Viewer, anchor: Anchor, *any_of: Capability) -> _Who:
        """Whoever acts, if they may there; what they don't see is refused like what does not exist."""
        who = self._known(viewer)
        if not self._has(anchor) or not sees(self.readers.visible(viewer), anchor):
            raise who.refused("unknown")
        if not self.may(viewer, anchor, *any_of):
            raise who.refused("may_not")
        return who

    def _has(self, anchor: Anchor) -> bool:
        """Whether the model of the day has it: with nothing hidden all anchors are seen, also those of old."""
        day = self.readers.day
        return anchor.unit in day.tree.units and (not anchor.kpi or day.sees_kpi(anchor.unit, anchor.kpi))

    def _owner(self, who: _Who, anchor: Anchor, name: str) -> Account:
        """The account of an owner; one that does not see the anchor is refused like one that there is not."""
        found = self.readers.reader(name, anchor)
        if found is None:
            raise who.refused("owner", name=name[:80])
        return found

    def _day(self, who: _Who, due: dt.date) -> dt.date:
        today = self.today
        if due < today:
            raise who.refused("past", day=today.isoformat())
        if due > today + dt.timedelta(days=MOST_DAYS):
            raise who.refused("far", day=(today + dt.timedelta(days=MOST_DAYS)).isoformat())
        return due

    @property
    def today(self) -> dt.date:
        """The business day."""
        return BusinessCalendar(self._view.applied.model.calendar).business_date(self._view.now_ms())

    def _seen(self, who: _Who) -> Followup:
        return seen(self._ledger.state(), self.readers.visible(who.viewer))

    def _by(self, viewer: Viewer) -> dict[str, Any]:
        return {"by": viewer.name, "by_title": viewer.title or viewer.name, "business_ms": self._view.now_ms()}

    def _body(
        self, who: _Who, anchor: Anchor, about: Mapping[str, Any], meeting: str, alert: str
    ) -> dict[str, Any]:  # fmt: skip
        standing = self.standing(who.viewer, anchor)
        body = {"id": uuid.uuid4().hex[:16], "unit": anchor.unit, "kpi": anchor.kpi, **about, **self._by(who.viewer)}
        body["standing"] = asdict(standing)
        return body | {name: value for name, value in (("meeting", meeting), ("alert", alert)) if value}

    def _append(self, kind: str, viewer: Viewer, body: Mapping[str, Any]) -> None:
        real_ms = time.time_ns() // 1_000_000
        self._site.journal.append(Entry(kind, real_ms, viewer.title or viewer.name, body))


def _text(who: _Who, text: str, most: int, needed: bool = True) -> str:
    """A text without spaces around it and with one kind of line end; refused if it is empty or too long."""
    tidy = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if needed and not tidy:
        raise who.refused("empty")
    if len(tidy) > most:
        raise who.refused("long", most=most, n=len(tidy))
    return tidy
