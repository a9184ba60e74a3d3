"""Bad input never stops the stream, is found in the dead letters with its reason, and is never counted."""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from typing import Any

import pytest

from deploy.kafka.node import KafkaNode
from deploy.models.factory.garbage import KINDS, garbage
from streams.ingest import Ingest
from streams.kafka_log import KafkaLog
from streams.redis_adapters.counters import StoredLetter
from tests.samples.folders import read
from tests.support.servers import RedisNode
from wall.audit import audit_partition
from wall.definitions.apply import put_in_force
from wall.samples import samples
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

_GOOD = 50
#: What each kind of the factory's garbage is refused for.
_CODES = {
    "cut_short": "not_json", "not_utf8": "not_json", "empty": "not_json", "not_a_number": "not_json",
    "infinite": "not_json", "absurdly_old": "absurd_time", "absurdly_new": "absurd_time",
    "unknown_unit": "unknown_unit", "unknown_type": "unknown_type",
}  # fmt: skip


def _event(number: int, **data: Any) -> dict[str, Any]:
    sound = {"line": "asm-1", "stage": "final", "product": "装载机", "planned_s": 360, "produced": 2,
             "first_pass": 2, "scrapped": 0, "cycle_s": 163.0, "unit_value": 5600.0}  # fmt: skip
    return {"specversion": "1.0", "id": f"good-{number}", "source": "/mes/asm-1", "type": "production.reported",
            "time": "2026-03-18T10:00:00+08:00", "data": {**sound, **data}}  # fmt: skip


def _entries() -> list[tuple[str, bytes]]:
    """Good events with every kind of bad input between them, and values of 5 MB."""
    begins = samples()["factory"].begins_ms
    rng = random.Random(3)
    bad = [arrival.event for arrival in garbage(rng, begins, 200) if isinstance(arrival.event, bytes)]
    bad += [b"x" * 5_000_000, json.dumps(_event(999, product="p" * 5_000_000)).encode()]
    mixed = [json.dumps(_event(number)).encode() for number in range(_GOOD)] + bad
    rng.shuffle(mixed)
    return [("asm-1", value) for value in mixed]


@pytest.mark.slow
@pytest.mark.parametrize("log", ["kafka", "redis streams"])
def test_bad_input_ends_in_the_dead_letters_and_is_not_counted(
    log: str, redis_node: RedisNode, request: pytest.FixtureRequest
) -> None:
    kafka: KafkaNode | None = request.getfixturevalue("kafka_node") if log == "kafka" else None
    name = f"bad{uuid.uuid4().hex[:8]}"
    servers = kafka.servers if kafka else ""
    site = open_site(Settings(site=name, redis=redis_node.url, kafka=servers, topic=name, group=name, partitions=2))
    if isinstance(site.log, KafkaLog):
        site.log.create(2)
    applied = put_in_force(site, read("factory"), "test", "test")
    entries = _entries()
    site.log.append(entries)
    store = site.counters(applied.generation)
    source = site.source()
    run = Ingest(source, fold_of(applied.model), store, lambda: run.progress.counts.records >= len(entries))
    run.run()
    source.close()
    letters = [one for partition in site.log.partitions() for one in store.dead_letters(partition)]
    assert len(letters) == len(entries) - _GOOD
    _assert_reasons(letters, entries)
    _assert_only_good_is_counted(site, applied.generation)
    for partition in site.log.partitions():
        assert audit_partition(site.log, store, applied.model, partition).differences == []
    fetched = site.log.fetch(letters[0].partition, letters[0].position)
    assert fetched is not None
    assert (fetched.value or b"").startswith(letters[0].excerpt)
    site.log.close()


def _assert_reasons(letters: list[StoredLetter], entries: list[tuple[str, bytes]]) -> None:
    codes = Counter(letter.code for letter in letters)
    assert codes["oversize"] == 2
    expected: Counter[str] = Counter({"oversize": 2})
    for _, value in entries:
        kind = next((one for one in KINDS if f"garbage-{one}-".encode() in value), None)
        if kind is not None:
            expected[_CODES.get(kind, "invalid")] += 1
    unnamed = sum(
        1 for _, value in entries if b"good-" not in value and b"garbage-" not in value and len(value) < 5_000_000
    )
    assert sum(codes.values()) == sum(expected.values()) + unnamed
    for code, count in expected.items():
        assert codes[code] >= count, code
    assert all(letter.reason for letter in letters)


def _assert_only_good_is_counted(site: Site, generation: str) -> None:
    store, produced = site.counters(generation), 0
    for partition in site.log.partitions():
        for (_, operation), amounts in store.snapshot(partition)[2].items():
            for counter, amount in amounts.items():
                # A dimension repeats what the plain counter says.
                if operation == "add" and counter.startswith("produced|") and "|#" not in counter:
                    produced += int(amount)
    names = {metric.id: metric.value for metric in read("factory").metrics}
    assert names["produced"] == "produced"
    assert produced == 2 * _GOOD
