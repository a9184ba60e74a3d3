"""Absences: from when until when somebody is away, and who stands in for them."""

from __future__ import annotations

import datetime as dt

from layouts.words import Words
from wall.refusal import Refused

from .account import Absence, Account, People

#: Who is away for longer has left, or has another account do the work.
MOST_DAYS = 366


def absence_of(first: str, last: str, substitute: str, today: dt.date, words: Words) -> Absence:
    """An absence as somebody wrote it, its days as YYYY-MM-DD; refused where it can't be."""
    begins, ends = _day(first, words), _day(last, words)
    if ends < begins:
        raise Refused(words("people.refused.away.order", first=begins, last=ends))
    if ends < today:
        raise Refused(words("people.refused.away.over", last=ends))
    if (ends - begins).days >= MOST_DAYS:
        raise Refused(words("people.refused.away.long", days=MOST_DAYS))
    return Absence(begins, ends, substitute.strip())


def _day(text: str, words: Words) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(words("people.refused.away.day", day=text[:20])) from None


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
