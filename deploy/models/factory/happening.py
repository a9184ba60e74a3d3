"""Something that happened, before it has a name or a way to the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened `second` seconds into an hour, in a unit, told by a source."""

    second: float
    type: str
    source: str
    unit: str
    data: dict[str, Any]
