"""Where all objects are wired: from settings to stores, logs, sources and folds."""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from streams.fold import Fold
from streams.kafka_log import KafkaLog, KafkaSource
from streams.records import Log, LogUnavailable, Source
from streams.redis_adapters.boards import BoardStore
from streams.redis_adapters.connection import Redis, StoreUnavailable, connect
from streams.redis_adapters.counters import CounterStore
from streams.redis_adapters.log import RedisLog, RedisSource
from streams.redis_adapters.site import AppliedModel, SiteStore

from .definitions.history import restore
from .journal import Journal
from .settings import Settings

log = logging.getLogger(__name__)

_ASK_AGAIN_S = 0.3


@dataclass(frozen=True, slots=True)
class Site:
    """Everything of one site that a service may need."""

    settings: Settings
    redis: Redis
    store: SiteStore
    boards: BoardStore
    log: Log
    journal: Journal
    trail: Journal

    def close(self) -> None:
        """Release all connections."""
        self.log.close()
        self.boards.close()
        self.redis.close()

    def counters(self, generation: str) -> CounterStore:
        """The counters of a generation."""
        return CounterStore(self.redis, self.settings.site, generation)

    def group_of(self, generation: str) -> str:
        """The group of readers that fills a generation, apart from the one that counts for the model in force."""
        return f"{self.settings.group}.{generation}"

    def source(self, group: str = "") -> Source:
        """A reader of the log, as a new member of the group (of the settings, unless another is named)."""
        settings = self.settings
        group = group or settings.group
        if isinstance(self.log, RedisLog):
            member = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
            return RedisSource(connect(settings.redis), settings.site, self.log, group, member)
        return KafkaSource(settings.kafka, settings.topic, group)

    def applied(self, stopping: Callable[[], bool]) -> AppliedModel | None:
        """The model in force, waiting for one to be applied and for Redis to answer; None when told to stop."""
        said = ""
        while not stopping():
            try:
                self.restore()
                applied = self.store.model()
                if applied is not None:
                    return applied
                why = "no model is in force; run: kpiwall apply MODEL_DIR"
            except StoreUnavailable as outage:
                why = str(outage)
            said = _say_once(why, said)
            time.sleep(_ASK_AGAIN_S)
        return None

    def restore(self) -> None:
        """Let Redis have the journal's newest model; while the journal can't be read, what Redis holds must do."""
        try:
            restore(self.journal, self.store)
        except LogUnavailable as outage:
            log.warning("%s; the model in force is what Redis says", outage)

    def partitions(self, stopping: Callable[[], bool]) -> list[str]:
        """The log's partitions, waiting for the log to answer and the topic to exist."""
        said = ""
        while not stopping():
            try:
                found = self.log.partitions()
                if found:
                    return found
                why = f"the log has no topic {self.settings.topic!r} yet"
            except LogUnavailable as outage:
                why = str(outage)
            said = _say_once(why, said)
            time.sleep(_ASK_AGAIN_S)
        return []


def _say_once(why: str, said: str) -> str:
    """Log why a service waits, unless that was its last word."""
    if why != said:
        log.warning("waiting: %s", why)
    return why


def open_site(settings: Settings) -> Site:
    """The site of these settings; nothing is reached yet."""
    redis = connect(settings.redis)
    log, (journal, trail) = _logs(settings)
    return Site(
        settings=settings,
        redis=redis,
        store=SiteStore(redis, settings.site),
        boards=BoardStore(connect(settings.redis), settings.site),
        log=log,
        journal=journal,
        trail=trail,
    )


def _logs(settings: Settings) -> tuple[Log, list[Journal]]:
    """The log of events; beside it, in topics of their own, the journal and the audit trail; closing one closes all.

    The trail is apart because it grows with use: services that start read what was decided, not who looked at it.
    """
    names = [f"{settings.topic}.{one}" for one in ("journal", "audit")]
    if settings.kafka:
        kafka = KafkaLog(settings.kafka, settings.topic)
        topics = [kafka.beside(name) for name in names]
        return kafka, [Journal(one, settings.site, partial(one.create, 1, keep=True)) for one in topics]
    streams = RedisLog(connect(settings.redis), settings.site, settings.topic, settings.partitions)
    return streams, [Journal(streams.beside(name, 1), settings.site) for name in names]


def fold_of(model: Model) -> Fold:
    """The fold of a model."""
    return Fold(model, BusinessCalendar(model.calendar))
