"""Who is told: owners, heads, the unit above where there is none, groups; by ids and titles of accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from scoring.alerts.alert import AlertKey
from scoring.alerts.rules import AlertRule
from tests.alerts.boards import model_with, rule
from tests.alerts.staged import ROLES
from wall.alerts.recipients import Directory, account_of
from wall.people.account import Absence, Account, People
from wall.sight.look import WHOLE, Grant
from wall.sight.visible import visible

DAY = dt.date(2026, 6, 1)


def _account(name: str, *roles: str, **about: Any) -> Account:
    return Account(name, grants=tuple(Grant(one) for one in roles), **about)


def _directory(
    *accounts: Account, heads: Mapping[str, str] | None = None, owners: Mapping[str, str] | None = None
) -> Directory:
    model = model_with(rule("r"), roles=ROLES)
    units = [one.model_copy(update={"owner": (heads or {}).get(one.id, "")}) for one in model.units]
    kpis = [one.model_copy(update={"owner": (owners or {}).get(one.id, "")}) for one in model.kpis]
    model = model.model_copy(update={"units": units, "kpis": kpis})
    return Directory(visible(model, WHOLE), People({one.id: one for one in accounts}), DAY)


def _rule(*notify: str) -> AlertRule:
    return AlertRule.model_validate(rule("r", notify=list(notify)))


A1 = AlertKey("r", "a1", "k")


@pytest.mark.parametrize("text", ["ann", "ANN", "Ann Smith", " ann  smith ".replace("  ", " "), {"en": "Ann Smith"}])
def test_an_account_is_named_by_its_id_or_title(text: Any) -> None:
    people = People({"ann": _account("ann", title="Ann Smith")})
    found = account_of(text, people)
    assert found is not None
    assert found.id == "ann"


@pytest.mark.parametrize("text", ["", "Bob", {"en": ""}])
def test_a_text_without_an_account_names_nobody(text: Any) -> None:
    assert account_of(text, People({"ann": _account("ann", title="Ann")})) is None


def test_a_title_of_two_people_names_neither_and_a_disabled_account_nobody() -> None:
    two = People({name: _account(name, title="Li Wei") for name in ("lw1", "lw2")})
    assert account_of("Li Wei", two) is None
    assert account_of("ann", People({"ann": _account("ann", disabled=True)})) is None
    one_left = People({**two.accounts, "lw2": replace(two.accounts["lw2"], disabled=True)})
    assert account_of("Li Wei", one_left) == one_left.accounts["lw1"]


def test_owner_head_and_groups_are_told_in_this_order_and_once() -> None:
    people = [_account("ann"), _account("bob")]
    found = _directory(*people, owners={"k": "ann"}, heads={"a1": "bob"})
    assert found.recipients(_rule("owner", "head", "channel:team"), A1) == ["ann", "bob", "channel:team"]
    both = _directory(*people, owners={"k": "ann"}, heads={"a1": "ann"})
    assert both.recipients(_rule("owner", "head"), A1) == ["ann"]


def test_a_kpi_without_an_owner_concerns_the_head() -> None:
    assert _directory(_account("bob"), heads={"a1": "bob"}).recipients(_rule("owner"), A1) == ["bob"]


def test_without_a_head_those_at_the_unit_who_may_acknowledge_are_told() -> None:
    people = [_account("cem", "own", unit="a1"), _account("dan", "reader", unit="a1"), _account("eve", "own", unit="a")]
    assert _directory(*people).recipients(_rule("head"), A1) == ["cem"]


def test_without_anybody_at_the_unit_the_unit_above_is_told() -> None:
    assert _directory(_account("eve", "own", unit="a")).recipients(_rule("head"), A1) == ["eve"]
    assert _directory(_account("top"), heads={"top": "top"}).recipients(_rule("head"), A1) == ["top"]
    assert _directory(_account("ann")).recipients(_rule("head"), A1) == []


def test_a_substitute_is_told_and_only_while_somebody_is_away() -> None:
    away = Absence(DAY, DAY, "bob")
    people = [_account("ann", away=away), _account("bob")]
    assert _directory(*people, heads={"a1": "ann"}).recipients(_rule("head"), A1) == ["bob"]
    later = replace(_directory(*people, heads={"a1": "ann"}), date=DAY + dt.timedelta(days=1))
    assert later.recipients(_rule("head"), A1) == ["ann"]


def test_levels_go_up_the_tree_and_end_at_the_top() -> None:
    found = _directory()
    assert [found.above("a1", level) for level in (1, 2, 3)] == ["a", "top", None]
