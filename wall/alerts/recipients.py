"""Who is told of an alert: the KPI's owner, the head of the unit, a channel; and who is told next when nobody acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from scoring.alerts.alert import AlertKey
from scoring.alerts.rules import AlertRule
from scoring.forms import Text
from scoring.roles import Capability
from wall.people.absence import stand_in
from wall.people.account import Account, People
from wall.people.accounts import name_of
from wall.people.reach import viewer_of
from wall.sight.visible import Visible

#: What the name of a group begins with, that a channel of the site reaches.
CHANNEL = "channel:"


def account_of(text: Text, people: People) -> Account | None:
    """The account that a text of the model names, by its id or title in any language; None where nobody can sign in.

    A title that several people bear names none of them.
    """
    wanted = {name_of(one) for one in ([text] if isinstance(text, str) else text.values()) if one.strip()}
    found = [people.accounts[one] for one in wanted if one in people.accounts]
    if not found:
        found = [one for one in people.accounts.values() if one.title and name_of(one.title) in wanted]
    able = [one for one in found if not one.disabled]
    return able[0] if len(able) == 1 else None


@dataclass(frozen=True, slots=True)
class Directory:
    """The people of a site on a business day; `day` is the day's edition with nothing hidden.

    Who is away is stood in for.
    """

    day: Visible
    people: People
    date: dt.date
    _named: dict[str, Account | None] = field(default_factory=dict)
    _heads: dict[str, tuple[Account, ...]] = field(default_factory=dict)
    _at: dict[str, list[Account]] = field(default_factory=dict)

    def recipients(self, rule: AlertRule, key: AlertKey) -> list[str]:
        """Whom a rule names for an alert, in its order: ids of accounts and `channel:NAME`.

        Whether they may see it is not asked here. A KPI without an owner of its own concerns the head of the unit.
        """
        found: list[str] = []
        for one in rule.notify:
            if one.startswith(CHANNEL):
                found.append(one)
            elif one == "owner" and (owner := self.owner(key.kpi)) is not None:
                found.append(self.reader(owner))
            else:
                found += self.heads(key.unit)
        return list(dict.fromkeys(found))

    def heads(self, unit: str) -> list[str]:
        """Who reads what is meant for the head of a unit: ids of accounts."""
        return list(dict.fromkeys(self.reader(one) for one in self.head(unit)))

    def reader(self, account: Account) -> str:
        """Who reads today what is meant for somebody."""
        return stand_in(account, self.people, self.date).id

    def owner(self, kpi: str) -> Account | None:
        """Who owns a KPI; None where the model names nobody who has an account."""
        defined = self.day.tree.kpis.get(kpi)
        return self._account_of(defined.owner) if defined is not None else None

    def head(self, unit: str) -> tuple[Account, ...]:
        """Who heads a unit.

        The account that `Unit.owner` names, else those assigned to the unit who may acknowledge there, else the head of
        the unit above.
        """
        if unit not in self._heads:
            self._heads[unit] = self._head(unit)
        return self._heads[unit]

    def above(self, unit: str, levels: int) -> str | None:
        """The unit so many levels up; None beyond the top."""
        line = self.day.tree.above(unit) if unit in self.day.tree.units else []
        return line[levels - 1] if len(line) >= levels else None

    def _head(self, unit: str) -> tuple[Account, ...]:
        defined = self.day.tree.units.get(unit)
        if defined is None:
            return ()
        if (named := self._account_of(defined.owner)) is not None:
            return (named,)
        assigned = tuple(sorted(self._acting_at(unit), key=lambda one: one.id))
        return assigned or (self.head(defined.parent) if defined.parent is not None else ())

    def _acting_at(self, unit: str) -> Iterator[Account]:
        """Those assigned to a unit who may acknowledge what happens there."""
        if not self._at:
            for account in self.people.accounts.values():
                self._at.setdefault(account.unit, []).append(account)
        line = {"", unit, *self.day.tree.above(unit)}
        for account in self._at.get(unit, ()):
            looks = viewer_of(account, self.day).sight(Capability.ACKNOWLEDGE).looks
            if not account.disabled and any(look.unit in line for look in looks):
                yield account

    def _account_of(self, text: Text) -> Account | None:
        named = text if isinstance(text, str) else "\n".join(text.values())
        if named not in self._named:
            self._named[named] = account_of(text, self.people)
        return self._named[named]
