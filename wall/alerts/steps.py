"""What people do about alerts, checked and written to the journal."""

from __future__ import annotations

from layouts.alerts.facts import AlertFact
from wall.board_follower import BoardFollower
from wall.people.account import Account
from wall.people.accounts import Accounts
from wall.people.viewer import Viewer
from wall.sight.visible import Sights
from wall.wiring import Site

from .book import AlertBook


class AlertSteps:
    """The steps of one site; each raises `Refused` with words in the viewer's language where it can't be taken."""

    def __init__(
        self, site: Site, follower: BoardFollower, sights: Sights, accounts: Accounts, book: AlertBook
    ) -> None:
        self._site, self._follower, self._sights, self._accounts, self._book = site, follower, sights, accounts, book

    def acknowledge(self, viewer: Viewer, alert_id: str) -> AlertFact:
        """Say that one sees to an alert: it is not escalated any further."""
        raise NotImplementedError

    def snooze(self, viewer: Viewer, alert_id: str, until_ms: int) -> AlertFact:
        """Let an alert tell nobody anything until then (business ms); a moment that has come ends the snooze."""
        raise NotImplementedError

    def assign(self, viewer: Viewer, alert_id: str, account: str) -> AlertFact:
        """Give an alert to somebody who sees it; to nobody with an empty account."""
        raise NotImplementedError

    def assignable(self, viewer: Viewer, alert_id: str) -> list[Account]:
        """The accounts that the viewer may give an alert to; none where they may not."""
        raise NotImplementedError
