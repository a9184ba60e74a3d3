"""The fleet over real servers: it survives Redis, servers see each other, credentials renew, silence is told once."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from deploy.kafka.node import KafkaNode
from streams.kafka_log import KafkaLog
from tests.support.servers import RedisNode, wait_until
from wall.refusal import Refused
from wall.screens.beats import Beat
from wall.screens.remote import Command, Remote
from wall.screens.renewals import LOST_AFTER_MS, RENEW_AFTER_MS
from wall.screens.service import Fleet
from wall.screens.wanted import Wanted
from wall.screens.watch import SILENT_AFTER_MS, Presence, report
from wall.settings import Settings
from wall.wiring import Site, open_site

from .fleets import DAY_MS, WORDS, Time, fleet_of, paired, standings

#: "Within about a second", on a machine that has other things to do.
SOON_S = 3.0


@pytest.fixture
def site(redis_node: RedisNode) -> Iterator[Site]:
    name = f"fleet{uuid.uuid4().hex[:8]}"
    opened = open_site(Settings(site=name, redis=redis_node.url, topic=name, partitions=1))
    yield opened
    opened.close()


@pytest.fixture
def kafka_site(redis_node: RedisNode, kafka_node: KafkaNode) -> Iterator[Site]:
    name = f"fleet{uuid.uuid4().hex[:8]}"
    settings = Settings(site=name, redis=redis_node.url, kafka=kafka_node.servers, topic=name, partitions=1)
    opened = open_site(settings)
    assert isinstance(opened.log, KafkaLog)
    opened.log.create(1)
    yield opened
    opened.close()


@pytest.mark.slow
def test_the_fleet_survives_a_redis_that_lost_everything(kafka_site: Site) -> None:
    site = kafka_site
    with fleet_of(site) as fleet:
        screen, credential = paired(fleet)
        revoked, other = paired(fleet, "TV 2")
        fleet.steps.revoke(revoked.id, "Ann", "", WORDS)
        fleet.steps.announce("drill", "red", None, "Ann", WORDS)
        fleet.steps.command(screen.id, Command.NEXT, WORDS)
        wait_until(lambda: fleet.remote(screen.id).step == 1, SOON_S, "the step is known")
        site.redis.flushall()
        with fleet_of(site) as fresh:
            assert standings([fleet, fresh], credential) == ["valid", "valid"]
            assert standings([fleet, fresh], other) == ["revoked", "revoked"]
            assert [one.text for one in fresh.announcements()] == ["drill"]
            wait_until(lambda: fresh.remote(screen.id).step == 1, 10, "what the remote had counted is put back")
            fleet.steps.command(screen.id, Command.NEXT, WORDS)
            wait_until(lambda: fresh.remote(screen.id).step == 2, SOON_S, "and goes on")


def test_servers_see_each_other_within_about_a_second_and_remotes_at_once(site: Site) -> None:
    with fleet_of(site) as one, fleet_of(site) as other:
        heard: list[set[str]] = []
        told: list[float] = []
        other.on_change(heard.append)
        other.on_announced(lambda: told.append(time.monotonic()))
        screen, credential = paired(one)
        wait_until(lambda: other.judged(credential).standing == "valid", SOON_S, "the screen is known")
        one.steps.change(screen.id, {"name": "TV 2", "playlist": "red"}, "Ann", WORDS)
        wait_until(lambda: other.frame(screen.id)["name"] == "TV 2", SOON_S, "the change is known")
        heard.clear()
        begun = time.monotonic()
        one.steps.command(screen.id, Command.SHOW, WORDS, "red_only")
        wait_until(lambda: other.frame(screen.id)["goto"] == {"key": 1, "number": 1}, SOON_S, "the jump is known")
        assert time.monotonic() - begun < 1
        assert heard == [{screen.id}]
        one.steps.announce("drill", "red", 60, "Ann", WORDS)
        wait_until(lambda: bool(told), SOON_S, "the announcement is told")
        assert [(said.text, said.unit, said.author) for said in other.announcements()] == [("drill", "red", "Ann")]
        one.steps.revoke(screen.id, "Ann", "", WORDS)
        wait_until(lambda: other.judged(credential).standing == "revoked", SOON_S, "the revocation is known")


def test_each_command_is_a_state_that_a_screen_finds_when_it_comes_back(site: Site) -> None:
    with fleet_of(site) as fleet:
        screen, _ = paired(fleet)
        for command in (Command.NEXT, Command.NEXT, Command.PREVIOUS, Command.HOLD, Command.RELOAD, Command.IDENTIFY):
            fleet.steps.command(screen.id, command, WORDS)
        fleet.steps.command(screen.id, Command.SHOW, WORDS, key=1)
        wait_until(lambda: fleet.remote(screen.id).number == 1, SOON_S, "the wishes are known")
        frame = fleet.frame(screen.id)
        assert (frame["hold"], frame["step"], frame["goto"], frame["reload"]) == (True, 1, {"key": 1, "number": 1}, 1)
        until = frame["identify_until"]
        assert isinstance(until, int)
        assert 0 < until - time.time() * 1000 <= 15_000
        fleet.steps.command(screen.id, Command.RESUME, WORDS)
        wait_until(lambda: fleet.frame(screen.id)["hold"] is False, SOON_S, "it rotates again")
        for wrong in ({"scene": "all_teams"}, {"key": 2}, {"key": -1}, {}):
            with pytest.raises(Refused, match="anywhere"):
                fleet.steps.command(screen.id, Command.SHOW, WORDS, **wrong)  # type: ignore[arg-type]


def test_known_credentials_hold_while_redis_is_away_and_what_came_meanwhile_is_sent_later(
    site: Site, redis_node: RedisNode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    with fleet_of(site) as fleet:
        screen, credential = paired(fleet)
        redis_node.kill()
        assert fleet.judged(credential).standing == "valid"
        assert fleet.judged_anew(f"{screen.id}.{'x' * 43}").standing == "unread", "nobody can say while it is away"
        fleet.heartbeats.take(screen.id, Beat(scene="anywhere"), "10.0.0.1")
        time.sleep(1.5)
        assert fleet.frame(screen.id)["name"] == "TV"
        assert [one.presence for one in fleet.seen()] == [Presence.LIVE]
        redis_node.start()
        wait_until(lambda: _beats(site).get(screen.id) is not None, 15, "the heartbeat is sent")
        fleet.steps.command(screen.id, Command.NEXT, WORDS)
        wait_until(lambda: fleet.remote(screen.id).step == 1, 10, "it follows again")


def _beats(site: Site) -> dict[str, bytes]:
    try:
        found = site.redis.hgetall(f"kpiwall:{{{site.settings.site}}}:screens:beats")
    except Exception:
        return {}
    return {name.decode(): beat for name, beat in found.items()}


def test_a_server_that_could_not_read_the_journal_yet_says_so_and_no_screen_is_sent_away(
    site: Site, redis_node: RedisNode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    with fleet_of(site) as fleet:
        _, credential = paired(fleet)
    redis_node.kill()
    with fleet_of(site) as fresh:
        assert fresh.judged_anew(credential).standing == "unread"
        redis_node.start()
        wait_until(lambda: fresh.judged(credential).standing == "valid", 15, "the journal is read")


def beat(fleet: Fleet, credential: str) -> str | None:
    """A heartbeat's answer: the credential that is to replace the one presented."""
    judged = fleet.judged(credential)
    assert judged.standing == "valid"
    return fleet.offered(judged)


