"""Who is told of an alert: the KPI's owner, the head of the unit, a channel; and who is told next when nobody acts."""

from __future__ import annotations

from scoring.alerts.alert import AlertKey
from scoring.alerts.rules import AlertRule
from wall.people.account import Account, People
from wall.sight.visible import Visible


def account_of(text: str, people: People) -> Account | None:
    """The account that a text of the model names, by its id or title; None where there is none or it is disabled."""
    raise NotImplementedError


def recipients(rule: AlertRule, key: AlertKey, day: Visible, people: People) -> list[str]:
    """Whom a rule names for an alert, in its order: ids of accounts and `channel:NAME`.

    `day` is the edition of the day with nothing hidden. Whether they may see it is not asked here.
    """
    raise NotImplementedError


def head_of(unit: str, day: Visible, people: People) -> list[Account]:
    """Who heads a unit.

    The account that `Unit.owner` names, else those assigned to the unit who may acknowledge there, else the head of the
    unit above.
    """
    raise NotImplementedError
