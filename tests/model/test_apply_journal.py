"""The journal: every entry once, in one order, whole or not at all, and still there when Redis is not."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from streams.kafka_log import KafkaLog
from streams.redis_adapters.log import RedisLog
from tests.support.servers import RedisNode
from wall.chain import Chained
from wall.journal import PIECE_BYTES, Entry, Journal
from wall.wiring import Site, open_site

from .sites import LOGS, again, site_on


@pytest.fixture(params=LOGS)
def site(request: pytest.FixtureRequest, redis_node: RedisNode) -> Iterator[Site]:
    with site_on(request.param, redis_node, request) as opened:
        yield opened


def entry(number: int, kind: str = "note.added", **body: object) -> Entry:
    return Entry(kind, 1000 + number, "Ann", {"number": number, **body})


def test_entries_come_back_in_their_order_with_positions_that_name_them(site: Site) -> None:
    assert site.journal.entries() == []
    written = [site.journal.append(entry(number, text="审批 ✓")) for number in range(5)]
    assert [one.body["number"] for one in written] == list(range(5))
    assert len({one.position for one in written}) == 5
    assert "" not in {one.position for one in written}
    fresh = again(site)
    assert fresh.journal.entries() == written == site.journal.entries()
    fresh.close()


def test_a_reader_sees_what_others_append_meanwhile(site: Site) -> None:
    other = again(site)
    site.journal.append(entry(1, "period.closed"))
    assert [one.body["number"] for one in other.journal.entries()] == [1]
    other.journal.append(entry(2, "model.applied"))
    other.journal.append(entry(3, "model.what"))
    assert [one.body["number"] for one in site.journal.entries()] == [1, 2, 3]
    assert [one.body["number"] for one in site.journal.entries("model.")] == [2, 3]
    other.close()


def test_a_large_entry_is_split_and_joined_again(site: Site) -> None:
    small, text = site.journal.append(entry(1)), "页" * PIECE_BYTES
    large = site.journal.append(entry(2, text=text))
    assert large.body["text"] == text
    fresh = again(site)
    assert fresh.journal.entries() == [small, large]
    fresh.close()


def test_pieces_that_never_became_whole_are_no_entry_and_stop_nobody(site: Site) -> None:
    """As a process leaves them that dies between two pieces; and what others put there by mistake."""
    site.journal.append(entry(1))
    content = json.dumps({"kind": "k", "at_ms": 1, "author": "a", "body": {}}).encode()
    raw, own = again(site), ("site", site.settings.site.encode())
    log = raw.journal._log
    for name, piece, pieces, value in [("x", 0, 2, content[:9]), ("y", 0, 1, b"no json"), ("z", 1, 2, content[9:])]:
        headers = [("entry", name.encode()), ("piece", b"%d" % piece), ("pieces", b"%d" % pieces)]
        log.append([("journal", value)], [*headers, own])
    log.append([("journal", b"{}")])
    site.journal.append(entry(2))
    assert [one.body["number"] for one in site.journal.entries()] == [1, 2]
    log.append([("journal", content[9:])], [("entry", b"x"), ("piece", b"1"), ("pieces", b"2"), own])
    log.append([("journal", content[9:])], [("entry", b"x"), ("piece", b"1"), ("pieces", b"2"), own])
    assert [one.kind for one in site.journal.entries()] == ["note.added", "note.added", "k"]
    raw.close()


def test_threads_and_processes_append_and_read_at_once(site: Site) -> None:
    other, failures = again(site), []

    def work(journal: Journal, begin: int) -> None:
        try:
            for number in range(begin, begin + 5):
                written = journal.append(entry(number))
                assert written in journal.entries()
        except BaseException as error:
            failures.append(error)

    journals = [site.journal, site.journal, other.journal, other.journal]
    threads = [threading.Thread(target=work, args=(one, 10 * at)) for at, one in enumerate(journals)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert site.journal.entries() == other.journal.entries()
    assert sorted(one.body["number"] for one in site.journal.entries()) == sorted(
        10 * at + number for at in range(4) for number in range(5)
    )
    other.close()


def test_a_fold_reads_on_from_where_it_was(site: Site) -> None:
    other = again(site)
    site.journal.append(entry(1))
    assert [one.body["number"] for one in other.journal.since(0)] == [1]
    site.journal.append(entry(2, "period.closed"))
    assert [one.body["number"] for one in other.journal.since(1)] == [2]
    assert other.journal.since(2) == []
    other.close()


def test_a_changed_removed_or_reordered_entry_breaks_the_chain(site: Site) -> None:
    for number in range(4):
        site.journal.append(entry(number))
    written = site.journal._log.read_back(site.journal._partition, "", 10)[::-1]
    other = again(site)
    assert other.journal.chained() == site.journal.chained()
    other.close()
    assert site.journal.chained().broken is None
    forged = json.dumps({"kind": "note.added", "at_ms": 1001, "author": "Bob", "body": {"number": 1}}).encode()
    for kept in ([0, 2, 3], [0, 1, 3], [0, 2, 1, 3], [0, forged, 2, 3], [0, 1, 1, forged, 2, 3]):
        found = replayed(site, [written[one] if isinstance(one, int) else one for one in kept], written[1])
        assert found.broken is not None, kept
    assert replayed(site, written, written[1]) == site.journal.chained()


def test_who_only_appends_does_not_read_what_there_is_and_keeps_the_chain(site: Site) -> None:
    for number in range(5):
        site.journal.append(entry(number))
    tail, other = site.journal.for_appending(), again(site)
    written = tail.append(entry(6))
    assert len(tail._entries) == 2, "the newest claims what was before it, so it is read again"
    other.journal.append(entry(7))
    assert tail.append(entry(8)).body["number"] == 8
    assert site.journal.entries()[5] == written
    assert site.journal.chained() == other.journal.chained()
    assert (site.journal.chained().entries, site.journal.chained().broken) == (8, None)
    assert tail.chained().digest == site.journal.chained().digest
    other.close()


def replayed(site: Site, records: list[Any], model: Any) -> Chained:
    """The chain of a journal that holds these records; bytes are a forgery with the headers of `model`."""
    name = f"forged{uuid.uuid4().hex[:8]}"
    beside: Any = site.journal._log
    log = beside.beside(name, 1) if isinstance(beside, RedisLog) else beside.beside(name)
    if isinstance(log, KafkaLog):
        log.create(1)
    for one in records:
        value, headers = (one, _renamed(model.headers)) if isinstance(one, bytes) else (one.value, one.headers)
        log.append([("journal", value)], headers)
    return Journal(log, site.settings.site).chained()


def _renamed(headers: Any) -> list[tuple[str, bytes]]:
    return [(key, b"forged" if key == "entry" else value) for key, value in headers]


def test_a_journal_that_lost_its_beginning_is_judged_from_there_on(site: Site) -> None:
    for number in range(4):
        site.journal.append(entry(number))
    written = site.journal._log.read_back(site.journal._partition, "", 10)[::-1]
    found = replayed(site, written[2:], written[1])
    assert found == replace(site.journal.chained(), missing=2)
    assert replayed(site, [written[2], written[2], b"{}"], written[1]).broken is None


def test_what_is_parsed_out_of_an_entry_is_parsed_once(site: Site) -> None:
    written, parsed = site.journal.append(entry(1)), []

    def parse(one: Entry) -> int:
        parsed.append(one)
        return int(one.body["number"])

    assert [site.journal.parsed(one, parse) for one in [*site.journal.entries(), *site.journal.entries()]] == [1, 1]
    assert parsed == [written]


def test_the_journal_on_kafka_survives_the_loss_of_redis(redis_node: RedisNode, request: pytest.FixtureRequest) -> None:
    with site_on("kafka", redis_node, request) as site:
        written = site.journal.append(entry(1))
        site.redis.flushall()
        fresh = again(site)
        assert fresh.journal.entries() == [written]
        fresh.close()


def test_sites_that_share_a_topic_keep_their_decisions_apart(
    redis_node: RedisNode, request: pytest.FixtureRequest
) -> None:
    with site_on("kafka", redis_node, request) as site:
        other = open_site(replace(site.settings, site="other"))
        mine, theirs = site.journal.append(entry(1)), other.journal.append(entry(2))
        assert (site.journal.entries(), other.journal.entries()) == ([mine], [theirs])
        other.close()


def test_a_journal_on_kafka_is_kept_for_ever(redis_node: RedisNode, request: pytest.FixtureRequest) -> None:
    from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

    with site_on("kafka", redis_node, request) as site:
        site.journal.append(entry(1))
        admin = AdminClient({"bootstrap.servers": site.settings.kafka})
        resource = ConfigResource(ResourceType.TOPIC, f"{site.settings.topic}.journal")
        configs = admin.describe_configs([resource])[resource].result(30)
        assert (configs["retention.ms"].value, configs["retention.bytes"].value) == ("-1", "-1")
        assert configs["message.timestamp.type"].value == "LogAppendTime"
