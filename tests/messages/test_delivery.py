"""Delivery with real receivers: retries, limits, digests, slow channels, and senders that are killed."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from layouts.words import Words
from streams.redis_adapters.outbox import LEASE_MS, Outbox
from tests.messages.made import SECRET, T0, hook, message
from tests.messages.receivers import Answer, MailServer, Receiver, is_signed
from tests.support.servers import wait_until
from tests.support.signed_in import account
from wall.messages.channels import Channel, Channels
from wall.messages.delivery import FIRST_WAIT_MS, LONGEST_WAIT_MS, Delivery
from wall.messages.delivery_log import deliveries
from wall.messages.message import Message, message_of
from wall.people.entrance import open_entrance
from wall.wiring import Site


def _delivery(site: Site, *channels: Channel) -> Delivery:
    return Delivery(site, Channels({one.id: one for one in channels}), random.Random(1))


def _put(outbox: Outbox, *messages: Message) -> None:
    outbox.put([one.parcel for one in messages])


def _round(delivery: Delivery, at_ms: int) -> None:
    """Everything that is due at a moment."""
    while delivery.run_once(at_ms):
        assert delivery.wait(20)


def _outcomes(outbox: Outbox) -> list[str]:
    return [one.outcome for one in deliveries(outbox, 100)][::-1]


def test_what_is_due_is_sent_once_and_logged(site: Site, outbox: Outbox) -> None:
    with Receiver() as receiver:
        delivery = _delivery(site, hook(receiver.url))
        _put(outbox, message("a"), message("b"))
        _round(delivery, T0)
        _round(delivery, T0 + 1000)
    assert [one.headers["webhook-id"] for one in receiver.requests] == [message("a").id, message("b").id]
    assert all(is_signed(one, SECRET) for one in receiver.requests)
    log = list(deliveries(outbox, 10))
    assert [(one.id, one.outcome, one.tries, one.error) for one in log] == [
        (message("b").id, "sent", 0, ""), (message("a").id, "sent", 0, "")]  # fmt: skip
    assert log[0].alerts == ("alert-b",)
    assert T0 <= log[0].at_ms < T0 + 10_000


def test_failures_are_tried_again_later_and_later_in_order_until_they_are_given_up(
    site: Site, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    with Receiver(always=Answer(500)) as receiver:
        delivery = _delivery(site, hook(receiver.url, retry_for="1h"))
        _put(outbox, message("a"), message("b"))
        moments, now_ms = [], T0
        while "given_up" not in _outcomes(outbox):
            before = len(receiver.requests)
            _round(delivery, now_ms)
            if len(receiver.requests) > before:
                moments.append(now_ms)
            now_ms += 1000
        assert {one.headers["webhook-id"] for one in receiver.requests[:-1]} == {message("a").id}
    waits = [second - first for first, second in pairwise(moments)]
    assert waits[0] <= 1.2 * FIRST_WAIT_MS + 1000
    assert max(waits) <= 1.2 * LONGEST_WAIT_MS + 1000
    assert 3_600_000 - 1.3 * LONGEST_WAIT_MS < moments[-1] - T0 <= 3_600_000
    assert "given up" in caplog.text
    assert outbox.counts()["hook", "given_up"] == 1
    assert outbox.waiting() == {"hook": 1}, "the next one has its own time"


def test_what_is_refused_is_given_up_at_once_and_the_next_goes_on(site: Site, outbox: Outbox) -> None:
    with Receiver(Answer(400), Answer()) as receiver:
        delivery = _delivery(site, hook(receiver.url))
        _put(outbox, message("a"), message("b"))
        _round(delivery, T0)
    assert _outcomes(outbox) == ["refused", "sent"]
    assert outbox.waiting() == {}


def test_retry_after_is_obeyed_for_the_whole_channel(site: Site, outbox: Outbox) -> None:
    with Receiver(Answer(429, headers={"Retry-After": "120"}), Answer(), Answer()) as receiver:
        delivery = _delivery(site, hook(receiver.url))
        _put(outbox, message("a"))
        _round(delivery, T0)
        _put(outbox, message("b", recipient="other"))
        _round(delivery, T0 + 119_000)
        assert len(receiver.requests) == 1
        _round(delivery, T0 + 122_000)
        assert len(receiver.requests) == 3


def test_a_slow_channel_holds_up_no_other(site: Site, outbox: Outbox) -> None:
    with Receiver(always=Answer(after_s=3)) as slow, Receiver() as quick:
        delivery = _delivery(site, hook(slow.url, "slow", timeout=5), hook(quick.url))
        for number in range(5):
            _put(outbox, message(f"s{number}", "slow", f"r{number}"), message(f"q{number}"))
        began = time.monotonic()
        while len(quick.requests) < 5:
            delivery.run_once(T0)
            time.sleep(0.01)
            assert time.monotonic() - began < 2.5, "the quick channel waited for the slow one"
        assert delivery.wait(15)
        _round(delivery, T0 + 10_000)
    assert outbox.waiting() == {}
    assert Counter(_outcomes(outbox)) == {"sent": 10}


def test_who_is_far_behind_gets_a_digest_and_programs_get_every_message(site: Site, outbox: Outbox) -> None:
    with Receiver() as program, Receiver() as people:
        group = Channel(id="team", url=f"json://127.0.0.1:{people.port}/in", unit="company", rate=0)
        delivery = _delivery(site, hook(program.url), group)
        for number in range(15):
            _put(outbox, message(f"m{number}"), message(f"t{number}", "team", "channel:team"))
        _round(delivery, T0)
    assert len(program.requests) == 15
    assert len(people.requests) == 1
    digest = people.requests[0].content
    assert digest["title"] == "15 条消息"
    assert "t14" in digest["message"]
    assert "另有 3 条" in digest["message"]
    assert outbox.counts() == {("hook", "sent"): 15, ("team", "sent"): 15}


def test_a_personal_message_goes_to_its_account_only_while_that_can_be_reached(site: Site, outbox: Outbox) -> None:
    accounts = open_entrance(site).accounts
    ann, bob, gone = account(site, "lead@red"), account(site, "lead@red"), account(site, "lead@red")
    words = Words.of("en")
    accounts.change(ann.id, {"email": f"{ann.id}@example.com"}, "test", words)
    accounts.disable(gone.id, "test", words)
    with MailServer() as server:
        url = f"mailto://127.0.0.1:{server.port}?from=k@example.com&to={{email}}"
        mail = Channel(id="mail", url=url, personal=True)
        delivery = _delivery(site, mail)
        _put(outbox, *(message(f"for {one.id}", "mail", one.id) for one in (ann, bob, gone)))
        _round(delivery, T0)
    assert [one[0] for one in server.mails] == [f"{ann.id}@example.com"]
    told = {one.recipient: (one.outcome, one.error) for one in deliveries(outbox, 10)}
    assert told[ann.id] == ("sent", "")
    assert told[bob.id] == ("refused", "the account has no email")
    assert told[gone.id] == ("refused", "there is no such account any more")


def test_messages_of_a_channel_that_is_gone_are_refused_and_said_so(
    site: Site, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    _put(outbox, message("a", "old", "ann"), message("b", "old", "bob"))
    with caplog.at_level(logging.ERROR):
        _round(_delivery(site, hook("http://127.0.0.1:9/")), T0)
    assert outbox.waiting() == {}
    assert _outcomes(outbox) == ["refused", "refused"]
    assert "channel old" in caplog.text


def test_what_was_sent_while_redis_was_away_is_written_later_and_not_sent_again(site: Site, outbox: Outbox) -> None:
    with Receiver(always=Answer(after_s=0.5)) as receiver:
        delivery = _delivery(site, hook(receiver.url))
        _put(outbox, message("a"))
        delivery.run_once(T0)
        site.redis.config_set("maxmemory", "1")
        try:
            assert delivery._under_way["hook"][0].future is not None
            delivery._under_way["hook"][0].future.result(10)
        finally:
            site.redis.config_set("maxmemory", "0")
        assert outbox.waiting() == {"hook": 1}
        _round(delivery, T0 + 1000)
        assert outbox.waiting() == {}
        assert len(receiver.requests) == 1


def test_senders_killed_at_random_lose_nothing_and_receivers_know_what_is_repeated(
    site: Site, outbox: Outbox, tmp_path: Path
) -> None:
    chance = random.Random(7)
    with Receiver(always=Answer(after_s=0.01)) as receiver:
        file = tmp_path / "channels.toml"
        file.write_text(
            f'[channels.hook]\nwebhook = "{receiver.url}/"\nsecret = "{SECRET}"\nunit = "company"\nrate = 0\n'
        )
        made = [message(f"m{number}", recipient=f"r{number % 7}", made_ms=1) for number in range(200)]
        _put(outbox, *made)
        arguments = [site.settings.redis, site.settings.site, str(file)]
        command = [sys.executable, "-W", "ignore", "-m", "tests.messages.sender_process"]
        kills = 0
        while outbox.waiting():
            process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            if kills < 4:
                time.sleep(chance.uniform(0.05, 0.4))
                kills += 1
            else:
                wait_until(lambda: not outbox.waiting(), 30, "everything is sent")
            process.kill()
            process.wait()
            process.stdout.close()
            _leases_run_out(site, outbox)
    counts = Counter(one.headers["webhook-id"] for one in receiver.requests)
    assert counts.keys() == {one.id for one in made}
    assert kills == 4
    assert sum(counts.values()) - len(made) <= 4 * 4, "only what was under way when a sender died is sent again"
    for recipient in range(7):
        mine = [one.id for one in made[recipient::7]]
        first = list(
            dict.fromkeys(one.headers["webhook-id"] for one in receiver.requests if one.headers["webhook-id"] in mine)
        )
        assert first == mine


def _leases_run_out(site: Site, outbox: Outbox) -> None:
    """A minute passes for what the dead one held."""
    key = f"{outbox._root}:due:hook"
    for lane, due in site.redis.zrange(key, 0, -1, withscores=True):
        site.redis.zadd(key, {lane: due - LEASE_MS})


def test_the_messages_that_wait_can_be_read(outbox: Outbox) -> None:
    _put(outbox, message("a"))
    assert [message_of(one) for one in outbox.contents()] == [message("a")]
