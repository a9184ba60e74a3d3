"""Whom items may concern: the accounts that see an anchor, by name or by what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.roles import Capability
from wall.messages.view import FollowedBoard
from wall.people.account import Account
from wall.people.accounts import Accounts, name_of
from wall.people.reach import viewer_of
from wall.people.viewer import Viewer
from wall.sight.look import WHOLE
from wall.sight.visible import Sights, Visible

from .items import Anchor
from .seen import sees

#: More people than this are mentioned by nobody on purpose.
MOST_MENTIONED = 20


class Readers:
    """The accounts of a site by what they see today."""

    def __init__(self, view: FollowedBoard, sights: Sights, accounts: Accounts) -> None:
        self._view = view
        self._sights = sights
        self._accounts = accounts
        self._held: tuple[object, object, dict[Anchor, list[Account]]] = (None, None, {})

    @property
    def day(self) -> Visible:
        """The edition of the day with nothing hidden."""
        return self._sights.visible(self._view.applied.model, WHOLE, self._view.now_ms())

    def visible(self, viewer: Viewer, capability: Capability = Capability.VIEW) -> Visible:
        """What a capability of somebody reaches today."""
        return self._sights.visible(self._view.applied.model, viewer.sight(capability), self._view.now_ms())

    def sees(self, account: Account, anchor: Anchor) -> bool:
        """Whether somebody sees an anchor; nobody does who can't sign in."""
        if account.disabled:
            return False
        viewer = viewer_of(account, self.day)
        return self._near(viewer, anchor) and sees(self.visible(viewer), anchor)

    def reader(self, name: str, anchor: Anchor) -> Account | None:
        """The account of that name, if it sees the anchor."""
        found = self._accounts.people().accounts.get(name_of(name))
        return found if found is not None and self.sees(found, anchor) else None

    def all(self, anchor: Anchor) -> list[Account]:
        """Everybody who sees an anchor, by what they are called."""
        people, day = self._accounts.people(), self.day
        if self._held[0] is not people or self._held[1] is not day:
            self._held = people, day, {}
        found = self._held[2]
        if anchor not in found:
            able = (one for one in people.accounts.values() if self.sees(one, anchor))
            found[anchor] = sorted(able, key=lambda one: (one.name, one.id))
        return found[anchor]

    def mentioned(self, text: str, anchor: Anchor) -> list[Account]:
        """The accounts that a text mentions and that see its anchor; any other `@` is only text."""
        if "@" not in text:
            return []
        names: dict[str, Account] = {}
        for account in self._accounts.people().accounts.values():
            names.setdefault(name_of(account.name), account)
        names |= {account.id: account for account in self._accounts.people().accounts.values()}
        found = dict.fromkeys(_named(text, sorted(names, key=len, reverse=True)))
        kept = {names[name].id: names[name] for name in found}
        return [one for one in kept.values() if self.sees(one, anchor)][:MOST_MENTIONED]

    def _near(self, viewer: Viewer, anchor: Anchor) -> bool:
        """Whether any look of theirs could show the anchor's unit: cheaper to ask than what they see of all units."""
        line = {"", anchor.unit, *self.day.tree.above(anchor.unit)} if anchor.unit in self.day.tree.units else {""}
        return any(look.unit in line for look in viewer.sight().looks)


def _named(text: str, names: list[str]) -> Iterator[str]:
    """The longest name after each `@`; a name of letters ends where no letter or digit of that script follows.

    >>> list(_named("@ann.smith and @张三请看, mail@ann", ["ann.smith", "ann", "张三"]))
    ['ann.smith', '张三']
    """
    for at in re.finditer(r"(?<![\w.])@", text):
        rest = name_of(text[at.end() : at.end() + 100])
        for name in names:
            after = rest[len(name) : len(name) + 1]
            if rest.startswith(name) and not (name[-1:].isascii() and after.isascii() and after.isalnum()):
                yield name
                break
