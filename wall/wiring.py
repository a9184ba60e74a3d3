"""Where all objects are wired: from settings to stores, logs, sources and folds."""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

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

    def counters(self, generation: str) -> CounterStore:
        """The counters of a generation."""
        return CounterStore(self.redis, self.settings.site, generation)

    def source(self) -> Source:
        """A reader of the log, as a new member of the group."""
        settings = self.settings
        if isinstance(self.log, RedisLog):
            member = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
            return RedisSource(connect(settings.redis), settings.site, self.log, settings.group, member)
        return KafkaSource(settings.kafka, settings.topic, settings.group)

    def applied(self, stopping: Callable[[], bool]) -> AppliedModel | None:
        """The model in force, waiting for one to be applied and for Redis to answer; None when told to stop."""
        said = ""
        while not stopping():
            try:
                applied = self.store.model()
                if applied is not None:
                    return applied
                why = "no model is in force; run: kpiwall apply MODEL_DIR"
            except StoreUnavailable as outage:
                why = str(outage)
            said = _say_once(why, said)
            time.sleep(_ASK_AGAIN_S)
        return None

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
    log: Log
    if settings.kafka:
        log = KafkaLog(settings.kafka, settings.topic)
    else:
        log = RedisLog(connect(settings.redis), settings.site, settings.topic, settings.partitions)
    return Site(
        settings, redis, SiteStore(redis, settings.site), BoardStore(connect(settings.redis), settings.site), log
    )


def fold_of(model: Model) -> Fold:
    """The fold of a model."""
    return Fold(model, BusinessCalendar(model.calendar))
