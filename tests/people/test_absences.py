"""Absences: said by oneself or for others, kept in the journal, and who stands in."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people.conftest import WORDS
from wall.people.absence import MOST_DAYS, absence_of, is_away, stand_in
from wall.people.account import Absence, Account, People
from wall.people.accounts import Accounts
from wall.people.acts import Acts
from wall.people.entrance import Entrance
from wall.refusal import Refused
from wall.wiring import Site

DAY = dt.date(2026, 3, 20)
ONE = dt.timedelta(days=1)


def _add(entrance: Entrance, name: str) -> Account:
    accounts = entrance.accounts
    return accounts.people().accounts.get(name) or accounts.add(name, {}, "test", WORDS)


def test_an_absence_is_kept_replaced_and_ended_and_survives(site: Site, entrance: Entrance) -> None:
    _add(entrance, "ann"), _add(entrance, "bob")
    away = Absence(DAY, DAY + ONE, "bob")
    assert entrance.accounts.set_away("ann", away, "Eve", WORDS).away == away
    assert Accounts(site.journal, lambda: 0).people().accounts["ann"].away == away, "another process knows"
    later = Absence(DAY + 5 * ONE, DAY + 6 * ONE)
    assert entrance.accounts.set_away("ann", later, "Eve", WORDS).away == later
    assert entrance.accounts.set_away("ann", None, "Eve", WORDS).away is None
    told = [one for one in Acts(site).all() if one.kind == "account.away" and one.body["account"] == "ann"]
    assert [one.author for one in told] == ["Eve"] * 3
    entrance.accounts.set_away("ann", None, "Eve", WORDS)
    assert len([one for one in Acts(site).all() if one.kind == "account.away"]) == 3, "nothing new, no entry"


def test_what_can_not_be_is_refused(entrance: Entrance) -> None:
    _add(entrance, "ann")
    assert absence_of("2026-03-20", "2026-03-20", " bob ", DAY, WORDS) == Absence(DAY, DAY, "bob")
    for first, last, why in (
        ("tomorrow", "2026-03-21", "no day"),
        ("2026-03-22", "2026-03-21", "before the first"),
        ("2026-03-01", "2026-03-19", "over already"),
        ("2026-03-20", (DAY + MOST_DAYS * ONE).isoformat(), "at most"),
    ):
        with pytest.raises(Refused, match=why):
            absence_of(first, last, "", DAY, WORDS)
    with pytest.raises(Refused, match="nobody stands in for themselves"):
        entrance.accounts.set_away("ann", Absence(DAY, DAY, "Ann"), "test", WORDS)
    with pytest.raises(Refused, match="no account nobody"):
        entrance.accounts.set_away("ann", Absence(DAY, DAY, "nobody"), "test", WORDS)


def test_somebody_is_away_on_both_days_and_between() -> None:
    account = Account("ann", away=Absence(DAY, DAY + 2 * ONE))
    assert [is_away(account, DAY + n * ONE) for n in (-1, 0, 1, 2, 3)] == [False, True, True, True, False]
    assert not is_away(Account("ann"), DAY)


def test_a_substitute_passes_on_and_what_leads_nowhere_stays_where_it_can_be_read() -> None:
    def away(name: str, to: str, **more: bool) -> Account:
        return Account(name, away=Absence(DAY, DAY, to), **more)

    people = People({one.id: one for one in (
        away("a", "b"), away("b", "c"), Account("c"), away("d", ""), away("e", "f"), Account("f", disabled=True),
        away("g", "h"), away("h", "g"), away("i", "gone"),
    )})  # fmt: skip
    found = {name: stand_in(people.accounts[name], people, DAY).id for name in "abcdegi"}
    assert found == {"a": "c", "b": "c", "c": "c", "d": "d", "e": "e", "g": "h", "i": "i"}
    assert stand_in(people.accounts["a"], people, DAY + ONE).id == "a"


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), min_size=6, max_size=6))
def test_whoever_stands_in_can_read_or_nobody_can(made: list[tuple[int, bool, bool]]) -> None:
    accounts = [
        Account(str(at), away=Absence(DAY, DAY, str(to)) if is_away else None, disabled=disabled)
        for at, (to, is_away, disabled) in enumerate(made)
    ]
    people = People({one.id: one for one in accounts})
    for one in accounts:
        found = stand_in(one, people, DAY)
        assert found.id == one.id or not found.disabled
        reached = list(itertools.islice(_chain(one, people), 10))
        assert found in reached


def _chain(account: Account, people: People) -> Iterator[Account]:
    while True:
        yield account
        if account.away is None:
            return
        account = people.accounts[account.away.substitute]
