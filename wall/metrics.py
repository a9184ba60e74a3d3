"""Prometheus metrics, read from the site when asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.records import LogUnavailable
from streams.redis_adapters.alerts import AlertStore
from streams.redis_adapters.connection import StoreUnavailable
from streams.redis_adapters.outbox import Outbox

from .backfill import filling
from .board_follower import BoardFollower
from .screens.watch import Presence
from .wiring import Site

_COUNTS = {
    "records": "records read from the log",
    "counted": "events counted",
    "duplicates": "events that came again within the duplicate window",
    "dead": "records refused, to be found in the dead letters",
    "late": "events older than the newest by more than accept.late_after",
    "corrections": "corrections counted",
}


class Connected(Protocol):
    """Knows how many pages follow their streams."""

    screens: int


class Presences(Protocol):
    """Knows how many paired screens are there."""

    def presences(self) -> Mapping[Presence, int]:
        """How many are live, and how many silent."""


@dataclass(frozen=True, slots=True)
class Screens:
    """What a server knows of its screens."""

    connected: Connected
    fleet: Presences


class SiteCollector(Collector):
    """Collects a site's figures; what can't be reached is left out and `kpiwall_up` says so."""

    def __init__(self, site: Site, follower: BoardFollower, screens: Screens) -> None:
        self._site = site
        self._follower = follower
        self._screens = screens

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        connected = self._screens.connected.screens
        yield GaugeMetricFamily("kpiwall_connections", "connected screens and phones", value=connected)
        family = GaugeMetricFamily("kpiwall_screens", "paired screens by whether they are there", labels=["state"])
        for state, count in self._screens.fleet.presences().items():
            family.add_metric([state.value], count)
        yield family
        heard = self._follower.heard_at
        age = time.monotonic() - heard if heard else float("nan")
        yield GaugeMetricFamily("kpiwall_board_age_seconds", "time since the last board", value=age)
        yield GaugeMetricFamily("kpiwall_board_version", "version of the board", value=self._follower.board().version)
        try:
            yield from self._stored()
            reached = 1
        except (StoreUnavailable, LogUnavailable):
            reached = 0
        yield GaugeMetricFamily("kpiwall_up", "1 if Redis and the log answer", value=reached)

    def _stored(self) -> Iterator[Metric]:
        counters = self._site.counters(self._follower.applied.generation)
        held = {partition: counters.counts(partition) for partition in self._site.log.partitions()}
        for name, text in _COUNTS.items():
            family = CounterMetricFamily(f"kpiwall_events_{name}", text, labels=["partition"])
            for partition, counts in held.items():
                family.add_metric([partition], int(counts.get(name, 0)))
            yield family
        reports = self._site.store.reader_reports()
        yield GaugeMetricFamily("kpiwall_lag_records", "records not yet read", value=sum(one.lag for one in reports))
        rate = sum(one.records_per_s for one in reports)
        yield GaugeMetricFamily("kpiwall_ingest_records_per_second", "records read per second", value=rate)
        conflicts = sum(one.conflicts for one in reports)
        yield GaugeMetricFamily("kpiwall_ingest_conflicts", "batches refused by the offset guard", value=conflicts)
        yield self._backfill()
        yield from self._messages()
        meta = self._site.boards.meta()
        if meta is not None:
            yield GaugeMetricFamily("kpiwall_tick_milliseconds", "cost of the last tick", value=meta.tick_ms)
        yield from self._alerts()

    def _alerts(self) -> Iterator[Metric]:
        """How the alert service does; nothing before it has run."""
        figures = AlertStore(self._site.redis, self._site.settings.site).figures()
        if figures is None:
            return
        family = GaugeMetricFamily("kpiwall_alerts", "alerts by how they stand", labels=["state"])
        for state in ("pending", "standing", "waiting"):
            family.add_metric([state], getattr(figures, state))
        yield family
        age = max(0.0, time.time() - figures.real_ms / 1000)
        yield GaugeMetricFamily("kpiwall_alerts_age_seconds", "time since alerts were judged last", value=age)
        took = figures.evaluation_ms
        yield GaugeMetricFamily("kpiwall_alerts_evaluation_milliseconds", "cost of the last judgement", value=took)

    def _messages(self) -> Iterator[Metric]:
        """What became of messages to people, and how many wait."""
        outbox = Outbox(self._site.redis, self._site.settings.site)
        labels = ["channel", "outcome"]
        tried = CounterMetricFamily("kpiwall_messages_total", "attempts to send messages", labels=labels)
        for (channel, outcome), count in outbox.counts().items():
            tried.add_metric([channel, outcome], count)
        waiting = GaugeMetricFamily("kpiwall_messages_waiting", "messages not yet sent", labels=["channel"])
        for channel, count in outbox.waiting().items():
            waiting.add_metric([channel], count)
        yield from (tried, waiting)

    def _backfill(self) -> Metric:
        """How far the next generation is filled; no samples while none is."""
        labels = ["partition", "state"]
        family = GaugeMetricFamily("kpiwall_backfill_records", "records in the next generation", labels=labels)
        for one in filling(self._site):
            family.add_metric([one.partition, "done"], one.done)
            family.add_metric([one.partition, "total"], one.total)
        return family
