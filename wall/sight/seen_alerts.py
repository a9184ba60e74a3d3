"""What pages ask about alerts; whoever answers leaves out what a sight does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from layouts.alerts.facts import AlertFact

from .visible import Visible

#: So many of the newest alerts are told one by one, those that are over and parts of others too.
MOST_RECENT = 500


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


def told_on_pages(alerts: Alerts, seen: Visible) -> list[AlertFact]:
    """What stands, the newest of what is told as part of that, and what has recovered lately."""
    standing = alerts.standing(seen)
    listed = {one.id for one in standing}
    others = (one for one in alerts.recent(seen, MOST_RECENT) if one.id not in listed)
    return [*standing, *(replace(one, part=one.resolved_ms is None) for one in others)]
