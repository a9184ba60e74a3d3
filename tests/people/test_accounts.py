"""Accounts: folded from the journal, refused where they can't be, and never without an admin."""

from __future__ import annotations

import uuid

import pytest

from tests.people.conftest import PASSWORD, ROLES, WORDS
from tests.server.teams import company, teams
from wall.people import passwords
from wall.people.account import grant_text
from wall.people.accounts import check_places
from wall.people.entrance import Entrance, open_entrance
from wall.refusal import Refused
from wall.sight.look import Grant
from wall.wiring import Site


def _name() -> str:
    return f"n{uuid.uuid4().hex[:8]}"


def test_an_account_is_what_its_entries_say_on_every_server(site: Site, entrance: Entrance) -> None:
    name, accounts = _name(), entrance.accounts
    accounts.add(
        f" {name.upper()} ", {"title": " Ann   Lee ", "unit": "red", "grants": ["lead@red", "lead@red"]}, "t", WORDS
    )
    accounts.change(name, {"email": "ann@red.test", "language": "zh-CN"}, "t", WORDS)
    accounts.set_password(name, PASSWORD, "t", WORDS)
    found = open_entrance(site).accounts.account(name, WORDS)
    assert (found.title, found.unit, found.grants) == ("Ann Lee", "red", (Grant("lead", "red"),))
    assert (found.email, found.language, found.disabled) == ("ann@red.test", "zh-CN", False)
    assert passwords.matches(found.password, PASSWORD)
    assert found == accounts.people().accounts[name], "a fold that reads on ends where one from the start does"


def test_a_password_is_kept_as_nothing_but_its_hash(site: Site, entrance: Entrance) -> None:
    name = _name()
    entrance.accounts.add(name, {}, "t", WORDS, PASSWORD)
    entries = [one for one in site.journal.entries("account.") if one.body["account"] == name]
    assert PASSWORD not in str(entries)
    assert entries[0].body["password"].startswith("$argon2id$")


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "10"), ("a" * 300, "256"), ("abababababab", "different"), ("my.name.is.ann.lee", "name")],
)
def test_a_weak_password_is_refused_with_what_to_do(entrance: Entrance, password: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        entrance.accounts.add("ann.lee", {}, "t", WORDS, password)


@pytest.mark.parametrize("name", ["", " ", "a b", "-x", "a" * 65, "a/b", "a\nb", "<b>", "@x"])
def test_a_name_that_can_not_be_typed_or_read_is_refused(entrance: Entrance, name: str) -> None:
    with pytest.raises(Refused, match="letters, digits"):
        entrance.accounts.add(name, {}, "t", WORDS)


def test_a_name_is_taken_however_it_is_written(entrance: Entrance) -> None:
    name = _name()
    entrance.accounts.add(name, {}, "t", WORDS)
    with pytest.raises(Refused, match="already"):
        entrance.accounts.add(name.upper(), {}, "t", WORDS)


@pytest.mark.parametrize(
    "about", [{"grants": ["queen"]}, {"grants": ["lead@moon"]}, {"unit": "moon"}, {"person": "moon"}]
)
def test_roles_and_units_must_be_in_the_model(about: dict[str, object]) -> None:
    with pytest.raises(Refused, match=r"no role|no unit"):
        check_places(about, teams(roles=ROLES), WORDS)
    check_places({"grants": ["admin", "lead@red"], "unit": "red", "person": "ann"}, teams(roles=ROLES), WORDS)


def test_the_last_admin_can_be_neither_disabled_nor_demoted() -> None:
    with company(teams()) as site:
        accounts = open_entrance(site).accounts
        accounts.add("ann", {"grants": ["admin"]}, "t", WORDS)
        for step in (lambda: accounts.disable("ann", "t", WORDS),
                     lambda: accounts.change("ann", {"grants": ["lead"]}, "t", WORDS)):  # fmt: skip
            with pytest.raises(Refused, match="another admin"):
                step()
        accounts.add("bob", {"grants": ["admin"]}, "t", WORDS)
        accounts.disable("ann", "t", WORDS)
        with pytest.raises(Refused, match="another admin"):
            accounts.disable("bob", "t", WORDS)
        accounts.enable("ann", "t", WORDS)
        accounts.change("bob", {"grants": []}, "t", WORDS)
        assert [grant_text(one) for one in accounts.account("ann", WORDS).grants] == ["admin"]


def test_a_hash_of_weaker_parameters_is_made_anew_and_sessions_go_on(entrance: Entrance) -> None:
    name = _name()
    before = entrance.accounts.add(name, {}, "t", WORDS, PASSWORD)
    assert not passwords.is_dated(before.password)
    weak = "$argon2id$v=19$m=1024,t=1,p=1$YWFhYWFhYWFhYWFhYWFhYQ$YWFhYWFhYWFhYWFhYWFhYQ"
    assert passwords.is_dated(weak)
    entrance.accounts.rehash(before, PASSWORD)
    after = entrance.accounts.account(name, WORDS)
    assert after.password != before.password
    assert after.stamp == before.stamp


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    assert not passwords.matches("", PASSWORD)
    assert not passwords.matches("nonsense", PASSWORD)
    assert passwords.is_dated(passwords._NOBODYS) is False, "the hash of nobody costs what others cost"
