"""The audit trail: what is noted, that refusals can't flood it, and finding one act among all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from layouts.words import Words
from streams.records import LogUnavailable
from streams.redis_adapters.connection import StoreUnavailable
from tests.server.teams import company, teams
from tests.support.servers import RedisNode
from wall.journal import Entry
from wall.people.accounts import Accounts
from wall.people.acts import Acts, Asked, about
from wall.people.audit import FREE, Act, AuditTrail
from wall.people.entrance import real_ms
from wall.people.viewer import NOBODY, Viewer
from wall.settings import Settings
from wall.wiring import Site, open_site

WORDS = Words.of("en")
ANN, BOB = Viewer("person", "ann", "Ann Lee"), Viewer("person", "bob", "")


@pytest.fixture
def site() -> Iterator[Site]:
    with company(teams()) as opened:
        yield opened


def kinds(site: Site) -> list[str]:
    return [one.kind for one in site.trail.entries("audit.")]


def test_an_act_says_who_and_of_what_and_leaves_the_journal_alone(site: Site) -> None:
    before = site.journal.entries()
    AuditTrail(site).note(Act.EXPORTED, ANN, {"what": "targets.xlsx", "rows": 12})
    AuditTrail(site).note(Act.SIGNED_OUT, BOB, {"account": "bob"})
    first, second = site.trail.entries()
    assert (first.kind, first.author, first.body["who"]) == ("audit.exported", "Ann Lee", "ann")
    assert dict(about(first)) == {"what": "targets.xlsx", "rows": 12}
    assert (second.author, second.body["kind"]) == ("bob", "person")
    assert site.journal.entries() == before


def test_the_same_refusal_a_thousand_times_is_four_entries_that_count(site: Site) -> None:
    trails = [AuditTrail(site), AuditTrail(open_site(site.settings))]
    for number in range(1000):
        trails[number % 2].note(Act.SIGN_IN_FAILED, NOBODY, {"account": "ann", "address": "10.0.0.9"})
    noted = site.trail.entries()
    assert [one.body.get("times") for one in noted] == [None, 10, 100, 1000]
    trails[0].note(Act.SIGN_IN_FAILED, NOBODY, {"account": "bob", "address": "10.0.0.9"})
    assert len(site.trail.entries()) == 5, "another account is another refusal"


def test_one_who_tries_every_name_is_counted_and_not_written_out(site: Site) -> None:
    trail = AuditTrail(site)
    for number in range(300):
        trail.note(Act.SIGN_IN_FAILED, NOBODY, {"account": f"name{number}", "address": "10.0.0.9"})
    noted = site.trail.entries()
    assert len(noted) == FREE["by_who"] + 1
    assert noted[-1].body["by_who"] == 100
    trail.note(Act.SIGN_IN_FAILED, NOBODY, {"account": "ann", "address": "10.0.0.8"})
    assert len(site.trail.entries()) == FREE["by_who"] + 2, "others are still noted"


def test_a_thousand_addresses_are_counted_and_not_written_out(site: Site) -> None:
    trail = AuditTrail(site)
    for number in range(1000):
        trail.note(Act.DENIED, NOBODY, {"path": "/metrics", "address": f"10.0.{number // 250}.{number % 250}"})
    noted = site.trail.entries()
    assert len(noted) == FREE["in_all"] + 1
    assert noted[-1].body["in_all"] == 1000
    AuditTrail(site).note(Act.SIGNED_IN, ANN, {"account": "ann"})
    assert kinds(site)[-1] == "audit.signed_in", "what is no refusal is noted whatever goes on"


def test_without_redis_nothing_leaves_unnoted_and_a_refusal_stays_one() -> None:
    with RedisNode() as redis:
        trail = AuditTrail(open_site(Settings(site="s", redis=redis.url, topic="t")))
        redis.kill()
        trail.note(Act.DENIED, ANN, {"path": "/metrics"})
        with pytest.raises((StoreUnavailable, LogUnavailable)):
            trail.note(Act.EXPORTED, ANN, {"what": "targets.xlsx"})


def noted(site: Site) -> Acts:
    """Acts of both logs at moments of our own, some not in the order of their time."""
    for at_ms, author, kind, body in [
        (1000, "Ann Lee", "period.closed", {"period": "2026-02", "reason": "month end", "kpis": [{"secret": 1}]}),
        (3000, "Bob", "screen.changed", {"screen": "s1", "changes": {"place": "gate"}}),
        (3500, "kpiwall", "screen.credential", {"issued": {"s1": "hash"}}),
        (2000, "Ann Lee", "announcement.made", {"text": "Fire drill at 14:00", "unit": "red"}),
    ]:
        site.journal.append(Entry(kind, at_ms, author, body))
    for at_ms, author, kind, body in [
        (1500, "Ann Lee", "audit.exported", {"who": "ann", "kind": "person", "what": "targets.xlsx"}),
        (2500, "", "audit.sign_in_failed", {"who": "", "kind": "nobody", "account": "bob", "address": "10.0.0.9"}),
    ]:
        site.trail.append(Entry(kind, at_ms, author, body))
    return Acts(site)


def times(acts: Acts, **asked: object) -> list[int]:
    found = acts.found(Asked(until_ms=10_000, **asked), 0, 100)  # type: ignore[arg-type]
    assert found.total == len(found.entries)
    return [one.at_ms for one in found.entries]


def test_acts_of_both_logs_come_newest_first_without_what_nobody_did(site: Site) -> None:
    acts = noted(site)
    assert times(acts) == [3000, 2500, 2000, 1500, 1000]
    site.trail.append(Entry("audit.signed_out", 2200, "Ann Lee", {"who": "ann", "kind": "person"}))
    assert times(acts) == [3000, 2500, 2200, 2000, 1500, 1000]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"who": "ann lee"}, [2000, 1500, 1000]),
        ({"who": "ANN"}, [1500]),
        ({"who": "bob"}, [3000, 2500]),
        ({"kind": "audit."}, [2500, 1500]),
        ({"kind": "period.closed"}, [1000]),
        ({"text": "FIRE"}, [2000]),
        ({"text": "gate"}, [3000]),
        ({"text": "10.0.0.9"}, [2500]),
        ({"text": "secret"}, []),
        ({"from_ms": 2000}, [3000, 2500, 2000]),
        ({"from_ms": 2000, "kind": "audit."}, [2500]),
    ],
)
def test_acts_are_found_by_person_kind_text_and_time(site: Site, asked: dict[str, object], expected: list[int]) -> None:
    assert times(noted(site), **asked) == expected


def test_pages_follow_each_other_without_a_gap(site: Site) -> None:
    acts, asked = noted(site), Asked(until_ms=10_000)
    pages = [acts.found(asked, skip, 2) for skip in (0, 2, 4, 6)]
    assert [[one.at_ms for one in page.entries] for page in pages] == [[3000, 2500], [2000, 1500], [1000], []]
    assert {page.total for page in pages} == {5}


def test_nothing_told_of_an_act_is_a_secret(site: Site) -> None:
    accounts = Accounts(site.journal, real_ms)
    accounts.add("cat", {"title": "Cat", "grants": ["admin"]}, "Ann", WORDS)
    accounts.set_password("cat", "four words are a lot", "cat", WORDS)
    entries = Acts(site).all()
    assert [one.kind for one in entries][-2:] == ["account.added", "account.password"]
    told = str([dict(about(one)) for one in entries])
    assert "argon2" not in told
    assert "hash" not in told
    assert "'account': 'cat'" in told
    assert "definitions" not in told, "a model is not told, only its version"
    assert len(told) < 2000
