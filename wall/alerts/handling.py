"""What people did about alerts: acknowledged, snoozed, assigned; entries of the journal, folded by alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scoring.alerts.record import AlertEvent, EventKind
from wall.journal import Entry, Journal

PREFIX = "alert."
ACKNOWLEDGED, SNOOZED, ASSIGNED = "alert.acknowledged", "alert.snoozed", "alert.assigned"

_EVENTS: Mapping[str, EventKind] = {ACKNOWLEDGED: "acknowledged", SNOOZED: "snoozed", ASSIGNED: "assigned"}


@dataclass(frozen=True, slots=True)
class Handled:
    """What was done about one alert; moments are business time in ms, people are accounts' ids.

    A snoozed alert tells nobody anything until then, and is told once more if it still fires; a snooze that was ended
    early has no end. `events` is the same as a list of what was done when, with people's titles.
    """

    acknowledged_ms: int | None = None
    acknowledged_by: str = ""
    acknowledged_by_title: str = ""
    snoozed_until_ms: int | None = None
    snoozed_by: str = ""
    assignee: str = ""
    assignee_title: str = ""
    assigned_by: str = ""
    events: tuple[AlertEvent, ...] = ()


UNTOUCHED = Handled()


@dataclass(slots=True)
class Handlings:
    """The handling of every alert, by its id; reads on in the journal, for one thread at a time.

    `read` counts the entries of any kind that were taken in.
    """

    journal: Journal
    read: int = 0
    _by_alert: dict[str, Handled] = field(default_factory=dict)

    def read_on(self) -> Mapping[str, Handled]:
        """All handlings as the journal stands now; raises what the journal raises."""
        new = self.journal.since(self.read)
        self.read += len(new)
        fold_handlings(self._by_alert, new)
        return self._by_alert

    def known(self) -> Mapping[str, Handled]:
        """The handlings as they were last read."""
        return self._by_alert


def fold_handlings(by_alert: dict[str, Handled], entries: Iterable[Entry]) -> None:
    """Take further entries in; who acknowledges again changes nothing."""
    for entry in entries:
        if entry.kind not in _EVENTS:
            continue
        body = entry.body
        held = by_alert.get(body["alert"], UNTOUCHED)
        if entry.kind == ACKNOWLEDGED and held.acknowledged_ms is None:
            held = replace(held, acknowledged_ms=body["business_ms"], acknowledged_by=body["by"],
                           acknowledged_by_title=body["by_title"])  # fmt: skip
        elif entry.kind == SNOOZED:
            held = replace(held, snoozed_until_ms=body["until_ms"], snoozed_by=body["by_title"])
        elif entry.kind == ASSIGNED:
            held = replace(held, assignee=body["to"], assignee_title=body["to_title"], assigned_by=body["by"])
        by_alert[body["alert"]] = replace(held, events=(*held.events, _event(entry)))


def _event(entry: Entry) -> AlertEvent:
    body, kind = entry.body, _EVENTS[entry.kind]
    who = (body["by_title"], body["to_title"]) if entry.kind == ASSIGNED else (body["by_title"],)
    return AlertEvent(body["business_ms"], kind, who, body.get("until_ms"))
