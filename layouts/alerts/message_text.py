"""What a message says of alerts: a title that can be read on a locked phone, and lines below it."""

from __future__ import annotations

from collections.abc import Sequence

from layouts.alerts.facts import AlertFact
from layouts.lookup import Lookup


def alert_title(found: Lookup, kind: str, alerts: Sequence[AlertFact]) -> str:
    """ "严重 · 总装一线 · 准时交付率 84.2%（目标 98%）"; of several alerts how many there are, and where."""
    raise NotImplementedError


def alert_lines(found: Lookup, kind: str, alerts: Sequence[AlertFact], now_ms: int) -> list[str]:
    """The lines below the title."""
    raise NotImplementedError
