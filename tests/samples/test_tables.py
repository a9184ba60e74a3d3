"""The tables of the samples: their rows are what an independent replay of the events gives, and worth a look."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
import pandas as pd
import pytest

from deploy.models.airline import flights
from deploy.models.arrival import Arrival
from deploy.models.factory import plant
from deploy.models.factory.shop_floor import events
from scoring.board import Row
from scoring.definitions import Model
from scoring.tables import TableRows
from streams.fold import PartitionState
from streams.redis_adapters.log import StreamRecord
from tests.samples import folders, recount
from wall.samples import samples
from wall.wiring import fold_of

HOUR_MS = 3_600_000


def ms(month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(dt.datetime(2026, month, day, hour, minute, tzinfo=plant.ZONE).timestamp() * 1000)


DEMO = ms(3, 18, 14, 24)


@pytest.fixture(scope="module")
def march() -> list[Arrival]:
    return list(events(ms(3, 1), ms(3, 30)))


def folded_rows(model: Model, arrivals: Iterable[Arrival], now_ms: int) -> dict[tuple[str, str], Row]:
    """The rows that the fold and the tables of the board make of the same events, in batches of a thousand."""
    fold, state, rows = fold_of(model), PartitionState(), TableRows(model.tables)
    records = [StreamRecord("1-0", one.at_ms, msgspec.json.encode(one.event)) for one in arrivals]
    for start in range(0, len(records), 1000):
        effect = fold.batch(state, records[start : start + 1000], "1-0")
        assert effect.dead == []
        rows.apply(effect.increments)
        rows.tick(now_ms)
    return rows.rows


def plain(rows: dict[tuple[str, str], Row]) -> recount.Rows:
    return {key: (row.unit, row.event_ms, dict(row.fields)) for key, row in rows.items()}


@pytest.mark.parametrize("now_ms", [DEMO, ms(3, 16, 0, 1), ms(3, 22, 12)])
def test_the_factory_s_rows_are_those_of_an_independent_replay(march: list[Arrival], now_ms: int) -> None:
    model, arrived = folders.read("factory"), [one for one in march if one.at_ms < now_ms]
    expected = recount.table_rows(model, arrived, now_ms)
    assert plain(folded_rows(model, arrived, now_ms)) == expected
    assert {table for table, _ in expected} == {"line_states", "late_orders"}


def test_the_airline_s_rows_are_those_of_the_flights_table() -> None:
    model, now_ms = folders.read("airline"), samples()["airline"].sets_in_ms
    arrived = [one for one in flights.demo_events() if one.at_ms <= now_ms]
    rows = folded_rows(model, arrived, now_ms)
    assert plain(rows) == recount.table_rows(model, arrived, now_ms)
    with (flights.HERE / flights.SLICE).open("rb") as packed:
        table = pd.read_csv(packed, compression="gzip")
    scheduled, departed, _ = flights.moments(table)
    now = pd.Timestamp(now_ms, unit="ms", tz="UTC")
    recent = departed.between(now - pd.Timedelta("3h"), now, inclusive="right") & (table["dep_delay"] >= 60)
    off = scheduled.between(now - pd.Timedelta("18h"), now, inclusive="right") & table["dep_delay"].isna()
    numbers = table["carrier"] + table["flight"].astype(str)
    for name, chosen in (("late_departures", recent), ("cancellations", off)):
        assert {key for one, key in rows if one == name} == set(numbers[chosen]), name
        assert chosen.sum() >= 5, name
    late = {row.fields["number"]: row.fields["dep_delay"] for (name, _), row in rows.items() if name[0] == "l"}
    assert late == dict(zip(numbers[recent], table["dep_delay"][recent].astype(int), strict=True))


def moments(march: list[Arrival], times: Iterable[int]) -> Iterator[tuple[int, recount.Rows]]:
    """The factory's rows at moments that rise."""
    model, at, due = folders.read("factory"), 0, sorted(times)
    relevant = [one for one in march if one.event["type"] in ("line.state", "order.state")]
    for now_ms in due:
        while at < len(relevant) and relevant[at].at_ms < now_ms:
            at += 1
        yield now_ms, recount.table_rows(model, relevant[:at], now_ms)


def test_one_or_two_lines_do_not_run_at_most_moments_of_a_working_afternoon(march: list[Arrival]) -> None:
    days = [dt.date(2026, 3, day) for day in range(3, 30) if plant.works(dt.date(2026, 3, day))]
    off = []
    for _, rows in moments(march, (ms(3, day.day, 14, 24) for day in days)):
        states = [fields["state"] for (table, _), (_, _, fields) in rows.items() if table == "line_states"]
        assert len(states) == len(plant.LINES)
        off.append(sum(state != "running" for state in states))
    assert sum(count in (1, 2) for count in off) >= len(off) * 3 / 4
    assert max(off) <= 4


def test_between_four_and_twelve_key_orders_are_late_at_any_time(march: list[Arrival]) -> None:
    for now_ms, rows in moments(march, range(ms(3, 7), ms(3, 30), 5 * HOUR_MS)):
        late = [fields for (table, _), (_, _, fields) in rows.items() if table == "late_orders"]
        assert 4 <= len(late) <= 12, now_ms
        assert all(fields["days_late"] > 0 for fields in late)


def first_said(march: list[Arrival], type_: str) -> dict[str, tuple[int, str, dict]]:
    """Events of a type by id: when, where and what."""
    said = {one.event["id"]: one for one in march if one.event["type"] == type_}
    return {
        id_: (int(dt.datetime.fromisoformat(one.event["time"]).timestamp()), one.key, one.event["data"])
        for id_, one in said.items()
    }


def test_every_stop_is_a_state_from_its_beginning_to_its_end(march: list[Arrival]) -> None:
    """Of stops that meet, the second goes on from the first; one that began in the hour before is said at its turn."""
    changes = sorted(((second, line, data["state"]) for second, line, data in first_said(march, "line.state").values()))
    states: dict[str, list[tuple[int, str]]] = {}
    for second, line, state in changes:
        states.setdefault(line, []).append((second, state))
    for end, line, data in first_said(march, "line.stopped").values():
        begin = max(end - data["stopped_s"], end - end % 3600)
        if ms(3, 3) / 1000 < begin < end < ms(3, 27) / 1000:
            during = [state for second, state in states[line] if begin <= second < end]
            before = [state for second, state in states[line] if second <= begin][-1]
            assert {before, *during} == {"stopped"}, (line, begin, data)


def test_lines_are_idle_on_days_that_do_not_work_and_run_after(march: list[Arrival]) -> None:
    (_, sunday), (_, monday) = moments(march, [ms(3, 15, 12), ms(3, 16, 0, 1)])
    states = [
        Counter(fields["state"] for (table, _), (*_, fields) in rows.items() if table == "line_states")
        for rows in (sunday, monday)
    ]
    assert states[0]["idle"] >= 11
    assert states[1]["idle"] <= 1


def test_work_orders_belong_to_one_line_and_key_orders_to_one_customer(march: list[Arrival]) -> None:
    lines: dict[str, set[tuple[str, str]]] = {}
    for _, line, data in first_said(march, "line.state").values():
        lines.setdefault(data["order"], set()).add((line, data["product"]))
    customers: dict[str, set[tuple[str, str, int]]] = {}
    for _, line, data in first_said(march, "order.state").values():
        customers.setdefault(data["order"], set()).add((data["customer"], line, data["quantity"]))
    assert all(len(found) == 1 for found in [*lines.values(), *customers.values()])
    assert len(lines) > 24
