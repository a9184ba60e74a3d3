"""Ingest against a bare poll-and-decode loop over the same records with the same client."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from deploy.models.factory.shop_floor import events
from scoring.definitions import Model
from streams.ingest import Ingest
from streams.kafka_log import KafkaLog
from streams.records import Source
from wall.definitions.model_folder import load_model
from wall.samples import entry, samples
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

from .figures import Figure, paired

EVENTS = 250_000
_PARTITIONS = 1
_CHUNK = 5000


def measure(redis_url: str, kafka: str) -> Iterator[Figure]:
    """One figure per log."""
    factory = samples()["factory"]
    model, _ = load_model(factory.folder)
    stream = events(factory.begins_ms, factory.begins_ms + 120 * 86_400_000)
    entries = [entry(one) for _, one in zip(range(EVENTS), stream, strict=False)]
    for name, servers in (("Kafka", kafka), ("Redis streams", "")):
        topic = f"bench{uuid.uuid4().hex[:8]}"
        settings = Settings(site=topic, redis=redis_url, kafka=servers, topic=topic, partitions=_PARTITIONS)
        site = open_site(settings)
        if isinstance(site.log, KafkaLog):
            site.log.create(_PARTITIONS)
        for at in range(0, len(entries), _CHUNK):
            site.log.append(entries[at : at + _CHUNK])
        ratio, ours, bare = paired(lambda s=site: _ingest(s, model), lambda s=site: _bare(s))  # type: ignore[misc]
        site.log.close()
        detail = f"{max(ours):,.0f}/s against {max(bare):,.0f}/s bare, {EVENTS:,} factory events"
        yield Figure(f"ingest ÷ bare poll-and-decode, {name}", ratio, "x", at_least=0.8, detail=detail)


def _fresh_source(site: Site) -> Source:
    """A reader in a group of its own."""
    return replace(site, settings=replace(site.settings, group=uuid.uuid4().hex)).source()


def _bare(site: Site) -> float:
    """Records per second of polling and decoding JSON, nothing else."""
    source, decode, seen = _fresh_source(site), msgspec.json.decode, 0
    _await_share(source)
    begun = time.perf_counter()
    while seen < EVENTS:
        for batch in source.poll(0.1):
            for record in batch.records:
                decode(record.value or b"null")
            seen += len(batch.records)
    passed = time.perf_counter() - begun
    source.close()
    return seen / passed


def _await_share(source: Source) -> None:
    """Join the group before the clock runs, and start at the log's beginning."""
    while not source.assigned():
        source.poll(0.5)
    for partition in source.assigned():
        source.seek(partition, "")


def _ingest(site: Site, model: Model) -> float:
    """Records per second into counters, each counted exactly once."""
    source, store = _fresh_source(site), site.counters(uuid.uuid4().hex[:8])
    _await_share(source)
    run = Ingest(source, fold_of(model), store, lambda: run.progress.counts.records >= EVENTS)
    begun = time.perf_counter()
    run.run()
    passed = time.perf_counter() - begun
    records = sum(int(store.counts(one)["records"]) for one in site.log.partitions())
    if records != EVENTS:
        raise AssertionError(f"{records} records counted, {EVENTS} sent")
    source.close()
    return EVENTS / passed
