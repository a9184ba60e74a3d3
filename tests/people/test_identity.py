"""Who is behind a session or a token: found, forgotten in time, and for a while known while Redis is away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scoring.roles import Capability
from tests.people.conftest import PASSWORD, ROLES, WORDS, Clock
from tests.server.teams import teams
from tests.support.servers import RedisNode
from wall.definitions.apply import put_in_force
from wall.people.account import Account
from wall.people.entrance import Entrance, open_entrance
from wall.people.identity import FRESH_S, OUTAGE_S, Identity, Unknown
from wall.people.sessions import hash_of
from wall.people.viewer import NOBODY
from wall.settings import Settings
from wall.sight.look import WHOLE, Look, sight_below
from wall.sight.visible import visible
from wall.wiring import Site, open_site

DAY_S = 86_400


def identity_of(entrance: Entrance, clock: Clock) -> Identity:
    """A server that asks with the test's clock."""
    day = visible(teams(roles=ROLES), WHOLE)
    return Identity(entrance.accounts, entrance.sessions, entrance.store, lambda: day, clock.now_ms, clock.seconds)


def somebody(entrance: Entrance, *grants: str, **about: str) -> Account:
    """A new account."""
    return entrance.accounts.add(f"u{uuid.uuid4().hex[:8]}", {"grants": list(grants), **about}, "t", WORDS)


def test_a_session_is_found_with_what_its_roles_show(entrance: Entrance, clock: Clock) -> None:
    account = somebody(entrance, "lead", "worker", unit="red", person="bob")
    session = entrance.sessions.begin(account, kept=False)
    found = identity_of(entrance, clock).viewer(session, "")
    assert (found.kind, found.name, found.unit, found.session) == ("person", account.id, "red", hash_of(session))
    assert found.sight().looks == {Look("red"), Look("bob", "total")}
    assert found.sight(Capability.EXPORT).looks == {Look("red")}, "only as far as the roles that have it"
    assert not found.may(Capability.AUDIT)


@pytest.mark.parametrize("presented", ["", "x", "x" * 43, "é" * 20, "a" * 5000, "kpw_1_2", "\x00"])
def test_nonsense_is_nobody(entrance: Entrance, clock: Clock, presented: str) -> None:
    found = identity_of(entrance, clock)
    assert found.viewer(presented, "") is NOBODY
    assert found.viewer("", presented) is NOBODY


def test_redis_and_the_journal_hold_no_text_that_lets_anybody_in(site: Site, entrance: Entrance, clock: Clock) -> None:
    account = somebody(entrance, "lead", unit="red")
    session = entrance.sessions.begin(account, kept=False)
    token = entrance.tokens.issue(account, "program", ["view"], "", 1, "t", WORDS).text
    secret = token.rsplit("_", 1)[1]
    held = [f"{key} {site.redis.type(key)}" for key in site.redis.scan_iter("*")]
    held += [str(site.redis.get(key)) for key in site.redis.scan_iter("*people:session:*")]
    held += [str(one) for one in site.journal.entries("account.")]
    assert session not in "".join(held)
    assert secret not in "".join(held)
    found = identity_of(entrance, clock)
    kept = entrance.accounts.people().tokens[token.split("_")[1]].hash
    assert found.viewer("", f"kpw_{token.split('_')[1]}_{kept}") is NOBODY, "the hash is not the secret"


def test_a_session_runs_out_unused_and_holds_while_it_is_used(entrance: Entrance, clock: Clock) -> None:
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    used, unused = (entrance.sessions.begin(account, kept=False) for _ in range(2))
    for _ in range(3):
        clock.go(8 * 3600)
        assert found.viewer(used, "").name == account.id
    assert found.viewer(unused, "") is NOBODY
    clock.go(12 * 3600 + 1)
    assert found.viewer(used, "") is NOBODY


def test_a_phone_used_daily_stays_signed_in_and_not_for_ever(entrance: Entrance, clock: Clock) -> None:
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    session = entrance.sessions.begin(account, kept=True)
    for _ in range(29):
        clock.go(DAY_S)
        assert found.viewer(session, "").name == account.id
    clock.go(DAY_S + 1)
    assert found.viewer(session, "") is NOBODY, "thirty days after it began it ends, used or not"


def test_that_a_session_is_used_is_written_once_a_minute(site: Site, entrance: Entrance, clock: Clock) -> None:
    session = entrance.sessions.begin(somebody(entrance, "lead", unit="red"), kept=False)
    found, written = identity_of(entrance, clock), set()
    for _ in range(30):
        clock.go(5)
        found.viewer(session, "")
        written.add(site.redis.get(f"kpiwall:{{{site.settings.site}}}:people:session:{hash_of(session)}"))
    assert 2 <= len(written) <= 4


