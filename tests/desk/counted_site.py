"""A site whose log is counted, without a service running."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from deploy.models.arrival import Arrival
from scoring.board import Board
from scoring.calendar import BusinessCalendar
from scoring.definitions import Model
from streams.fold import PartitionState
from streams.records import Batch
from wall.board_follower import LoadedBoard
from wall.definitions.apply import put_in_force
from wall.results.past import Past
from wall.samples import entry
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site


def counted_site(url: str, model: Model, arrivals: Iterable[Arrival], partitions: int = 2) -> Site:
    """A site of a model with these arrivals in its log, counted to the end."""
    name = f"counted{uuid.uuid4().hex[:8]}"
    site = open_site(Settings(site=name, redis=url, topic=name, partitions=partitions))
    put_in_force(site, model, "test", "test")
    arrive(site, arrivals)
    return site


def arrive(site: Site, arrivals: Iterable[Arrival]) -> None:
    """Append these arrivals and count what the log holds that is not counted yet."""
    applied = site.store.model()
    assert applied is not None
    if chunk := [entry(one) for one in arrivals]:
        site.log.append(chunk)
    counters, fold = site.counters(applied.generation), fold_of(applied.model)
    for partition in site.log.partitions():
        state = counters.state(partition)

        def take(batch: Batch, state: PartitionState = state, partition: str = partition) -> None:
            counters.apply(partition, fold.batch(state, batch.records, batch.next_position))

        site.log.read(partition, state.position, None, take)


def board_at(site: Site, now_ms: int) -> LoadedBoard:
    """The board of a moment, evaluated from the counters."""
    applied = site.store.model()
    assert applied is not None
    past = Past(site, applied)
    evaluator = past.at(now_ms)
    calendar = BusinessCalendar(applied.model.calendar)
    before = past.at(calendar.period_at("day", now_ms).start_ms)
    board = Board(1, applied.model.version, now_ms, evaluator.kpis, evaluator.units, {}, evaluator.series,
                  yesterday_kpis=before.kpis, yesterday_units=before.units)  # fmt: skip
    return LoadedBoard(applied, board)
