"""The site as the viewer of the request sees it; what pages are made from instead of the site itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from layouts.alerts.facts import AlertFact
from layouts.lookup import Announcement
from scoring.board import Board
from scoring.definitions import Model
from scoring.roles import Capability
from wall.people.viewer import current_viewer

from .look import Sight
from .seen_alerts import Alerts, NoAlerts, told_on_pages
from .site import Site
from .visible import Sights, Visible


class WholeSite(Site, Protocol):
    """A site with nothing hidden."""

    def now_ms(self) -> int:
        """Business time now."""


def _viewers_sight(capability: Capability) -> Sight:
    return current_viewer().sight(capability)


class SeenSite:
    """What the current viewer sees; outside of a request nothing."""

    def __init__(
        self,
        site: WholeSite,
        sights: Sights,
        sight: Callable[[Capability], Sight] = _viewers_sight,
        alerts: Alerts | None = None,
    ) -> None:
        self._site = site
        self._sights = sights
        self._sight = sight
        self._alerts = alerts or NoAlerts()

    def through(self, sight: Sight) -> SeenSite:
        """The same site through a sight, whoever asks."""
        return SeenSite(self._site, self._sights, lambda _: sight, self._alerts)

    def visible(self, capability: Capability = Capability.VIEW) -> Visible:
        """What a capability of the viewer reaches now."""
        return self._sights.visible(self._site.model, self._sight(capability), self._site.now_ms())

    def announced(self, made: Sequence[Announcement]) -> list[Announcement]:
        """What of the announcements is for the viewer."""
        return self.visible().announcements(made)

    def alerts(self) -> list[AlertFact]:
        """The alerts that stand as the viewer sees them, and those that have recovered lately."""
        return told_on_pages(self._alerts, self.visible())

    def alert(self, alert_id: str) -> AlertFact | None:
        """One alert, if the viewer sees it."""
        return self._alerts.one(self.visible(), alert_id)

    @property
    def model(self) -> Model:
        """The model of the day as the viewer sees it."""
        return self.visible().model

    @property
    def version(self) -> str:
        """Model and software version: a page of another version reloads itself."""
        return self._site.version

    @property
    def software(self) -> str:
        """The version of kpiwall that serves."""
        return self._site.software

    def board(self) -> Board:
        """The last board as the viewer sees it."""
        return self.visible().board(self._site.board())

    def now_ms(self) -> int:
        """Business time now."""
        return self._site.now_ms()