def test_a_viewer_that_was_found_costs_nothing_for_two_seconds(entrance: Entrance, clock: Clock) -> None:
    account = somebody(entrance, "lead", unit="red")
    session, found = entrance.sessions.begin(account, kept=False), identity_of(entrance, clock)
    assert found.remembered(session, "") is None
    viewer = found.viewer(session, "")
    assert found.remembered(session, "") is viewer
    clock.go(FRESH_S + 0.1)
    assert found.remembered(session, "") is None
    assert found.remembered("", "") is NOBODY


@pytest.mark.parametrize("step", ["end", "end_all", "password", "disable", "sign_out"])
def test_what_ends_a_session_is_known_on_another_server_within_two_seconds(
    site: Site, entrance: Entrance, clock: Clock, step: str
) -> None:
    other = open_entrance(site, clock.now_ms)
    somebody(entrance, "admin")
    account, found = somebody(entrance, "lead", unit="red"), identity_of(other, clock)
    session = entrance.sessions.begin(account, kept=True)
    viewer = found.viewer(session, "")
    assert found.still(viewer)
    match step:
        case "end":
            entrance.sessions.end(account.id, [hash_of(session)])
        case "end_all":
            entrance.sessions.end_all(account)
        case "password":
            entrance.accounts.set_password(account.id, PASSWORD, "t", WORDS)
        case "disable":
            entrance.accounts.disable(account.id, "t", WORDS)
        case "sign_out":
            entrance.accounts.sign_out(account.id, "t", WORDS)
    clock.go(FRESH_S + 0.1)
    found.refresh([hash_of(session)])
    assert not found.still(viewer)
    assert found.viewer(session, "") is NOBODY


def test_other_roles_end_a_stream_and_are_seen_at_the_next_request(entrance: Entrance, clock: Clock) -> None:
    account, found = somebody(entrance, "lead", unit="red"), identity_of(entrance, clock)
    session = entrance.sessions.begin(account, kept=False)
    viewer = found.viewer(session, "")
    entrance.accounts.change(account.id, {"unit": "blue"}, "t", WORDS)
    clock.go(FRESH_S + 0.1)
    found.refresh([viewer.session])
    assert not found.still(viewer)
    assert found.viewer(session, "").sight() == sight_below("blue")


def test_who_was_added_this_moment_is_known_at_once(site: Site, entrance: Entrance, clock: Clock) -> None:
    found = identity_of(open_entrance(site, clock.now_ms), clock)
    first = entrance.sessions.begin(somebody(entrance, "lead", unit="red"), kept=False)
    assert found.viewer(first, "") is not NOBODY
    clock.go(0.01)
    account = somebody(entrance, "lead", unit="red")
    assert found.viewer(entrance.sessions.begin(account, kept=False), "").name == account.id
    clock.go(0.01)
    token = entrance.tokens.issue(account, "program", ["view"], "", 1, "t", WORDS)
    assert found.viewer("", token.text).name == token.token.id


@pytest.fixture
def lone() -> Iterator[tuple[RedisNode, Site]]:
    """A site whose Redis the test may kill."""
    with RedisNode() as node:
        site = open_site(Settings(site="lone", redis=node.url, topic="lone"))
        put_in_force(site, teams(roles=ROLES), "t", "t")
        yield node, site


def test_while_redis_is_away_who_is_known_stays_for_a_time_and_nobody_new_gets_in(
    lone: tuple[RedisNode, Site], clock: Clock
) -> None:
    node, site = lone
    entrance = open_entrance(site, clock.now_ms)
    found, account = identity_of(entrance, clock), somebody(entrance, "lead", unit="red")
    known, other = (entrance.sessions.begin(account, kept=True) for _ in range(2))
    assert found.viewer(known, "").name == account.id
    node.kill()
    for _ in range(14):
        clock.go(60)
        assert found.viewer(known, "").name == account.id
        with pytest.raises(Unknown):
            found.viewer(other, "")
    clock.go(OUTAGE_S - 14 * 60 + 1)
    with pytest.raises(Unknown):
        found.viewer(known, "")
    node.start()
    clock.go(3)
    assert found.viewer(known, "").name == account.id
    assert found.viewer(other, "").name == account.id


def test_a_server_that_starts_without_redis_says_so_instead_of_denying(clock: Clock) -> None:
    site = open_site(replace(Settings(), redis="redis://127.0.0.1:1/0"))
    found = identity_of(open_entrance(site, clock.now_ms), clock)
    with pytest.raises(Unknown):
        found.viewer("x" * 43, "")
    with pytest.raises(Unknown):
        found.viewer("", "kpw_1_2")