def test_a_credential_renews_itself_and_a_lost_answer_does_no_harm(site: Site) -> None:
    now = Time()
    with fleet_of(site, now, renew_s=0.1) as fleet, fleet_of(site, now, renew_s=0.1) as other:
        _, first = paired(fleet)
        assert beat(fleet, first) is None
        now.ms += RENEW_AFTER_MS + 1
        wait_until(lambda: beat(fleet, first) is not None, 10, "a new one is offered")
        second = beat(fleet, first)
        assert second is not None
        assert beat(fleet, first) == second, "the answer was lost: the same one is offered again"
        wait_until(lambda: standings([other], second or "") == ["valid"], SOON_S, "the other server knows it")
        assert beat(fleet, second) is None
        assert standings([fleet], first) == ["unknown"], "once the new one was used the former is void"
        wait_until(lambda: standings([other], first) == ["unknown"], 10, "everywhere")
        assert beat(fleet, second) is None, "it is young"


def test_a_former_credential_holds_as_long_as_the_new_one_was_not_used(site: Site) -> None:
    now = Time()
    with fleet_of(site, now, renew_s=0.1) as fleet:
        _, first = paired(fleet)
        now.ms += 400 * DAY_MS
        assert beat(fleet, first) is None, "a screen that was off for a year comes back by itself"
        wait_until(lambda: beat(fleet, first) is not None, 10, "a new one is offered")
        now.ms += 30 * DAY_MS
        assert fleet.judged(first).standing == "valid"


def test_what_a_server_had_offered_when_it_died_is_replaced(site: Site) -> None:
    now = Time()
    with ExitStack() as stack:
        dying = stack.enter_context(fleet_of(site, now, renew_s=0.1))
        _, first = paired(dying)
        now.ms += RENEW_AFTER_MS + 1
        wait_until(lambda: beat(dying, first) is not None, 10, "a new one is offered")
        lost = beat(dying, first)
    with fleet_of(site, now, renew_s=0.1) as fresh:
        assert lost is not None
        assert beat(fresh, first) is None, "the one offered may still be on its way"
        now.ms += LOST_AFTER_MS + 1
        wait_until(lambda: beat(fresh, first) is not None, 10, "another one is offered")
        third = beat(fresh, first)
        assert third not in (None, lost, first)
        assert standings([fresh], first) == ["valid"]
        assert beat(fresh, third or "") is None
        assert standings([fresh], first) == standings([fresh], lost) == ["unknown"]


