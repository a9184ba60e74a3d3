"""What people do about alerts, checked and written to the journal."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from layouts.alerts.facts import AlertFact
from layouts.words import Words, language_or
from scoring.roles import Capability
from wall.board_follower import BoardFollower
from wall.journal import Entry
from wall.people.account import Account
from wall.people.accounts import Accounts, name_of
from wall.people.reach import viewer_of
from wall.people.viewer import Viewer
from wall.refusal import Refused
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible
from wall.wiring import Site

from .book import AlertBook
from .handling import ACKNOWLEDGED, ASSIGNED, SNOOZED

log = logging.getLogger(__name__)

#: Whoever does not want to hear of an alert for longer should change its rule.
MOST_SNOOZE_MS = 14 * 86_400_000


class AlertSteps:
    """The steps of one site; each raises `Refused` with words in the viewer's language where it can't be taken."""

    def __init__(
        self, site: Site, follower: BoardFollower, sights: Sights, accounts: Accounts, book: AlertBook
    ) -> None:
        self._journal = site.journal
        self._follower = follower
        self._sights = sights
        self._accounts = accounts
        self._book = book

    def acknowledge(self, viewer: Viewer, alert_id: str) -> AlertFact:
        """Say that one sees to an alert: it is not escalated any further. Whoever is second changes nothing."""
        fact = self._standing(viewer, alert_id, Capability.ACKNOWLEDGE)
        if not fact.acknowledged_by:
            self._append(ACKNOWLEDGED, viewer, fact, {})
        return self._after(viewer, fact)

    def snooze(self, viewer: Viewer, alert_id: str, until_ms: int) -> AlertFact:
        """Let an alert tell nobody anything until then (business ms); a moment that has come ends the snooze."""
        fact = self._standing(viewer, alert_id, Capability.ACKNOWLEDGE)
        now_ms = self._follower.now_ms()
        if until_ms > now_ms + MOST_SNOOZE_MS:
            raise Refused(self._words(viewer)("alerts.refused.long", days=MOST_SNOOZE_MS // 86_400_000))
        wanted = until_ms if until_ms > now_ms else 0
        if wanted != (fact.snoozed_until_ms or 0):
            self._append(SNOOZED, viewer, fact, {"until_ms": wanted})
        return self._after(viewer, fact)

    def assign(self, viewer: Viewer, alert_id: str, account: str) -> AlertFact:
        """Give an alert to somebody who sees it; to nobody with an empty account."""
        fact = self._standing(viewer, alert_id, Capability.ASSIGN)
        to, title = "", ""
        if account:
            found = self._accounts.people().accounts.get(name_of(account))
            if found is None or not self._sees(found, fact):
                raise Refused(self._words(viewer)("alerts.refused.account", name=account[:80]))
            to, title = found.id, found.name
        self._append(ASSIGNED, viewer, fact, {"to": to, "to_title": title})
        return self._after(viewer, fact)

    def assignable(self, viewer: Viewer, alert_id: str) -> list[Account]:
        """The accounts that the viewer may give an alert to; none where they may not."""
        fact = self._book.one(self._visible(viewer, Capability.ASSIGN), alert_id)
        if fact is None or viewer.kind != "person":
            return []
        found = [one for one in self._accounts.people().accounts.values() if self._sees(one, fact)]
        return sorted(found, key=lambda one: (one.name, one.id))

    def may(self, viewer: Viewer, alert_id: str, capability: Capability) -> bool:
        """Whether somebody may do this about an alert."""
        return viewer.kind == "person" and self._book.one(self._visible(viewer, capability), alert_id) is not None

    def _standing(self, viewer: Viewer, alert_id: str, capability: Capability) -> AlertFact:
        """The alert, if it stands and the viewer may; one that they don't see is refused like one that there is not."""
        words = self._words(viewer)
        fact = self._book.one(self._visible(viewer, Capability.VIEW), alert_id)
        if fact is None:
            raise Refused(words("alerts.refused.unknown"))
        if not self.may(viewer, alert_id, capability):
            raise Refused(words("alerts.refused.may_not"))
        if fact.phase == "resolved":
            raise Refused(words("alerts.refused.over"))
        return fact

    def _after(self, viewer: Viewer, fact: AlertFact) -> AlertFact:
        """The alert as it stands now."""
        self._book.refresh()
        self._book.tell(fact.id)
        return self._book.one(self._visible(viewer, Capability.VIEW), fact.id) or fact

    def _sees(self, account: Account, fact: AlertFact) -> bool:
        if account.disabled:
            return False
        day = self._sights.visible(self._follower.model, WHOLE, self._follower.now_ms())
        return self._book.one(self._visible(viewer_of(account, day), Capability.VIEW), fact.id) is not None

    def _visible(self, viewer: Viewer, capability: Capability) -> Visible:
        return self._sights.visible(self._follower.model, viewer.sight(capability), self._follower.now_ms())

    def _words(self, viewer: Viewer) -> Words:
        return Words.of(language_or(viewer.language, self._follower.model.language))

    def _append(self, kind: str, viewer: Viewer, fact: AlertFact, what: Mapping[str, Any]) -> None:
        body = {"alert": fact.id, "unit": fact.unit, "kpi": fact.kpi, "by": viewer.name, **what}
        body |= {"by_title": viewer.title or viewer.name, "business_ms": self._follower.now_ms()}
        self._journal.append(Entry(kind, time.time_ns() // 1_000_000, viewer.title or viewer.name, body))
