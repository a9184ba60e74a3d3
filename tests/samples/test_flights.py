"""The airline's events against the table they come from."""

from __future__ import annotations

import datetime as dt
import gzip
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from deploy.models.airline import flights
from deploy.models.arrival import Arrival
from tests.samples import flights_oracle, folders, recount

Tables = tuple[pd.DataFrame, pd.DataFrame]
JULY = [dt.datetime.fromisoformat(f"2013-07-{day}T00:00:00-04:00").timestamp() * 1000 for day in ("01", "15")]


@dataclass
class Year:
    """What one pass over the year's events leaves: they are too many to keep."""

    types: Counter = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    out_of_order: int = 0
    sample: list[Arrival] = field(default_factory=list)
    fortnight: list[Arrival] = field(default_factory=list)
    folded: Counter = field(default_factory=Counter)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return flights.full_table()


@pytest.fixture(scope="module")
def year(tables: Tables) -> Year:
    found, last_ms = Year(), 0
    for number, arrival in enumerate(flights.events(*tables)):
        found.types[arrival.event["type"]] += 1
        found.ids.add(arrival.event["id"])
        found.out_of_order += arrival.at_ms < last_ms
        last_ms = arrival.at_ms
        fold(found.folded, arrival.event)
        if number % 97 == 0:
            found.sample.append(arrival)
        if JULY[0] <= arrival.at_ms < JULY[1]:
            found.fortnight.append(arrival)
    return found


def fold(folded: Counter, event: dict) -> None:
    """Count an event at its carrier in its month, the plain way."""
    data = event["data"]
    at = data["origin"], data["carrier"], event["time"][:7]
    if event["type"] == "flight.departed":
        late = data["dep_delay"]
        folded[at, "departed"] += 1
        folded[at, "departed_on_time"] += late < 15
        folded[at, "departed_late_hour"] += late >= 60
        folded[at, "departure_delay"] += late
        folded[at, "seat_miles"] += data.get("seats", 0) * data["distance"]
    elif event["type"] == "flight.arrived":
        folded[at, "arrived"] += 1
        folded[at, "arrived_on_time"] += data["arr_delay"] < 15
        folded[at, "arrival_delay"] += data["arr_delay"]
    else:
        folded[at, "cancelled"] += 1


def test_the_year_has_every_flight_once_and_in_order(year: Year) -> None:
    assert year.types == {"flight.departed": 328_521, "flight.arrived": 327_346, "flight.cancelled": 8_255}
    assert len(year.ids) == year.types.total()
    assert year.out_of_order == 0


def test_event_times_are_new_york_time_of_the_same_moment(year: Year) -> None:
    for arrival in year.sample:
        moment = dt.datetime.fromisoformat(arrival.event["time"])
        assert moment.timestamp() * 1000 == arrival.at_ms
        assert moment.utcoffset() == moment.astimezone(ZoneInfo(flights.ZONE)).utcoffset()
    assert {arrival.event["time"][-6:] for arrival in year.sample} == {"-04:00", "-05:00"}


def test_departures_carry_the_clock_time_of_the_table(tables: Tables) -> None:
    table, planes = tables
    day = table[(table["month"] == 11) & (table["day"].isin([2, 3]))]  # clocks go back on the 3rd
    expected = Counter(f"{int(t) % 2400:04}" for t in day["dep_time"].dropna())
    found = Counter(
        arrival.event["time"][11:16].replace(":", "")
        for arrival in flights.events(day, planes)
        if arrival.event["type"] == "flight.departed"
    )
    assert found == expected


@pytest.mark.parametrize("by", [(), ("origin",), ("origin", "carrier")])
def test_a_plain_fold_of_the_events_equals_the_oracle(year: Year, tables: Tables, by: tuple[str, ...]) -> None:
    folded = Counter()
    for ((origin, carrier, month), metric), amount in year.folded.items():
        unit = ".".join((origin, carrier)[: len(by)]) or "NYC"
        folded[unit, month, metric] += amount
    counted = sorted({metric for _, metric in year.folded})
    expected = flights_oracle.monthly_sums(*tables, by)[counted].stack().to_dict()
    assert {key: amount for key, amount in folded.items() if amount} == {k: n for k, n in expected.items() if n}


def test_the_model_recounted_gives_the_oracles_kpis(tables: Tables) -> None:
    table, planes = tables
    days = table[(table["month"] == 7) & (table["day"] <= 4)]
    model = folders.read("airline")
    sums = recount.metric_sums(model, flights.events(days, planes))
    judged, _ = recount.scorecards(model, sums, dt.datetime.fromisoformat("2013-07-31T23:59:00-04:00"))
    for by in [(), ("origin",), ("origin", "carrier")]:
        expected = flights_oracle.kpi_values(flights_oracle.monthly_sums(days, planes, by)).xs("2013-07", level="month")
        for unit, values in expected.iterrows():
            for kpi, value in values.items():
                if (unit, kpi) in judged:
                    assert judged[unit, kpi].value == value, (unit, kpi)


def test_the_demo_is_the_year_between_the_first_and_the_fourteenth_of_july(year: Year) -> None:
    demo = list(flights.demo_events())
    inside = [arrival for arrival in demo if JULY[0] <= arrival.at_ms < JULY[1]]
    assert inside == year.fortnight
    assert len(demo) - len(inside) < 500


def test_the_shipped_files_are_what_regenerating_writes(tmp_path: Path) -> None:
    flights.regenerate(tmp_path)
    packed = (tmp_path / flights.SLICE).read_bytes()
    assert gzip.decompress(packed) == gzip.decompress((flights.HERE / flights.SLICE).read_bytes())
    assert len(packed) < 500_000
    assert (tmp_path / "aircraft.csv").read_bytes() == (flights.HERE / "aircraft.csv").read_bytes()


def test_the_plans_are_the_monthly_means_of_the_year(tables: Tables) -> None:
    model = folders.read("airline")
    plan = next(kpi.target for kpi in model.kpis if kpi.id == "flights_operated")
    assert isinstance(plan, dict)
    flown = flights_oracle.monthly_sums(*tables, ("origin", "carrier"))["departed"].groupby("unit").sum()
    airports = flights_oracle.monthly_sums(*tables, ("origin",))["departed"].groupby("unit").sum()
    means = {unit: max(1, round(n / 12)) for unit, n in [*flown.items(), *airports.items(), ("NYC", flown.sum())]}
    assert {unit: int(target) for unit, target in plan.items()} == means
    main = {unit.id for unit in model.units if unit.kind == "main_carrier"}
    assert main == {unit for unit, n in flown.items() if n / 12 > 1150}
