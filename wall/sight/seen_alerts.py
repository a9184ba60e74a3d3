"""What pages ask about alerts; whoever answers leaves out what a sight does not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from layouts.alerts.facts import AlertFact

from .visible import Visible

#: What has been resolved is told of so many of the newest alerts.
MOST_RECENT = 60


class Alerts(Protocol):
    """Knows the alerts of a site."""

    def standing(self, seen: Visible) -> Sequence[AlertFact]:
        """Those that fire, most severe and newest first."""

    def recent(self, seen: Visible, most: int) -> Sequence[AlertFact]:
        """The newest, resolved ones too."""

    def one(self, seen: Visible, alert_id: str) -> AlertFact | None:
        """An alert that is seen; None for one that is hidden and for one that there is not."""

    def stamp(self) -> object:
        """Something that changes with any alert."""


class NoAlerts:
    """For a server beside which no alerts are kept."""

    def standing(self, seen: Visible) -> Sequence[AlertFact]:
        """None."""
        return ()

    def recent(self, seen: Visible, most: int) -> Sequence[AlertFact]:
        """None."""
        return ()

    def one(self, seen: Visible, alert_id: str) -> AlertFact | None:
        """None."""
        return None

    def stamp(self) -> object:
        """Always the same."""
        return 0


def told_on_walls(alerts: Alerts, seen: Visible) -> list[AlertFact]:
    """What stands, and what has recovered lately."""
    resolved = [one for one in alerts.recent(seen, MOST_RECENT) if one.resolved_ms is not None]
    return [*alerts.standing(seen), *resolved]
