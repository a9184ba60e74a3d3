"""Absences: from when until when somebody is away, and who stands in for them."""

from __future__ import annotations

import datetime as dt

from .account import Account, People


def is_away(account: Account, day: dt.date) -> bool:
    """Whether somebody is away on a business day."""
    return account.away is not None and account.away.covers(day)


def stand_in(account: Account, people: People, day: dt.date) -> Account:
    """Who reads what is meant for somebody on a business day: they themselves, or while away the substitute.

    A substitute who is away passes it on. Where that leads nowhere, to somebody disabled or in a circle, it stays with
    the last who could read it; nothing is lost.
    """
    passed = {account.id}
    while account.away is not None and account.away.covers(day):
        following = people.accounts.get(account.away.substitute)
        if following is None or following.disabled or following.id in passed:
            break
        passed.add(following.id)
        account = following
    return account
