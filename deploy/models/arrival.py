"""An event as it reaches the log: when, under which key, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message on its way into the log.

    `at_ms` is when it arrives (Unix milliseconds), not when it happened; `key` is the unit's id, so that all events
    of a unit share a partition; `event` is a CloudEvent, or raw bytes where a sample sends bad input on purpose.
    """

    at_ms: int
    key: str
    event: dict[str, Any] | bytes
