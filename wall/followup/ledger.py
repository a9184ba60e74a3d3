"""The notes, actions and decisions of a site, read on from the journal."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wall.journal import Entry, Journal

from .items import (
    ACTION_ADDED,
    ACTION_CHANGED,
    DECIDED,
    NOTED,
    PREFIX,
    WITHDRAWN,
    Action,
    Anchor,
    Change,
    Decision,
    Note,
    Standing,
)


@dataclass(frozen=True, slots=True)
class Followup:
    """Everything people wrote that stands, by id, oldest first; what was taken back is gone."""

    notes: Mapping[str, Note] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)


class Ledger:
    """Folds what is new of the journal into what stands; for any number of threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._state = Followup()
        self._read = 0
        self._lock = threading.Lock()

    @property
    def known(self) -> Followup:
        """What stood when the journal was read last; nothing is reached."""
        return self._state

    def state(self) -> Followup:
        """What stands as the journal is now; raises what the journal raises where it can't be read."""
        with self._lock:
            new = self._journal.since(self._read)
            mine = [one for one in new if one.kind.startswith(PREFIX)]
            if mine:
                self._state = folded(self._state, mine)
            self._read += len(new)
            return self._state


def folded(state: Followup, entries: Iterable[Entry]) -> Followup:
    """What stands after further entries of the journal; entries of other kinds concern nothing here."""
    notes, actions, decisions = dict(state.notes), dict(state.actions), dict(state.decisions)
    for entry in entries:
        body = entry.body
        if entry.kind == NOTED:
            notes[body["id"]] = _note(body)
        elif entry.kind == ACTION_ADDED:
            actions[body["id"]] = _action(body)
        elif entry.kind == DECIDED:
            decisions[body["id"]] = _decision(body)
        elif entry.kind == ACTION_CHANGED and body["id"] in actions:
            actions[body["id"]] = _changed(actions[body["id"]], body)
        elif entry.kind == WITHDRAWN:
            for held in (notes, actions, decisions):
                held.pop(body["id"], None)
    return Followup(notes, actions, decisions)


def _shared(body: Mapping[str, Any]) -> dict[str, Any]:
    """What notes, actions and decisions have in common."""
    return {
        "id": body["id"],
        "anchor": Anchor(body["unit"], body.get("kpi", "")),
        "author": body["by"],
        "author_title": body["by_title"],
        "at_ms": body["business_ms"],
        "standing": Standing(**body.get("standing", {})),
        "meeting": body.get("meeting", ""),
    }


def _note(body: Mapping[str, Any]) -> Note:
    return Note(
        text=body["text"], mentions=tuple(body.get("mentions", ())), alert=body.get("alert", ""), **_shared(body)
    )  # fmt: skip


def _decision(body: Mapping[str, Any]) -> Decision:
    return Decision(text=body["text"], **_shared(body))


def _action(body: Mapping[str, Any]) -> Action:
    return Action(
        title=body["title"],
        owner=body["owner"],
        owner_title=body["owner_title"],
        due=dt.date.fromisoformat(body["due"]),
        alert=body.get("alert", ""),
        **_shared(body),
    )


def _changed(action: Action, body: Mapping[str, Any]) -> Action:
    """The action after an entry that changes its day, its owner or its state."""
    changes, at_ms = body["changes"], body["business_ms"]
    told: list[Change] = []

    def tell(what: Any, before: str, after: str) -> None:
        told.append(Change(what, before, after, at_ms, body["by_title"], body.get("reason", "")))

    if "due" in changes:
        due = dt.date.fromisoformat(changes["due"])
        tell("due", action.due.isoformat(), due.isoformat())
        action = replace(action, due=due)
    if "owner" in changes:
        tell("owner", action.owner_title, changes["owner_title"])
        action = replace(action, owner=changes["owner"], owner_title=changes["owner_title"])
    if "state" in changes:
        tell("state", action.state, changes["state"])
        ended = None if changes["state"] == "open" else at_ms
        action = replace(action, state=changes["state"], ended_ms=ended)
    if "outcome" in changes:
        action = replace(action, outcome=changes["outcome"])
    return replace(action, changes=(*action.changes, *told))
