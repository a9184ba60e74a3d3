"""Rows on the board of a running site: shown, closed, aged, corrected, after another model, and what the audit says."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from scoring.board import Board, Row
from scoring.definitions import Model
from streams.fold import PartitionState
from streams.redis_adapters.log import StreamRecord
from tests.model.sites import LOGS, site_on
from tests.support.servers import RedisNode, wait_until
from wall import services
from wall.api import board_content
from wall.audit import audit_partition
from wall.definitions.apply import put_in_force
from wall.wiring import Site, fold_of

#: Monday, 1 June 2026, 12:00 in Shanghai.
NOON = int(dt.datetime(2026, 6, 1, 4, tzinfo=dt.UTC).timestamp() * 1000)
MINUTE = 60_000
FIELD = {"type": "text"}


def model_of(keep: str = "2h", **more: Any) -> Model:
    fields = {"line": FIELD, "state": FIELD, "order": FIELD | {"optional": True}}
    metric = {"id": "told", "title": "", "event": "line", "aggregate": "count"}
    lines = [{"id": name, "title": "", "kind": "line", "parent": "all"} for name in ("a", "b")]
    return Model.model_validate({
        "name": "floor", "title": "", "version": "1", "calendar": {"zone": "Asia/Shanghai"},
        "sources": [{"id": "mes", "title": "", "stale_after": "1m", "silent_after": "1h"}],
        "events": [{"type": "line", "source": "mes", "unit": "{line}", "fields": fields}],
        "metrics": [metric],
        "units": [{"id": "all", "title": "", "kind": "root"}, *lines],
        "kpis": [{"id": "told", "title": "", "value": "told", "applies_to": ["root"], "target": 1, "weight": 1}],
        "tables": [{"id": "orders", "title": "", "event": "line", "key": "order", "open": "state != 'done'",
                    "keep": keep, "fields": {"state": "", "order": ""}}],
        "scenes": [], **more,
    })  # fmt: skip


class Floor:
    """A site with its services in threads, and what is sent to it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.sent = 0

    def at(self, ms: int, speed: float = 0.0) -> None:
        clock = replace(self.site.store.clock(), event_ms=ms, real_ms=time.time_ns() // 1_000_000, speed=speed)
        self.site.store.set_clock(clock)

    def send(self, order: str, state: str, ms: int, line: str = "a", **correction: Any) -> None:
        """One event; with `before` a correction of it, of which the rest is `after`."""
        self.sent += 1
        data: Any = {"line": line, "order": order, "state": state}
        if correction:
            after = data if state else None
            data = {"before": {"line": line, "order": order, **correction["before"]}, "after": after}
        event = {
            "specversion": "1.0", "id": str(self.sent), "source": "/mes", "data": data,
            "type": "line.corrected" if correction else "line",
            "time": dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat(),
        }  # fmt: skip
        self.site.log.append([(line, msgspec.json.encode(event))])

    def board(self) -> Board:
        loaded = self.site.boards.load()
        return loaded[0] if loaded else Board(0, "", 0)

    def shown(self) -> dict[str, str]:
        """Orders with their states."""
        return {key: str(row.fields["state"]) for (_, key), row in self.board().rows.items() if row.open}

    def comes_to(self, expected: dict[str, str]) -> None:
        wait_until(lambda: self.shown() == expected, 60, f"the board shows {expected}")


@pytest.fixture(params=LOGS)
def floor(request: pytest.FixtureRequest, redis_node: RedisNode) -> Iterator[Floor]:
    with site_on(request.param, redis_node, request) as site:
        put_in_force(site, model_of(), "test", "test")
        held, stopped = Floor(site), threading.Event()
        held.at(NOON)
        runs: list[Callable[[Site, Callable[[], bool]], None]] = [services.ingest, services.score]
        threads = [threading.Thread(target=run, args=(site, stopped.is_set)) for run in runs]
        for thread in threads:
            thread.start()
        yield held
        stopped.set()
        for thread in threads:
            thread.join(20)


def test_rows_are_shown_closed_and_corrected_and_the_audit_counts_them(floor: Floor) -> None:
    floor.send("1", "begun", NOON - 50 * MINUTE)
    floor.send("2", "begun", NOON - 40 * MINUTE, "b")
    floor.send("old", "begun", NOON - 120 * MINUTE)
    floor.comes_to({"1": "begun", "2": "begun"})
    assert floor.board().rows["orders", "2"] == Row(
        "b", NOON - 40 * MINUTE, True, {"order": "2", "state": "begun"}
    )  # fmt: skip
    floor.send("1", "held up", NOON - 30 * MINUTE)
    floor.send("1", "late news", NOON - 45 * MINUTE)
    floor.send("2", "done", NOON - 20 * MINUTE, "b")
    floor.comes_to({"1": "held up"})
    floor.send("2", "begun again, but before it was done", NOON - 25 * MINUTE, "b")
    floor.send("1", "waiting", NOON - 30 * MINUTE, before={"state": "held up"})
    floor.comes_to({"1": "waiting"})
    floor.send("1", "going on", NOON - 30 * MINUTE, before={"state": "waiting"})
    floor.comes_to({"1": "going on"})
    floor.send("1", "", NOON - 30 * MINUTE, before={"state": "going on"})
    floor.send("3", "begun", NOON)
    floor.comes_to({"3": "begun"})
    _audits_to(floor, [])
    _audit_names_a_changed_row(floor)


def _audits_to(floor: Floor, differing: list[str]) -> None:
    site, applied = floor.site, floor.site.store.model()
    assert applied is not None
    store = site.counters(applied.generation)
    audits = [audit_partition(site.log, store, applied.model, one) for one in site.log.partitions()]
    assert sum(one.records for one in audits) == floor.sent
    assert [one.counter for audit in audits for one in audit.differences] == differing


def _audit_names_a_changed_row(floor: Floor) -> None:
    applied = floor.site.store.model()
    assert applied is not None
    store = floor.site.counters(applied.generation)
    keys = [store.keys(one).day("20260601", "row") for one in floor.site.log.partitions()]
    key = next(one for one in keys if floor.site.redis.hexists(one, "orders|3"))
    held = floor.site.redis.hget(key, "orders|3")
    assert isinstance(held, bytes)
    floor.site.redis.hset(key, "orders|3", held.replace(b"begun", b"ended"))
    floor.site.redis.hset(key, "orders|made up", held)
    _audits_to(floor, ["orders|3", "orders|made up"])


def test_a_row_that_is_too_old_is_told_once_as_not_open_and_gone_from_the_next_whole_board(floor: Floor) -> None:
    floor.send("1", "begun", NOON - 119 * MINUTE)
    floor.send("2", "begun", NOON)
    floor.comes_to({"1": "begun", "2": "begun"})
    loaded = floor.site.boards.load()
    assert loaded is not None
    floor.at(NOON, speed=60.0)
    wait_until(lambda: floor.board().as_of_ms > NOON, 15, "the clock goes on")
    floor.comes_to({"2": "begun"})
    closed = floor.board().rows.get(("orders", "1"))
    assert closed is None or closed.open is False
    floor.at(NOON + 10 * MINUTE)
    wait_until(lambda: floor.board().rows.keys() == {("orders", "2")}, 15, "the whole board has open rows only")


def test_how_long_rows_are_kept_can_change_without_a_recount(floor: Floor) -> None:
    floor.send("1", "begun", NOON - 180 * MINUTE)
    floor.send("2", "begun", NOON - 26 * 60 * MINUTE)
    floor.send("3", "begun", NOON)
    floor.comes_to({"3": "begun"})
    before = floor.site.store.model()
    put_in_force(floor.site, model_of(keep="30h", version="2"), "test", "test")
    floor.comes_to({"1": "begun", "2": "begun", "3": "begun"})
    after = floor.site.store.model()
    assert before is not None
    assert after is not None
    assert after.generation == before.generation
    put_in_force(floor.site, model_of(keep="1m", version="3"), "test", "test")
    floor.comes_to({"3": "begun"})


def test_another_table_is_counted_anew_from_the_log(floor: Floor) -> None:
    floor.send("1", "begun", NOON)
    floor.send("2", "done", NOON)
    floor.comes_to({"1": "begun"})
    table = model_of().model_dump(mode="json", by_alias=True)["tables"][0]
    put_in_force(floor.site, model_of(version="2", tables=[{**table, "open": "state == 'done'"}]), "test", "test")
    floor.comes_to({"2": "done"})


def test_the_api_tells_open_rows_of_the_unit_asked_for() -> None:
    rows = {
        ("orders", "2"): Row("b", NOON, True, {"state": "begun", "order": "2", "late": 3, "said": None}),
        ("orders", "1"): Row("a", NOON, True, {"state": "begun", "order": "1"}),
        ("orders", "0"): Row("b", NOON, False, {"state": "done", "order": "0"}),
    }
    board = Board(1, "1", NOON, rows=rows)
    assert [one["key"] for one in board_content(board, None)["rows"]] == ["1", "2"]
    assert board_content(board, "b")["rows"] == [
        {"table": "orders", "key": "2", "unit": "b", "event_ms": NOON,
         "fields": {"state": "begun", "order": "2", "late": 3, "said": None}},
    ]  # fmt: skip
    assert board_content(board, "all")["rows"] == []


def test_a_decimal_that_is_kept_has_its_declared_digits_or_the_event_is_refused_whole() -> None:
    fields = {"line": FIELD, "order": FIELD, "hours": {"type": "decimal", "decimals": 1}}
    table = {"id": "t", "title": "", "event": "line", "key": "order", "fields": {"hours": ""}}
    event = {"type": "line", "source": "mes", "unit": "{line}", "fields": fields}
    fold = fold_of(model_of(events=[event], tables=[table]))
    for hours, rows in ((1.5, ['["a",true,"1.5"]']), (1.25, [])):
        content = {"id": "1", "source": "/mes", "type": "line", "time": "2026-06-01T04:00:00Z",
                   "data": {"line": "a", "order": "1", "hours": hours}}  # fmt: skip
        effect = fold.batch(PartitionState(), [StreamRecord("1-0", NOON, msgspec.json.encode(content))], "1-0")
        assert [letter.code for letter in effect.dead] == ([] if rows else ["invalid"])
        stored = effect.increments.get(("20260601", "row"), {})
        assert [str(row).split(":", 2)[2] for row in stored.values()] == rows
        assert effect.increments.get(("20260601", "add"), {}) == ({"told|a|29671440": 1} if rows else {})
