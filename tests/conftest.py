"""Fixtures: servers that are real; one that is missing is an error, not a skip."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.kafka.node import KafkaNode

from .support.servers import RedisNode


@pytest.fixture
def redis_node() -> Iterator[RedisNode]:
    """A fresh Redis."""
    with RedisNode() as node:
        yield node


@pytest.fixture(scope="session")
def kafka_node() -> Iterator[KafkaNode]:
    """One Kafka for the whole run; tests use topics of their own."""
    with KafkaNode() as node:
        yield node
