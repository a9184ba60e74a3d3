"""The delivery log: one line for each attempt to send a message, without its text and without secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from streams.redis_adapters.outbox import Line, Outbox

from .message import Message
from .sending import Attempt

#: Alerts that a line names; a message of more names the first.
_MOST_ALERTS = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt. `at_ms` is real time, `ms` how long it took, `tries` how many failed before; `position` is its place
    in the log."""

    position: str
    id: str
    channel: str
    recipient: str
    kind: str
    severity: str
    outcome: str
    at_ms: int
    ms: int
    tries: int
    error: str
    alerts: tuple[str, ...]


def line_of(message: Message, attempt: Attempt, at_ms: int, ms: int, tries: int) -> Line:
    """The line of an attempt."""
    return {
        "id": message.id,
        "channel": message.channel,
        "recipient": message.recipient,
        "kind": message.kind,
        "severity": message.severity,
        "outcome": attempt.outcome,
        "at_ms": at_ms,
        "ms": ms,
        "tries": tries,
        "error": attempt.error,
        "alerts": ",".join(message.alerts[:_MOST_ALERTS]),
    }


def deliveries(outbox: Outbox, most: int, before: str = "+") -> Iterator[Delivery]:
    """The log from its newest line back, on from a position if one is given."""
    for position, line in outbox.log(most, before):
        yield _delivery(position, line)


def _delivery(position: str, line: Mapping[str, str]) -> Delivery:
    return Delivery(
        position, line["id"], line["channel"], line["recipient"], line["kind"], line["severity"], line["outcome"],
        int(line["at_ms"]), int(line["ms"]), int(line["tries"]), line["error"],
        tuple(filter(None, line["alerts"].split(","))),
    )  # fmt: skip
