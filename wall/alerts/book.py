"""The alerts as a server's pages know them: followed in the background, shown as far as a reader sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from layouts.alerts.facts import AlertFact
from scoring.alerts.record import AlertEvent
from wall.board_follower import BoardFollower
from wall.sight.visible import Sights, Visible
from wall.wiring import Site


class AlertBook:
    """Standing and recent alerts of a site; for any number of threads."""

    def __init__(self, site: Site, follower: BoardFollower, sights: Sights) -> None:
        self._site, self._follower, self._sights = site, follower, sights

    def start(self) -> None:
        """Follow in the background."""

    def stop(self) -> None:
        """End following."""

    def on_change(self, told: Callable[[], None]) -> None:
        """Call this, in the book's thread, whenever anything of any alert changes."""

    def stamp(self) -> int:
        """A number that grows with every change of any alert."""
        raise NotImplementedError

    def standing(self, seen: Visible) -> list[AlertFact]:
        """The standing alerts that a reader sees, the most severe and then the newest first.

        One that is told as part of another which the reader sees, too, is counted there and not listed.
        """
        raise NotImplementedError

    def one(self, seen: Visible, alert_id: str) -> AlertFact | None:
        """An alert, standing or over; None where the reader does not see it, or there is none."""
        raise NotImplementedError

    def recent(self, seen: Visible, most: int) -> list[AlertFact]:
        """The alerts that fired last, those that are over too, the newest first."""
        raise NotImplementedError

    def between(self, seen: Visible, start_ms: int, end_ms: int) -> list[AlertFact]:
        """The alerts that stood at any moment of a span of business time, the oldest first."""
        raise NotImplementedError

    def events(self, seen: Visible, alert_id: str) -> Sequence[AlertEvent]:
        """What happened to an alert that the reader sees, the oldest first."""
        raise NotImplementedError
