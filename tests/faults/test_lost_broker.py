"""A broker that dies and comes back: ingest waits, resumes by itself, and counts everything once."""

from __future__ import annotations

import json
import uuid

import pytest

from deploy.kafka.node import KafkaNode
from deploy.models.factory.shop_floor import events
from streams.kafka_log import KafkaLog
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from wall.definitions.apply import put_in_force
from wall.samples import entry, samples
from wall.settings import Settings
from wall.wiring import open_site

_EACH = 2000


@pytest.mark.slow
def test_ingest_outlives_its_broker(redis_node: RedisNode) -> None:
    begins = samples()["factory"].begins_ms
    stream = events(begins, begins + 5 * 86_400_000)
    entries = [entry(one) for _, one in zip(range(2 * _EACH), stream, strict=False)]
    with KafkaNode() as kafka:
        name = f"broker{uuid.uuid4().hex[:8]}"
        settings = Settings(site=name, redis=redis_node.url, kafka=kafka.servers, topic=name, group=name, partitions=2)
        site = open_site(settings)
        assert isinstance(site.log, KafkaLog)
        site.log.create(2)
        applied = put_in_force(site, read("factory"), "test", "test")
        store = site.counters(applied.generation)

        def counted(what: str) -> int:
            return sum(int(store.counts(f"{name}-{number}").get(what, 0)) for number in range(2))

        with Service("ingest", settings) as ingest:
            site.log.append(entries[:_EACH])
            wait_until(lambda: counted("records") == _EACH, 60, "the first half is folded")
            site.log.close()
            kafka.kill()
            assert ingest.running
            kafka.start()
            again = KafkaLog(kafka.servers, name)
            again.append(entries[_EACH:])
            wait_until(lambda: counted("records") == 2 * _EACH, 90, "the second half is folded, with no hand")
            again.close()
            assert ingest.stop() == 0, "SIGTERM ends it gracefully"
        ids = {json.loads(value)["id"] for _, value in entries}
        assert counted("counted") == len(ids)
        assert counted("duplicates") == 2 * _EACH - len(ids)
