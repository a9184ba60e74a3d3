"""What sending is, whatever the channel: what goes out, what came of it, and what an answer means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal, Protocol

from wall.people.account import Account

from .message import Message, digest_id

#: Sent; to be tried again; refused for good; given up after too long.
Outcome = Literal["sent", "again", "refused", "given_up"]
#: Statuses of HTTP that another try may mend, though they are below 500 (RFC 9110, RFC 6585).
_AGAIN = frozenset({408, 425, 429})
#: Nobody is waited for longer than this, whatever they ask.
MOST_WAIT_MS = 6 * 3_600_000
MOST_ERROR = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending; `wait_ms` is how long the receiver wants to be left alone."""

    outcome: Outcome
    error: str = ""
    wait_ms: int = 0


SENT = Attempt("sent")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes out at once: one message, or several as a digest; `account` is whose they are, None for a group."""

    id: str
    title: str
    text: str
    link: str
    messages: tuple[Message, ...]
    account: Account | None = None

    @property
    def newest(self) -> Message:
        """The last of the messages."""
        return self.messages[-1]


class Sender(Protocol):
    """Sends through one channel; never raises."""

    def send(self, outgoing: Outgoing) -> Attempt:
        """Send, and say what came of it; takes seconds where the receiver does."""


def outgoing_of(messages: Sequence[Message], title: str, text: str, account: Account | None) -> Outgoing:
    """What goes out for messages that were folded, or for a single one."""
    last = messages[-1]
    return Outgoing(digest_id(messages), title, text, last.link, tuple(messages), account)


def of_status(status: int, headers: Mapping[str, str], now_ms: int, said: str = "") -> Attempt:
    """What an HTTP answer means.

    >>> of_status(204, {}, 0), of_status(400, {}, 0).outcome, of_status(503, {"retry-after": "7"}, 0)
    (Attempt(outcome='sent', error='', wait_ms=0), 'refused', Attempt(outcome='again', error='HTTP 503', wait_ms=7000))
    """
    if 200 <= status < 300:
        return SENT
    error = f"HTTP {status}" + (f": {said}" if said else "")
    if status >= 500 or status in _AGAIN:
        return Attempt("again", error[:MOST_ERROR], wait_ms(headers, now_ms))
    return Attempt("refused", error[:MOST_ERROR])


def wait_ms(headers: Mapping[str, str], now_ms: int) -> int:
    """How long `Retry-After` wants to be waited: seconds, or until a date (RFC 9110).

    >>> wait_ms({"Retry-After": "Thu, 01 Jan 1970 00:00:09 GMT"}, 4000), wait_ms({"retry-after": "soon"}, 0)
    (5000, 0)
    """
    text = next((value.strip() for name, value in headers.items() if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdigit():
        return min(int(text[:9]) * 1000, MOST_WAIT_MS)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return max(0, min(round(until.timestamp() * 1000) - now_ms, MOST_WAIT_MS))


def scrubbed(text: str, secrets: Sequence[str]) -> str:
    """A text of somebody else as one line that tells no secret.

    >>> scrubbed("bad token abcdef\\n", ["abcdef"])
    'bad token …'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    plain = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(plain.split())[:MOST_ERROR]
