"""API tokens: narrowed to what they are for, for a time, and revocable."""

from __future__ import annotations

import pytest

from scoring.roles import Capability
from tests.people.conftest import ROLES, WORDS, Clock
from tests.people.test_identity import DAY_S, identity_of, somebody
from tests.server.teams import teams
from wall.people.entrance import Entrance
from wall.people.identity import FRESH_S
from wall.people.reach import narrowed
from wall.people.viewer import NOBODY
from wall.refusal import Refused
from wall.sight.look import WHOLE, Look, Sight, sight_below
from wall.sight.visible import visible

TREE = visible(teams(roles=ROLES), WHOLE).tree


def _sight(*looks: Look) -> Sight:
    return Sight(frozenset(looks))


def test_a_token_may_what_it_is_for_as_far_as_its_account_may(entrance: Entrance, clock: Clock) -> None:
    account = somebody(entrance, "lead", unit="red")
    found = identity_of(entrance, clock)
    narrow = entrance.tokens.issue(account, "board reader", ["view", "audit"], "", 30, "t", WORDS)
    viewer = found.viewer("", narrow.text)
    assert (viewer.kind, viewer.name, viewer.title) == ("token", narrow.token.id, "board reader")
    assert dict(viewer.sights) == {Capability.VIEW: sight_below("red")}, "its account may not audit, so it may not"
    person = entrance.tokens.issue(account, "one person", ["view"], "bob", 30, "t", WORDS)
    assert found.viewer("", person.text).sight().looks == {Look("bob")}
    elsewhere = entrance.tokens.issue(account, "another team", ["view"], "blue", 30, "t", WORDS)
    assert not found.viewer("", elsewhere.text).sights


@pytest.mark.parametrize(
    ("look", "unit", "wanted"),
    [
        (Look(""), "red", [Look("red")]),
        (Look("", "everything", ("quality",)), "red", [Look("red", "everything", ("quality",))]),
        (Look("company"), "ann", [Look("ann")]),
        (Look("red"), "red", [Look("red")]),
        (Look("red", "children"), "red", [Look("red", "children")]),
        (Look("red", "children", ("a",)), "ann", [Look("ann", "total", ("a",))]),
        (Look("company", "children"), "ann", []),
        (Look("company", "total"), "red", []),
        (Look("ann", "total"), "red", [Look("ann", "total")]),
        (Look("red"), "blue", []),
        (Look("gone"), "red", []),
        (Look("red"), "gone", []),
    ],
)
def test_a_sight_is_narrowed_to_a_unit_and_what_is_below_it(look: Look, unit: str, wanted: list[Look]) -> None:
    assert narrowed(_sight(look), unit, TREE).looks == frozenset(wanted)


def test_a_token_runs_out_and_ends_with_its_account(entrance: Entrance, clock: Clock) -> None:
    somebody(entrance, "admin")
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    short = entrance.tokens.issue(account, "short", ["view"], "", 1, "t", WORDS)
    long = entrance.tokens.issue(account, "long", ["view"], "", 365, "t", WORDS)
    clock.go(DAY_S + 1)
    assert found.viewer("", short.text) is NOBODY
    assert found.viewer("", long.text) is not NOBODY
    viewer = found.viewer("", long.text)
    entrance.accounts.disable(account.id, "t", WORDS)
    clock.go(FRESH_S + 0.1)
    assert found.viewer("", long.text) is NOBODY
    assert not found.still(viewer)


def test_a_revoked_token_is_nobody_and_stays_so(entrance: Entrance, clock: Clock) -> None:
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    issued = entrance.tokens.issue(account, "program", ["view"], "", 30, "t", WORDS)
    assert found.viewer("", issued.text) is not NOBODY
    entrance.tokens.revoke(issued.token.id, "t", WORDS)
    clock.go(FRESH_S + 0.1)
    assert found.viewer("", issued.text) is NOBODY
    with pytest.raises(Refused, match="no token"):
        entrance.tokens.revoke(issued.token.id, "t", WORDS)


def test_forged_tokens_are_nobody(entrance: Entrance, clock: Clock) -> None:
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    issued = entrance.tokens.issue(account, "program", ["view"], "", 30, "t", WORDS)
    prefix, name, secret = issued.text.split("_")
    other = entrance.tokens.issue(account, "other", ["view"], "", 30, "t", WORDS).text.split("_")[2]
    forged = [f"{prefix}_{name}_{other}", f"{prefix}_{name}_", f"{prefix}__{secret}", f"kpx_{name}_{secret}",
              f"{prefix}_{name}_{secret[:-1]}", f"{prefix}_{name}_{secret.upper()}", f"{prefix}_{name}_{secret}0",
              f" {issued.text}", secret, name]  # fmt: skip
    assert [one for one in forged if found.viewer("", one) is not NOBODY] == []


def test_when_a_token_was_used_is_kept(entrance: Entrance, clock: Clock) -> None:
    found = identity_of(entrance, clock)
    issued = entrance.tokens.issue(somebody(entrance, "lead", unit="red"), "program", ["view"], "", 30, "t", WORDS)
    assert issued.token.id not in entrance.store.tokens_used()
    found.viewer("", issued.text)
    first = entrance.store.tokens_used()[issued.token.id]
    clock.go(30)
    found.viewer("", issued.text)
    assert entrance.store.tokens_used()[issued.token.id] == first
    clock.go(40)
    found.viewer("", issued.text)
    assert entrance.store.tokens_used()[issued.token.id] == first + 70_000


@pytest.mark.parametrize(
    ("title", "able", "days"),
    [("", ["view"], 1), ("x", [], 1), ("x", ["fly"], 1), ("x", ["view"], 0), ("x", ["view"], 999)],
)
def test_a_token_for_nothing_or_for_ever_is_refused(entrance: Entrance, title: str, able: list[str], days: int) -> None:
    account = somebody(entrance, "lead", unit="red")
    with pytest.raises(Refused):
        entrance.tokens.issue(account, title, able, "", days, "t", WORDS)
