"""A new metric is filled from the log beside the running wall and switched over at once: no half-built number shows."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from deploy.kafka.node import KafkaNode
from deploy.models.factory.shop_floor import events
from scoring.definitions import Model
from streams.kafka_log import KafkaLog
from tests.samples.folders import read
from tests.support.servers import RedisNode, Service, wait_until
from wall.audit import audit_partition
from wall.backfill import drop_generations, filling
from wall.definitions.apply import put_in_force
from wall.samples import entry, samples
from wall.settings import Settings
from wall.wiring import Site, open_site

#: In the log before the new model is applied, and what comes while and after its counters are filled.
HISTORY, LIVE = 120_000, 30_000
LIVE_S = 25.0
#: KPIs that are one sum each; without corrections they never fall within their period.
GROWING = ("revenue", "new_orders", "new_customers", "output", "output_today")


def more(model: Model, version: str, *metrics: str) -> Model:
    """The model with metrics added: other counters, the same KPIs."""
    added = [
        {"id": one, "title": one, "event": "production.reported", "aggregate": "sum_of_max", "item": "product",
         "value": "produced", "bucket": "day"}
        for one in metrics
    ]  # fmt: skip
    content = model.model_dump(mode="json", by_alias=True)
    return Model.model_validate({**content, "version": version, "metrics": [*content["metrics"], *added]})


def entries(count: int) -> list[tuple[str, bytes]]:
    begins = samples()["factory"].begins_ms
    stream = events(begins, begins + 90 * 86_400_000, garbage_share=0.002)
    kept = (one for one in stream if isinstance(one.event, bytes) or not one.event["type"].endswith(".corrected"))
    return [entry(one) for _, one in zip(range(count), kept, strict=False)]


@contextmanager
def site_with_factory(redis: RedisNode, kafka: str) -> Iterator[Site]:
    name = f"backfill{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=redis.url, kafka=kafka, topic=name, group=name, port=0, partitions=4))
    try:
        if isinstance(site.log, KafkaLog):
            site.log.create(4)
        put_in_force(site, read("factory"), "test", "first")
        frozen = replace(site.store.clock(), event_ms=samples()["factory"].sets_in_ms, real_ms=1, speed=0.0)
        site.store.set_clock(frozen)
        yield site
    finally:
        site.close()


@dataclass
class Watcher:
    """Samples what walls are shown, as often as it can."""

    site: Site
    seen: int = 0
    switched: int = 0

    def __post_init__(self) -> None:
        self.fallen: list[str] = []
        self.highest: dict[tuple[str, str], Fraction] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        version = 0
        while not self._done.is_set():
            loaded = self.site.boards.load()
            if loaded is None or loaded[0].version == version:
                time.sleep(0.01)
                continue
            version, self.seen = loaded[0].version, self.seen + 1
            self.switched += loaded[0].model_version == "more"
            for (unit, kpi), one in loaded[0].kpis.items():
                if kpi in GROWING:
                    self._compare((unit, kpi), one.value)

    def _compare(self, key: tuple[str, str], value: Fraction | None) -> None:
        highest = self.highest.get(key)
        if highest is not None and (value is None or value < highest):
            self.fallen.append(f"{key}: {highest} to {value}")
        elif value is not None:
            self.highest[key] = value

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.site.close()


def counted(site: Site, generation: str) -> int:
    return sum(int(site.counters(generation).counts(one).get("records", 0)) for one in site.log.partitions())


def send(site: Site, chunk: list[tuple[str, bytes]], seconds: float) -> None:
    pace = max(1, int(len(chunk) / seconds / 20))
    for at in range(0, len(chunk), pace):
        begun = time.monotonic()
        site.log.append(chunk[at : at + pace])
        time.sleep(max(0.0, 0.05 - (time.monotonic() - begun)))


@pytest.mark.slow
@pytest.mark.parametrize("log", ["redis streams", "kafka"])
def test_a_new_metric_is_filled_beside_the_wall_and_switched_over_at_once(
    log: str, redis_node: RedisNode, request: pytest.FixtureRequest
) -> None:
    kafka: KafkaNode | None = request.getfixturevalue("kafka_node") if log == "kafka" else None
    events_of_all = entries(HISTORY + LIVE)
    with site_with_factory(redis_node, kafka.servers if kafka else "") as site, ExitStack() as running:
        first = site.store.model()
        assert first is not None
        services = [running.enter_context(Service(name, site.settings)) for name in ("ingest", "ingest", "score")]
        for at in range(0, HISTORY, 4000):
            site.log.append(events_of_all[at : min(at + 4000, HISTORY)])
        wait_until(lambda: counted(site, first.generation) == HISTORY, 120, "the history is counted")
        wait_until(lambda: (meta := site.boards.meta()) is not None and meta.version > 0, 30, "there is a board")
        watcher = running.enter_context(Watcher(open_site(site.settings)))
        sender = threading.Thread(target=send, args=(site, events_of_all[HISTORY:], LIVE_S))
        sender.start()
        applied = put_in_force(site, more(read("factory"), "more", "best_of_product"), "test", "a metric more")
        _kill_ingest_half_way(site, services[:2], applied.generation, first.generation)
        wait_until(lambda: _in_force(site) == applied.generation, 120, "the new generation is in force")
        sender.join()
        total = HISTORY + LIVE
        wait_until(lambda: counted(site, applied.generation) == total, 120, "the new generation counts on")
        _assert_equal_to_the_log(site, total)
        wait_until(lambda: watcher.switched > 3, 30, "boards of the new model are published")
        assert watcher.fallen == []
        assert watcher.seen > 20
        assert len(watcher.highest) > 30
        assert site.store.following() is None


def _in_force(site: Site) -> str:
    applied = site.store.model()
    return applied.generation if applied else ""


def _kill_ingest_half_way(site: Site, ingests: list[Service], fresh: str, old: str) -> None:
    """kill -9, twice; what is in force stays, and the filling goes on from where it stood."""
    for share in (0.2, 0.5):
        wait_until(lambda share=share: counted(site, fresh) > share * HISTORY, 60, f"{share} is filled")  # type: ignore[misc]
        for one in ingests:
            one.kill()
        stood = counted(site, fresh)
        assert stood < HISTORY, "killed half way"
        assert _in_force(site) == old
        following = site.store.following()
        assert following is not None
        assert following.generation == fresh
        assert sum(one.done for one in filling(site)) == stood
        assert sum(one.total for one in filling(site)) >= HISTORY
        _assert_untouched(site, old)
        for one in ingests:
            one.start()
        assert counted(site, fresh) >= stood


def _assert_untouched(site: Site, generation: str) -> None:
    """The counters in force are what the log says, up to where they stand."""
    for partition in site.log.partitions():
        audit = audit_partition(site.log, site.counters(generation), read("factory"), partition)
        assert audit.differences == []


def _assert_equal_to_the_log(site: Site, total: int) -> None:
    applied = site.store.model()
    assert applied is not None
    audits = [audit_partition(site.log, site.counters(applied.generation), applied.model, one)
              for one in site.log.partitions()]  # fmt: skip
    assert [one.differences for one in audits] == [[]] * 4
    assert sum(one.records for one in audits) == total
    _, _, increments = site.counters(applied.generation).snapshot(site.log.partitions()[0])
    assert any(name.startswith("best_of_product|") for amounts in increments.values() for name in amounts)
    assert counted(site, applied.former) > 0, "the generation before stays"


@pytest.mark.slow
def test_newer_models_replace_the_next_one_and_old_generations_go(redis_node: RedisNode) -> None:
    with site_with_factory(redis_node, "") as site, ExitStack() as running:
        site.log.append(entries(8000))
        first = site.store.model()
        assert first is not None
        dropped = put_in_force(site, more(read("factory"), "2", "x"), "test", "")
        wanted = put_in_force(site, more(read("factory"), "3", "y"), "test", "")
        assert _in_force(site) == first.generation
        assert (following := site.store.following()) is not None
        assert following.model.version == "3"
        running.enter_context(Service("ingest", site.settings))
        wait_until(lambda: _in_force(site) == wanted.generation, 60, "the newest is in force")
        wait_until(
            lambda: site.store.generations() == [first.generation, wanted.generation], 30, "the replaced is gone"
        )
        assert counted(site, dropped.generation) == 0
        last = put_in_force(site, more(read("factory"), "4", "y", "z"), "test", "")
        wait_until(lambda: _in_force(site) == last.generation, 60, "the next one is in force")
        wait_until(lambda: first.generation not in site.store.generations(), 30, "the first is gone")
        assert _keys_of(site, first.generation) == []
        wait_until(lambda: counted(site, last.generation) == 8000, 30, "all is counted")
        assert set(drop_generations(site, former=True)) == {wanted.generation}
        assert _keys_of(site, wanted.generation) == []
        assert counted(site, last.generation) == 8000


def _keys_of(site: Site, generation: str) -> list[bytes]:
    return [key for key in site.redis.scan_iter(count=10_000) if generation.encode() in key]


def test_a_model_that_counts_alike_is_in_force_at_once_and_drops_the_next(redis_node: RedisNode) -> None:
    with site_with_factory(redis_node, "") as site:
        put_in_force(site, more(read("factory"), "2", "x"), "test", "")
        assert site.store.following() is not None
        back = put_in_force(site, read("factory").model_copy(update={"version": "3"}), "test", "")
        assert site.store.following() is None
        assert (held := site.store.model()) is not None
        assert (held.number, held.model.version) == (back.number, "3")


def test_only_one_of_two_promoters_and_none_of_the_past_gets_through(redis_node: RedisNode) -> None:
    with site_with_factory(redis_node, "") as site:
        first = site.store.model()
        put_in_force(site, more(read("factory"), "2", "x"), "test", "")
        stale = site.store.following()
        put_in_force(site, more(read("factory"), "3", "y"), "test", "")
        fresh = site.store.following()
        assert first is not None
        assert stale is not None
        assert fresh is not None
        assert not site.store.promote(first, stale)
        assert not site.store.promote(stale, fresh)
        assert [site.store.promote(first, fresh), site.store.promote(first, fresh)] == [True, False]
        assert (held := site.store.model()) is not None
        assert (held.number, held.former) == (fresh.number, first.generation)


def test_a_redis_that_lost_what_is_next_gets_it_from_the_journal(redis_node: RedisNode) -> None:
    with site_with_factory(redis_node, "") as site:
        applied = put_in_force(site, more(read("factory"), "2", "x"), "test", "")
        site.redis.delete(f"kpiwall:{{{site.settings.site}}}:next")
        assert site.store.following() is None
        assert site.applied(lambda: False) is not None
        assert (following := site.store.following()) is not None
        assert (following.number, following.generation) == (applied.number, applied.generation)
