"""Pairing over a real Redis: each code once, five minutes, so many and no more; nothing to guess."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from streams.records import LogUnavailable
from streams.redis_adapters.screens import MOST_CODES, MOST_CODES_OF_ADDRESS, ScreenStore
from tests.support.servers import RedisNode, wait_until
from wall.journal import Entry, Journal
from wall.refusal import Refused
from wall.screens.fleet import Register
from wall.screens.wanted import Wanted
from wall.settings import Settings
from wall.wiring import Site, open_site

from .fleets import WORDS, fleet_of, paired, standings

WANTED = Wanted("TV", "hall", "red", "team")


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisNode]:
    with RedisNode(appendfsync="everysec") as node:
        yield node


@pytest.fixture
def site(redis: RedisNode) -> Iterator[Site]:
    name = f"pair{uuid.uuid4().hex[:8]}"
    opened = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=1))
    yield opened
    opened.close()


def test_a_screen_waits_for_an_admin_and_gets_its_credential_then(site: Site) -> None:
    with fleet_of(site) as fleet:
        opened = fleet.open_code("10.0.0.1")
        assert len(opened.code) == 6
        assert opened.code.isdigit()
        assert 299_000 < opened.ms <= 300_000
        assert fleet.answer(opened.claim).state == "waiting"
        screen = fleet.steps.pair(f" {opened.code[:3]} {opened.code[3:]} ", WANTED, "Ann", WORDS)
        answer = fleet.answer(opened.claim)
        assert (answer.state, answer.screen) == ("admitted", screen.id)
        held = fleet.screen_of(answer.credential)
        assert held is not None
        assert (held.name, held.place, held.unit, held.playlist) == ("TV", "hall", "red", "team")


def test_of_many_claims_at_once_exactly_one_gets_the_credential(site: Site) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(24) as threads:
        fleets = [stack.enter_context(fleet_of(site)) for _ in range(3)]
        for _ in range(5):
            opened = fleets[0].open_code("10.0.0.1")
            fleets[1].steps.pair(opened.code, WANTED, "Ann", WORDS)
            answers = list(threads.map(lambda n: fleets[n % 3].answer(opened.claim), range(24)))  # noqa: B023
            admitted = [one for one in answers if one.state == "admitted"]
            assert len(admitted) == 1, Counter(one.state for one in answers)
            assert fleets[2].judged_anew(admitted[0].credential).standing == "valid"
            assert fleets[0].answer(opened.claim).state == "gone"


def test_of_two_admins_with_the_same_code_one_is_refused(site: Site) -> None:
    with fleet_of(site) as fleet, ThreadPoolExecutor(8) as threads:
        opened = fleet.open_code("10.0.0.1")

        def pair(_: int) -> str:
            try:
                return fleet.steps.pair(opened.code, WANTED, "Ann", WORDS).id
            except Refused:
                return ""

        found = [one for one in threads.map(pair, range(8)) if one]
        assert len(found) == 1
        assert [one.id for one in fleet.register().standing()] == found


def test_a_code_runs_out(site: Site) -> None:
    with fleet_of(site, code_ms=150) as fleet:
        opened = fleet.open_code("10.0.0.1")
        wait_until(lambda: fleet.answer(opened.claim).state == "gone", 5, "the code has run out")
        with pytest.raises(Refused, match=opened.code):
            fleet.steps.pair(opened.code, WANTED, "Ann", WORDS)
        assert fleet.register().screens == {}


def test_a_code_that_was_entered_in_its_last_second_can_still_be_claimed(site: Site) -> None:
    with fleet_of(site, code_ms=400) as fleet:
        opened = fleet.open_code("10.0.0.1")
        fleet.steps.pair(opened.code, WANTED, "Ann", WORDS)
        time.sleep(0.6)
        assert fleet.answer(opened.claim).state == "admitted"


def test_one_address_gets_no_more_codes_than_its_share_and_all_no_more_than_thirty(site: Site) -> None:
    with fleet_of(site) as fleet:
        own = [fleet.open_code("10.0.0.1") for _ in range(MOST_CODES_OF_ADDRESS + 1)]
        assert [bool(one.code) for one in own] == [True] * MOST_CODES_OF_ADDRESS + [False]
        others = [fleet.open_code(f"10.0.1.{n}") for n in range(MOST_CODES - MOST_CODES_OF_ADDRESS + 1)]
        assert [bool(one.code) for one in others] == [True] * (MOST_CODES - MOST_CODES_OF_ADDRESS) + [False]
        assert 0 < others[-1].ms <= 300_000
        codes = [one.code for one in [*own, *others] if one.code]
        assert len(set(codes)) == MOST_CODES
        fleet.steps.pair(own[0].code, WANTED, "Ann", WORDS)
        assert fleet.answer(own[0].claim).state == "admitted"
        assert fleet.open_code("10.0.1.99").code, "a code that was used makes room"


def test_codes_that_ran_out_make_room(site: Site) -> None:
    with fleet_of(site, code_ms=200) as fleet:
        for _ in range(MOST_CODES_OF_ADDRESS):
            fleet.open_code("10.0.0.1")
        assert not fleet.open_code("10.0.0.1").code
        wait_until(lambda: bool(fleet.open_code("10.0.0.1").code), 5, "there is room again")


def test_neither_claims_nor_codes_nor_credentials_can_be_guessed(site: Site) -> None:
    with fleet_of(site) as fleet:
        opened = fleet.open_code("10.0.0.1")
        screen, credential = paired(fleet)
        for guess in (opened.code, "", "x" * 43, secrets.token_urlsafe(32), opened.claim[:-1], opened.claim + "A"):
            assert fleet.answer(guess).state == "gone"
        for wrong in ("", "000000000", opened.code[:5], "abcdef", "*"):
            with pytest.raises(Refused):
                fleet.steps.pair(wrong, WANTED, "Ann", WORDS)
        guesses = ["", ".", screen.id, f"{screen.id}.", f"{screen.id}.{'x' * 43}", f"s0.{credential.split('.')[1]}"]
        guesses += [credential[:-1], credential + "A", credential.upper(), "x" * 5000, "s\u00e9.\ud7ff"]
        assert {fleet.judged_anew(guess).standing.value for guess in guesses} == {"unknown"}
        assert fleet.judged(credential).standing == "valid"


def test_nothing_that_is_kept_is_a_secret(site: Site) -> None:
    with fleet_of(site) as fleet:
        opened = fleet.open_code("10.0.0.1")
        _, credential = paired(fleet)
        kept = b"".join(
            site.redis.dump(key) or b"" for key in site.redis.scan_iter(f"kpiwall:{{{site.settings.site}}}:*")
        )
        journal = str([dict(one.body) for one in site.journal.entries()])
        for secret in (opened.claim, credential.split(".")[1]):
            assert secret.encode() not in kept
            assert secret not in journal


def test_what_a_model_does_not_have_or_a_screen_may_not_show_is_refused_with_its_fix(site: Site) -> None:
    with fleet_of(site) as fleet:
        opened = fleet.open_code("10.0.0.1")
        for wanted, said in [
            (Wanted("", "hall", "red", "team"), "name"),
            (Wanted("TV", "hall", "green", "team"), "green"),
            (Wanted("TV", "hall", "red", "cinema"), "team, red, company"),
            (Wanted("TV", "hall", "blue", "red"), "red_only"),
            (Wanted("TV", "hall", "red", "company"), "all_teams"),
            (Wanted("TV", "hall", "red", "team", margin=7.0), "0 to 5"),
            (Wanted("TV", "hall", "red", "team", margin=float("nan")), "0 to 5"),
            (Wanted("TV", "hall", "red", "team", theme="pink"), "dark, light, brand"),
            (Wanted("TV", "hall", "red", "team", language="fr"), "zh-CN, en"),
        ]:
            with pytest.raises(Refused, match=said):
                fleet.steps.pair(opened.code, wanted, "Ann", WORDS)
        assert fleet.steps.pair(opened.code, WANTED, "Ann", WORDS).unit == "red", "the code was not used up"


class _Away(Journal):
    """A journal whose log is away while it is told so."""

    away = True

    def append(self, entry: Entry) -> Entry:
        if self.away:
            raise LogUnavailable("the log is away")
        return super().append(entry)


def test_while_the_journal_is_away_no_code_and_no_claim_is_used_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with fleet_of(site) as fleet:
        opened = fleet.open_code("10.0.0.1")
        away = _Away(site.log.beside(f"{site.settings.topic}.journal", 1), site.settings.site)  # type: ignore[attr-defined]
        monkeypatch.setattr(fleet.steps, "_journal", away)
        with pytest.raises(LogUnavailable):
            fleet.steps.pair(opened.code, WANTED, "Ann", WORDS)
        away.away = False
        fleet.steps.pair(opened.code, WANTED, "Ann", WORDS)
        away.away = True
        monkeypatch.setattr(fleet._admission, "_journal", away)
        monkeypatch.setattr("streams.redis_adapters.screens.LEASE_MS", 100)
        with pytest.raises(LogUnavailable):
            fleet.answer(opened.claim)
        away.away = False
        wait_until(lambda: fleet.answer(opened.claim).state == "admitted", 5, "the claim is answered in the end")


def test_a_claim_whose_answer_takes_too_long_is_not_answered_twice(site: Site) -> None:
    store = ScreenStore(site.redis, site.settings.site)
    opened = store.open_code("hash", "10.0.0.1")
    assert store.reserve_code(opened.code, "admin")
    assert store.pair_code(opened.code, "admin", "s1")
    assert store.begin_claim("hash", "slow").state == "yours"
    assert store.begin_claim("hash", "other").state == "waiting"
    site.redis.hset(f"kpiwall:{{{site.settings.site}}}:screens:codes", opened.code, _lease_over(site, opened.code))
    assert store.begin_claim("hash", "other").state == "yours"
    assert not store.finish_claim("hash", "slow"), "it is the other's to answer now"
    assert store.finish_claim("hash", "other")
    assert not store.finish_claim("hash", "other")


def _lease_over(site: Site, code: str) -> bytes:
    """A claim's record whose lease has run out."""
    held = json.loads(site.redis.hget(f"kpiwall:{{{site.settings.site}}}:screens:codes", code))
    return json.dumps({**held, "lease": 1}).encode()


def test_a_revoked_screen_can_be_paired_again_as_another_one(site: Site) -> None:
    with fleet_of(site) as fleet:
        screen, credential = paired(fleet)
        fleet.steps.revoke(screen.id, "Ann", "sold", WORDS)
        fleet.register()
        assert standings([fleet], credential) == ["revoked"]
        assert fleet.screen_of(credential) is None
        again, other = paired(fleet)
        assert again.id != screen.id
        assert standings([fleet], other) == ["valid"]
        with pytest.raises(Refused):
            fleet.steps.change(screen.id, {"name": "TV 2"}, "Ann", WORDS)
        assert fleet.known != Register()
