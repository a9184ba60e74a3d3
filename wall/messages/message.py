"""A message to one recipient through one channel, as the outbox keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: fired and recovered come once each per alert and recipient; escalated goes further up; reminded after a snooze;
#: mentioned, due and overdue concern notes and actions; test is what the test button sends.
MessageKind = Literal["fired", "recovered", "escalated", "reminded", "mentioned", "assigned", "due", "overdue", "test"]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; its id is the same however often it is made or sent, so that a receiver knows it again.

    `recipient` is an account's id, or `channel:NAME` for a group that a channel reaches. `at_ms` is business time,
    `made_ms` real time. `link` is the whole address of the page; `alerts` are the ids of the alerts it tells of.
    """

    id: str
    kind: MessageKind
    recipient: str
    channel: str
    severity: str
    title: str
    text: str
    link: str
    at_ms: int
    made_ms: int
    language: str = "en"
    alerts: tuple[str, ...] = ()
