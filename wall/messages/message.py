"""A message to one recipient through one channel, as the outbox keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

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

    @property
    def parcel(self) -> tuple[str, bytes]:
        """The message as the outbox takes it."""
        return self.id, msgspec.json.encode(self)


def message_of(content: bytes) -> Message:
    """The message that a parcel holds."""
    return msgspec.json.decode(content, type=Message)


def message_id(*about: str) -> str:
    """The id of a message: the same for the same matter, recipient and channel, whoever works it out.

    >>> message_id("alert", "fired", "ann", "mail") == message_id("alert", "fired", "ann", "mail")
    True
    """
    named = "\0".join(about)
    return f"msg_{hashlib.sha256(named.encode()).hexdigest()[:24]}"


def digest_id(messages: Sequence[Message]) -> str:
    """The id of several messages that are sent as one."""
    return messages[0].id if len(messages) == 1 else message_id("digest", *(one.id for one in messages))
