"""Sites over real servers, for tests of what is applied."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deploy.kafka.node import KafkaNode
from streams.kafka_log import KafkaLog
from tests.support.servers import RedisNode
from wall.settings import Settings
from wall.wiring import Site, open_site

LOGS = ["kafka", "redis streams"]


@contextmanager
def site_on(log: str, redis: RedisNode, request: pytest.FixtureRequest, **more: int) -> Iterator[Site]:
    """A fresh site with its log on Kafka or on Redis streams."""
    name = f"site{uuid.uuid4().hex[:8]}"
    servers = ""
    if log == "kafka":
        kafka: KafkaNode = request.getfixturevalue("kafka_node")
        servers = kafka.servers
    site = open_site(Settings(site=name, redis=redis.url, kafka=servers, topic=name, group=name, partitions=2, **more))
    try:
        if isinstance(site.log, KafkaLog):
            site.log.create(2)
        yield site
    finally:
        site.close()


def again(site: Site) -> Site:
    """The same site as another process opens it."""
    return open_site(site.settings)
