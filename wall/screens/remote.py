"""What a remote wishes of a screen: a state, not commands, so that a screen that was away needs nothing repeated."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

#: How long a screen shows its name when asked who it is, in real time.
IDENTIFY_S = 15
_MOST_URL = 500
_PROBE_S, _MOST_PROBED = 5, 1000


class Command(StrEnum):
    """What a remote can be told."""

    NEXT = "next"
    PREVIOUS = "previous"
    HOLD = "hold"
    RESUME = "resume"
    SHOW = "show"
    RELOAD = "reload"
    IDENTIFY = "identify"


@dataclass(frozen=True, slots=True)
class Remote:
    """The wishes of one screen; `step`, `number` and `reload` count, and what they do is done when they change.

    `key` is the item of the playlist to be shown since `number` changed; `identify_until` is business time.
    """

    hold: int = 0
    step: int = 0
    key: int = 0
    number: int = 0
    reload: int = 0
    identify_until: int = 0

    def set_fields(self) -> dict[str, str]:
        """What of it was ever set, as it is kept."""
        return {one.name: str(value) for one in fields(self) if (value := getattr(self, one.name))}


def remote_of(held: Mapping[str, str]) -> Remote:
    """What is kept as a remote; what is no number is passed over.

    >>> remote_of({"hold": "1", "step": "-2"})
    Remote(hold=1, step=-2, key=0, number=0, reload=0, identify_until=0)
    """
    known = {one.name for one in fields(Remote)}
    return Remote(**{name: int(text) for name, text in held.items() if name in known and _is_number(text)})


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def wishes(command: Command, key: int, identify_until: int) -> tuple[dict[str, str | int], dict[str, int]]:
    """What a command sets, and what it counts up or down.

    >>> wishes(Command.PREVIOUS, 0, 0)
    ({}, {'step': -1})
    """
    known: Mapping[Command, tuple[dict[str, Any], dict[str, int]]] = {
        Command.NEXT: ({}, {"step": 1}),
        Command.PREVIOUS: ({}, {"step": -1}),
        Command.HOLD: ({"hold": 1}, {}),
        Command.RESUME: ({"hold": 0}, {}),
        Command.SHOW: ({"key": key}, {"number": 1}),
        Command.RELOAD: ({}, {"reload": 1}),
        Command.IDENTIFY: ({"identify_until": identify_until}, {}),
    }
    return known[command]


def is_address(url: str) -> bool:
    """Whether a server can be at an address that screens are sent to.

    >>> is_address("https://walls.example:8050"), is_address("javascript:alert(1)"), is_address("http://")
    (True, False, False)
    """
    try:
        found = urlsplit(url)
        port_fits = found.port is None or found.port > 0
    except ValueError:
        return False
    plain = len(url) <= _MOST_URL and url.isascii() and url.isprintable() and " " not in url
    return (
        plain and port_fits and found.scheme in ("http", "https") and bool(found.hostname) and "@" not in found.netloc
    )


def answers(url: str) -> bool:
    """Whether a server of walls answers at an address: a whole fleet that is sent to none would not come back."""
    request = urllib.request.Request(f"{url.rstrip('/')}/healthz")
    try:
        with urllib.request.urlopen(request, timeout=_PROBE_S) as answer:
            return bool(json.loads(answer.read(_MOST_PROBED)).get("status") == "alive")
    except (OSError, ValueError, AttributeError):
        return False