def test_two_servers_that_renew_at_once_leave_the_screen_with_a_credential(site: Site) -> None:
    now = Time()
    with fleet_of(site, now, renew_s=0.1) as one, fleet_of(site, now, renew_s=0.1) as other:
        _, credential = paired(one)
        wait_until(lambda: standings([other], credential) == ["valid"], SOON_S, "both know it")
        now.ms += RENEW_AFTER_MS + 1
        seen = {credential}
        for turn in range(120):
            fleet = (one, other)[turn % 2]
            judged = fleet.judged_anew(credential)
            assert judged.standing == "valid", turn
            credential = fleet.offered(judged) or credential
            seen.add(credential)
            time.sleep(0.05)
        assert 2 <= len(seen) <= 3


def test_many_renewals_are_one_entry_of_the_journal(site: Site) -> None:
    now = Time()
    with fleet_of(site, now, renew_s=1.0) as fleet:
        credentials = [paired(fleet, f"TV {n}")[1] for n in range(8)]
        entries = len(site.journal.entries())
        now.ms += RENEW_AFTER_MS + 1
        for one in credentials:
            beat(fleet, one)
        wait_until(lambda: all(beat(fleet, one) for one in credentials), 10, "all are offered one")
        assert len(site.journal.entries()) - entries <= 2


def test_heartbeats_of_a_whole_fleet_are_one_round_trip_a_second(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with fleet_of(site) as fleet:
        sent: list[int] = []
        put = fleet._store.put_beats

        def counted(beats: Any) -> None:
            sent.append(len(beats))
            put(beats)

        monkeypatch.setattr(fleet._store, "put_beats", counted)
        for _ in range(3):
            for number in range(2000):
                fleet.heartbeats.take(f"s{number}", Beat(scene="anywhere"), "10.0.0.1")
        wait_until(lambda: len(_beats(site)) == 2000, 10, "all are sent")
        assert len(sent) <= 3


def test_a_screen_is_silent_after_a_minute_and_told_once_by_one_server(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="wall.screens.watch")
    now = Time()
    with fleet_of(site, now) as one, fleet_of(site, now) as other:
        screen, _ = paired(one)
        one.heartbeats.take(screen.id, Beat(), "10.0.0.1")
        one.heartbeats.flush()
        now.ms += SILENT_AFTER_MS
        assert [seen.presence for seen in one.seen()] == [Presence.LIVE]
        now.ms += 1
        for fleet in (one, other, one):
            _look(fleet, now)
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "TV" in caplog.text
        assert one.presences() == {Presence.LIVE: 0, Presence.SILENT: 1}
        other.heartbeats.take(screen.id, Beat(), "10.0.0.1")
        other.heartbeats.flush()
        for fleet in (one, other, one):
            _look(fleet, now)
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
        now.ms += SILENT_AFTER_MS + 1
        one.steps.revoke(screen.id, "Ann", "", WORDS)
        one.register()
        _look(one, now)
        assert one.seen() == [], "a revoked screen is not missed"
        assert len(caplog.records) == 2


def _look(fleet: Fleet, now: Time) -> None:
    wait_until(lambda: bool(fleet.known.screens), SOON_S, "the screen is known")
    seen = fleet.seen()
    report(fleet._store, [one.screen for one in seen], {one.screen.id: one.presence for one in seen}, now.ms)


def test_an_outage_makes_no_screen_silent_before_it_had_its_minute(site: Site) -> None:
    now = Time()
    with fleet_of(site, now) as fleet:
        screen, _ = paired(fleet)
        now.ms += 10 * SILENT_AFTER_MS
        fleet.heartbeats.lost()
        assert [one.presence for one in fleet.seen()] == [Presence.LIVE]
        now.ms += SILENT_AFTER_MS + 1
        assert [one.presence for one in fleet.seen()] == [Presence.SILENT]
        assert fleet.remote(screen.id) == Remote()


def test_screens_are_sent_to_a_server_that_answers_and_to_no_other_place(site: Site) -> None:
    with fleet_of(site) as fleet:
        screen, _ = paired(fleet)
        for wrong in (
            "ftp://a",
            "javascript:alert(1)",
            "//host",
            "http://",
            "http://user@host",
            "http://a b",
            "nowhere",
        ):
            with pytest.raises(Refused, match="http"):
                fleet.steps.move(wrong, WORDS)
        with pytest.raises(Refused, match="answers"):
            fleet.steps.move("http://127.0.0.1:1", WORDS)
        assert fleet.frame(screen.id)["move"] is None


def test_a_change_checks_what_it_leaves_too(site: Site) -> None:
    with fleet_of(site) as fleet:
        screen, _ = paired(fleet)
        with pytest.raises(Refused, match="outside blue"):
            fleet.steps.change(screen.id, {"unit": "blue", "playlist": "red"}, "Ann", WORDS)
        before = len(site.journal.entries())
        assert fleet.steps.change(screen.id, {"name": "TV"}, "Ann", WORDS).name == "TV"
        assert len(site.journal.entries()) == before, "what changes nothing is no decision"
        with pytest.raises(Refused, match="no screen"):
            fleet.steps.change("s0", {"name": "x"}, "Ann", WORDS)
        assert Wanted() == Wanted(margin=0.0)
