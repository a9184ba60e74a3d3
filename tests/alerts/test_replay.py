"""Replays: boards of the past equal those from scratch, steps are as fine as counters, and the command tells it all."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scoring.board import KpiResult
from scoring.calendar import BusinessCalendar
from scoring.counters import Increments, merge_into
from scoring.evaluator import Evaluator
from streams.fold import PartitionState
from streams.redis_adapters.site import Clock
from tests.samples.folders import folder, read
from tests.support.servers import RedisNode
from wall.alerts.past_boards import PastBoards
from wall.alerts.past_counts import StoredCounts, recount
from wall.alerts.replay import forecast_keys, silence_keys
from wall.alerts.replays import Hearing, replay_models, with_rules
from wall.cli.main import main
from wall.definitions.apply import put_in_force
from wall.refusal import Refused
from wall.samples import entry, samples
from wall.settings import Settings
from wall.wiring import Site, fold_of, open_site

_HOUR_MS = 3_600_000
DAYS = 6
FIRST = dt.date(2026, 3, 1)
LAST = FIRST + dt.timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The factory's first days, counted."""
    sample = samples()["factory"]
    with RedisNode(appendfsync="everysec") as redis:
        name = f"replay{uuid.uuid4().hex[:6]}"
        site = open_site(Settings(site=name, redis=redis.url, topic=name, partitions=2))
        applied = put_in_force(site, read("factory"), "test", "first")
        end_ms = sample.begins_ms + DAYS * 24 * _HOUR_MS
        arrivals = []
        for one in sample.events(sample.begins_ms):
            if one.at_ms >= end_ms:
                break
            arrivals.append(entry(one))
        site.log.append(arrivals)
        store, fold = site.counters(applied.generation), fold_of(applied.model)
        for partition in site.log.partitions():
            state = PartitionState()
            site.log.read(
                partition, "", site.log.end(partition),
                lambda batch, state=state: store.apply(  # type: ignore[misc]
                    batch.partition, fold.batch(state, batch.records, batch.next_position)
                ),
            )  # fmt: skip
        site.store.set_clock(Clock(end_ms + _HOUR_MS, 0, 0.0))
        yield site


def counts_of(site: Site) -> StoredCounts:
    applied = site.store.model()
    assert applied is not None
    return StoredCounts(site.counters(applied.generation), site.log.partitions(), applied.model)


def test_boards_of_the_past_equal_those_worked_out_from_scratch(site: Site) -> None:
    counts, model = counts_of(site), read("factory")
    calendar = BusinessCalendar(model.calendar)
    whole: Increments = {}
    for day in counts.days():
        merge_into(whole, counts.of(day))
    compared = 0
    for past in PastBoards(model, counts).between(FIRST, LAST, _HOUR_MS):
        now_ms = past.board.as_of_ms
        if (now_ms + 1) % (4 * _HOUR_MS):
            continue  # just before an hour ends all its buckets are over
        fresh = Evaluator(model, calendar, now_ms, until_ms=now_ms + 1)
        fresh.apply(whole)
        fresh.tick(now_ms)
        assert as_read(past.board.kpis) == as_read(fresh.kpis)
        assert {key: one.score for key, one in past.board.units.items()} == {
            key: one.score for key, one in fresh.units.items()
        }
        compared += 1
    assert compared >= DAYS


def as_read(results: Mapping[tuple[str, str], KpiResult]) -> dict[tuple[str, str], KpiResult]:
    """Results without since when, and without the elapsed share, which is that of when they last moved."""
    return {key: replace(one, since_ms=None, elapsed=Fraction(0)) for key, one in results.items()}


def test_a_source_that_speaks_every_hour_is_never_silent_in_a_replay(site: Site) -> None:
    model = with_rules(read("factory"), ["mes_silent", "line_silent"])
    boards = PastBoards(model, counts_of(site), forecast_keys(model), silence_keys(model))
    states = {past.board.sources["mes"].freshness for past in boards.between(FIRST, FIRST, _HOUR_MS)}
    assert "live" in {one.value for one in states}


def test_the_log_counted_by_the_minute_adds_up_to_the_counters(site: Site) -> None:
    by_minute, stored = recount(site.log, read("factory")), counts_of(site)
    assert by_minute.days() == stored.days()
    for day in stored.days():
        fine, coarse = (_sums(one.of(day)) for one in (by_minute, stored))
        assert fine == coarse


def _sums(increments: Increments) -> dict[str, int]:
    """Additive counters over a day, whatever their buckets."""
    found: dict[str, int] = {}
    for (_, operation), amounts in increments.items():
        for name, amount in amounts.items() if operation == "add" else ():
            parts = name.split("|")
            key = "|".join((*parts[:2], *parts[3:]))
            found[key] = found.get(key, 0) + int(amount)
    return found


def test_a_replay_that_is_stopped_says_how_far_it_came(site: Site) -> None:
    applied = site.store.model()
    assert applied is not None
    heard: list[int] = []
    hearing = Hearing(day=lambda: heard.append(1), stopping=lambda: len(heard) == 2)
    found = replay_models(site, applied, [applied.model], FIRST, LAST, heard=hearing)[0]
    assert (found.until, found.days, found.last) == (FIRST + dt.timedelta(days=1), 2, LAST)
    assert all(one.alert.since_ms < found.occurrences[-1].end_ms for one in found.occurrences)


def test_a_rule_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="no rule nonsense; there are: "):
        with_rules(read("factory"), ["nonsense"])


def run(site: Site, *arguments: str | Path) -> Result:
    settings = site.settings
    given = ["--site", settings.site, "--redis", settings.redis, "--topic", settings.topic, "--partitions", "2"]
    return CliRunner().invoke(main, [*given, "replay-rules", *map(str, arguments)])


def test_the_command_tells_of_every_rule_and_compares_with_those_in_force(site: Site, tmp_path: Path) -> None:
    copy = tmp_path / "factory"
    copy.mkdir()
    for file in folder("factory").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        copy.joinpath(file.name).write_text(text.replace("below: 0.8,", "below: 0.7,"), encoding="utf-8")
    span = ("--from", "2026-03-02", "--until", "2026-03-04", "--rule", "shift_output_behind")
    result = run(site, copy, *span, "--json")
    assert result.exit_code == 0, result.output
    content = result.stdout[result.stdout.index("[") :]
    before, after = json.loads(content)
    assert [one["rule"] for one in after["rules"]] == ["shift_output_behind"]
    assert before["rules"][0]["fired"] >= after["rules"][0]["fired"]
    assert before["rules"][0]["fired"] == sum(before["rules"][0]["per_day"].values())
    told = run(site, copy, *span)
    assert "looked at every 1h" in told.output
    assert "in force: fired" in told.output


def test_days_without_counters_are_refused_with_those_that_have_some(site: Site) -> None:
    result = run(site, "--from", "2026-02-01", "--until", "2026-02-03")
    assert result.exit_code == 1
    assert "nothing was counted from 2026-02-01 to 2026-02-03; counters begin on 2026-02-" in result.output
