"""What people are told of notes and actions: that they are mentioned, have something to do, and when it is due.

The alert service calls this, one at a time. What was told is marked; a message has the same id however often it is
made, so that a crash between message and mark repeats nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from layouts.followup.texts import due_text, place_text
from layouts.words import Words
from scoring.calendar import HOUR_MS, MINUTE_MS, BusinessCalendar
from wall.messages.message import MessageKind
from wall.messages.messenger import Messenger
from wall.messages.view import FollowedBoard
from wall.people.accounts import Accounts
from wall.sight.visible import Sights, Visible

from .items import Action, Anchor, Note
from .ledger import Followup, Ledger
from .people import Readers
from .seen import sees

#: Nobody is reminded before this hour of the company's clock.
FIRST_HOUR = 8
#: What was written longer ago than this is news to nobody; it was told while the service ran, or it was away.
NEWS_MS = 72 * HOUR_MS


class Marks(Protocol):
    """Remembers what was told."""

    def new(self, names: Sequence[str]) -> list[str]:
        """Those of the names that are not marked."""

    def put(self, names: Sequence[str], at_ms: int) -> None:
        """Mark names; a name that is marked already stays so."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Something to tell somebody; `name` is the same whenever it is worked out."""

    name: str
    kind: MessageKind
    account: str
    item: Note | Action


def due_stage(action: Action, today: dt.date, calendar: BusinessCalendar) -> str:
    """Which reminder of an open action this day brings: before, today, overdue, or none.

    The day before is the last working day before it is due; on days when nobody works nobody is reminded.
    """
    if action.state != "open" or not calendar.works(today):
        return ""
    if action.due <= today:
        return "today" if action.due == today else "overdue"
    following = today + dt.timedelta(days=1)
    while following < action.due and not calendar.works(following):
        following += dt.timedelta(days=1)
    return "before" if following == action.due else ""


def tellings(state: Followup, calendar: BusinessCalendar, now_ms: int) -> Iterator[Telling]:
    """Everything that is to be told by now, whether or not it has been."""
    for note in state.notes.values():
        if now_ms - note.at_ms <= NEWS_MS:
            for account in note.mentions:
                if account != note.author:
                    yield Telling(f"{note.id}:mentioned:{account}", "mentioned", account, note)
    today, hour = calendar.business_date(now_ms), calendar.local(now_ms).hour
    for action in state.actions.values():
        yield from _assigned(action, now_ms)
        stage = due_stage(action, today, calendar) if hour >= FIRST_HOUR else ""
        # Who was given it today knows its day.
        if stage and (stage == "overdue" or calendar.business_date(_given_ms(action)) != today):
            kind: MessageKind = "overdue" if stage == "overdue" else "due"
            yield Telling(f"{action.id}:{stage}:{action.due}:{action.owner}", kind, action.owner, action)


def _given_ms(action: Action) -> int:
    """When its owner was given it, with the day that stands."""
    return max([action.at_ms, *(one.at_ms for one in action.changes if one.what in ("owner", "due"))])


def _assigned(action: Action, now_ms: int) -> Iterator[Telling]:
    """That somebody was given an action by somebody else."""
    handed = [one for one in action.changes if one.what == "owner"]
    at_ms, by = (handed[-1].at_ms, handed[-1].by_title) if handed else (action.at_ms, action.author_title)
    if action.state == "open" and now_ms - at_ms <= NEWS_MS and by != action.owner_title:
        yield Telling(f"{action.id}:assigned:{len(handed)}:{action.owner}", "assigned", action.owner, action)


class Reminders:
    """Tells it, once each, to who sees what it is about; the substitute of who is away is found by the messenger."""

    def __init__(
        self,
        view: FollowedBoard,
        sights: Sights,
        accounts: Accounts,
        ledger: Ledger,
        messenger: Messenger,
        marks: Marks,
    ) -> None:
        self._view = view
        self._accounts = accounts
        self._readers = Readers(view, sights, accounts)
        self._ledger = ledger
        self._messenger = messenger
        self._marks = marks
        self._looked: tuple[Followup, int] | None = None

    def run_once(self, now_ms: int) -> int:
        """Tell what is to be told by now; how many messages that made."""
        state, minute = self._ledger.state(), now_ms // MINUTE_MS
        if self._looked is not None and self._looked[0] is state and self._looked[1] == minute:
            return 0
        calendar = BusinessCalendar(self._view.applied.model.calendar)
        due = {one.name: one for one in tellings(state, calendar, now_ms)}
        told = 0
        for name in self._marks.new(list(due)):
            told += self._tell(due[name])
            self._marks.put([name], now_ms)
        self._looked = state, minute
        return told

    def _tell(self, telling: Telling) -> int:
        """Tell one of them; whoever does not see the anchor any more is told nothing."""
        account = self._readers.reader(telling.account, telling.item.anchor)
        if account is None:
            return 0
        self._messenger.tell(
            [account.id],
            telling.kind,
            lambda words, seen: _title(telling, words, seen),
            lambda words, seen: _text(telling, words, seen),
            link_of(telling.item),
            telling.name,
        )
        return 1


def link_of(item: Note | Action) -> str:
    """The page that a message leads to."""
    return _anchor_path(item.anchor) + "#followup" if isinstance(item, Note) else "/phone/-/actions"


def _anchor_path(anchor: Anchor) -> str:
    return f"/phone/{anchor.unit}/kpi/{anchor.kpi}" if anchor.kpi else f"/phone/{anchor.unit}"


def _title(telling: Telling, words: Words, seen: Visible) -> str:
    """Empty for a substitute who does not see what it is about; then there is no message."""
    if not sees(seen, telling.item.anchor):
        return ""
    place = place_text(seen.model, telling.item.anchor.unit, telling.item.anchor.kpi, words.language)
    return words(f"followup.message.{telling.kind}", place=place, by=telling.item.author_title)


def _text(telling: Telling, words: Words, seen: Visible) -> str:
    item = telling.item
    if not sees(seen, item.anchor):
        return ""
    if isinstance(item, Note):
        return item.text
    return f"{item.title}\n{due_text(item.due, words)}"
